/* SPDX-License-Identifier: MIT */
/* Facco et al. 2017, section "Decimation": TwoNN on subsets of n/2^h rows drawn without replacement,
 * draws independent of each other, distances within the subset.
 *
 * The two nearest members of a subset are the first two of a row's stored neighbors that belong to
 * it, exactly, ties included; so as long as every member finds two in its list the table answers and
 * nothing is computed. With k = 100 that carries down to n/8. Smaller subsets are gathered and searched
 * anew, which costs (1/16)^2 of the first search or less. Which way is taken depends on the data
 * only, and both give the same bits. */
#include "stages/id/decimate.h"

#include <math.h>

#include "base/mem.h"
#include "base/rng.h"
#include "dist/agree.h"
#include "neighbors/search.h"
#include "stages/id/measure.h"

enum { FEWEST_ROWS = 10, ROWS_AT_ONCE = 256 };

int64_t vv_decimation_rows(int64_t n, int halving)
{
    return (int64_t)nearbyint(ldexp((double)n, -halving));
}

/* Radii of the subset's rows from the table; those of other rows stay at -1, "left out".
 * member: [n]. *complete: every member here found two others. */
static enum vv_status radii_from_table(const struct vv_neighbors *nb, const char *member,
                                       struct vv_radii *r, int64_t *complete)
{
    const int64_t n_local = vv_layout_local(&nb->layout), first = vv_layout_first(&nb->layout);
    const int64_t row_values = (int64_t)ROWS_AT_ONCE * nb->k;
    int32_t *index = vv_mem_new(row_values, sizeof *index, "neighbors");
    double *distance = vv_mem_new(row_values, sizeof *distance, "neighbor distances");
    *r = (struct vv_radii){.layout = nb->layout, .n_orders = 2};
    r->length = vv_mem_new(2 * n_local, sizeof *r->length, "neighbor distances");
    enum vv_status st = index && distance && r->length ? VV_OK : VV_MEMORY;
    *complete = 1;
    for (int64_t i0 = 0; !st && i0 < n_local; i0 += ROWS_AT_ONCE) {
        const int64_t n = i0 + ROWS_AT_ONCE < n_local ? ROWS_AT_ONCE : n_local - i0;
        if ((st = vv_neighbors_read(nb, first + i0, n, nb->k, index, distance))) break;
        for (int64_t i = 0; i < n; i++) {
            int found = 0;
            for (int j = 0; member[first + i0 + i] && j < nb->k && found < 2; j++)
                if (member[index[i * nb->k + j]])
                    r->length[found++ * n_local + i0 + i] =
                        vv_neighbors_length(nb->metric, distance[i * nb->k + j]);
            if (!member[first + i0 + i]) r->length[i0 + i] = -1.0;
            else if (found < 2) *complete = 0;
        }
    }
    vv_mem_free(index);
    vv_mem_free(distance);
    return st;
}

/* Collective. Radii of the subset from a search among its rows alone. rows: [n_rows] */
static enum vv_status radii_from_search(struct vv_comm *c, const struct vv_decimation *how,
                                        const int64_t *rows, int64_t n_rows, struct vv_radii *r)
{
    const struct vv_search search = {.k = 2, .metric = how->neighbors->metric,
                                     .threads = how->threads,
                                     .scratch = how->scratch,
                                     .memory = how->memory};
    struct vv_matrix subset = {.rows = NULL};
    struct vv_neighbors nb = {.k = 0};
    enum vv_status st = vv_matrix_gather(c, how->matrix, rows, n_rows, &subset);
    if (!st) st = vv_neighbors_search(c, &subset, &search, &nb, NULL);
    vv_matrix_release(&subset);
    if (!st) st = vv_agree(c, vv_radii_init(r, &nb, 2));
    vv_neighbors_release(&nb);
    return st;
}

/* Collective. One draw. */
static enum vv_status draw(struct vv_comm *c, const struct vv_decimation *how, int halving,
                           int repetition, int64_t n_rows, struct vv_id_estimate *e)
{
    const int64_t n = how->neighbors->layout.n;
    const uint32_t subset = (uint32_t)halving << 16 | (uint32_t)repetition;
    struct vv_radii radii = {.length = NULL};
    struct vv_id_estimate ml;
    int64_t complete = 0;
    int64_t *rows = vv_mem_new(n_rows, sizeof *rows, "rows of a subset");
    char *member = vv_mem_new(n, 1, "rows of a subset");
    enum vv_status st = rows && member ? VV_OK : VV_MEMORY;
    if (!st)
        st = vv_rng_choose(how->seed, vv_rng_stream("id/decimation"), subset, n, n_rows, rows);
    for (int64_t i = 0; !st && i < n_rows; i++) member[rows[i]] = 1;
    if (!st) st = radii_from_table(how->neighbors, member, &radii, &complete);
    if ((st = vv_agree(c, st))) goto done;
    vv_comm_min_i64(c, &complete, 1);
    if (!complete) {
        vv_radii_release(&radii);
        if ((st = radii_from_search(c, how, rows, n_rows, &radii))) goto done;
    }
    st = vv_radii_twonn(c, &radii, how->fraction, 0, e, &ml);
    e->n_excluded = n_rows - e->n_used;
done:
    vv_radii_release(&radii);
    vv_mem_free(rows);
    vv_mem_free(member);
    return st;
}

enum vv_status vv_decimation_estimate(struct vv_comm *c, const struct vv_decimation *how,
                                      int halving, struct vv_id_estimate *e)
{
    const int64_t n_rows = vv_decimation_rows(how->neighbors->layout.n, halving);
    const int n_draws = halving < 16 && 1 << halving < how->n_repetitions ? 1 << halving
                                                                          : how->n_repetitions;
    double sum = 0.0, squares = 0.0, distances = 0.0, first = 0.0;
    *e = (struct vv_id_estimate){.distance = NAN};
    vv_id_estimate_miss(e, VV_ID_FEW_ROWS);
    if (n_rows < FEWEST_ROWS) return VV_OK;
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
