/* SPDX-License-Identifier: MIT */
/* Doimo, Glielmo, Ansuini, Laio, NeurIPS 2020: in trained networks neighborhoods stay alike for most of the depth, then
 * turn to those of the output within a few layers; coarse classes form ("nucleate") before fine ones. Cost: nothing
 * but one pass over the samples for each pair of label sets. */
#include "stages/nucleation/core.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static double known(double error)
{
    return isnan(error) ? 0.0 : error;
}

void vv_curve_change(const double *value, const double *error, int n, double *change, double *change_error)
{
    for (int i = 0; i < n; i++) {
        change[i] = i > 0 ? value[i] - value[i - 1] : NAN;
        change_error[i] = isnan(change[i]) ? NAN : hypot(known(error[i]), known(error[i - 1]));
    }
}

int vv_curve_fastest(const double *change, int n)
{
    int best = -1;
    for (int i = 0; i < n; i++)
        if (!isnan(change[i]) && (best < 0 || fabs(change[i]) > fabs(change[best]))) best = i;
    return best;
}

void vv_curve_ties(const double *change, const double *change_error, int n, int fastest, double significance,
                   int64_t *tied)
{
    for (int i = 0; i < n; i++) {
        tied[i] = i == fastest;
        if (fastest < 0 || i == fastest || isnan(change[i])) continue;
        if (change[i] * change[fastest] < 0.0) continue;
        tied[i] = fabs(change[i] - change[fastest]) <=
                  significance * hypot(change_error[i], change_error[fastest]);
    }
}

double vv_curve_halfway(const double *value, int n)
{
    int first = 0, before = -1;
    double most = -INFINITY;
    while (first < n && isnan(value[first])) first++;
    for (int i = first; i < n; i++)
        if (value[i] > most) most = value[i];
    if (first == n || !(most > value[first])) return NAN;
    const double target = 0.5 * (value[first] + most);
    for (int i = first; i < n; i++) {
        if (isnan(value[i])) continue;
        if (value[i] >= target) return before + (i - before) * (target - value[before]) / (value[i] - value[before]);
        before = i; /* the first value is below the target, so there is one before the one above it */
    }
    return NAN;
}

double vv_curve_above_chance(double value, double chance)
{
    return chance < 1.0 ? (value - chance) / (1.0 - chance) : NAN;
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Sorted pairs (fine, coarse): runs of one fine class, in these runs of one coarse class. */
enum vv_status vv_nesting_of(const int32_t *fine, const int32_t *coarse, int64_t n, struct vv_nesting *out)
{
    uint64_t *pairs = vv_mem_new(n, sizeof *pairs, "classes of the samples");
    if (!pairs) return VV_MEMORY;
    *out = (struct vv_nesting){0};
    for (int64_t i = 0; i < n; i++)
        if (fine[i] >= 0 && coarse[i] >= 0)
            pairs[out->n_labelled++] = (uint64_t)fine[i] << 32 | (uint32_t)coarse[i];
    qsort(pairs, (size_t)out->n_labelled, sizeof *pairs, compare);
    for (int64_t i = 0; i < out->n_labelled;) {
        int64_t most = 0, all = 0;
        for (const uint64_t f = pairs[i] >> 32; i < out->n_labelled && pairs[i] >> 32 == f;) {
            const int64_t begin = i;
            while (i < out->n_labelled && pairs[i] == pairs[begin]) i++;
            all += i - begin;
            if (i - begin > most) most = i - begin;
        }
        out->n_outside += all - most;
        out->n_classes += all > most;
    }
    vv_mem_free(pairs);
    return VV_OK;
}
