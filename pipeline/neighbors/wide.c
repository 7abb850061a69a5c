/* SPDX-License-Identifier: MIT */
#include "neighbors/wide.h"

#include <math.h>
#include <omp.h>
#include <stdbool.h>

#include "base/mem.h"
#include "neighbors/best.h"
#include "neighbors/direct.h"

enum { MOST_ROWS = 256, MOST_COLS = 384, GROUP = 16 };

struct vv_wide {
    int k;
    struct vv_wide_bound bound;
    struct vv_wide_tile own, visiting;
    const void **own_rows, **visiting_rows; /* [MOST_ROWS], [MOST_COLS] */
    double *product;         /* [MOST_ROWS][MOST_COLS] */
    double *visiting_norm2;  /* [most_block] squared norms of the whole visiting block */
    double *low;             /* [MOST_COLS] what a visiting column adds to the lower bound */
    double *cut;             /* [MOST_ROWS] largest lower bound that may still enter */
    int capacity;            /* candidates a row can buffer */
    struct vv_pick *buffer;  /* [MOST_ROWS][capacity] */
    int *n_buffered;         /* [MOST_ROWS] */
    struct vv_pick *picks, *scratch; /* [capacity + k] */
    double *bounds;          /* [capacity + k] */
    int64_t n_evaluated;
};

static int buffer_capacity(int k)
{
    return 2 * k + 256;
}

static int panel(int64_t n_cols)
{
    return n_cols < VV_WIDE_PANEL ? (int)n_cols : VV_WIDE_PANEL;
}

double vv_wide_memory(int64_t n_cols, int k, int64_t most_block)
{
    const double rows = MOST_ROWS + MOST_COLS, picks = buffer_capacity(k);
    return 8.0 * rows * (panel(n_cols) + 2) + 8.0 * MOST_ROWS * (MOST_COLS + 2) +
           sizeof(struct vv_pick) * picks * MOST_ROWS + 40.0 * (picks + k) +
           8.0 * (double)most_block;
}

enum vv_status vv_wide_create(int64_t n_cols, int k, int64_t most_block, struct vv_wide **wide)
{
    const char *const what = "float64 tiles of the neighbor search";
    struct vv_wide *const w = vv_mem_new(1, sizeof *w, what);
    if (!(*wide = w)) return VV_MEMORY;
    w->k = k;
    w->capacity = buffer_capacity(k);
    const int64_t both = (int64_t)w->capacity + k;
    const size_t row = (size_t)panel(n_cols) * sizeof(double);
    const bool ok = (w->own.rows = vv_mem_new(MOST_ROWS, row, what)) &&
                    (w->own.norm2 = vv_mem_new(MOST_ROWS, sizeof(double), what)) &&
                    (w->visiting.rows = vv_mem_new(MOST_COLS, row, what)) &&
                    (w->visiting.norm2 = vv_mem_new(MOST_COLS, sizeof(double), what)) &&
                    (w->own_rows = vv_mem_new(MOST_ROWS, sizeof *w->own_rows, what)) &&
                    (w->visiting_rows = vv_mem_new(MOST_COLS, sizeof *w->visiting_rows, what)) &&
                    (w->product = vv_mem_new(MOST_ROWS * MOST_COLS, sizeof(double), what)) &&
                    (w->visiting_norm2 = vv_mem_new(most_block, sizeof(double), what)) &&
                    (w->low = vv_mem_new(MOST_COLS, sizeof(double), what)) &&
                    (w->cut = vv_mem_new(MOST_ROWS, sizeof(double), what)) &&
                    (w->buffer = vv_mem_new((int64_t)MOST_ROWS * w->capacity, sizeof *w->buffer,
                                            what)) &&
                    (w->n_buffered = vv_mem_new(MOST_ROWS, sizeof(int), what)) &&
                    (w->picks = vv_mem_new(both, sizeof *w->picks, what)) &&
                    (w->scratch = vv_mem_new(both, sizeof *w->scratch, what)) &&
                    (w->bounds = vv_mem_new(both, sizeof(double), what));
    return ok ? VV_OK : VV_MEMORY;
}

void vv_wide_destroy(struct vv_wide **wide)
{
    struct vv_wide *const w = *wide;
    if (!w) return;
    void *const blocks[] = {w->own.rows, w->own.norm2,     w->visiting.rows, w->visiting.norm2,
                            w->own_rows, w->visiting_rows, w->product,       w->visiting_norm2,
                            w->low,      w->cut,           w->buffer,        w->n_buffered,    w->picks,
                            w->scratch,  w->bounds,        w};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) vv_mem_free(blocks[i]);
    *wide = NULL;
}

/* The queries of one tile and the block they are searched in. */
struct work {
    struct vv_wide *w;
    const struct vv_wide_queries *q;
    const struct vv_wide_block *block;
    size_t row_bytes;
    int64_t tile_first; /* first query of the tile */
};

/* Direct distances carry a relative error of at most about (n + 8) u: cuts widened by this share stay
 * on the safe side of every comparison between a bound and a direct distance. Inner products may
 * cancel, so theirs is a share of the lengths, which relative_error adds to every value. */
static double slack(const struct work *w)
{
    return 5.0 * ((double)w->q->frame->n_cols + 8.0) * 0x1p-53;
}

/* What a stored distance corresponds to in the units of the tile. */
static double in_tile_units(const struct work *w, double distance)
{
    const double scale = w->q->frame->scale;
    switch (w->q->metric) {
    case VV_COSINE: return 2.0 * distance * scale * scale;
    case VV_INNER_PRODUCT: return 2.0 * distance * scale * scale;
    case VV_EUCLIDEAN: break;
    }
    const double scaled = distance * scale;
    return scaled * scaled;
}

static double relative_error(const struct work *w)
{
    return w->q->metric == VV_INNER_PRODUCT ? 8.0 * w->w->bound.relative : w->w->bound.relative;
}

static double error_of(const struct work *w, int i, int32_t col)
{
    return relative_error(w) * (w->w->own.norm2[i] + w->w->visiting_norm2[col]) + w->w->bound.tiny;
}

/* Values are |X|^2 + |Y|^2 - 2XY, or -2XY alone for inner products. */
static double length_counts(const struct work *w)
{
    return w->q->metric == VV_INNER_PRODUCT ? 0.0 : 1.0;
}

/* What a squared length adds to the lower bound of a value. */
static double share_of_length(const struct work *w)
{
    return length_counts(w) - relative_error(w);
}

static int64_t local_row(const struct work *w, int i)
{
    return w->q->row[w->tile_first + i];
}

static const double *list_of(const struct work *w, int i)
{
    return w->q->lists->distance + local_row(w, i) * w->w->k;
}

static double widened(const struct work *w, double cut)
{
    return cut + fabs(cut) * slack(w) + 2.0 * w->w->bound.tiny;
}

/* Tightens the cut of row i: the k-th smallest upper bound over list and buffer; drops from the
 * buffer what cannot enter any more. */
static void compact(const struct work *w, int i)
{
    struct vv_wide *const s = w->w;
    struct vv_pick *const buffer = s->buffer + (int64_t)i * s->capacity;
    const int n = s->n_buffered[i], n_list = w->q->n_list[w->tile_first + i];
    int m = 0;
    for (int p = 0; p < n_list; p++)
        s->bounds[m++] = in_tile_units(w, list_of(w, i)[p]) + s->bound.tiny;
    for (int p = 0; p < n; p++)
        s->bounds[m++] = buffer[p].value + error_of(w, i, buffer[p].index);
    if (m >= s->k) s->cut[i] = widened(w, vv_pick_select(s->bounds, m, s->k));
    int kept = 0;
    for (int p = 0; p < n; p++)
        if (!(buffer[p].value - error_of(w, i, buffer[p].index) > s->cut[i]))
            buffer[kept++] = buffer[p];
    s->n_buffered[i] = kept;
}

static const void *block_row(const struct work *w, int64_t col)
{
    return (const char *)w->block->rows + (size_t)col * w->row_bytes;
}

/* Evaluates the buffered candidates of row i directly and merges them into its list. */
static void evaluate(const struct work *w, int i)
{
    struct vv_wide *const s = w->w;
    const struct vv_pick *const buffer = s->buffer + (int64_t)i * s->capacity;
    const int64_t row = local_row(w, i);
    const void *const x = (const char *)w->q->rows + (size_t)row * w->row_bytes;
    const int n = s->n_buffered[i];
    for (int p = 0; p < n; p++) {
        const int32_t col = buffer[p].index;
        s->picks[p].value = vv_direct_evaluate(&w->q->sums, w->q->metric, w->q->frame->type, x,
                                               block_row(w, col), w->q->frame->n_cols);
        s->picks[p].index = (int32_t)(w->block->first + col);
    }
    s->n_evaluated += n;
    s->n_buffered[i] = 0;
    vv_pick_sort(s->picks, s->scratch, n);
    vv_pick_merge(s->picks, n, s->k, &w->q->n_list[w->tile_first + i],
                  w->q->lists->index + row * s->k, w->q->lists->distance + row * s->k, s->scratch);
}

static void add_candidate(const struct work *w, int i, int32_t col, double approx)
{
    struct vv_wide *const s = w->w;
    if (w->q->first >= 0 && w->q->first + local_row(w, i) == w->block->first + col) return;
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
    struct vv_wide *const s = w->w;
    const int n = s->visiting.n;
    const double *const g = s->product + (int64_t)i * n;
    const double own = s->own.norm2[i] * share_of_length(w);
    for (int begin = 0; begin < n; begin += GROUP) {
        const int end = n - begin < GROUP ? n : begin + GROUP;
        const double base = own - s->cut[i] - s->bound.tiny;
        int n_pass = 0;
        for (int j = begin; j < end; j++) n_pass += !(base + s->low[j] > g[j]);
        if (!n_pass) continue;
        for (int j = begin; j < end; j++)
            if (!(own - s->cut[i] - s->bound.tiny + s->low[j] > g[j]))
                add_candidate(w, i, (int32_t)(first_col + j),
                              length_counts(w) * (s->own.norm2[i] + s->visiting.norm2[j]) - g[j]);
    }
}

/* Columns [col, col + n) of the block beside the queries of the tile. */
static void multiply(const struct work *w, int n_rows, int64_t col, int n)
{
    struct vv_wide *const s = w->w;
    const struct vv_frame *const f = w->q->frame;
    for (int j = 0; j < n; j++) s->visiting_rows[j] = block_row(w, col + j);
    for (int64_t k = 0; k < f->n_cols; k += VV_WIDE_PANEL) {
        const int n_k = panel(f->n_cols - k);
        if (col == 0 || f->n_cols > VV_WIDE_PANEL) /* one panel stays loaded */
            vv_wide_tile_load(&s->own, f, s->own_rows, n_rows, k, n_k);
        vv_wide_tile_load(&s->visiting, f, s->visiting_rows, n, k, n_k);
        vv_wide_tile_multiply(&s->own, &s->visiting, n_k, k > 0, s->product);
    }
    for (int j = 0; j < n; j++) {
        s->visiting_norm2[col + j] = s->visiting.norm2[j];
        s->low[j] = s->visiting.norm2[j] * share_of_length(w);
    }
}

static void search_tile(const struct work *w, int n_rows)
{
    struct vv_wide *const s = w->w;
    for (int i = 0; i < n_rows; i++) {
        s->own_rows[i] = (const char *)w->q->rows + (size_t)local_row(w, i) * w->row_bytes;
        s->n_buffered[i] = 0;
        s->cut[i] = INFINITY;
        if (w->q->n_list[w->tile_first + i] == s->k)
            s->cut[i] = widened(w, in_tile_units(w, list_of(w, i)[s->k - 1]));
    }
    for (int64_t col = 0; col < w->block->n; col += MOST_COLS) {
        const int64_t left = w->block->n - col;
        multiply(w, n_rows, col, left < MOST_COLS ? (int)left : MOST_COLS);
        for (int i = 0; i < n_rows; i++) filter_row(w, i, col);
    }
    for (int i = 0; i < n_rows; i++) {
        compact(w, i);
        evaluate(w, i);
    }
}

int64_t vv_wide_search(struct vv_wide *const *wide, int threads, const struct vv_wide_queries *q,
                       const struct vv_wide_block *block)
{
    const int64_t share = (q->n + threads - 1) / threads;
    const int step = share < MOST_ROWS ? (int)share : MOST_ROWS;
    int64_t n_evaluated = 0;
    if (q->n == 0 || block->n == 0) return 0;
#pragma omp parallel num_threads(threads) reduction(+ : n_evaluated)
    {
        struct work w = {.w = wide[omp_get_thread_num()],
                         .q = q,
                         .block = block,
                         .row_bytes = (size_t)q->frame->n_cols * vv_real_bytes(q->frame->type)};
        w.w->n_evaluated = 0;
        w.w->bound = vv_wide_bound_of(q->frame->n_cols, q->frame->scale);
#pragma omp for schedule(dynamic, 1)
        for (int64_t first = 0; first < q->n; first += step) {
            w.tile_first = first;
            search_tile(&w, q->n - first < step ? (int)(q->n - first) : step);
        }
        n_evaluated += w.w->n_evaluated;
    }
    return n_evaluated;
}
