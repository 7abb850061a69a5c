/* SPDX-License-Identifier: MIT */
/* report.h5 read back: as it was, or refused where its tables do not fit together.   ranks: 1 3 */
#include "io/report_file.h"
#include "vv_data.h"

enum { LAYERS = 3, KS = 2 };

static struct vv_column *add(struct vv_table *t, const char *name, enum vv_value type, struct vv_dim first,
                             struct vv_dim second)
{
    struct vv_column *c;
    const struct vv_column_spec spec = {.name = name, .long_name = name, .units = "1", .description = "for a test",
                                        .type = type, .dims = {first, second}};
    vv_assert_ok(vv_table_add(t, &spec, &c));
    return c;
}

/* The lengths and the type of names that may not fit. */
static struct vv_table report_of(int n_names, enum vv_value names, int n_ks, int n_others, int n_entries)
{
    struct vv_table t = {.n_columns = 0};
    const struct vv_dim none = {NULL, 0}, layer = {"layer", LAYERS};
    struct vv_column *const c = add(&t, "layers/name", names, (struct vv_dim){"layer", n_names}, none);
    for (int i = 0; i < n_names && names == VV_TEXT; i++) vv_assert_ok(vv_column_set_text(c, i, "a"));
    add(&t, "s/k", VV_I64, (struct vv_dim){"s/k", KS}, none)->i64[1] = 5;
    add(&t, "s/value", VV_F64, layer, (struct vv_dim){"s/k", n_ks})->f64[LAYERS * KS - 1] = 0.1;
    add(&t, "s/pairs", VV_F64, layer, (struct vv_dim){"other_layer", n_others});
    add(&t, "s/entry_a", VV_I64, (struct vv_dim){"s/entry", 5}, none); /* which counts: no column of its own */
    add(&t, "s/entry_b", VV_I64, (struct vv_dim){"s/entry", n_entries}, none);
    vv_assert_ok(vv_table_add_text(&t, "provenance/program", "for a test", "varve"));
    return t;
}

/* message: why it is refused; NULL: it is not */
static void write_and_read(struct vv_table written, const char *message)
{
    char folder[64];
    struct vv_table read = {.n_columns = 0};
    vv_test_folder(folder);
    vv_assert_ok(vv_report_write(vv_world, folder, &written));
    if (message) {
        assert_int_equal(vv_report_read(folder, &read), VV_INPUT);
        assert_non_null(strstr(vv_error_last()->message, message));
        assert_int_equal(read.n_columns, 0);
        vv_error_clear();
    } else {
        vv_assert_ok(vv_report_read(folder, &read));
        assert_int_equal(read.n_columns, written.n_columns);
        for (int i = 0; i < read.n_columns; i++) assert_string_equal(read.columns[i]->name, written.columns[i]->name);
        assert_true(vv_table_find(&read, "s/value")->f64[LAYERS * KS - 1] == 0.1);
        assert_int_equal(vv_table_find(&read, "s/k")->i64[1], 5);
    }
    vv_table_release(&read);
    vv_table_release(&written);
    vv_test_folder_remove(folder);
}

static void a_report_is_read_as_it_was(void **state)
{
    (void)state;
    write_and_read(report_of(LAYERS, VV_TEXT, KS, LAYERS, 5), NULL);
}

static void coordinates_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    write_and_read(report_of(LAYERS, VV_TEXT, KS + 1, LAYERS, 5),
                   "'s/value' has 3 values along 's/k', which has another number");
    write_and_read(report_of(LAYERS - 1, VV_TEXT, KS, LAYERS, 5),
                   "'s/value' has 3 values along 'layer', which has another number");
    write_and_read(report_of(LAYERS, VV_TEXT, KS, LAYERS + 1, 5),
                   "'s/pairs' has 4 values along 'other_layer', which has another number");
    write_and_read(report_of(LAYERS, VV_I64, KS, LAYERS, 5), "'layers/name' is no text");
    write_and_read(report_of(LAYERS, VV_TEXT, KS, LAYERS, 4),
                   "'s/entry_b' has 4 values along 's/entry', which has another number");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_report_is_read_as_it_was),
    cmocka_unit_test(coordinates_that_do_not_fit_are_refused),
};
VV_TEST_MAIN(tests)
