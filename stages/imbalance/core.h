/* SPDX-License-Identifier: MIT */
/* Information Imbalance from ranks. A row of ranks holds the ranks in space B (1: the nearest of the others) of a
 * sample's k nearest neighbors in space A, nearest first. Neighborhood sizes are handled together: ks: [n_ks],
 * ascending, at least 1. */
#ifndef VV_IMBALANCE_CORE_H
#define VV_IMBALANCE_CORE_H

#include <stdint.h>

#include "base/sum.h"

/* Sums over samples of the mean rank of the k nearest, and of its square: exact, in any order. */
struct vv_rank_tally {
    struct vv_sum sum, square;
};

/* Local. Adds one sample to the tallies of all ks that are within k. ranks: [k]; tallies: [n_ks] */
void vv_rank_tally_add(struct vv_rank_tally *tallies, const int32_t *ranks, int k, const int64_t *ks, int n_ks);

/* An imbalance and its standard error. */
struct vv_imbalance {
    double value, std_error;
};

/* Local. Delta = 2 / N times the mean rank over N samples; the error is that of a mean over samples, NaN for
 * fewer than two. */
struct vv_imbalance vv_imbalance_of(const struct vv_rank_tally *t, int64_t n);

/* Local. What it is from a space to itself: (k + 1) / N, without error. */
struct vv_imbalance vv_imbalance_to_itself(int64_t k, int64_t n);

/* Local. Mean over disjoint parts and standard deviation (n - 1) / sqrt(parts); a single part keeps its own
 * error. parts: [n] */
struct vv_imbalance vv_imbalance_mean(const struct vv_imbalance *parts, int n);

/* Local. (forth - back) / mean of both: above zero information is lost going forth ("expansion"), below zero
 * "compression". */
double vv_imbalance_asymmetry(double forth, double back);

/* Local. How many of the following layers, without a gap, are predicted to within `threshold`. forward: [n] Delta
 * from a layer to those after it, in order. -1 when the first that decides is missing. */
int64_t vv_imbalance_scope(const double *forward, int n, double threshold);

#endif
