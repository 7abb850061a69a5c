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
    *m = (struct vv_matrix){.layout = layout, .n_cols = n_cols, .type = type};
    m->n_local = vv_layout_local(&layout);
    m->rows = vv_mem_new(m->n_local, vv_matrix_row_bytes(m), "rows of a layer");
    return m->rows ? VV_OK : VV_MEMORY;
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

/* How many chosen rows rank `a` of the old layout hands to rank `b` of the new one. */
static int64_t overlap(const struct vv_layout *from, int a, const struct vv_layout *to, int b,
                       const int64_t *rows)
{
    int64_t first = lower_bound(rows, to->n, vv_layout_offset(from, a));
    int64_t last = lower_bound(rows, to->n, vv_layout_offset(from, a + 1));
    if (first < vv_layout_offset(to, b)) first = vv_layout_offset(to, b);
    if (last > vv_layout_offset(to, b + 1)) last = vv_layout_offset(to, b + 1);
    return last > first ? last - first : 0;
}

static enum vv_status compose_samples(const struct vv_matrix *from, const int64_t *rows,
                                      int64_t n_rows, struct vv_matrix *to)
{
    to->sample = vv_mem_new(n_rows, sizeof *to->sample, "sample numbers");
    if (!to->sample) return VV_MEMORY;
    for (int64_t i = 0; i < n_rows; i++) to->sample[i] = vv_sample_of(from->sample, rows[i]);
    return VV_OK;
}

enum vv_status vv_matrix_gather(struct vv_comm *c, const struct vv_matrix *from,
                                const int64_t *rows, int64_t n_rows, struct vv_matrix *to)
{
    const int size = vv_comm_size(c), rank = vv_comm_rank(c);
    const struct vv_layout layout = vv_comm_layout(c, n_rows);
    const size_t bytes = vv_matrix_row_bytes(from);
    const int64_t first_row = vv_layout_first(&from->layout);
    const int64_t begin = lower_bound(rows, n_rows, first_row);
    const int64_t end = lower_bound(rows, n_rows, first_row + from->n_local);
    int64_t *counts = NULL;
    char *send = NULL;

    enum vv_status st = vv_matrix_init(to, layout, from->n_cols, from->type);
    if (!st) st = compose_samples(from, rows, n_rows, to);
    if (!st && !(counts = vv_mem_new(2 * (int64_t)size, sizeof *counts, "row counts")))
        st = VV_MEMORY;
    if (!st && !(send = vv_mem_new(end - begin, bytes, "rows to send"))) st = VV_MEMORY;
    if ((st = vv_agree(c, st))) goto done;

    for (int64_t i = begin; i < end; i++)
        memcpy(send + (size_t)(i - begin) * bytes, vv_matrix_row(from, rows[i] - first_row), bytes);
    for (int r = 0; r < size; r++) {
        counts[r] = overlap(&from->layout, rank, &layout, r, rows);
        counts[size + r] = overlap(&from->layout, r, &layout, rank, rows);
    }
    vv_comm_exchange_rows(c, send, counts, to->rows, counts + size, bytes);
done:
    vv_mem_free(counts);
    vv_mem_free(send);
    if (st) vv_matrix_release(to);
    return st;
}
