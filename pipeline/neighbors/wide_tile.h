/* SPDX-License-Identifier: MIT */
/* Tiles of approximate squared distances in float64: rows are centred, scaled by a power of two and
 * widened, then multiplied by BLAS, a panel of features at a time. The approximation comes with a
 * rigorous bound on its error, so that a pair can be ruled out without evaluating it directly.
 *
 * The bound. Let u = 2^-53, x and y the rows, c the centre, X = fl(x - c), n the number of features.
 *  - X = (x - c)(1 + e), |e| <= u elementwise, hence | |X - Y| - |x - y| | <= u (|X| + |Y|)(1 + 2u)
 *    and the squares differ by at most 4 u (|X|^2 + |Y|^2)(1 + small).
 *  - the computed norms and the product differ from the exact ones by at most
 *    g (|X|^2 + |Y|^2) and g |X||Y| <= g (|X|^2 + |Y|^2) / 2, with g = n u / (1 - n u), for any order
 *    of summation (Higham, Accuracy and Stability, section 3.1), BLAS's included.
 * Together with the roundings of |X|^2 + |Y|^2 - 2XY:
 *    | approx - |x - y|^2 | <= (2 g + 16 u)(|X|^2 + |Y|^2) + tiny,
 * where tiny covers underflow, also that of the direct evaluation of cosine and inner products. Scaling by
 * a power of two is exact and cancels. The same holds for -2XY alone, which stands for inner products when
 * c = 0. */
#ifndef VV_NEIGHBORS_WIDE_TILE_H
#define VV_NEIGHBORS_WIDE_TILE_H

#include <stdbool.h>
#include <stdint.h>

#include "neighbors/frame.h"

enum { VV_WIDE_PANEL = 1024 }; /* features multiplied at a time */

struct vv_wide_bound {
    double relative; /* the factor 2 g + 16 u */
    double tiny;     /* the absolute part, in scaled units */
};

struct vv_wide_tile {
    int n;         /* rows in use */
    double *rows;  /* [n][VV_WIDE_PANEL or fewer] centred and scaled */
    double *norm2; /* [n] their squared norms, over the panels loaded so far */
};

/* Local. The bound for n_cols features in units of 1 / scale. */
struct vv_wide_bound vv_wide_bound_of(int64_t n_cols, double scale);

/* Local. Loads features [k, k + n_k) of n rows stored as frame->type; norms begin anew at k = 0.
 * rows: [n] */
void vv_wide_tile_load(struct vv_wide_tile *t, const struct vv_frame *f, const void *const *rows,
                       int n, int64_t k, int n_k);

/* Local. twice_product: [a->n][b->n] receives 2 X Y^T over the panel of n_k features, or has it
 * added. */
void vv_wide_tile_multiply(const struct vv_wide_tile *a, const struct vv_wide_tile *b, int n_k,
                           bool add, double *twice_product);

#endif
