/* SPDX-License-Identifier: MIT */
/* Rank correlations by hand, against tables, and exact p-values against the asymptotic ones. */
#include <math.h>

#include "base/rank_correlation.h"
#include "base/rng.h"
#include "vv_test.h"

static struct vv_rank_correlation of(const double *x, const double *y, int n)
{
    struct vv_rank_correlation r;
    vv_assert_ok(vv_rank_correlation_of(x, y, n, &r));
    return r;
}

static void ranks_of_ties_are_averaged(void **state)
{
    const double x[] = {3.0, -1.0, 3.0, 7.0, 3.0};
    int64_t rank[5];
    (void)state;
    vv_double_ranks(x, 5, rank);
    const int64_t expected[] = {6, 2, 6, 10, 6}; /* twice 3, 1, 3, 5, 3 */
    assert_memory_equal(rank, expected, sizeof rank);
}

/* Ranks 1 2 3 4 5 against 2 1 4 3 5: sum d^2 = 4, rho = 1 - 24/120; two of ten pairs discordant. Tables: of 120 orders
 * 8 have sum d^2 of 4 or less (1 + 4 + 3), tau of 0.6 or more occurs 14 times (1 + 4 + 9). */
static void a_textbook_case(void **state)
{
    const double x[] = {1, 2, 3, 4, 5}, y[] = {20, 10, 40, 30, 50}, back[] = {-20, -10, -40, -30, -50};
    (void)state;
    const struct vv_rank_correlation r = of(x, y, 5), b = of(x, back, 5);
    assert_int_equal(r.n, 5);
    vv_assert_close(r.spearman, 0.8, 1e-14);
    vv_assert_close(r.kendall, 0.6, 1e-14);
    vv_assert_close(r.spearman_p, 2 * 8 / 120.0, 1e-14);
    vv_assert_close(r.kendall_p, 2 * 14 / 120.0, 1e-14);
    vv_assert_close(b.spearman, -0.8, 1e-14);
    vv_assert_close(b.spearman_p, r.spearman_p, 1e-14);
}

/* x has one tie, y none; concordant minus discordant is 5 of sqrt(5 6): tau-b = 5 / sqrt 30. Doubled ranks 2 5 5 8
 * and 2 4 6 8: covariance over spreads = 18 / sqrt(18 20). */
static void ties_and_missing_values(void **state)
{
    const double x[] = {1, 2, NAN, 2, 3, 9}, y[] = {1, 2, 5, 3, 4, NAN}, flat[] = {1, 1, 1, 1, 1, 1};
    (void)state;
    const struct vv_rank_correlation r = of(x, y, 6);
    assert_int_equal(r.n, 4);
    vv_assert_close(r.kendall, 5.0 / sqrt(30.0), 1e-14);
    vv_assert_close(r.spearman, 18.0 / sqrt(360.0), 1e-14);
    vv_assert_close(r.kendall_p, 4.0 / 24.0, 1e-14); /* the sorted order and its reverse, each twice */
    assert_true(isnan(of(x, flat, 6).spearman) && isnan(of(x, flat, 6).kendall_p));
    assert_true(isnan(of(x, y, 2).spearman));
    assert_int_equal(of(x, y, 0).n, 0);
}

/* Ten pairs go by the normal law, nine by all orders: much the same where nothing is extreme. */
static void exact_and_asymptotic_meet(void **state)
{
    double x[10], y[10], most = 0.0;
    (void)state;
    for (int trial = 0; trial < 20; trial++) {
        for (int i = 0; i < 10; i++) {
            x[i] = vv_rng_uniform(1, 2, (uint64_t)trial, (uint32_t)i);
            y[i] = vv_rng_uniform(1, 3, (uint64_t)trial, (uint32_t)i);
        }
        const struct vv_rank_correlation exact = of(x, y, 9), all = of(x, y, 10);
        const double normal = erfc(fabs(exact.spearman) * sqrt(8.0) / sqrt(2.0));
        most = fmax(most, fabs(normal - exact.spearman_p));
        assert_true(all.spearman_p >= 0.0 && all.spearman_p <= 1.0 && all.kendall_p >= 0.0 && all.kendall_p <= 1.0);
    }
    assert_true(most < 0.06);
    for (int i = 0; i < 10; i++) y[i] = x[i];
    /* S = 45, variance 10 9 25 / 18 = 125 */
    vv_assert_close(of(x, y, 10).kendall_p, erfc(45.0 / sqrt(250.0)), 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_of_ties_are_averaged),
        cmocka_unit_test(a_textbook_case),
        cmocka_unit_test(ties_and_missing_values),
        cmocka_unit_test(exact_and_asymptotic_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
