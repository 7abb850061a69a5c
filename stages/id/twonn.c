/* SPDX-License-Identifier: MIT */
/* TwoNN (Facco, d'Errico, Rodriguez, Laio, Sci. Rep. 7:12140, 2017). With mu = r2/r1 >= 1 the law is
 * F(mu) = 1 - mu^-d, so that -ln(1 - F) = d ln mu.
 *
 * Fit: x_q = ln mu in ascending order, y_q = -ln(1 - q/N), q = 1 .. int(fraction N), a straight line
 * through the origin: d = sum x y / sum x^2. N counts all rows that are used, not only those fitted.
 * Maximum likelihood, unbiased: d = (N - 1) / sum ln mu, standard error d / sqrt(N).
 *
 * Error of the fit: delete-a-group jackknife. Row i belongs to group i mod G (G = 32), so groups
 * interleave whatever order the samples come in; the fit is repeated without each group in turn, and
 * the variance is (G - 1)/G sum (d_g - mean)^2. Ratios count as independent of each other.
 *
 * Cost: a sort and G + 1 passes over the N ratios. They are gathered on every rank (8 n bytes, plus
 * 16 n here) and the same is computed everywhere, because the fit needs all of them in one order. */
#include "stages/id/twonn.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

struct ratio {
    double log_mu;
    int64_t group;
};

static int compare(const void *a, const void *b)
{
    const struct ratio *x = a, *y = b;
    if (x->log_mu != y->log_mu) return x->log_mu < y->log_mu ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

/* The slope without one group (-1: with all); NaN when the ratios fitted are all 1.
 * sorted: [n], of which n_rows are not in that group */
static double slope(const struct ratio *sorted, int64_t n, int64_t n_rows, double fraction,
                    int64_t without)
{
    const int64_t n_fit = (int64_t)((double)n_rows * fraction);
    double xy = 0.0, xx = 0.0;
    for (int64_t i = 0, q = 1; i < n && q <= n_fit; i++) {
        if (sorted[i].group == without) continue;
        const double x = sorted[i].log_mu;
        xy += x * -log1p(-(double)q / (double)n_rows);
        xx += x * x;
        q++;
    }
    return xx > 0.0 ? xy / xx : NAN;
}

static double jackknife(const struct ratio *sorted, int64_t n, double fraction, int n_groups)
{
    double sum = 0.0, squares = 0.0, first = 0.0;
    int used = 0;
    for (int g = 0; g < n_groups; g++) {
        int64_t members = 0;
        for (int64_t i = 0; i < n; i++) members += sorted[i].group == g;
        if (members == 0) continue;
        const double d = slope(sorted, n, n - members, fraction, g);
        if (used == 0) first = d; /* moments about it: no cancellation */
        sum += d - first;
        squares += (d - first) * (d - first);
        used++;
    }
    if (used < 2) return NAN;
    const double spread = squares - sum * sum / used;
    return sqrt((spread > 0.0 || isnan(spread) ? spread : 0.0) * (used - 1) / used);
}

static void estimate(const struct ratio *sorted, int64_t n, double fraction, int n_groups,
                     struct vv_id_estimate *fit, struct vv_id_estimate *ml)
{
    if (n < 2) {
        vv_id_estimate_miss(fit, VV_ID_FEW_ROWS);
        vv_id_estimate_miss(ml, VV_ID_FEW_ROWS);
        return;
    }
    if (sorted[0].log_mu == sorted[n - 1].log_mu) {
        vv_id_estimate_miss(fit, VV_ID_SAME_RATIOS);
        vv_id_estimate_miss(ml, VV_ID_SAME_RATIOS);
        return;
    }
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) sum += sorted[i].log_mu;
    const double d = (double)(n - 1) / sum;
    vv_id_estimate_set(ml, d, d / sqrt((double)n));

    const double s = slope(sorted, n, n, fraction, -1);
    if (isnan(s)) vv_id_estimate_miss(fit, VV_ID_SAME_RATIOS);
    else vv_id_estimate_set(fit, s, n_groups > 0 ? jackknife(sorted, n, fraction, n_groups) : NAN);
}

enum vv_status vv_twonn_estimate(const double *excess, int64_t n, double fraction, int n_groups,
                                 struct vv_id_estimate *fit, struct vv_id_estimate *ml)
{
    struct ratio *sorted = vv_mem_new(n, sizeof *sorted, "ratios of neighbor distances");
    if (!sorted) return VV_MEMORY;
    int64_t used = 0;
    for (int64_t i = 0; i < n; i++)
        if (excess[i] >= 0.0)
            sorted[used++] = (struct ratio){log1p(excess[i]), n_groups > 0 ? i % n_groups : 0};
    qsort(sorted, (size_t)used, sizeof *sorted, compare);
    fit->n_used = ml->n_used = used;
    fit->n_excluded = ml->n_excluded = n - used;
    estimate(sorted, used, fraction, n_groups, fit, ml);
    vv_mem_free(sorted);
    return VV_OK;
}

void vv_twonn_bayes(const struct vv_id_estimate *ml, double shape, double rate, struct vv_id_estimate *e,
                    double *mode)
{
    *e = *ml;
    *mode = NAN;
    if (ml->reason) return;
    const double a = shape + (double)ml->n_used;
    const double b = rate + (double)(ml->n_used - 1) / ml->value; /* sum ln mu */
    vv_id_estimate_set(e, a / b, sqrt(a) / b);
    *mode = (a - 1.0) / b;
}
