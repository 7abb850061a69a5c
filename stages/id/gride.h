/* SPDX-License-Identifier: MIT */
/* Gride: the dimension from the ratio of the distances to neighbors n2 = 2 n1 and n1, so that n1
 * chooses the scale. Functions work on a slice of the rows; exact sums of slices add up to the same
 * bits however the rows are divided. */
#ifndef VV_ID_GRIDE_H
#define VV_ID_GRIDE_H

#include <stdint.h>

#include "base/sum.h"
#include "stages/id/core.h"

/* The score equation of one scale. */
struct vv_gride {
    int order;       /* n1 */
    double c;        /* numerator constant: n_kept - 1 (bias-corrected) or n_kept (plain) */
    int64_t n_kept;  /* rows that pass the filter */
    double sum_logs; /* sum of ln mu over them, > 0 */
};

/* What a slice contributes at a trial dimension d. */
struct vv_gride_sums {
    struct vv_sum score;     /* sum of ln mu / (1 - mu^-d) */
    struct vv_sum curvature; /* sum of (ln mu)^2 mu^-d / (1 - mu^-d)^2 = minus its derivative in d */
};

/* Local. The filter: ratios mu >= q50 + 20 (q95 - q50) are outliers and do not count for the root.
 * Returns the limit as mu - 1; not above q50 when the ratios do not spread, *spreads is then 0.
 * sorted: [n] mu - 1, ascending, n >= 1; percentiles interpolate linearly. */
double vv_gride_limit(const double *sorted, int64_t n, int *spreads);

/* Local. Adds a slice to zeroed or partial sums. log_mu: [n] */
void vv_gride_add(const double *log_mu, int64_t n, double d, struct vv_gride_sums *sums);

/* Local. Where to begin: at or below the root; the root itself when order is 1. */
double vv_gride_begin(const struct vv_gride *g);

/* Local. The next trial dimension, by Newton's method, from the sums over all kept rows at d. */
double vv_gride_next(const struct vv_gride *g, double d, double score, double curvature);

/* Local. Standard error at the root d from the Fisher information over all n_used rows, filtered or
 * not; curvature is their sum at d. */
double vv_gride_error(int order, double d, int64_t n_used, double curvature);

#endif
