/* SPDX-License-Identifier: MIT */
/* Everything is counted in whole numbers until the end, so that "as far from 0 as observed" is exact: with a, b twice
 * the average ranks, Spearman's rho is their correlation, whose numerator is n sum a b - (sum a)(sum b); Kendall's S is
 * concordant minus discordant pairs. Kendall, Rank Correlation Methods (1970), chapters 3 to 5. */
#include "base/rank_correlation.h"

#include <math.h>

#include "base/mem.h"
#include "base/significance.h"

void vv_double_ranks(const double *x, int n, int64_t *rank)
{
    for (int i = 0; i < n; i++) {
        rank[i] = 1;
        for (int j = 0; j < n; j++) rank[i] += 2 * (x[j] < x[i]) + (x[j] == x[i]);
    }
}

static int sign(int64_t x)
{
    return (x > 0) - (x < 0);
}

/* The two statistics for a and the permuted b. */
struct sums {
    int64_t product, pairs;
};

static struct sums sums_of(const int64_t *a, const int64_t *b, const int *order, int n)
{
    struct sums s = {0, 0};
    for (int i = 0; i < n; i++) {
        const int64_t y = b[order[i]];
        s.product += a[i] * y;
        for (int j = 0; j < i; j++) s.pairs += sign(a[i] - a[j]) * sign(y - b[order[j]]);
    }
    return s;
}

/* n^2 times the covariance of the two. */
static int64_t centered(int64_t product, int64_t sum_a, int64_t sum_b, int n)
{
    return n * product - sum_a * sum_b;
}

static int64_t magnitude(int64_t x)
{
    return x < 0 ? -x : x;
}

/* The next permutation in the order of words; 0 after the last. */
static int advance(int *order, int n)
{
    int i = n - 2, j = n - 1;
    while (i >= 0 && order[i] > order[i + 1]) i--;
    if (i < 0) return 0;
    while (order[j] < order[i]) j--;
    const int first = order[i];
    order[i] = order[j];
    order[j] = first;
    for (int low = i + 1, high = n - 1; low < high; low++, high--) {
        const int left = order[low];
        order[low] = order[high];
        order[high] = left;
    }
    return 1;
}

/* Shares of all permutations whose statistics are at least as far from 0. order: [n], the identity */
static void permute(const int64_t *a, const int64_t *b, int *order, int n, struct vv_rank_correlation *out)
{
    int64_t sum_a = 0, sum_b = 0, all = 0, as_far[2] = {0, 0};
    const struct sums found = sums_of(a, b, order, n);
    for (int i = 0; i < n; i++) {
        sum_a += a[i];
        sum_b += b[i];
    }
    do {
        const struct sums s = sums_of(a, b, order, n);
        as_far[0] += magnitude(centered(s.product, sum_a, sum_b, n)) >=
                     magnitude(centered(found.product, sum_a, sum_b, n));
        as_far[1] += magnitude(s.pairs) >= magnitude(found.pairs);
        all++;
    } while (advance(order, n));
    out->spearman_p = (double)as_far[0] / (double)all;
    out->kendall_p = (double)as_far[1] / (double)all;
}

/* Sums over groups of t equal ranks: t (t - 1), t (t - 1)(t - 2), t (t - 1)(2 t + 5). */
struct ties {
    double two, three, five;
};

static struct ties ties_of(const int64_t *rank, int n)
{
    struct ties out = {0.0, 0.0, 0.0};
    for (int i = 0; i < n; i++) {
        int t = 0, first = 1;
        for (int j = 0; j < n; j++) {
            t += rank[j] == rank[i];
            if (j < i && rank[j] == rank[i]) first = 0;
        }
        if (!first) continue;
        out.two += t * (t - 1.0);
        out.three += t * (t - 1.0) * (t - 2.0);
        out.five += t * (t - 1.0) * (2.0 * t + 5.0);
    }
    return out;
}

/* Kendall (1970), equation 4.4: the variance of S over all permutations, with ties in both. */
static double kendall_variance(struct ties x, struct ties y, double n)
{
    return (n * (n - 1.0) * (2.0 * n + 5.0) - x.five - y.five) / 18.0 +
           x.three * y.three / (9.0 * n * (n - 1.0) * (n - 2.0)) + x.two * y.two / (2.0 * n * (n - 1.0));
}

/* a, b: [n] twice the ranks; order: [n], the identity */
static void correlate(const int64_t *a, const int64_t *b, int *order, int n, struct vv_rank_correlation *out)
{
    int64_t sum_a = 0, sum_b = 0, square_a = 0, square_b = 0;
    for (int i = 0; i < n; i++) {
        sum_a += a[i];
        sum_b += b[i];
        square_a += a[i] * a[i];
        square_b += b[i] * b[i];
    }
    const int64_t spread_a = centered(square_a, sum_a, sum_a, n), spread_b = centered(square_b, sum_b, sum_b, n);
    if (n < 3 || spread_a == 0 || spread_b == 0) return;
    const struct sums found = sums_of(a, b, order, n);
    const struct ties x = ties_of(a, n), y = ties_of(b, n);
    const double pairs = n * (n - 1.0);
    out->spearman =
        (double)centered(found.product, sum_a, sum_b, n) / (sqrt((double)spread_a) * sqrt((double)spread_b));
    out->kendall = 2.0 * (double)found.pairs / (sqrt(pairs - x.two) * sqrt(pairs - y.two));
    if (n <= VV_EXACT_PAIRS) {
        permute(a, b, order, n, out);
        return;
    }
    out->spearman_p = vv_normal_p(out->spearman * sqrt(n - 1.0));
    out->kendall_p = vv_normal_p((double)found.pairs / sqrt(kendall_variance(x, y, n)));
}

enum vv_status vv_rank_correlation_of(const double *x, const double *y, int n, struct vv_rank_correlation *out)
{
    double *values = vv_mem_new(2 * (int64_t)n, sizeof *values, "values to correlate");
    int64_t *ranks = vv_mem_new(2 * (int64_t)n, sizeof *ranks, "ranks");
    int *order = vv_mem_new(n, sizeof *order, "a permutation");
    *out = (struct vv_rank_correlation){.n = 0, .spearman = NAN, .spearman_p = NAN, .kendall = NAN, .kendall_p = NAN};
    if (values && ranks && order) {
        int m = 0;
        for (int i = 0; i < n; i++) {
            if (isnan(x[i]) || isnan(y[i])) continue;
            values[m] = x[i];
            values[n + m] = y[i];
            order[m] = m;
            m++;
        }
        out->n = m;
        vv_double_ranks(values, m, ranks);
        vv_double_ranks(values + n, m, ranks + n);
        correlate(ranks, ranks + n, order, m, out);
    }
    const enum vv_status st = values && ranks && order ? VV_OK : VV_MEMORY;
    vv_mem_free(values);
    vv_mem_free(ranks);
    vv_mem_free(order);
    return st;
}
