/* SPDX-License-Identifier: MIT */
#include "base/significance.h"

#include <math.h>

double vv_normal_quantile(double p)
{
    double low = -40.0, high = 40.0;
    if (!(p >= 0.0 && p <= 1.0)) return NAN;
    if (p == 0.0 || p == 1.0) return p > 0.0 ? INFINITY : -INFINITY;
    if (p > 0.5) return -vv_normal_quantile(1.0 - p); /* the lower tail has all the digits */
    for (int i = 0; i < 200 && low < high; i++) {
        const double middle = 0.5 * (low + high);
        if (middle == low || middle == high) break;
        if (0.5 * erfc(-middle / sqrt(2.0)) < p) low = middle;
        else high = middle;
    }
    return 0.5 * (low + high);
}

double vv_normal_p(double z)
{
    return erfc(fabs(z) / sqrt(2.0));
}

double vv_difference_p(double a, double a_error, double b, double b_error)
{
    const double error = hypot(a_error, b_error);
    if (isnan(a) || isnan(b) || isnan(a_error) || isnan(b_error)) return NAN;
    if (a == b) return 1.0;
    return error > 0.0 ? vv_normal_p((a - b) / error) : 0.0;
}

double vv_mcnemar_p(int64_t only_a, int64_t only_b)
{
    const int64_t fewer = only_a < only_b ? only_a : only_b, n = only_a + only_b;
    const double all = (double)n, k = (double)fewer;
    double term = exp(lgamma(all + 1.0) - lgamma(k + 1.0) - lgamma(all - k + 1.0) - all * log(2.0)), sum = 0.0;
    if (2 * fewer == n) return 1.0;
    for (int64_t i = fewer; i >= 0 && term > 1e-17 * sum; i--) {
        sum += term;
        term *= (double)i / (double)(n - i + 1);
    }
    return fmin(1.0, 2.0 * sum);
}

void vv_holm(double *p, int n, double n_all)
{
    int n_left = 0;
    double least = 0.0;
    for (int i = 0; i < n; i++) n_left += !isnan(p[i]);
    double factor = fmax(n_all, n_left);
    for (; n_left > 0; n_left--, factor -= 1.0) { /* those that are done have a minus sign until the end */
        int next = -1;
        for (int i = 0; i < n; i++)
            if (!isnan(p[i]) && !signbit(p[i]) && (next < 0 || p[i] < p[next])) next = i;
        least = fmax(least, fmin(1.0, factor * p[next]));
        p[next] = -least;
    }
    for (int i = 0; i < n; i++) p[i] = fabs(p[i]);
}
