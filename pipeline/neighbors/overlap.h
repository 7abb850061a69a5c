/* SPDX-License-Identifier: MIT */
/* What two neighborhoods of a sample have in common (Doimo, Glielmo, Ansuini, Laio, NeurIPS 2020). All results are
 * integer counts, so their sums are exact in any order. Neighborhood sizes k are handled together: ks: [n_ks],
 * ascending, at least 1. */
#ifndef VV_NEIGHBORS_OVERLAP_H
#define VV_NEIGHBORS_OVERLAP_H

#include <stdint.h>

/* A sum and a sum of squares of counts over samples. */
struct vv_tally {
    int64_t n, sum, squares;
};

/* Local. Adds one sample's count. */
void vv_tally_add(struct vv_tally *t, int64_t count);

/* Local. Mean of count / k and its standard error over samples (standard deviation / sqrt(n)); NaN
 * without samples, error NaN with one. */
double vv_tally_mean(const struct vv_tally *t, int64_t k);
double vv_tally_error(const struct vv_tally *t, int64_t k);

/* Local. The square of that error; more than one sample. */
double vv_tally_variance(const struct vv_tally *t, int64_t k);

/* Local. Writes down who the neighbors in one layer are: order[sample] = 1, 2, .. k; and takes it back
 * to zero. neighbors: [k] samples; order: [n_samples], zero before. */
void vv_overlap_mark(uint16_t *order, const int32_t *neighbors, int k);
void vv_overlap_unmark(uint16_t *order, const int32_t *neighbors, int k);

/* Local. How many of the first k neighbors the marked layer and this one share, for each k: a shared
 * neighbor counts from the larger of its two orders on. neighbors: [k_most]; counts: [n_ks] */
void vv_overlap_count(const uint16_t *order, const int32_t *neighbors, int k_most,
                      const int64_t *ks, int n_ks, int64_t *counts);

/* Local. Expected overlap of random neighborhoods of k among the n_a - 1 and n_b - 1 other rows of two
 * layers that have n_common samples in common: k (n_common - 1) / ((n_a - 1) (n_b - 1)), which is
 * k/(n - 1) for equal sets. NaN when a layer has no other row. */
double vv_overlap_chance(int64_t k, int64_t n_a, int64_t n_b, int64_t n_common);

#endif
