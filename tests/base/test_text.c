/* SPDX-License-Identifier: MIT */
/* Strict numbers, human sizes and times, suggestions, natural order. */
#include <math.h>

#include "base/text.h"
#include "vv_test.h"

static void integers_are_strict(void **state)
{
    static const struct { const char *text; int64_t value; } good[] = {
        {"0", 0}, {"-3", -3}, {"+7", 7}, {"1e5", 100000}, {"2.5e3", 2500},
        {"9223372036854775807", INT64_MAX}, {"-9223372036854775808", INT64_MIN}};
    static const char *const bad[] = {"", " 1", "1 ", "30x", "0x10", "1.5", "1e-1", "1e400", "e5",
                                      "9223372036854775808", "1_000", "nan", "--1", "1e", "."};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t v = 99;
        assert_true(vv_text_to_int(good[i].text, &v));
        assert_true(v == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t v = 99;
        if (vv_text_to_int(bad[i], &v)) fail_msg("'%s' taken for an integer", bad[i]);
        assert_int_equal(v, 99);
    }
}

static void floats_are_finite_decimals(void **state)
{
    static const char *const bad[] = {"inf", "nan", "0x1p3", "1e400", "1,5", "", "1.2.3", "INF"};
    double v = 7.0;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(vv_text_to_float(bad[i], &v));
    assert_true(v == 7.0);
    assert_true(vv_text_to_float("-.5e2", &v) && v == -50.0);
    assert_true(vv_text_to_float("1.", &v) && v == 1.0);
}

static void sizes_and_times_are_human(void **state)
{
    int64_t bytes;
    double seconds;
    char text[32];
    (void)state;
    assert_true(vv_text_to_size("8 GiB", &bytes) && bytes == (int64_t)8 << 30);
    assert_true(vv_text_to_size("500MB", &bytes) && bytes == 500000000);
    assert_true(vv_text_to_size("1.5 KiB", &bytes) && bytes == 1536);
    assert_true(vv_text_to_size("4096", &bytes) && bytes == 4096);
    assert_false(vv_text_to_size("8 G", &bytes));
    assert_false(vv_text_to_size("GiB", &bytes));
    assert_false(vv_text_to_size("1e30 TiB", &bytes));
    assert_true(vv_text_to_time("90", &seconds) && seconds == 90.0);
    assert_true(vv_text_to_time("15 min", &seconds) && seconds == 900.0);
    assert_true(vv_text_to_time("1:30:00", &seconds) && seconds == 5400.0);
    assert_true(vv_text_to_time("2 h", &seconds) && seconds == 7200.0);
    assert_false(vv_text_to_time("2 weeks", &seconds));
    assert_false(vv_text_to_time("1:75:00", &seconds));
    vv_text_from_size(512, text, sizeof text);
    assert_string_equal(text, "512 B");
    vv_text_from_size(3.2 * 1048576, text, sizeof text);
    assert_string_equal(text, "3.2 MiB");
}

static void decimals_are_short_and_exact(void **state)
{
    static const double values[] = {0.1, 1.0 / 3.0, 1e22, 5e-324, -0.0, 123456789.0, 2.0 / 3e-9};
    char text[32];
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        vv_text_from_float(values[i], text, sizeof text);
        const double back = strtod(text, NULL);
        assert_memory_equal(&back, &values[i], sizeof back);
    }
    vv_text_from_float(0.2, text, sizeof text);
    assert_string_equal(text, "0.2");
    vv_text_from_float(5400.0, text, sizeof text);
    assert_string_equal(text, "5400");
    vv_text_from_float(-1e22, text, sizeof text);
    assert_string_equal(text, "-1e+22");
}

static void suggestions_are_near(void **state)
{
    static const char *const words[] = {"composition", "knn", "depth", "prepare"};
    (void)state;
    assert_int_equal(vv_text_distance("kitten", "sitting"), 3);
    assert_int_equal(vv_text_distance("ab", "ba"), 1);
    assert_int_equal(vv_text_distance("", "abc"), 3);
    assert_string_equal(vv_text_suggest("compositon", words, 4), "composition");
    assert_string_equal(vv_text_suggest("knm", words, 4), "knn");
    assert_null(vv_text_suggest("zebra", words, 4));
}

static void layers_count_as_people_do(void **state)
{
    (void)state;
    assert_true(vv_text_natural_compare("layer_2", "layer_10") < 0);
    assert_true(vv_text_natural_compare("layer_10", "layer_2") > 0);
    assert_true(vv_text_natural_compare("a", "a") == 0);
    assert_true(vv_text_natural_compare("layer_02", "layer_2") != 0); /* a total order */
    assert_true(vv_text_natural_compare("b1", "a2") > 0);
    assert_true(vv_text_natural_compare("x99999999999999999999", "x100000000000000000000") < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_strict),
        cmocka_unit_test(floats_are_finite_decimals),
        cmocka_unit_test(sizes_and_times_are_human),
        cmocka_unit_test(decimals_are_short_and_exact),
        cmocka_unit_test(suggestions_are_near),
        cmocka_unit_test(layers_count_as_people_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
