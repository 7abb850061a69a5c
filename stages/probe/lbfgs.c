/* SPDX-License-Identifier: MIT */
#include "stages/probe/lbfgs.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "stages/probe/core.h"

enum { MOST_TRIALS = 40 };

int64_t vv_lbfgs_workspace(int64_t n)
{
    return (2 * VV_LBFGS_HISTORY + 4) * n;
}

struct state {
    const struct vv_objective *f;
    int64_t n;
    double *s, *y;             /* [VV_LBFGS_HISTORY][n] */
    double *direction, *gradient, *trial, *trial_gradient; /* [n] */
    double rho[VV_LBFGS_HISTORY];
    int n_pairs, next;         /* kept; where the next goes */
};

static double largest(const double *v, int64_t n)
{
    double most = 0.0;
    for (int64_t i = 0; i < n; i++) {
        if (!(fabs(v[i]) <= most)) most = fabs(v[i]);
    }
    return most;
}

/* direction = - H gradient, by the two loops. */
static void set_direction(struct state *t)
{
    double alpha[VV_LBFGS_HISTORY] = {0.0};
    double *const q = t->direction;
    memcpy(q, t->gradient, (size_t)t->n * sizeof *q);
    for (int i = 0; i < t->n_pairs; i++) {
        const int k = (t->next - 1 - i + VV_LBFGS_HISTORY) % VV_LBFGS_HISTORY;
        alpha[k] = t->rho[k] * vv_probe_dot(t->s + k * t->n, q, t->n);
        vv_probe_add(q, -alpha[k], t->y + k * t->n, t->n);
    }
    if (t->f->precondition) {
        t->f->precondition(t->f->data, q);
    } else if (t->n_pairs > 0) {
        const int k = (t->next - 1 + VV_LBFGS_HISTORY) % VV_LBFGS_HISTORY;
        const double *const y = t->y + k * t->n;
        const double gamma = 1.0 / (t->rho[k] * vv_probe_dot(y, y, t->n));
        for (int64_t i = 0; i < t->n; i++) q[i] *= gamma;
    }
    for (int i = t->n_pairs - 1; i >= 0; i--) {
        const int k = (t->next - 1 - i + VV_LBFGS_HISTORY) % VV_LBFGS_HISTORY;
        const double beta = t->rho[k] * vv_probe_dot(t->y + k * t->n, q, t->n);
        vv_probe_add(q, alpha[k] - beta, t->s + k * t->n, t->n);
    }
    for (int64_t i = 0; i < t->n; i++) q[i] = -q[i];
}

/* A step along the direction that meets the weak Wolfe conditions; 0 when there is none. Where the decrease is
 * within the rounding of the value, slopes decide, which are more exact there (Hager & Zhang, SIAM J. Optim.
 * 16:170 (2005), eq. 4.1). Leaves trial and trial_gradient there. */
static double search(struct state *t, const double *x, double value, double slope, double step, double *found,
                     int64_t *evaluations)
{
    const double rounding = 1e-13 * fabs(value);
    double low = 0.0, high = INFINITY;
    for (int i = 0; i < MOST_TRIALS; i++) {
        memcpy(t->trial, x, (size_t)t->n * sizeof *x);
        vv_probe_add(t->trial, step, t->direction, t->n);
        t->f->evaluate(t->f->data, t->trial, found, t->trial_gradient);
        ++*evaluations;
        const double here = vv_probe_dot(t->trial_gradient, t->direction, t->n);
        const bool lower = *found <= value + 1e-4 * step * slope ||
                           (*found <= value + rounding && here <= -0.8 * slope);
        if (!lower) high = step;
        else if (!(here >= 0.9 * slope)) low = step;
        else return step;
        step = isinf(high) ? 2.0 * low : 0.5 * (low + high);
    }
    return 0.0;
}

static void remember(struct state *t, const double *x)
{
    double *const s = t->s + t->next * t->n, *const y = t->y + t->next * t->n;
    for (int64_t i = 0; i < t->n; i++) {
        s[i] = t->trial[i] - x[i];
        y[i] = t->trial_gradient[i] - t->gradient[i];
    }
    const double product = vv_probe_dot(s, y, t->n);
    if (!(product > 1e-300)) return; /* the rounding of a last step */
    t->rho[t->next] = 1.0 / product;
    t->next = (t->next + 1) % VV_LBFGS_HISTORY;
    if (t->n_pairs < VV_LBFGS_HISTORY) t->n_pairs++;
}

void vv_lbfgs_minimize(const struct vv_objective *f, double tolerance, int64_t most, double *workspace,
                       double *x, struct vv_minimum *found)
{
    const int64_t n = f->n;
    struct state t = {.f = f, .n = n, .s = workspace, .y = workspace + VV_LBFGS_HISTORY * n};
    t.direction = t.y + VV_LBFGS_HISTORY * n;
    t.gradient = t.direction + n;
    t.trial = t.gradient + n;
    t.trial_gradient = t.trial + n;
    *found = (struct vv_minimum){.evaluations = 1};
    f->evaluate(f->data, x, &found->value, t.gradient);
    while ((found->gradient = largest(t.gradient, n)) > tolerance && found->iterations < most) {
        double value = found->value;
        set_direction(&t);
        double slope = vv_probe_dot(t.gradient, t.direction, n);
        if (!(slope < 0.0)) break;
        const bool first = t.n_pairs == 0 && !f->precondition;
        const double start = first ? 1.0 / (1.0 + sqrt(-slope)) : 1.0;
        if (!(search(&t, x, found->value, slope, start, &value, &found->evaluations) > 0.0)) break;
        remember(&t, x);
        memcpy(x, t.trial, (size_t)n * sizeof *x);
        memcpy(t.gradient, t.trial_gradient, (size_t)n * sizeof *x);
        found->value = value;
        found->iterations++;
    }
    found->converged = found->gradient <= tolerance;
}
