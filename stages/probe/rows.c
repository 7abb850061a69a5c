/* SPDX-License-Identifier: MIT */
#include "stages/probe/rows.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "data/columns.h"
#include "dist/agree.h"
#include "stages/probe/core.h"

enum { B = VV_PROBE_BLOCK };

/* The rank that holds a position, and the local row it is there. */
static int owner_of(int64_t position, int size)
{
    return (int)(position / B % size);
}

static int64_t local_of(int64_t position, int size)
{
    return position / B / size * B + position % B;
}

/* Positions below `n` that this rank holds. */
static int64_t held_below(int64_t n, int rank, int size)
{
    const int64_t whole = n / B, rounds = whole / size, rest = whole % size;
    return (rounds + (rank < rest)) * B + (rank == rest ? n % B : 0);
}

/* One window of positions. send, receive: rows for and from each rank in order of position;
 * counts: [3 size] */
static void exchange(struct vv_comm *c, const struct vv_matrix *from, const int64_t *row, int64_t begin,
                     int64_t end, char *send, char *receive, int64_t *counts, struct vv_matrix *to)
{
    const size_t bytes = vv_matrix_row_bytes(from);
    const int size = vv_comm_size(c), rank = vv_comm_rank(c);
    int64_t *const sent = counts, *const received = counts + size, *const at = counts + 2 * size;
    memset(counts, 0, (size_t)(3 * size) * sizeof *counts);
    for (int64_t p = begin; p < end; p++) {
        const int source = vv_layout_owner(&from->layout, row[p]), target = owner_of(p, size);
        if (source == rank) sent[target]++;
        if (target == rank) received[source]++;
    }
    for (int r = 1; r < size; r++) at[r] = at[r - 1] + sent[r - 1];
    for (int64_t p = begin; p < end; p++)
        if (vv_layout_owner(&from->layout, row[p]) == rank)
            memcpy(send + (size_t)at[owner_of(p, size)]++ * bytes,
                   vv_matrix_row(from, row[p] - vv_layout_first(&from->layout)), bytes);
    vv_comm_exchange_rows(c, send, sent, receive, received, bytes);
    at[0] = 0;
    for (int r = 1; r < size; r++) at[r] = at[r - 1] + received[r - 1];
    for (int64_t p = begin; p < end; p++)
        if (owner_of(p, size) == rank)
            memcpy((char *)to->rows + (size_t)local_of(p, size) * bytes,
                   receive + (size_t)at[vv_layout_owner(&from->layout, row[p])]++ * bytes, bytes);
    vv_matrix_cool(from, 0, from->n_local);
    vv_matrix_cool(to, 0, to->n_local);
}

enum vv_status vv_probe_rows_init(struct vv_comm *c, const struct vv_matrix *from, const int64_t *row, int64_t n,
                                  int threads, struct vv_probe_rows *rows)
{
    const int size = vv_comm_size(c), rank = vv_comm_rank(c);
    const int64_t window = vv_matrix_stride(from) * size < n ? vv_matrix_stride(from) * size : n;
    const size_t bytes = vv_matrix_row_bytes(from);
    *rows = (struct vv_probe_rows){.comm = c, .threads = threads, .n = n, .n_cols = from->n_cols,
                                   .width = vv_probe_width(from->n_cols)};
    struct vv_matrix *const held = &rows->held;
    *held = (struct vv_matrix){.n_cols = from->n_cols, .type = from->type, .folder = from->folder};
    held->n_local = held_below(n, rank, size);
    held->rows = vv_mem_new_in(from->folder, held->n_local, bytes, "rows of a probe");
    char *send = vv_mem_new_raw(window < from->n_local ? window : from->n_local, bytes, "rows to send");
    char *receive = vv_mem_new_raw(window < held->n_local ? window : held->n_local, bytes, "rows received");
    int64_t *counts = vv_mem_new(3 * (int64_t)size, sizeof *counts, "row counts");
    const bool complete = held->rows && send && receive && counts;
    const enum vv_status st = vv_agree(c, complete ? VV_OK : vv_error_last()->code);
    for (int64_t begin = 0; complete && !st && begin < n; begin += window)
        exchange(c, from, row, begin, begin + window < n ? begin + window : n, send, receive, counts, held);
    vv_mem_free(send);
    vv_mem_free(receive);
    vv_mem_free(counts);
    if (st) vv_probe_rows_release(rows);
    return st;
}

void vv_probe_rows_release(struct vv_probe_rows *rows)
{
    vv_matrix_release(&rows->held);
}

enum vv_status vv_probe_scaler_init(const struct vv_probe_rows *rows, int64_t n, int standardize,
                                    struct vv_probe_scaler *s)
{
    struct vv_matrix first = rows->held; /* its rows at positions below n: the first ones */
    first.n_local = held_below(n, vv_comm_rank(rows->comm), vv_comm_size(rows->comm));
    first.layout.n = n;
    const int64_t d = rows->n_cols;
    s->shift = vv_mem_new(d, sizeof *s->shift, "means of features");
    s->factor = vv_mem_new(d, sizeof *s->factor, "spreads of features");
    s->most = vv_mem_new(rows->width, sizeof *s->most, "ranges of features");
    double *high = vv_mem_new(d, sizeof *high, "ranges of features");
    enum vv_status st = vv_agree(rows->comm, s->shift && s->factor && s->most && high ? VV_OK : VV_MEMORY);
    if (!st) st = vv_columns_mean(rows->comm, &first, s->shift);
    if (!st && standardize) st = vv_columns_variance(rows->comm, &first, s->shift, s->factor);
    if (!st) vv_columns_range(rows->comm, &first, s->most, high);
    for (int64_t j = 0; !st && j < d; j++) {
        const double low = fabs(s->most[j] - s->shift[j]), up = fabs(high[j] - s->shift[j]);
        /* Constant but for the rounding of the mean: as scikit-learn's StandardScaler has it. */
        const double rounding = 10.0 * 2.3e-16 * fabs(s->shift[j]);
        const bool varies = standardize && s->factor[j] > rounding * rounding && s->factor[j] > 0.0;
        s->factor[j] = varies ? 1.0 / sqrt(s->factor[j]) : 1.0;
        s->most[j] = (low > up ? low : up) * s->factor[j];
    }
    if (!st) s->most[d] = 1.0;
    vv_mem_free(high);
    return st;
}

void vv_probe_scaler_release(struct vv_probe_scaler *s)
{
    vv_mem_free(s->shift);
    vv_mem_free(s->factor);
    vv_mem_free(s->most);
    *s = (struct vv_probe_scaler){.shift = NULL};
}

void vv_probe_blocks(const struct vv_probe_rows *rows, int64_t from, int64_t to, int64_t *first, int64_t *end)
{
    const int size = vv_comm_size(rows->comm), rank = vv_comm_rank(rows->comm);
    const int64_t low = from / B, high = (to + B - 1) / B; /* global blocks */
    *first = low <= rank ? 0 : (low - rank + size - 1) / size;
    *end = high <= rank ? 0 : (high - rank + size - 1) / size;
    if (to <= from) *end = *first;
}

int vv_probe_unpack(const struct vv_probe_rows *rows, const struct vv_probe_scaler *s, int64_t b, int64_t from,
                    int64_t to, double *x, int64_t *position)
{
    const int64_t block = b * vv_comm_size(rows->comm) + vv_comm_rank(rows->comm);
    const int64_t low = block * B > from ? block * B : from, high = (block + 1) * B < to ? (block + 1) * B : to;
    const int64_t width = rows->width, d = rows->n_cols;
    *position = low;
    for (int64_t p = low; p < high; p++) {
        double *const out = x + (p - low) * width;
        vv_matrix_row_f64(&rows->held, b * B + p % B, out);
        for (int64_t j = 0; j < d; j++) out[j] = (out[j] - s->shift[j]) * s->factor[j];
        out[d] = 1.0;
        for (int64_t j = d + 1; j < width; j++) out[j] = 0.0;
    }
    return (int)(high - low);
}
