/* SPDX-License-Identifier: MIT */
/* Charts whose points or groups are not layers along an axis: scale curves, scatter plots, bars. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "io/figure_parts.h"

enum { MOST_BANDS = 40 }; /* more bands on top of each other show nothing */

/* Where there are few values of a coordinate, they are the ticks. */
static enum vv_status add_ticks(const struct vv_column *coordinate, struct vv_panel *p)
{
    struct vv_strbuf text;
    enum vv_status st = VV_OK;
    const int64_t n = vv_column_length(coordinate);
    if (coordinate->n_dims != 1 || coordinate->type != VV_I64 || n > 10) return VV_OK;
    vv_strbuf_init(&text);
    for (int64_t i = 0; !st && i < n; i++) {
        vv_strbuf_reset(&text);
        vv_strbuf_addf(&text, "%lld", (long long)coordinate->i64[i]);
        st = text.failed ? VV_MEMORY : vv_panel_add_tick(p, (double)coordinate->i64[i], text.text);
    }
    vv_strbuf_release(&text);
    return st;
}

/* The curves of the layers of a series against x, a column of the same dimensions or a coordinate. */
static enum vv_status fill_scale(const struct vv_figure_case *c, int series, const struct vv_column *x,
                                 struct vv_panel *p)
{
    const struct vv_column *const y = c->columns[0];
    const struct vv_series *const s = &c->source->series;
    const char *const dim = y->dims[y->n_dims - 1].name;
    const struct vv_uncertainty e = vv_uncertainty_of(c->source->table, y);
    const bool banded = vv_errors_band(&e) && s->first[series + 1] - s->first[series] <= MOST_BANDS;
    for (int l = s->first[series]; l < s->first[series + 1]; l++) {
        struct vv_curve *curve;
        VV_TRY(vv_panel_add_curve(p, c->source->layer_names[l], y->dims[y->n_dims - 1].length, banded, &curve));
        curve->color = l - s->first[series];
        for (int64_t i = 0; i < curve->n; i++) {
            struct vv_position at = c->fixed;
            vv_position_add(&at, "layer", l);
            vv_position_add(&at, dim, i);
            curve->x[i] = x ? vv_column_at(x, &at) : (double)i;
            vv_errors_fill(y, &e, &at, curve, i);
        }
    }
    return VV_OK;
}

static enum vv_status set_layer_scale(const struct vv_figure_case *c, struct vv_chart *chart)
{
    const struct vv_series *const s = &c->source->series;
    for (int i = 0; i < s->n; i++) chart->scale_last = fmax(chart->scale_last, s->first[i + 1] - s->first[i] - 1);
    if (chart->scale_last == 0.0) return VV_OK; /* one layer needs no colors */
    return (chart->scale = vv_mem_string("layer")) ? VV_OK : VV_MEMORY;
}

enum vv_status vv_figure_build_scale(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart)
{
    const struct vv_series *const s = &c->source->series;
    const struct vv_column *const y = c->columns[0], *x[VV_FIGURE_ABSCISSAE] = {NULL};
    int n = 0;
    for (int i = 0; i < VV_FIGURE_ABSCISSAE && c->wish->against[i]; i++)
        if ((x[n] = vv_table_find(c->source->table, c->wish->against[i])) && x[n]->type != VV_TEXT) n++;
    if (n == 0 && (x[0] = vv_table_find(c->source->table, y->dims[y->n_dims - 1].name)) && x[0]->type == VV_TEXT)
        x[0] = NULL;
    if (n == 0) n = 1;
    chart->n_across = n > 1 ? n : 0;
    chart->same_y = true;
    VV_TRY(set_layer_scale(c, chart));
    for (int series = 0; series < s->n; series++)
        for (int i = 0; i < n; i++) {
            struct vv_panel *p;
            struct vv_strbuf label;
            vv_strbuf_init(&label);
            if (x[i]) vv_column_label(&label, x[i], true);
            const enum vv_status st = label.failed ? VV_MEMORY
                                                   : vv_chart_add_panel(chart, s->n > 1 ? s->name[series] : NULL,
                                                                        label.text, axis, &p);
            vv_strbuf_release(&label);
            VV_TRY(st);
            p->log_x = !c->wish->linear;
            if (x[i]) VV_TRY(add_ticks(x[i], p));
            VV_TRY(fill_scale(c, series, x[i], p));
        }
    return VV_OK;
}

enum vv_status vv_figure_build_scatter(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart)
{
    const struct vv_series *const s = &c->source->series;
    const char *const name = c->wish->against[0];
    const struct vv_column *const x = name ? vv_table_find(c->source->table, name) : NULL;
    if (!x || x->type == VV_TEXT) return VV_OK;
    chart->diagonal = c->wish->diagonal;
    chart->same_y = true;
    VV_TRY(set_layer_scale(c, chart));
    for (int series = 0; series < s->n; series++) {
        struct vv_panel *p;
        struct vv_curve *curve;
        struct vv_strbuf label;
        vv_strbuf_init(&label);
        vv_column_label(&label, x, true);
        const enum vv_status st = label.failed ? VV_MEMORY
                                               : vv_chart_add_panel(chart, s->n > 1 ? s->name[series] : NULL,
                                                                    label.text, axis, &p);
        vv_strbuf_release(&label);
        VV_TRY(st);
        VV_TRY(vv_panel_add_layers(c, p, series, c->columns[0], &c->fixed, NULL, false, &curve));
        curve->style = VV_CURVE_POINTS;
        for (int64_t i = 0; i < curve->n; i++) {
            struct vv_position at = c->fixed;
            vv_position_add(&at, "layer", s->first[series] + i);
            curve->x[i] = vv_column_at(x, &at);
        }
    }
    return VV_OK;
}

/* Groups are the values of the first dimension, bars in them those of `along` or the columns. */
enum vv_status vv_figure_build_bars(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart)
{
    const struct vv_column *const first = c->columns[0];
    const char *const along = c->wish->along;
    const int group = along && vv_column_dim(first, along) == 0 ? 1 : 0;
    const char *const groups = first->dims[group].name;
    const int64_t n_groups = first->dims[group].length;
    const int64_t n_bars = along ? first->dims[vv_column_dim(first, along)].length : c->n_columns;
    struct vv_panel *p;
    struct vv_strbuf text;
    enum vv_status st = vv_chart_add_panel(chart, NULL, NULL, axis, &p);
    vv_strbuf_init(&text);
    if (!st) p->bar_width = (n_bars > 1 ? 0.8 : 0.5) / (double)n_bars;
    if (!st) p->x_low = -0.6, p->x_high = (double)n_groups - 0.4;
    for (int64_t g = 0; !st && g < n_groups; g++) {
        vv_strbuf_reset(&text);
        vv_dim_label(&text, c->source->table, groups, g);
        st = text.failed ? VV_MEMORY : vv_panel_add_tick(p, (double)g, text.text);
    }
    for (int64_t b = 0; !st && b < n_bars; b++) {
        const struct vv_column *const column = along ? first : c->columns[b];
        const struct vv_uncertainty e = vv_uncertainty_of(c->source->table, column);
        struct vv_curve *curve;
        char *label = NULL;
        st = vv_figure_label(c, along ? 0 : (int)b, along, b, &label);
        if (!st) st = vv_panel_add_curve(p, label, n_groups, vv_errors_band(&e), &curve);
        vv_mem_free(label);
        if (st) break;
        curve->style = VV_CURVE_BARS;
        curve->color = (int)b;
        for (int64_t g = 0; g < n_groups; g++) {
            struct vv_position at = c->fixed;
            vv_position_add(&at, groups, g);
            if (along) vv_position_add(&at, along, b);
            curve->x[g] = (double)g + ((double)b - 0.5 * (double)(n_bars - 1)) * p->bar_width;
            vv_errors_fill(column, &e, &at, curve, g);
        }
    }
    vv_strbuf_release(&text);
    return st;
}
