/* SPDX-License-Identifier: MIT */
/* Whether two quantities order the same things alike: Spearman's rho and Kendall's tau-b with two-sided
 * p-values against all orders being equally likely. Pure functions on arrays. */
#ifndef VV_BASE_RANK_CORRELATION_H
#define VV_BASE_RANK_CORRELATION_H

#include <stdint.h>

#include "base/error.h"

/* Up to so many pairs all permutations are tried and p-values are exact; beyond, both statistics are taken as
 * normal with the mean and the variance they have over all permutations. */
enum { VV_EXACT_PAIRS = 9 };

struct vv_rank_correlation {
    int n; /* pairs without a NaN */
    double spearman, spearman_p, kendall, kendall_p; /* NaN with fewer than 3 pairs or a side that is constant */
};

/* Local. Twice the average rank from 1 of each value, so that ties have whole numbers. x: [n] without NaN; rank: [n] */
void vv_double_ranks(const double *x, int n, int64_t *rank);

/* Local. Pairs with a NaN are left out. Cost: n^2, or at most 9! n^2. Only lack of memory fails. x, y: [n] */
enum vv_status vv_rank_correlation_of(const double *x, const double *y, int n, struct vv_rank_correlation *out);

#endif
