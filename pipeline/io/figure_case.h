/* SPDX-License-Identifier: MIT */
/* From a wish (data/figure.h) and the columns of a report to the figures it stands for: which columns there are, which
 * dimensions are divided into files, what the figure is called. io/figure_build.h makes charts and maps of them. */
#ifndef VV_IO_FIGURE_CASE_H
#define VV_IO_FIGURE_CASE_H

#include "data/figure.h"
#include "data/series.h"
#include "data/table.h"
#include "base/strbuf.h"

/* A layer that profiles point out. */
struct vv_pointer {
    int layer;
    const char *label; /* borrowed from the table */
};

/* What figures are made from. */
struct vv_figure_source {
    const struct vv_table *table; /* all columns of a report */
    int n_layers;
    char *const *layer_names;     /* [n_layers] borrowed from the table's layers/name */
    struct vv_series series;
    int n_pointers;
    struct vv_pointer *pointers;
};

/* Positions along dimensions, by name. */
struct vv_position {
    int n;
    const char *dim[VV_MAX_DIMS];
    int64_t at[VV_MAX_DIMS];
};

/* One figure. */
struct vv_figure_case {
    const struct vv_figure_source *source;
    const struct vv_figure_wish *wish;
    const char *star;          /* what stands for '*'; "" when there is none */
    int n_columns;
    const struct vv_column *columns[VV_FIGURE_COLUMNS]; /* in the order of the wish, absent ones left out */
    int wished[VV_FIGURE_COLUMNS];                      /* their positions in the wish */
    struct vv_position fixed;  /* the dimensions that are divided into files */
    char name[256], title[512];
};

/* Local. The source of a table that has layers/name; without it there are no layers, and no figures. */
enum vv_status vv_figure_source_init(struct vv_figure_source *s, const struct vv_table *t);
void vv_figure_source_release(struct vv_figure_source *s);

/* Local. Notes the layers that a wish of kind MARK points out. */
enum vv_status vv_figure_source_mark(struct vv_figure_source *s, const struct vv_figure_wish *w);

/* Local. Calls each() for every figure of a wish, in the order of the table; ends at its first failure. */
typedef enum vv_status (*vv_figure_case_fn)(void *whom, const struct vv_figure_case *c);
enum vv_status vv_figure_cases(const struct vv_figure_source *s, const struct vv_figure_wish *w,
                               vv_figure_case_fn each, void *whom);

/* Local. Calls each() for the figures that the columns of a stage without wishes suggest: those below "<stage>/". */
enum vv_status vv_figure_cases_by_shape(const struct vv_figure_source *s, const char *stage, vv_figure_case_fn each,
                                        void *whom);

/* Local. Position of a dimension among those of a column, or -1. / The value at a position as a number, NaN for a
 * text; dimensions that are not named are taken at 0. */
int vv_column_dim(const struct vv_column *c, const char *dim);
double vv_column_at(const struct vv_column *c, const struct vv_position *at);

/* Local. Appends a position. */
void vv_position_add(struct vv_position *p, const char *dim, int64_t at);

/* Local. Appends what a value of a dimension is called ("k = 30"; a name where it has one). */
void vv_dim_label(struct vv_strbuf *out, const struct vv_table *t, const char *dim, int64_t at);

/* Local. Appends the long name of a column and its units; a name that was not given is spelled out. */
void vv_column_label(struct vv_strbuf *out, const struct vv_column *c, bool units);

#endif
