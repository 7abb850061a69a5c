/* SPDX-License-Identifier: MIT */
/* The arithmetic of linear probes on one block of at most VV_PROBE_BLOCK rows, in double precision and in one
 * order of operations whatever the processor: eight lanes, added up in a fixed way, no fused multiply-add.
 *
 * Same bits on any number of ranks: blocks are fixed ranges of positions (rows.h), the sum inside a block has
 * one order, and sums of blocks are added up as integers: each is multiplied by a power of two, chosen from
 * bounds of the data so that the total stays below 2^62, and truncated. Integer addition knows no order, so
 * neither ranks nor threads show, at the cost of one conversion per 64 products and 8 bytes an entry, where
 * an exact sum (base/sum.h) takes 576 bytes and tens of steps. What is cut off is 2^-61 of the largest sum
 * there could be, far below the rounding of the products themselves.
 *
 * Rows are x: [n][width] in a block aligned to 64 bytes; width is a multiple of VV_PROBE_LANES, the last
 * columns are one (the intercept) and zeros. */
#ifndef VV_PROBE_CORE_H
#define VV_PROBE_CORE_H

#include <stdint.h>

enum { VV_PROBE_BLOCK = 64, VV_PROBE_LANES = 8 };

/* Local. Features, the intercept and padding: the least multiple of the lanes above n_cols. */
int64_t vv_probe_width(int64_t n_cols);

/* Local. scores[i][c] = x_i . w_c. w: [n_classes][width], aligned as x; scores: [n][n_classes] */
void vv_probe_scores(const double *x, int n, int64_t width, const double *w, int n_classes, double *scores);

/* Local. sum[c][j] += sum over rows of r[i][c] x[i][j], as an integer in units of 1 / scale[j].
 * r: [n][n_classes]; sum: [n_classes][width] */
void vv_probe_gather(const double *x, int n, int64_t width, const double *r, int n_classes,
                     const double *scale, int64_t *sum);

/* Local. The columns [from, from + VV_PROBE_LANES) of the rows up to there of the Gram matrix:
 * sum[i][j] += sum over rows of x[i] x[j], i <= j or of the same eight columns, in units of
 * 1 / (scale[i] scale[j] unit). sum: [width][width] */
void vv_probe_gram(const double *x, int n, int64_t width, int64_t from, const double *scale, double unit,
                   int64_t *sum);

/* Local. The power of two that keeps sums of n values of magnitude up to `most` below 2^62 (1 for most = 0). */
double vv_probe_scale(double n, double most);

/* Local. a . b, and b += f a, in the same fixed order. n: a multiple of the lanes; aligned. */
double vv_probe_dot(const double *a, const double *b, int64_t n);
void vv_probe_add(double *b, double f, const double *a, int64_t n);

/* Local. The Cholesky factor of a symmetric positive definite matrix, in place: the upper triangle of a:
 * [width][width] is read, then holds U with U'U = a. -1 when it is not positive definite, else 0.
 * Cost: width^3 / 3. */
int vv_probe_cholesky(double *a, int64_t width);

/* Local. Solves U'U x = b in place. b: [width] */
void vv_probe_solve(const double *u, int64_t width, double *b);

#endif
