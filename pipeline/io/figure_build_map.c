/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/mem.h"
#include "io/figure_build.h"

/* The names along a dimension, and where series begin. breaks: [n] */
static enum vv_status name_dim(const struct vv_figure_case *c, const char *dim, int n, char ***names, int **breaks,
                               int *n_breaks)
{
    const struct vv_series *const s = &c->source->series;
    struct vv_strbuf text;
    enum vv_status st = VV_OK;
    *names = vv_mem_new(n, sizeof **names, "names of a matrix");
    *breaks = vv_mem_new(n, sizeof **breaks, "series of a matrix");
    if (!*names || !*breaks) return VV_MEMORY;
    vv_strbuf_init(&text);
    for (int i = 0; !st && i < n; i++) {
        vv_strbuf_reset(&text);
        vv_dim_label(&text, c->source->table, dim, i);
        if (text.failed || !((*names)[i] = vv_mem_string(text.text))) st = VV_MEMORY;
    }
    for (int i = 1; vv_dim_is_layer(dim) && i < s->n; i++) (*breaks)[(*n_breaks)++] = s->first[i];
    vv_strbuf_release(&text);
    return st;
}

static enum vv_status name_axis(const struct vv_figure_case *c, const char *dim, const char *layer, char **label)
{
    struct vv_strbuf text;
    const struct vv_column *const coordinate = vv_table_find(c->source->table, dim);
    vv_strbuf_init(&text);
    if (vv_dim_is_layer(dim)) vv_strbuf_puts(&text, layer);
    else if (coordinate) vv_column_label(&text, coordinate, true);
    else vv_strbuf_puts(&text, dim);
    *label = text.failed ? NULL : vv_mem_string(text.text);
    vv_strbuf_release(&text);
    return *label ? VV_OK : VV_MEMORY;
}

enum vv_status vv_figure_build_map(const struct vv_figure_case *c, struct vv_heat_map *map)
{
    const struct vv_column *const column = c->columns[0];
    const char *const rows = column->dims[column->n_dims - 2].name, *const columns =
        column->dims[column->n_dims - 1].name;
    struct vv_strbuf values;
    map->n_rows = (int)column->dims[column->n_dims - 2].length;
    map->n_columns = (int)column->dims[column->n_dims - 1].length;
    VV_TRY(name_dim(c, rows, map->n_rows, &map->row_name, &map->break_row, &map->n_breaks_row));
    VV_TRY(name_dim(c, columns, map->n_columns, &map->column_name, &map->break_column, &map->n_breaks_column));
    VV_TRY(name_axis(c, rows, "layer", &map->row_label));
    VV_TRY(name_axis(c, columns, "other layer", &map->column_label));
    if (!(map->value = vv_mem_new((int64_t)map->n_rows * map->n_columns, sizeof *map->value, "a matrix")))
        return VV_MEMORY;
    for (int i = 0; i < map->n_rows; i++)
        for (int j = 0; j < map->n_columns; j++) {
            struct vv_position at = c->fixed;
            vv_position_add(&at, rows, i);
            vv_position_add(&at, columns, j);
            map->value[(int64_t)i * map->n_columns + j] = vv_column_at(column, &at);
        }
    vv_strbuf_init(&values);
    if (c->wish->axis) vv_strbuf_puts(&values, c->wish->axis);
    else vv_column_label(&values, column, true);
    map->values = values.failed ? NULL : vv_mem_string(values.text);
    vv_strbuf_release(&values);
    if (!map->values) return VV_MEMORY;
    return vv_figure_head_init(&map->head, c->name, c->title, NULL);
}
