/* SPDX-License-Identifier: MIT */
#include "data/samples.h"

#include <string.h>

#include "base/mem.h"
#include "data/matrix.h"

enum vv_status vv_samples_init(struct vv_samples *s, struct vv_layout layout, const int64_t *sample)
{
    *s = (struct vv_samples){.layout = layout};
    if (!sample) return VV_OK;
    if (!(s->sample = vv_mem_new_raw(layout.n, sizeof *sample, "sample numbers"))) return VV_MEMORY;
    memcpy(s->sample, sample, (size_t)layout.n * sizeof *sample);
    return VV_OK;
}

void vv_samples_release_arrays(struct vv_samples *s)
{
    vv_table_release(&s->rows);
    vv_table_release(&s->extra);
    vv_mem_free(s->sample);
    s->sample = NULL;
}

void vv_samples_release(struct vv_samples *s)
{
    vv_samples_release_arrays(s);
    vv_mem_free(s->path);
    *s = (struct vv_samples){.path = NULL};
}

enum vv_status vv_samples_add(struct vv_samples *s, const char *name, const char *units, const char *description,
                              enum vv_value type, struct vv_dim dim, struct vv_column **column)
{
    const struct vv_column_spec spec = {.name = name, .long_name = name, .units = units, .description = description,
                                        .type = type, .dims = {{"sample", vv_layout_local(&s->layout)}, dim}};
    if (type == VV_TEXT) return vv_fail(VV_BUG, "column '%s': texts are not divided over ranks", name);
    return vv_table_add(&s->rows, &spec, column);
}

enum vv_status vv_samples_read(const struct vv_samples *s, const struct vv_layout *layout, const char *name,
                               double *values)
{
    const struct vv_column *const c = vv_table_find(&s->rows, name);
    const int64_t n_local = vv_layout_local(layout);
    if (!c && s->fetch) return s->fetch(s, layout, name, values);
    if (!c && strcmp(name, "sample") == 0) {
        const int64_t first = vv_layout_first(layout);
        for (int64_t i = 0; i < n_local; i++) values[i] = (double)vv_sample_of(s->sample, first + i);
        return VV_OK;
    }
    if (!c || c->n_dims != 1 || vv_column_length(c) != n_local)
        return vv_fail(VV_BUG, "there is no column '%s' of %lld rows", name, (long long)n_local);
    for (int64_t i = 0; i < n_local; i++) values[i] = c->type == VV_F64 ? c->f64[i] : (double)c->i64[i];
    return VV_OK;
}
