/* SPDX-License-Identifier: MIT */
/* The direct float64 evaluation of one distance: the definition that every other way of computing
 * must agree with. The order of operations depends on the number of features only, and (x, y) and
 * (y, x) give the same bits. Relative error below 1e-13 up to 10^6 features. */
#ifndef VV_NEIGHBORS_DIRECT_H
#define VV_NEIGHBORS_DIRECT_H

#include <stdint.h>

#include "data/matrix.h"
#include "data/neighbors.h"
#include "neighbors/kernel.h"

enum {
    VV_CHUNK = 256, /* features summed in lanes; sums may be interrupted between chunks */
    VV_BATCH = 4,   /* rows y treated at a time */
};

/* Local. The stored distance of two rows of n values each: |x - y|, also where its square would
 * overflow or underflow; for VV_COSINE, where rows are of unit length, 1 - cos = |x - y|^2 / 2; for
 * VV_INNER_PRODUCT -<x, y>, so that the largest product comes first. */
double vv_direct_distance(enum vv_metric metric, enum vv_real type, const void *x, const void *y,
                          int64_t n);

/* Local. The sums of a kernel that the metric needs. */
struct vv_sums vv_direct_sums(const struct vv_kernel *kernel, enum vv_metric metric);

/* Local. The same, by the sums of a kernel. */
double vv_direct_evaluate(const struct vv_sums *add, enum vv_metric metric, enum vv_real type,
                          const void *x, const void *y, int64_t n);

/* Local. The stored distance, from the sum that such a function gave. */
double vv_direct_finish(enum vv_metric metric, enum vv_real type, const void *x, const void *y,
                        int64_t n, double sum);

/* Local. The Euclidean norm of a row, without overflow or underflow. */
double vv_direct_norm(const double *x, int64_t n);

#endif
