/* SPDX-License-Identifier: MIT */
/* L-BFGS (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5) with a line search for
 * the weak Wolfe conditions by bracketing (Lewis & Overton, Math. Program. 141:135 (2013)), which keeps
 * s.y > 0. The state is small, the same on all ranks, and moves in the same way on all. */
#ifndef VV_PROBE_LBFGS_H
#define VV_PROBE_LBFGS_H

#include <stdint.h>

/* A smooth function of n numbers, n a multiple of VV_PROBE_LANES. */
struct vv_objective {
    int64_t n;
    /* Collective where the caller is: the value and the gradient at x; infinite where there is none. */
    void (*evaluate)(void *data, const double *x, double *value, double *gradient);
    /* Local. Multiplies v by an approximate inverse of the second derivatives, in place; NULL: none. */
    void (*precondition)(void *data, double *v);
    void *data;
};

struct vv_minimum {
    double value;
    double gradient;    /* largest component, absolute */
    int64_t iterations; /* steps taken */
    int64_t evaluations;
    int converged;      /* the gradient is within the tolerance */
};

enum { VV_LBFGS_HISTORY = 10 };

/* Local. Numbers of workspace for n variables: 2 * VV_LBFGS_HISTORY + 4 vectors. */
int64_t vv_lbfgs_workspace(int64_t n);

/* Local, and collective where evaluate is. From x, in place, until the largest component of the gradient is
 * within `tolerance`, no step improves the value any more, or after `most` steps. x, workspace: aligned to 64
 * bytes, x: [n] */
void vv_lbfgs_minimize(const struct vv_objective *f, double tolerance, int64_t most, double *workspace,
                       double *x, struct vv_minimum *found);

#endif
