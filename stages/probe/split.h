/* SPDX-License-Identifier: MIT */
/* Which samples a probe is trained, validated and tested on. A function of seed, sample number and labels
 * alone: the same for all layers, whatever rows a layer holds, and on any number of ranks. */
#ifndef VV_PROBE_SPLIT_H
#define VV_PROBE_SPLIT_H

#include <stdint.h>

#include "base/error.h"
#include "data/labels.h"

enum vv_part { VV_TRAIN, VV_VALIDATION, VV_TEST, VV_N_PARTS, VV_NO_PART = -1 };

struct vv_split {
    int64_t n;      /* input samples */
    int8_t *part;   /* [n] enum vv_part; VV_NO_PART: unlabelled, or left out by a given split */
    double *order;  /* [n] of samples to train on, in (0, 1): any beginning has the classes' shares */
};

/* Local. In each class, the samples with the smallest random keys: round(test n) to test, then
 * round(validation n) to validate, the rest to train. Where that leaves nothing to test or nothing to validate on
 * because classes are small, the shares add up from class to class instead until they are a sample, and every class
 * keeps one to train on. */
enum vv_status vv_split_draw(const struct vv_labels *labels, double validation, double test, uint64_t seed,
                             struct vv_split *split);

/* Local. The split that another label set gives, whose classes are called train, validation and test.
 * VV_USAGE when it has others. */
enum vv_status vv_split_given(const struct vv_labels *labels, const struct vv_labels *parts, uint64_t seed,
                              struct vv_split *split);
void vv_split_release(struct vv_split *split);

/* The rows of a layer in the order of a probe (rows.h). */
struct vv_probe_order {
    int64_t n[VV_N_PARTS]; /* rows in each part */
    int64_t *row;          /* [sum of n] the global row at each position */
    int32_t *truth;        /* [sum of n] its class */
    int32_t *target;       /* [sum of n] its class among those in training, in their order; -1: not one */
    int32_t *met;          /* [n_classes] the classes in training, ascending */
    int n_classes;         /* in training */
};

/* Local. sample: [n_rows] ascending, or NULL: row r is sample r. Rows to train on by `order` (ties by class,
 * then sample), others ascending. */
enum vv_status vv_probe_order_init(const struct vv_split *split, const struct vv_labels *labels,
                                   const int64_t *sample, int64_t n_rows, struct vv_probe_order *order);
void vv_probe_order_release(struct vv_probe_order *order);

/* Local. The same for a beginning of n rows to train on: the classes among them, and the targets of all
 * positions. target: [sum of n], met: [order->n_classes]; gives the number of classes. */
int vv_probe_order_begin(const struct vv_probe_order *order, int64_t n, int32_t *target, int32_t *met);

/* Local. Permuted labels: a random permutation of target[0..n). permuted: [n] */
enum vv_status vv_probe_permute(const int32_t *target, int64_t n, uint64_t seed, int32_t *permuted);

#endif
