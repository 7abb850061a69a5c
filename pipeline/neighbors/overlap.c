/* SPDX-License-Identifier: MIT */
/* chi_k(A, B) = mean over samples of |N_k^A(i) and N_k^B(i)| / k. Cost: k_most steps a sample and pair, whatever the
 * number of ks. */
#include "neighbors/overlap.h"

#include <math.h>

void vv_tally_add(struct vv_tally *t, int64_t count)
{
    t->n++;
    t->sum += count;
    t->squares += count * count;
}

double vv_tally_mean(const struct vv_tally *t, int64_t k)
{
    return t->n > 0 ? (double)t->sum / ((double)t->n * (double)k) : NAN;
}

double vv_tally_variance(const struct vv_tally *t, int64_t k)
{
    const double n = (double)t->n, mean = (double)t->sum / n;
    const double spread = (double)t->squares - mean * (double)t->sum;
    return (spread > 0.0 ? spread : 0.0) / ((n - 1.0) * n * (double)k * (double)k);
}

double vv_tally_error(const struct vv_tally *t, int64_t k)
{
    return t->n > 1 ? sqrt(vv_tally_variance(t, k)) : NAN;
}

void vv_overlap_mark(uint16_t *order, const int32_t *neighbors, int k)
{
    for (int j = 0; j < k; j++) order[neighbors[j]] = (uint16_t)(j + 1);
}

void vv_overlap_unmark(uint16_t *order, const int32_t *neighbors, int k)
{
    for (int j = 0; j < k; j++) order[neighbors[j]] = 0;
}

/* counts[i] holds what enters between ks[i - 1] and ks[i]; turn it into what is within ks[i]. */
static void accumulate(int64_t *counts, int n_ks)
{
    for (int i = 1; i < n_ks; i++) counts[i] += counts[i - 1];
}

/* The first of the ks that an order is within; n_ks when it is beyond all. */
static int first_within(int order, const int64_t *ks, int n_ks)
{
    int i = 0;
    while (i < n_ks && order > ks[i]) i++;
    return i;
}

void vv_overlap_count(const uint16_t *order, const int32_t *neighbors, int k_most,
                      const int64_t *ks, int n_ks, int64_t *counts)
{
    for (int i = 0; i < n_ks; i++) counts[i] = 0;
    for (int j = 0; j < k_most; j++) {
        const int other = order[neighbors[j]];
        if (other == 0) continue;
        const int at = first_within(other > j + 1 ? other : j + 1, ks, n_ks);
        if (at < n_ks) counts[at]++;
    }
    accumulate(counts, n_ks);
}

double vv_overlap_chance(int64_t k, int64_t n_a, int64_t n_b, int64_t n_common)
{
    if (n_a < 2 || n_b < 2 || n_common < 1) return NAN;
    return (double)k * (double)(n_common - 1) / ((double)(n_a - 1) * (double)(n_b - 1));
}
