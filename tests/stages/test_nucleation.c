/* SPDX-License-Identifier: MIT */
/* Layers of fastest change, ties, the point half way, and whether classes are nested. */
#include <math.h>

#include "stages/nucleation/core.h"
#include "vv_test.h"

static void the_fastest_change_is_the_largest_step(void **state)
{
    static const double value[] = {0.02, 0.04, NAN, 0.35, 0.73, 0.42, 0.43};
    static const double error[] = {0.1, NAN, 0.1, 0.3, 0.4, 0.0, 0.0};
    double change[7], change_error[7];
    (void)state;
    vv_curve_change(value, error, 7, change, change_error);
    assert_true(isnan(change[0]) && isnan(change[2]) && isnan(change[3]) && isnan(change_error[3]));
    vv_assert_close(change[4], 0.38, 1e-14);
    vv_assert_close(change_error[4], 0.5, 1e-14);
    vv_assert_close(change_error[1], 0.1, 1e-14); /* an unknown error counts as none */
    assert_int_equal(vv_curve_fastest(change, 7), 4);
    assert_int_equal(vv_curve_fastest(change, 4), 1);
    assert_int_equal(vv_curve_fastest(change, 1), -1);
    const double falling[] = {NAN, -0.2, 0.1, 0.2, -0.2};
    assert_int_equal(vv_curve_fastest(falling, 5), 1); /* in magnitude; the first of equals */
}

static void ties_have_the_same_sign_and_overlapping_errors(void **state)
{
    static const double change[] = {NAN, 0.50, 0.40, 0.30, -0.50, 0.45}, error[] = {NAN, 0.03, 0.04, 0.04, 0.1, 0.0};
    int64_t tied[6];
    (void)state;
    vv_curve_ties(change, error, 6, 1, 2.0, tied);
    static const int64_t expected[] = {0, 1, 1, 0, 0, 1}; /* 0.10 <= 2 * 0.05; 0.20 > 2 * 0.05 */
    assert_memory_equal(tied, expected, sizeof expected);
    vv_curve_ties(change, error, 6, -1, 2.0, tied);
    for (int i = 0; i < 6; i++) assert_int_equal(tied[i], 0);
}

static void half_way_is_interpolated(void **state)
{
    static const double flat[] = {0.5, 0.4, 0.3}, step[] = {0.0, 0.1, 0.1, 0.9, 0.2}, gap[] = {NAN, 0.2, NAN, 0.6, 0.4};
    (void)state;
    vv_assert_close(vv_curve_halfway(step, 5), 2.0 + 0.35 / 0.8, 1e-14); /* 0.45 between 0.1 and 0.9 */
    vv_assert_close(vv_curve_halfway(gap, 5), 2.0, 1e-14); /* 0.4 between layers 1 and 3 */
    assert_true(isnan(vv_curve_halfway(flat, 3)) && isnan(vv_curve_halfway(gap, 1)));
    assert_true(isnan(vv_curve_halfway(flat, 0)));
    vv_assert_close(vv_curve_above_chance(0.7, 0.4), 0.5, 1e-14);
    assert_true(isnan(vv_curve_above_chance(1.0, 1.0)) && isnan(vv_curve_above_chance(0.5, NAN)));
}

static void nesting_counts_samples_outside(void **state)
{
    static const int32_t fine[] = {0, 0, 0, 1, 1, 2, -1, 2, 3}, nested[] = {0, 0, 0, 0, 0, 1, 0, 1, -1};
    static const int32_t crossed[] = {0, 1, 0, 0, 1, 1, 0, 1, 0};
    struct vv_nesting found;
    (void)state;
    vv_assert_ok(vv_nesting_of(fine, nested, 9, &found));
    assert_int_equal(found.n_labelled, 7);
    assert_int_equal(found.n_outside, 0);
    vv_assert_ok(vv_nesting_of(nested, fine, 9, &found)); /* the wrong way round: 3 + 2 in one class */
    assert_int_equal(found.n_outside, 2);
    assert_int_equal(found.n_classes, 1);
    vv_assert_ok(vv_nesting_of(fine, crossed, 9, &found)); /* one of class 0, one of class 1 */
    assert_int_equal(found.n_labelled, 8);
    assert_int_equal(found.n_outside, 2);
    assert_int_equal(found.n_classes, 2);
    vv_assert_ok(vv_nesting_of(fine, crossed, 0, &found));
    assert_int_equal(found.n_labelled, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_fastest_change_is_the_largest_step),
    cmocka_unit_test(ties_have_the_same_sign_and_overlapping_errors),
    cmocka_unit_test(half_way_is_interpolated),
    cmocka_unit_test(nesting_counts_samples_outside),
};

VV_TEST_MAIN(tests)
