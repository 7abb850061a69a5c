/* SPDX-License-Identifier: MIT */
#include "stages/similarity/deal.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/columns.h"
#include "dist/agree.h"

enum { WINDOW_BYTES = 8 << 20 }; /* of rows that a rank hands out at a time */

enum vv_status vv_deck_init(struct vv_deck *d, struct vv_comm *c, const int64_t *samples, int64_t n, int64_t batch,
                            uint64_t seed)
{
    *d = (struct vv_deck){.n = n, .samples = samples, .batch = (int)(batch < n ? batch : n)};
    d->position = vv_mem_new(n, sizeof *d->position, "random order of samples");
    int64_t *const order = vv_mem_new(n, sizeof *order, "random order of samples");
    enum vv_status st = d->position && order ? VV_OK : VV_MEMORY;
    if (!st) st = vv_rng_order(seed, vv_rng_stream("similarity/batches"), n, samples, order);
    for (int64_t p = 0; !st && p < n; p++) d->position[order[p]] = p;
    vv_mem_free(order);
    d->batches = vv_comm_layout(c, d->batch > 0 ? (n + d->batch - 1) / d->batch : 0);
    d->first = vv_layout_first(&d->batches) * d->batch;
    const int64_t end = (vv_layout_first(&d->batches) + vv_layout_local(&d->batches)) * d->batch;
    d->n_local = (end < n ? end : n) - d->first;
    if (d->n_local < 0) d->n_local = 0;
    return st;
}

void vv_deck_release(struct vv_deck *d)
{
    vv_mem_free(d->position);
    *d = (struct vv_deck){.n = 0};
}

int vv_deck_rows(const struct vv_deck *d, int64_t b)
{
    const int64_t left = d->n_local - b * d->batch;
    return left < d->batch ? (int)left : d->batch;
}

int64_t vv_deck_full(const struct vv_deck *d)
{
    return d->batch > 0 ? d->n_local / d->batch : 0;
}

static int owner_of(const struct vv_deck *d, int64_t row)
{
    return vv_layout_owner(&d->batches, d->position[row] / d->batch);
}

/* One window: the local rows [local, local + n) of every rank travel. */
struct window {
    const struct vv_deck *deck;
    const struct vv_matrix *from;
    int64_t n;
    char *send, *receive;
    int64_t *counts; /* [3 size] to send, to receive, and a cursor */
};

static int64_t end_of(const struct vv_layout *l, int rank, int64_t local, int64_t n)
{
    const int64_t end = vv_layout_offset(l, rank) + local + n, last = vv_layout_offset(l, rank + 1);
    return end < last ? end : last;
}

/* How many rows come from each rank; in all. */
static int64_t count_incoming(const struct window *w, int64_t local)
{
    const struct vv_layout *const l = &w->from->layout;
    int64_t *const counts = w->counts + l->size, total = 0;
    for (int r = 0; r < l->size; r++) {
        counts[r] = 0;
        for (int64_t row = vv_layout_offset(l, r) + local; row < end_of(l, r, local, w->n); row++)
            counts[r] += owner_of(w->deck, row) == l->rank;
        total += counts[r];
    }
    return total;
}

static void pack(const struct window *w, int64_t local)
{
    const struct vv_layout *const l = &w->from->layout;
    const int64_t first = vv_layout_first(l), end = end_of(l, l->rank, local, w->n);
    const size_t bytes = vv_matrix_row_bytes(w->from);
    int64_t *const counts = w->counts, *const cursor = w->counts + 2 * l->size;
    memset(counts, 0, (size_t)l->size * sizeof *counts);
    for (int64_t row = first + local; row < end; row++) counts[owner_of(w->deck, row)]++;
    for (int r = 0; r < l->size; r++) cursor[r] = r == 0 ? 0 : cursor[r - 1] + counts[r - 1];
    for (int64_t row = first + local; row < end; row++)
        memcpy(w->send + (size_t)cursor[owner_of(w->deck, row)]++ * bytes, vv_matrix_row(w->from, row - first),
               bytes);
}

/* Rows arrive rank by rank, ascending. */
static void unpack(const struct window *w, int64_t local, char *rows)
{
    const struct vv_layout *const l = &w->from->layout;
    const size_t bytes = vv_matrix_row_bytes(w->from);
    const char *from = w->receive;
    for (int r = 0; r < l->size; r++)
        for (int64_t row = vv_layout_offset(l, r) + local; row < end_of(l, r, local, w->n); row++) {
            if (owner_of(w->deck, row) != l->rank) continue;
            memcpy(rows + (size_t)(w->deck->position[row] - w->deck->first) * bytes, from, bytes);
            from += bytes;
        }
}

/* Collective. */
static enum vv_status deal(struct vv_comm *c, const struct vv_matrix *m, const struct vv_deck *d,
                           struct vv_hand *h)
{
    const size_t bytes = vv_matrix_row_bytes(m);
    const int64_t most = vv_layout_most(&m->layout);
    struct window w = {.deck = d, .from = m, .n = (int64_t)(WINDOW_BYTES / bytes) + 1};
    int64_t most_in = 0;
    w.counts = vv_mem_new(3 * (int64_t)m->layout.size, sizeof *w.counts, "row counts");
    for (int64_t local = 0; w.counts && local < most; local += w.n) {
        const int64_t here = count_incoming(&w, local);
        if (here > most_in) most_in = here;
    }
    w.send = vv_mem_new_raw(m->n_local < w.n ? m->n_local : w.n, bytes, "rows to deal");
    w.receive = vv_mem_new_raw(most_in, bytes, "rows dealt");
    enum vv_status st = vv_agree(c, w.counts && w.send && w.receive ? VV_OK : VV_MEMORY);
    for (int64_t local = 0; !st && local < most; local += w.n) {
        count_incoming(&w, local);
        pack(&w, local);
        vv_comm_exchange_rows(c, w.send, w.counts, w.receive, w.counts + m->layout.size, bytes);
        unpack(&w, local, h->rows);
        vv_matrix_cool(m, 0, m->n_local);
        vv_hand_cool(h, 0, d->n_local);
    }
    vv_mem_free(w.counts);
    vv_mem_free(w.send);
    vv_mem_free(w.receive);
    return st;
}

/* The power of two that is not below |x|; 0 for 0. */
static double power_above(double x)
{
    int exponent;
    if (x == 0.0) return 0.0;
    const double fraction = frexp(fabs(x), &exponent); /* in [1/2, 1) */
    return ldexp(1.0, fraction == 0.5 ? exponent - 1 : exponent);
}

/* Collective. scale: [n_cols] holds the lowest values, high the highest. */
static enum vv_status measure(struct vv_comm *c, const struct vv_matrix *m, struct vv_hand *h, double *high)
{
    VV_TRY(vv_columns_mean(c, m, h->mean));
    vv_columns_range(c, m, h->scale, high);
    for (int64_t j = 0; j < m->n_cols; j++) {
        const bool constant = m->layout.n == 0 || h->scale[j] == high[j];
        const double most = fmax(fabs(high[j] - h->mean[j]), fabs(h->scale[j] - h->mean[j]));
        if (constant) h->mean[j] = m->layout.n == 0 ? 0.0 : high[j]; /* so that it is zero, exactly */
        if (!constant && !isfinite(power_above(most)))
            return vv_fail(VV_INPUT, "'%s': feature %lld is spread over more than float64 can hold",
                           vv_source_path(h->space->source, h->space->layer), (long long)j);
        h->scale[j] = constant ? 0.0 : power_above(most);
        h->unit = fmax(h->unit, h->scale[j]);
    }
    for (int64_t j = 0; j < m->n_cols && h->unit > 0.0; j++) h->scale[j] /= h->unit;
    return VV_OK;
}

enum vv_status vv_hand_deal(struct vv_comm *c, const struct vv_space *s, const struct vv_deck *d,
                            const char *scratch, struct vv_hand *h)
{
    struct vv_matrix m;
    *h = (struct vv_hand){.space = s, .on_disk = scratch != NULL};
    enum vv_status st = vv_space_read(c, s, d->samples, d->n, scratch, &m);
    if (st) {
        vv_matrix_release(&m);
        return st;
    }
    h->n_cols = m.n_cols;
    h->type = m.type;
    h->mean = vv_mem_new(m.n_cols, sizeof *h->mean, "feature means");
    h->scale = vv_mem_new(m.n_cols, sizeof *h->scale, "feature scales");
    double *const high = vv_mem_new(m.n_cols, sizeof *high, "ranges of the features");
    h->rows = vv_mem_new_in(scratch, d->n_local, vv_matrix_row_bytes(&m), "rows dealt into batches");
    st = vv_agree(c, h->mean && h->scale && high && h->rows ? VV_OK : VV_MEMORY);
    if (!st) st = measure(c, &m, h, high);
    if (!st) st = deal(c, &m, d, h);
    vv_mem_free(high);
    vv_matrix_release(&m);
    return st;
}

void vv_hand_release(struct vv_hand *h)
{
    vv_mem_free(h->rows);
    vv_mem_free(h->mean);
    vv_mem_free(h->scale);
    *h = (struct vv_hand){.space = NULL};
}

static double value(const struct vv_hand *h, int64_t i, int64_t j)
{
    const int64_t at = i * h->n_cols + j;
    return h->type == VV_FLOAT32 ? (double)((const float *)h->rows)[at] : ((const double *)h->rows)[at];
}

void vv_hand_scaled(const struct vv_hand *h, int64_t i, int n, int64_t k, int n_k, double *to)
{
    for (int a = 0; a < n; a++)
        for (int j = 0; j < n_k; j++) {
            const double scale = h->scale[k + j] * h->unit;
            to[(int64_t)a * n_k + j] = scale > 0.0 ? (value(h, i + a, k + j) - h->mean[k + j]) / scale : 0.0;
        }
}

void vv_hand_centered(const struct vv_hand *h, int64_t i, int n, int64_t k, int n_k, double *to)
{
    const double unit = h->unit > 0.0 ? h->unit : 1.0;
    for (int a = 0; a < n; a++)
        for (int j = 0; j < n_k; j++)
            to[(int64_t)a * n_k + j] = (value(h, i + a, k + j) - h->mean[k + j]) / unit;
}

void vv_hand_row(const struct vv_hand *h, int64_t i, double *to)
{
    for (int64_t j = 0; j < h->n_cols; j++) to[j] = value(h, i, j);
}

void vv_hand_cool(const struct vv_hand *h, int64_t i, int64_t n)
{
    const size_t bytes = (size_t)h->n_cols * vv_real_bytes(h->type);
    if (h->on_disk) vv_mem_cool(h->rows, (const char *)h->rows + (size_t)i * bytes, (size_t)n * bytes);
}
