/* SPDX-License-Identifier: MIT */
/* The configuration below the messages: every prefix of a file is either understood or refused, nothing
 * is leaked, overrides land where they say. */
#include "config/schema.h"
#include "vv_test.h"

struct inner {
    double x;
    bool present;
};

struct outer {
    int64_t n;
    struct vv_ints list;
    char *text;
    int choice;
    bool flag;
    double seconds;
    int64_t bytes;
    struct inner section;
    struct vv_map map;
    unsigned several;
};

static const char *const choices[] = {"red", "green", "blue", NULL};
static const struct vv_param inner_params[] = {
    {.key = "x", .type = VV_PARAM_FLOAT, .offset = offsetof(struct inner, x), .standard = "0.5",
     .help = "a number"},
    {.key = NULL}};
static const struct vv_param params[] = {
    {.key = "n", .type = VV_PARAM_INT, .offset = offsetof(struct outer, n), .standard = "3",
     .minimum = 1, .maximum = 10, .help = "h"},
    {.key = "list", .type = VV_PARAM_INTS, .offset = offsetof(struct outer, list),
     .standard = "[1, 2]", .help = "h"},
    {.key = "text", .type = VV_PARAM_TEXT, .offset = offsetof(struct outer, text), .help = "h"},
    {.key = "choice", .type = VV_PARAM_CHOICE, .offset = offsetof(struct outer, choice),
     .standard = "green", .choices = choices, .help = "h"},
    {.key = "flag", .type = VV_PARAM_BOOL, .offset = offsetof(struct outer, flag),
     .standard = "true", .help = "h"},
    {.key = "seconds", .type = VV_PARAM_TIME, .offset = offsetof(struct outer, seconds),
     .standard = "2 h", .help = "h"},
    {.key = "bytes", .type = VV_PARAM_SIZE, .offset = offsetof(struct outer, bytes),
     .standard = "1 KiB", .help = "h"},
    {.key = "section", .type = VV_PARAM_SECTION, .offset = offsetof(struct outer, section),
     .fields = inner_params, .item_size = sizeof(struct inner),
     .present = offsetof(struct inner, present), .help = "h"},
    {.key = "map", .type = VV_PARAM_MAP, .offset = offsetof(struct outer, map),
     .fields = inner_params, .item_size = sizeof(struct inner), .help = "h"},
    {.key = "several", .type = VV_PARAM_CHOICES, .offset = offsetof(struct outer, several),
     .standard = "[red]", .choices = choices, .help = "h"},
    {.key = NULL}};

static const char full[] = "# comment\n"
                           "n: 7\n"
                           "list: [4, 1e2,\n  6]\n"
                           "text: \"a # b: \\\"c\\\" \\u00e9\"\n"
                           "choice: blue\n"
                           "flag: false\n"
                           "seconds: 1:30:00\n"
                           "bytes: 2 MiB\n"
                           "section:\n  x: -1.5e-3\n"
                           "map:\n  one: {x: 1}\n  two:\n  'three 3': {}\n"
                           "several: [blue, red]\n";

static char first_complaint[256];

/* Parses a text; the number of complaints. */
static int parse(const char *text, struct outer *values)
{
    struct vv_diagnostics d = {0};
    struct vv_node *tree = NULL;
    memset(values, 0, sizeof *values);
    vv_assert_ok(vv_tree_parse(text, "t.yml", &d, &tree));
    if (tree) vv_assert_ok(vv_schema_parse(params, tree, "", values, &d));
    if (tree) vv_tree_release(&tree);
    const int n = d.n;
    snprintf(first_complaint, sizeof first_complaint, "%s", n > 0 ? d.lines[0] : "");
    vv_diagnostics_release(&d);
    return n;
}

static void check_full(const struct outer *v)
{
    assert_int_equal(v->n, 7);
    assert_int_equal(v->list.n, 3);
    assert_int_equal(v->list.v[1], 100);
    assert_string_equal(v->text, "a # b: \"c\" \xc3\xa9");
    assert_int_equal(v->choice, 2);
    assert_false(v->flag);
    assert_true(v->bytes == 2 << 20);
    assert_true(v->section.present && v->section.x == -1.5e-3);
    assert_int_equal(v->map.n, 3);
    assert_string_equal(v->map.name[2], "three 3");
    assert_true(((struct inner *)v->map.items)[0].x == 1.0);
    assert_true(((struct inner *)v->map.items)[1].x == 0.5);
    assert_int_equal(v->several, 1 | 4);
}

static void every_type_is_read_and_written_back(void **state)
{
    struct outer a, b;
    struct vv_strbuf text;
    (void)state;
    const size_t before = vv_mem_in_use();
    parse(full, &a);
    assert_string_equal(first_complaint, "");
    check_full(&a);
    vv_strbuf_init(&text);
    vv_schema_write(params, &a, NULL, 0, &text);
    parse(text.text, &b);
    assert_string_equal(first_complaint, "");
    check_full(&b);
    assert_true(a.seconds == b.seconds);
    vv_strbuf_release(&text);
    vv_schema_release(params, &a);
    vv_schema_release(params, &b);
    assert_int_equal(vv_mem_in_use(), before);
}

static void absent_keys_have_their_defaults(void **state)
{
    struct outer v;
    (void)state;
    assert_int_equal(parse("n: 2", &v), 0);
    assert_true(v.seconds == 7200.0 && v.bytes == 1024 && v.flag && v.choice == 1);
    assert_true(!v.section.present && v.section.x == 0.5 && v.text == NULL && v.map.n == 0);
    assert_int_equal(v.several, 1);
    vv_schema_release(params, &v);
}

static void any_prefix_and_any_broken_byte_is_survived(void **state)
{
    char text[sizeof full];
    struct outer v;
    (void)state;
    const size_t before = vv_mem_in_use();
    for (size_t n = 0; n < sizeof full; n++) {
        memcpy(text, full, sizeof full);
        text[n] = '\0';
        parse(text, &v);
        vv_schema_release(params, &v);
        static const char bytes[] = "\t:{}[]&*!%@\"'#,-\n\x01\xff";
        for (size_t b = 0; b + 1 < sizeof bytes && n + 1 < sizeof full; b++) {
            memcpy(text, full, sizeof full);
            text[n] = bytes[b];
            parse(text, &v);
            vv_schema_release(params, &v);
        }
    }
    assert_int_equal(vv_mem_in_use(), before);
}

static void overrides_make_and_replace(void **state)
{
    struct vv_diagnostics d = {0};
    struct vv_node *tree = NULL;
    struct outer v = {0};
    (void)state;
    const size_t before = vv_mem_in_use();
    vv_assert_ok(vv_tree_parse("n: 1\nmap: {a: {x: 1}}\n", "t.yml", &d, &tree));
    vv_assert_ok(vv_tree_override(&tree, "n=9", &d));
    vv_assert_ok(vv_tree_override(&tree, "map.a.x=2", &d));
    vv_assert_ok(vv_tree_override(&tree, "map.b.x=3", &d));
    vv_assert_ok(vv_tree_override(&tree, "list=[8]", &d));
    assert_string_equal(vv_node_at(tree, "map.b.x")->text, "3");
    assert_null(vv_node_at(tree, "map.c"));
    vv_assert_ok(vv_schema_parse(params, tree, "", &v, &d));
    assert_int_equal(d.n, 0);
    assert_true(v.n == 9 && v.list.n == 1 && v.list.v[0] == 8 && v.map.n == 2);
    assert_true(((struct inner *)v.map.items)[0].x == 2.0);
    vv_schema_release(params, &v);
    vv_tree_release(&tree);
    vv_diagnostics_release(&d);
    assert_int_equal(vv_mem_in_use(), before);
}

static void deep_nesting_is_refused_not_followed(void **state)
{
    enum { DEPTH = 5000 };
    char *text = malloc(2 * DEPTH + 1);
    struct outer v;
    (void)state;
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    text[2 * DEPTH] = '\0';
    assert_true(parse(text, &v) > 0);
    vv_schema_release(params, &v);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read_and_written_back),
        cmocka_unit_test(absent_keys_have_their_defaults),
        cmocka_unit_test(any_prefix_and_any_broken_byte_is_survived),
        cmocka_unit_test(overrides_make_and_replace),
        cmocka_unit_test(deep_nesting_is_refused_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
