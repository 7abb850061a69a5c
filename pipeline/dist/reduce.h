/* SPDX-License-Identifier: MIT */
/* Reductions whose result does not depend on how rows are divided over ranks. */
#ifndef VV_DIST_REDUCE_H
#define VV_DIST_REDUCE_H

#include "base/sum.h"
#include "dist/comm.h"

/* Collective. Adds up exact sums over all ranks, in place. sums: [n] */
void vv_reduce_sums(struct vv_comm *c, struct vv_sum *sums, int64_t n);

/* Collective. The exact sum over all ranks of values: [n_local]. */
double vv_reduce_sum(struct vv_comm *c, const double *values, int64_t n_local);

#endif
