/* SPDX-License-Identifier: MIT */
/* Quantiles, p-values and corrections against values of tables and sums done by hand. */
#include <math.h>

#include "base/significance.h"
#include "vv_test.h"

static void quantiles_are_those_of_tables(void **state)
{
    (void)state;
    vv_assert_close(vv_normal_quantile(0.975), 1.959963984540054, 1e-14);
    vv_assert_close(vv_normal_quantile(0.95), 1.6448536269514722, 1e-14);
    vv_assert_close(vv_normal_quantile(1e-12), -7.034483825301129, 1e-13);
    vv_assert_close(vv_normal_quantile(0.3), -vv_normal_quantile(0.7), 1e-14);
    assert_true(fabs(vv_normal_quantile(0.5)) < 1e-15);
    assert_true(vv_normal_quantile(0.0) == -INFINITY && vv_normal_quantile(1.0) == INFINITY);
    assert_true(isnan(vv_normal_quantile(-0.1)) && isnan(vv_normal_quantile(NAN)));
    vv_assert_close(vv_normal_p(2.0), 0.04550026389635842, 1e-13);
    vv_assert_close(vv_normal_p(-vv_normal_quantile(0.995)), 0.01, 1e-12);
}

static void differences_take_both_errors(void **state)
{
    (void)state;
    vv_assert_close(vv_difference_p(5.0, 3.0, 15.0, 4.0), 0.04550026389635842, 1e-13); /* 10 / hypot(3, 4) */
    assert_true(vv_difference_p(1.0, 0.0, 2.0, 0.0) == 0.0 && vv_difference_p(2.0, 0.0, 2.0, 0.0) == 1.0);
    assert_true(isnan(vv_difference_p(NAN, 1.0, 1.0, 1.0)) && isnan(vv_difference_p(1.0, 1.0, NAN, 1.0)));
    assert_true(isnan(vv_difference_p(1.0, NAN, 3.0, 1.0)) && isnan(vv_difference_p(2.0, 0.0, 2.0, NAN)));
}

static void mcnemar_is_the_binomial_test_at_even_odds(void **state)
{
    (void)state;
    vv_assert_close(vv_mcnemar_p(0, 5), 2.0 / 32.0, 1e-13);
    vv_assert_close(vv_mcnemar_p(2, 8), 2.0 * (1 + 10 + 45) / 1024.0, 1e-13);
    vv_assert_close(vv_mcnemar_p(8, 2), vv_mcnemar_p(2, 8), 1e-15);
    vv_assert_close(vv_mcnemar_p(3, 4), 1.0, 1e-15); /* 2 (1 + 7 + 21 + 35) / 128 */
    assert_true(vv_mcnemar_p(0, 0) == 1.0 && vv_mcnemar_p(7, 7) == 1.0);
    /* large counts: the normal law with the correction for continuity */
    const double z = (500300 - 499700 - 1.0) / sqrt(1e6);
    vv_assert_close(vv_mcnemar_p(499700, 500300), vv_normal_p(z), 1e-4);
    assert_true(vv_mcnemar_p(0, 100000) == 0.0);
}

static void holm_multiplies_by_what_is_left(void **state)
{
    double p[] = {0.04, NAN, 0.01, 0.03, 0.005, 0.0};
    double none[] = {NAN}, equal[] = {0.02, 0.02}, over[] = {0.9, 0.8};
    (void)state;
    vv_holm(p, 6, 0);
    vv_assert_close(p[5], 0.0, 0.0);
    vv_assert_close(p[4], 4 * 0.005, 1e-15);
    vv_assert_close(p[2], 3 * 0.01, 1e-15);
    vv_assert_close(p[3], 2 * 0.03, 1e-15);
    vv_assert_close(p[0], 2 * 0.03, 1e-15); /* never below one of a smaller p-value: 0.04 < 0.06 */
    assert_true(isnan(p[1]));
    vv_holm(none, 1, 3);
    assert_true(isnan(none[0]));
    vv_holm(equal, 2, 2);
    vv_assert_close(equal[0], 0.04, 1e-15);
    vv_assert_close(equal[1], 0.04, 1e-15);
    vv_holm(over, 2, 1);
    assert_true(over[0] == 1.0 && over[1] == 1.0);
    double some[] = {0.01, 0.02}; /* two of six */
    vv_holm(some, 2, 6);
    vv_assert_close(some[0], 0.06, 1e-15);
    vv_assert_close(some[1], 0.1, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_tables),
        cmocka_unit_test(differences_take_both_errors),
        cmocka_unit_test(mcnemar_is_the_binomial_test_at_even_odds),
        cmocka_unit_test(holm_multiplies_by_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
