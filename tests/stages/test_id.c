/* SPDX-License-Identifier: MIT */
/* Intrinsic dimension: published vectors, closed forms, manifolds of known dimension, and a witness
 * that maximizes the likelihood by bisection on one rank's copy of all data.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "stages/id/decimate.h"
#include "stages/id/gride.h"
#include "stages/id/measure.h"
#include "stages/id/twonn.h"
#include "vv_data.h"

struct results {
    struct vv_id_estimate fit, ml, gride[VV_ID_MOST_SCALES];
    int64_t n_filtered[VV_ID_MOST_SCALES];
    int n_scales;
};

static struct results measure(const double *values, int64_t n, int64_t d, int k,
                              enum vv_metric metric)
{
    struct results out = {.n_scales = 0};
    struct vv_neighbors nb = vv_test_neighbors(values, n, d, k, metric);
    struct vv_radii r;
    vv_assert_ok(vv_radii_init(&r, &nb, 1024));
    vv_assert_ok(vv_radii_twonn(vv_world, &r, 0.9, VV_TWONN_GROUPS, &out.fit, &out.ml));
    for (; out.n_scales + 1 < r.n_orders; out.n_scales++)
        vv_assert_ok(vv_radii_gride(vv_world, &r, out.n_scales, &out.gride[out.n_scales],
                                    &out.n_filtered[out.n_scales]));
    vv_radii_release(&r);
    vv_neighbors_release(&nb);
    return out;
}

/* Uniform on a d-torus, flat in 2 d dimensions: no boundary, constant density. */
static double *torus(int64_t n, int d, uint32_t stream)
{
    double *x = vv_mem_new(n * 2 * d, sizeof *x, "torus");
    for (int64_t i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            const double a =
                6.283185307179586 * vv_rng_uniform(5, stream, (uint64_t)i, (uint32_t)j);
            x[i * 2 * d + 2 * j] = cos(a);
            x[i * 2 * d + 2 * j + 1] = sin(a);
        }
    return x;
}

static void published_vectors(void **state)
{
    double X[200][5], Z[200][3], Y[200][2];
    (void)state;
    vv_common_set(X, Z);
    for (int i = 0; i < 200; i++)
        for (int j = 0; j < 2; j++) Y[i][j] = X[i][j];
    const struct results x = measure(&X[0][0], 200, 5, 8, VV_EUCLIDEAN);
    const struct results y = measure(&Y[0][0], 200, 2, 8, VV_EUCLIDEAN);
    vv_assert_close(x.fit.value, 4.514658, 2e-7);
    vv_assert_close(y.fit.value, 2.165118, 3e-7);
    vv_assert_close(x.ml.value, 4.690264, 2e-7);
    vv_assert_close(y.ml.value, 2.182721, 3e-7);
    vv_assert_close(x.gride[0].value, 4.69026, 2e-6);
    vv_assert_close(y.gride[0].value, 2.18272, 3e-6);
    vv_assert_close(x.gride[1].value, 4.24355, 2e-6);
    vv_assert_close(y.gride[1].value, 1.92432, 3e-6);
    vv_assert_close(x.gride[0].std_error, 0.33165, 2e-5);
    vv_assert_close(y.gride[0].std_error, 0.15434, 4e-5);
    vv_assert_close(x.gride[1].std_error, 0.21611, 3e-5);
    vv_assert_close(y.gride[1].std_error, 0.09808, 6e-5);
    vv_assert_close(x.ml.std_error, x.ml.value / sqrt(200.0), 1e-14);
    assert_int_equal(x.n_filtered[0] + x.n_filtered[1] + y.n_filtered[0] + y.n_filtered[1], 0);
    assert_int_equal(x.n_scales, 3); /* 1, 2, 4: 2 n1 within 8 neighbors */
}

/* The score of the plain likelihood, as printed in the paper, straight from pow(). */
static double witness_score(const double *mu, int64_t n, double c, int m, double d)
{
    double a = 0.0, b = 0.0;
    for (int64_t i = 0; i < n; i++) {
        a += log(mu[i]) / (1.0 - pow(mu[i], -d));
        b += log(mu[i]);
    }
    return c / d + (m - 1) * a - (2 * m - 1) * b;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Filter, bisection and error of the reference implementation, written anew. */
static void witness_gride(double *mu, int64_t n, int m, double *value, double *error,
                          int64_t *n_filtered)
{
    qsort(mu, (size_t)n, sizeof *mu, ascending);
    const double p50 = 0.50 * (double)(n - 1), p95 = 0.95 * (double)(n - 1);
    const int64_t i50 = (int64_t)p50, i95 = (int64_t)p95;
    const double q50 = mu[i50] + (p50 - (double)i50) * (mu[i50 + 1] - mu[i50]);
    const double q95 = mu[i95] + (p95 - (double)i95) * (mu[i95 + 1] - mu[i95]);
    int64_t kept = 0;
    while (kept < n && mu[kept] < q50 + 20.0 * (q95 - q50)) kept++;
    double low = 1e-3, high = 1e3, information;
    for (int i = 0; i < 200; i++) {
        const double middle = 0.5 * (low + high);
        if (witness_score(mu, kept, (double)kept - 1.0, m, middle) > 0.0) low = middle;
        else high = middle;
    }
    information = (double)n / (low * low);
    for (int64_t i = 0; i < n; i++) {
        const double p = pow(mu[i], -low);
        information += (m - 1) * log(mu[i]) * log(mu[i]) * p / ((1.0 - p) * (1.0 - p));
    }
    *value = low;
    *error = 1.0 / sqrt(information);
    *n_filtered = n - kept;
}

static void gride_is_the_root_of_the_score(void **state)
{
    enum { N = 700, K = 64 };
    (void)state;
    for (int d = 1; d <= 3; d++) {
        double *x = vv_mem_new(N * d, sizeof *x, "data"), *mu = vv_mem_new(N, sizeof *mu, "mu");
        for (int64_t i = 0; i < N; i++)
            for (int j = 0; j < d; j++) /* skewed, so that the filter has something to cut */
                x[i * d + j] = exp(1.5 * vv_rng_normal(6, 1, (uint64_t)i, (uint32_t)j));
        const struct results r = measure(x, N, d, K, VV_EUCLIDEAN);
        for (int s = 0; s < r.n_scales; s++) {
            double value, error;
            int64_t n_filtered;
            for (int i = 0; i < N; i++) { /* radii by sorting all distances of the row */
                double all[N];
                for (int o = 0; o < N; o++) {
                    double squares = 0.0;
                    for (int j = 0; j < d; j++)
                        squares += (x[i * d + j] - x[o * d + j]) * (x[i * d + j] - x[o * d + j]);
                    all[o] = o == i ? -1.0 : sqrt(squares);
                }
                qsort(all, N, sizeof *all, ascending);
                mu[i] = all[2 << s] / all[1 << s];
            }
            witness_gride(mu, N, 1 << s, &value, &error, &n_filtered);
            vv_assert_close(r.gride[s].value, value, 1e-9);
            vv_assert_close(r.gride[s].std_error, error, 1e-9);
            assert_int_equal(r.n_filtered[s], n_filtered);
            if (d == 1 && s == 0) assert_true(n_filtered > 0);
        }
        assert_int_equal(r.n_scales, 6);
        vv_mem_free(x);
        vv_mem_free(mu);
    }
}

static void tori_have_their_dimension(void **state)
{
    enum { N = 3000 };
    static const int dims[] = {1, 2, 5};
    (void)state;
    for (int t = 0; t < 3; t++) {
        const int d = dims[t];
        double *x = torus(N, d, (uint32_t)(100 + t));
        const struct results r = measure(x, N, 2 * d, 16, VV_EUCLIDEAN);
        assert_true(fabs(r.ml.value - d) < 3.0 * r.ml.std_error);
        assert_true(fabs(r.fit.value - d) < 3.0 * r.fit.std_error);
        /* the jackknife error is an error: as large as that of the most efficient estimator, nearly */
        assert_true(r.fit.std_error > 0.7 * r.ml.std_error);
        assert_true(r.fit.std_error < 2.0 * r.ml.std_error);
        /* curvature biases d = 5 at larger scales: there only the smallest is held to its error */
        for (int s = 0; s < (d < 5 ? r.n_scales : 1); s++) {
            const double bias = d == 1 ? 0.02 : 0.01; /* of the filter at low d, see the notes */
            assert_true(fabs(r.gride[s].value - d) < 3.0 * r.gride[s].std_error + bias * d);
        }
        vv_mem_free(x);
    }
}

static void offsets_and_scales_change_nothing(void **state)
{
    enum { N = 400, D = 3 };
    double x[N * D], far[N * D];
    (void)state;
    for (int i = 0; i < N * D; i++) {
        x[i] = ldexp(floor(ldexp(vv_rng_normal(8, 1, (uint64_t)i, 0), 20)), -20);
        far[i] = 4.0 * x[i] + 4194304.0; /* exact: 2^22 plus a multiple of 2^-18 */
    }
    const struct results a = measure(x, N, D, 16, VV_EUCLIDEAN);
    const struct results b = measure(far, N, D, 16, VV_EUCLIDEAN);
    vv_assert_close(a.fit.value, b.fit.value, 1e-11);
    vv_assert_close(a.ml.value, b.ml.value, 1e-11);
    for (int s = 0; s < a.n_scales; s++) {
        vv_assert_close(a.gride[s].value, b.gride[s].value, 1e-11);
        vv_assert_close(4.0 * a.gride[s].distance, b.gride[s].distance, 1e-11);
    }
}

static void cosine_distances_count_as_chords(void **state)
{
    enum { N = 2000 };
    double *x = vv_mem_new(N * 3, sizeof *x, "sphere");
    (void)state;
    for (int i = 0; i < N * 3; i++)
        x[i] = vv_rng_normal(9, 1, (uint64_t)(i / 3), (uint32_t)(i % 3));
    const struct results r = measure(x, N, 3, 4, VV_COSINE);
    assert_true(fabs(r.ml.value - 2.0) < 3.0 * r.ml.std_error); /* 1 - cos itself would give 1 */
    vv_mem_free(x);
}

static void zero_distances_are_left_out_and_counted(void **state)
{
    enum { N = 300, TWINS = 100 };
    double x[(N + TWINS) * 2], inner[N], outer[N], excess[N];
    struct vv_id_estimate fit, ml;
    (void)state;
    for (int i = 0; i < N + TWINS; i++)
        for (int j = 0; j < 2; j++)
            x[2 * i + j] = vv_rng_uniform(3, 1, (uint64_t)(i < N ? i : i - N), (uint32_t)j);
    const struct results r = measure(x, N + TWINS, 2, 8, VV_EUCLIDEAN);
    assert_int_equal(r.ml.n_excluded, 2 * TWINS); /* both of each pair */
    assert_int_equal(r.ml.n_used, N - TWINS);
    assert_true(isfinite(r.fit.value) && isfinite(r.ml.value) && isfinite(r.gride[1].value));
    assert_int_equal(r.gride[1].n_excluded, 0); /* neighbor 2 is never at zero */
    /* the estimate is that of the remaining ratios */
    for (int i = 0; i < N; i++) {
        inner[i] = 1.0 + i;
        outer[i] = (1.0 + i) * exp(0.01 * (1 + i % 17));
    }
    vv_id_excess(inner, outer, N, excess);
    vv_assert_ok(vv_twonn_estimate(excess, N, 0.9, 0, &fit, &ml));
    const double before = ml.value;
    double twice[2 * N];
    for (int i = 0; i < N; i++) {
        twice[2 * i] = excess[i];
        twice[2 * i + 1] = -1.0;
    }
    vv_assert_ok(vv_twonn_estimate(twice, 2 * N, 0.9, 0, &fit, &ml));
    vv_assert_close(ml.value, before, 1e-14);
    assert_int_equal(ml.n_excluded, N);
}

static void hopeless_data_have_a_reason(void **state)
{
    double lattice[64 * 2], few[3] = {0.0, 1.0, 3.0}, same[40];
    (void)state;
    for (int i = 0; i < 64; i++) {
        lattice[2 * i] = i % 8;
        lattice[2 * i + 1] = i / 8;
    }
    for (int i = 0; i < 40; i++) same[i] = 7.0;
    struct results r = measure(lattice, 64, 2, 2, VV_EUCLIDEAN);
    assert_int_equal(r.fit.reason, VV_ID_SAME_RATIOS);
    assert_int_equal(r.ml.reason, VV_ID_SAME_RATIOS);
    assert_int_equal(r.gride[0].reason, VV_ID_SAME_RATIOS);
    assert_true(isnan(r.fit.value) && isnan(r.gride[0].value) && isnan(r.gride[0].std_error));
    r = measure(same, 40, 1, 2, VV_EUCLIDEAN);
    assert_int_equal(r.ml.reason, VV_ID_FEW_ROWS);
    assert_int_equal(r.ml.n_excluded, 40);
    r = measure(few, 3, 1, 1, VV_EUCLIDEAN);
    assert_int_equal(r.fit.reason, VV_ID_FEW_NEIGHBORS);
    assert_int_equal(r.n_scales, 0);
    r = measure(few, 3, 1, 2, VV_EUCLIDEAN); /* ratios 3, 2, 1.5 */
    vv_assert_close(r.ml.value, 2.0 / log(9.0), 1e-14);
    vv_assert_close(r.ml.distance, (1 + 3 + 1 + 2 + 2 + 3) / 6.0, 1e-15);
}

static void gride_with_order_one_is_maximum_likelihood(void **state)
{
    double *x = torus(500, 3, 77);
    (void)state;
    const struct results r = measure(x, 500, 6, 4, VV_EUCLIDEAN);
    assert_int_equal(r.n_filtered[0], 0);
    vv_assert_close(r.gride[0].value, r.ml.value, 1e-12);
    vv_assert_close(r.gride[0].std_error, r.ml.std_error, 1e-12);
    vv_mem_free(x);
}

static struct vv_id_estimate decimate(const double *x, int64_t n, int64_t d, int k, int halving,
                                      int repetitions)
{
    struct vv_matrix m = vv_test_matrix(x, n, d, VV_FLOAT64);
    struct vv_neighbors nb = vv_test_neighbors(x, n, d, k, VV_EUCLIDEAN);
    const struct vv_subsets how = {.matrix = &m, .neighbors = &nb, .fraction = 0.9,
                                      .n_repetitions = repetitions, .seed = 4};
    struct vv_id_estimate e;
    vv_assert_ok(vv_decimation_estimate(vv_world, &how, halving, &e));
    vv_matrix_release(&m);
    vv_neighbors_release(&nb);
    return e;
}

static void decimation_by_table_and_by_search_agree(void **state)
{
    enum { N = 800 };
    double *x = torus(N, 2, 31);
    (void)state;
    for (int h = 1; h <= 3; h++) {
        const struct vv_id_estimate table = decimate(x, N, 4, 200, h, 3);
        const struct vv_id_estimate search = decimate(x, N, 4, 2, h, 3);
        assert_true(table.value == search.value && table.std_error == search.std_error);
        assert_true(table.distance == search.distance);
        assert_int_equal(table.n_used, N >> h);
        assert_true(fabs(table.value - 2.0) < 0.5);
    }
    vv_mem_free(x);
}

/* One draw, recomputed from the rows that the generator names. */
static void decimation_is_twonn_of_the_drawn_rows(void **state)
{
    enum { N = 301, M = 75 }; /* 301/4 = 75.25 */
    double *x = torus(N, 2, 32), part[M * 4];
    int64_t rows[M];
    (void)state;
    assert_int_equal(vv_decimation_rows(N, 2), M);
    assert_int_equal(vv_decimation_rows(10, 2), 2); /* half to even */
    vv_assert_ok(vv_rng_choose(4, vv_rng_stream("id/decimation"), 2 << 16, N, M, rows));
    for (int i = 0; i < M; i++) memcpy(part + 4 * i, x + 4 * rows[i], 4 * sizeof *x);
    const struct results r = measure(part, M, 4, 2, VV_EUCLIDEAN);
    const struct vv_id_estimate e = decimate(x, N, 4, 20, 2, 1);
    assert_true(e.value == r.fit.value);
    vv_assert_close(e.distance, r.fit.distance, 1e-15);
    assert_true(isnan(e.std_error));
    assert_int_equal(decimate(x, N, 4, 20, 6, 1).reason, VV_ID_FEW_ROWS);
    vv_mem_free(x);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(published_vectors),
    cmocka_unit_test(gride_is_the_root_of_the_score),
    cmocka_unit_test(tori_have_their_dimension),
    cmocka_unit_test(offsets_and_scales_change_nothing),
    cmocka_unit_test(cosine_distances_count_as_chords),
    cmocka_unit_test(zero_distances_are_left_out_and_counted),
    cmocka_unit_test(hopeless_data_have_a_reason),
    cmocka_unit_test(gride_with_order_one_is_maximum_likelihood),
    cmocka_unit_test(decimation_by_table_and_by_search_agree),
    cmocka_unit_test(decimation_is_twonn_of_the_drawn_rows),
};
VV_TEST_MAIN(tests)
