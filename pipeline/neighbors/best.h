/* SPDX-License-Identifier: MIT */
/* Small lists of picks: sorting, selecting, merging. A pick is a row with what it is ranked by. */
#ifndef VV_NEIGHBORS_BEST_H
#define VV_NEIGHBORS_BEST_H

#include <stdint.h>

#include "base/error.h"

struct vv_pick {
    double value;
    int32_t index;
};

/* Local. Sorts by (value, index), ascending. picks, scratch: [n] */
void vv_pick_sort(struct vv_pick *picks, struct vv_pick *scratch, int n);

/* Local. The smallest-but-(k-1) of values, 1 <= k <= n: the k-th smallest. Reorders values: [n] */
double vv_pick_select(double *values, int n, int k);
float vv_value_select(float *values, int n, int k);

/* Local. Merges n new picks, sorted, into a sorted list of *n_list <= k entries kept as two arrays;
 * keeps the k first. index, distance: [k]; scratch: [n + k] */
void vv_pick_merge(const struct vv_pick *picks, int n, int k, int *n_list, int32_t *index,
                   double *distance, struct vv_pick *scratch);

#endif
