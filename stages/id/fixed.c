/* SPDX-License-Identifier: MIT */
/* Cost: one pass over the lists. Communication: a few integers and one exact sum. */
#include "stages/id/fixed.h"

#include <math.h>
#include <stdbool.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/reduce.h"
#include "stages/id/binomial.h"

enum { ROWS_AT_ONCE = 256 };

struct tally {
    int64_t inside; /* neighbors, over all rows */
    struct vv_sum length;
};

static void add(struct tally *t, const double *length, int k, double ratio)
{
    for (int j = 0; j + 1 < k && length[j] <= ratio * length[k - 1]; j++) t->inside++;
    vv_sum_add(&t->length, length[k - 1]);
}

/* The lists of this rank. most: largest of the ks that the table holds */
static enum vv_status add_rows(const struct vv_neighbors *nb, const int64_t *ks, int n_ks, int most, double ratio,
                               struct tally *tallies, int64_t *n_used)
{
    const int64_t n_local = vv_layout_local(&nb->layout), first = vv_layout_first(&nb->layout);
    double *rows = vv_mem_new((int64_t)ROWS_AT_ONCE * most, sizeof *rows, "neighbor distances");
    enum vv_status st = rows ? VV_OK : VV_MEMORY;
    for (int64_t i0 = 0; !st && most > 0 && i0 < n_local; i0 += ROWS_AT_ONCE) {
        const int64_t n = i0 + ROWS_AT_ONCE < n_local ? ROWS_AT_ONCE : n_local - i0;
        if ((st = vv_neighbors_read(nb, first + i0, n, most, NULL, rows))) break;
        for (int64_t i = 0; i < n; i++) {
            double *const length = rows + i * most;
            for (int j = 0; j < most; j++) length[j] = vv_neighbors_length(nb->metric, length[j]);
            if (!(length[0] > 0.0)) continue;
            (*n_used)++;
            for (int q = 0; q < n_ks; q++)
                if (ks[q] <= most) add(&tallies[q], length, (int)ks[q], ratio);
        }
    }
    vv_mem_free(rows);
    return st;
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
    enum vv_status st = tallies ? add_rows(nb, ks, n_ks, most, ratio, tallies, &n_used) : VV_MEMORY;
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
