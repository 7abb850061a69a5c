/* SPDX-License-Identifier: MIT */
#include "neighbors/sweep.h"

#include <math.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/mem.h"
#include "neighbors/direct.h"

enum { TILE_ROWS = 512, TILE_COLS = 384, LEAST_TILE = 8, GROUP = 16 };
static const double STANDARD_MEMORY = 256.0 * 1048576.0;

/* Tile sizes whose rows fit the budget. */
static void choose_tiles(int64_t n_cols, int64_t memory, int *rows, int *cols)
{
    const double budget = memory > 0 ? 0.5 * (double)memory : STANDARD_MEMORY;
    const double row_bytes = 8.0 * (double)n_cols;
    *rows = TILE_ROWS;
    *cols = TILE_COLS;
    while (*rows > LEAST_TILE && row_bytes * (*rows + *cols) > budget) {
        *rows /= 2;
        *cols /= 2;
    }
    if (*cols < LEAST_TILE) *cols = LEAST_TILE;
}

static int buffer_capacity(int k)
{
    return 2 * k + 256;
}

double vv_sweep_memory(int64_t n_cols, int k, int64_t n_local, int64_t most_block, int64_t memory)
{
    int rows, cols;
    choose_tiles(n_cols, memory, &rows, &cols);
    const double picks = sizeof(struct vv_pick) * (double)buffer_capacity(k);
    return 8.0 * (double)n_cols * (rows + cols + 1) + 8.0 * rows * cols + picks * rows +
           4.0 * (double)n_local + 8.0 * (double)most_block;
}

enum vv_status vv_sweep_init(struct vv_sweep *s, int64_t n_local, int64_t most_block,
                             int64_t memory)
{
    const int64_t d = s->frame.n_cols;
    choose_tiles(d, memory, &s->most_rows, &s->most_cols);
    s->capacity = buffer_capacity(s->k);
    const int64_t both = (int64_t)s->capacity + s->k;
    const char *const what = "tiles of the neighbor search";
    const bool ok =
        (s->own.rows = vv_mem_new(s->most_rows * d, sizeof(double), what)) &&
        (s->own.norm2 = vv_mem_new(s->most_rows, sizeof(double), what)) &&
        (s->visiting.rows = vv_mem_new(s->most_cols * d, sizeof(double), what)) &&
        (s->visiting.norm2 = vv_mem_new(s->most_cols, sizeof(double), what)) &&
        (s->product = vv_mem_new((int64_t)s->most_rows * s->most_cols, sizeof(double), what)) &&
        (s->limit = vv_mem_new(s->most_cols, sizeof(double), what)) &&
        (s->cut = vv_mem_new(s->most_rows, sizeof(double), what)) &&
        (s->buffer = vv_mem_new((int64_t)s->most_rows * s->capacity, sizeof *s->buffer, what)) &&
        (s->n_buffered = vv_mem_new(s->most_rows, sizeof(int), what)) &&
        (s->picks = vv_mem_new(both, sizeof *s->picks, what)) &&
        (s->scratch = vv_mem_new(both, sizeof *s->scratch, what)) &&
        (s->bounds = vv_mem_new(both, sizeof(double), what)) &&
        (s->visiting_norm2 = vv_mem_new(most_block, sizeof(double), what)) &&
        (s->n_list = vv_mem_new(n_local, sizeof(int), what));
    return ok ? VV_OK : VV_MEMORY;
}

void vv_sweep_release(struct vv_sweep *s)
{
    void *const blocks[] = {s->own.rows, s->own.norm2, s->visiting.rows, s->visiting.norm2,
                            s->product,  s->limit,     s->cut,           s->buffer,
                            s->n_buffered, s->picks,   s->scratch,       s->bounds,
                            s->visiting_norm2, s->n_list};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) vv_mem_free(blocks[i]);
}

/* The block and the lists a tile of rows is working on. */
struct work {
    struct vv_sweep *s;
    const void *own, *block;
    size_t row_bytes;
    int64_t own_first, block_first;
    struct vv_neighbors *lists;
    int64_t tile_first; /* first local row of the tile */
};

/* Direct distances carry a relative error of at most about (n + 8) u: bounds widened by this factor
 * stay on the safe side of every comparison between a bound and a direct distance. */
static double slack(const struct vv_sweep *s)
{
    return 1.0 + 5.0 * ((double)s->frame.n_cols + 8.0) * 0x1p-53;
}

/* Squared scaled length behind a stored distance. */
static double squared(const struct vv_sweep *s, double distance)
{
    if (s->metric == VV_COSINE) return 2.0 * distance * s->frame.scale * s->frame.scale;
    const double scaled = distance * s->frame.scale;
    return scaled * scaled;
}

static double error_of(const struct vv_sweep *s, int i, int32_t col)
{
    return s->frame.relative * (s->own.norm2[i] + s->visiting_norm2[col]) + s->frame.tiny;
}

static const double *list_of(const struct work *w, int i)
{
    return w->lists->distance + (w->tile_first + i) * w->s->k;
}

/* Tightens the cut of row i: the k-th smallest upper bound over list and buffer; drops from the
 * buffer what cannot enter any more. */
static void compact(const struct work *w, int i)
{
    struct vv_sweep *const s = w->s;
    struct vv_pick *const buffer = s->buffer + (int64_t)i * s->capacity;
    const int n = s->n_buffered[i], n_list = s->n_list[w->tile_first + i];
    int m = 0;
    for (int p = 0; p < n_list; p++) s->bounds[m++] = squared(s, list_of(w, i)[p]) + s->frame.tiny;
    for (int p = 0; p < n; p++)
        s->bounds[m++] = buffer[p].value + error_of(s, i, buffer[p].index);
    if (m >= s->k) s->cut[i] = vv_pick_select(s->bounds, m, s->k) * slack(s) + s->frame.tiny;
    int kept = 0;
    for (int p = 0; p < n; p++)
        if (!(buffer[p].value - error_of(s, i, buffer[p].index) > s->cut[i]))
            buffer[kept++] = buffer[p];
    s->n_buffered[i] = kept;
}

/* Evaluates the buffered candidates of row i directly and merges them into its list. */
static void evaluate(const struct work *w, int i)
{
    struct vv_sweep *const s = w->s;
    const struct vv_pick *const buffer = s->buffer + (int64_t)i * s->capacity;
    const int64_t row = w->tile_first + i;
    const void *const x = (const char *)w->own + (size_t)row * w->row_bytes;
    const int n = s->n_buffered[i];
    for (int p = 0; p < n; p++) {
        const int32_t col = buffer[p].index;
        const void *const y = (const char *)w->block + (size_t)col * w->row_bytes;
        s->picks[p].value =
            vv_direct_distance(s->metric, s->frame.type, x, y, s->frame.n_cols);
        s->picks[p].index = (int32_t)(w->block_first + col);
    }
    s->n_evaluated += n;
    s->n_buffered[i] = 0;
    vv_pick_sort(s->picks, s->scratch, n);
    vv_pick_merge(s->picks, n, s->k, &s->n_list[row], w->lists->index + row * s->k,
                  w->lists->distance + row * s->k, s->scratch);
}

static void add_candidate(const struct work *w, int i, int32_t col, double approx)
{
    struct vv_sweep *const s = w->s;
    if (w->own_first + w->tile_first + i == w->block_first + col) return; /* the row itself */
    s->buffer[(int64_t)i * s->capacity + s->n_buffered[i]++] = (struct vv_pick){approx, col};
    if (s->n_buffered[i] < s->capacity) return;
    compact(w, i);
    /* Many candidates closer together than the bound can tell apart: decide them now. */
    if (s->n_buffered[i] > s->capacity - s->capacity / 4) {
        evaluate(w, i);
        compact(w, i);
    }
}

/* Compares one row of the product tile with its cut, a group of columns at a time. A pair passes
 * unless its lower bound exceeds the cut; written so that NaN passes. */
static void filter_row(const struct work *w, int i, int64_t first_col)
{
    struct vv_sweep *const s = w->s;
    const int n = s->visiting.n;
    const double *const g = s->product + (int64_t)i * n;
    const double own = s->own.norm2[i] * (1.0 - s->frame.relative);
    for (int begin = 0; begin < n; begin += GROUP) {
        const int end = n - begin < GROUP ? n : begin + GROUP;
        const double base = own - s->cut[i] - s->frame.tiny;
        int passing = 0;
        for (int j = begin; j < end; j++) passing += !(base + s->limit[j] > g[j]);
        if (!passing) continue;
        for (int j = begin; j < end; j++)
            if (!(own - s->cut[i] - s->frame.tiny + s->limit[j] > g[j]))
                add_candidate(w, i, (int32_t)(first_col + j),
                              s->own.norm2[i] + s->visiting.norm2[j] - g[j]);
    }
}

static void tile_of_rows(struct work *w, int n_rows, int64_t n_block)
{
    struct vv_sweep *const s = w->s;
    vv_tile_load(&s->own, &s->frame, (const char *)w->own + (size_t)w->tile_first * w->row_bytes,
                 n_rows);
    for (int i = 0; i < n_rows; i++) {
        s->n_buffered[i] = 0;
        s->cut[i] = INFINITY;
        if (s->n_list[w->tile_first + i] == s->k)
            s->cut[i] = squared(s, list_of(w, i)[s->k - 1]) * slack(s) + 2.0 * s->frame.tiny;
    }
    for (int64_t col = 0; col < n_block; col += s->most_cols) {
        const int n = n_block - col < s->most_cols ? (int)(n_block - col) : s->most_cols;
        const double t0 = vv_clock_seconds();
        vv_tile_load(&s->visiting, &s->frame, (const char *)w->block + (size_t)col * w->row_bytes,
                     n);
        vv_tile_multiply(&s->own, &s->visiting, s->frame.n_cols, s->product);
        const double t1 = vv_clock_seconds();
        for (int j = 0; j < n; j++) {
            s->visiting_norm2[col + j] = s->visiting.norm2[j];
            s->limit[j] = s->visiting.norm2[j] * (1.0 - s->frame.relative);
        }
        for (int i = 0; i < n_rows; i++) filter_row(w, i, col);
        s->seconds_product += t1 - t0;
        s->seconds_evaluate += vv_clock_seconds() - t1;
    }
    const double t0 = vv_clock_seconds();
    for (int i = 0; i < n_rows; i++) {
        compact(w, i);
        evaluate(w, i);
    }
    s->seconds_evaluate += vv_clock_seconds() - t0;
}

void vv_sweep_block(struct vv_sweep *s, const void *own, int64_t n_own, int64_t own_first,
                    const void *block, int64_t n_block, int64_t block_first,
                    struct vv_neighbors *lists, vv_sweep_tick_fn tick, void *owner)
{
    struct work w = {.s = s,
                     .own = own,
                     .block = block,
                     .row_bytes = (size_t)s->frame.n_cols * vv_real_bytes(s->frame.type),
                     .own_first = own_first,
                     .block_first = block_first,
                     .lists = lists};
    if (s->k == 0 || n_block == 0) return;
    for (; w.tile_first < n_own; w.tile_first += s->most_rows) {
        const int64_t left = n_own - w.tile_first;
        tile_of_rows(&w, left < s->most_rows ? (int)left : s->most_rows, n_block);
        tick(owner, (double)(n_own - (left < s->most_rows ? 0 : left - s->most_rows)) /
                        (double)n_own);
    }
}
