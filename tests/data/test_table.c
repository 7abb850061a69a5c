/* SPDX-License-Identifier: MIT */
/* Result tables and label sets. */
#include <math.h>

#include "data/labels.h"
#include "data/series.h"
#include "data/table.h"
#include "io/table_csv.h"
#include "vv_test.h"

static void column(struct vv_table *t, const char *name, enum vv_value type, const char *dim, int n,
                   struct vv_column **out)
{
    const struct vv_column_spec spec = {.name = name, .units = "1", .description = "for a test",
                                        .type = type, .dims = {{dim, n}}};
    vv_assert_ok(vv_table_add(t, &spec, out));
}

static void stacking_pads_what_a_layer_lacks(void **state)
{
    struct vv_table parts[3] = {{0}}, out = {0};
    const struct vv_table *const list[] = {&parts[0], &parts[1], &parts[2]};
    struct vv_column *order, *value, *note;
    (void)state;
    for (int l = 0; l < 3; l++) {
        const int n = l == 1 ? 1 : 2 + l; /* lengths 2, 1, 4 */
        vv_assert_ok(vv_table_add_f64(&parts[l], "x/scalar", "1", "a number", 10.0 + l));
        column(&parts[l], "x/order", VV_I64, "x/order", n, &order);
        column(&parts[l], "x/value", VV_F64, "x/order", n, &value);
        if (l == 2) column(&parts[l], "x/note", VV_TEXT, "x/order", n, &note);
        for (int i = 0; i < n; i++) {
            order->i64[i] = 1 << i;
            value->f64[i] = 100 * l + i;
        }
        if (l == 2) vv_assert_ok(vv_column_set_text(note, 3, "last"));
    }
    vv_assert_ok(vv_table_stack(list, 3, &out));
    const struct vv_column *c = vv_table_find(&out, "x/value");
    assert_int_equal(c->n_dims, 2);
    assert_string_equal(c->dims[0].name, "layer");
    assert_int_equal(c->dims[0].length, 3);
    assert_int_equal(c->dims[1].length, 4);
    assert_true(c->f64[0] == 0 && c->f64[1] == 1 && isnan(c->f64[2]));
    assert_true(c->f64[4] == 100 && isnan(c->f64[5]) && c->f64[11] == 203);
    c = vv_table_find(&out, "x/order"); /* coordinates stay as they are: the longest */
    assert_int_equal(c->n_dims, 1);
    assert_int_equal(c->i64[3], 8);
    c = vv_table_find(&out, "x/note"); /* absent from two layers */
    assert_true(c->text[0] == NULL || c->text[0][0] == '\0');
    assert_string_equal(c->text[11], "last");
    c = vv_table_find(&out, "x/scalar");
    assert_true(c->n_dims == 1 && c->f64[2] == 12.0);
    vv_table_release(&out);
    for (int l = 0; l < 3; l++) vv_table_release(&parts[l]);
}

static void a_column_needs_a_unit_a_description_and_a_name_of_its_own(void **state)
{
    struct vv_table t = {0};
    (void)state;
    vv_assert_ok(vv_table_add_i64(&t, "a/b", "1", "text", 1));
    assert_int_equal(vv_table_add_i64(&t, "a/b", "1", "text", 1), VV_BUG);
    vv_error_clear();
    assert_int_equal(vv_table_add_i64(&t, "a/c", NULL, "text", 1), VV_BUG);
    vv_error_clear();
    assert_int_equal(vv_table_add_i64(&t, "a/c", "1", "", 1), VV_BUG);
    vv_error_clear();
    vv_table_release(&t);
}

static void csv_is_tidy_and_quoted(void **state)
{
    struct vv_table t = {0};
    struct vv_column *name, *k, *value, *note;
    struct vv_csv_sheet *sheets;
    struct vv_strbuf text;
    int n;
    (void)state;
    column(&t, "layers/name", VV_TEXT, "layer", 2, &name);
    vv_assert_ok(vv_column_set_text(name, 0, "a,b"));
    vv_assert_ok(vv_column_set_text(name, 1, "c"));
    column(&t, "x/k", VV_I64, "x/k", 2, &k);
    k->i64[0] = 10;
    k->i64[1] = 30;
    const struct vv_column_spec spec = {.name = "x/value", .units = "m", .description = "metres",
                                        .type = VV_F64, .dims = {{"x/k", 2}, {"layer", 2}}};
    const struct vv_column_spec notes = {.name = "x/note", .units = "1", .description = "words",
                                         .type = VV_TEXT, .dims = {{"x/k", 2}, {"layer", 2}}};
    vv_assert_ok(vv_table_add(&t, &spec, &value));
    vv_assert_ok(vv_table_add(&t, &notes, &note));
    for (int i = 0; i < 3; i++) value->f64[i] = 0.1 * (i + 1);
    value->f64[3] = NAN;
    vv_assert_ok(vv_column_set_text(note, 0, "say \"no\""));
    vv_assert_ok(vv_csv_sheets(&t, &sheets, &n));
    assert_int_equal(n, 2);
    assert_string_equal(sheets[1].name, "x");
    vv_strbuf_init(&text);
    vv_csv_write(&sheets[1], "made for a test", &text);
    assert_string_equal(text.text, "# made for a test\n"
                                   "# value [m]: metres\n"
                                   "# note [1]: words\n"
                                   "k,layer,layer_name,value,note\n"
                                   "10,0,\"a,b\",0.1,\"say \"\"no\"\"\"\n"
                                   "10,1,c,0.2,\n"
                                   "30,0,\"a,b\",0.30000000000000004,\n"
                                   "30,1,c,nan,\n");
    vv_strbuf_release(&text);
    vv_csv_release(&sheets, n);
    vv_table_release(&t);
}

/* A name longer than that of a sheet, with and without a dimension, and one that is just long. */
static void sheets_of_long_groups_keep_within_their_names(void **state)
{
    static const int lengths[] = {300, 230, 10};
    (void)state;
    for (int l = 0; l < 3; l++) {
        struct vv_table t = {.n_columns = 0};
        struct vv_csv_sheet *sheets = NULL;
        char name[320] = "";
        int n = 0;
        memset(name, 'g', (size_t)lengths[l]);
        snprintf(name + lengths[l], 8, "/a");
        const struct vv_column_spec spec = {.name = name, .units = "1", .description = "for a test", .type = VV_F64,
                                            .dims = {{"layer", 2}}};
        vv_assert_ok(vv_table_add(&t, &spec, NULL));
        name[lengths[l] + 1] = 'b';
        vv_assert_ok(vv_table_add_f64(&t, name, "1", "for a test", 1.0));
        vv_assert_ok(vv_csv_sheets(&t, &sheets, &n));
        assert_int_equal(n, 2);
        assert_string_not_equal(sheets[0].name, sheets[1].name);
        const size_t kept = lengths[l] < 199 ? (size_t)lengths[l] : 199;
        assert_true(strncmp(sheets[1].name, name, kept) == 0 && strcmp(sheets[1].name + kept, "_values") == 0);
        vv_csv_release(&sheets, n);
        vv_table_release(&t);
    }
}

static void classes_are_in_natural_order_and_may_be_missing(void **state)
{
    static const char *const texts[] = {"10", "2", "", "2", "b"};
    static const int64_t values[] = {5, -1, 5, 300};
    const int64_t missing = -1;
    struct vv_labels l;
    (void)state;
    vv_assert_ok(vv_labels_from_texts(&l, "t", 5, texts));
    assert_int_equal(l.n_classes, 3);
    assert_string_equal(l.class_name[0], "2");
    assert_string_equal(l.class_name[1], "10");
    assert_string_equal(l.class_name[2], "b");
    assert_int_equal(l.classes[2], -1);
    assert_int_equal(l.classes[3], 0);
    vv_labels_release(&l);
    vv_assert_ok(vv_labels_from_integers(&l, "v", 4, values, &missing));
    assert_int_equal(l.n_classes, 2);
    assert_string_equal(l.class_name[1], "300");
    assert_int_equal(l.classes[1], -1);
    vv_labels_release(&l);
}

static void series_share_what_their_names_begin_with(void **state)
{
    char a[] = "last/0", b[] = "last/1", c[] = "mean/0", d[] = "x";
    char *const names[] = {a, b, c, d};
    struct vv_series s;
    (void)state;
    vv_assert_ok(vv_series_init(&s, 4, names));
    assert_int_equal(s.n, 3);
    assert_int_equal(s.first[1], 2);
    assert_int_equal(s.first[3], 4);
    assert_string_equal(s.name[0], "last");
    assert_string_equal(s.name[2], "");
    vv_series_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacking_pads_what_a_layer_lacks),
        cmocka_unit_test(a_column_needs_a_unit_a_description_and_a_name_of_its_own),
        cmocka_unit_test(csv_is_tidy_and_quoted),
        cmocka_unit_test(sheets_of_long_groups_keep_within_their_names),
    cmocka_unit_test(classes_are_in_natural_order_and_may_be_missing),
        cmocka_unit_test(series_share_what_their_names_begin_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
