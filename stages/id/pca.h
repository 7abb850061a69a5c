/* SPDX-License-Identifier: MIT */
/* Principal components without rounding in the long sums: values are scaled to integers, so that products of blocks
 * are exact in float64, whatever the order of addition, the block, the kernel or the rank. Pure functions. */
#ifndef VV_ID_PCA_H
#define VV_ID_PCA_H

#include <stdint.h>

#include "data/matrix.h"

enum { VV_PCA_MOST_TERMS = 8192 }; /* that one product may add up */

/* Local. Bits of the integers, at most 20, such that sums of n_terms products stay below 2^62. */
int vv_pca_bits(int64_t n_terms);

/* Local. The exponent e of a value: |value| < 2^e; a low one for zero. */
int vv_pca_exponent(double value);

/* Local. Values of local rows [i, i + n_rows) and columns [j, j + n_cols) less their mean, in units of
 * 2^(exponent - bits), rounded: integers of magnitude at most 2^bits. mean, exponent: [all columns];
 * out: [n_rows][n_cols] */
void vv_pca_scale(const struct vv_matrix *m, int64_t i, int64_t n_rows, int64_t j, int64_t n_cols,
                  const double *mean, const int *exponent, int bits, double *out);

/* Local. Adds a' b to sums, a: [n_terms][n_a], b: [n_terms][n_b] (columns against columns); / adds a b',
 * a: [n_a][n_terms], b: [n_b][n_terms] (rows against rows). n_terms <= VV_PCA_MOST_TERMS. sums: [n_a][n_b],
 * product: [n_a][n_b] room. At most `threads` threads. */
void vv_pca_add_columns(const double *a, int64_t n_a, const double *b, int64_t n_b, int64_t n_terms, int threads,
                        double *product, int64_t *sums);
void vv_pca_add_rows(const double *a, int64_t n_a, const double *b, int64_t n_b, int64_t n_terms, int threads,
                     double *product, int64_t *sums);

/* Local. Eigenvalues of a symmetric matrix, ascending, by LAPACK. matrix: [n][n], overwritten; values: [n].
 * VV_BUG when it does not converge. */
enum vv_status vv_pca_eigenvalues(double *matrix, int64_t n, double *values);

/* Local. How many of the largest eigenvalues carry the share `variance` of their sum (a share within 1e-9 of it
 * counts, so that rounding does not show). values: [n] ascending */
int64_t vv_pca_components(const double *values, int64_t n, double variance);

#endif
