/* SPDX-License-Identifier: MIT */
#include "data/matrix.h"

#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"

size_t vv_real_bytes(enum vv_real type)
{
    return type == VV_FLOAT32 ? sizeof(float) : sizeof(double);
}

size_t vv_matrix_row_bytes(const struct vv_matrix *m)
{
    return (size_t)m->n_cols * vv_real_bytes(m->type);
}

enum vv_status vv_matrix_init(struct vv_matrix *m, struct vv_layout layout, int64_t n_cols,
                              enum vv_real type)
{
    return vv_matrix_init_in(m, NULL, layout, n_cols, type);
}

enum vv_status vv_matrix_init_in(struct vv_matrix *m, const char *folder, struct vv_layout layout,
                                 int64_t n_cols, enum vv_real type)
{
    *m = (struct vv_matrix){.layout = layout, .n_cols = n_cols, .type = type, .folder = folder};
    m->n_local = vv_layout_local(&layout);
    m->rows = folder ? vv_mem_new_in(folder, m->n_local, vv_matrix_row_bytes(m), "rows of a layer")
                     : vv_mem_new(m->n_local, vv_matrix_row_bytes(m), "rows of a layer");
    return m->rows ? VV_OK : vv_error_last()->code;
}

int64_t vv_matrix_stride(const struct vv_matrix *m)
{
    const int64_t rows = VV_COOL_BYTES / ((int64_t)vv_matrix_row_bytes(m) + 1);
    return rows > 0 ? rows : 1;
}

void vv_matrix_cool(const struct vv_matrix *m, int64_t i, int64_t n)
{
    if (i + n > m->n_local) n = m->n_local - i;
    if (m->folder && n > 0)
        vv_mem_cool(m->rows, vv_matrix_row(m, i), (size_t)n * vv_matrix_row_bytes(m));
}

void vv_matrix_release(struct vv_matrix *m)
{
    vv_mem_free(m->rows);
    vv_mem_free(m->sample);
    *m = (struct vv_matrix){.rows = NULL};
}

const void *vv_matrix_row(const struct vv_matrix *m, int64_t i)
{
    return (const char *)m->rows + (size_t)i * vv_matrix_row_bytes(m);
}

double vv_matrix_value(const struct vv_matrix *m, int64_t i, int64_t j)
{
    const void *row = vv_matrix_row(m, i);
    return m->type == VV_FLOAT32 ? (double)((const float *)row)[j] : ((const double *)row)[j];
}

void vv_matrix_row_f64(const struct vv_matrix *m, int64_t i, double *row)
{
    const void *from = vv_matrix_row(m, i);
    if (m->type == VV_FLOAT64) {
        memcpy(row, from, (size_t)m->n_cols * sizeof *row);
        return;
    }
    for (int64_t j = 0; j < m->n_cols; j++) row[j] = (double)((const float *)from)[j];
}

/* Position of the first of the ascending rows that is >= row. */
static int64_t lower_bound(const int64_t *rows, int64_t n, int64_t row)
{
    int64_t low = 0, high = n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (rows[middle] < row) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* The chosen rows that rank `a` of the old layout hands to rank `b` of the new one for its local rows
 * [local, local + n): positions [first, last) in the list. */
struct span {
    int64_t first, last;
};

static struct span handed(const struct vv_layout *from, int a, const struct vv_layout *to, int b,
                          const int64_t *rows, int64_t local, int64_t n)
{
    struct span s = {lower_bound(rows, to->n, vv_layout_offset(from, a)),
                     lower_bound(rows, to->n, vv_layout_offset(from, a + 1))};
    const int64_t low = vv_layout_offset(to, b) + local;
    const int64_t high = low + n < vv_layout_offset(to, b + 1) ? low + n : vv_layout_offset(to, b + 1);
    if (s.first < low) s.first = low;
    if (s.last > high) s.last = high;
    if (s.last < s.first) s.last = s.first;
    return s;
}

static enum vv_status compose_samples(const struct vv_matrix *from, const int64_t *rows,
                                      int64_t n_rows, struct vv_matrix *to)
{
    to->sample = vv_mem_new(n_rows, sizeof *to->sample, "sample numbers");
    if (!to->sample) return VV_MEMORY;
    for (int64_t i = 0; i < n_rows; i++) to->sample[i] = vv_sample_of(from->sample, rows[i]);
    return VV_OK;
}

enum { FEW = 8 }; /* rows of a file read before their memory is given back: the system maps much more around
                   * each */

/* One window of the new rows: local rows [local, local + n) of every rank. send: as many rows */
static void exchange(struct vv_comm *c, const struct vv_matrix *from, const int64_t *rows,
                     const struct vv_matrix *to, int64_t local, int64_t n, char *send, int64_t *counts)
{
    const size_t bytes = vv_matrix_row_bytes(from);
    const int size = vv_comm_size(c), rank = vv_comm_rank(c);
    const int64_t first_row = vv_layout_first(&from->layout);
    char *end = send;
    for (int r = 0; r < size; r++) {
        const struct span out = handed(&from->layout, rank, &to->layout, r, rows, local, n);
        const struct span in = handed(&from->layout, r, &to->layout, rank, rows, local, n);
        counts[r] = out.last - out.first;
        counts[size + r] = in.last - in.first;
        for (int64_t i = out.first; i < out.last; i++, end += bytes) {
            memcpy(end, vv_matrix_row(from, rows[i] - first_row), bytes);
            if (i % FEW == 0) vv_matrix_cool(from, 0, from->n_local);
        }
    }
    vv_comm_exchange_rows(c, send, counts, (char *)to->rows + (size_t)local * bytes, counts + size,
                          bytes);
}

enum vv_status vv_matrix_gather(struct vv_comm *c, const struct vv_matrix *from,
                                const int64_t *rows, int64_t n_rows, struct vv_matrix *to)
{
    const struct vv_layout layout = vv_comm_layout(c, n_rows);
    const int64_t most = vv_layout_most(&layout), stride = vv_matrix_stride(from);
    int64_t *counts = NULL;
    char *send = NULL;

    enum vv_status st = vv_matrix_init_in(to, from->folder, layout, from->n_cols, from->type);
    if (!st) st = compose_samples(from, rows, n_rows, to);
    if (!st && !(counts = vv_mem_new(2 * (int64_t)layout.size, sizeof *counts, "row counts")))
        st = VV_MEMORY;
    /* A rank may hand a window of rows to each of the others, but never more than it has. */
    int64_t most_sent = stride * layout.size;
    if (most_sent > from->n_local) most_sent = from->n_local;
    if (!st && !(send = vv_mem_new(most_sent, vv_matrix_row_bytes(from), "rows to send")))
        st = VV_MEMORY;
    if ((st = vv_agree(c, st))) goto done;
    for (int64_t local = 0; local < most; local += stride) {
        exchange(c, from, rows, to, local, stride, send, counts);
        vv_matrix_cool(to, local, stride);
        vv_matrix_cool(from, 0, from->n_local);
    }
done:
    vv_mem_free(counts);
    vv_mem_free(send);
    if (st) vv_matrix_release(to);
    return st;
}
