/* SPDX-License-Identifier: MIT */
#include "neighbors/direct.h"

#include <math.h>

#include "neighbors/direct_sums.inc"
#include "neighbors/kernel.h"

/* Squares between these neither overflow nor lose bits to underflow. */
#define SAFE_LOW 0x1p-900
#define SAFE_HIGH 0x1p900

/* Sum of squares of the differences times scale. */
static double scaled_squares(enum vv_real type, const void *x, const void *y, int64_t n, double scale)
{
    double total = 0.0;
    if (type == VV_FLOAT32) squares_of_f32(x, &(const float *){y}, 1, n, scale, &total);
    else squares_of_f64(x, &(const double *){y}, 1, n, scale, &total);
    return total;
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

double vv_direct_finish(enum vv_metric metric, enum vv_real type, const void *x, const void *y,
                        int64_t n, double sum)
{
    if (metric == VV_COSINE) return 0.5 * sum;
    if (metric == VV_INNER_PRODUCT) return sum == 0.0 ? 0.0 : -sum; /* no -0 */
    if (sum > SAFE_LOW && sum < SAFE_HIGH) return sqrt(sum);
    const double most = largest_difference(type, x, y, n);
    if (most == 0.0) return 0.0;
    if (isinf(most)) return INFINITY; /* differences of finite values may exceed the range */
    int exponent = ilogb(most); /* the scale 2^-exponent must itself be in range */
    if (exponent > 1000) exponent = 1000;
    if (exponent < -1000) exponent = -1000;
    return ldexp(sqrt(scaled_squares(type, x, y, n, ldexp(1.0, -exponent))), exponent);
}

double vv_direct_norm(const double *x, int64_t n)
{
    double most = 0.0, total = 0.0;
    for (int64_t j = 0; j < n; j++)
        if (fabs(x[j]) > most) most = fabs(x[j]);
    if (most == 0.0) return 0.0;
    const int exponent = ilogb(most);
    for (int64_t begin = 0; begin < n; begin += VV_CHUNK) {
        const int64_t end = n - begin < VV_CHUNK ? n : begin + VV_CHUNK;
        double part = 0.0;
        for (int64_t j = begin; j < end; j++) {
            const double v = ldexp(x[j], -exponent);
            part += v * v;
        }
        total += part;
    }
    return ldexp(sqrt(total), exponent);
}

struct vv_sums vv_direct_sums(const struct vv_kernel *kernel, enum vv_metric metric)
{
    return metric == VV_INNER_PRODUCT ? kernel->products : kernel->squares;
}

double vv_direct_evaluate(const struct vv_sums *add, enum vv_metric metric, enum vv_real type,
                          const void *x, const void *y, int64_t n)
{
    double sum = 0.0;
    if (type == VV_FLOAT32) add->f32(x, &(const float *){y}, 1, n, &sum);
    else add->f64(x, &(const double *){y}, 1, n, &sum);
    return vv_direct_finish(metric, type, x, y, n, sum);
}

static const struct vv_sums plain_squares = {squares_f32, squares_f64},
                            plain_products = {products_f32, products_f64};

double vv_direct_distance(enum vv_metric metric, enum vv_real type, const void *x, const void *y,
                          int64_t n)
{
    return vv_direct_evaluate(metric == VV_INNER_PRODUCT ? &plain_products : &plain_squares, metric,
                              type, x, y, n);
}
