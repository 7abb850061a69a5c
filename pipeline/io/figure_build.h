/* SPDX-License-Identifier: MIT */
/* Charts and heat maps from the columns of a report. */
#ifndef VV_IO_FIGURE_BUILD_H
#define VV_IO_FIGURE_BUILD_H

#include "io/figure.h"
#include "io/figure_case.h"

/* Local. The chart of a case of kind PROFILE, SCALE, BAR or SCATTER. Series of layers are curves where there is one
 * curve each and they are equally long, else panels of their own. *chart: zeroed; released whatever is returned. */
enum vv_status vv_figure_build_chart(const struct vv_figure_case *c, struct vv_chart *chart);

/* Local. The heat map of a case of kind MATRIX; likewise. */
enum vv_status vv_figure_build_map(const struct vv_figure_case *c, struct vv_heat_map *map);

#endif
