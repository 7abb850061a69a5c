/* SPDX-License-Identifier: MIT */
/* Facco et al. 2017, section "Decimation": TwoNN on subsets of n/2^h rows drawn without replacement,
 * draws independent of each other, distances within the subset (subset.h). */
#include "stages/id/decimate.h"

#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "dist/agree.h"

int64_t vv_decimation_rows(int64_t n, int halving)
{
    return (int64_t)nearbyint(ldexp((double)n, -halving));
}

/* Collective. One draw. */
static enum vv_status draw(struct vv_comm *c, const struct vv_subsets *how, int halving,
                           int repetition, int64_t n_rows, struct vv_id_estimate *e)
{
    const int64_t n = how->neighbors->layout.n;
    const uint32_t subset = (uint32_t)halving << 16 | (uint32_t)repetition;
    struct vv_radii radii = {.length = NULL};
    struct vv_id_estimate ml;
    int64_t complete = 1;
    int64_t *rows = vv_mem_new(n_rows, sizeof *rows, "rows of a subset");
    int32_t *member = vv_mem_new(n, sizeof *member, "rows of a subset");
    enum vv_status st = rows && member ? VV_OK : VV_MEMORY;
    if (!st)
        st = vv_rng_choose(how->seed, vv_rng_stream("id/decimation"), subset, n, n_rows, rows);
    for (int64_t i = 0; !st && i < n; i++) member[i] = -1;
    for (int64_t i = 0; !st && i < n_rows; i++) member[rows[i]] = 0;
    if (!st) st = vv_subset_from_table(how->neighbors, member, &radii, &complete);
    if ((st = vv_agree(c, st))) goto done;
    vv_comm_min_i64(c, &complete, 1);
    if (!complete) {
        vv_radii_release(&radii);
        if ((st = vv_subset_from_search(c, how, rows, n_rows, &radii))) goto done;
    }
    st = vv_radii_twonn(c, &radii, how->fraction, 0, e, &ml);
    e->n_excluded = n_rows - e->n_used;
done:
    vv_radii_release(&radii);
    vv_mem_free(rows);
    vv_mem_free(member);
    return st;
}

enum vv_status vv_decimation_estimate(struct vv_comm *c, const struct vv_subsets *how,
                                      int halving, struct vv_id_estimate *e)
{
    const int64_t n_rows = vv_decimation_rows(how->neighbors->layout.n, halving);
    const int n_draws = halving < 16 && 1 << halving < how->n_repetitions ? 1 << halving
                                                                          : how->n_repetitions;
    double sum = 0.0, squares = 0.0, distances = 0.0, first = 0.0;
    *e = (struct vv_id_estimate){.distance = NAN};
    vv_id_estimate_miss(e, VV_ID_FEW_ROWS);
    if (n_rows < VV_SUBSET_FEWEST) return VV_OK;
    for (int repetition = 0; repetition < n_draws; repetition++) {
        struct vv_id_estimate one;
        VV_TRY(draw(c, how, halving, repetition, n_rows, &one));
        if (repetition == 0) {
            *e = one;
            first = one.value; /* moments about it */
        }
        if (one.reason) { /* one draw without a number: the halving has none */
            *e = one;
            return VV_OK;
        }
        sum += one.value - first;
        squares += (one.value - first) * (one.value - first);
        distances += one.distance;
    }
    const double mean = sum / n_draws, variance = squares / n_draws - mean * mean;
    vv_id_estimate_set(e, first + mean,
                       n_draws > 1 ? sqrt((variance > 0.0 ? variance : 0.0) / n_draws) : NAN);
    e->distance = distances / n_draws;
    return VV_OK;
}
