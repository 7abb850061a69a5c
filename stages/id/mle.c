/* SPDX-License-Identifier: MIT */
/* Around a row the k - 1 ratios r_k / r_j are independent Pareto variables of exponent d, so the row's own estimate
 * is the inverse of the mean of their logarithms. Averaging these estimates over rows is biased; the likelihood
 * of all rows together is maximal where the inverse estimates are averaged, which is the correction. The standard
 * error is that of the mean inverse times d^2; it takes rows as independent, and is optimistic where neighborhoods
 * overlap.
 *
 * Cost: one pass over the lists, one logarithm for each entry. Communication: one exact sum. */
#include "stages/id/mle.h"

#include <math.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/reduce.h"
#include "stages/id/lists.h"

struct tally {
    struct vv_sum inverse, square, estimate, length;
};

double vv_mle_inverse(const double *length, int k)
{
    double sum = 0.0;
    for (int j = 0; j + 1 < k; j++) sum += log(length[k - 1] / length[j]);
    return sum / (k - 1);
}

static void add(struct tally *t, const double *length, int k)
{
    const double g = vv_mle_inverse(length, k);
    vv_sum_add(&t->inverse, g);
    vv_sum_add(&t->square, g * g);
    vv_sum_add(&t->estimate, 1.0 / g);
    vv_sum_add(&t->length, length[k - 1]);
}

static void conclude(const struct tally *t, double *averaged, struct vv_id_estimate *e)
{
    const double n = (double)e->n_used;
    vv_id_estimate_miss(e, VV_ID_FEW_ROWS);
    if (e->n_used < 2) return;
    const double mean = vv_sum_value(&t->inverse) / n;
    const double variance = vv_sum_value(&t->square) / n - mean * mean;
    const double plain = vv_sum_value(&t->estimate) / n;
    e->distance = vv_sum_value(&t->length) / n;
    *averaged = isfinite(plain) ? plain : NAN;
    if (mean > 0.0)
        vv_id_estimate_set(e, 1.0 / mean, sqrt((variance > 0.0 ? variance : 0.0) / n) / (mean * mean));
    else
        vv_id_estimate_miss(e, VV_ID_SAME_RATIOS);
}

/* The ks that the table holds, and their sums. */
struct lists {
    const int64_t *ks;
    int n_ks, most;
    struct tally *tallies;
};

static void add_list(void *state, const double *length)
{
    const struct lists *const l = state;
    for (int q = 0; q < l->n_ks; q++)
        if (l->ks[q] <= l->most) add(&l->tallies[q], length, (int)l->ks[q]);
}

enum vv_status vv_mle_estimate(struct vv_comm *c, const struct vv_neighbors *nb, const int64_t *ks,
                               int n_ks, struct vv_id_estimate *e, double *averaged)
{
    int most = 0;
    int64_t n_used = 0;
    for (int q = 0; q < n_ks; q++)
        if (ks[q] <= nb->k && ks[q] > most) most = (int)ks[q];
    struct tally *tallies = vv_mem_new(n_ks, sizeof *tallies, "sums");
    struct lists lists = {.ks = ks, .n_ks = n_ks, .most = most, .tallies = tallies};
    enum vv_status st = tallies ? vv_id_each_list(nb, most, add_list, &lists, &n_used) : VV_MEMORY;
    if (!(st = vv_agree(c, st))) {
        _Static_assert(sizeof *tallies == 4 * sizeof(struct vv_sum), "sums without gaps");
        vv_reduce_sums(c, &tallies[0].inverse, 4 * (int64_t)n_ks);
        vv_comm_sum_i64(c, &n_used, 1);
    }
    for (int q = 0; !st && q < n_ks; q++) {
        const bool there = ks[q] <= nb->k;
        averaged[q] = NAN;
        e[q] = (struct vv_id_estimate){.distance = NAN, .n_used = there ? n_used : 0};
        e[q].n_excluded = nb->layout.n - e[q].n_used;
        if (there) conclude(&tallies[q], &averaged[q], &e[q]);
        else vv_id_estimate_miss(&e[q], VV_ID_FEW_NEIGHBORS);
    }
    vv_mem_free(tallies);
    return st;
}
