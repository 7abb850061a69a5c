/* SPDX-License-Identifier: MIT */
/* Information Imbalance (Glielmo, Zeni, Cheng, Csanyi, Laio, PNAS Nexus 1, pgac039, 2022, eq. 1):
 * Delta(A -> B) = 2/N <r^B | r^A <= k>, with ranks from 1 to N - 1 and the divisor N. 2/N: neighbors in A are
 * neighbors in B; 1: A says nothing about B. It is not symmetric. */
#include "stages/imbalance/core.h"

#include <math.h>

void vv_rank_tally_add(struct vv_rank_tally *tallies, const int32_t *ranks, int k, const int64_t *ks, int n_ks)
{
    int64_t sum = 0;
    int j = 0;
    for (int i = 0; i < n_ks && ks[i] <= k; i++) {
        for (; j < ks[i]; j++) sum += ranks[j];
        const double mean = (double)sum / (double)ks[i];
        vv_sum_add(&tallies[i].sum, mean);
        vv_sum_add(&tallies[i].square, mean * mean);
    }
}

struct vv_imbalance vv_imbalance_of(const struct vv_rank_tally *t, int64_t n)
{
    const double rows = (double)n, mean = vv_sum_value(&t->sum) / rows;
    const double spread = vv_sum_value(&t->square) / rows - mean * mean;
    const double error = n > 1 ? sqrt((spread > 0.0 ? spread : 0.0) / (rows - 1.0)) : NAN;
    return (struct vv_imbalance){2.0 / rows * mean, 2.0 / rows * error};
}

struct vv_imbalance vv_imbalance_to_itself(int64_t k, int64_t n)
{
    return (struct vv_imbalance){k < n ? (double)(k + 1) / (double)n : NAN, k < n ? 0.0 : NAN};
}

struct vv_imbalance vv_imbalance_mean(const struct vv_imbalance *parts, int n)
{
    double sum = 0.0, squares = 0.0;
    if (n == 1) return parts[0];
    for (int p = 0; p < n; p++) sum += parts[p].value;
    const double mean = sum / n;
    for (int p = 0; p < n; p++) squares += (parts[p].value - mean) * (parts[p].value - mean);
    return (struct vv_imbalance){mean, sqrt(squares / (n - 1.0) / n)};
}

double vv_imbalance_asymmetry(double forth, double back)
{
    return (forth - back) / (0.5 * (forth + back));
}

int64_t vv_imbalance_scope(const double *forward, int n, double threshold)
{
    for (int i = 0; i < n; i++) {
        if (isnan(forward[i])) return -1;
        if (!(forward[i] < threshold)) return i;
    }
    return n;
}
