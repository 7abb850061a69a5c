/* SPDX-License-Identifier: MIT */
/* The maximum likelihood estimator of Levina and Bickel (NeurIPS 17, 2004), with the correction of MacKay and
 * Ghahramani (2005), on distributed rows. */
#ifndef VV_ID_MLE_H
#define VV_ID_MLE_H

#include "data/neighbors.h"
#include "dist/comm.h"
#include "stages/id/core.h"

/* Local. 1/(k - 1) sum over j < k of ln(r_k / r_j): the inverse of a row's own estimate. length: [k] ascending, the
 * first above zero; k >= 2 */
double vv_mle_inverse(const double *length, int k);

/* Collective. For each k, from 2 to the k of the table (else missing): the inverse of the mean over rows of the
 * inverse estimates, with its standard error from the spread over rows; distance: mean of r_k. averaged: [n_ks]
 * the mean of the rows' estimates as first proposed, biased high by (k - 1)/(k - 2); NaN when a row has none. Rows
 * whose nearest neighbor is at distance zero are left out. ks: [n_ks], e: [n_ks] */
enum vv_status vv_mle_estimate(struct vv_comm *c, const struct vv_neighbors *nb, const int64_t *ks,
                               int n_ks, struct vv_id_estimate *e, double *averaged);

#endif
