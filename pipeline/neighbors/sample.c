/* SPDX-License-Identifier: MIT */
#include "neighbors/sample.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "dist/agree.h"
#include "neighbors/shortlist.h"

/* A candidate costs about as much as this many products of two features, and so does selecting from the
 * sample, for each of its rows. */
static const double CANDIDATE_COST = 400.0, SELECTION_COST = 16.0;
/* Chance of a row to start with too low a limit, and to be searched again. */
static const double MISSED = 1e-4;
static const double MOST_BYTES = 64.0 * 1048576.0;

enum { FEWEST = 8, CENTER = 64 };

/* The smallest order that a Poisson number of mean `mean` reaches with a chance below MISSED. */
static int safe_order(double mean)
{
    if (mean > 300.0) return (int)(mean + 4.0 * sqrt(mean)) + 4;
    double term = exp(-mean), below = term;
    int order = 1;
    while (1.0 - below > MISSED) {
        term *= mean / order++;
        below += term;
    }
    return order;
}

/* Candidates a row gathers when its limit starts at the quantile `start` and then follows the k-th best
 * so far. */
static double candidates(double start, double n, double k)
{
    const double capacity = vv_shortlist_capacity((int)k), reach = start * n;
    if (reach <= capacity) return reach;
    const double seen = capacity / start; /* when the first limit of its own is taken */
    return seen >= n ? reach : capacity + 1.5 * k * log(n / seen);
}

struct vv_sample_plan vv_sample_plan_for(int64_t n_rows, int64_t n_cols, int k)
{
    const double n = (double)n_rows, d = (double)n_cols;
    const double most = MOST_BYTES / (8.0 * d);
    int n_center = most < FEWEST ? FEWEST : most < CENTER ? (int)most : CENTER;
    if (n_center > n_rows) n_center = (int)n_rows;
    struct vv_sample_plan best = {.n = n_center, .order = 0};
    double least = CANDIDATE_COST * candidates(1.0, n, k);
    for (int m = 96; m <= 3072 && m < n / 4.0 && m < most; m += m / 2 / 48 * 48) {
        const int order = safe_order((double)k * m / n);
        if (order >= m / 2) continue;
        const double offered = candidates((double)order / m, n, k);
        const double cost = m * (d + SELECTION_COST) + CANDIDATE_COST * offered;
        if (cost < least) {
            least = cost;
            best = (struct vv_sample_plan){.n = m, .order = order};
        }
    }
    return best;
}

double vv_sample_candidates(int64_t n_rows, int k, struct vv_sample_plan plan)
{
    if (plan.order == 0) return candidates(1.0, (double)n_rows, (double)k);
    return candidates((double)plan.order / plan.n, (double)n_rows, (double)k);
}

/* n of n_rows rows, ascending. A few of very many are drawn one by one: what lists all rows would cost more
 * memory than the search. */
static enum vv_status draw_numbers(int64_t n_rows, int n, int64_t *number)
{
    const uint32_t stream = vv_rng_stream("neighbors/sample");
    if (n > n_rows / 4) return vv_rng_choose(0, stream, 0, n_rows, n, number);
    int filled = 0;
    for (uint64_t draw = 0; filled < n; draw++) {
        const int64_t row = (int64_t)(vv_rng_uniform(0, stream, draw, 0) * (double)n_rows);
        int at = filled;
        while (at > 0 && number[at - 1] > row) at--;
        if (row >= n_rows || (at > 0 && number[at - 1] == row)) continue;
        memmove(number + at + 1, number + at, (size_t)(filled - at) * sizeof *number);
        number[at] = row;
        filled++;
    }
    return VV_OK;
}

enum vv_status vv_sample_draw(struct vv_comm *c, const struct vv_matrix *m, int n,
                              struct vv_sample *s)
{
    const size_t row_bytes = vv_matrix_row_bytes(m);
    const int64_t first = vv_layout_first(&m->layout);
    *s = (struct vv_sample){.n = n};
    s->rows = vv_mem_new(n, row_bytes, "a sample of the rows");
    s->number = vv_mem_new(n, sizeof *s->number, "a sample of the rows");
    enum vv_status st = s->rows && s->number ? VV_OK : VV_MEMORY;
    if (!st) st = draw_numbers(m->layout.n, n, s->number);
    if ((st = vv_agree(c, st))) return st;
    for (int i = 0; i < n;) { /* the rows of one owner at a time */
        const int owner = vv_layout_owner(&m->layout, s->number[i]);
        const int64_t end = vv_layout_offset(&m->layout, owner + 1);
        int last = i;
        for (; last < n && s->number[last] < end; last++) {
            if (owner != m->layout.rank) continue;
            memcpy((char *)s->rows + (size_t)last * row_bytes,
                   vv_matrix_row(m, s->number[last] - first), row_bytes);
            vv_matrix_cool(m, 0, m->n_local); /* the system maps much more than one row */
        }
        vv_comm_bcast(c, (char *)s->rows + (size_t)i * row_bytes, (size_t)(last - i) * row_bytes,
                      owner);
        i = last;
    }
    return VV_OK;
}

void vv_sample_release(struct vv_sample *s)
{
    vv_mem_free(s->rows);
    vv_mem_free(s->number);
    *s = (struct vv_sample){.n = 0};
}

void vv_sample_mean(const struct vv_sample *s, const struct vv_matrix *m, double *center)
{
    const double share = s->n > 0 ? 1.0 / s->n : 0.0; /* multiplied first: sums cannot overflow */
    for (int64_t j = 0; j < m->n_cols; j++) center[j] = 0.0;
    for (int i = 0; i < s->n; i++)
        for (int64_t j = 0; j < m->n_cols; j++) {
            const int64_t at = (int64_t)i * m->n_cols + j;
            center[j] += share * (m->type == VV_FLOAT32 ? (double)((const float *)s->rows)[at]
                                                        : ((const double *)s->rows)[at]);
        }
}
