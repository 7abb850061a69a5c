/* SPDX-License-Identifier: MIT */
/* Neighborhood composition: whose label the neighbors of a sample have; what neighborhoods share is counted in
 * neighbors/overlap.h. All results are integer counts, so their sums are exact in any order. Neighborhood sizes k
 * are handled together: ks: [n_ks], ascending, at least 1. */
#ifndef VV_COMPOSITION_CORE_H
#define VV_COMPOSITION_CORE_H

#include <stdint.h>

#include "neighbors/overlap.h"

/* Local. How many of the first k neighbors have class `cls`, for each k. classes: [n_samples];
 * neighbors: [k_most]; counts: [n_ks] */
void vv_label_count(int32_t cls, const int32_t *classes, const int32_t *neighbors, int k_most,
                    const int64_t *ks, int n_ks, int64_t *counts);

/* The label overlap of a layer at one k. */
struct vv_label_overlap {
    double plain, plain_error;       /* mean over labelled rows */
    double weighted, weighted_error; /* mean over classes of the class means */
    double plain_chance, weighted_chance;
};

/* Local. From the tallies of each class; chance: the share of a row's class among the n_rows - 1 others.
 * classes: [n_classes] tallies at this k, classes without rows are left out. */
struct vv_label_overlap vv_label_overlap_of(const struct vv_tally *classes, int n_classes,
                                            int64_t k, int64_t n_rows);

#endif
