/* SPDX-License-Identifier: MIT */
/* Cost: one pass over the lists. Communication: a few integers and one exact sum. */
#include "stages/id/fixed.h"

#include <math.h>
#include <stdbool.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/reduce.h"
#include "stages/id/binomial.h"
#include "stages/id/lists.h"

struct tally {
    int64_t inside; /* neighbors, over all rows */
    struct vv_sum length;
};

static void add(struct tally *t, const double *length, int k, double ratio)
{
    for (int j = 0; j + 1 < k && length[j] <= ratio * length[k - 1]; j++) t->inside++;
    vv_sum_add(&t->length, length[k - 1]);
}

/* The ks that the table holds, and their sums. */
struct lists {
    const int64_t *ks;
    int n_ks, most;
    double ratio;
    struct tally *tallies;
};

static void add_list(void *state, const double *length)
{
    const struct lists *const l = state;
    for (int q = 0; q < l->n_ks; q++)
        if (l->ks[q] <= l->most) add(&l->tallies[q], length, (int)l->ks[q], l->ratio);
}

static void conclude(const struct tally *t, int64_t k, double ratio, struct vv_fixed_estimate *out)
{
    struct vv_id_estimate *const e = &out->e;
    const int64_t available = e->n_used * (k - 1);
    vv_id_estimate_miss(e, VV_ID_FEW_ROWS);
    if (e->n_used < 2) return;
    const double l = log(ratio), d = log((double)t->inside / (double)available) / l;
    e->distance = vv_sum_value(&t->length) / (double)e->n_used;
    vv_id_estimate_set(e, d, sqrt(expm1(-d * l) / ((double)available * l * l)));
    if (!e->reason)
        vv_binomial_posterior(t->inside, available - t->inside, ratio, &out->posterior, &out->posterior_deviation);
}

enum vv_status vv_fixed_estimate(struct vv_comm *c, const struct vv_neighbors *nb, const int64_t *ks, int n_ks,
                                 double ratio, struct vv_fixed_estimate *out)
{
    int most = 0;
    int64_t n_used = 0;
    for (int q = 0; q < n_ks; q++)
        if (ks[q] <= nb->k && ks[q] > most) most = (int)ks[q];
    struct tally *tallies = vv_mem_new(n_ks, sizeof *tallies, "sums");
    struct lists lists = {.ks = ks, .n_ks = n_ks, .most = most, .ratio = ratio, .tallies = tallies};
    enum vv_status st = tallies ? vv_id_each_list(nb, most, add_list, &lists, &n_used) : VV_MEMORY;
    if (!(st = vv_agree(c, st))) vv_comm_sum_i64(c, &n_used, 1);
    for (int q = 0; !st && q < n_ks; q++) {
        const bool there = ks[q] <= nb->k;
        out[q] = (struct vv_fixed_estimate){.e = {.distance = NAN, .n_used = there ? n_used : 0},
                                            .posterior = NAN, .posterior_deviation = NAN};
        out[q].e.n_excluded = nb->layout.n - out[q].e.n_used;
        vv_comm_sum_i64(c, &tallies[q].inside, 1);
        vv_reduce_sums(c, &tallies[q].length, 1);
        if (there) conclude(&tallies[q], ks[q], ratio, &out[q]);
        else vv_id_estimate_miss(&out[q].e, VV_ID_FEW_NEIGHBORS);
    }
    vv_mem_free(tallies);
    return st;
}
