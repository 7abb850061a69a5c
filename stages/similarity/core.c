/* SPDX-License-Identifier: MIT */
/* Centered kernel alignment (Kornblith, Norouzi, Lee, Hinton, ICML 2019): for centred X, Y
 * CKA = |X^T Y|_F^2 / (|X^T X|_F |Y^T Y|_F), with products of features, n D^2 operations a pair.
 *
 * Unbiased, over minibatches (Nguyen, Raghu, Kornblith, ICLR 2021, eq. 2-3): averages over the batches of
 * HSIC_1(K, L) = (tr KL + 1'K1 1'L1 / ((n-1)(n-2)) - 2 1'KL1 / (n-2)) / (n (n-3)), diagonals zero (Song et al.,
 * JMLR 13, 2012, eq. 5), n^2 D operations a batch of n.
 *
 * The sums of a cross product over blocks of samples are kept in fixed point: every block's product is computed
 * in floating point by BLAS, rounded once to a multiple of 2^-bits, and integers add up the same in any order.
 * With n = 10^4 the rounding is 2^-48 of the largest possible product of two features, far below that of the
 * products themselves. */
#include "stages/similarity/core.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

int vv_cross_bits(int64_t n)
{
    int digits = 0;
    while (digits < 62 && (int64_t)1 << digits < n) digits++;
    return 61 - digits;
}

void vv_cross_add(const double *x, const double *y, int n, int n_x, int n_y, int bits, double *product,
                  int64_t *sum)
{
    const double unit = ldexp(1.0, bits);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n_x, n_y, n, unit, x, n_x, y, n_y, 0.0, product, n_y);
    for (int64_t i = 0; i < (int64_t)n_x * n_y; i++) sum[i] += llrint(product[i]);
}

double vv_cross_squares(const int64_t *sum, int n_x, int n_y, int bits, const double *scale_x,
                        const double *scale_y)
{
    const double unit = ldexp(1.0, -bits);
    double total = 0.0;
    for (int i = 0; i < n_x; i++) {
        double row = 0.0;
        for (int j = 0; j < n_y; j++) {
            const double v = (double)sum[(int64_t)i * n_y + j] * unit * scale_y[j];
            row += v * v;
        }
        total += row * scale_x[i] * scale_x[i];
    }
    return total;
}

void vv_gram_add(const double *x, int n, int n_x, double *gram)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, n_x, 1.0, x, n_x, x, n_x, 1.0, gram, n);
}

static double squared_distance(const double *gram, int n, int i, int j)
{
    const int64_t row = (int64_t)i * n;
    const double d = gram[row + i] + gram[(int64_t)j * n + j] - 2.0 * gram[row + j];
    return d > 0.0 ? d : 0.0; /* rounding */
}

static int compare_values(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double vv_gram_median(const double *gram, int n, double *scratch)
{
    int64_t m = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) scratch[m++] = squared_distance(gram, n, i, j);
    if (m == 0) return 0.0;
    qsort(scratch, (size_t)m, sizeof *scratch, compare_values);
    return 0.5 * (sqrt(scratch[(m - 1) / 2]) + sqrt(scratch[m / 2]));
}

void vv_gram_gaussian(const double *gram, int n, double sigma, double *kernel)
{
    const double factor = -0.5 / (sigma * sigma);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            const double v = exp(factor * squared_distance(gram, n, i, j));
            kernel[(int64_t)i * n + j] = kernel[(int64_t)j * n + i] = v;
        }
}

double vv_hsic(const double *k, const double *l, int n, double *sums)
{
    double *const of_k = sums, *const of_l = sums + n;
    double trace = 0.0, all_k = 0.0, all_l = 0.0, both = 0.0;
    for (int i = 0; i < n; i++) {
        double dot = 0.0;
        of_k[i] = of_l[i] = 0.0;
        for (int j = 0; j < n; j++) {
            if (j == i) continue;
            const double a = k[(int64_t)i * n + j], b = l[(int64_t)i * n + j];
            dot += a * b;
            of_k[i] += a;
            of_l[i] += b;
        }
        trace += dot;
        all_k += of_k[i];
        all_l += of_l[i];
    }
    for (int i = 0; i < n; i++) both += of_k[i] * of_l[i];
    const double m = n;
    return (trace + all_k * all_l / ((m - 1.0) * (m - 2.0)) - 2.0 * both / (m - 2.0)) / (m * (m - 3.0));
}

enum { LANES = 8 };

static double lanes_sum(const double *v)
{
    return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
}

/* A power of two that brings values of at most `most` to where squares neither overflow nor vanish. */
static double into_range(double most)
{
    const int exponent = -ilogb(most);
    return ldexp(1.0, exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent);
}

static double largest(const double *x, int64_t n)
{
    double most = 0.0;
    for (int64_t j = 0; j < n; j++)
        if (fabs(x[j]) > most) most = fabs(x[j]);
    return most;
}

/* The angle by Kahan's formula, 2 atan(|u - v| / |u + v|) of the unit vectors u and v. */
bool vv_row_angle(const double *x, const double *y, int64_t n, double *cosine, double *angle)
{
    const double pi = 3.14159265358979323846;
    double xy[LANES] = {0.0}, xx[LANES] = {0.0}, yy[LANES] = {0.0}, minus[LANES] = {0.0}, plus[LANES] = {0.0};
    const double most_x = largest(x, n), most_y = largest(y, n);
    if (most_x == 0.0 || most_y == 0.0) return false;
    const double down_x = into_range(most_x), down_y = into_range(most_y);
    for (int64_t j = 0; j < n; j++) {
        const double a = x[j] * down_x, b = y[j] * down_y;
        xy[j % LANES] += a * b;
        xx[j % LANES] += a * a;
        yy[j % LANES] += b * b;
    }
    const double length_x = sqrt(lanes_sum(xx)), length_y = sqrt(lanes_sum(yy));
    for (int64_t j = 0; j < n; j++) {
        const double u = x[j] * down_x / length_x, v = y[j] * down_y / length_y;
        minus[j % LANES] += (u - v) * (u - v);
        plus[j % LANES] += (u + v) * (u + v);
    }
    const double c = lanes_sum(xy) / (length_x * length_y);
    *cosine = c > 1.0 ? 1.0 : c < -1.0 ? -1.0 : c;
    *angle = 2.0 * atan2(sqrt(lanes_sum(minus)), sqrt(lanes_sum(plus))) / pi;
    return true;
}

double vv_cka(double xy, double xx, double yy)
{
    return xx > 0.0 && yy > 0.0 ? xy / (sqrt(xx) * sqrt(yy)) : NAN;
}
