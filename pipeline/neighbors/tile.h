/* SPDX-License-Identifier: MIT */
/* Tiles of approximate squared distances: rows are centred, scaled by a power of two and widened to
 * float64, then multiplied by BLAS. The approximation comes with a rigorous bound on its error, so
 * that a pair can be ruled out without evaluating it directly.
 *
 * The bound. Let u = 2^-53, x and y the rows, c the centre, X = fl(x - c), n the number of features.
 *  - X = (x - c)(1 + e), |e| <= u elementwise, hence | |X - Y| - |x - y| | <= u (|X| + |Y|)(1 + 2u)
 *    and the squares differ by at most 4 u (|X|^2 + |Y|^2)(1 + small).
 *  - the computed norms and the product differ from the exact ones by at most
 *    g (|X|^2 + |Y|^2) and g |X||Y| <= g (|X|^2 + |Y|^2) / 2, with g = n u / (1 - n u), for any order
 *    of summation (Higham, Accuracy and Stability, section 3.1), BLAS's included.
 * Together with the roundings of |X|^2 + |Y|^2 - 2XY:
 *    | approx - |x - y|^2 | <= (2 g + 16 u)(|X|^2 + |Y|^2) + tiny,
 * where tiny covers underflow. Scaling by a power of two is exact and cancels. */
#ifndef VV_NEIGHBORS_TILE_H
#define VV_NEIGHBORS_TILE_H

#include <stdint.h>

#include "data/matrix.h"

/* What all tiles of one search share. */
struct vv_frame {
    int64_t n_cols;
    enum vv_real type;
    const double *center; /* [n_cols], the same on all ranks; borrowed */
    double scale;         /* power of two that brings the largest |x - c| near 1 */
    double relative;      /* the factor 2 g + 16 u of the bound */
    double tiny;          /* its absolute part, in scaled units */
};

struct vv_tile {
    int n;            /* rows in use */
    double *rows;     /* [n][n_cols] centred and scaled */
    double *norm2;    /* [n] their squared norms */
};

/* Local. The frame's bound for n_cols features. */
void vv_frame_set_bound(struct vv_frame *f);

/* Local. Loads n rows (stored contiguously as frame->type) into a tile. */
void vv_tile_load(struct vv_tile *t, const struct vv_frame *f, const void *rows, int n);

/* Local. twice_product: [a->n][b->n] receives 2 X Y^T. */
void vv_tile_multiply(const struct vv_tile *a, const struct vv_tile *b, int64_t n_cols,
                      double *twice_product);

#endif
