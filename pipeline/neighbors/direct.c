/* SPDX-License-Identifier: MIT */
/* Sums run in LANES independent lanes over chunks of CHUNK features; chunk sums are added in order.
 * That is a fixed order, vectorises without changing it (no contraction: see the Makefile), and its
 * error grows like CHUNK / LANES + n / CHUNK instead of n. */
#include "neighbors/direct.h"

#include <math.h>

enum { LANES = 8, CHUNK = 256 };

/* Squares between these neither overflow nor lose bits to underflow. */
#define SAFE_LOW 0x1p-900
#define SAFE_HIGH 0x1p900

/* Defines sum over j of (scale * (x[j] - y[j]))^2 for one type of values. */
#define DEFINE_SUM(name, real)                                                                     \
    static double name(const real *x, const real *y, int64_t n, double scale)                      \
    {                                                                                              \
        double total = 0.0;                                                                        \
        for (int64_t begin = 0; begin < n; begin += CHUNK) {                                       \
            const int64_t end = n - begin < CHUNK ? n : begin + CHUNK;                             \
            double lane[LANES] = {0.0};                                                            \
            int64_t j = begin;                                                                     \
            for (; j + LANES <= end; j += LANES)                                                   \
                for (int l = 0; l < LANES; l++) {                                                  \
                    const double d = ((double)x[j + l] - (double)y[j + l]) * scale;                \
                    lane[l] += d * d;                                                              \
                }                                                                                  \
            for (int l = 0; j < end; j++, l++) {                                                   \
                const double d = ((double)x[j] - (double)y[j]) * scale;                            \
                lane[l] += d * d;                                                                  \
            }                                                                                      \
            total += ((lane[0] + lane[1]) + (lane[2] + lane[3])) +                                 \
                     ((lane[4] + lane[5]) + (lane[6] + lane[7]));                                  \
        }                                                                                          \
        return total;                                                                              \
    }

DEFINE_SUM(sum_f32, float)
DEFINE_SUM(sum_f64, double)

static double sum_of(enum vv_real type, const void *x, const void *y, int64_t n, double scale)
{
    return type == VV_FLOAT32 ? sum_f32(x, y, n, scale) : sum_f64(x, y, n, scale);
}

static double largest_difference(enum vv_real type, const void *x, const void *y, int64_t n)
{
    double most = 0.0;
    for (int64_t j = 0; j < n; j++) {
        const double d = type == VV_FLOAT32
                             ? (double)((const float *)x)[j] - (double)((const float *)y)[j]
                             : ((const double *)x)[j] - ((const double *)y)[j];
        if (fabs(d) > most) most = fabs(d);
    }
    return most;
}

double vv_direct_distance(enum vv_metric metric, enum vv_real type, const void *x, const void *y,
                          int64_t n)
{
    const double sum = sum_of(type, x, y, n, 1.0);
    if (metric == VV_COSINE) return 0.5 * sum;
    if (sum > SAFE_LOW && sum < SAFE_HIGH) return sqrt(sum);
    const double most = largest_difference(type, x, y, n);
    if (most == 0.0) return 0.0;
    if (isinf(most)) return INFINITY; /* differences of finite values may exceed the range */
    int exponent = ilogb(most); /* the scale 2^-exponent must itself be in range */
    if (exponent > 1000) exponent = 1000;
    if (exponent < -1000) exponent = -1000;
    return ldexp(sqrt(sum_of(type, x, y, n, ldexp(1.0, -exponent))), exponent);
}

double vv_direct_norm(const double *x, int64_t n)
{
    double most = 0.0, total = 0.0;
    for (int64_t j = 0; j < n; j++)
        if (fabs(x[j]) > most) most = fabs(x[j]);
    if (most == 0.0) return 0.0;
    const int exponent = ilogb(most);
    for (int64_t begin = 0; begin < n; begin += CHUNK) {
        const int64_t end = n - begin < CHUNK ? n : begin + CHUNK;
        double part = 0.0;
        for (int64_t j = begin; j < end; j++) {
            const double v = ldexp(x[j], -exponent);
            part += v * v;
        }
        total += part;
    }
    return ldexp(sqrt(total), exponent);
}
