/* SPDX-License-Identifier: MIT */
/* How far the float32 values of the kernels can be from the truth, and what follows for a row: which
 * pairs it may not rule out. All in scaled units (panels.h).
 *
 * Let u = 2^-24, x~ = (x - c) scale the exact centred row and X the float32 row made of it, so that
 * |X - x~| <= u |X| (1 + small) + tiny in every feature. For half squared distances, A = |X|^2 and
 * B = |Y|^2 and g the error of the kernel's products (kernel.h):
 *  - rounding the rows: | |X - Y|^2 - |x~ - y~|^2 | / 2 <= 2 u (A + B) (1 + small);
 *  - the product: g |X| |Y| <= g (A + B) / 2; for m roundings behind any product g = m u / (1 - m u) (Higham,
 *    Accuracy and Stability, section 3.1); what underflows, or is flushed to zero, goes to `tiny`;
 *  - rounding the two halves, their sum and the difference: 2.1 u (A + B).
 * Together | h - |x~ - y~|^2 / 2 | <= E = factor (A + B) + tiny with factor = g / 2 + 4.1 u, widened by
 * a thousandth for all that is called small. A row need not know B: a pair closer than d has
 * |Y| <= |X| + d.
 *
 * For inner products h stands for <c, c> - <x, y>, where halves are -<c, x~>:
 * E = factor (|X| most|Y| + |half| + most|half|) + tiny with factor = g + 6 u. */
#ifndef VV_NEIGHBORS_BOUND_H
#define VV_NEIGHBORS_BOUND_H

#include <stdint.h>

#include "data/neighbors.h"

struct vv_bound {
    enum vv_metric metric;
    double error;         /* of the kernel's products, */
    double factor, tiny;
    double slack;         /* error of a direct evaluation: of half squared distances their share, of inner
                           * products that of (|X| + |c|)(most|Y| + |c|), rounding of <c, x~> included */
    double most_length;   /* inner products only: the largest |X| and |half| over all rows, */
    double most_half;
    double center_length; /* and |c| */
};

/* Local. The bound for n_cols features and a kernel's error. */
void vv_bound_set(struct vv_bound *b, enum vv_metric metric, int64_t n_cols, double error);

/* Local. The bound that also holds for values of another kernel, of this error. */
void vv_bound_widen(struct vv_bound *b, double error);

/* Local. When one of a row's neighbors of some order has the value v (or smaller), no pair with a value
 * above the result can be of that order or nearer: rounded up. length = |X|, half as given to the kernel. */
float vv_bound_limit(const struct vv_bound *b, float v, float length, float half);

#endif
