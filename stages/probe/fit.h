/* SPDX-License-Identifier: MIT */
/* A logistic probe, fitted to rows that are spread over the ranks. Minimized is, as in scikit-learn's
 * LogisticRegression,
 *     C sum_i loss_i + |W|^2 / 2,        here divided by C n and with lambda = 1 / C,
 * over weights W: [classes][features] and an intercept that is not penalized. Two classes have one vector of
 * weights there and two here: lambda = 2 / C gives the same probabilities.
 *
 * The method is L-BFGS with, as first guess of the inverse second derivatives, (a G + lambda/n)^-1 for each
 * class, G the mean of x x' over the training rows, a the mean of (1 - sum p_c^2) / (classes - 1): correct at
 * W = 0 for directions in which the classes sum to zero. Features of a layer are strongly correlated; this takes
 * tens of steps where plain L-BFGS takes hundreds or more. G costs n D^2 / P flops once for a training set, its
 * factor D^3 / 3 for each C, a step 4 n D classes / P and, on every rank, 2 D^2 classes. G is left
 * out where D exceeds a limit: 24 D^2 bytes on every rank are a matter of what there is. */
#ifndef VV_PROBE_FIT_H
#define VV_PROBE_FIT_H

#include "base/sum.h"
#include "stages/probe/lbfgs.h"
#include "stages/probe/rows.h"

/* What one thread works with. */
struct vv_probe_bench {
    double *x;      /* [VV_PROBE_BLOCK][width] */
    double *scores; /* [VV_PROBE_BLOCK][n_classes] */
    int64_t *sums;  /* [n_classes][width] */
    struct vv_sum loss, undecided;
};

struct vv_probe_fit {
    const struct vv_probe_rows *rows;
    const int32_t *target; /* [rows->n] class of each position, 0 .. n_classes - 1 in training; borrowed */
    int n_classes;
    int64_t n_train;       /* the first positions */
    double tolerance;      /* of the gradient of the mean loss */
    int64_t most;          /* steps */
    struct vv_probe_scaler scaler;
    double *weights;       /* [n_classes][width] */
    double lambda;
    double *scale;         /* [width] units of the sums of gradients */
    double *gram, *factor; /* [width][width] upper triangles; NULL: too large */
    int preconditioned;    /* the factor stands */
    double undecided;      /* mean of 1 - sum p^2 at the last evaluation */
    double *workspace;
    struct vv_probe_bench *bench; /* [threads] */
};

/* Collective. Memory of one rank: 24 width^2 with a Gram matrix, 8 width classes (25 + threads), 512 width
 * threads. The fit keeps borrowing rows and target. */
enum vv_status vv_probe_fit_init(const struct vv_probe_rows *rows, const int32_t *target, int n_classes,
                                 int64_t n_train, int standardize, bool with_gram, struct vv_probe_fit *fit);
void vv_probe_fit_release(struct vv_probe_fit *fit);

/* Local. Back to weights of zero, with other targets. */
void vv_probe_fit_restart(struct vv_probe_fit *fit, const int32_t *target);

/* Collective. Fits at a regularization C > 0, from the weights there are. VV_STOPPED on request. */
enum vv_status vv_probe_fit_at(struct vv_probe_fit *fit, double C, struct vv_minimum *found);

/* Collective. Predictions for the positions [from, to), the same on all ranks. predicted: [to - from] numbers
 * as in target; loss: [to - from] */
enum vv_status vv_probe_fit_predict(struct vv_probe_fit *fit, int64_t from, int64_t to, int32_t *predicted,
                                    double *loss);

#endif
