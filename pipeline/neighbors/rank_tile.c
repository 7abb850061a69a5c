/* SPDX-License-Identifier: MIT */
#include "neighbors/rank_tile.h"

#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "neighbors/direct.h"

enum {
    MOST_ROWS = 192,
    MOST_COLS = 256,
    FEW = 24, /* targets up to which comparing with each costs less than finding the place among them */
};

struct vv_rank_tile {
    struct vv_wide_tile own, visiting;
    const void **own_rows, **visiting_rows; /* [MOST_ROWS], [MOST_COLS] */
    double *product;                        /* [MOST_ROWS][MOST_COLS] */
    double *low, *high; /* [MOST_COLS] bounds on the distance of a query to each column, in tile units */
    int32_t *surely, *possibly; /* [most_targets + 1] columns below each limit of a query */
};

static int panel(int64_t n_cols)
{
    return n_cols < VV_WIDE_PANEL ? (int)n_cols : VV_WIDE_PANEL;
}

double vv_rank_tile_memory(int64_t n_cols, int most_targets)
{
    return 8.0 * (MOST_ROWS + MOST_COLS) * (panel(n_cols) + 2) + 8.0 * MOST_COLS * (MOST_ROWS + 2) +
           8.0 * (most_targets + 1);
}

enum vv_status vv_rank_tile_create(int64_t n_cols, int most_targets, struct vv_rank_tile **tile)
{
    const char *const what = "float64 tiles of neighbor ranks";
    const size_t row = (size_t)panel(n_cols) * sizeof(double);
    struct vv_rank_tile *const t = vv_mem_new(1, sizeof *t, what);
    if (!(*tile = t)) return VV_MEMORY;
    const bool ok = (t->own.rows = vv_mem_new(MOST_ROWS, row, what)) &&
                    (t->own.norm2 = vv_mem_new(MOST_ROWS, sizeof(double), what)) &&
                    (t->visiting.rows = vv_mem_new(MOST_COLS, row, what)) &&
                    (t->visiting.norm2 = vv_mem_new(MOST_COLS, sizeof(double), what)) &&
                    (t->own_rows = vv_mem_new(MOST_ROWS, sizeof *t->own_rows, what)) &&
                    (t->visiting_rows = vv_mem_new(MOST_COLS, sizeof *t->visiting_rows, what)) &&
                    (t->product = vv_mem_new(MOST_ROWS * MOST_COLS, sizeof(double), what)) &&
                    (t->low = vv_mem_new(MOST_COLS, sizeof(double), what)) &&
                    (t->high = vv_mem_new(MOST_COLS, sizeof(double), what)) &&
                    (t->surely = vv_mem_new(most_targets + 1, sizeof(int32_t), what)) &&
                    (t->possibly = vv_mem_new(most_targets + 1, sizeof(int32_t), what));
    return ok ? VV_OK : VV_MEMORY;
}

void vv_rank_tile_destroy(struct vv_rank_tile **tile)
{
    struct vv_rank_tile *const t = *tile;
    if (!t) return;
    void *const blocks[] = {t->own.rows, t->own.norm2, t->visiting.rows, t->visiting.norm2, t->own_rows,
                            t->visiting_rows, t->product, t->low, t->high, t->surely, t->possibly, t};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) vv_mem_free(blocks[i]);
    *tile = NULL;
}

/* The queries of one tile and the block they are compared with. */
struct work {
    struct vv_rank_tile *t;
    const struct vv_rank_queries *q;
    const struct vv_rank_block *block;
    struct vv_wide_bound bound;
    size_t row_bytes;
    int64_t first; /* query */
};

static const void *query_row(const struct vv_rank_queries *q, size_t row_bytes, int64_t query)
{
    return (const char *)q->rows + (size_t)q->row[query] * row_bytes;
}

static const void *block_row(const struct vv_rank_block *block, size_t row_bytes, int64_t col)
{
    return (const char *)block->rows + (size_t)col * row_bytes;
}

void vv_rank_measure(const struct vv_rank_queries *q, const struct vv_rank_block *block, int threads)
{
    const size_t row_bytes = (size_t)q->frame->n_cols * vv_real_bytes(q->frame->type);
#pragma omp parallel for schedule(dynamic, 64) num_threads(threads)
    for (int64_t i = 0; i < q->n; i++)
        for (int64_t t = q->first[i]; t < q->first[i + 1]; t++) {
            const int64_t col = q->index[t] - block->first;
            if (col < 0 || col >= block->n) continue;
            q->distance[t] =
                vv_direct_evaluate(&q->sums, q->metric, q->frame->type, query_row(q, row_bytes, i),
                                   block_row(block, row_bytes, col), q->frame->n_cols);
        }
}

/* What a stored distance is in the units of the tile: squared and scaled. */
static double in_tile_units(const struct vv_rank_queries *q, double distance)
{
    const double scale = q->frame->scale, scaled = distance * scale;
    return q->metric == VV_COSINE ? 2.0 * distance * scale * scale : scaled * scaled;
}

static int compare_limits(const void *a, const void *b)
{
    const struct vv_rank_limit *const x = a, *const y = b;
    if (x->unit != y->unit) return x->unit > y->unit ? 1 : -1;
    return (x->target > y->target) - (x->target < y->target);
}

void vv_rank_sort(const struct vv_rank_queries *q, int threads)
{
#pragma omp parallel for schedule(dynamic, 64) num_threads(threads)
    for (int64_t i = 0; i < q->n; i++) {
        struct vv_rank_limit *const limit = q->limit + q->first[i];
        const int n = (int)(q->first[i + 1] - q->first[i]);
        for (int t = 0; t < n; t++)
            limit[t] = (struct vv_rank_limit){in_tile_units(q, q->distance[q->first[i] + t]), t};
        qsort(limit, (size_t)n, sizeof *limit, compare_limits);
    }
}

/* Columns [col, col + n) of the block beside the queries of the tile. */
static void multiply(const struct work *w, int n_rows, int64_t col, int n)
{
    struct vv_rank_tile *const t = w->t;
    const struct vv_frame *const f = w->q->frame;
    for (int j = 0; j < n; j++) t->visiting_rows[j] = block_row(w->block, w->row_bytes, col + j);
    for (int64_t k = 0; k < f->n_cols; k += VV_WIDE_PANEL) {
        const int n_k = panel(f->n_cols - k);
        if (col == 0 || f->n_cols > VV_WIDE_PANEL) /* one panel stays loaded */
            vv_wide_tile_load(&t->own, f, t->own_rows, n_rows, k, n_k);
        vv_wide_tile_load(&t->visiting, f, t->visiting_rows, n, k, n_k);
        vv_wide_tile_multiply(&t->own, &t->visiting, n_k, k > 0, t->product);
    }
}

/* Bounds on what the directly evaluated distances from a query are in tile units: the error of the tile, then
 * that of the direct evaluation, a share of at most (n + 8) u of the distance (see wide.c). */
static void bound_row(const struct work *w, int i)
{
    struct vv_rank_tile *const t = w->t;
    const int n = t->visiting.n;
    const double *const g = t->product + (int64_t)i * n;
    const double own = t->own.norm2[i], tiny = w->bound.tiny;
    const double slack = 5.0 * ((double)w->q->frame->n_cols + 8.0) * 0x1p-53;
    for (int j = 0; j < n; j++) {
        const double both = own + t->visiting.norm2[j], value = both - g[j];
        const double error = w->bound.relative * both + tiny;
        const double low = value - error, high = value + error;
        t->low[j] = low - fabs(low) * slack - 2.0 * tiny;
        t->high[j] = high + fabs(high) * slack + 2.0 * tiny;
    }
}

/* Pairs that the bounds leave open; without bounds (a distance beyond float64) all of them. */
static int32_t decide(const struct work *w, int64_t query, int64_t target, double unit, int64_t col)
{
    const struct vv_rank_queries *const q = w->q;
    const int64_t self = q->row_first + q->row[query];
    const double limit = q->distance[target];
    const bool all = !isfinite(unit);
    int32_t nearer = 0;
    for (int j = 0; j < w->t->visiting.n; j++) {
        const int64_t other = w->block->first + col + j;
        if (!all && (w->t->low[j] > unit || w->t->high[j] < unit)) continue;
        if (other == self || other == q->index[target]) continue;
        const double d =
            vv_direct_evaluate(&q->sums, q->metric, q->frame->type, query_row(q, w->row_bytes, query),
                               block_row(w->block, w->row_bytes, col + j), q->frame->n_cols);
        nearer += d < limit || (d == limit && other < q->index[target]);
    }
    return nearer;
}

/* How many columns are below each limit, surely and possibly: few limits, one after the other. */
static void count_few(const struct vv_rank_tile *t, const struct vv_rank_limit *limit, int n_limits)
{
    const double *const low = t->low, *const high = t->high;
    const int n = t->visiting.n;
    for (int l = 0; l < n_limits; l++) {
        const double unit = limit[l].unit;
        int32_t surely = 0, possibly = 0;
        for (int j = 0; j < n; j++) {
            surely += high[j] < unit;
            possibly += low[j] <= unit;
        }
        t->surely[l] = surely;
        t->possibly[l] = possibly;
    }
}

/* The first limit that is not below a value. */
static int place(const struct vv_rank_limit *limit, int n_limits, double value)
{
    int low = 0, n = n_limits;
    while (n > 0) {
        const int half = n / 2;
        const bool below = limit[low + half].unit < value;
        low = below ? low + half + 1 : low;
        n = below ? n - half - 1 : half;
    }
    return low;
}

/* The same for many limits: the place of each column among them, then sums. */
static void count_many(const struct vv_rank_tile *t, const struct vv_rank_limit *limit, int n_limits)
{
    memset(t->surely, 0, (size_t)(n_limits + 1) * sizeof *t->surely);
    memset(t->possibly, 0, (size_t)(n_limits + 1) * sizeof *t->possibly);
    for (int j = 0; j < t->visiting.n; j++) {
        int at = place(limit, n_limits, t->low[j]);
        t->possibly[at]++;
        while (at < n_limits && limit[at].unit <= t->high[j]) at++; /* the bounds are close */
        t->surely[at]++;
    }
    for (int l = 1; l < n_limits; l++) {
        t->surely[l] += t->surely[l - 1];
        t->possibly[l] += t->possibly[l - 1];
    }
}

/* Whether a target is among the columns, where its bounds hold its own distance. */
static bool is_here(const struct work *w, int64_t target, double unit, int64_t col)
{
    const int64_t j = w->q->index[target] - w->block->first - col;
    return j >= 0 && j < w->t->visiting.n && w->t->low[j] <= unit && !(w->t->high[j] < unit);
}

static void count_row(const struct work *w, int i, int64_t col)
{
    const struct vv_rank_queries *const q = w->q;
    const struct vv_rank_tile *const tile = w->t;
    const int64_t query = w->first + i, self = q->row_first + q->row[query] - w->block->first - col;
    const struct vv_rank_limit *const limit = q->limit + q->first[query];
    const int n_limits = (int)(q->first[query + 1] - q->first[query]);
    bound_row(w, i);
    if (self >= 0 && self < tile->visiting.n) tile->low[self] = tile->high[self] = INFINITY; /* never nearer */
    if (n_limits <= FEW) count_few(tile, limit, n_limits);
    else count_many(tile, limit, n_limits);
    for (int l = 0; l < n_limits; l++) {
        const int64_t target = q->first[query] + limit[l].target;
        const bool bounded = isfinite(limit[l].unit);
        const int32_t surely = bounded ? tile->surely[l] : 0;
        const bool open = !bounded || tile->possibly[l] > surely + is_here(w, target, limit[l].unit, col);
        q->nearer[target] += surely + (open ? decide(w, query, target, limit[l].unit, col) : 0);
    }
}

static void count_tile(const struct work *w, int n_rows)
{
    for (int i = 0; i < n_rows; i++) w->t->own_rows[i] = query_row(w->q, w->row_bytes, w->first + i);
    for (int64_t col = 0; col < w->block->n; col += MOST_COLS) {
        const int64_t left = w->block->n - col;
        multiply(w, n_rows, col, left < MOST_COLS ? (int)left : MOST_COLS);
        for (int i = 0; i < n_rows; i++) count_row(w, i, col);
    }
}

void vv_rank_count(struct vv_rank_tile *const *tiles, int threads, const struct vv_rank_queries *q,
                   const struct vv_rank_block *block)
{
    const int64_t share = (q->n + threads - 1) / threads;
    const int step = share < MOST_ROWS ? (int)share : MOST_ROWS;
    if (q->n == 0 || block->n == 0) return;
#pragma omp parallel num_threads(threads)
    {
        struct work w = {.t = tiles[omp_get_thread_num()],
                         .q = q,
                         .block = block,
                         .bound = vv_wide_bound_of(q->frame->n_cols, q->frame->scale),
                         .row_bytes = (size_t)q->frame->n_cols * vv_real_bytes(q->frame->type)};
#pragma omp for schedule(dynamic, 1)
        for (int64_t first = 0; first < q->n; first += step) {
            w.first = first;
            count_tile(&w, q->n - first < step ? (int)(q->n - first) : step);
        }
    }
}
