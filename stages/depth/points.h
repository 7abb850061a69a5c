/* SPDX-License-Identifier: MIT */
#ifndef VV_DEPTH_POINTS_H
#define VV_DEPTH_POINTS_H

#include "base/strbuf.h"
#include "data/table.h"
#include "io/tidy.h"

/* Local. Over the points of a sweep, each of one or more networks: rank correlations between the minimum rule and
 * labels, as columns depth/correlation/... and in words. None where a network is there more than once (rows that agree
 * in the series and in all of input.layers, input.neighbors and input.synthetic but the number of samples): words say
 * so instead. */
enum vv_status vv_depth_conclude(const struct vv_tidy *points, struct vv_table *out, struct vv_strbuf *sentences);

#endif
