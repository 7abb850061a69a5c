/* SPDX-License-Identifier: MIT */
/* Exact sums of doubles. The running total is kept as one long fixed-point number wide enough for
 * every double (a "superaccumulator"; Kulisch 2013, Neal arXiv:1505.05571), so addition is
 * associative: any order, any split over ranks or threads gives the same bits, and the result is
 * the true sum correctly rounded. This is how reductions are the same on any number of ranks. */
#ifndef VV_BASE_SUM_H
#define VV_BASE_SUM_H

#include <stdint.h>

enum { VV_SUM_LIMBS = 68 };

/* All members are int64_t, so that arrays of sums reduce across ranks as plain integer sums.
 * Zero-initialise before use. */
struct vv_sum {
    int64_t limb[VV_SUM_LIMBS]; /* limb i weighs 2^(32 i - 1074) */
    int64_t n_pending;          /* additions since the last carry */
    int64_t n_nan, n_plus_infinity, n_minus_infinity;
};

/* Local. Adds one value. */
void vv_sum_add(struct vv_sum *s, double x);

/* Local. Adds another sum. */
void vv_sum_merge(struct vv_sum *s, const struct vv_sum *other);

/* Local. Propagates carries; needed before sums of more than one rank are added up. */
void vv_sum_carry(struct vv_sum *s);

/* Local. The value, correctly rounded (to nearest, ties to even); infinities and NaN as in IEEE 754
 * arithmetic. */
double vv_sum_value(const struct vv_sum *s);

#endif
