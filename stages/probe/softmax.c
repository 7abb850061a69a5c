/* SPDX-License-Identifier: MIT */
#include "stages/probe/softmax.h"

#include <math.h>

static double largest(const double *s, int n)
{
    double most = s[0];
    for (int c = 1; c < n; c++)
        if (s[c] > most) most = s[c];
    return most;
}

double vv_softmax_residual(double *s, int n, int32_t target, double *undecided)
{
    const double most = largest(s, n), own = s[target];
    double sum = 0.0, squares = 0.0;
    for (int c = 0; c < n; c++) {
        s[c] = exp(s[c] - most);
        sum += s[c];
    }
    if (!isfinite(sum)) {
        for (int c = 0; c < n; c++) s[c] = 0.0;
        *undecided = 0.0;
        return INFINITY;
    }
    for (int c = 0; c < n; c++) {
        s[c] /= sum;
        squares += s[c] * s[c];
    }
    s[target] -= 1.0;
    *undecided = squares < 1.0 ? 1.0 - squares : 0.0;
    return log(sum) + (most - own);
}

int32_t vv_softmax_predict(const double *s, int n, int32_t target, double *loss)
{
    const double limit = -log(VV_PROBE_LEAST_P);
    int32_t best = 0;
    double sum = 0.0;
    for (int c = 1; c < n; c++)
        if (s[c] > s[best]) best = c;
    for (int c = 0; c < n; c++) sum += exp(s[c] - s[best]);
    *loss = target < 0 ? limit : log(sum) + (s[best] - s[target]);
    if (!(*loss < limit)) *loss = limit;
    return best;
}
