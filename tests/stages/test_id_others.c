/* SPDX-License-Identifier: MIT */
/* The estimators beside TwoNN and Gride: brute force on one rank's copy of all data, closed forms, manifolds of known
 * dimension, spectra that are known.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "stages/id/abide.h"
#include "stages/id/binomial.h"
#include "stages/id/blocks.h"
#include "stages/id/fixed.h"
#include "neighbors/kstar.h"
#include "stages/id/mle.h"
#include "stages/id/spectrum.h"
#include "stages/id/twonn.h"
#include "vv_data.h"

/* Uniform on a d-torus, flat in 2 d dimensions: no boundary, constant density. */
static double *torus(int64_t n, int d, uint32_t stream)
{
    double *x = vv_mem_new(n * 2 * d, sizeof *x, "torus");
    for (int64_t i = 0; i < n * d; i++) {
        const double a = 6.283185307179586 * vv_rng_uniform(5, stream, (uint64_t)i, 0);
        x[2 * i] = cos(a);
        x[2 * i + 1] = sin(a);
    }
    return x;
}

/* Normal deviates, of another spread in each column, on integers of 1/1024: exact in float32. */
static double *normals(int64_t n, int64_t d, uint32_t stream)
{
    double *x = vv_mem_new(n * d, sizeof *x, "normals");
    for (int64_t i = 0; i < n * d; i++)
        x[i] = ldexp(rint(ldexp(vv_rng_normal(6, stream, (uint64_t)i, 0) * (1.0 + (double)(i % d)), 10)), -10);
    return x;
}

struct pair {
    double distance;
    int64_t index;
};

static int by_distance(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->distance != y->distance) return x->distance < y->distance ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* All lists of all rows by sorting. out: [n][n], the row itself last */
static struct pair *witness_lists(const double *x, int64_t n, int64_t d)
{
    struct pair *out = vv_mem_new(n * n, sizeof *out, "all distances");
    for (int64_t i = 0; i < n; i++) {
        for (int64_t o = 0; o < n; o++) {
            double squares = 0.0;
            for (int64_t j = 0; j < d; j++)
                squares += (x[i * d + j] - x[o * d + j]) * (x[i * d + j] - x[o * d + j]);
            out[i * n + o] = (struct pair){o == i ? INFINITY : sqrt(squares), o};
        }
        qsort(out + i * n, (size_t)n, sizeof *out, by_distance);
    }
    return out;
}

/* k* with the powers of the radii, as printed. */
static int witness_kstar(const struct pair *lists, int64_t n, int64_t i, int k, double d, double threshold)
{
    for (int j = 4; j < k; j++) {
        const struct pair *const own = lists + i * n, *const other = lists + own[j - 1].index * n;
        const double a = pow(own[j - 2].distance, d), b = pow(other[j - 2].distance, d);
        const double statistic = -2.0 * (j - 1) * (log(a) + log(b) - 2.0 * log(a + b) + log(4.0));
        if (statistic > threshold) return j - 1;
    }
    return k - 1;
}

static void the_threshold_is_a_quantile(void **state)
{
    (void)state;
    vv_assert_close(vv_kstar_threshold(1e-6), 23.92812698, 4e-10);
    vv_assert_close(vv_kstar_threshold(0.05), 3.841458820694124, 1e-13);
    assert_true(vv_kstar_statistic(9, 0.0) == 0.0);
    for (double u = 1e-6; u < 600.0; u *= 3.0) /* long double keeps what the plain formula loses */
        vv_assert_close(vv_kstar_statistic(5, -u), (double)(20.0L * logl(coshl(u / 2.0L))), u < 1e-3 ? 1e-6 : 1e-12);
    assert_true(isfinite(vv_kstar_statistic(100, 1e6)));
    const double equal[8] = {0.0};
    const double last[8] = {0, 0, 0, 0, 0, 0, 0, 1e3}, zeros[8] = {0, 0, 0, 0, NAN, NAN, -INFINITY, 0};
    assert_int_equal(vv_kstar_of(equal, 8, 2.0, 24.0), 7);
    assert_int_equal(vv_kstar_of(last, 8, 2.0, 24.0), 6); /* the first that fails, not maxk - 1 */
    assert_int_equal(vv_kstar_of(zeros, 8, 2.0, 24.0), 5);
    assert_int_equal(vv_kstar_of(equal, 4, 2.0, 24.0), 3);
}

static void abide_is_what_the_reference_does(void **state)
{
    enum { N = 260, D = 3, K = 60, ITERATIONS = 5 };
    double *x = normals(N, D, 1);
    struct pair *lists = witness_lists(x, N, D);
    struct vv_neighbors nb = vv_test_neighbors(x, N, D, K, VV_EUCLIDEAN);
    struct vv_abide_step steps[ITERATIONS + 1];
    struct vv_id_estimate start = {.value = 2.7, .std_error = 0.1}, e;
    (void)state;
    vv_assert_ok(vv_abide_estimate(vv_world, &nb, &start, &(struct vv_abide){ITERATIONS, 1e-6, 0.0}, steps, &e));
    double d = 2.7;
    int kstar[N];
    for (int step = 0; step <= ITERATIONS; step++) {
        if (step > 0) {
            const double ratio = fmin(0.975, pow(0.2032, 1.0 / d));
            double inside = 0.0, available = 0.0;
            for (int i = 0; i < N; i++) {
                for (int j = 0; j < N; j++)
                    inside += lists[i * N + j].distance < ratio * lists[i * N + kstar[i] - 1].distance;
                available += kstar[i] - 1;
            }
            vv_assert_close(steps[step].ratio, ratio, 1e-13);
            d = log(inside / N / (available / N)) / log(ratio);
            vv_assert_close(steps[step].std_error,
                            sqrt((pow(ratio, -d) - 1.0) / (available * log(ratio) * log(ratio))), 1e-12);
        }
        double sum = 0.0;
        for (int i = 0; i < N; i++) sum += kstar[i] = witness_kstar(lists, N, i, K, d, 23.92812698);
        vv_assert_close(steps[step].value, d, 1e-12);
        vv_assert_close(steps[step].mean_kstar, sum / N, 1e-14);
    }
    double radius = 0.0;
    for (int i = 0; i < N; i++) radius += lists[i * N + kstar[i] - 1].distance;
    vv_assert_close(e.distance, radius / N, 1e-13);
    assert_true(e.value == steps[ITERATIONS].value && e.n_used == N && e.n_excluded == 0);
    assert_true(steps[0].mean_kstar < K - 1); /* the density varies: the test stops somewhere */
    vv_neighbors_release(&nb);
    vv_mem_free(lists);
    vv_mem_free(x);
}

/* Distance from the mixture, its probabilities multiplied out, and from draws of the model itself. */
static void validation_knows_the_model(void **state)
{
    enum { K = 12, N = 4000 };
    int64_t kstars[K] = {0}, inside[K] = {0};
    struct vv_binomial b = {.k = K, .n_rows = N, .kstars = kstars, .inside = inside};
    const double d = 3.0, ratio = 0.8, p = pow(ratio, d);
    double model[K] = {0.0}, found = 0.0, expected = 0.0, most = 0.0;
    (void)state;
    for (int i = 0; i < N; i++) {
        const int k = 3 + i % 9;
        int m = 0;
        for (int j = 0; j < k - 1; j++) m += vv_rng_uniform(2, 3, (uint64_t)i, (uint32_t)j) < p;
        kstars[k]++;
        inside[m]++;
        double probability = pow(1.0 - p, k - 1);
        for (int q = 0; q < k; q++) {
            model[q] += probability;
            probability *= (k - 1.0 - q) / (q + 1.0) * p / (1.0 - p);
        }
    }
    for (int q = 0; q < K; q++) {
        found += (double)inside[q];
        expected += model[q];
        most = fmax(most, fabs(found - expected) / N);
    }
    vv_assert_close(vv_binomial_distance(&b, ratio, d), most, 1e-10);
    assert_true(vv_binomial_p_value(most, N) > 0.05);
    assert_true(vv_binomial_p_value(vv_binomial_distance(&b, ratio, 4.0), N) < 1e-6);
    /* quantiles of the Kolmogorov distribution */
    vv_assert_close(vv_binomial_p_value(1.3581 / 1e3, 1000000), 0.05, 1e-3);
    vv_assert_close(vv_binomial_p_value(1.6276 / 1e3, 1000000), 0.01, 2e-3);
    assert_true(vv_binomial_p_value(0.0, 100) == 1.0 && vv_binomial_p_value(1.0, 100) < 1e-30);
    vv_assert_close(vv_binomial_dimension(&b, ratio), d, 0.05);
    const double lengths[6] = {1, 2, 3, 4, 5, 10};
    assert_int_equal(vv_binomial_inside(lengths, 6, 0.3), 2); /* strictly below 3 */
    assert_int_equal(vv_binomial_inside(lengths, 6, 0.31), 3);
}

static void manifolds_have_their_dimension(void **state)
{
    enum { N = 3000 };
    static const int dims[] = {1, 2, 4};
    static const int64_t ks[] = {5, 10};
    (void)state;
    for (int t = 0; t < 3; t++) {
        const int d = dims[t];
        double *x = torus(N, d, (uint32_t)(40 + t)), averaged[2];
        struct vv_neighbors nb = vv_test_neighbors(x, N, 2 * d, 40, VV_EUCLIDEAN);
        struct vv_abide_step steps[6];
        struct vv_id_estimate start = {.value = d + 0.3, .std_error = 0.1}, e, mle[2];
        vv_assert_ok(vv_abide_estimate(vv_world, &nb, &start, &(struct vv_abide){5, 1e-6, 0.0}, steps, &e));
        /* neighborhoods overlap (errors are larger than stated), and beyond d = 2 the torus curves */
        assert_true(fabs(e.value - d) < 6.0 * e.std_error + (d > 2 ? 0.06 * d : 0.0));
        assert_true(steps[5].mean_kstar > 30.0);
        vv_assert_ok(vv_mle_estimate(vv_world, &nb, ks, 2, mle, averaged));
        for (int q = 0; q < 2; q++) {
            assert_true(fabs(mle[q].value - d) < 4.0 * mle[q].std_error + (d > 2 ? 0.06 * d : 0.0));
            /* without the correction high by (k - 1)/(k - 2) */
            const double factor = (double)(ks[q] - 1) / (double)(ks[q] - 2);
            vv_assert_close(averaged[q], factor * mle[q].value, 0.05);
            /* the spread of a Gamma variable of shape k - 1 */
            vv_assert_close(mle[q].std_error, mle[q].value / sqrt((double)(N * (ks[q] - 1))), 0.15);
        }
        vv_neighbors_release(&nb);
        vv_mem_free(x);
    }
}

static void maximum_likelihood_is_the_printed_formula(void **state)
{
    enum { N = 150, D = 2 };
    static const int64_t ks[] = {2, 7, 20, 21};
    double *x = normals(N, D, 2), averaged[4];
    struct pair *lists = witness_lists(x, N, D);
    struct vv_neighbors nb = vv_test_neighbors(x, N, D, 20, VV_EUCLIDEAN);
    struct vv_id_estimate e[4];
    (void)state;
    vv_assert_ok(vv_mle_estimate(vv_world, &nb, ks, 4, e, averaged));
    for (int q = 0; q < 3; q++) {
        double sum = 0.0, squares = 0.0, plain = 0.0, length = 0.0;
        for (int i = 0; i < N; i++) {
            double s = 0.0;
            for (int j = 0; j + 1 < ks[q]; j++)
                s += log(lists[i * N + ks[q] - 1].distance / lists[i * N + j].distance);
            s /= (double)(ks[q] - 1);
            sum += s / N;
            squares += s * s / N;
            plain += 1.0 / s / N;
            length += lists[i * N + ks[q] - 1].distance / N;
        }
        vv_assert_close(e[q].value, 1.0 / sum, 1e-12);
        vv_assert_close(e[q].std_error, sqrt((squares - sum * sum) / N) / (sum * sum), 1e-10);
        vv_assert_close(averaged[q], plain, 1e-12);
        vv_assert_close(e[q].distance, length, 1e-13);
    }
    assert_int_equal(e[3].reason, VV_ID_FEW_NEIGHBORS);
    assert_true(isnan(e[3].value) && isnan(averaged[3]) && e[3].n_used == 0);
    vv_neighbors_release(&nb);
    vv_mem_free(lists);
    vv_mem_free(x);
}

static void binomial_counts_within_a_share_of_the_radius(void **state)
{
    enum { N = 150, D = 2 };
    static const int64_t ks[] = {2, 6, 20, 21};
    const double ratio = 0.6;
    double *x = normals(N, D, 3), mean, deviation;
    struct pair *lists = witness_lists(x, N, D);
    struct vv_neighbors nb = vv_test_neighbors(x, N, D, 20, VV_EUCLIDEAN);
    struct vv_fixed_estimate e[4];
    (void)state;
    vv_assert_ok(vv_fixed_estimate(vv_world, &nb, ks, 4, ratio, e));
    for (int q = 0; q < 3; q++) {
        int64_t inside = 0;
        const double available = (double)(N * (ks[q] - 1)), l = log(ratio);
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                inside += lists[i * N + j].distance <= ratio * lists[i * N + ks[q] - 1].distance;
        const double d = log((double)inside / available) / l;
        vv_assert_close(e[q].e.value, d, 1e-12);
        vv_assert_close(e[q].e.std_error, sqrt((pow(ratio, -d) - 1.0) / (available * l * l)), 1e-12);
        /* psi(a) - psi(b) and its derivative as sums: a and b differ by an integer */
        double psi = 0.0, psi1 = 0.0;
        for (int64_t a = 1 + inside; a < 2 + (int64_t)available; a++) {
            psi -= 1.0 / (double)a;
            psi1 += 1.0 / ((double)a * (double)a);
        }
        vv_assert_close(e[q].posterior, psi / l, 1e-11);
        vv_assert_close(e[q].posterior_deviation, sqrt(psi1) / -l, 1e-11);
    }
    assert_int_equal(e[3].e.reason, VV_ID_FEW_NEIGHBORS);
    assert_true(isnan(e[3].e.value) && isnan(e[3].posterior));
    vv_binomial_posterior(0, 3, 0.5, &mean, &deviation); /* small arguments: a = 1, a + b = 5 */
    vv_assert_close(mean, (1.0 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4) / log(2.0), 1e-12);
    vv_assert_close(deviation, sqrt(1.0 + 1.0 / 4 + 1.0 / 9 + 1.0 / 16) / log(2.0), 1e-12);
    vv_neighbors_release(&nb);
    vv_mem_free(lists);
    vv_mem_free(x);
}

static void bayes_is_the_posterior_of_a_gamma_prior(void **state)
{
    struct vv_id_estimate ml = {.value = 3.0, .n_used = 31}, e; /* sum ln mu = 30 / 3 */
    double mode;
    (void)state;
    vv_twonn_bayes(&ml, 2.0, 5.0, &e, &mode);
    vv_assert_close(e.value, 33.0 / 15.0, 1e-14);
    vv_assert_close(e.std_error, sqrt(33.0) / 15.0, 1e-14);
    vv_assert_close(mode, 32.0 / 15.0, 1e-14);
    vv_id_estimate_miss(&ml, VV_ID_FEW_ROWS);
    vv_twonn_bayes(&ml, 2.0, 5.0, &e, &mode);
    assert_true(isnan(e.value) && isnan(mode) && e.reason == VV_ID_FEW_ROWS);
}

static void duplicates_and_tiny_data_have_reasons(void **state)
{
    double same[40], few[4] = {0.0, 1.0, 3.0, 7.0}, averaged[1], twins[60];
    static const int64_t ks[] = {3};
    struct vv_abide_step steps[3];
    struct vv_id_estimate start = {.value = 1.0, .std_error = 0.1}, e;
    (void)state;
    for (int i = 0; i < 40; i++) same[i] = 7.0;
    struct vv_neighbors nb = vv_test_neighbors(same, 40, 1, 6, VV_EUCLIDEAN);
    vv_assert_ok(vv_abide_estimate(vv_world, &nb, &start, &(struct vv_abide){2, 1e-6, 0.0}, steps, &e));
    assert_int_equal(e.reason, VV_ID_FEW_ROWS);
    assert_int_equal(e.n_excluded, 40);
    vv_assert_ok(vv_mle_estimate(vv_world, &nb, ks, 1, &e, averaged));
    assert_int_equal(e.reason, VV_ID_FEW_ROWS);
    vv_neighbors_release(&nb);

    for (int i = 0; i < 60; i++) twins[i] = i < 20 ? i / 2 : vv_rng_uniform(9, 1, (uint64_t)i, 0) * 40.0;
    nb = vv_test_neighbors(twins, 60, 1, 12, VV_EUCLIDEAN);
    vv_assert_ok(vv_abide_estimate(vv_world, &nb, &start, &(struct vv_abide){2, 1e-6, 0.0}, steps, &e));
    assert_int_equal(e.n_excluded, 20);
    assert_true(isfinite(e.value) && e.n_used == 40);
    vv_neighbors_release(&nb);

    nb = vv_test_neighbors(few, 4, 1, 3, VV_EUCLIDEAN);
    vv_assert_ok(vv_abide_estimate(vv_world, &nb, &start, &(struct vv_abide){2, 1e-6, 0.0}, steps, &e));
    assert_int_equal(e.reason, VV_ID_FEW_NEIGHBORS);
    assert_true(isnan(steps[2].value));
    vv_neighbors_release(&nb);
}

static struct vv_id_estimate blocks(const double *x, int64_t n, int64_t d, int k, int64_t b, const int64_t *order)
{
    struct vv_matrix m = vv_test_matrix(x, n, d, VV_FLOAT64);
    struct vv_neighbors nb = vv_test_neighbors(x, n, d, k, VV_EUCLIDEAN);
    const struct vv_subsets how = {.matrix = &m, .neighbors = &nb, .fraction = 0.9};
    struct vv_id_estimate e;
    vv_assert_ok(vv_blocks_estimate(vv_world, &how, order, b, &e));
    vv_matrix_release(&m);
    vv_neighbors_release(&nb);
    return e;
}

/* Each block by itself, from its own sorted distances. */
static void blocks_are_disjoint_and_each_is_fitted(void **state)
{
    enum { N = 203, D = 4, B = 5 };
    double *x = torus(N, 2, 60), sum = 0.0, squares = 0.0, part[N * D];
    int64_t order[N];
    int32_t block[N];
    (void)state;
    vv_assert_ok(vv_rng_order(4, vv_rng_stream("id/blocks"), N, NULL, order));
    vv_blocks_assign(order, N, B, block);
    bool moved = false;
    for (int i = 0; i < N; i++) moved = moved || (i > 0 && block[i] < block[i - 1]);
    assert_true(moved); /* a random order, not that of the rows */
    for (int g = 0; g < B; g++) {
        int64_t n = 0;
        double excess[N];
        struct vv_id_estimate fit, ml;
        for (int i = 0; i < N; i++)
            if (block[i] == g) memcpy(part + D * n++, x + D * i, D * sizeof *x);
        assert_true(n == N / B || n == N / B + 1);
        struct pair *lists = witness_lists(part, n, D);
        for (int64_t i = 0; i < n; i++)
            excess[i] = (lists[i * n + 1].distance - lists[i * n].distance) / lists[i * n].distance;
        vv_assert_ok(vv_twonn_estimate(excess, n, 0.9, 0, &fit, &ml));
        sum += fit.value / B;
        squares += fit.value * fit.value / B;
        vv_mem_free(lists);
    }
    const struct vv_id_estimate table = blocks(x, N, D, 120, B, order), search = blocks(x, N, D, 2, B, order);
    vv_assert_close(table.value, sum, 1e-12);
    vv_assert_close(table.std_error, sqrt((squares - sum * sum) / B), 1e-9);
    assert_true(table.value == search.value && table.std_error == search.std_error);
    assert_true(table.distance == search.distance && table.n_used == N);
    assert_int_equal(blocks(x, N, D, 4, 30, order).reason, VV_ID_FEW_ROWS);
    vv_mem_free(x);
}

static struct vv_spectrum_result spectrum(const double *x, int64_t n, int64_t d, enum vv_real type, double variance,
                                          int64_t limit)
{
    struct vv_matrix m = vv_test_matrix(x, n, d, type);
    const struct vv_spectrum how = {.variance = variance, .limit = limit, .threads = 2};
    struct vv_spectrum_result r;
    struct vv_progress progress;
    vv_progress_begin(&progress, NULL, "test");
    progress.interval = 1e9;
    vv_assert_ok(vv_spectrum_estimate(vv_world, &m, &how, &progress, &r));
    vv_matrix_release(&m);
    return r;
}

/* Rows of a Hadamard matrix times a length for each column: the covariance is diagonal, and known. */
static void known_spectra(void **state)
{
    enum { N = 64, D = 6 };
    static const double variances[D] = {16, 9, 4, 1, 0.25, 0};
    double x[N * D], wide[8 * 64];
    (void)state;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < D; j++)
            x[i * D + j] = 1e4 + sqrt(variances[j]) * (__builtin_popcount((unsigned)(i & (j + 1))) % 2 ? -1.0 : 1.0);
    const double trace = 30.25, squares = 256 + 81 + 16 + 1 + 0.0625;
    struct vv_spectrum_result r = spectrum(x, N, D, VV_FLOAT64, 0.9, 100);
    vv_assert_close(r.participation_ratio, trace * trace / squares, 1e-11);
    assert_true(r.n_components == 3.0); /* 25/30.25 = 0.826, 29/30.25 = 0.959 */
    assert_true(spectrum(x, N, D, VV_FLOAT32, 25.0 / 30.25, 100).n_components == 2.0); /* exactly at the share */
    assert_true(spectrum(x, N, D, VV_FLOAT32, 0.83, 100).n_components == 3.0);
    assert_true(spectrum(x, N, D, VV_FLOAT64, 1.0, 100).n_components == 5.0);
    r = spectrum(x, N, D, VV_FLOAT64, 0.9, 5);
    assert_int_equal(r.reason, VV_ID_TOO_LARGE);
    assert_true(isnan(r.n_components));
    vv_assert_close(r.participation_ratio, trace * trace / squares, 1e-11);
    /* fewer rows than columns: 8 rows at the corners of a simplex have 7 equal eigenvalues */
    for (int i = 0; i < 8 * 64; i++) wide[i] = i / 64 == i % 64 ? 3.0 : 0.0;
    r = spectrum(wide, 8, 64, VV_FLOAT64, 0.9, 8);
    vv_assert_close(r.participation_ratio, 7.0, 1e-11);
    assert_true(r.n_components == 7.0);
}

/* Sums as printed, in plain double arithmetic. */
static void participation_is_the_ratio_of_traces(void **state)
{
    static const int64_t shapes[][2] = {{90, 7}, {40, 40}, {30, 70}, {300, 600}, {2, 3}, {2, 1}};
    (void)state;
    for (int t = 0; t < 6; t++) {
        const int64_t n = shapes[t][0], d = shapes[t][1];
        double *x = normals(n, d, (uint32_t)(10 + t)), trace = 0.0, squares = 0.0;
        double *mean = vv_mem_new(d, sizeof *mean, "means");
        for (int64_t i = 0; i < n * d; i++) mean[i % d] += x[i] / (double)n;
        for (int64_t a = 0; a < d; a++)
            for (int64_t b = 0; b < d; b++) {
                double c = 0.0;
                for (int64_t i = 0; i < n; i++) c += (x[i * d + a] - mean[a]) * (x[i * d + b] - mean[b]);
                trace += a == b ? c : 0.0;
                squares += c * c;
            }
        const struct vv_spectrum_result r = spectrum(x, n, d, VV_FLOAT32, 0.9, 1000);
        vv_assert_close(r.participation_ratio, trace * trace / squares, 1e-7);
        assert_int_equal(r.reason, VV_ID_FINE);
        for (int64_t i = 0; i < n * d; i++) x[i] = ldexp(x[i] + 1024.0, 900); /* far, and enormous */
        vv_assert_close(spectrum(x, n, d, VV_FLOAT64, 0.9, 1000).participation_ratio, r.participation_ratio, 1e-7);
        assert_true(spectrum(x, n, d, VV_FLOAT64, 0.9, 1000).n_components == r.n_components);
        vv_mem_free(mean);
        vv_mem_free(x);
    }
}

/* The covariance and the products of rows have the same spectrum: rows x against columns of zeros appended. */
static void both_ways_agree(void **state)
{
    enum { N = 50, D = 20, WIDE = 60 };
    double *x = normals(N, D, 30), wide[N * WIDE] = {0.0};
    (void)state;
    for (int i = 0; i < N; i++) memcpy(wide + i * WIDE, x + i * D, D * sizeof *x);
    for (double variance = 0.1; variance < 1.0; variance += 0.1) {
        const struct vv_spectrum_result a = spectrum(x, N, D, VV_FLOAT64, variance, 1000);
        const struct vv_spectrum_result b = spectrum(wide, N, WIDE, VV_FLOAT64, variance, 1000);
        vv_assert_close(a.participation_ratio, b.participation_ratio, 1e-6);
        assert_true(a.n_components == b.n_components && a.n_components > 0.0);
    }
    for (int i = 0; i < N * D; i++) x[i] = (double)(i % D) / 3.0;
    assert_int_equal(spectrum(x, N, D, VV_FLOAT64, 0.9, 1000).reason, VV_ID_CONSTANT);
    assert_int_equal(spectrum(x, 3, D, VV_FLOAT64, 0.9, 1000).reason, VV_ID_CONSTANT);
    assert_int_equal(spectrum(x, 1, D, VV_FLOAT64, 0.9, 1000).reason, VV_ID_FEW_ROWS);
    vv_mem_free(x);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_threshold_is_a_quantile),
    cmocka_unit_test(abide_is_what_the_reference_does),
    cmocka_unit_test(validation_knows_the_model),
    cmocka_unit_test(manifolds_have_their_dimension),
    cmocka_unit_test(maximum_likelihood_is_the_printed_formula),
    cmocka_unit_test(binomial_counts_within_a_share_of_the_radius),
    cmocka_unit_test(bayes_is_the_posterior_of_a_gamma_prior),
    cmocka_unit_test(duplicates_and_tiny_data_have_reasons),
    cmocka_unit_test(blocks_are_disjoint_and_each_is_fitted),
    cmocka_unit_test(known_spectra),
    cmocka_unit_test(participation_is_the_ratio_of_traces),
    cmocka_unit_test(both_ways_agree),
};

VV_TEST_MAIN(tests)
