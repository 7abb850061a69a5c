/* SPDX-License-Identifier: MIT */
#include "data/columns.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/reduce.h"

enum { PANEL = 1024 };

/* result[j] = sum over rows of (value - shift[j])^power / n, with shift NULL for zero, power 1 or 2. */
static enum vv_status moments(struct vv_comm *c, const struct vv_matrix *m, const double *shift,
                              int power, double *result)
{
    const int64_t width = m->n_cols < PANEL ? m->n_cols : PANEL;
    struct vv_sum *sums = vv_mem_new(width, sizeof *sums, "column sums");
    const enum vv_status st = vv_agree(c, sums ? VV_OK : VV_MEMORY);
    for (int64_t first = 0; !st && first < m->n_cols; first += PANEL) {
        const int64_t n = m->n_cols - first < PANEL ? m->n_cols - first : PANEL;
        memset(sums, 0, (size_t)n * sizeof *sums);
        for (int64_t i = 0; i < m->n_local; i++) {
            for (int64_t j = 0; j < n; j++) {
                const double v =
                    vv_matrix_value(m, i, first + j) - (shift ? shift[first + j] : 0.0);
                vv_sum_add(&sums[j], power == 2 ? v * v : v);
            }
            vv_matrix_passed(m, i);
        }
        vv_reduce_sums(c, sums, n);
        for (int64_t j = 0; j < n; j++)
            result[first + j] =
                m->layout.n > 0 ? vv_sum_value(&sums[j]) / (double)m->layout.n : 0.0;
    }
    vv_mem_free(sums);
    return st;
}

enum vv_status vv_columns_mean(struct vv_comm *c, const struct vv_matrix *m, double *mean)
{
    return moments(c, m, NULL, 1, mean);
}

enum vv_status vv_columns_variance(struct vv_comm *c, const struct vv_matrix *m,
                                   const double *mean, double *variance)
{
    return moments(c, m, mean, 2, variance);
}

void vv_columns_range(struct vv_comm *c, const struct vv_matrix *m, double *low, double *high)
{
    for (int64_t j = 0; j < m->n_cols; j++) {
        low[j] = INFINITY;
        high[j] = -INFINITY;
    }
    for (int64_t i = 0; i < m->n_local; i++) {
        for (int64_t j = 0; j < m->n_cols; j++) {
            const double v = vv_matrix_value(m, i, j);
            if (v < low[j]) low[j] = v;
            if (v > high[j]) high[j] = v;
        }
        vv_matrix_passed(m, i);
    }
    vv_comm_min_f64(c, low, m->n_cols);
    vv_comm_max_f64(c, high, m->n_cols);
}
