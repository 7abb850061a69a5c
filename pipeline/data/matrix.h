/* SPDX-License-Identifier: MIT */
/* One layer's representation: rows are samples, divided over the ranks by the layout.
 * Local row i is global row vv_layout_first(&m->layout) + i. Values are finite (load sees to it). */
#ifndef VV_DATA_MATRIX_H
#define VV_DATA_MATRIX_H

#include <stdint.h>

#include "base/error.h"
#include "dist/comm.h"
#include "dist/layout.h"

enum vv_real { VV_FLOAT32, VV_FLOAT64 };

struct vv_matrix {
    struct vv_layout layout;
    int64_t n_local;  /* rows here */
    int64_t n_cols;   /* features, D */
    enum vv_real type;
    void *rows;       /* [n_local][n_cols], C order, 64-byte aligned start; owned */
    int64_t *sample;  /* [layout.n] input sample of each global row, ascending, the same on all
                       * ranks; NULL: row r is sample r. Owned */
    const char *folder; /* where the rows are if they are not in memory; borrowed */
};

/* Local. Bytes of one value, and of one row. */
size_t vv_real_bytes(enum vv_real type);
size_t vv_matrix_row_bytes(const struct vv_matrix *m);

/* Local. Allocates zeroed rows for this rank's share; `sample` is left NULL. / The same in a file of
 * `folder` (borrowed), unless that is NULL: for rows that are more than the memory there is. */
enum vv_status vv_matrix_init(struct vv_matrix *m, struct vv_layout layout, int64_t n_cols,
                              enum vv_real type);
enum vv_status vv_matrix_init_in(struct vv_matrix *m, const char *folder, struct vv_layout layout,
                                 int64_t n_cols, enum vv_real type);
void vv_matrix_release(struct vv_matrix *m);

/* Local. Address of local row i; its value in column j as a double; the row widened to doubles,
 * row: [n_cols]. */
const void *vv_matrix_row(const struct vv_matrix *m, int64_t i);
double vv_matrix_value(const struct vv_matrix *m, int64_t i, int64_t j);
void vv_matrix_row_f64(const struct vv_matrix *m, int64_t i, double *row);

/* Local. For loops over all rows: row i has been dealt with for now. Rows in a file give their memory back
 * some megabytes at a time. / The same at once for n rows from local row i. */
static inline void vv_matrix_passed(const struct vv_matrix *m, int64_t i);
void vv_matrix_cool(const struct vv_matrix *m, int64_t i, int64_t n);

/* Local. Rows to be passed before memory is given back: a few megabytes of them. */
int64_t vv_matrix_stride(const struct vv_matrix *m);

/* Collective. A new matrix of the given global rows of `from`, ascending, the same list on all
 * ranks, redistributed by the layout of its own size; `sample` is composed. rows: [n_rows] */
enum vv_status vv_matrix_gather(struct vv_comm *c, const struct vv_matrix *from,
                                const int64_t *rows, int64_t n_rows, struct vv_matrix *to);

/* Local. Input sample of a global row, given the `sample` member of a matrix or neighbor table. */
static inline int64_t vv_sample_of(const int64_t *sample, int64_t row)
{
    return sample ? sample[row] : row;
}

static inline void vv_matrix_passed(const struct vv_matrix *m, int64_t i)
{
    if (!m->folder) return;
    const int64_t stride = vv_matrix_stride(m);
    if ((i + 1) % stride == 0) vv_matrix_cool(m, i + 1 - stride, stride);
    else if (i + 1 == m->n_local) vv_matrix_cool(m, i / stride * stride, stride);
}

#endif
