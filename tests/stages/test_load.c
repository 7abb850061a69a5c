/* SPDX-License-Identifier: MIT */
/* What load and prepare do to single rows. */
#include <math.h>

#include "io/rows.h"
#include "stages/load/core.h"
#include "stages/prepare/core.h"
#include "vv_test.h"

static void values_that_are_no_numbers_are_counted_and_located(void **state)
{
    float f[3][4] = {{1, 2, 3, 4}, {5, NAN, 7, -INFINITY}, {INFINITY, 1, 1, 1}};
    double d[2][2] = {{0, 1}, {2, 3}};
    struct vv_bad_values bad = {.row = INT64_MAX, .column = INT64_MAX};
    (void)state;
    vv_rows_scan_f64(&d[0][0], 10, 2, 2, INFINITY, &bad);
    assert_int_equal(bad.n, 0);
    vv_rows_scan_f32(&f[1][0], 101, 2, 4, INFINITY, &bad);
    vv_rows_scan_f32(&f[0][0], 100, 1, 4, INFINITY, &bad);
    assert_int_equal(bad.n, 3);
    assert_int_equal(bad.row, 101);
    assert_int_equal(bad.column, 1);
}

static void minus_zero_equals_zero(void **state)
{
    float f[2] = {-0.0f, 1e-45f};
    double d[2] = {-0.0, -5e-324};
    struct vv_bad_values bad = {.row = INT64_MAX};
    (void)state;
    vv_rows_scan_f32(f, 0, 1, 2, INFINITY, &bad);
    vv_rows_scan_f64(d, 0, 1, 2, INFINITY, &bad);
    assert_false(signbit(f[0]) || signbit(d[0]));
    assert_true(f[1] > 0.0f && d[1] < 0.0); /* denormals stay */
}

static void the_first_of_each_group_is_kept(void **state)
{
    static const int groups[] = {4, 2, 4, 7, 2, 2, 9};
    struct vv_digest digests[7];
    int64_t kept[7], n, twin, of;
    (void)state;
    for (int i = 0; i < 7; i++) digests[i] = vv_hash_bytes(&groups[i], sizeof groups[i]);
    vv_assert_ok(vv_load_distinct(digests, 7, kept, &n, &twin, &of));
    assert_int_equal(n, 4);
    static const int64_t expected[] = {0, 1, 3, 6};
    assert_memory_equal(kept, expected, sizeof expected);
    assert_int_equal(twin, 2); /* the first repetition in row order */
    assert_int_equal(of, 0);
    vv_assert_ok(vv_load_distinct(digests, 2, kept, &n, &twin, &of));
    assert_int_equal(n, 2);
    assert_int_equal(twin, -1);
    vv_assert_ok(vv_load_distinct(digests, 0, kept, &n, &twin, &of));
    assert_int_equal(n, 0);
}

static void standardizing_a_constant_feature_gives_zero(void **state)
{
    /* the second is 3 in every row, but its mean was rounded */
    double variance[] = {4.0, 1e-34, 0.25}, row[] = {7.0, 3.0, 1.0};
    const double mean[] = {1.0, 3.0 - 1e-15, 2.0}, low[] = {-1, 3, 1}, high[] = {3, 3, 2};
    (void)state;
    assert_int_equal(vv_prepare_scales(low, high, variance, 3), 1);
    vv_prepare_affine(row, 3, mean, variance);
    assert_true(row[0] == 3.0 && row[1] == 0.0 && row[2] == -2.0);
}

static void unit_norm_is_safe_from_overflow(void **state)
{
    double large[] = {3e200, 4e200}, small[] = {3e-200, -4e-200}, zero[] = {0, 0};
    (void)state;
    assert_true(vv_prepare_unit(large, 2) && vv_prepare_unit(small, 2));
    vv_assert_close(large[0], 0.6, 1e-15);
    vv_assert_close(small[1], -0.8, 1e-15);
    assert_false(vv_prepare_unit(zero, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_that_are_no_numbers_are_counted_and_located),
        cmocka_unit_test(minus_zero_equals_zero),
        cmocka_unit_test(the_first_of_each_group_is_kept),
        cmocka_unit_test(standardizing_a_constant_feature_gives_zero),
        cmocka_unit_test(unit_norm_is_safe_from_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
