/* SPDX-License-Identifier: MIT */
/* Exact sums: against sums known in closed form, against 128-bit integers, in any order. */
#include <float.h>
#include <math.h>

#include "base/rng.h"
#include "base/sum.h"
#include "vv_test.h"

static double sum_of(const double *v, int n)
{
    struct vv_sum s = {.n_nan = 0};
    for (int i = 0; i < n; i++) vv_sum_add(&s, v[i]);
    return vv_sum_value(&s);
}

static void cancellation_is_exact(void **state)
{
    (void)state;
    const double v[] = {1e308, 1.0, -1e308, 0x1p-1074, 1e-30, -1.0};
    assert_true(sum_of(v, 6) == 1e-30 + 0x1p-1074);
    const double w[] = {1e16, 1.0, -1e16};
    assert_true(sum_of(w, 3) == 1.0);
}

static void rounding_is_to_nearest_even(void **state)
{
    (void)state;
    const double tie_down[] = {1.0, 0x1p-53}, tie_up[] = {1.0 + 0x1p-52, 0x1p-53};
    const double above[] = {1.0, 0x1p-53, 0x1p-1074}, below[] = {1.0, 0x1p-53, -0x1p-1074};
    assert_true(sum_of(tie_down, 2) == 1.0);
    assert_true(sum_of(tie_up, 2) == 1.0 + 0x1p-51);
    assert_true(sum_of(above, 3) == 1.0 + 0x1p-52);
    assert_true(sum_of(below, 3) == 1.0);
}

static void extremes_and_signs(void **state)
{
    (void)state;
    const double small[] = {0x1p-1074, 0x1p-1074, -0x1p-1074};
    assert_true(sum_of(small, 3) == 0x1p-1074);
    const double none[] = {5.0, -5.0};
    assert_true(sum_of(none, 2) == 0.0);
    const double minus[] = {-3.5, 1.25};
    assert_true(sum_of(minus, 2) == -2.25);
    const double big[] = {DBL_MAX, DBL_MAX};
    assert_true(isinf(sum_of(big, 2)));
    const double back[] = {DBL_MAX, DBL_MAX, -DBL_MAX};
    assert_true(sum_of(back, 3) == DBL_MAX);
}

static void infinities_and_nan_follow_ieee(void **state)
{
    (void)state;
    const double up[] = {1.0, INFINITY}, both[] = {INFINITY, -INFINITY}, nan[] = {1.0, NAN};
    assert_true(sum_of(up, 2) == INFINITY);
    assert_true(isnan(sum_of(both, 2)));
    assert_true(isnan(sum_of(nan, 2)));
}

/* Integers scaled by a power of two: the exact sum is a 128-bit integer. */
static void random_sums_equal_wide_integers_in_any_order_and_split(void **state)
{
    (void)state;
    enum { N = 5000 };
    static double v[N];
    long long exact = 0;
    for (int i = 0; i < N; i++) {
        const long long x = (long long)(vv_rng_bits(7, 1, (uint64_t)i, 0) >> 12) - (1LL << 51);
        const long long y = x / (1LL << (i % 40)); /* below 2^51, so the total fits 64 bits */
        exact += y;
        v[i] = (double)y * 0x1p-20;
    }
    const double expected = (double)exact * 0x1p-20;
    assert_true(sum_of(v, N) == expected);
    struct vv_sum parts[3] = {{.n_nan = 0}};
    for (int i = N - 1; i >= 0; i--) vv_sum_add(&parts[i % 3], v[i]);
    vv_sum_merge(&parts[0], &parts[2]);
    vv_sum_merge(&parts[0], &parts[1]);
    assert_true(vv_sum_value(&parts[0]) == expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancellation_is_exact),
        cmocka_unit_test(rounding_is_to_nearest_even),
        cmocka_unit_test(extremes_and_signs),
        cmocka_unit_test(infinities_and_nan_follow_ieee),
        cmocka_unit_test(random_sums_equal_wide_integers_in_any_order_and_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
