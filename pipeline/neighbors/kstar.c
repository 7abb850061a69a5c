/* SPDX-License-Identifier: MIT */
/* With volumes V = omega_d r^d of the balls of k rows around row i and around its neighbor k + 1, the test is
 * D = -2 k [ln V_i + ln V_J - 2 ln(V_i + V_J) + ln 4] = 4 k ln cosh((ln V_J - ln V_i) / 2): only the difference
 * of the logarithms matters, so powers r^d, which overflow from d of about 100, are never formed. */
#include "neighbors/kstar.h"

#include <math.h>

double vv_kstar_threshold(double alpha)
{
    double low = 0.0, high = 3000.0; /* the tail erfc(sqrt(x / 2)) vanishes before that */
    for (int i = 0; i < 100; i++) {
        const double middle = 0.5 * (low + high);
        if (erfc(sqrt(0.5 * middle)) > alpha) low = middle;
        else high = middle;
    }
    return low;
}

double vv_kstar_statistic(int k, double u)
{
    const double x = fabs(u);
    /* near zero the sum of large terms would cancel */
    const double log_cosh = x < 1.0 ? log1p(2.0 * sinh(0.25 * x) * sinh(0.25 * x))
                                    : 0.5 * x + log1p(exp(-x)) - 0.69314718055994530942;
    return 4.0 * k * log_cosh;
}

int vv_kstar_of(const double *log_ratio, int k, double dimension, double threshold)
{
    for (int j = VV_KSTAR_FIRST; j < k; j++)
        if (vv_kstar_statistic(j - 1, dimension * log_ratio[j]) > threshold) return j - 1;
    return k - 1;
}
