/* SPDX-License-Identifier: MIT */
#include "stages/probe/ridge.h"

#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "stages/probe/core.h"

/* Component c of the target of a position. */
static double component(const struct vv_ridge_target *y, int64_t position, int c)
{
    return y->values ? y->values[y->target[position]] : y->target[position] == c ? 1.0 : 0.0;
}

void vv_ridge_gather(struct vv_probe_fit *fit, const struct vv_ridge_target *y, double *products)
{
    const int64_t width = fit->rows->width, size = width * fit->n_classes;
    const int C = fit->n_classes;
    struct vv_probe_bench *const b = &fit->bench[0];
    int64_t first, end;
    vv_probe_blocks(fit->rows, 0, fit->n_train, &first, &end);
    memset(b->sums, 0, (size_t)size * sizeof *b->sums);
    for (int64_t block = first; block < end; block++) {
        int64_t p;
        const int n = vv_probe_unpack(fit->rows, &fit->scaler, block, 0, fit->n_train, b->x, &p);
        for (int i = 0; i < n; i++)
            for (int c = 0; c < C; c++) b->scores[i * C + c] = component(y, p + i, c);
        vv_probe_gather(b->x, n, width, b->scores, C, fit->scale, b->sums);
    }
    vv_matrix_cool(&fit->rows->held, 0, fit->rows->held.n_local);
    vv_comm_sum_i64(fit->rows->comm, b->sums, size);
    for (int64_t i = 0; i < size; i++) products[i] = (double)b->sums[i] / fit->scale[i % width];
}

int vv_ridge_solve(struct vv_probe_fit *fit, const double *products, double alpha)
{
    const int64_t width = fit->rows->width, d = fit->rows->n_cols;
    const double n = (double)fit->n_train;
    for (int64_t i = 0; i < width; i++) {
        for (int64_t j = i; j < width; j++) fit->factor[i * width + j] = n * fit->gram[i * width + j];
        fit->factor[i * width + i] += i < d ? alpha : i > d ? 1.0 : 0.0;
    }
    if (vv_probe_cholesky(fit->factor, width) != 0) return -1;
    memcpy(fit->weights, products, (size_t)(width * fit->n_classes) * sizeof *products);
    for (int c = 0; c < fit->n_classes; c++) vv_probe_solve(fit->factor, width, fit->weights + c * width);
    return 0;
}

enum vv_status vv_ridge_predict(struct vv_probe_fit *fit, const struct vv_ridge_target *y, int64_t from,
                                int64_t to, int32_t *predicted, double *squares)
{
    const int C = fit->n_classes;
    struct vv_probe_bench *const b = &fit->bench[0];
    /* As in vv_probe_fit_predict: zero on all ranks but one. */
    int64_t *out = vv_mem_new(2 * (to - from), sizeof *out, "predictions"), first, end;
    const enum vv_status st = vv_agree(fit->rows->comm, out ? VV_OK : VV_MEMORY);
    vv_probe_blocks(fit->rows, from, to, &first, &end);
    for (int64_t block = first; !st && block < end; block++) {
        int64_t p;
        const int n = vv_probe_unpack(fit->rows, &fit->scaler, block, from, to, b->x, &p);
        vv_probe_scores(b->x, n, fit->rows->width, fit->weights, C, b->scores);
        for (int i = 0; i < n; i++) {
            const double *const s = b->scores + (int64_t)i * C;
            /* A class that training lacks is a unit vector of its own. */
            double sum = !y->values && y->target[p + i] < 0 ? 1.0 : 0.0;
            int best = 0;
            for (int c = 0; c < C; c++) {
                const double error = s[c] - component(y, p + i, c);
                sum += error * error;
                if (s[c] > s[best]) best = c;
            }
            out[2 * (p + i - from)] = best;
            memcpy(&out[2 * (p + i - from) + 1], &sum, sizeof sum);
        }
    }
    if (!st) vv_comm_sum_i64(fit->rows->comm, out, 2 * (to - from));
    for (int64_t i = 0; !st && i < to - from; i++) {
        predicted[i] = (int32_t)out[2 * i];
        memcpy(&squares[i], &out[2 * i + 1], sizeof *squares);
    }
    vv_mem_free(out);
    return st;
}
