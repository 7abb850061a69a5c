/* SPDX-License-Identifier: MIT */
/* The decimation curve: the dimension of random subsets of a layer's rows. Fewer rows means larger
 * distances, so the curve shows the dimension against the scale; a plateau is the one to trust. */
#ifndef VV_ID_DECIMATE_H
#define VV_ID_DECIMATE_H

#include "stages/id/subset.h"

/* Local. Rows of a subset: n / 2^halving, rounded half to even. */
int64_t vv_decimation_rows(int64_t n, int halving);

/* Collective. TwoNN (fit) of subsets of n / 2^halving rows, halving >= 1: value and distance are means
 * over the draws, std_error is their population standard deviation / sqrt(draws), NaN for one draw;
 * n_used and n_excluded are of the first draw. Subsets of fewer than 10 rows are missing. */
enum vv_status vv_decimation_estimate(struct vv_comm *c, const struct vv_subsets *how,
                                      int halving, struct vv_id_estimate *e);

#endif
