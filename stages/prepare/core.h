/* SPDX-License-Identifier: MIT */
/* Transformations of single rows, once the statistics of the features are known. */
#ifndef VV_PREPARE_CORE_H
#define VV_PREPARE_CORE_H

#include <stdbool.h>
#include <stdint.h>

/* Local. row[j] = (row[j] - mean[j]) scale[j]. row, mean, scale: [n_cols] */
void vv_prepare_affine(double *row, int64_t n_cols, const double *mean, const double *scale);

/* Local. 1/sqrt(variance), but 0 for constant features (low = high), which become 0: the rounded mean
 * of equal values may differ from them in the last bit, so their variance may not vanish. Returns how
 * many are constant. variance: [n_cols], replaced by the scales; low, high: [n_cols] */
int64_t vv_prepare_scales(const double *low, const double *high, double *variance, int64_t n_cols);

/* Local. Divides the row by its Euclidean norm; false (row unchanged) when that is 0. Safe against
 * overflow of the squares. row: [n_cols] */
bool vv_prepare_unit(double *row, int64_t n_cols);

#endif
