/* SPDX-License-Identifier: MIT */
/* What the builders of charts share; io/figure_build.h is for everybody else. */
#ifndef VV_IO_FIGURE_PARTS_H
#define VV_IO_FIGURE_PARTS_H

#include "data/companion.h"
#include "io/figure.h"
#include "io/figure_case.h"

/* Local. Whether this makes a band. / Fills value i of a curve, and its band if it has one. */
bool vv_errors_band(const struct vv_uncertainty *e);
void vv_errors_fill(const struct vv_column *column, const struct vv_uncertainty *e, const struct vv_position *at,
                    struct vv_curve *curve, int64_t i);

/* Local. What a curve is called: its column (number `column` of the case) and a value of a dimension, "MLE, k = 10";
 * a column alone is not named again. dim: NULL when there is none. *label is the caller's. */
enum vv_status vv_figure_label(const struct vv_figure_case *c, int column, const char *dim, int64_t at, char **label);

/* Local. Adds a column along the layers of a series as a curve; fixed: its position but for the layer. */
enum vv_status vv_panel_add_layers(const struct vv_figure_case *c, struct vv_panel *p, int series,
                                   const struct vv_column *column, const struct vv_position *fixed, const char *label,
                                   bool banded, struct vv_curve **out);

/* Local. The charts of a case of each kind; axis: the label of the values. */
enum vv_status vv_figure_build_scale(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart);
enum vv_status vv_figure_build_scatter(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart);
enum vv_status vv_figure_build_bars(const struct vv_figure_case *c, const char *axis, struct vv_chart *chart);

#endif
