/* SPDX-License-Identifier: MIT */
/* Multinomial logistic regression: p_c = exp(s_c) / sum_c exp(s_c), loss - ln p of the true class. */
#ifndef VV_PROBE_SOFTMAX_H
#define VV_PROBE_SOFTMAX_H

#include <stdint.h>

/* Probabilities are taken to be at least this where losses are reported, as scikit-learn's log_loss does:
 * 2^-52. */
#define VV_PROBE_LEAST_P 2.220446049250313e-16

/* Local. Turns the scores of one row into p_c - [c = target], the derivatives of its loss by the scores; gives
 * the loss (infinite when a score is not finite; derivatives are 0 then) and 1 - sum p_c^2, which tells how far
 * from decided the row is. s: [n] */
double vv_softmax_residual(double *s, int n, int32_t target, double *undecided);

/* Local. The class of the largest score (the first of equals), and the loss, limited by VV_PROBE_LEAST_P; the
 * limit itself for a target of -1, a class that the probe does not know. s: [n] */
int32_t vv_softmax_predict(const double *s, int n, int32_t target, double *loss);

#endif
