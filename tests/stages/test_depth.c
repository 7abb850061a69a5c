/* SPDX-License-Identifier: MIT */
/* The minimum rule on profiles whose answer can be read off. */
#include <math.h>

#include "stages/depth/core.h"
#include "vv_test.h"

enum { MOST = 16 };

struct judged {
    struct vv_depth_verdict verdict;
    int kind[MOST], tied[MOST], order[MOST], n_tied;
    double peaks[MOST], minima[MOST];
};

static struct judged judge(const double *value, int n, double error)
{
    struct judged out;
    double errors[MOST];
    for (int i = 0; i < n; i++) errors[i] = error;
    const struct vv_profile p = {n, value, errors};
    vv_assert_ok(vv_profile_extrema(&p, 0.1, 2.0, out.kind));
    vv_profile_prominence(&p, 1, out.peaks);
    vv_profile_prominence(&p, -1, out.minima);
    out.verdict = vv_depth_judge(&p, out.kind);
    const int from = out.verdict.first_peak + 1;
    out.n_tied = vv_profile_ties(&p, from, out.verdict.suggested, 2.0, out.tied);
    vv_profile_order(&p, from, out.order);
    return out;
}

static void a_hunchback_ends_at_its_minimum(void **state)
{
    const double v[] = {5, 9, 20, 16, 8, 6, 7, 11};
    (void)state;
    const struct judged j = judge(v, 8, 0.1);
    assert_int_equal(j.verdict.rule, VV_DEPTH_MINIMUM);
    assert_int_equal(j.verdict.first_peak, 2);
    assert_int_equal(j.verdict.suggested, 5);
    vv_assert_close(j.peaks[2], 20.0 - 6.0, 1e-15); /* the higher of the two sides: 5 and 6 */
    vv_assert_close(j.minima[5], 11.0 - 6.0, 1e-15);
    assert_true(isnan(j.peaks[0]) && isnan(j.peaks[7]) && isnan(j.minima[0]));
    assert_int_equal(j.order[5], 1);
    assert_int_equal(j.order[6], 2);
    assert_int_equal(j.order[2], 0);
    assert_int_equal(j.n_tied, 0);
}

static void the_lowest_of_two_minima_counts_and_a_ripple_does_not(void **state)
{
    const double two[] = {1, 10, 5, 8, 3, 9};
    const double ripple[] = {1, 10, 5, 5.3, 5.2, 8, 7.9, 9}; /* dips of 0.1 in a range of 9 */
    const double early[] = {1, 1.3, 1.2, 10, 4, 6};          /* a ripple before the peak */
    (void)state;
    assert_int_equal(judge(two, 6, 0.0).verdict.suggested, 4);
    assert_int_equal(judge(ripple, 8, 0.0).verdict.suggested, 2);
    assert_int_equal(judge(ripple, 8, 0.0).kind[4], 0);
    assert_int_equal(judge(early, 6, 0.0).verdict.first_peak, 3);
}

static void a_minimum_within_its_error_is_none(void **state)
{
    const double v[] = {1, 10, 5, 8, 3, 9};
    (void)state;
    assert_int_equal(judge(v, 6, 4.0).verdict.rule, VV_DEPTH_NO_PEAK); /* 2 x 4 exceeds 7 */
    const struct judged j = judge(v, 6, 1.45); /* minimum of 5 has 3 > 2.9, that of 3 has 6 */
    assert_int_equal(j.verdict.suggested, 4);
    assert_int_equal(j.tied[2], 1); /* 5 - 3 = 2 <= 2 sqrt(2) 1.45 */
    assert_int_equal(j.tied[1], 0); /* the peak and what is before it never tie */
    assert_int_equal(j.n_tied, 1);
}

static void profiles_without_peak_or_minimum(void **state)
{
    const double falling[] = {9, 7, 5, 4, 3}, rising[] = {1, 2, 3, 4, 5};
    const double after[] = {2, 9, 7, 5, 4}, flat[] = {3, 3, 3, 3}, two[] = {1, 2};
    (void)state;
    assert_int_equal(judge(falling, 5, 0.0).verdict.rule, VV_DEPTH_NO_PEAK);
    assert_int_equal(judge(falling, 5, 0.0).verdict.suggested, -1);
    assert_int_equal(judge(rising, 5, 0.0).verdict.rule, VV_DEPTH_NO_PEAK);
    assert_int_equal(judge(flat, 4, 0.0).verdict.rule, VV_DEPTH_NO_PEAK);
    assert_int_equal(judge(two, 2, 0.0).verdict.rule, VV_DEPTH_NO_PROFILE);
    assert_int_equal(judge(after, 5, 0.0).verdict.rule, VV_DEPTH_FALLING);
    assert_int_equal(judge(after, 5, 0.0).verdict.suggested, 4);
    assert_int_equal(judge(after, 0, 0.0).verdict.rule, VV_DEPTH_NO_PROFILE);
}

static void plateaus_count_at_their_first_layer(void **state)
{
    const double v[] = {1, 8, 8, 3, 3, 3, 6};
    (void)state;
    const struct judged j = judge(v, 7, 0.0);
    assert_int_equal(j.verdict.first_peak, 1);
    assert_int_equal(j.verdict.suggested, 3);
    assert_int_equal(j.tied[4] + j.tied[5], 2);
    assert_true(isnan(j.peaks[2]) && isnan(j.minima[4]));
}

static void layers_without_a_value_are_passed_over(void **state)
{
    const double v[] = {NAN, 2, NAN, 9, NAN, 4, NAN, 7};
    const double none[] = {NAN, NAN, 3, NAN};
    (void)state;
    const struct judged j = judge(v, 8, NAN);
    assert_int_equal(j.verdict.first_peak, 3);
    assert_int_equal(j.verdict.suggested, 5);
    assert_int_equal(j.order[4], 0);
    assert_int_equal(j.order[5], 1);
    assert_int_equal(j.order[7], 2);
    assert_int_equal(judge(none, 4, NAN).verdict.rule, VV_DEPTH_NO_PROFILE);
    const struct vv_profile p = {4, none, none};
    assert_int_equal(vv_profile_most(&p, 1), 2);
    assert_int_equal(vv_profile_most(&(struct vv_profile){2, none, none}, -1), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hunchback_ends_at_its_minimum),
        cmocka_unit_test(the_lowest_of_two_minima_counts_and_a_ripple_does_not),
        cmocka_unit_test(a_minimum_within_its_error_is_none),
        cmocka_unit_test(profiles_without_peak_or_minimum),
        cmocka_unit_test(plateaus_count_at_their_first_layer),
        cmocka_unit_test(layers_without_a_value_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
