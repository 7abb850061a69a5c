/* SPDX-License-Identifier: MIT */
/* The binomial estimator with the same number of neighbors for all rows, on distributed rows; binomial.h has the
 * formulas, abide.h the one with a neighborhood of its own for each row. */
#ifndef VV_ID_FIXED_H
#define VV_ID_FIXED_H

#include "data/neighbors.h"
#include "dist/comm.h"
#include "stages/id/core.h"

struct vv_fixed_estimate {
    struct vv_id_estimate e;              /* maximum likelihood; distance: mean of r_k */
    double posterior, posterior_deviation; /* with a flat prior on ratio^d; NaN where e is missing */
};

/* Collective. For each k (missing where the table has fewer): neighbors within ratio * r_k, that distance included,
 * out of the k - 1 nearer than r_k. Rows whose nearest neighbor is at distance zero are left out. ks, out: [n_ks] */
enum vv_status vv_fixed_estimate(struct vv_comm *c, const struct vv_neighbors *nb, const int64_t *ks, int n_ks,
                                 double ratio, struct vv_fixed_estimate *out);

#endif
