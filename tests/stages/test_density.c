/* SPDX-License-Identifier: MIT */
/* Densities against closed forms, plain powers, and brute force.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "neighbors/kstar.h"
#include "stages/density/adaptive.h"
#include "stages/density/core.h"
#include "vv_data.h"

static void volume_of_the_unit_ball(void **state)
{
    (void)state;
    vv_assert_close(vv_density_log_ball(1.0), log(2.0), 1e-15);
    vv_assert_close(vv_density_log_ball(2.0), log(acos(-1.0)), 1e-15);
    vv_assert_close(vv_density_log_ball(3.0), log(4.0 * acos(-1.0) / 3.0), 1e-15);
    assert_true(isfinite(vv_density_log_ball(2000.0)));
}

static void published_quantiles(void **state)
{
    (void)state;
    vv_assert_close(vv_kstar_threshold(1e-6), 23.92812698, 1e-9);
    vv_assert_close(vv_kstar_threshold(0.05), 3.841458820694124, 1e-13);
    vv_assert_close(vv_kstar_threshold(0.5), 0.454936423119572, 1e-12);
    for (double alpha = 1e-3; alpha > 1e-200; alpha *= 1e-7)
        vv_assert_close(erfc(sqrt(0.5 * vv_kstar_threshold(alpha))), alpha, 1e-9);
}

/* The form with volumes that the reference uses, where it does not overflow. */
static double ratio_by_powers(double d, int64_t k, double a, double b)
{
    const double v = exp(vv_density_log_ball(d)) * pow(a, d), w = exp(vv_density_log_ball(d)) * pow(b, d);
    return -2.0 * (double)k * (log(v) + log(w) - 2.0 * log(v + w) + log(4.0));
}

static void likelihood_ratio_in_logarithms(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        const double d = 1.0 + 9.0 * vv_rng_uniform(1, 1, (uint64_t)i, 0);
        const double a = 0.5 + vv_rng_uniform(1, 1, (uint64_t)i, 1), b = 0.5 + vv_rng_uniform(1, 1, (uint64_t)i, 2);
        const double ours = vv_density_ratio(d, 3 + i, a, b), theirs = ratio_by_powers(d, 3 + i, a, b);
        assert_true(fabs(ours - theirs) < 1e-9 * (1.0 + theirs));
        vv_assert_close(ours, vv_density_ratio(d, 3 + i, b, a), 1e-12);
    }
    assert_true(vv_density_ratio(198.0, 10, 1e60, 1e60) == 0.0);
    vv_assert_close(vv_density_ratio(200.0, 5, 1e80, 1e79), 4.0 * 5.0 * (100.0 * log(10.0) - log(2.0)), 1e-12);
    vv_assert_close(vv_density_ratio(1e-3, 5, 2.0, 1.0), 20.0 * 0.125 * pow(1e-3 * log(2.0), 2), 1e-6);
    assert_true(vv_density_ratio(2.0, 5, 0.0, 0.0) == 0.0 && isinf(vv_density_ratio(2.0, 5, 1.0, 0.0)));
    /* A ball without a radius is no reason to stop; one around a neighbor is. */
    assert_false(vv_density_changes(2.0, 5, 0.0, 1.0, 23.9));
    assert_true(vv_density_changes(2.0, 5, 1.0, 0.0, 23.9));
}

static void density_by_k_neighbors(void **state)
{
    (void)state;
    const struct vv_log_density d = vv_density_knn(2.0, 10, 0.5, 1000);
    vv_assert_close(d.value, log(10.0 / (acos(-1.0) * 0.25 * 1000.0)), 1e-14);
    vv_assert_close(d.std_error, 1.0 / sqrt(10.0), 1e-15);
    assert_true(isnan(vv_density_knn(2.0, 10, 0.0, 1000).value));
    vv_assert_close(vv_density_knn(200.0, 10, 1e3, 1000).value,
                    log(0.01) - vv_density_log_ball(200.0) - 200.0 * log(1e3), 1e-14);
}

/* The maximum by Newton's method in both unknowns, damped, as the reference does but to the end. */
static double pak_by_newton(double d, int64_t k, const double *r, int64_t n)
{
    const double ball = exp(vv_density_log_ball(d)), whole = ball * pow(r[k - 1], d);
    double f = log((double)k / whole), a = 0.0;
    for (int step = 0; step < 20000; step++) {
        double s0 = 0.0, s1 = 0.0, s2 = 0.0;
        for (int64_t l = 1; l <= k; l++) {
            const double v = ball * (pow(r[l - 1], d) - (l > 1 ? pow(r[l - 2], d) : 0.0));
            const double e = v * exp(f + a * (double)l);
            s0 += e;
            s1 += e * (double)l;
            s2 += e * (double)(l * l);
        }
        const double gf = (double)k - s0, ga = 0.5 * (double)(k * (k + 1)) - s1, det = s0 * s2 - s1 * s1;
        f += 0.1 * (gf * s2 - ga * s1) / det;
        a += 0.1 * (ga * s0 - gf * s1) / det;
    }
    return f - log((double)n);
}

static void pak_is_the_maximum(void **state)
{
    enum { K = 25 };
    double r[K], logs[K];
    (void)state;
    for (int t = 0; t < 20; t++) {
        const double d = 1.0 + 0.4 * t;
        double v = 0.0;
        for (int l = 0; l < K; l++) {
            v -= log(vv_rng_uniform(2, (uint32_t)t, (uint64_t)l, 0)) * exp(0.03 * (t - 10) * l);
            r[l] = pow(v, 1.0 / d);
        }
        const struct vv_log_density p = vv_density_pak(d, K, r, 500, logs);
        vv_assert_close(p.value, pak_by_newton(d, K, r, 500), 1e-9);
        vv_assert_close(p.std_error, sqrt((4.0 * K + 2.0) / (K * (K - 1.0))), 1e-15);
        double shifted[K];
        for (int l = 0; l < K; l++) shifted[l] = 1024.0 * r[l];
        vv_assert_close(vv_density_pak(d, K, shifted, 500, logs).value, p.value - d * log(1024.0), 1e-12);
    }
}

static void pak_where_shells_are_special(void **state)
{
    enum { K = 12 };
    double r[K], logs[K];
    (void)state;
    for (int l = 0; l < K; l++) r[l] = sqrt((double)(l + 1)); /* d = 2: equal volumes, so no slope */
    vv_assert_close(vv_density_pak(2.0, K, r, 100, logs).value, vv_density_knn(2.0, K, r[K - 1], 100).value, 1e-12);
    for (int l = 0; l < K; l++) r[l] = 3.0; /* one shell has all the volume */
    vv_assert_close(vv_density_pak(2.0, K, r, 100, logs).value, vv_density_knn(2.0, K, 3.0, 100).value, 1e-15);
    for (int l = 0; l < K; l++) r[l] = 1.0 + l / 3 * 0.01; /* tied shells */
    assert_true(isfinite(vv_density_pak(2.0, K, r, 100, logs).value));
    for (int l = 0; l < K; l++) r[l] = 1e3 * (1.0 + 0.003 * l); /* powers would overflow, e^-1e5 underflow */
    assert_true(isfinite(vv_density_pak(200.0, K, r, 100, logs).value));
    assert_true(isfinite(vv_density_pak(3000.0, K, r, 100, logs).value));
    for (int l = 0; l < K; l++) r[l] = 0.0;
    assert_true(isnan(vv_density_pak(2.0, K, r, 100, logs).value));
}

/* k* of all rows from whole tables. distance: [n][k] */
static void adapt_by_force(const int32_t *index, const double *distance, int64_t n, int k, double d, double threshold,
                           int64_t *k_star)
{
    for (int64_t i = 0; i < n; i++) {
        k_star[i] = k - 1;
        for (int j = 4; j < k; j++) {
            const double own = distance[i * k + j - 2], other = distance[(int64_t)index[i * k + j - 1] * k + j - 2];
            if (own == 0.0) continue;
            if (other > 0.0 && !(ratio_by_powers(d, j - 1, own, other) > threshold)) continue;
            k_star[i] = j - 1;
            break;
        }
    }
}

enum { MOST = 300, MOST_K = 60 };

static void compare_adaptive(const double *x, int64_t n, int64_t d, int k, double dimension)
{
    static int32_t index[MOST * MOST_K];
    static double distance[MOST * MOST_K];
    double thresholds[MOST_K];
    int64_t ours[MOST], theirs[MOST];
    struct vv_progress progress;
    struct vv_neighbors nb = vv_test_neighbors(x, n, d, k, VV_EUCLIDEAN);
    vv_progress_begin(&progress, NULL, "test");
    progress.interval = 1e9;
    vv_comm_allgather_rows(vv_world, &nb.layout, nb.index, (size_t)k * sizeof *index, index);
    vv_comm_allgather_rows(vv_world, &nb.layout, nb.distance, (size_t)k * sizeof *distance, distance);
    for (int j = 0; j < k; j++) thresholds[j] = 23.92812698;
    vv_assert_ok(vv_density_adapt(vv_world, &nb, dimension, thresholds, &progress, ours));
    if (k < 4) memset(theirs, 0, sizeof theirs);
    else adapt_by_force(index, distance, n, k, dimension, 23.92812698, theirs);
    for (int64_t i = 0; i < vv_layout_local(&nb.layout); i++)
        assert_int_equal(ours[i], theirs[vv_layout_first(&nb.layout) + i]);
    vv_neighbors_release(&nb);
}

static void adaptive_neighborhoods_against_brute_force(void **state)
{
    static double x[MOST * 3];
    (void)state;
    for (int i = 0; i < MOST; i++) /* two densities, so that many stop */
        for (int j = 0; j < 3; j++)
            x[i * 3 + j] = vv_rng_normal(3, 1, (uint64_t)i, (uint32_t)j) * (i % 2 ? 1.0 : 0.03) + 2.0 * (i % 2);
    compare_adaptive(x, MOST, 3, MOST_K, 3.0);
    compare_adaptive(x, MOST, 3, 20, 2.5);
    for (int i = 0; i < 203 * 3; i++) /* a lattice: ties; groups of equal rows, some larger than the lists */
        x[i] = floor(3.0 * vv_rng_uniform(3, 2, (uint64_t)i, 0));
    for (int i = 0; i < 30 * 3; i++) x[i] = 1.0;
    compare_adaptive(x, 203, 3, 20, 3.0);
    compare_adaptive(x, 5, 3, 4, 3.0); /* fewer rows than ranks */
    compare_adaptive(x, 3, 3, 2, 3.0); /* too few for a test */
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(volume_of_the_unit_ball),
    cmocka_unit_test(published_quantiles),
    cmocka_unit_test(likelihood_ratio_in_logarithms),
    cmocka_unit_test(density_by_k_neighbors),
    cmocka_unit_test(pak_is_the_maximum),
    cmocka_unit_test(pak_where_shells_are_special),
    cmocka_unit_test(adaptive_neighborhoods_against_brute_force),
};
VV_TEST_MAIN(tests)
