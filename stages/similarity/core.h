/* SPDX-License-Identifier: MIT */
/* Similarity of two representations of the same samples, from blocks of samples of fixed membership: what a block
 * gives does not depend on who computes it. */
#ifndef VV_SIMILARITY_CORE_H
#define VV_SIMILARITY_CORE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    VV_SIMILARITY_TILE = 256,  /* features of each side of a tile of a cross product */
    VV_SIMILARITY_PANEL = 512, /* features of a Gram product added at a time */
};

/* Local. x^T y of one block, rounded to multiples of 2^-bits and added as integers: sums over blocks are the same
 * in any order. x: [n][n_x], y: [n][n_y] centred, every |value| <= 1; product: [n_x][n_y] scratch; sum: [n_x][n_y].
 * bits: from vv_cross_bits. */
void vv_cross_add(const double *x, const double *y, int n, int n_x, int n_y, int bits, double *product,
                  int64_t *sum);

/* Local. The digits after the point that sums over n samples of products of at most 1 leave room for. */
int vv_cross_bits(int64_t n);

/* Local. The sum of the squares of such a cross product in units of the features. scale_x: [n_x], scale_y: [n_y] */
double vv_cross_squares(const int64_t *sum, int n_x, int n_y, int bits, const double *scale_x,
                        const double *scale_y);

/* Local. Adds x x^T of a panel of features to a Gram matrix. x: [n][n_x], n_x <= VV_SIMILARITY_PANEL;
 * gram: [n][n] */
void vv_gram_add(const double *x, int n, int n_x, double *gram);

/* Local. The median of the distances between the n samples of a Gram matrix; 0 for fewer than two.
 * scratch: [n (n - 1) / 2] */
double vv_gram_median(const double *gram, int n, double *scratch);

/* Local. The Gaussian kernel exp(-d^2 / (2 sigma^2)) from a Gram matrix; sigma > 0. kernel: [n][n] */
void vv_gram_gaussian(const double *gram, int n, double sigma, double *kernel);

/* Local. The unbiased estimate of the Hilbert-Schmidt independence criterion of two kernels of n >= 4 samples.
 * k, l: [n][n] symmetric, diagonals do not matter; sums: [2 n] scratch */
double vv_hsic(const double *k, const double *l, int n, double *sums);

/* Local. The cosine of two rows of n values, and the angle between them / pi, good to the last digits also where
 * rows are nearly parallel; in one fixed order of operations. False, and nothing, when one is zero. */
bool vv_row_angle(const double *x, const double *y, int64_t n, double *cosine, double *angle);

/* Local. Centered kernel alignment from the three criteria (or squared norms); NaN when a representation is
 * constant, or its estimate not above zero. */
double vv_cka(double xy, double xx, double yy);

#endif
