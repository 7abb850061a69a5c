/* SPDX-License-Identifier: MIT */
/* Tables of several reports as one: rows, coordinates that differ, columns that are missing, names that clash. */
#include "io/tidy.h"
#include "vv_test.h"

static struct vv_column *add(struct vv_table *t, const char *name, enum vv_value type, const char *d0, int64_t n0,
                             const char *d1, int64_t n1)
{
    struct vv_column *c = NULL;
    const struct vv_column_spec spec = {.name = name, .units = "1", .description = "d", .type = type,
                                        .dims = {{d0, n0}, {d1, n1}}};
    vv_assert_ok(vv_table_add(t, &spec, &c));
    return c;
}

/* A report of `n_layers` layers, q/value along (layer, q/k), k = first, first + 1, ... */
static void make_report(struct vv_table *t, int64_t n_layers, int64_t n_k, int64_t first, bool counts)
{
    *t = (struct vv_table){.n_columns = 0};
    struct vv_column *const name = add(t, "layers/name", VV_TEXT, "layer", n_layers, NULL, 0);
    for (int64_t l = 0; l < n_layers; l++) vv_assert_ok(vv_column_set_text(name, l, l ? "second" : "a,b"));
    struct vv_column *const k = add(t, "q/k", VV_I64, "q/k", n_k, NULL, 0);
    for (int64_t i = 0; i < n_k; i++) k->i64[i] = first + i;
    struct vv_column *const value = add(t, "q/value", VV_F64, "layer", n_layers, "q/k", n_k);
    for (int64_t i = 0; i < n_layers * n_k; i++) value->f64[i] = 0.5 * (double)i;
    if (counts) {
        struct vv_column *const n = add(t, "q/n", VV_I64, "layer", n_layers, "q/k", n_k);
        for (int64_t i = 0; i < n_layers * n_k; i++) n->i64[i] = 7 + i;
    }
    vv_assert_ok(vv_table_add_text(t, "provenance/date", "d", "today"));
}

static void add_report(struct vv_tidy *tidy, const char *point, int64_t k, int64_t n_layers, int64_t n_k, int64_t first,
                       bool counts)
{
    struct vv_table report;
    const struct vv_tidy_key keys[] = {
        {.name = "point", .units = "1", .description = "p", .type = VV_TEXT, .text = point},
        {.name = "k", .units = "1", .description = "s", .type = VV_I64, .i64 = k}}; /* as a coordinate is called */
    make_report(&report, n_layers, n_k, first, counts);
    vv_assert_ok(vv_tidy_add(tidy, &report, keys, 2));
    vv_table_release(&report);
}

static void assert_csv(const struct vv_tidy *tidy, int sheet, const char *name, const char *expected)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    assert_string_equal(tidy->sheets[sheet].name, name);
    vv_tidy_write_csv(&tidy->sheets[sheet], "p", &text);
    const char *body = text.text;
    while (*body == '#') body = strchr(body, '\n') + 1;
    assert_string_equal(body, expected);
    vv_strbuf_release(&text);
}

static void each_observation_has_its_own_coordinates(void **state)
{
    (void)state;
    struct vv_tidy tidy = {.n_sheets = 0};
    add_report(&tidy, "x=1", 1, 2, 2, 10, true);
    add_report(&tidy, "x=2", 2, 1, 1, 30, true);
    assert_int_equal(tidy.n_sheets, 2);
    assert_csv(&tidy, 0, "layers", "point,k,layer,layer_name,name\n"
                                   "x=1,1,0,\"a,b\",\"a,b\"\nx=1,1,1,second,second\nx=2,2,0,\"a,b\",\"a,b\"\n");
    assert_csv(&tidy, 1, "q", "point,k,layer,layer_name,k_2,value,n\n"
                              "x=1,1,0,\"a,b\",10,0,7\nx=1,1,0,\"a,b\",11,0.5,8\n"
                              "x=1,1,1,second,10,1,9\nx=1,1,1,second,11,1.5,10\n"
                              "x=2,2,0,\"a,b\",30,0,7\n");
    vv_tidy_release(&tidy);
    assert_int_equal(vv_mem_in_use(), 0);
}

static void what_a_report_does_not_have_is_nan_whichever_comes_first(void **state)
{
    (void)state;
    for (int first_has = 0; first_has < 2; first_has++) {
        struct vv_tidy tidy = {.n_sheets = 0};
        add_report(&tidy, "x=1", 1, 1, 1, 10, first_has);
        add_report(&tidy, "x=2", 2, 1, 1, 10, !first_has);
        assert_csv(&tidy, 1, "q", first_has ? "point,k,layer,layer_name,k_2,value,n\n"
                                              "x=1,1,0,\"a,b\",10,0,7\nx=2,2,0,\"a,b\",10,0,nan\n"
                                            : "point,k,layer,layer_name,k_2,value,n\n"
                                              "x=1,1,0,\"a,b\",10,0,nan\nx=2,2,0,\"a,b\",10,0,7\n");
        vv_tidy_release(&tidy);
    }
    assert_int_equal(vv_mem_in_use(), 0);
}

/* A key that is a number in one report and a text in another: two columns, nothing lost. */
static void texts_and_numbers_do_not_mix(void **state)
{
    (void)state;
    struct vv_tidy tidy = {.n_sheets = 0};
    struct vv_tidy_key key = {.name = "x", .units = "1", .description = "d", .type = VV_I64, .i64 = 3};
    vv_assert_ok(vv_tidy_add_row(&tidy, "points", &key, 1));
    key = (struct vv_tidy_key){.name = "x", .units = "1", .description = "d", .type = VV_TEXT, .text = "three"};
    vv_assert_ok(vv_tidy_add_row(&tidy, "points", &key, 1));
    key = (struct vv_tidy_key){.name = "x", .units = "1", .description = "d", .type = VV_F64, .f64 = 0.5};
    vv_assert_ok(vv_tidy_add_row(&tidy, "points", &key, 1));
    assert_csv(&tidy, 0, "points", "x,x_2\n3,\nnan,three\n0.5,\n");
    vv_tidy_release(&tidy);
    assert_int_equal(vv_mem_in_use(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_observation_has_its_own_coordinates),
        cmocka_unit_test(what_a_report_does_not_have_is_nan_whichever_comes_first),
        cmocka_unit_test(texts_and_numbers_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
