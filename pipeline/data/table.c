/* SPDX-License-Identifier: MIT */
#include "data/table.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

static void column_destroy(struct vv_column *c)
{
    if (!c) return;
    if (c->text)
        for (int64_t i = 0; i < vv_column_length(c); i++) vv_mem_free(c->text[i]);
    for (int d = 0; d < c->n_dims; d++) vv_mem_free(c->dims[d].name);
    vv_mem_free(c->name);
    vv_mem_free(c->long_name);
    vv_mem_free(c->units);
    vv_mem_free(c->description);
    vv_mem_free(c->f64);
    vv_mem_free(c->i64);
    vv_mem_free(c->text);
    vv_mem_free(c);
}

void vv_table_release(struct vv_table *t)
{
    for (int i = 0; i < t->n_columns; i++) column_destroy(t->columns[i]);
    vv_mem_free(t->columns);
    vv_mem_free(t->findings);
    *t = (struct vv_table){.n_columns = 0};
}

int64_t vv_column_length(const struct vv_column *c)
{
    int64_t n = 1;
    for (int d = 0; d < c->n_dims; d++) n *= c->dims[d].length;
    return n;
}

static enum vv_status allocate_values(struct vv_column *c)
{
    const int64_t n = vv_column_length(c);
    switch (c->type) {
    case VV_F64:
        if (!(c->f64 = vv_mem_new(n, sizeof *c->f64, c->name))) return VV_MEMORY;
        for (int64_t i = 0; i < n; i++) c->f64[i] = NAN;
        return VV_OK;
    case VV_I64: c->i64 = vv_mem_new(n, sizeof *c->i64, c->name); break;
    case VV_TEXT: c->text = vv_mem_new(n, sizeof *c->text, c->name); break;
    }
    return c->i64 || c->text ? VV_OK : VV_MEMORY;
}

/* "mean nearest distance" for "knn/mean_nearest_distance". */
static char *words_of(const char *path)
{
    char *const words = vv_mem_string(vv_name_leaf(path));
    for (char *c = words; c && *c; c++)
        if (*c == '_') *c = ' ';
    return words;
}

static enum vv_status column_create(const struct vv_column_spec *spec, struct vv_column **column)
{
    struct vv_column *c = vv_mem_new(1, sizeof *c, spec->name);
    if (!c) return VV_MEMORY;
    c->type = spec->type;
    if (!(c->name = vv_mem_string(spec->name)) ||
        !(c->long_name = spec->long_name ? vv_mem_string(spec->long_name) : words_of(spec->name)) ||
        !(c->units = vv_mem_string(spec->units)) ||
        !(c->description = vv_mem_string(spec->description)))
        goto fail;
    for (int d = 0; d < VV_MAX_DIMS && spec->dims[d].name; d++) {
        c->dims[d].length = spec->dims[d].length;
        if (!(c->dims[d].name = vv_mem_string(spec->dims[d].name))) goto fail;
        c->n_dims = d + 1;
    }
    if (allocate_values(c) != VV_OK) goto fail;
    *column = c;
    return VV_OK;
fail:
    column_destroy(c);
    return VV_MEMORY;
}

enum vv_status vv_table_add(struct vv_table *t, const struct vv_column_spec *spec,
                            struct vv_column **column)
{
    if (!spec->units || !spec->description || !spec->description[0])
        return vv_fail(VV_BUG, "column '%s' lacks a unit or a description", spec->name);
    if (vv_table_find(t, spec->name))
        return vv_fail(VV_BUG, "column '%s' exists already", spec->name);
    struct vv_column **grown =
        vv_mem_resize(t->columns, t->n_columns + 1, sizeof(struct vv_column *), "columns");
    if (!grown) return VV_MEMORY;
    t->columns = grown;
    VV_TRY(column_create(spec, &grown[t->n_columns]));
    if (column) *column = grown[t->n_columns];
    t->n_columns++;
    return VV_OK;
}

enum vv_status vv_table_add_f64(struct vv_table *t, const char *name, const char *units,
                                const char *description, double value)
{
    const struct vv_column_spec spec = {
        .name = name, .units = units, .description = description, .type = VV_F64};
    struct vv_column *c;
    VV_TRY(vv_table_add(t, &spec, &c));
    c->f64[0] = value;
    return VV_OK;
}

enum vv_status vv_table_add_i64(struct vv_table *t, const char *name, const char *units,
                                const char *description, int64_t value)
{
    const struct vv_column_spec spec = {
        .name = name, .units = units, .description = description, .type = VV_I64};
    struct vv_column *c;
    VV_TRY(vv_table_add(t, &spec, &c));
    c->i64[0] = value;
    return VV_OK;
}

enum vv_status vv_table_add_text(struct vv_table *t, const char *name, const char *description,
                                 const char *value)
{
    const struct vv_column_spec spec = {
        .name = name, .units = "1", .description = description, .type = VV_TEXT};
    struct vv_column *c;
    VV_TRY(vv_table_add(t, &spec, &c));
    return vv_column_set_text(c, 0, value);
}

const struct vv_column *vv_table_find(const struct vv_table *t, const char *name)
{
    for (int i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i]->name, name) == 0) return t->columns[i];
    return NULL;
}

double vv_column_number(const struct vv_column *c, int64_t i)
{
    return c->type == VV_F64 ? c->f64[i] : c->type == VV_I64 ? (double)c->i64[i] : NAN;
}

bool vv_column_is_coordinate(const struct vv_column *c)
{
    return c->n_dims == 1 && strcmp(c->name, c->dims[0].name) == 0;
}

bool vv_column_same_dims(const struct vv_column *a, const struct vv_column *b)
{
    bool same = a->n_dims == b->n_dims;
    for (int d = 0; same && d < a->n_dims; d++) same = strcmp(a->dims[d].name, b->dims[d].name) == 0;
    return same;
}

bool vv_column_same_shape(const struct vv_column *a, const struct vv_column *b)
{
    bool same = vv_column_same_dims(a, b);
    for (int d = 0; same && d < a->n_dims; d++) same = a->dims[d].length == b->dims[d].length;
    return same;
}

const char *vv_name_leaf(const char *name)
{
    const char *const slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

bool vv_dim_is_layer(const char *dim)
{
    return strcmp(dim, "layer") == 0 || strcmp(dim, "other_layer") == 0;
}

enum vv_status vv_column_set_text(struct vv_column *c, int64_t i, const char *text)
{
    char *copy = vv_mem_string(text);
    if (!copy) return VV_MEMORY;
    vv_mem_free(c->text[i]);
    c->text[i] = copy;
    return VV_OK;
}

static struct vv_column_spec spec_of(const struct vv_column *c)
{
    struct vv_column_spec spec = {.name = c->name,
                                  .long_name = c->long_name,
                                  .units = c->units,
                                  .description = c->description,
                                  .type = c->type};
    for (int d = 0; d < c->n_dims; d++)
        spec.dims[d] = (struct vv_dim){c->dims[d].name, c->dims[d].length};
    return spec;
}

static enum vv_status copy_value(struct vv_column *to, int64_t i, const struct vv_column *from,
                                 int64_t j)
{
    switch (to->type) {
    case VV_F64: to->f64[i] = from->f64[j]; break;
    case VV_I64: to->i64[i] = from->i64[j]; break;
    case VV_TEXT:
        if (from->text[j]) return vv_column_set_text(to, i, from->text[j]);
        break;
    }
    return VV_OK;
}

enum vv_status vv_table_append(struct vv_table *to, const struct vv_table *from)
{
    for (int i = 0; i < from->n_columns; i++) {
        const struct vv_column *c = from->columns[i];
        const struct vv_column_spec spec = spec_of(c);
        struct vv_column *copy;
        VV_TRY(vv_table_add(to, &spec, &copy));
        for (int64_t j = 0; j < vv_column_length(c); j++) VV_TRY(copy_value(copy, j, c, j));
    }
    return VV_OK;
}

/* Copies a smaller array into the corner of a larger one; `from` has one dimension less when the
 * target is stacked, and `base` is where its slab begins. */
static enum vv_status copy_corner(struct vv_column *to, int64_t base, int skip,
                                  const struct vv_column *from)
{
    const int64_t n = vv_column_length(from);
    for (int64_t j = 0; j < n; j++) {
        int64_t rest = j, at = 0, stride = 1;
        for (int d = from->n_dims - 1; d >= 0; d--) {
            at += rest % from->dims[d].length * stride;
            rest /= from->dims[d].length;
            stride *= to->dims[d + skip].length;
        }
        VV_TRY(copy_value(to, base + at, from, j));
    }
    return VV_OK;
}

/* Adds the stacked form of the column called `name`, whose first appearance is `model`. */
static enum vv_status stack_column(const struct vv_table *const *parts, int n,
                                   const struct vv_column *model, struct vv_table *out)
{
    struct vv_column_spec spec = spec_of(model);
    const int skip = vv_column_is_coordinate(model) ? 0 : 1;
    if (model->n_dims + skip > VV_MAX_DIMS)
        return vv_fail(VV_BUG, "column '%s' has too many dimensions to stack", model->name);
    for (int i = 0; i < n; i++) {
        const struct vv_column *c = parts[i] ? vv_table_find(parts[i], model->name) : NULL;
        if (!c) continue;
        if (c->n_dims != model->n_dims || c->type != model->type)
            return vv_fail(VV_BUG, "column '%s' differs in kind between layers", model->name);
        for (int d = 0; d < c->n_dims; d++)
            if (c->dims[d].length > spec.dims[d].length) spec.dims[d].length = c->dims[d].length;
    }
    if (skip) {
        memmove(spec.dims + 1, spec.dims, (VV_MAX_DIMS - 1) * sizeof *spec.dims);
        spec.dims[0] = (struct vv_dim){"layer", n};
    }
    struct vv_column *stacked;
    VV_TRY(vv_table_add(out, &spec, &stacked));
    const int64_t slab = n > 0 && skip ? vv_column_length(stacked) / n : 0;
    for (int i = 0; i < n; i++) {
        const struct vv_column *c = parts[i] ? vv_table_find(parts[i], model->name) : NULL;
        if (c) VV_TRY(copy_corner(stacked, i * slab, skip, c));
    }
    return VV_OK;
}

enum vv_status vv_table_stack(const struct vv_table *const *parts, int n, struct vv_table *out)
{
    for (int i = 0; i < n; i++) {
        if (!parts[i]) continue;
        for (int c = 0; c < parts[i]->n_columns; c++) {
            const struct vv_column *model = parts[i]->columns[c];
            if (!vv_table_find(out, model->name)) VV_TRY(stack_column(parts, n, model, out));
        }
    }
    return VV_OK;
}
