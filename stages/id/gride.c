/* SPDX-License-Identifier: MIT */
/* Gride (Denti, Doimo, Laio, Mira, Sci. Rep. 12:20005, 2022). For mu = r_n2 / r_n1 the variable mu^-d
 * is Beta(n1, n2 - n1). With n2 = 2 n1, m = n1, the score equation is
 *
 *     s(d) = c/d + (m - 1) sum ln mu / (1 - mu^-d) - (2 m - 1) sum ln mu = 0 ,
 *
 * c = N - 1 (the bias-corrected convention of the reference implementation). m = 1 gives
 * d = c / sum ln mu, the maximum likelihood of TwoNN. The standard error is J^-1/2 with the observed
 * information J = N/d^2 + (m - 1) sum (ln mu)^2 mu^-d / (1 - mu^-d)^2; it takes rows as independent
 * and is therefore optimistic at large n1, where neighborhoods overlap.
 *
 * Root: 1 <= x / (1 - exp(-x)) <= 1 + x bounds it by
 *     (c + (m - 1) N) / ((2 m - 1) S) <= d <= (c + (m - 1) N) / (m S),   S = sum ln mu,
 * so it always exists, within a factor of two. s is decreasing and convex, hence Newton's method
 * from the lower bound climbs to the root without passing it and needs no safeguard.
 * A ratio of exactly 1 enters by its limits, ln mu / (1 - mu^-d) -> 1/d.
 *
 * Cost: some six passes over the rows a scale. Ratios are gathered once a scale on every rank (8 n
 * bytes) for the percentiles of the filter; the sums are shared, one small reduction a pass. */
#include "stages/id/gride.h"

#include <math.h>

static double percentile(const double *sorted, int64_t n, double fraction)
{
    const double at = fraction * (double)(n - 1);
    const int64_t i = (int64_t)at;
    if (i + 1 >= n) return sorted[n - 1];
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

double vv_gride_limit(const double *sorted, int64_t n, int *spreads)
{
    const double q50 = percentile(sorted, n, 0.50), q95 = percentile(sorted, n, 0.95);
    *spreads = q95 > q50;
    return q50 + 20.0 * (q95 - q50);
}

void vv_gride_add(const double *log_mu, int64_t n, double d, struct vv_gride_sums *sums)
{
    for (int64_t i = 0; i < n; i++) {
        const double l = log_mu[i], x = d * l;
        const double half = x > 0.0 ? l / (2.0 * sinh(0.5 * x)) : 1.0 / d;
        vv_sum_add(&sums->score, x > 0.0 ? l / -expm1(-x) : 1.0 / d);
        vv_sum_add(&sums->curvature, half * half);
    }
}

double vv_gride_begin(const struct vv_gride *g)
{
    const double m = g->order;
    return (g->c + (m - 1.0) * (double)g->n_kept) / ((2.0 * m - 1.0) * g->sum_logs);
}

double vv_gride_next(const struct vv_gride *g, double d, double score, double curvature)
{
    const double m = g->order;
    const double s = g->c / d + (m - 1.0) * score - (2.0 * m - 1.0) * g->sum_logs;
    return d + s / (g->c / (d * d) + (m - 1.0) * curvature);
}

double vv_gride_error(int order, double d, int64_t n_used, double curvature)
{
    return 1.0 / sqrt((double)n_used / (d * d) + (order - 1.0) * curvature);
}
