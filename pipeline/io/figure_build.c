/* SPDX-License-Identifier: MIT */
#include "io/figure_build.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

enum { MOST_BANDS = 40 }; /* more bands on top of each other show nothing */

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

/* "MLE, k = 10"; a column alone is not named again. */
static enum vv_status name_line(const struct vv_figure_case *c, int column, const char *dim, int64_t at, char **label)
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
            VV_TRY(name_line(c, i, dim, at, &it->label));
        }
    }
    return VV_OK;
}

/* What belongs to a column: standard errors or the ends of an interval. */
struct errors {
    const struct vv_column *std_error, *low, *high;
};

static struct errors errors_of(const struct vv_figure_case *c, const struct vv_column *column)
{
    const struct vv_table *const t = c->source->table;
    return (struct errors){.std_error = vv_column_companion(t, column, "_std_error", "std_error"),
                           .low = vv_column_companion(t, column, "_low", "low"),
                           .high = vv_column_companion(t, column, "_high", "high")};
}

static bool has_band(const struct errors *e)
{
    return e->std_error || (e->low && e->high);
}

static void fill_value(const struct vv_column *column, const struct errors *e, const struct vv_position *at,
                       struct vv_curve *curve, int64_t i)
{
    curve->y[i] = vv_column_at(column, at);
    if (!curve->low) return;
    const double error = e->std_error ? vv_column_at(e->std_error, at) : NAN;
    curve->low[i] = e->std_error ? curve->y[i] - error : vv_column_at(e->low, at);
    curve->high[i] = e->std_error ? curve->y[i] + error : vv_column_at(e->high, at);
}

/* A curve along the layers of a series; at: without the layer. */
static enum vv_status add_along_layers(const struct vv_figure_case *c, struct vv_panel *p, int series,
                                       const struct vv_column *column, const struct vv_position *fixed,
                                       const char *label, bool banded, struct vv_curve **out)
{
    const int *const first = &c->source->series.first[series];
    const struct errors e = errors_of(c, column);
    VV_TRY(vv_panel_add_curve(p, label, first[1] - first[0], banded && has_band(&e), out));
    for (int l = first[0]; l < first[1]; l++) {
        struct vv_position at = *fixed;
        vv_position_add(&at, "layer", l);
        (*out)->x[l - first[0]] = l - first[0];
        fill_value(column, &e, &at, *out, l - first[0]);
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
        const struct vv_column *const chance =
            vv_column_companion(c->source->table, l->line[i].column, "_chance", "chance");
        struct vv_curve *curve;
        if (!chance || (only >= 0 && i != only)) continue;
        VV_TRY(add_along_layers(c, p, series, chance, &l->line[i].at, "by chance", false, &curve));
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
            VV_TRY(add_along_layers(c, p, series, l->line[i].column, &l->line[i].at, l->line[i].label, true, &curve));
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
        VV_TRY(add_along_layers(c, p, series, l->line[0].column, &l->line[0].at, s->name[series], true, &curve));
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
    const struct errors e = errors_of(c, y);
    const bool banded = has_band(&e) && s->first[series + 1] - s->first[series] <= MOST_BANDS;
    for (int l = s->first[series]; l < s->first[series + 1]; l++) {
        struct vv_curve *curve;
        VV_TRY(vv_panel_add_curve(p, c->source->layer_names[l], y->dims[y->n_dims - 1].length, banded, &curve));
        curve->color = l - s->first[series];
        for (int64_t i = 0; i < curve->n; i++) {
            struct vv_position at = c->fixed;
            vv_position_add(&at, "layer", l);
            vv_position_add(&at, dim, i);
            curve->x[i] = x ? vv_column_at(x, &at) : (double)i;
            fill_value(y, &e, &at, curve, i);
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

static enum vv_status build_scale(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart)
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

static enum vv_status build_scatter(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart)
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
        VV_TRY(add_along_layers(c, p, series, c->columns[0], &c->fixed, NULL, false, &curve));
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
static enum vv_status build_bars(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart)
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
        const struct errors e = errors_of(c, column);
        struct vv_curve *curve;
        char *label = NULL;
        st = name_line(c, along ? 0 : (int)b, along, b, &label);
        if (!st) st = vv_panel_add_curve(p, label, n_groups, has_band(&e), &curve);
        vv_mem_free(label);
        if (st) break;
        curve->style = VV_CURVE_BARS;
        curve->color = (int)b;
        for (int64_t g = 0; g < n_groups; g++) {
            struct vv_position at = c->fixed;
            vv_position_add(&at, groups, g);
            if (along) vv_position_add(&at, along, b);
            curve->x[g] = (double)g + ((double)b - 0.5 * (double)(n_bars - 1)) * p->bar_width;
            fill_value(column, &e, &at, curve, g);
        }
    }
    vv_strbuf_release(&text);
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
        st = c->wish->kind == VV_FIGURE_SCALE     ? build_scale(c, axis.text, chart)
             : c->wish->kind == VV_FIGURE_SCATTER ? build_scatter(c, axis.text, chart)
             : c->wish->kind == VV_FIGURE_BAR     ? build_bars(c, axis.text, chart)
                                                  : build_profile(c, axis.text, chart);
    vv_strbuf_addf(&note, "%s: %s", c->wish->kind == VV_FIGURE_BAR ? "error bars" : "bands",
                   c->wish->band ? c->wish->band : "one standard error");
    if (note.failed) st = VV_MEMORY;
    if (!st) st = vv_figure_head_init(&chart->head, c->name, c->title, is_banded(chart) ? note.text : NULL);
    vv_strbuf_release(&axis);
    vv_strbuf_release(&note);
    return st;
}
