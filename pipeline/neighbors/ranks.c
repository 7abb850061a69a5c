/* SPDX-License-Identifier: MIT */
/* Rows travel round the ring twice: first for the distances of the targets, which may be anybody's rows, then to
 * be counted. Distinct targets of a row are counted once. */
#include "neighbors/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/columns.h"
#include "dist/agree.h"
#include "dist/ring.h"
#include "neighbors/direct.h"
#include "neighbors/rank_tile.h"
#include "neighbors/unit.h"

enum { WINDOW_BYTES = 32 << 20 }; /* of rows that travel at a time */

static int64_t window_rows(int64_t n_cols, enum vv_real type)
{
    const int64_t rows = WINDOW_BYTES / (n_cols * (int64_t)vv_real_bytes(type));
    return rows > 256 ? rows : 256;
}

struct ranks {
    struct vv_comm *comm;
    const struct vv_ranks *how;
    int threads;
    struct vv_matrix unit;    /* for cosine: rows of unit length */
    const struct vv_matrix *m;
    double *center;           /* [n_cols] */
    struct vv_frame frame;
    struct vv_rank_queries q;
    struct vv_rank_tile **tiles; /* [threads] */
    struct vv_ring *ring;
    int64_t window;
};

static int compare_rows(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The distinct targets of a row, ascending. to: [n_targets]; returns their number. */
static int distinct(const int32_t *target, int n_targets, int32_t *to)
{
    int n = 0, kept = 0;
    for (int t = 0; t < n_targets; t++)
        if (target[t] >= 0) to[n++] = target[t];
    qsort(to, (size_t)n, sizeof *to, compare_rows);
    for (int t = 0; t < n; t++)
        if (t == 0 || to[t] != to[t - 1]) to[kept++] = to[t];
    return kept;
}

/* Local. */
static enum vv_status list_queries(struct ranks *r)
{
    const struct vv_ranks *const how = r->how;
    const int64_t n_local = r->m->n_local;
    const char *const what = "rows whose rank is asked for";
    int64_t n = 0, n_targets = 0;
    int32_t *some = vv_mem_new(how->n_targets, sizeof *some, what);
    if (!some) return VV_MEMORY;
    for (int64_t i = 0; i < n_local; i++) {
        const int here = distinct(how->target + i * how->n_targets, how->n_targets, some);
        n += here > 0;
        n_targets += here;
        if (here > r->q.most_targets) r->q.most_targets = here;
    }
    r->q.row = vv_mem_new(n, sizeof *r->q.row, what);
    r->q.first = vv_mem_new(n + 1, sizeof *r->q.first, what);
    r->q.index = vv_mem_new(n_targets, sizeof *r->q.index, what);
    r->q.distance = vv_mem_new(n_targets, sizeof *r->q.distance, what);
    r->q.limit = vv_mem_new(n_targets, sizeof *r->q.limit, what);
    r->q.nearer = vv_mem_new(n_targets, sizeof *r->q.nearer, what);
    const bool ok = r->q.row && r->q.first && r->q.index && r->q.distance && r->q.limit && r->q.nearer;
    for (int64_t i = 0; ok && i < n_local; i++) {
        const int here = distinct(how->target + i * how->n_targets, how->n_targets, some);
        if (here == 0) continue;
        memcpy(r->q.index + r->q.first[r->q.n], some, (size_t)here * sizeof *some);
        r->q.row[r->q.n] = (int32_t)i;
        r->q.first[r->q.n + 1] = r->q.first[r->q.n] + here;
        r->q.n++;
    }
    vv_mem_free(some);
    return ok ? VV_OK : VV_MEMORY;
}

/* Collective. The largest |x - c| over all features of all rows. */
static enum vv_status largest_deviation(const struct ranks *r, double *most)
{
    const int64_t d = r->m->n_cols;
    double *const low = vv_mem_new(2 * d, sizeof *low, "ranges of the features");
    const enum vv_status st = vv_agree(r->comm, low ? VV_OK : VV_MEMORY);
    if (!st) vv_columns_range(r->comm, r->m, low, low + d);
    *most = 0.0;
    for (int64_t j = 0; !st && j < d; j++)
        *most = fmax(*most, fmax(fabs(low[j] - r->center[j]), fabs(low[d + j] - r->center[j])));
    vv_mem_free(low);
    return st;
}

/* Collective. Tiles about the mean, in units of the largest deviation: a matter of digits only. */
static enum vv_status set_frame(struct ranks *r)
{
    const int least = r->how->metric == VV_EUCLIDEAN ? -1000 : -400;
    double most;
    r->center = vv_mem_new(r->m->n_cols, sizeof *r->center, "centre of the data");
    VV_TRY(vv_agree(r->comm, r->center ? VV_OK : VV_MEMORY));
    VV_TRY(vv_columns_mean(r->comm, r->m, r->center));
    VV_TRY(largest_deviation(r, &most));
    if (!isfinite(most)) { /* x - c exceeds float64 */
        memset(r->center, 0, (size_t)r->m->n_cols * sizeof *r->center);
        VV_TRY(largest_deviation(r, &most));
    }
    int exponent = most > 0.0 && isfinite(most) ? ilogb(most) : 0;
    if (exponent > 1000) exponent = 1000;
    if (exponent < least) exponent = least;
    r->frame = (struct vv_frame){.n_cols = r->m->n_cols,
                                 .type = r->m->type,
                                 .center = r->center,
                                 .scale = ldexp(1.0, -exponent)};
    return VV_OK;
}

/* Local. All that may fail before the rows travel. */
static enum vv_status prepare(struct ranks *r)
{
    VV_TRY(list_queries(r));
    r->q.frame = &r->frame;
    r->q.metric = r->how->metric;
    r->q.sums = vv_direct_sums(vv_kernel_find("auto", r->m->n_cols), r->how->metric);
    r->q.rows = r->m->rows;
    r->q.row_first = vv_layout_first(&r->m->layout);
    r->tiles = vv_mem_new(r->threads, sizeof *r->tiles, "tiles");
    if (!r->tiles) return VV_MEMORY;
    for (int t = 0; t < r->threads; t++) VV_TRY(vv_rank_tile_create(r->m->n_cols, r->q.most_targets, &r->tiles[t]));
    r->window = window_rows(r->m->n_cols, r->m->type);
    return vv_ring_create(r->comm, &r->m->layout, vv_matrix_row_bytes(r->m), 1, r->m->layout.size, r->window,
                          &r->ring);
}

/* Collective. Every block meets the queries: to be measured, or counted. */
static void go_round(struct ranks *r, bool count)
{
    const int64_t most = vv_layout_most(&r->m->layout), n = r->m->layout.n;
    const size_t bytes = vv_matrix_row_bytes(r->m);
    double done = count ? (double)n : 0.0;
    for (int64_t first = 0; first < most; first += r->window) {
        const int64_t own = first < r->m->n_local ? first : r->m->n_local;
        vv_ring_begin(r->ring, (const char *)r->m->rows + (size_t)own * bytes, first);
        do {
            const struct vv_rank_block block = {
                .rows = vv_ring_block(r->ring),
                .n = vv_ring_rows(r->ring),
                .first = vv_layout_offset(&r->m->layout, vv_ring_owner(r->ring)) + first};
            vv_ring_post(r->ring);
            if (count) vv_rank_count(r->tiles, r->threads, &r->q, &block);
            else vv_rank_measure(&r->q, &block, r->threads);
            vv_matrix_cool(r->m, 0, r->m->n_local);
            done += (double)block.n;
            if (r->how->progress) vv_progress_tell(r->how->progress, done, 2.0 * (double)n);
        } while (vv_ring_turn(r->ring));
    }
}

static void hand_out(const struct ranks *r)
{
    const struct vv_rank_queries *const q = &r->q;
    const int n_targets = r->how->n_targets;
    for (int64_t i = 0; i < q->n; i++)
        for (int t = 0; t < n_targets; t++) {
            const int64_t at = (int64_t)q->row[i] * n_targets + t;
            const int32_t *const first = q->index + q->first[i], *const target = &r->how->target[at];
            if (*target < 0) continue;
            const int32_t *const slot =
                bsearch(target, first, (size_t)(q->first[i + 1] - q->first[i]), sizeof *first, compare_rows);
            r->how->rank[at] = q->nearer[slot - q->index] + 1;
        }
}

/* Collective. */
static enum vv_status find_ranks(struct ranks *r)
{
    if (r->how->metric == VV_COSINE) {
        VV_TRY(vv_agree(r->comm, vv_unit_rows(r->m, &r->unit)));
        r->m = &r->unit;
    }
    VV_TRY(set_frame(r));
    VV_TRY(vv_agree(r->comm, prepare(r)));
    go_round(r, false);
    vv_rank_sort(&r->q, r->threads);
    go_round(r, true);
    hand_out(r);
    return VV_OK;
}

enum vv_status vv_neighbors_ranks(struct vv_comm *c, const struct vv_matrix *m, const struct vv_ranks *how)
{
    struct ranks r = {.comm = c, .how = how, .m = m, .threads = how->threads > 0 ? how->threads : 1};
    enum vv_status st = VV_OK;
    if (how->metric == VV_INNER_PRODUCT) st = vv_fail(VV_BUG, "ranks by inner products");
    if (m->layout.n > INT32_MAX) st = vv_fail(VV_INPUT, "more rows than an exact search can treat (2^31 - 1)");
    if (!st) st = find_ranks(&r);
    for (int t = 0; r.tiles && t < r.threads; t++) vv_rank_tile_destroy(&r.tiles[t]);
    void *const blocks[] = {r.tiles, r.center, r.q.row, r.q.first, r.q.index, r.q.distance, r.q.limit, r.q.nearer};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) vv_mem_free(blocks[i]);
    vv_ring_destroy(&r.ring);
    vv_matrix_release(&r.unit);
    return st;
}

double vv_neighbors_ranks_memory(int64_t n, int64_t n_cols, enum vv_real type, enum vv_metric metric,
                                 int n_targets, int ranks, int threads)
{
    const double n_local = ceil((double)n / ranks), row = (double)n_cols * (double)vv_real_bytes(type);
    const double window = fmin(n_local, (double)window_rows(n_cols, type));
    return (ranks > 1 ? 2.0 : 0.0) * window * row + n_local * (12.0 + 32.0 * n_targets) +
           (metric == VV_COSINE ? 8.0 * n_local * (double)n_cols : 0.0) + 24.0 * (double)n_cols +
           threads * vv_rank_tile_memory(n_cols, n_targets);
}
