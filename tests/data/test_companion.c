/* SPDX-License-Identifier: MIT */
/* Which columns serve another one: all forms of names, and names that only look like it. */
#include "data/companion.h"
#include "vv_test.h"

static const struct vv_column *add(struct vv_table *t, const char *name, enum vv_value type, int64_t n)
{
    const struct vv_column_spec spec = {.name = name, .units = "1", .description = "for a test", .type = type,
                                        .dims = {{n > 0 ? "layer" : NULL, n}}};
    struct vv_column *c;
    vv_assert_ok(vv_table_add(t, &spec, &c));
    return c;
}

static void companions_are_found_by_name(void **state)
{
    static const struct {
        const char *owner;
        enum vv_companion which;
        const char *name; /* NULL: there is none */
    } cases[] = {{"id/gride/value", VV_STD_ERROR, "id/gride/std_error"},
                 {"c/layer_overlap", VV_STD_ERROR, "c/layer_overlap_std_error"},
                 {"c/layer_overlap", VV_CHANCE, "c/layer_overlap_chance"},
                 {"c/label/topic_weighted", VV_STD_ERROR, "c/label/topic_weighted_std_error"},
                 {"s/overlap_with/net", VV_STD_ERROR, "s/overlap_std_error_with/net"},
                 {"s/overlap_with/net", VV_CHANCE, "s/overlap_chance_with/net"},
                 {"i/to_with/net", VV_STD_ERROR, "i/to_with/net_std_error"},
                 {"p/accuracy", VV_LOW, "p/accuracy_low"},
                 {"p/accuracy", VV_HIGH, "p/accuracy_high"},
                 {"q/value", VV_LOW, "q/low"},
                 {"q/value", VV_HIGH, "q/value_high"}, /* spelled out */
                 {"layer", VV_STD_ERROR, "layer_std_error"},
                 {"value", VV_STD_ERROR, "std_error"},
                 {"c/label/topic", VV_STD_ERROR, NULL},
                 {"id/gride/distance", VV_STD_ERROR, NULL},
                 {"id/mle/value", VV_STD_ERROR, NULL},
                 {"d/std_error_mean", VV_STD_ERROR, NULL},
                 {"d/mean", VV_STD_ERROR, NULL},
                 {"d/follow", VV_LOW, NULL},
                 {"d/fol", VV_LOW, NULL}};
    enum { N = sizeof cases / sizeof *cases };
    struct vv_table t = {0};
    (void)state;
    for (int i = 0; i < N; i++) {
        if (!vv_table_find(&t, cases[i].owner)) add(&t, cases[i].owner, VV_F64, 2);
        if (cases[i].name) add(&t, cases[i].name, VV_F64, 2);
    }
    for (int i = 0; i < N; i++) {
        const struct vv_column *const owner = vv_table_find(&t, cases[i].owner);
        const struct vv_column *const c = vv_companion_of(&t, owner, cases[i].which);
        enum vv_companion which = VV_N_COMPANIONS;
        assert_ptr_equal(c, cases[i].name ? vv_table_find(&t, cases[i].name) : NULL);
        assert_null(vv_companion_owner(&t, owner, &which));
        if (!c) continue;
        assert_ptr_equal(vv_companion_owner(&t, c, &which), owner);
        assert_int_equal(which, cases[i].which);
    }
    vv_table_release(&t);
}

static void companions_are_numbers_of_the_same_shape(void **state)
{
    struct vv_table t = {0};
    (void)state;
    const struct vv_column *const value = add(&t, "a/value", VV_F64, 2), *const text = add(&t, "b", VV_TEXT, 2);
    const struct vv_column *const count = add(&t, "c", VV_I64, 2);
    add(&t, "a/std_error", VV_F64, 3);
    add(&t, "a/low", VV_TEXT, 2);
    add(&t, "b_std_error", VV_F64, 2);
    const struct vv_column *const whole = add(&t, "c_std_error", VV_I64, 2);
    for (int w = 0; w < VV_N_COMPANIONS; w++) {
        assert_null(vv_companion_of(&t, value, (enum vv_companion)w));
        assert_null(vv_companion_of(&t, text, (enum vv_companion)w));
    }
    assert_ptr_equal(vv_companion_of(&t, count, VV_STD_ERROR), whole);
    for (int i = 0; i < t.n_columns; i++)
        if (t.columns[i] != whole) assert_null(vv_companion_owner(&t, t.columns[i], NULL));
    vv_table_release(&t);
}

/* An interval has two ends; chance tells nothing of how sure a value is. */
static void an_interval_has_two_ends(void **state)
{
    struct vv_table t = {0};
    (void)state;
    const struct vv_column *const score = add(&t, "score", VV_F64, 0), *const low = add(&t, "score_low", VV_F64, 0);
    const struct vv_column *const chance = add(&t, "score_chance", VV_F64, 0);
    const struct vv_column *const error = add(&t, "score_std_error", VV_F64, 0);
    struct vv_uncertainty u = vv_uncertainty_of(&t, score);
    assert_true(u.std_error == error && !u.low && !u.high);
    assert_false(vv_uncertainty_is(&t, low));
    const struct vv_column *const high = add(&t, "score_high", VV_F64, 0);
    u = vv_uncertainty_of(&t, score);
    assert_true(u.std_error == error && u.low == low && u.high == high);
    assert_true(vv_uncertainty_is(&t, low) && vv_uncertainty_is(&t, high) && vv_uncertainty_is(&t, error));
    assert_false(vv_uncertainty_is(&t, chance) || vv_uncertainty_is(&t, score));
    vv_table_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(companions_are_found_by_name),
        cmocka_unit_test(companions_are_numbers_of_the_same_shape),
        cmocka_unit_test(an_interval_has_two_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
