/* SPDX-License-Identifier: MIT */
#include "io/figure_build.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "io/figure_parts.h"

/* One curve for each series of layers: a column, and a value of each dimension that is not along the axis. */
struct line {
    const struct vv_column *column;
    struct vv_position at;
    char *label;
};

struct lines {
    int n;
    struct line *line;
};

static void release_lines(struct lines *l)
{
    for (int i = 0; i < l->n; i++) vv_mem_free(l->line[i].label);
    vv_mem_free(l->line);
}

static bool is_fixed(const struct vv_figure_case *c, const char *dim)
{
    for (int i = 0; i < c->fixed.n; i++)
        if (strcmp(c->fixed.dim[i], dim) == 0) return true;
    return false;
}

static enum vv_status find_lines(const struct vv_figure_case *c, struct lines *l)
{
    for (int i = 0; i < c->n_columns; i++) {
        const struct vv_column *const column = c->columns[i];
        const char *dim = NULL;
        int64_t n = 1;
        for (int d = 0; d < column->n_dims; d++)
            if (strcmp(column->dims[d].name, "layer") != 0 && !is_fixed(c, column->dims[d].name)) {
                dim = column->dims[d].name;
                n = column->dims[d].length;
            }
        for (int64_t at = 0; at < n; at++) {
            struct line *const grown = vv_mem_resize(l->line, l->n + 1, sizeof *grown, "curves");
            if (!grown) return VV_MEMORY;
            l->line = grown;
            struct line *const it = &grown[l->n++];
            it->column = column;
            it->at = c->fixed;
            if (dim) vv_position_add(&it->at, dim, at);
            VV_TRY(vv_figure_label(c, i, dim, at, &it->label));
        }
    }
    return VV_OK;
}

static bool same_curve(const struct vv_curve *a, const struct vv_curve *b)
{
    if (a->n != b->n) return false;
    for (int64_t i = 0; i < a->n; i++)
        if (!(fabs(a->y[i] - b->y[i]) <= 1e-9) && !(isnan(a->y[i]) && isnan(b->y[i]))) return false;
    return true;
}

/* The values by chance of the curves of a panel: one gray line where they are all the same. */
static enum vv_status add_chance(const struct vv_figure_case *c, struct vv_panel *p, int series,
                                 const struct lines *l, int only, int color)
{
    const int begin = p->n_curves;
    bool same = true;
    for (int i = 0; i < l->n; i++) {
        const struct vv_column *const chance = vv_companion_of(c->source->table, l->line[i].column, VV_CHANCE);
        struct vv_curve *curve;
        if (!chance || (only >= 0 && i != only)) continue;
        VV_TRY(vv_panel_add_layers(c, p, series, chance, &l->line[i].at, "by chance", false, &curve));
        curve->style = VV_CURVE_CHANCE;
        curve->color = color >= 0 ? color : i;
        same = same && same_curve(&p->curves[begin], curve);
    }
    if (same && begin < p->n_curves) {
        vv_panel_keep_curves(p, begin + 1);
        p->curves[begin].color = -1;
    }
    return VV_OK;
}

static enum vv_status mark_layers(const struct vv_figure_case *c, struct vv_panel *p, int series, int color)
{
    const struct vv_figure_source *const s = c->source;
    for (int i = 0; i < s->n_pointers; i++) {
        const int layer = s->pointers[i].layer, first = s->series.first[series];
        if (layer < first || layer >= s->series.first[series + 1]) continue;
        VV_TRY(vv_panel_add_mark(p, layer - first, color, s->pointers[i].label));
    }
    return VV_OK;
}

static bool equally_long(const struct vv_series *s)
{
    for (int i = 1; i < s->n; i++)
        if (s->first[i + 1] - s->first[i] != s->first[1]) return false;
    return true;
}

static enum vv_status value_axis(const struct vv_figure_case *c, struct vv_strbuf *text)
{
    if (c->wish->axis) vv_strbuf_puts(text, c->wish->axis);
    else vv_column_label(text, c->columns[0], true);
    return text->failed ? VV_MEMORY : VV_OK;
}

static void prepare_layer_axis(struct vv_panel *p, int n)
{
    const double room = n > 1 ? 0.04 * (n - 1) : 0.5;
    p->whole = true;
    p->depth = n > 1 ? n - 1 : 0.0;
    p->x_low = -room;
    p->x_high = n - 1 + room;
}

/* One panel for each series. */
static enum vv_status build_apart(const struct vv_figure_case *c, const struct lines *l, const char *axis,
                                  struct vv_chart *chart)
{
    const struct vv_series *const s = &c->source->series;
    for (int series = 0; series < s->n; series++) {
        struct vv_panel *p;
        VV_TRY(vv_chart_add_panel(chart, s->n > 1 ? s->name[series] : NULL, "layer", axis, &p));
        prepare_layer_axis(p, s->first[series + 1] - s->first[series]);
        for (int i = 0; i < l->n; i++) {
            struct vv_curve *curve;
            const struct line *const it = &l->line[i];
            VV_TRY(vv_panel_add_layers(c, p, series, it->column, &it->at, it->label, true, &curve));
            curve->color = i;
        }
        VV_TRY(add_chance(c, p, series, l, -1, -1));
        VV_TRY(mark_layers(c, p, series, -1));
    }
    return VV_OK;
}

/* One panel in which the series are the curves. */
static enum vv_status build_together(const struct vv_figure_case *c, const struct lines *l, const char *axis,
                                     struct vv_chart *chart)
{
    const struct vv_series *const s = &c->source->series;
    struct vv_panel *p;
    VV_TRY(vv_chart_add_panel(chart, NULL, "layer", axis, &p));
    prepare_layer_axis(p, s->first[1]);
    for (int series = 0; series < s->n; series++) {
        struct vv_curve *curve;
        VV_TRY(vv_panel_add_layers(c, p, series, l->line[0].column, &l->line[0].at, s->name[series], true, &curve));
        curve->color = series;
    }
    for (int series = 0; series < s->n; series++) {
        VV_TRY(add_chance(c, p, series, l, 0, series));
        VV_TRY(mark_layers(c, p, series, series));
    }
    return VV_OK;
}

static enum vv_status build_profile(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart)
{
    const struct vv_series *const s = &c->source->series;
    struct lines l = {.n = 0};
    enum vv_status st = find_lines(c, &l);
    chart->same_y = true;
    if (!st)
        st = s->n > 1 && l.n == 1 && equally_long(s) ? build_together(c, &l, axis, chart)
                                                      : build_apart(c, &l, axis, chart);
    release_lines(&l);
    return st;
}

static bool is_banded(const struct vv_chart *chart)
{
    for (int p = 0; p < chart->n_panels; p++)
        for (int i = 0; i < chart->panels[p].n_curves; i++)
            if (chart->panels[p].curves[i].low) return true;
    return false;
}

enum vv_status vv_figure_build_chart(const struct vv_figure_case *c, struct vv_chart *chart)
{
    struct vv_strbuf axis, note;
    vv_strbuf_init(&axis);
    vv_strbuf_init(&note);
    enum vv_status st = value_axis(c, &axis);
    if (!st)
        st = c->wish->kind == VV_FIGURE_SCALE     ? vv_figure_build_scale(c, axis.text, chart)
             : c->wish->kind == VV_FIGURE_SCATTER ? vv_figure_build_scatter(c, axis.text, chart)
             : c->wish->kind == VV_FIGURE_BAR     ? vv_figure_build_bars(c, axis.text, chart)
                                                  : build_profile(c, axis.text, chart);
    vv_strbuf_addf(&note, "%s: %s", c->wish->kind == VV_FIGURE_BAR ? "error bars" : "bands",
                   c->wish->band ? c->wish->band : "one standard error");
    if (note.failed) st = VV_MEMORY;
    if (!st) st = vv_figure_head_init(&chart->head, c->name, c->title, is_banded(chart) ? note.text : NULL);
    vv_strbuf_release(&axis);
    vv_strbuf_release(&note);
    return st;
}
