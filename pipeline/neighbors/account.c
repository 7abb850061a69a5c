/* SPDX-License-Identifier: MIT */
#include "neighbors/account.h"

#include <math.h>
#include <stdio.h>

#include "dist/agree.h"
#include "dist/reduce.h"

static enum vv_status tabulate(const struct vv_neighbors *nb, const char *stage, int64_t n_zero,
                               double nearest, struct vv_table *table)
{
    char name[96];
#define NAME(what) (snprintf(name, sizeof name, "%s/" what, stage), name)
    VV_TRY(vv_table_add_i64(table, NAME("k"), "1", "neighbors stored for each sample", nb->k));
    VV_TRY(vv_table_add_text(table, NAME("metric"), "distance between samples",
                             vv_metric_names[nb->metric]));
    VV_TRY(vv_table_add_i64(table, NAME("n_zero_distances"), "1",
                            "stored neighbors at distance zero (exact duplicates); 0 for inner products", n_zero));
    return vv_table_add_f64(table, NAME("mean_nearest_distance"), "distance",
                            "mean over samples of the distance to the nearest neighbor", nearest);
}

enum vv_status vv_search_describe(struct vv_comm *c, const struct vv_neighbors *nb, const char *stage,
                                  struct vv_table *table)
{
    const int64_t n_local = vv_layout_local(&nb->layout);
    int64_t n_zero = 0;
    struct vv_sum nearest = {.n_nan = 0};
    for (int64_t i = 0; i < n_local; i++) {
        for (int j = 0; j < nb->k; j++) 
            n_zero += nb->distance[i * nb->k + j] == 0.0 && nb->metric != VV_INNER_PRODUCT;
        if (nb->k > 0) vv_sum_add(&nearest, nb->distance[i * nb->k]);
    }
    vv_comm_sum_i64(c, &n_zero, 1);
    vv_reduce_sums(c, &nearest, 1);
    const double mean = nb->k > 0 ? vv_sum_value(&nearest) / (double)nb->layout.n : NAN;
    return vv_agree(c, tabulate(nb, stage, n_zero, mean, table));
}

void vv_search_tell(const struct vv_search_stats *s, int64_t n, const char *step, struct vv_log *log)
{
    vv_log_detail(log, "%s: %s kernel, %.3g %% of the pairs evaluated directly",
                  step, s->kernel,
                  s->n_pairs > 0 ? 100.0 * (double)s->n_evaluated / (double)s->n_pairs : 0.0);
    vv_log_detail(log,
                  "%s: preparing %.2f s, proposing %.2f s (kernels %.2f s), deciding %.2f s, waiting "
                  "%.2f s on the slowest rank; %.1f MiB sent",
                  step, s->seconds_prepare, s->seconds_propose, s->seconds_kernel,
                  s->seconds_decide, s->seconds_wait, s->bytes_sent / 1048576.0);
    vv_log_detail(log, "%s: %lld samples began with too low a guess and were searched again",
                  step, (long long)s->n_missed);
    if (s->n_wide > s->n_missed)
        vv_log_info(log,
                    "%s: float32 cannot tell the candidates of %lld of %lld samples apart; searched in "
                    "float64 (%.2f s)",
                    step, (long long)(s->n_wide - s->n_missed), (long long)n,
                    s->seconds_wide);
}

enum vv_status vv_search_verify(const struct vv_neighbors *nb)
{
    const int64_t first = vv_layout_first(&nb->layout), n_local = vv_layout_local(&nb->layout);
    for (int64_t i = 0; i < n_local; i++)
        for (int j = 0; j < nb->k; j++) {
            const int64_t at = i * nb->k + j;
            const double d = nb->distance[at];
            const int32_t index = nb->index[at];
            const bool possible = d >= 0.0 || (nb->metric == VV_INNER_PRODUCT && d < 0.0);
            if (index < 0 || index >= nb->n_references ||
                (!nb->among && index == first + i) || !possible)
                return vv_fail(VV_BUG, "neighbor %d of row %lld is impossible", j + 1,
                               (long long)(first + i));
            if (isinf(d))
                return vv_fail(VV_INPUT, "the distance of row %lld to row %d exceeds float64",
                               (long long)(first + i), index);
            if (j > 0 && (d < nb->distance[at - 1] ||
                          (d == nb->distance[at - 1] && index <= nb->index[at - 1])))
                return vv_fail(VV_BUG, "the neighbors of row %lld are out of order",
                               (long long)(first + i));
        }
    return VV_OK;
}

