/* SPDX-License-Identifier: MIT */
#include "stages/probe/fit.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/reduce.h"
#include "stages/probe/core.h"
#include "stages/probe/softmax.h"

static enum vv_status make_bench(struct vv_probe_bench *b, int64_t width, int n_classes)
{
    b->x = vv_mem_new(VV_PROBE_BLOCK * width, sizeof *b->x, "a block of rows");
    b->scores = vv_mem_new((int64_t)VV_PROBE_BLOCK * n_classes, sizeof *b->scores, "scores of a block");
    b->sums = vv_mem_new(width * n_classes, sizeof *b->sums, "sums of gradients");
    return b->x && b->scores && b->sums ? VV_OK : VV_MEMORY;
}

/* The blocks of one thread: losses, and the sums of their gradients. */
static void work(const struct vv_probe_fit *fit, const double *weights, int64_t first, int64_t end,
                 struct vv_probe_bench *b)
{
    const int64_t width = fit->rows->width;
    const int C = fit->n_classes;
    memset(b->sums, 0, (size_t)(width * C) * sizeof *b->sums);
    b->loss = b->undecided = (struct vv_sum){.n_pending = 0};
    for (int64_t block = first; block < end; block += fit->rows->threads) {
        int64_t p;
        const int n = vv_probe_unpack(fit->rows, &fit->scaler, block, 0, fit->n_train, b->x, &p);
        vv_probe_scores(b->x, n, width, weights, C, b->scores);
        for (int i = 0; i < n; i++) {
            double undecided;
            vv_sum_add(&b->loss, vv_softmax_residual(b->scores + (int64_t)i * C, C, fit->target[p + i], &undecided));
            vv_sum_add(&b->undecided, undecided);
        }
        vv_probe_gather(b->x, n, width, b->scores, C, fit->scale, b->sums);
    }
}

/* Collective. */
static void evaluate(void *data, const double *weights, double *value, double *gradient)
{
    struct vv_probe_fit *const fit = data;
    const int64_t width = fit->rows->width, d = fit->rows->n_cols, size = width * fit->n_classes;
    const int threads = fit->rows->threads;
    struct vv_probe_bench *const bench = fit->bench;
    int64_t first, end;
    vv_probe_blocks(fit->rows, 0, fit->n_train, &first, &end);
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int t = 0; t < threads; t++) work(fit, weights, first + t, end, &bench[t]);
    vv_matrix_cool(&fit->rows->held, 0, fit->rows->held.n_local);
    for (int t = 1; t < threads; t++) {
        for (int64_t i = 0; i < size; i++) bench[0].sums[i] += bench[t].sums[i];
        vv_sum_merge(&bench[0].loss, &bench[t].loss);
        vv_sum_merge(&bench[0].undecided, &bench[t].undecided);
    }
    struct vv_sum sums[] = {bench[0].loss, bench[0].undecided};
    vv_reduce_sums(fit->rows->comm, sums, 2);
    vv_comm_sum_i64(fit->rows->comm, bench[0].sums, size);
    const double n = (double)fit->n_train, decay = fit->lambda / n;
    double squares = 0.0;
    for (int c = 0; c < fit->n_classes; c++) {
        const double *const w = weights + c * width;
        double *const g = gradient + c * width;
        for (int64_t j = 0; j < width; j++)
            g[j] = (double)bench[0].sums[c * width + j] / (fit->scale[j] * n) + (j < d ? decay * w[j] : 0.0);
        squares += vv_probe_dot(w, w, width) - w[d] * w[d];
    }
    fit->undecided = vv_sum_value(&sums[1]) / n;
    *value = vv_sum_value(&sums[0]) / n + 0.5 * decay * squares;
}

static void precondition(void *data, double *v)
{
    const struct vv_probe_fit *const fit = data;
    const int64_t width = fit->rows->width;
    const int threads = fit->rows->threads;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int c = 0; c < fit->n_classes; c++) vv_probe_solve(fit->factor, width, v + c * width);
}

/* Collective. Mean of x x' over the training rows; the upper triangle. total: [width][width], zero */
static void add_gram(struct vv_probe_fit *fit, int64_t *total)
{
    const int64_t width = fit->rows->width;
    const int threads = fit->rows->threads;
    const double n = (double)fit->n_train, unit = vv_probe_scale(n, 1.0);
    double *const magnitude = fit->workspace, *const x = fit->bench[0].x; /* both are free for now */
    int64_t first, end;
    for (int64_t j = 0; j < width; j++) magnitude[j] = vv_probe_scale(1.0, fit->scaler.most[j]) * 0x1p-61;
    vv_probe_blocks(fit->rows, 0, fit->n_train, &first, &end);
    for (int64_t b = first; b < end; b++) {
        int64_t p;
        const int rows = vv_probe_unpack(fit->rows, &fit->scaler, b, 0, fit->n_train, x, &p);
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
        for (int64_t j = width - VV_PROBE_LANES; j >= 0; j -= VV_PROBE_LANES)
            vv_probe_gram(x, rows, width, j, magnitude, unit, total);
    }
    vv_matrix_cool(&fit->rows->held, 0, fit->rows->held.n_local);
    vv_comm_sum_i64(fit->rows->comm, total, width * width);
    for (int64_t i = 0; i < width; i++)
        for (int64_t j = i; j < width; j++)
            fit->gram[i * width + j] =
                (double)total[i * width + j] / (magnitude[i] * magnitude[j] * unit * n);
}

/* Collective. */
static enum vv_status make_gram(struct vv_probe_fit *fit)
{
    const int64_t width = fit->rows->width;
    int64_t *total = vv_mem_new(width * width, sizeof *total, "sums of products");
    fit->gram = vv_mem_new(width * width, sizeof *fit->gram, "products of features");
    fit->factor = vv_mem_new(width * width, sizeof *fit->factor, "products of features");
    const enum vv_status st =
        vv_agree(fit->rows->comm, total && fit->gram && fit->factor ? VV_OK : VV_MEMORY);
    if (!st) add_gram(fit, total);
    vv_mem_free(total);
    return st;
}

enum vv_status vv_probe_fit_init(const struct vv_probe_rows *rows, const int32_t *target, int n_classes,
                                 int64_t n_train, int standardize, bool with_gram, struct vv_probe_fit *fit)
{
    const int64_t size = rows->width * n_classes;
    *fit = (struct vv_probe_fit){.rows = rows, .target = target, .n_classes = n_classes, .n_train = n_train,
                                 .tolerance = 1e-6, .most = 1000};
    fit->weights = vv_mem_new(size, sizeof *fit->weights, "weights of a probe");
    fit->scale = vv_mem_new(rows->width, sizeof *fit->scale, "units of sums");
    fit->workspace = vv_mem_new(vv_lbfgs_workspace(size), sizeof *fit->workspace, "history of a fit");
    fit->bench = vv_mem_new(rows->threads, sizeof *fit->bench, "a block of rows");
    enum vv_status st = fit->weights && fit->scale && fit->workspace && fit->bench ? VV_OK : VV_MEMORY;
    for (int t = 0; !st && t < rows->threads; t++) st = make_bench(&fit->bench[t], rows->width, n_classes);
    st = vv_agree(rows->comm, st);
    if (!st) st = vv_probe_scaler_init(rows, n_train, standardize, &fit->scaler);
    for (int64_t j = 0; !st && j < rows->width; j++)
        fit->scale[j] = vv_probe_scale((double)n_train, fit->scaler.most[j]);
    if (!st && with_gram) st = make_gram(fit);
    if (st) vv_probe_fit_release(fit);
    return st;
}

void vv_probe_fit_release(struct vv_probe_fit *fit)
{
    for (int t = 0; fit->bench && t < fit->rows->threads; t++) {
        vv_mem_free(fit->bench[t].x);
        vv_mem_free(fit->bench[t].scores);
        vv_mem_free(fit->bench[t].sums);
    }
    vv_mem_free(fit->bench);
    vv_mem_free(fit->weights);
    vv_mem_free(fit->scale);
    vv_mem_free(fit->gram);
    vv_mem_free(fit->factor);
    vv_mem_free(fit->workspace);
    vv_probe_scaler_release(&fit->scaler);
    *fit = (struct vv_probe_fit){.rows = NULL};
}

void vv_probe_fit_restart(struct vv_probe_fit *fit, const int32_t *target)
{
    fit->target = target;
    memset(fit->weights, 0, (size_t)(fit->rows->width * fit->n_classes) * sizeof *fit->weights);
}

/* a G + lambda / n, factored; the intercept has no penalty, padding is kept apart. */
static void factorize(struct vv_probe_fit *fit)
{
    const int64_t width = fit->rows->width, d = fit->rows->n_cols;
    const double least = 1e-3 / fit->n_classes, mean = fit->undecided / (fit->n_classes - 1);
    const double a = mean > least ? mean : least;
    if (!fit->gram) return;
    for (int64_t i = 0; i < width; i++) {
        for (int64_t j = i; j < width; j++) fit->factor[i * width + j] = a * fit->gram[i * width + j];
        fit->factor[i * width + i] += i < d ? fit->lambda / (double)fit->n_train : i > d ? 1.0 : 0.0;
    }
    fit->preconditioned = vv_probe_cholesky(fit->factor, width) == 0;
}

enum vv_status vv_probe_fit_at(struct vv_probe_fit *fit, double C, struct vv_minimum *found)
{
    const int64_t size = fit->rows->width * fit->n_classes;
    struct vv_objective f = {.n = size, .evaluate = evaluate, .data = fit};
    double value;
    fit->lambda = (fit->n_classes == 2 ? 2.0 : 1.0) / C;
    evaluate(fit, fit->weights, &value, fit->workspace); /* how undecided rows are */
    factorize(fit);
    if (fit->preconditioned) f.precondition = precondition;
    vv_lbfgs_minimize(&f, fit->tolerance, fit->most, fit->workspace, fit->weights, found);
    return vv_agree(fit->rows->comm, VV_OK);
}

static void predict(const struct vv_probe_fit *fit, int64_t first, int64_t end, int64_t from, int64_t to,
                    struct vv_probe_bench *b, int64_t *out)
{
    for (int64_t block = first; block < end; block += fit->rows->threads) {
        int64_t p;
        const int n = vv_probe_unpack(fit->rows, &fit->scaler, block, from, to, b->x, &p);
        vv_probe_scores(b->x, n, fit->rows->width, fit->weights, fit->n_classes, b->scores);
        for (int i = 0; i < n; i++) {
            int64_t *const here = out + 2 * (p + i - from);
            double loss;
            here[0] = vv_softmax_predict(b->scores + (int64_t)i * fit->n_classes, fit->n_classes,
                                         fit->target[p + i], &loss);
            memcpy(&here[1], &loss, sizeof loss);
        }
    }
}

enum vv_status vv_probe_fit_predict(struct vv_probe_fit *fit, int64_t from, int64_t to, int32_t *predicted,
                                    double *loss)
{
    const int threads = fit->rows->threads;
    /* Each entry is zero on all ranks but one: the sum of integers hands its bits to all. */
    int64_t *out = vv_mem_new(2 * (to - from), sizeof *out, "predictions"), first, end;
    const enum vv_status st = vv_agree(fit->rows->comm, out ? VV_OK : VV_MEMORY);
    vv_probe_blocks(fit->rows, from, to, &first, &end);
    if (!st) {
#pragma omp parallel for num_threads(threads) schedule(static, 1)
        for (int t = 0; t < threads; t++) predict(fit, first + t, end, from, to, &fit->bench[t], out);
        vv_comm_sum_i64(fit->rows->comm, out, 2 * (to - from));
    }
    for (int64_t i = 0; !st && i < to - from; i++) {
        predicted[i] = (int32_t)out[2 * i];
        memcpy(&loss[i], &out[2 * i + 1], sizeof *loss);
    }
    vv_mem_free(out);
    return st;
}
