/* SPDX-License-Identifier: MIT */
#include "neighbors/wide_tile.h"

#include <cblas.h>

enum { LANES = 8 };

struct vv_wide_bound vv_wide_bound_of(int64_t n_cols, double scale)
{
    const double u = 0x1p-53, n = (double)n_cols;
    return (struct vv_wide_bound){
        .relative = (2.0 * n * u / (1.0 - n * u) + 16.0 * u) * (1.0 + 0x1p-20),
        .tiny = 4.0 * (n + 4.0) * (0x1p-1022 + (scale <= 0x1p400 ? 0x1p-1074 * scale * scale : 0.0))};
}

static double squared_norm(const double *x, int n)
{
    double lane[LANES] = {0.0};
    int j = 0;
    for (; j + LANES <= n; j += LANES)
        for (int l = 0; l < LANES; l++) lane[l] += x[j + l] * x[j + l];
    for (int l = 0; j < n; j++, l++) lane[l] += x[j] * x[j];
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

void vv_wide_tile_load(struct vv_wide_tile *t, const struct vv_frame *f, const void *const *rows,
                       int n, int64_t k, int n_k)
{
    const double *const c = f->center + k;
    t->n = n;
    for (int i = 0; i < n; i++) {
        double *const to = t->rows + (int64_t)i * n_k;
        if (f->type == VV_FLOAT32)
            for (int j = 0; j < n_k; j++)
                to[j] = ((double)((const float *)rows[i])[k + j] - c[j]) * f->scale;
        else
            for (int j = 0; j < n_k; j++)
                to[j] = (((const double *)rows[i])[k + j] - c[j]) * f->scale;
        t->norm2[i] = (k == 0 ? 0.0 : t->norm2[i]) + squared_norm(to, n_k);
    }
}

void vv_wide_tile_multiply(const struct vv_wide_tile *a, const struct vv_wide_tile *b, int n_k,
                           bool add, double *twice_product)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, a->n, b->n, n_k, 2.0, a->rows, n_k, b->rows,
                n_k, add ? 1.0 : 0.0, twice_product, b->n);
}
