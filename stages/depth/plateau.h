/* SPDX-License-Identifier: MIT */
/* Plateaus: runs of layers whose neighborhoods change little from one to the next, as after the ID peak of large
 * transformers (Valeriani et al., NeurIPS 2023: chi^{l,l+1} near 0.9 there, low before, and a collapse at the end). */
#ifndef VV_DEPTH_PLATEAU_H
#define VV_DEPTH_PLATEAU_H

#include <stdint.h>

#include "stages/depth/core.h"

/* Local. A plateau is a longest possible run of at least two steps from a layer to the next in which the overlap of
 * each step is at least `share` of the largest of all steps, or not told from that by `significance` errors of the
 * difference, and at least a half: neighborhoods that turn over are none, however evenly they do. Layers of the n-th
 * plateau get the number n from 1, others 0. step: value[i] is the overlap of i with i + 1 (that of the last is not
 * looked at); a missing one ends a run. number: [n]. Returns how many there are. */
int vv_plateaus(const struct vv_profile *step, double share, double significance, int64_t *number);

/* Local. First and last layer of the longest plateau, the first of equals; -1 without. number: [n] */
void vv_plateau_longest(const int64_t *number, int n, int *first, int *last);

#endif
