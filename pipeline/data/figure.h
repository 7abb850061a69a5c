/* SPDX-License-Identifier: MIT */
/* What a stage wants to see drawn of its tables: a list of wishes in its constant (`figures`), which whoever writes the
 * report grants without knowing the stage. How a figure is divided into files, panels and curves follows from the
 * dimensions of its columns (io/figure_pick.h):
 *
 *   layer                    along the axis of a profile; the curves of a scale curve; the points of a scatter plot
 *   the last dimension       along the axis of a scale curve; the columns of a matrix, whose rows are the one before
 *   the first dimension      the groups of a bar chart
 *   another one              in a profile of one column one curve for each value, else one file for each value
 *
 * The name of a column may hold one '*', which stands for any text: each text that fits gives a figure of its own. What
 * belongs to a column is found by name: its standard error (X_std_error, or std_error beside value), the ends of an
 * interval (X_low, X_high), its value by chance (X_chance, or chance beside value), the names of the values of a
 * dimension D (D_name). Columns that a table lacks are left out. A stage without wishes gets those that
 * its columns suggest; one with an empty list gets none. */
#ifndef VV_DATA_FIGURE_H
#define VV_DATA_FIGURE_H

#include <stdbool.h>

enum vv_figure_kind {
    VV_FIGURE_PROFILE = 1, /* a quantity along the layers, with bands of error */
    VV_FIGURE_SCALE,       /* a quantity along a scale, one curve a layer */
    VV_FIGURE_MATRIX,      /* a quantity of pairs of layers */
    VV_FIGURE_BAR,         /* groups of bars */
    VV_FIGURE_SCATTER,     /* a quantity against another, one point a layer */
    VV_FIGURE_TREE,        /* trees of clusters, from the files of a VV_SAMPLES product (io/figure_tree.h) */
    VV_FIGURE_MARK         /* layers that all profiles point out: an integer column, -1 for none. No figure itself */
};

enum { VV_FIGURE_COLUMNS = 8, VV_FIGURE_ABSCISSAE = 2 };

struct vv_figure_wish {
    enum vv_figure_kind kind;
    const char *name;   /* of the files, without ending; '*' as in the columns. NULL ends the list */
    const char *title;  /* '*' as in the columns; NULL: long_name of the first column */
    const char *axis;   /* of the values; NULL: long_name and units of the first column */
    const char *columns[VV_FIGURE_COLUMNS]; /* SCATTER: the ordinate. TREE: the linkage, "single" or "weighted" */
    const char *labels[VV_FIGURE_COLUMNS];  /* of the columns in the legend; NULL: their long_name */
    const char *against[VV_FIGURE_ABSCISSAE]; /* SCALE: columns along the axis, or coordinates, a panel each;
                                               * none: the coordinate. SCATTER: the abscissa */
    const char *along;  /* dimension whose values are the curves (bars), whatever the rule says; NULL: the rule */
    const char *band;   /* what the bands are; NULL: "one standard error" */
    int least;          /* no figure with fewer columns than these; 0: one */
    bool linear;        /* SCALE: the axis is not logarithmic */
    bool diagonal;      /* SCATTER: both axes have one range, and a line where they are equal */
};

#endif
