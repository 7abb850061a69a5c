/* SPDX-License-Identifier: MIT */
/* Comparison of two tables: what counts as equal, how positions are matched, what comes first. */
#include <math.h>

#include "data/compare.h"
#include "vv_test.h"

static struct vv_column *add(struct vv_table *t, const char *name, enum vv_value type, const char *dim0, int64_t n0,
                             const char *dim1, int64_t n1)
{
    const struct vv_column_spec spec = {.name = name, .units = "1", .description = "for a test", .type = type,
                                        .dims = {{dim0, n0}, {dim1, n1}}};
    struct vv_column *c;
    vv_assert_ok(vv_table_add(t, &spec, &c));
    return c;
}

/* A table of layers of these names (one letter each), and of numbers one a layer: 10 * (letter - 'a'). */
static struct vv_column *layers(struct vv_table *t, const char *names)
{
    const int n = (int)strlen(names);
    struct vv_column *const name = add(t, "layers/name", VV_TEXT, "layer", n, NULL, 0);
    struct vv_column *const value = add(t, "x/value", VV_F64, "layer", n, NULL, 0);
    for (int l = 0; l < n; l++) {
        const char text[] = {names[l], '\0'};
        vv_assert_ok(vv_column_set_text(name, l, text));
        value->f64[l] = 10.0 * (names[l] - 'a');
    }
    return value;
}

static struct vv_comparison compare(const struct vv_table *a, const struct vv_table *b, double tolerance, double errors)
{
    const struct vv_compare_rule rule = {.tolerance = tolerance, .errors = errors};
    struct vv_comparison c;
    vv_assert_ok(vv_compare_tables(a, b, &rule, &c));
    return c;
}

static void nan_is_nan_and_no_number(void **state)
{
    struct vv_table a = {0}, b = {0};
    double *const x = layers(&a, "abcd")->f64, *const y = layers(&b, "abcd")->f64;
    (void)state;
    x[0] = y[0] = NAN;
    x[1] = y[1] = INFINITY;
    struct vv_comparison c = compare(&a, &b, 0.0, 0.0);
    assert_false(vv_comparison_differs(&c));
    assert_int_equal(c.n_values, 4);
    vv_comparison_release(&c);
    y[2] = NAN;
    y[1] = 1e300;
    c = compare(&a, &b, 1e6, 0.0); /* no tolerance bridges either */
    assert_int_equal(c.n_values_unequal, 2);
    assert_true(isinf(c.unequal[0].score) && isinf(c.unequal[1].score));
    vv_comparison_release(&c);
    y[1] = -0.0;
    x[1] = 0.0;
    y[2] = x[2];
    c = compare(&a, &b, 0.0, 0.0);
    assert_false(vv_comparison_differs(&c));
    vv_comparison_release(&c);
    vv_table_release(&a);
    vv_table_release(&b);
}

/* The tolerance is relative above 1 and absolute below. */
static void tolerance_is_relative_for_large_and_absolute_for_small_numbers(void **state)
{
    struct vv_table a = {0}, b = {0};
    double *const x = layers(&a, "ab")->f64, *const y = layers(&b, "ab")->f64;
    (void)state;
    x[0] = 0x1p40, y[0] = 0x1p40 + 0x1p20; /* 2^-20 of it */
    x[1] = 0x1p-40, y[1] = 0x1p-20;        /* 2^-20 apart, all but */
    struct vv_comparison c = compare(&a, &b, 0x1p-20, 0.0);
    assert_false(vv_comparison_differs(&c));
    vv_comparison_release(&c);
    c = compare(&a, &b, 0x1p-21, 0.0);
    assert_int_equal(c.n_values_unequal, 2);
    vv_assert_close(c.unequal[0].score, 0x1p-20, 1e-5);
    vv_comparison_release(&c);
    c = compare(&a, &b, 0.0, 0.0);
    assert_int_equal(c.n_values_unequal, 2);
    vv_comparison_release(&c);
    vv_table_release(&a);
    vv_table_release(&b);
}

/* float64 does not hold 2^53 + 1. */
static void integers_are_compared_as_integers(void **state)
{
    struct vv_table a = {0}, b = {0};
    (void)state;
    layers(&a, "a");
    layers(&b, "a");
    add(&a, "n", VV_I64, NULL, 0, NULL, 0)->i64[0] = INT64_C(9007199254740992);
    add(&b, "n", VV_I64, NULL, 0, NULL, 0)->i64[0] = INT64_C(9007199254740993);
    struct vv_comparison c = compare(&a, &b, 0.0, 0.0);
    assert_int_equal(c.n_unequal, 1);
    assert_int_equal(c.unequal[0].layer, -1);
    vv_comparison_release(&c);
    c = compare(&a, &b, 1e-9, 0.0);
    assert_false(vv_comparison_differs(&c));
    vv_comparison_release(&c);
    vv_table_release(&a);
    vv_table_release(&b);
}

/* 0.3 +- 0.3 and 0.4 +- 0.4 against each other: sqrt(0.09 + 0.16) = 0.5. */
static void errors_add_in_squares_and_are_not_compared_themselves(void **state)
{
    struct vv_table a = {0}, b = {0};
    double *const x = layers(&a, "ab")->f64, *const y = layers(&b, "ab")->f64;
    double *const ea = add(&a, "x/std_error", VV_F64, "layer", 2, NULL, 0)->f64;
    double *const eb = add(&b, "x/std_error", VV_F64, "layer", 2, NULL, 0)->f64;
    (void)state;
    ea[0] = 0.3, eb[0] = 0.4, ea[1] = 0.3, eb[1] = NAN;
    x[0] = 1.0, y[0] = 2.0;
    struct vv_comparison c = compare(&a, &b, 0.0, 2.01); /* 1 apart: 2 errors; sums of errors would be 1.43 */
    assert_false(vv_comparison_differs(&c));
    vv_comparison_release(&c);
    c = compare(&a, &b, 0.0, 1.99);
    assert_int_equal(c.n_unequal, 1);
    assert_int_equal(c.unequal[0].measure, VV_BY_ERRORS);
    vv_assert_close(c.unequal[0].score, 2.0, 1e-12);
    vv_comparison_release(&c);
    y[1] = x[1] + 1e-3; /* an error that is not known decides nothing: the tolerance does */
    c = compare(&a, &b, 0.0, 1e6);
    assert_int_equal(c.n_unequal, 1);
    assert_int_equal(c.unequal[0].measure, VV_BY_SIZE);
    assert_int_equal(c.unequal[0].layer, 1);
    vv_comparison_release(&c);
    c = compare(&a, &b, 0.0, 0.0); /* without the rule, errors are numbers like others */
    assert_int_equal(c.n_values_unequal, 4);
    assert_int_equal(c.n_columns_unequal, 2);
    vv_comparison_release(&c);
    ea[0] = eb[0] = 0.0; /* certain values that are not the same */
    c = compare(&a, &b, 1.0, 3.0);
    assert_true(c.n_unequal == 1 && isinf(c.unequal[0].score));
    vv_comparison_release(&c);
    vv_table_release(&a);
    vv_table_release(&b);
}

/* Layers by name and scales by value, in another order and some of them missing. */
static void positions_are_matched_by_their_coordinates(void **state)
{
    struct vv_table a = {0}, b = {0};
    static const int64_t ka[] = {10, 30, 50}, kb[] = {30, 10};
    (void)state;
    layers(&a, "abc");
    layers(&b, "xcba");
    struct vv_column *const ca = add(&a, "k", VV_I64, "k", 3, NULL, 0);
    struct vv_column *const cb = add(&b, "k", VV_I64, "k", 2, NULL, 0);
    memcpy(ca->i64, ka, sizeof ka);
    memcpy(cb->i64, kb, sizeof kb);
    struct vv_column *const x = add(&a, "overlap", VV_F64, "k", 3, "layer", 3);
    struct vv_column *const y = add(&b, "overlap", VV_F64, "k", 2, "layer", 4);
    for (int k = 0; k < 3; k++)
        for (int l = 0; l < 3; l++) x->f64[3 * k + l] = 100.0 * (double)ka[k] + l;
    for (int k = 0; k < 2; k++)
        for (int l = 0; l < 4; l++) y->f64[4 * k + l] = 100.0 * (double)kb[k] + (3 - l);
    struct vv_comparison c = compare(&a, &b, 0.0, 0.0);
    assert_int_equal(c.n_unequal, 0);
    assert_int_equal(c.n_values, 3 + 2 * 3);
    assert_int_equal(c.n_only_in, 2);
    for (int i = 0; i < 2; i++) {
        const struct vv_only_in *const o = &c.only_in[i];
        assert_int_equal(o->n, 1);
        if (strcmp(o->coordinate->name, "k") == 0) assert_true(!o->in_b && o->at[0] == 2);
        else assert_true(o->in_b && o->at[0] == 0 && strcmp(o->coordinate->name, "layers/name") == 0);
    }
    vv_comparison_release(&c);
    y->f64[4 * 1 + 2] += 0.5; /* k = 10, layer b */
    y->f64[4 * 0 + 2] -= 1.0; /* k = 30, layer b: relatively less */
    c = compare(&a, &b, 0.0, 0.0);
    assert_int_equal(c.n_unequal, 1);
    assert_int_equal(c.unequal[0].layer, 1);
    assert_int_equal(c.unequal[0].n, 2);
    assert_int_equal(c.unequal[0].n_compared, 2);
    assert_int_equal(c.unequal[0].at_a, 1);
    assert_int_equal(c.unequal[0].at_b, 4 * 1 + 2);
    vv_comparison_release(&c);
    vv_table_release(&a);
    vv_table_release(&b);
}

static void the_largest_comes_first(void **state)
{
    struct vv_table a = {0}, b = {0};
    double *const x = layers(&a, "abcd")->f64, *const y = layers(&b, "abcd")->f64;
    (void)state;
    for (int l = 0; l < 4; l++) x[l] = 0.0;
    y[0] = 0.1, y[1] = -0.3, y[2] = 0.2, y[3] = 0.3;
    struct vv_comparison c = compare(&a, &b, 0.0, 0.0);
    static const int order[] = {1, 3, 2, 0}; /* equal ones as they stand */
    assert_int_equal(c.n_unequal, 4);
    for (int i = 0; i < 4; i++) assert_int_equal(c.unequal[i].layer, order[i]);
    vv_comparison_release(&c);
    vv_table_release(&a);
    vv_table_release(&b);
}

static void what_is_unlike_is_told_apart(void **state)
{
    struct vv_table a = {0}, b = {0};
    (void)state;
    layers(&a, "a");
    layers(&b, "a");
    add(&a, "only/a", VV_F64, NULL, 0, NULL, 0);
    add(&b, "only/b", VV_F64, NULL, 0, NULL, 0);
    add(&a, "shape", VV_F64, NULL, 0, NULL, 0);
    add(&b, "shape", VV_F64, "layer", 1, NULL, 0);
    add(&a, "type", VV_F64, NULL, 0, NULL, 0);
    add(&b, "type", VV_TEXT, NULL, 0, NULL, 0);
    add(&a, "number", VV_F64, NULL, 0, NULL, 0)->f64[0] = 3.0; /* the same number as an integer */
    add(&b, "number", VV_I64, NULL, 0, NULL, 0)->i64[0] = 3;
    vv_assert_ok(vv_table_add_text(&a, "word", "for a test", "yes"));
    vv_assert_ok(vv_table_add_text(&b, "word", "for a test", "no"));
    vv_assert_ok(vv_table_add_text(&a, "provenance/hosts", "for a test", "here"));
    vv_assert_ok(vv_table_add_text(&b, "provenance/hosts", "for a test", "there"));
    struct vv_comparison c = compare(&a, &b, 0.0, 0.0);
    assert_int_equal(c.n_mismatches, 4);
    assert_null(c.mismatches[0].b);
    assert_string_equal(c.mismatches[0].a->name, "only/a");
    assert_string_equal(c.mismatches[1].a->name, "shape");
    assert_string_equal(c.mismatches[2].b->name, "type");
    assert_null(c.mismatches[3].a);
    assert_int_equal(c.n_unequal, 1);
    assert_int_equal(c.unequal[0].measure, VV_BY_TEXT);
    vv_comparison_release(&c);
    vv_table_release(&a);
    vv_table_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nan_is_nan_and_no_number),
        cmocka_unit_test(tolerance_is_relative_for_large_and_absolute_for_small_numbers),
        cmocka_unit_test(integers_are_compared_as_integers),
        cmocka_unit_test(errors_add_in_squares_and_are_not_compared_themselves),
        cmocka_unit_test(positions_are_matched_by_their_coordinates),
        cmocka_unit_test(the_largest_comes_first),
        cmocka_unit_test(what_is_unlike_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
