/* SPDX-License-Identifier: MIT */
#include "neighbors/tile.h"

#include <cblas.h>

void vv_frame_set_bound(struct vv_frame *f)
{
    const double u = 0x1p-53, n = (double)f->n_cols;
    f->relative = (2.0 * n * u / (1.0 - n * u) + 16.0 * u) * (1.0 + 0x1p-20);
    f->tiny = 4.0 * (n + 4.0) * 0x1p-1022;
}

/* Centres, scales and widens one row; returns its squared norm. */
#define DEFINE_LOAD(name, real)                                                                    \
    static double name(const real *from, const struct vv_frame *f, double *to)                     \
    {                                                                                              \
        for (int64_t j = 0; j < f->n_cols; j++)                                                    \
            to[j] = ((double)from[j] - f->center[j]) * f->scale;                                   \
        double lane[8] = {0.0};                                                                    \
        int64_t j = 0;                                                                             \
        for (; j + 8 <= f->n_cols; j += 8)                                                         \
            for (int l = 0; l < 8; l++) lane[l] += to[j + l] * to[j + l];                          \
        for (int l = 0; j < f->n_cols; j++, l++) lane[l] += to[j] * to[j];                         \
        return ((lane[0] + lane[1]) + (lane[2] + lane[3])) +                                       \
               ((lane[4] + lane[5]) + (lane[6] + lane[7]));                                        \
    }

DEFINE_LOAD(load_f32, float)
DEFINE_LOAD(load_f64, double)

void vv_tile_load(struct vv_tile *t, const struct vv_frame *f, const void *rows, int n)
{
    t->n = n;
    for (int i = 0; i < n; i++) {
        double *const to = t->rows + (int64_t)i * f->n_cols;
        const int64_t at = (int64_t)i * f->n_cols;
        t->norm2[i] = f->type == VV_FLOAT32 ? load_f32((const float *)rows + at, f, to)
                                            : load_f64((const double *)rows + at, f, to);
    }
}

void vv_tile_multiply(const struct vv_tile *a, const struct vv_tile *b, int64_t n_cols,
                      double *twice_product)
{
    const int d = (int)n_cols;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, a->n, b->n, d, 2.0, a->rows, d, b->rows,
                d, 0.0, twice_product, b->n);
}
