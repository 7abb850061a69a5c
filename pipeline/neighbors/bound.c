/* SPDX-License-Identifier: MIT */
#include "neighbors/bound.h"

#include <float.h>
#include <math.h>

#include "neighbors/kernel.h"

void vv_bound_set(struct vv_bound *b, enum vv_metric metric, int64_t n_cols)
{
    const double u = 0x1p-24, n = (double)n_cols, m = vv_kernel_chain(n_cols);
    const double g = m * u / (1.0 - m * u);
    const double factor = metric == VV_INNER_PRODUCT ? g + 6.0 * u : 0.5 * g + 4.1 * u;
    *b = (struct vv_bound){.metric = metric,
                           .factor = factor * (1.0 + 0x1p-10),
                           .tiny = 16.0 * (n + 16.0) * 0x1p-149, /* direct evaluation's: far below */
                           .slack = 8.0 * (n + 16.0) * 0x1p-53};
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
