/* SPDX-License-Identifier: MIT */
/* TwoNN: the dimension from the ratio of the distances to the second and to the first neighbor. */
#ifndef VV_ID_TWONN_H
#define VV_ID_TWONN_H

#include "base/error.h"
#include "stages/id/core.h"

enum { VV_TWONN_GROUPS = 32 };

/* Local. Linear fit and maximum likelihood from the ratios of all rows of a layer. excess: [n], from
 * vv_id_excess, not changed. fraction: of the rows, those with the smallest ratios, that the line is
 * fitted to, in (0, 1). n_groups: of the jackknife for the error of the fit; 0: no error (NaN).
 * fit, ml: `distance` is left as it is. Only lack of memory fails. */
enum vv_status vv_twonn_estimate(const double *excess, int64_t n, double fraction, int n_groups,
                                 struct vv_id_estimate *fit, struct vv_id_estimate *ml);

/* Local. The Bayesian estimate from the maximum likelihood one: with a Gamma prior of the given shape and rate on
 * the dimension the posterior is Gamma(shape + N, rate + sum ln mu); value: its mean, std_error: its standard
 * deviation, *mode: where it is highest. Missing where ml is. */
void vv_twonn_bayes(const struct vv_id_estimate *ml, double shape, double rate, struct vv_id_estimate *e,
                    double *mode);

#endif
