/* SPDX-License-Identifier: MIT */
#include "io/figure_parts.h"

#include <math.h>

#include "base/mem.h"

bool vv_errors_band(const struct vv_uncertainty *e)
{
    return e->std_error || e->low;
}

void vv_errors_fill(const struct vv_column *column, const struct vv_uncertainty *e, const struct vv_position *at,
                    struct vv_curve *curve, int64_t i)
{
    curve->y[i] = vv_column_at(column, at);
    if (!curve->low) return;
    const double error = e->std_error ? vv_column_at(e->std_error, at) : NAN;
    curve->low[i] = e->std_error ? curve->y[i] - error : vv_column_at(e->low, at);
    curve->high[i] = e->std_error ? curve->y[i] + error : vv_column_at(e->high, at);
}

enum vv_status vv_figure_label(const struct vv_figure_case *c, int column, const char *dim, int64_t at, char **label)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    const char *const given = c->wish->labels[c->wished[column]];
    if (given) vv_strbuf_puts(&text, given);
    else if (c->n_columns > 1 || !dim) vv_column_label(&text, c->columns[column], false);
    if (dim) {
        if (text.length > 0) vv_strbuf_puts(&text, ", ");
        vv_dim_label(&text, c->source->table, dim, at);
    }
    *label = text.failed ? NULL : vv_mem_string(text.text);
    vv_strbuf_release(&text);
    return *label ? VV_OK : VV_MEMORY;
}

enum vv_status vv_panel_add_layers(const struct vv_figure_case *c, struct vv_panel *p, int series,
                                   const struct vv_column *column, const struct vv_position *fixed, const char *label,
                                   bool banded, struct vv_curve **out)
{
    const int first = c->source->series.first[series], end = c->source->series.first[series + 1];
    const struct vv_uncertainty e = vv_uncertainty_of(c->source->table, column);
    VV_TRY(vv_panel_add_curve(p, label, end - first, banded && vv_errors_band(&e), out));
    for (int l = first; l < end; l++) {
        struct vv_position at = *fixed;
        vv_position_add(&at, "layer", l);
        (*out)->x[l - first] = l - first;
        vv_errors_fill(column, &e, &at, *out, l - first);
    }
    return VV_OK;
}
