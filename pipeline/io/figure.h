/* SPDX-License-Identifier: MIT */
/* Figures as data, and as gnuplot scripts. A chart is a grid of panels with curves (profiles, scale curves, bars,
 * scatter plots, small multiples); a heat map shows a matrix; a tree shows clusters. Writing one gives two texts, the
 * script <name>.gp and the data <name>.dat that it reads: `gnuplot <name>.gp` beside them makes <name>.svg.
 *
 * Texts are shown as they are (no markup of gnuplot's), made safe by io/figure_script.h. Missing values are NaN. The
 * same figure gives the same bytes. */
#ifndef VV_IO_FIGURE_H
#define VV_IO_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/* What all figures have. Texts are owned. */
struct vv_figure_head {
    char *name;  /* of the files; safe (vv_figure_name) */
    char *title;
    char *note;  /* a line below, or NULL: what bands are */
};

enum vv_curve_style {
    VV_CURVE_LINE,     /* line and points, with a band between low and high */
    VV_CURVE_CHANCE,   /* what to compare with: a thin broken line */
    VV_CURVE_BARS,     /* bars of the panel's bar width, with error bars from low to high */
    VV_CURVE_POINTS    /* points in the colors of the scale, joined by a thin line */
};

struct vv_curve {
    char *label;          /* in the legend, where each text comes once; NULL: not there */
    enum vv_curve_style style;
    int color;            /* position in the palette; -1: gray. With a scale of colors: position along it */
    int64_t n;
    double *x, *y;        /* [n] */
    double *low, *high;   /* [n] or NULL */
};

struct vv_tick {
    double at;
    char *label;
};

/* A vertical line. */
struct vv_mark {
    double x;
    int color;   /* as that of a curve */
    char *label; /* in the legend, once */
};

struct vv_panel {
    char *title, *x_label, *y_label; /* or NULL */
    bool log_x;
    double bar_width;     /* in units of x */
    double depth;         /* relative depth is shown above, 1 at this x; 0: it is not */
    bool whole;           /* x counts: ticks at whole numbers only */
    double x_low, x_high; /* the axis; both 0: as the curves need it */
    int n_curves, n_ticks, n_marks;
    struct vv_curve *curves;
    struct vv_tick *ticks; /* along x; none: numbers */
    struct vv_mark *marks;
};

struct vv_chart {
    struct vv_figure_head head;
    int n_panels, n_across; /* panels, and how many of them side by side; 0: as suits */
    struct vv_panel *panels;
    bool same_y;            /* all panels have one range of values */
    bool diagonal;          /* panels have a line where x and y are equal, and one range for both */
    char *scale;            /* curves (points) have colors along a scale of this name, with a bar as legend; or NULL */
    double scale_last;      /* colors go from 0 to this */
};

struct vv_heat_map {
    struct vv_figure_head head;
    char *values;                   /* what the colors are */
    char *row_label, *column_label; /* of the axes */
    int n_rows, n_columns;
    double *value;                  /* [n_rows][n_columns]; the first row is on top */
    char **row_name, **column_name; /* [n_rows], [n_columns] */
    int n_breaks_row, n_breaks_column;
    int *break_row, *break_column;  /* lines before these rows and columns: where series begin */
    double low, high;               /* range of the colors; both 0: that of the values */
};

struct vv_tree_figure {
    struct vv_figure_head head;
    int n;               /* leaves */
    int64_t *cluster;    /* [n] their names are c<cluster> */
    int64_t *population; /* [n] */
    double *height;      /* [n] log density of the peaks */
    int64_t *left, *right; /* [n - 1] merges: a leaf, or n + i for merge i */
    double *joined;      /* [n - 1] height at which they join */
    int n_classes;       /* 0: no composition */
    char **class_name;   /* [n_classes] */
    char *label_set;     /* of these classes */
    double *share;       /* [n][n_classes] of the rows of a leaf */
};

/* Local. Sets the texts of a head. VV_MEMORY. */
enum vv_status vv_figure_head_init(struct vv_figure_head *h, const char *name, const char *title, const char *note);

/* Local. Adds a panel, a curve with room for n values (all NaN; `band`: with low and high), a tick, a mark; *panel and
 * *curve stay valid until the next is added to the same. Texts are copied. VV_MEMORY. */
enum vv_status vv_chart_add_panel(struct vv_chart *c, const char *title, const char *x_label, const char *y_label,
                                  struct vv_panel **panel);
enum vv_status vv_panel_add_curve(struct vv_panel *p, const char *label, int64_t n, bool band,
                                  struct vv_curve **curve);
enum vv_status vv_panel_add_tick(struct vv_panel *p, double at, const char *label);
enum vv_status vv_panel_add_mark(struct vv_panel *p, double x, int color, const char *label);

/* Local. Removes all but the first n curves of a panel. */
void vv_panel_keep_curves(struct vv_panel *p, int n);

/* Local. Small multiples, as over the points of a sweep: the panels of n charts in one, each titled with the name of
 * its chart (and its own), all with one range of values. The panels are moved: the charts given are empty afterwards.
 * charts: [n]; names: [n] */
enum vv_status vv_chart_multiples(struct vv_chart *out, const char *name, const char *title, int n,
                                  struct vv_chart *charts, const char *const *names);

/* Local. Release what they own. */
void vv_chart_release(struct vv_chart *c);
void vv_heat_map_release(struct vv_heat_map *m);
void vv_tree_figure_release(struct vv_tree_figure *t);

/* Local. Append script and data; what is missing for lack of memory shows in script->failed and data->failed. */
void vv_chart_write(const struct vv_chart *c, struct vv_strbuf *script, struct vv_strbuf *data);
void vv_heat_map_write(const struct vv_heat_map *m, struct vv_strbuf *script, struct vv_strbuf *data);
void vv_tree_figure_write(const struct vv_tree_figure *t, struct vv_strbuf *script, struct vv_strbuf *data);

#endif
