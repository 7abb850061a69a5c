/* SPDX-License-Identifier: MIT */
/* How sure a difference is: normal quantiles and p-values, the exact test of paired outcomes, and the
 * correction for many comparisons. Pure functions of numbers. */
#ifndef VV_BASE_SIGNIFICANCE_H
#define VV_BASE_SIGNIFICANCE_H

#include <stdint.h>

/* Local. The z below which a standard normal variable is with probability p; -+infinity at 0 and 1, NaN
 * outside. */
double vv_normal_quantile(double p);

/* Local. Two-sided p-value of z standard errors, such as 0.0455 for 2. */
double vv_normal_p(double z);

/* Local. Two-sided p-value of two values with standard errors that are independent; 1 for equal values, 0 for different
 * ones without errors (0), NaN where a value or an error is: an error that is not known is not none. */
double vv_difference_p(double a, double a_error, double b, double b_error);

/* Local. The exact test of McNemar (1947): of the cases that exactly one of two methods gets right, `only_a` and
 * `only_b` are right by one and by the other; two-sided binomial p-value of such an imbalance at even odds. 1 without
 * such cases. Cost: at most min(only_a, only_b) steps. */
double vv_mcnemar_p(int64_t only_a, int64_t only_b);

/* Local. Adjusts p-values, in place (Holm 1979): that any of those below alpha afterwards is false has probability
 * alpha at most, whatever their dependence. n_all: comparisons in all, of which these are some; as when all pairs
 * could have been looked at, but only those with what looks best are (fewer than these count as these). NaN stays,
 * and is no comparison. Cost: n^2 steps. p: [n] */
void vv_holm(double *p, int n, double n_all);

#endif
