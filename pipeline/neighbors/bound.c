/* SPDX-License-Identifier: MIT */
#include "neighbors/bound.h"

#include <float.h>
#include <math.h>

static double factor_of(enum vv_metric metric, double error)
{
    const double u = 0x1p-24, factor = metric == VV_INNER_PRODUCT ? error + 6.0 * u : 0.5 * error + 4.1 * u;
    return factor * (1.0 + 0x1p-10);
}

void vv_bound_set(struct vv_bound *b, enum vv_metric metric, int64_t n_cols, double error)
{
    const double n = (double)n_cols;
    *b = (struct vv_bound){.metric = metric,
                           .error = error,
                           .factor = factor_of(metric, error),
                           .tiny = 16.0 * (n + 16.0) * 0x1p-126, /* direct evaluation's: far below */
                           .slack = 8.0 * (n + 16.0) * 0x1p-53};
}

void vv_bound_widen(struct vv_bound *b, double error)
{
    if (error <= b->error) return;
    b->error = error;
    b->factor = factor_of(b->metric, error);
}

static float rounded_up(double x)
{
    const float f = nextafterf((float)x, INFINITY);
    return f < FLT_MAX ? f : FLT_MAX;
}

float vv_bound_limit(const struct vv_bound *b, float v, float length, float half)
{
    const double a = (double)length * (1.0 + 0x1p-20);
    if (b->metric == VV_INNER_PRODUCT) {
        const double error = b->factor * (a * b->most_length + fabs((double)half) + b->most_half) +
                             b->slack * (a + b->center_length) *
                                 (b->most_length + b->center_length) +
                             b->tiny;
        return rounded_up((double)v + 2.0 * error);
    }
    /* The largest distance d that may hide behind v: d^2 / 2 = v + factor (a^2 + (a + d)^2) + tiny */
    const double f = b->factor;
    const double known = (double)v + 2.0 * f * a * a + b->tiny;
    if (f >= 0.25) return FLT_MAX;
    const double d =
        (f * a + sqrt(f * f * a * a + (0.5 - f) * (known > 0.0 ? known : 0.0))) / (0.5 - f);
    return rounded_up(0.5 * d * d * (1.0 + b->slack) + f * (a * a + (a + d) * (a + d)) + b->tiny);
}
