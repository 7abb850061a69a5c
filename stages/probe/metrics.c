/* SPDX-License-Identifier: MIT */
/* Bootstrap: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13, percentile intervals.
 * Cost: n draws a replicate. */
#include "stages/probe/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "dist/agree.h"

/* Counts of one class. */
enum { RIGHT, OCCUR, PREDICTED, N_COUNTS };

static void count(const struct vv_predictions *p, int64_t i, int64_t *counts)
{
    int64_t *const own = counts + (int64_t)N_COUNTS * p->truth[i];
    own[OCCUR]++;
    own[RIGHT] += p->truth[i] == p->predicted[i];
    if (p->predicted[i] >= 0) counts[(int64_t)N_COUNTS * p->predicted[i] + PREDICTED]++;
}

/* Squared distances of the n true values from their mean, from the counts of the classes. */
static double spread(const struct vv_predictions *p, const int64_t *counts)
{
    double sum = 0.0, squares = 0.0, mean = 0.0;
    for (int c = 0; c < p->n_classes; c++) {
        const double n = (double)counts[(int64_t)N_COUNTS * c + OCCUR];
        if (p->values) mean += n * p->values[c] / (double)p->n;
        else squares += n * n;
    }
    if (!p->values) return (double)p->n - squares / (double)p->n;
    for (int c = 0; c < p->n_classes; c++) {
        const double n = (double)counts[(int64_t)N_COUNTS * c + OCCUR], d = p->values[c] - mean;
        sum += n * d * d;
    }
    return sum;
}

static void conclude(const struct vv_predictions *p, const int64_t *counts, double loss, double squares,
                     double *scores)
{
    double recalls = 0.0, f1 = 0.0;
    int64_t right = 0;
    int n_occur = 0, n_met = 0;
    for (int c = 0; c < p->n_classes; c++) {
        const int64_t *const own = counts + (int64_t)N_COUNTS * c;
        right += own[RIGHT];
        if (own[OCCUR] > 0) recalls += (double)own[RIGHT] / (double)own[OCCUR];
        n_occur += own[OCCUR] > 0;
        if (own[OCCUR] + own[PREDICTED] > 0)
            f1 += 2.0 * (double)own[RIGHT] / (double)(own[OCCUR] + own[PREDICTED]);
        n_met += own[OCCUR] + own[PREDICTED] > 0;
    }
    scores[VV_ACCURACY] = p->n > 0 ? (double)right / (double)p->n : NAN;
    scores[VV_BALANCED] = n_occur > 0 ? recalls / n_occur : NAN;
    scores[VV_MACRO_F1] = n_met > 0 ? f1 / n_met : NAN;
    scores[VV_LOG_LOSS] = p->loss && p->n > 0 ? loss / (double)p->n : NAN;
    const double all = p->squares && p->n > 0 ? spread(p, counts) : 0.0;
    scores[VV_R2] = all > 0.0 ? 1.0 - squares / all : NAN;
}

void vv_probe_score(const struct vv_predictions *p, int64_t *counts, double *scores)
{
    double loss = 0.0, squares = 0.0;
    memset(counts, 0, (size_t)(N_COUNTS * p->n_classes) * sizeof *counts);
    for (int64_t i = 0; i < p->n; i++) {
        count(p, i, counts);
        if (p->loss) loss += p->loss[i];
        if (p->squares) squares += p->squares[i];
    }
    conclude(p, counts, loss, squares, scores);
}

void vv_probe_score_resampled(const struct vv_predictions *p, uint64_t seed, int64_t replicate, int64_t *counts,
                              double *scores)
{
    const uint32_t stream = vv_rng_stream("probe/bootstrap");
    double loss = 0.0, squares = 0.0;
    memset(counts, 0, (size_t)(N_COUNTS * p->n_classes) * sizeof *counts);
    for (int64_t draw = 0; draw < p->n; draw++) {
        const double u = vv_rng_uniform(seed, stream, (uint64_t)replicate, (uint32_t)draw);
        const int64_t at = (int64_t)(u * (double)p->n), i = at < p->n ? at : p->n - 1;
        count(p, i, counts);
        if (p->loss) loss += p->loss[i];
        if (p->squares) squares += p->squares[i];
    }
    conclude(p, counts, loss, squares, scores);
}

struct vv_scored vv_scored_none(void)
{
    struct vv_scored s;
    for (int m = 0; m < VV_N_SCORES; m++) s.value[m] = s.low[m] = s.high[m] = NAN;
    return s;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    if (isnan(x) || isnan(y)) return !!isnan(x) - !!isnan(y); /* none: last */
    return x < y ? -1 : x > y;
}

double vv_probe_quantile(const double *sorted, int64_t n, double q)
{
    if (n < 1) return NAN;
    const double at = q * (double)(n - 1), low = floor(at);
    const int64_t i = (int64_t)low;
    return i + 1 < n ? sorted[i] + (at - low) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

/* The replicates of this rank. values: [VV_N_SCORES][replicates]; counts: [threads][N_COUNTS n_classes] */
static void resample(const struct vv_predictions *p, const struct vv_bootstrap *how, int rank, int size,
                     int64_t *counts, double *values)
{
    const int threads = how->threads;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int t = 0; t < threads; t++)
        for (int64_t r = rank + (int64_t)t * size; r < how->replicates; r += (int64_t)size * threads) {
            double scores[VV_N_SCORES];
            vv_probe_score_resampled(p, how->seed, r, counts + (int64_t)N_COUNTS * p->n_classes * t, scores);
            for (int m = 0; m < VV_N_SCORES; m++) values[m * how->replicates + r] = scores[m];
        }
}

enum vv_status vv_probe_bootstrap(struct vv_comm *c, const struct vv_predictions *p,
                                  const struct vv_bootstrap *how, struct vv_scored *out)
{
    const int64_t R = how->replicates;
    double *values = vv_mem_new(VV_N_SCORES * R, sizeof *values, "bootstrap");
    int64_t *bits = vv_mem_new(VV_N_SCORES * R, sizeof *bits, "bootstrap");
    int64_t *counts = vv_mem_new((int64_t)N_COUNTS * p->n_classes * how->threads, sizeof *counts, "counts");
    const enum vv_status st = vv_agree(c, values && bits && counts ? VV_OK : VV_MEMORY);
    *out = vv_scored_none();
    if (!st && p->n > 0) {
        vv_probe_score(p, counts, out->value);
        resample(p, how, vv_comm_rank(c), vv_comm_size(c), counts, values);
        memcpy(bits, values, (size_t)(VV_N_SCORES * R) * sizeof *bits); /* zero on all ranks but one */
        vv_comm_sum_i64(c, bits, VV_N_SCORES * R);
        memcpy(values, bits, (size_t)(VV_N_SCORES * R) * sizeof *bits);
    }
    for (int m = 0; !st && p->n > 0 && m < VV_N_SCORES; m++) {
        if (isnan(out->value[m])) continue;
        qsort(values + m * R, (size_t)R, sizeof *values, by_value);
        int64_t n = R;
        while (n > 0 && isnan(values[m * R + n - 1])) n--;
        out->low[m] = vv_probe_quantile(values + m * R, n, 0.5 * (1.0 - how->confidence));
        out->high[m] = vv_probe_quantile(values + m * R, n, 0.5 * (1.0 + how->confidence));
    }
    vv_mem_free(values);
    vv_mem_free(bits);
    vv_mem_free(counts);
    return st;
}
