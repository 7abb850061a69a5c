/* SPDX-License-Identifier: MIT */
/* A ridge probe: the weights W that minimize sum |y_i - W x_i - b|^2 + alpha |W|^2 in closed form, from the sums
 * that a fit of fit.h has: (n G + alpha) W' = X'Y, the intercept b without penalty (scikit-learn's Ridge, for
 * classes as unit vectors its RidgeClassifier, which the largest component decides). Cost: n D classes once,
 * D^3 / 3 + 2 D^2 classes for each alpha, on every rank. */
#ifndef VV_PROBE_RIDGE_H
#define VV_PROBE_RIDGE_H

#include "stages/probe/fit.h"

/* What is regressed on. */
struct vv_ridge_target {
    const int32_t *target; /* [positions] class; -1: not met in training (unit vectors only) */
    const double *values;  /* the number of each class, in [-1, 1]; NULL: unit vectors of fit->n_classes */
};

/* Collective. X'Y over the rows trained on. fit: with a Gram matrix, n_classes 1 for numbers;
 * products: [n_classes][width] */
void vv_ridge_gather(struct vv_probe_fit *fit, const struct vv_ridge_target *y, double *products);

/* Local. Solves at alpha > 0 into fit->weights; -1 when the equations are singular, else 0. */
int vv_ridge_solve(struct vv_probe_fit *fit, const double *products, double alpha);

/* Collective. Class of the largest component (0 for numbers) and squared error of the positions [from, to), the
 * same on all ranks. predicted, squares: [to - from] */
enum vv_status vv_ridge_predict(struct vv_probe_fit *fit, const struct vv_ridge_target *y, int64_t from,
                                int64_t to, int32_t *predicted, double *squares);

#endif
