/* SPDX-License-Identifier: MIT */
/* The adaptive number of neighbors k* of every row of a layer. */
#ifndef VV_DENSITY_ADAPTIVE_H
#define VV_DENSITY_ADAPTIVE_H

#include "data/neighbors.h"
#include "dist/comm.h"
#include "dist/progress.h"

/* Collective. k* of this rank's rows, from 3 to nb->k - 1; 0 with fewer than 4 neighbors. thresholds: [nb->k], that
 * of the test at order j at j (4..nb->k - 1). nb: its arrays are in memory. k_star: [n_local] */
enum vv_status vv_density_adapt(struct vv_comm *c, const struct vv_neighbors *nb, double dimension,
                                const double *thresholds, struct vv_progress *progress, int64_t *k_star);

#endif
