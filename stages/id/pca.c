/* SPDX-License-Identifier: MIT */
/* Participation ratio: (tr C)^2 / tr C^2 = (sum lambda)^2 / sum lambda^2, C the covariance. Components: the number of
 * eigenvalues, largest first, that carry 90 % of their sum (Ansuini et al. 2019, "PC-ID").
 *
 * Integers of 20 bits are products of 40, of which 2^13 can be added in the 53 bits of a double; further sums are
 * int64. Rounding a value to 2^-20 of the largest magnitude M of its column is noise of standard deviation
 * 2^-20 M / sqrt(12). It changes tr C relatively by 2 noise / spread / sqrt(n D), and because M^2 <= n D times the mean
 * variance that is 6e-7 when one value has all the variance, some 1e-8 in real data. Estimates from samples are known
 * to 1e-2 or 1e-3. */
#include "stages/id/pca.h"

#include <cblas.h>
#include <math.h>
#include <stddef.h>

#include "base/mem.h"

/* LAPACK's symmetric eigenvalues; comes with OpenBLAS. The last two are the lengths of the texts. */
extern void dsyev_(const char *job, const char *half, const int *n, double *a, const int *lda, double *values,
                   double *work, const int *n_work, int *info, size_t, size_t);

enum { MOST_BITS = 20, STRIPE = 64 };

int vv_pca_bits(int64_t n_terms)
{
    int log2 = 0;
    while (log2 < 62 && (int64_t)1 << log2 < n_terms) log2++;
    const int bits = (62 - log2) / 2;
    return bits < MOST_BITS ? bits : MOST_BITS;
}

int vv_pca_exponent(double value)
{
    int e = -1074;
    if (value != 0.0) frexp(value, &e);
    return e;
}

void vv_pca_scale(const struct vv_matrix *m, int64_t i, int64_t n_rows, int64_t j, int64_t n_cols,
                  const double *mean, const int *exponent, int bits, double *out)
{
    for (int64_t r = 0; r < n_rows; r++, out += n_cols) {
        const void *const row = vv_matrix_row(m, i + r);
        for (int64_t q = 0; q < n_cols; q++) {
            const double v = m->type == VV_FLOAT32 ? (double)((const float *)row)[j + q]
                                                   : ((const double *)row)[j + q];
            out[q] = v - mean[j + q];
        }
        for (int64_t q = 0; q < n_cols; q++) {
            const int shift = bits - exponent[j + q];
            /* powers of two beyond a double's range only for columns of extreme size */
            out[q] = rint(shift >= -1000 && shift <= 1000 ? out[q] * ldexp(1.0, shift) : ldexp(out[q], shift));
        }
        vv_matrix_passed(m, i + r);
    }
}

void vv_pca_add_columns(const double *a, int64_t n_a, const double *b, int64_t n_b, int64_t n_terms, int threads,
                        double *product, int64_t *sums)
{
    const int64_t n_stripes = (n_b + STRIPE - 1) / STRIPE;
    const int at_once = threads < n_stripes ? threads : (int)n_stripes;
#pragma omp parallel for num_threads(at_once > 0 ? at_once : 1)
    for (int t = 0; t < at_once; t++) {
        const int64_t from = n_b * t / at_once, to = n_b * (t + 1) / at_once;
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n_a, (int)(to - from), (int)n_terms, 1.0, a,
                    (int)n_a, b + from, (int)n_b, 0.0, product + from, (int)n_b);
        for (int64_t p = 0; p < n_a; p++)
            for (int64_t q = from; q < to; q++) sums[p * n_b + q] += (int64_t)product[p * n_b + q];
    }
}

void vv_pca_add_rows(const double *a, int64_t n_a, const double *b, int64_t n_b, int64_t n_terms, int threads,
                     double *product, int64_t *sums)
{
    const int64_t n_stripes = (n_a + STRIPE - 1) / STRIPE;
    const int at_once = threads < n_stripes ? threads : (int)n_stripes;
#pragma omp parallel for num_threads(at_once > 0 ? at_once : 1)
    for (int t = 0; t < at_once; t++) {
        const int64_t from = n_a * t / at_once, to = n_a * (t + 1) / at_once;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(to - from), (int)n_b, (int)n_terms, 1.0,
                    a + from * n_terms, (int)n_terms, b, (int)n_terms, 0.0, product + from * n_b, (int)n_b);
        for (int64_t p = from * n_b; p < to * n_b; p++) sums[p] += (int64_t)product[p];
    }
}

enum vv_status vv_pca_eigenvalues(double *matrix, int64_t n, double *values)
{
    const int order = (int)n;
    int n_work = -1, info = 0;
    double wanted = 0.0;
    dsyev_("N", "L", &order, matrix, &order, values, &wanted, &n_work, &info, 1, 1);
    n_work = (int)wanted;
    double *work = vv_mem_new(n_work, sizeof *work, "work space of LAPACK");
    if (!work) return VV_MEMORY;
    dsyev_("N", "L", &order, matrix, &order, values, work, &n_work, &info, 1, 1);
    vv_mem_free(work);
    if (info != 0) return vv_fail(VV_BUG, "the eigenvalues of the covariance do not converge (%d)", info);
    return VV_OK;
}

int64_t vv_pca_components(const double *values, int64_t n, double variance)
{
    double total = 0.0, sum = 0.0;
    for (int64_t i = n - 1; i >= 0; i--) total += values[i] > 0.0 ? values[i] : 0.0;
    for (int64_t i = n - 1; i >= 0; i--) {
        sum += values[i] > 0.0 ? values[i] : 0.0;
        if (sum >= total * (variance - 1e-9)) return n - i;
    }
    return n;
}
