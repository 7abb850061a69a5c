/* SPDX-License-Identifier: MIT */
/* ABIDE on distributed rows: the dimension decides how far the density is constant around each row (k*), the
 * binomial estimator within these neighborhoods gives the next dimension, and so on. */
#ifndef VV_ID_ABIDE_H
#define VV_ID_ABIDE_H

#include "data/neighbors.h"
#include "dist/comm.h"
#include "stages/id/core.h"

/* One iteration; all NaN after one that gave no dimension. */
struct vv_abide_step {
    double value, std_error;
    double mean_kstar;        /* with this dimension */
    double ratio;             /* of the radii it was counted with; NaN for the start */
    double distance, p_value; /* Kolmogorov-Smirnov, of the model with this dimension; NaN for the start */
};

struct vv_abide {
    int n_iterations;
    double significance; /* of the test of k* */
    double ratio;        /* of radii; 0: the one of smallest variance for each dimension */
};

/* Collective. Begins with the dimension of `start`; steps: [n_iterations + 1], the start first. e: the last step; its
 * distance is the mean of r_k*. Rows whose nearest neighbor is at distance zero are left out. Fewer than 5 neighbors,
 * or no start: missing. Besides the table 20 n_local k bytes here, 8 n on every rank; k - 4 exchanges of 8 n bytes. */
enum vv_status vv_abide_estimate(struct vv_comm *c, const struct vv_neighbors *nb,
                                 const struct vv_id_estimate *start, const struct vv_abide *how,
                                 struct vv_abide_step *steps, struct vv_id_estimate *e);

#endif
