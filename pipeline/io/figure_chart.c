/* SPDX-License-Identifier: MIT */
/* Charts as scripts: one data block a curve, in the order of panels and curves (`index` 0, 1, ..), with columns x, y,
 * low, high. The legend stands to the right of all panels, and each text in it once. */
#include <math.h>
#include <string.h>

#include "io/figure_script.h"

enum { LABEL = 34, LEGEND_LINE = 20 }; /* characters of a text in the legend, pixels of a line of it */

/* Where things are, in pixels from the left and from the top. */
struct layout {
    int across, down;
    double panel_width, panel_height;
    double left, gap_x, top, gap_y, bottom, right;
    double width, height; /* of the page */
};

struct range {
    double low, high;
};

static bool is_legend(const struct vv_chart *c, const char *label, int panel, int curve, int mark);

/* Calls for each text of the legend: the curves, then the marks. */
static int legend(const struct vv_chart *c, double *width)
{
    int n = 0;
    *width = 0.0;
    for (int p = 0; p < c->n_panels; p++)
        for (int i = 0; i < c->panels[p].n_curves; i++) {
            const char *const label = c->panels[p].curves[i].label;
            if (!is_legend(c, label, p, i, -1)) continue;
            *width = fmax(*width, vv_script_width(label, LABEL));
            n++;
        }
    const int n_curves = n;
    for (int p = 0; p < c->n_panels; p++)
        for (int i = 0; i < c->panels[p].n_marks; i++) {
            const char *const label = c->panels[p].marks[i].label;
            if (!is_legend(c, label, p, -1, i)) continue;
            *width = fmax(*width, vv_script_width(label, LABEL));
            n++;
        }
    return n_curves == 1 && n == 1 ? 0 : n;
}

/* Whether this is where the text comes for the first time. */
static bool is_legend(const struct vv_chart *c, const char *label, int panel, int curve, int mark)
{
    if (!label) return false;
    for (int p = 0; p <= panel; p++) {
        const struct vv_panel *const it = &c->panels[p];
        const int n = mark >= 0 || p < panel ? it->n_curves : curve;
        for (int i = 0; mark < 0 && i < n; i++)
            if (it->curves[i].label && strcmp(it->curves[i].label, label) == 0) return false;
        for (int i = 0; mark >= 0 && i < (p < panel ? it->n_marks : mark); i++)
            if (it->marks[i].label && strcmp(it->marks[i].label, label) == 0) return false;
    }
    return true;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static struct layout lay_out(const struct vv_chart *c, int n_legend, double legend_width)
{
    struct layout l = {.across = c->n_across};
    bool titled = false, depth = false, labels = false;
    for (int p = 0; p < c->n_panels; p++) {
        titled = titled || c->panels[p].title;
        depth = depth || c->panels[p].depth > 0.0;
        labels = labels || !same_text(c->panels[p].y_label, c->panels[0].y_label);
    }
    if (l.across < 1) l.across = c->n_panels < 2 ? 1 : c->n_panels < 5 ? 2 : c->n_panels < 10 ? 3 : 4;
    l.down = (c->n_panels + l.across - 1) / l.across;
    l.panel_width = l.across == 1 ? 440.0 : l.across == 2 ? 330.0 : 250.0;
    l.panel_height = l.across == 1 ? 270.0 : l.across == 2 ? 220.0 : 180.0;
    if (!c->scale) l.panel_height = fmax(l.panel_height, LEGEND_LINE * (n_legend + 1)); /* or gnuplot divides it */
    if (c->diagonal) l.panel_width = l.panel_height = l.across == 1 ? 330.0 : 250.0;
    l.left = 78.0;
    l.gap_x = labels ? 78.0 : 50.0;
    l.top = 30.0 + (titled ? 18.0 : 2.0) + (depth ? 42.0 : 4.0);
    l.bottom = c->head.note ? 60.0 : 54.0;
    l.gap_y = 50.0 + (titled ? 20.0 : 2.0) + (depth ? 42.0 : 4.0);
    l.right = c->scale ? 92.0 : n_legend > 0 ? 64.0 + legend_width : 20.0;
    l.width = l.left + l.across * l.panel_width + (l.across - 1) * l.gap_x + l.right;
    l.height = l.top + l.down * l.panel_height + (l.down - 1) * l.gap_y + l.bottom;
    return l;
}

static void widen(struct range *r, double value)
{
    if (!isfinite(value)) return;
    if (!(r->low <= value)) r->low = value;
    if (!(r->high >= value)) r->high = value;
}

static struct range x_of(const struct vv_panel *p)
{
    struct range r = {NAN, NAN};
    if (p->x_low < p->x_high) return (struct range){p->x_low, p->x_high};
    for (int i = 0; i < p->n_curves; i++)
        for (int64_t j = 0; j < p->curves[i].n; j++)
            if (!isnan(p->curves[i].y[j])) widen(&r, p->curves[i].x[j]);
    return r;
}

static void add_y(const struct vv_panel *p, struct range *r)
{
    for (int i = 0; i < p->n_curves; i++) {
        const struct vv_curve *const c = &p->curves[i];
        if (c->style == VV_CURVE_BARS) widen(r, 0.0);
        for (int64_t j = 0; j < c->n; j++) {
            widen(r, c->y[j]);
            if (c->low && !isnan(c->y[j])) widen(r, c->low[j]);
            if (c->high && !isnan(c->y[j])) widen(r, c->high[j]);
        }
    }
}

/* Room around; what is not negative stays so. */
static struct range pad(struct range r, double share)
{
    if (isnan(r.low)) return (struct range){0.0, 1.0};
    double room = share * (r.high - r.low);
    if (room <= 1e-12 * fmax(fabs(r.low), fabs(r.high))) room = r.low != 0.0 ? 0.1 * fabs(r.low) : 0.5;
    const double low = r.low >= 0.0 && r.low < room ? (r.low == 0.0 ? 0.0 : fmax(0.0, r.low - room)) : r.low - room;
    return (struct range){low, r.high + room};
}

static bool spans_decades(const struct vv_panel *p, struct range x)
{
    return p->log_x && x.low > 0.0 && x.high >= 8.0 * x.low;
}

/* 1, 2, 5, 10, .. where an axis spans less than two decades. */
static void set_log_ticks(struct vv_strbuf *out, struct range x)
{
    static const int nice[] = {1, 2, 5};
    bool any = false;
    if (x.high >= 100.0 * x.low) {
        vv_strbuf_puts(out, "set xtics autofreq\n");
        return;
    }
    vv_strbuf_puts(out, "set xtics (");
    for (int power = (int)floor(log10(x.low)); power <= (int)ceil(log10(x.high)); power++)
        for (int i = 0; i < 3; i++) {
            const double at = nice[i] * pow(10.0, power);
            if (at < x.low || at > x.high) continue;
            vv_strbuf_addf(out, "%s'%.6g' %.6g", any ? ", " : "", at, at);
            any = true;
        }
    vv_strbuf_puts(out, ")\n");
}

static void set_x_ticks(struct vv_strbuf *out, const struct vv_panel *p, struct range x, double width)
{
    const int most = (int)(width / 34.0);
    double longest = 0.0;
    if (p->n_ticks == 0) {
        if (spans_decades(p, x)) set_log_ticks(out, x);
        else if (!p->whole) vv_strbuf_puts(out, "set xtics autofreq\n");
        else vv_strbuf_addf(out, "set xtics 0,%d\n", vv_script_step(x.high - x.low, most));
        return;
    }
    for (int i = 0; i < p->n_ticks; i++) longest = fmax(longest, vv_script_width(p->ticks[i].label, 16));
    int step = 1;
    while (p->n_ticks > 1 && step < p->n_ticks && (p->n_ticks / step) * (longest + 14.0) > width) step++;
    vv_strbuf_puts(out, "set xtics (");
    for (int i = 0; i < p->n_ticks; i += step) {
        if (i) vv_strbuf_puts(out, ", ");
        vv_script_tick(out, p->ticks[i].label, 16);
        vv_strbuf_puts(out, " ");
        vv_script_number(out, p->ticks[i].at);
    }
    vv_strbuf_puts(out, ")\n");
}

static void set_label(struct vv_strbuf *out, const char *axis, const char *text, double room)
{
    vv_strbuf_addf(out, "set %slabel ", axis);
    vv_script_text(out, text, (int)(room / VV_FIGURE_CHARACTER));
    vv_strbuf_addf(out, " offset %s\n", strcmp(axis, "x") == 0 ? "0,0.4" : strcmp(axis, "y") == 0 ? "1,0" : "0,0");
}

/* The axes of a panel; first: it is at the left. */
static void set_axes(struct vv_strbuf *out, const struct vv_chart *c, const struct vv_panel *p, const struct layout *l,
                     struct range x, struct range y, bool labelled)
{
    const bool log_x = spans_decades(p, x);
    const double share = c->diagonal ? 0.06 : 0.03;
    if (log_x) x = (struct range){x.low / pow(x.high / x.low, share), x.high * pow(x.high / x.low, share)};
    else if (!(p->x_low < p->x_high)) x = pad(x, share);
    if (c->diagonal) x = y = (struct range){fmin(x.low, y.low), fmax(x.high, y.high)};
    vv_strbuf_puts(out, log_x ? "set logscale x\n" : "unset logscale x\n");
    vv_script_range(out, "x", x.low, x.high);
    vv_script_range(out, "y", y.low, y.high);
    set_x_ticks(out, p, x, l->panel_width);
    set_label(out, "x", p->x_label, l->panel_width);
    set_label(out, "y", labelled ? p->y_label : NULL, l->panel_height + 30.0);
    if (p->depth > 0.0) {
        vv_script_range(out, "x2", x.low / p->depth, x.high / p->depth);
        vv_strbuf_puts(out, "set x2tics 0,0.25,1 offset 0,-0.3\nset x2label 'relative depth' offset 0,-0.8\n");
    } else {
        vv_strbuf_puts(out, "unset x2tics\nunset x2label\n");
    }
    if (c->diagonal)
        vv_strbuf_puts(out, "set arrow from graph 0,0 to graph 1,1 nohead back dashtype 2 linecolor '#999999'\n");
}

static void set_marks(struct vv_strbuf *out, const struct vv_panel *p)
{
    for (int i = 0; i < p->n_marks; i++) {
        vv_strbuf_puts(out, "set arrow from ");
        vv_script_number(out, p->marks[i].x);
        vv_strbuf_puts(out, ",graph 0 to ");
        vv_script_number(out, p->marks[i].x);
        vv_strbuf_addf(out, ",graph 1 nohead back dashtype 3 linewidth 1.5 linecolor '%s'\n",
                       vv_script_color(p->marks[i].color));
    }
}

/* The style of a line, as gnuplot says it. */
static void add_style(struct vv_strbuf *out, const struct vv_chart *c, const struct vv_curve *it)
{
    static const int points[VV_FIGURE_N_COLORS] = {7, 5, 9, 13, 11, 15, 6};
    const int color = it->color < 0 ? 0 : it->color;
    if (c->scale) vv_strbuf_addf(out, "linecolor palette cb %d", color);
    else vv_strbuf_addf(out, "linecolor '%s'", vv_script_color(it->color));
    if (it->style == VV_CURVE_CHANCE) vv_strbuf_puts(out, " linewidth 1.2 dashtype 2");
    if (it->style != VV_CURVE_LINE) return;
    const int dash = c->scale ? 1 : 1 + color / VV_FIGURE_N_COLORS;
    vv_strbuf_addf(out, " linewidth 2 dashtype %d pointtype %d pointsize %s", dash,
                   c->scale ? 7 : points[color % VV_FIGURE_N_COLORS], it->n > 40 ? "0.3" : "0.7");
}

static void add_title(struct vv_strbuf *out, const char *label)
{
    vv_strbuf_puts(out, label ? " title " : " notitle");
    if (label) vv_script_text(out, label, LABEL);
}

static const char *drawn_with(const struct vv_curve *it)
{
    return it->style == VV_CURVE_LINE     ? "linespoints"
           : it->style == VV_CURVE_CHANCE ? "lines"
           : it->style == VV_CURVE_BARS   ? "boxes fillstyle solid 0.9 noborder"
                                          : "lines";
}

/* One curve: band below, line, what lies above. label: NULL when it is in the legend already. */
static void plot_curve(struct vv_strbuf *out, const struct vv_chart *c, const struct vv_curve *it, int index,
                       const char *label)
{
    const char *const name = c->head.name;
    if (it->style == VV_CURVE_LINE && it->low) {
        vv_strbuf_addf(out, ", \\\n  '%s.dat' index %d using 1:3:4 with filledcurves ", name, index);
        if (c->scale) vv_strbuf_addf(out, "fillcolor palette cb %d", it->color);
        else vv_strbuf_addf(out, "fillcolor '%s'", vv_script_color(it->color));
        vv_strbuf_puts(out, " fillstyle transparent solid 0.22 noborder notitle");
    }
    vv_strbuf_addf(out, ", \\\n  '%s.dat' index %d using 1:2 with %s ", name, index, drawn_with(it));
    if (it->style == VV_CURVE_POINTS) vv_strbuf_puts(out, "linecolor '#bbbbbb'");
    else add_style(out, c, it);
    add_title(out, it->style == VV_CURVE_POINTS ? NULL : label);
    if (it->style == VV_CURVE_POINTS) {
        vv_strbuf_addf(out, ", \\\n  '%s.dat' index %d using 1:2:%s with points pointtype %d pointsize 1.1 linecolor ",
                       name, index, c->scale ? "0" : "(0)", it->color == 0 ? 7 : 5);
        if (c->scale) vv_strbuf_puts(out, "palette");
        else vv_strbuf_addf(out, "'%s'", vv_script_color(it->color));
        add_title(out, label);
    }
    if (it->style == VV_CURVE_BARS && it->low)
        vv_strbuf_addf(out, ", \\\n  '%s.dat' index %d using 1:3:(0):($4-$3) with vectors nohead linewidth 2 "
                       "linecolor '#333333' notitle", name, index);
}

/* What the legend has of other panels, and of marks: plots of nothing. */
static void plot_legend(struct vv_strbuf *out, const struct vv_chart *c)
{
    for (int p = 1; p < c->n_panels; p++)
        for (int i = 0; i < c->panels[p].n_curves; i++) {
            const struct vv_curve *const it = &c->panels[p].curves[i];
            if (!is_legend(c, it->label, p, i, -1)) continue;
            vv_strbuf_addf(out, ", \\\n  NaN with %s ", it->style == VV_CURVE_POINTS ? "points" : drawn_with(it));
            add_style(out, c, it);
            add_title(out, it->label);
        }
    for (int p = 0; p < c->n_panels; p++)
        for (int i = 0; i < c->panels[p].n_marks; i++) {
            const struct vv_mark *const m = &c->panels[p].marks[i];
            if (!is_legend(c, m->label, p, -1, i)) continue;
            vv_strbuf_addf(out, ", \\\n  NaN with lines dashtype 3 linewidth 1.5 linecolor '%s'",
                           vv_script_color(m->color));
            add_title(out, m->label);
        }
}

static void write_curve(struct vv_strbuf *data, const struct vv_panel *p, const struct vv_curve *c)
{
    vv_strbuf_puts(data, "# ");
    if (p->title) vv_script_comment(data, p->title);
    vv_strbuf_puts(data, p->title && c->label ? ", " : "");
    if (c->label) vv_script_comment(data, c->label);
    vv_strbuf_puts(data, "\n# x y low high\n");
    for (int64_t i = 0; i < c->n; i++) {
        const double values[] = {c->x[i], c->y[i], c->low ? c->low[i] : NAN, c->high ? c->high[i] : NAN};
        for (int v = 0; v < 4; v++) {
            if (v) vv_strbuf_puts(data, " ");
            vv_script_number(data, values[v]);
        }
        vv_strbuf_puts(data, "\n");
    }
    vv_strbuf_puts(data, c->n == 0 ? "NaN NaN NaN NaN\n\n\n" : "\n\n");
}

static void set_scale(struct vv_strbuf *out, const struct vv_chart *c, const struct layout *l)
{
    const double bottom = l->height - l->top - l->panel_height;
    vv_script_palette(out, true);
    vv_strbuf_addf(out, "set cbrange [0:%.6g]\nset cbtics 0,%d\n", c->scale_last > 0.0 ? c->scale_last : 1.0,
                   vv_script_step(c->scale_last, 10));
    vv_strbuf_addf(out, "set colorbox vertical user origin screen %.4f,%.4f size screen %.4f,%.4f\n",
                   (l->width - l->right + 18.0) / l->width, bottom / l->height, 12.0 / l->width,
                   l->panel_height / l->height);
    set_label(out, "cb", c->scale, l->panel_height);
}

static void set_up(struct vv_strbuf *out, const struct vv_chart *c, const struct layout *l, int n_legend)
{
    vv_script_begin(out, &c->head, l->width, l->height);
    vv_strbuf_puts(out,
                   "set border linecolor '#444444'\nset tics nomirror out scale 0.5\nset xtics offset 0,0.3\n"
                   "set grid ytics linetype 1 linewidth 0.6 linecolor '#dddddd'\n");
    if (c->scale) set_scale(out, c, l);
    if (n_legend > 0)
        vv_strbuf_addf(out, "set key at screen %.4f,%.4f left top vertical maxrows %d Left reverse samplen 2.2 "
                       "spacing 1.1\n", (l->width - l->right + 4.0) / l->width, (l->height - l->top) / l->height,
                       n_legend);
    else vv_strbuf_puts(out, "unset key\n");
    if (c->n_panels > 1) vv_strbuf_puts(out, "set multiplot\n");
}

void vv_chart_write(const struct vv_chart *c, struct vv_strbuf *script, struct vv_strbuf *data)
{
    double legend_width;
    const int n_legend = c->scale ? 0 : legend(c, &legend_width);
    const struct layout l = lay_out(c, n_legend, c->scale ? 0.0 : legend_width);
    struct range all = {NAN, NAN};
    int index = 0;
    for (int p = 0; p < c->n_panels; p++) add_y(&c->panels[p], &all);
    set_up(script, c, &l, n_legend);
    for (int i = 0; i < c->n_panels; i++) {
        const struct vv_panel *const p = &c->panels[i];
        const double left = l.left + i % l.across * (l.panel_width + l.gap_x);
        const double top = l.height - l.top - i / l.across * (l.panel_height + l.gap_y);
        struct range y = {NAN, NAN};
        add_y(p, &y);
        const bool empty = isnan(y.low);
        vv_strbuf_puts(script, "\n");
        vv_script_margins(script, l.width, l.height, left, left + l.panel_width, top - l.panel_height, top);
        if (p->title) {
            vv_strbuf_puts(script, "set label 4 ");
            vv_script_text(script, p->title, (int)(l.panel_width / VV_FIGURE_CHARACTER));
            vv_strbuf_addf(script, " at screen %.4f,%.4f center\n", (left + 0.5 * l.panel_width) / l.width,
                           (top + (p->depth > 0.0 ? 52.0 : 11.0)) / l.height);
        }
        set_axes(script, c, p, &l, x_of(p), pad(c->same_y ? all : y, 0.06),
                 i % l.across == 0 || !same_text(p->y_label, c->panels[i - 1].y_label));
        set_marks(script, p);
        if (p->bar_width > 0.0) vv_strbuf_addf(script, "set boxwidth %.6g absolute\n", p->bar_width);
        if (empty) vv_strbuf_puts(script, "set label 3 'no values' at graph 0.5,0.5 center textcolor '#777777'\n");
        vv_strbuf_puts(script, "plot NaN notitle");
        for (int k = 0; k < p->n_curves; k++) {
            const struct vv_curve *const it = &p->curves[k];
            write_curve(data, p, it);
            plot_curve(script, c, it, index++, i == 0 && is_legend(c, it->label, 0, k, -1) ? it->label : NULL);
        }
        if (i == 0) plot_legend(script, c);
        vv_strbuf_puts(script, "\n");
        if (c->n_panels > 1) vv_strbuf_puts(script, "unset arrow; unset label; unset key; unset colorbox\n");
    }
    vv_strbuf_puts(script, c->n_panels > 1 ? "unset multiplot\nunset output\n" : "unset output\n");
}
