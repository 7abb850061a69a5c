/* SPDX-License-Identifier: MIT */
/* What makes the minimum rule sure, what would change it, plateaus and partings: cases by hand, published profiles
 * (methods/reference), and how often structure is seen where there is none. */
#include <math.h>

#include "base/rng.h"
#include "stages/depth/parting.h"
#include "stages/depth/plateau.h"
#include "stages/depth/robust.h"
#include "vv_test.h"

enum { MOST = 64 };

static const struct vv_minimum_rule usual = {0.1, 2.0, 0.95};

struct filled {
    struct vv_profile p;
    double error[MOST];
};

static struct filled *with_error(const double *value, int n, double error)
{
    static struct filled f;
    for (int i = 0; i < n; i++) f.error[i] = error;
    f.p = (struct vv_profile){n, value, f.error};
    return &f;
}

static struct vv_depth_verdict apply(const struct vv_minimum_rule *rule, const struct vv_profile *p, int *kind)
{
    struct vv_depth_verdict v;
    int scratch[MOST];
    vv_assert_ok(vv_minimum_rule_apply(rule, p, kind ? kind : scratch, &v));
    return v;
}

/* n = 6: 15 pairs, z = 2.713 at 0.05 / 15; with errors of 1 a difference must exceed 3.84, with 1.5 it must exceed
 * 5.76. */
static void extrema_need_a_sure_descent_on_both_sides(void **state)
{
    const double v[] = {1, 10, 5, 8, 3, 9};
    const int one[] = {0, 1, 0, 0, -1, 0}, all[] = {0, 1, -1, 1, -1, 0};
    int kind[6];
    (void)state;
    apply(&usual, &with_error(v, 6, 0.1)->p, kind);
    assert_memory_equal(kind, all, sizeof kind);
    apply(&usual, &with_error(v, 6, 1.0)->p, kind); /* 5 and 8 differ by 3 */
    assert_memory_equal(kind, one, sizeof kind);
    apply(&(struct vv_minimum_rule){0.1, 2.0, 0.5}, &with_error(v, 6, 1.0)->p, kind); /* z = 1.83: 2.59 is enough */
    assert_memory_equal(kind, all, sizeof kind);
    assert_int_equal(apply(&usual, &with_error(v, 6, 1.5)->p, kind).suggested, 4); /* 10 - 3 and 9 - 3 exceed 5.76 */
    assert_int_equal(apply(&usual, &with_error(v, 6, 1.7)->p, kind).suggested, 4); /* 9 - 3 does not exceed 6.53, but */
    assert_int_equal(apply(&usual, &with_error(v, 6, 1.7)->p, kind).rule, VV_DEPTH_FALLING); /* the peak does */
    assert_int_equal(apply(&usual, &with_error(v, 6, 1.9)->p, kind).suggested, -1); /* 10 - 3 does not exceed 7.29 */
}

/* Shares of profiles of 12 layers, a slope plus unit noise, that get a suggestion. */
static double rate(double slope, double confidence, int n_trials)
{
    const struct vv_minimum_rule rule = {0.1, 2.0, confidence};
    int n = 0;
    for (int t = 0; t < n_trials; t++) {
        double v[12];
        for (int i = 0; i < 12; i++) v[i] = slope * i + vv_rng_normal(7, 1, (uint64_t)t, (uint32_t)i);
        n += apply(&rule, &with_error(v, 12, 1.0)->p, NULL).suggested >= 0;
    }
    return (double)n / n_trials;
}

static void no_structure_no_suggestion(void **state)
{
    (void)state;
    for (int q = 0; q < 3; q++) {
        const double slope = (const double[]){0.0, 0.4, -0.4}[q], found = rate(slope, 0.95, 4000);
        printf("flat or monotone profiles (slope %+.1f errors a layer) with a suggestion: %.4f\n", slope, found);
        assert_true(found <= 0.05);
    }
    assert_true(rate(0.0, 0.5, 1000) > 0.05); /* it is the confidence that does it */
}

/* A peak of 25 and a minimum of 12 errors in 12 layers. */
static void planted_minima_are_found(void **state)
{
    const double truth[] = {10, 18, 30, 34, 26, 14, 9, 12, 15, 18, 20, 21};
    int found = 0, n = 1000;
    (void)state;
    for (int t = 0; t < n; t++) {
        double v[12];
        for (int i = 0; i < 12; i++) v[i] = truth[i] + vv_rng_normal(8, 1, (uint64_t)t, (uint32_t)i);
        found += apply(&usual, &with_error(v, 12, 1.0)->p, NULL).suggested == 6;
    }
    printf("planted minimum found: %d of %d\n", found, n);
    assert_true(found > 950);
}

static const double esm2_650m[] = {13.7, 15.6, 18.6, 18.7, 21.1, 23.7, 23.4, 18.6, 16.4, 13.5, 10.9, 7.6, 6.5, 5.8, 5.5,
                                   5.3,  5.1,  4.8,  4.7,  4.6,  4.6,  4.6,  4.6,  4.6,  4.7,  4.8,  4.9, 5.1, 5.4, 6.3,
                                   7.4,  8.6,  11.3, 15.1};
static const double igpt_l[] = {11.9, 11.6, 14.2, 16.4, 20.3, 21.3, 23.8, 24.7, 27.0, 28.4, 30.4, 31.3, 31.3,
                                30.7, 29.7, 28.1, 26.6, 24.7, 23.4, 21.9, 21.9, 22.6, 22.1, 22.4, 22.8, 23.2,
                                23.4, 22.6, 22.9, 24.1, 24.0, 24.2, 24.7, 24.2, 25.0, 25.6, 25.1, 25.9, 26.1,
                                26.5, 26.0, 26.5, 26.6, 26.9, 25.9, 24.4, 23.5, 13.4, 11.9};

static void published_profiles(void **state)
{
    (void)state;
    const struct vv_depth_verdict esm = apply(&usual, &with_error(esm2_650m, 34, 0.2)->p, NULL);
    assert_int_equal(esm.first_peak, 5);
    assert_int_equal(esm.suggested, 19); /* where the plateau of 4.6 begins */
    const struct vv_depth_verdict igpt = apply(&usual, &with_error(igpt_l, 49, 0.3)->p, NULL);
    assert_int_equal(igpt.first_peak, 11);
    assert_int_equal(igpt.suggested, 19); /* 0.40 of the depth; labels are best at 20 */
    assert_int_equal(igpt.rule, VV_DEPTH_MINIMUM);
}

static void resampling_shares_the_doubt(void **state)
{
    const double v[] = {1, 10, 5, 8, 4.87, 9};
    int64_t n[6], again[6], other[6];
    (void)state;
    const struct vv_profile p = with_error(v, 6, 0.5)->p;
    vv_assert_ok(vv_minimum_resample(&usual, &p, 0, 1, 2000, n));
    vv_assert_ok(vv_minimum_resample(&usual, &p, 0, 1, 2000, again));
    vv_assert_ok(vv_minimum_resample(&usual, &p, 0, 2, 2000, other));
    assert_memory_equal(n, again, sizeof n);
    assert_memory_not_equal(n, other, sizeof n);
    assert_true(n[4] > n[2] && n[2] > 500 && n[2] + n[4] <= 2000);
    assert_int_equal(n[0] + n[1] + n[3] + n[5], 0);
    vv_assert_ok(vv_minimum_resample(&usual, &with_error(v, 6, NAN)->p, 0, 1, 10, n));
    assert_int_equal(n[4], 10);
}

/* Shares of the range of 9: peaks 7 and 3, minima 3 and 6 (see the header of core.h). */
static void the_range_of_prominence_is_exact(void **state)
{
    const double v[] = {1, 10, 5, 8, 3, 9}, early[] = {1, 1.3, 1.2, 10, 4, 6}, falling[] = {9, 7, 5, 3};
    struct vv_prominence_range r;
    (void)state;
    vv_assert_ok(vv_minimum_range(&usual, &with_error(v, 6, 0.0)->p, 4, &r));
    assert_true(isnan(r.low));
    vv_assert_close(r.high, 7.0 / 9.0, 1e-14); /* without minima the lowest layer is the same one */
    assert_int_equal(r.above, -1);
    vv_assert_ok(vv_minimum_range(&usual, &with_error(early, 6, 0.0)->p, 4, &r));
    vv_assert_close(r.low, 0.1 / 9.0, 1e-12);
    assert_int_equal(r.below, 2);
    vv_assert_close(r.high, 6.0 / 9.0, 1e-14);
    vv_assert_ok(vv_minimum_range(&usual, &with_error(falling, 4, 0.0)->p, -1, &r));
    assert_true(isnan(r.low) && isnan(r.high));
}

static void the_smallest_shift_that_matters(void **state)
{
    const double v[] = {1, 10, 5, 8, 4.87, 9}, far[] = {1, 1000, 5, 800, 2, 900};
    struct vv_flip f;
    (void)state;
    vv_assert_ok(vv_minimum_flip(&usual, &with_error(v, 6, 0.5)->p, 4, &f)); /* 0.13 is 0.26 errors */
    assert_int_equal(f.layer, 2);
    assert_int_equal(f.suggested, 2);
    vv_assert_close(f.errors, -0.3, 1e-12);
    vv_assert_ok(vv_minimum_flip(&usual, &with_error(far, 6, 0.1)->p, 4, &f));
    assert_int_equal(f.layer, -1);
    vv_assert_ok(vv_minimum_flip(&usual, &with_error(v, 6, NAN)->p, 4, &f)); /* nothing to measure shifts by */
    assert_int_equal(f.layer, -1);
}

static const double esm2_next[] = {.352, .818, .670, .682, .631, .498, .463, .556, .484, .514, .510, .647,
                                   .701, .773, .801, .868, .814, .873, .905, .909, .935, .936, .921, .937,
                                   .931, .929, .928, .918, .834, .822, .803, .745, .507, NAN};
static const double igpt_next[] = {.442, .322, .643, .568, .714, .680, .722, .801, .779, .649, .725, .668, .698,
                                   .745, .709, .710, .753, .778, .753, .835, .869, .859, .761, .873, .888, .896,
                                   .905, .850, .863, .902, .898, .902, .784, .867, .880, .881, .880, .868, .873,
                                   .879, .866, .862, .861, .859, .851, .835, .759, .130, .033, NAN};

static void plateaus_of_published_overlaps(void **state)
{
    int64_t number[MOST];
    int first, last;
    (void)state;
    assert_int_equal(vv_plateaus(&with_error(esm2_next, 34, 0.0)->p, 0.9, 2.0, number), 1);
    vv_plateau_longest(number, 34, &first, &last);
    assert_int_equal(first, 17); /* the ID is at 5.4 and below from 15 to 28 */
    assert_int_equal(last, 28);
    assert_int_equal(number[16] + number[29], 0);
    assert_int_equal(vv_plateaus(&with_error(igpt_next, 50, 0.0)->p, 0.9, 2.0, number), 3);
    assert_true(number[19] == 1 && number[22] == 1 && number[23] == 2 && number[32] == 2 && number[33] == 3);
    vv_plateau_longest(number, 50, &first, &last);
    assert_int_equal(first, 33);
    assert_int_equal(last, 46);
    /* 0.814 is 0.0293 short of 0.9 0.937: within 2 errors of 0.011 hypot(1, 0.9), not of 0.0105 */
    assert_int_equal(vv_plateaus(&with_error(esm2_next, 34, 0.011)->p, 0.9, 2.0, number), 1);
    assert_true(number[15] == 1 && number[14] == 0);
    vv_plateaus(&with_error(esm2_next, 34, 0.0105)->p, 0.9, 2.0, number);
    assert_int_equal(number[16], 0);
}

static void neighborhoods_that_turn_over_are_no_plateau(void **state)
{
    const double chance[] = {0.02, 0.021, 0.02, 0.019, NAN}, half[] = {0.49, 0.5, 0.52, 0.51, NAN};
    int64_t number[5];
    (void)state;
    assert_int_equal(vv_plateaus(&with_error(chance, 5, 0.01)->p, 0.9, 2.0, number), 0);
    assert_int_equal(vv_plateaus(&with_error(half, 5, 0.01)->p, 0.9, 2.0, number), 1);
    assert_true(number[0] == 0 && number[1] == 1 && number[4] == 1);
}

static void short_and_broken_plateaus(void **state)
{
    const double v[] = {0.9, 0.2, NAN, 0.9, 0.9, NAN, 0.9, 0.9};
    const int64_t expected[] = {0, 0, 0, 1, 1, 1, 0, 0};
    int64_t number[8];
    int first, last;
    (void)state;
    assert_int_equal(vv_plateaus(&with_error(v, 8, 0.0)->p, 0.9, 2.0, number), 1); /* one step is none */
    assert_memory_equal(number, expected, sizeof number);
    assert_int_equal(vv_plateaus(&with_error(v, 1, 0.0)->p, 0.9, 2.0, number), 0);
    assert_int_equal(vv_plateaus(&with_error(v, 2, 0.0)->p, 0.9, 2.0, number), 0);
    vv_plateau_longest(number, 2, &first, &last);
    assert_true(first == -1 && last == -1);
}

/* Half of 0.9 is 0.45: 0.4 is below, but 0.5 comes after it. With errors of 0.05 a value is told from 0.45 by
 * 2 hypot(0.05, 0.025) = 0.112. */
static void networks_part_for_good(void **state)
{
    const double v[] = {0.85, 0.9, 0.7, 0.4, 0.5, NAN, 0.2, 0.1};
    const double together[] = {0.9, 0.8, NAN, 0.7}, never[] = {0, -0.1};
    (void)state;
    struct vv_parting p = vv_parting_of(&with_error(v, 8, 0.05)->p, 0.5, 2.0);
    assert_true(p.most == 1 && p.layer == 6 && p.earliest == 3 && p.latest == 6);
    vv_assert_close(p.low, 0.2 / 0.9, 1e-14);
    vv_assert_close(p.high, 0.5 / 0.9, 1e-14);
    p = vv_parting_of(&with_error(v, 8, 0.15)->p, 0.5, 2.0); /* 0.335: 0.1 + 0.335 is below, 0.2 + 0.335 is not */
    assert_true(p.layer == 6 && p.latest == 7 && p.earliest == 2);
    p = vv_parting_of(&with_error(together, 4, 0.0)->p, 0.5, 2.0);
    assert_true(p.most == 0 && p.layer == -1 && p.earliest == -1 && p.latest == -1);
    vv_assert_close(p.high, 0.7 / 0.9, 1e-14);
    p = vv_parting_of(&with_error(never, 2, 0.0)->p, 0.5, 2.0);
    assert_true(p.most == -1 && p.layer == -1);
    p = vv_parting_of(&with_error(v, 2, 0.0)->p, 0.5, 2.0); /* nothing behind the most alike */
    assert_true(p.layer == -1 && isnan(p.high));
    p = vv_parting_of(&with_error(&v[5], 1, 0.0)->p, 0.5, 2.0);
    assert_true(p.most == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extrema_need_a_sure_descent_on_both_sides),
        cmocka_unit_test(no_structure_no_suggestion),
        cmocka_unit_test(planted_minima_are_found),
        cmocka_unit_test(published_profiles),
        cmocka_unit_test(resampling_shares_the_doubt),
        cmocka_unit_test(the_range_of_prominence_is_exact),
        cmocka_unit_test(the_smallest_shift_that_matters),
        cmocka_unit_test(plateaus_of_published_overlaps),
        cmocka_unit_test(neighborhoods_that_turn_over_are_no_plateau),
        cmocka_unit_test(short_and_broken_plateaus),
        cmocka_unit_test(networks_part_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
