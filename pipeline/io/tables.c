/* SPDX-License-Identifier: MIT */
#include "io/tables.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "io/source_state.h"

static enum vv_status open_part(struct vv_source *s, int part, char *path, char *dataset, const char *key,
                                struct vv_source **source)
{
    struct vv_layers_config *const where = &s->tables->where[part];
    *where = (struct vv_layers_config){.path = path, .dataset = dataset, .deep = true, .present = true};
    struct vv_source *const own = *source ? *source : vv_mem_new(1, sizeof *own, "source");
    if (!own) return VV_MEMORY;
    if (!*source) *own = (struct vv_source){.config = s->config, .open_layer = -1};
    own->where = where;
    own->rows_vary = s->config->neighbors.samples != NULL;
    *source = own;
    const enum vv_status st = vv_source_find(own);
    return st ? vv_error_context("input.neighbors.%s", key) : VV_OK;
}

/* A layer's arrays: of the same name (unless there is one layer only), the same rows, the same columns. */
static enum vv_status check_pair(const struct vv_source *s, const struct vv_source *other, int l, const char *key,
                                 int64_t n_cols)
{
    const struct vv_source_layer *const a = &s->layers[l], *const b = &other->layers[l];
    if (s->n_layers > 1 && strcmp(a->shape.name, b->shape.name) != 0)
        return vv_fail(VV_INPUT, "input.neighbors: there are distances of layer '%s', but %s of layer '%s'",
                       a->shape.name, key, b->shape.name);
    if (a->array.n_rows != b->array.n_rows || b->array.n_cols != n_cols)
        return vv_fail(VV_INPUT, "input.neighbors: layer '%s' has %lld x %lld distances in '%s', but %lld x %lld %s in "
                       "'%s'", a->shape.name, (long long)a->array.n_rows, (long long)a->array.n_cols, a->path,
                       (long long)b->array.n_rows, (long long)b->array.n_cols, key, b->path);
    if (strstr(b->array.stored, "float")) {
        vv_fail(VV_INPUT, "'%s': the %s are %s, not integers", b->path, key, b->array.stored);
        return vv_error_hint("are distances and %s interchanged?", key);
    }
    return VV_OK;
}

static enum vv_status check_parts(const struct vv_source *s, const struct vv_source *other, const char *key,
                                  bool one_column)
{
    if (other->n_layers != s->n_layers)
        return vv_fail(VV_INPUT, "input.neighbors: distances of %d layers, but %s of %d", s->n_layers, key,
                       other->n_layers);
    for (int l = 0; l < s->n_layers; l++)
        VV_TRY(check_pair(s, other, l, key, one_column ? 1 : s->layers[l].array.n_cols));
    return VV_OK;
}

enum vv_status vv_tables_find(struct vv_source *s)
{
    const struct vv_tables_config *const c = &s->config->neighbors;
    if (!(s->tables = vv_mem_new(1, sizeof *s->tables, "source"))) return VV_MEMORY;
    VV_TRY(open_part(s, 0, c->distances, c->distances_dataset, "distances", &s));
    VV_TRY(open_part(s, 1, c->indices, c->indices_dataset, "indices", &s->tables->indices));
    VV_TRY(check_parts(s, s->tables->indices, "indices", false));
    if (c->samples) {
        VV_TRY(open_part(s, 2, c->samples, c->samples_dataset, "samples", &s->tables->samples));
        VV_TRY(check_parts(s, s->tables->samples, "samples", true));
    }
    for (int l = 0; l < s->n_layers; l++) {
        const struct vv_array *const a = &s->layers[l].array;
        if (a->n_dims != 2)
            return vv_fail(VV_INPUT, "'%s': a table of neighbors has 2 dimensions, not %d", s->layers[l].path,
                           a->n_dims);
        if (a->n_rows > INT32_MAX || a->n_cols > INT32_MAX)
            return vv_fail(VV_INPUT, "'%s': tables of 2^31 rows or columns are not supported", s->layers[l].path);
        if (!c->samples) continue;
        if (a->n_rows > c->n_samples)
            return vv_fail(VV_INPUT, "'%s' has %lld rows, but input.neighbors.n_samples is %lld", s->layers[l].path,
                           (long long)a->n_rows, (long long)c->n_samples);
        s->layers[l].shape.n = c->n_samples;
    }
    return VV_OK;
}

void vv_tables_release(struct vv_source *s)
{
    if (!s->tables) return;
    vv_source_close(&s->tables->indices);
    vv_source_close(&s->tables->samples);
    vv_mem_free(s->tables);
    s->tables = NULL;
}

void vv_tables_identify(const struct vv_source *s, int layer, struct vv_strbuf *out)
{
    const struct vv_tables_config *const c = &s->config->neighbors;
    vv_strbuf_addf(out, "tables %d %d %lld\n", c->self, c->metric, (long long)c->n_samples);
    vv_source_identify(s->tables->indices, layer, out);
    if (s->tables->samples) vv_source_identify(s->tables->samples, layer, out);
}

int64_t vv_tables_rows(const struct vv_source *s, int layer)
{
    return s->layers[layer].array.n_rows;
}

int vv_tables_columns(const struct vv_source *s, int layer)
{
    return (int)s->layers[layer].array.n_cols;
}

const char *vv_tables_index_path(const struct vv_source *s, int layer)
{
    return s->tables->indices->layers[layer].path;
}

/* As the held type, then widened in place from the back. values: [n] */
static enum vv_status read_f64(struct vv_source *s, int layer, int64_t row, int64_t n_rows, int64_t n_cols,
                               double *values)
{
    VV_TRY(vv_source_read(s, layer, row, n_rows, values));
    if (s->layers[layer].shape.type == VV_FLOAT64) return VV_OK;
    for (int64_t i = n_rows * n_cols - 1; i >= 0; i--) {
        float v;
        memcpy(&v, (const char *)values + (size_t)i * sizeof v, sizeof v);
        values[i] = (double)v;
    }
    return VV_OK;
}

enum vv_status vv_tables_read(struct vv_source *s, int layer, int64_t row, int64_t n_rows, double *distance,
                              double *index)
{
    const int64_t n_cols = s->layers[layer].array.n_cols;
    VV_TRY(read_f64(s, layer, row, n_rows, n_cols, distance));
    return read_f64(s->tables->indices, layer, row, n_rows, n_cols, index);
}

enum vv_status vv_tables_samples(struct vv_source *s, int layer, int64_t **samples)
{
    struct vv_source *const of = s->tables->samples;
    const int64_t n = vv_tables_rows(s, layer), n_samples = s->layers[layer].shape.n;
    *samples = NULL;
    if (!of) return VV_OK;
    double *const values = vv_mem_new(n, sizeof *values, "sample numbers");
    int64_t *const numbers = vv_mem_new(n, sizeof *numbers, "sample numbers");
    enum vv_status st = values && numbers ? read_f64(of, layer, 0, n, 1, values) : VV_MEMORY;
    for (int64_t i = 0; i < n && !st; i++) {
        if (!(values[i] >= 0.0 && values[i] < (double)n_samples && values[i] == floor(values[i])) ||
            (i > 0 && values[i] <= values[i - 1]))
            st = vv_fail(VV_INPUT, "'%s': the sample of row %lld, %g, is not one of %lld, ascending",
                         of->layers[layer].path, (long long)i, values[i], (long long)n_samples);
        else
            numbers[i] = (int64_t)values[i];
    }
    vv_mem_free(values);
    if (st || n == n_samples) vv_mem_free(numbers);
    else *samples = numbers;
    return st;
}
