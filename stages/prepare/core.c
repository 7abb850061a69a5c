/* SPDX-License-Identifier: MIT */
#include "stages/prepare/core.h"

#include <math.h>

void vv_prepare_affine(double *row, int64_t n_cols, const double *mean, const double *scale)
{
    for (int64_t j = 0; j < n_cols; j++) row[j] = (row[j] - mean[j]) * scale[j];
}

int64_t vv_prepare_scales(const double *low, const double *high, double *variance, int64_t n_cols)
{
    int64_t n_constant = 0;
    for (int64_t j = 0; j < n_cols; j++) {
        const bool constant = !(low[j] < high[j]);
        n_constant += constant;
        variance[j] = constant || !(variance[j] > 0.0) ? 0.0 : 1.0 / sqrt(variance[j]);
    }
    return n_constant;
}

bool vv_prepare_unit(double *row, int64_t n_cols)
{
    double largest = 0.0, squares = 0.0;
    for (int64_t j = 0; j < n_cols; j++) largest = fmax(largest, fabs(row[j]));
    if (!(largest > 0.0)) return false;
    for (int64_t j = 0; j < n_cols; j++) {
        row[j] /= largest;
        squares += row[j] * row[j];
    }
    for (int64_t j = 0; j < n_cols; j++) row[j] /= sqrt(squares);
    return true;
}
