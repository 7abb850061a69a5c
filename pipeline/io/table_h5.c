/* SPDX-License-Identifier: MIT */
#include "io/table_h5.h"

#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"

static enum vv_h5_type stored_type(enum vv_value type)
{
    return type == VV_F64 ? VV_H5_F64 : type == VV_I64 ? VV_H5_I64 : VV_H5_TEXT;
}

static enum vv_status write_column(struct vv_h5_file *f, const struct vv_column *c)
{
    struct vv_h5_spec spec = {.name = c->name,
                              .long_name = c->long_name,
                              .units = c->units,
                              .description = c->description,
                              .type = stored_type(c->type),
                              .n_dims = c->n_dims,
                              .is_scale = vv_column_is_coordinate(c)};
    for (int d = 0; d < c->n_dims; d++) {
        spec.length[d] = c->dims[d].length;
        spec.scale[d] = c->dims[d].name;
    }
    const void *const values = c->type == VV_F64   ? (const void *)c->f64
                               : c->type == VV_I64 ? (const void *)c->i64
                                                   : (const void *)c->text;
    return vv_h5_write(f, &spec, values);
}

/* A coordinate that counts, for a dimension that has none. */
static enum vv_status write_counting(struct vv_h5_file *f, const char *name, int64_t n)
{
    int64_t *const counts = vv_mem_new(n, sizeof *counts, "a coordinate");
    enum vv_status st = vv_agree_to_finish(vv_h5_comm(f), counts ? VV_OK : VV_MEMORY);
    for (int64_t i = 0; !st && i < n; i++) counts[i] = i;
    const bool layer = vv_dim_is_layer(name);
    const struct vv_h5_spec spec = {
        .name = name,
        .long_name = layer ? "layer" : name,
        .units = "1",
        .description = layer ? "position of the layer in the run, from 0; names are in /layers/name"
                             : "position, from 0",
        .type = VV_H5_I64,
        .n_dims = 1,
        .length = {n},
        .is_scale = true};
    if (!st) st = vv_h5_write(f, &spec, counts);
    vv_mem_free(counts);
    return st;
}

/* Whether the dimension has appeared in an earlier column (or earlier in the same one). */
static bool met_before(const struct vv_table *t, int column, int dim)
{
    const char *const name = t->columns[column]->dims[dim].name;
    for (int i = 0; i <= column; i++)
        for (int d = 0; d < (i == column ? dim : t->columns[i]->n_dims); d++)
            if (strcmp(t->columns[i]->dims[d].name, name) == 0) return true;
    return false;
}

enum vv_status vv_table_h5_write(struct vv_h5_file *f, const struct vv_table *t)
{
    for (int i = 0; i < t->n_columns; i++)
        for (int d = 0; d < t->columns[i]->n_dims; d++) {
            if (met_before(t, i, d)) continue;
            const char *const name = t->columns[i]->dims[d].name;
            const struct vv_column *coordinate = vv_table_find(t, name);
            if (coordinate) VV_TRY(write_column(f, coordinate));
            else VV_TRY(write_counting(f, name, t->columns[i]->dims[d].length));
        }
    for (int i = 0; i < t->n_columns; i++)
        if (!vv_column_is_coordinate(t->columns[i])) VV_TRY(write_column(f, t->columns[i]));
    return VV_OK;
}
