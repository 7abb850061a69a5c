/* SPDX-License-Identifier: MIT */
/* The expansion of sweeps: which points there are, how they are called, in which order they should run, what they set;
 * against a count by hand and all pairs of names. */
#include "config/sweep.h"
#include "vv_test.h"

struct inner {
    int64_t k;
    int metric;
    struct vv_ints scales;
};

struct outer {
    int64_t seed;
    double noise;
    char *path, *text;
    int64_t bytes;
    struct inner first, second;
    struct vv_map map;
};

static const char *const metrics[] = {"euclidean", "cosine", NULL};
static const struct vv_param inner_params[] = {
    {.key = "k", .type = VV_PARAM_INT, .offset = offsetof(struct inner, k), .standard = "100", .minimum = 1,
     .maximum = 1000, .role = VV_ROLE_MOST, .help = "h"},
    {.key = "metric", .type = VV_PARAM_CHOICE, .offset = offsetof(struct inner, metric), .standard = "euclidean",
     .choices = metrics, .help = "h"},
    {.key = "scales", .type = VV_PARAM_INTS, .offset = offsetof(struct inner, scales), .help = "h"},
    {.key = NULL}};
static const struct vv_param params[] = {
    {.key = "seed", .type = VV_PARAM_INT, .offset = offsetof(struct outer, seed), .standard = "1", .help = "h"},
    {.key = "noise", .type = VV_PARAM_FLOAT, .offset = offsetof(struct outer, noise), .standard = "0.5", .help = "h"},
    {.key = "path", .type = VV_PARAM_PATH, .offset = offsetof(struct outer, path), .help = "h"},
    {.key = "text", .type = VV_PARAM_TEXT, .offset = offsetof(struct outer, text), .help = "h"},
    {.key = "bytes", .type = VV_PARAM_SIZE, .offset = offsetof(struct outer, bytes), .help = "h"},
    {.key = "first", .type = VV_PARAM_SECTION, .offset = offsetof(struct outer, first), .fields = inner_params,
     .item_size = sizeof(struct inner), .help = "h"},
    {.key = "second", .type = VV_PARAM_SECTION, .offset = offsetof(struct outer, second), .fields = inner_params,
     .item_size = sizeof(struct inner), .help = "h"},
    {.key = "map", .type = VV_PARAM_MAP, .offset = offsetof(struct outer, map), .fields = inner_params,
     .item_size = sizeof(struct inner), .help = "h"},
    {.key = NULL}};

/* A sweep read from text, and the tree it borrows from. */
struct reading {
    struct vv_node *tree;
    struct vv_sweep sweep;
    struct vv_diagnostics d;
};

static void read_sweep(struct reading *r, const char *yaml, const char *const *texts, int n_texts)
{
    *r = (struct reading){.tree = NULL};
    vv_assert_ok(vv_tree_parse(yaml, "c.yml", &r->d, &r->tree));
    vv_assert_ok(vv_sweep_read(&r->sweep, vv_node_get(r->tree, "sweep"), texts, n_texts, params, &r->d));
}

static void release(struct reading *r)
{
    vv_sweep_release(&r->sweep);
    vv_tree_release(&r->tree);
    vv_diagnostics_release(&r->d);
    vv_error_clear();
    assert_int_equal(vv_mem_in_use(), 0);
}

/* All names, one a line; they must differ. */
static void assert_names(const struct vv_sweep *s, const char *expected)
{
    struct vv_strbuf all;
    vv_strbuf_init(&all);
    for (int64_t p = 0; p < s->n_points; p++) {
        vv_sweep_name(s, p, &all);
        vv_strbuf_puts(&all, "\n");
    }
    assert_string_equal(all.text, expected);
    vv_strbuf_release(&all);
}

static void assert_points(const char *yaml, const char *expected)
{
    struct reading r;
    read_sweep(&r, yaml, NULL, 0);
    if (r.d.n > 0) fail_msg("%s", r.d.lines[0]);
    assert_names(&r.sweep, expected);
    release(&r);
}

static void every_combination_is_a_point_and_the_last_key_is_fastest(void **state)
{
    (void)state;
    assert_points("sweep: {grid: {seed: [3, 1], first.k: [10, 20, 5]}}",
                  "k=10,seed=3\nk=10,seed=1\nk=20,seed=3\nk=20,seed=1\nk=5,seed=3\nk=5,seed=1\n");
}

static void the_order_of_keys_does_not_count(void **state)
{
    (void)state;
    static const char points[] = "metric=cosine,k=1,seed=1\nmetric=cosine,k=1,seed=2\nmetric=cosine,k=2,seed=1\n"
                                 "metric=cosine,k=2,seed=2\nmetric=euclidean,k=1,seed=1\nmetric=euclidean,k=1,seed=2\n"
                                 "metric=euclidean,k=2,seed=1\nmetric=euclidean,k=2,seed=2\n";
    assert_points("sweep: {grid: {seed: [1, 2], second.k: [1, 2], first.metric: [cosine, euclidean]}}", points);
    assert_points("sweep: {grid: {first.metric: [cosine, euclidean], second.k: [1, 2], seed: [1, 2]}}", points);
    assert_points("sweep: {grid: {second: {k: [1, 2]}, seed: [1, 2], first: {metric: [cosine, euclidean]}}}", points);
}

static void zipped_keys_change_together_in_the_place_of_the_first(void **state)
{
    (void)state;
    assert_points("sweep: {zip: {seed: [1, 2], first.k: [10, 20]}, grid: {noise: [0, 0.5]}}",
                  "k=10,noise=0,seed=1\nk=10,noise=0.5,seed=1\nk=20,noise=0,seed=2\nk=20,noise=0.5,seed=2\n");
    /* a value may come twice where the others differ; a key whose values are all the same is not named */
    assert_points("sweep: {zip: {seed: [1, 1, 2], first.k: [10, 20, 10], noise: [1, 1, 1]}}",
                  "k=10,seed=1\nk=20,seed=1\nk=10,seed=2\n");
}

static void labels_name_values_and_speak_for_what_is_zipped_with_them(void **state)
{
    (void)state;
    assert_points("sweep: {zip: {path: [{small: a/x.h5}, {large: b/x.h5}], seed: [1, 2]}}", "path=small\npath=large\n");
    assert_points("sweep: {zip: {path: [{a: x}, {b: y}, {a: x}], seed: [1, 2, 3]}}",
                  "path=a,seed=1\npath=b,seed=2\npath=a,seed=3\n");
    assert_points("sweep: {grid: {noise: [{no noise: 0}, 0.25]}}", "noise=no_noise\nnoise=0.25\n");
}

/* Labels may tell equal values apart: then they alone name what is zipped. */
static void labels_of_equal_values_are_names_too(void **state)
{
    (void)state;
    assert_points("sweep: {grid: {noise: [1, 2]}, zip: {seed: [{a: 1}, {b: 1}], first.k: [10, 20]}}",
                  "noise=1,seed=a\nnoise=2,seed=a\nnoise=1,seed=b\nnoise=2,seed=b\n");
}

static void names_are_fit_for_folders(void **state)
{
    (void)state;
    assert_points("sweep: {grid: {first.scales: [5, [1, 2], []], bytes: [1 GiB, 2GiB]}}",
                  "bytes=1_GiB,scales=5\nbytes=1_GiB,scales=1+2\nbytes=1_GiB,scales=empty\n"
                  "bytes=2GiB,scales=5\nbytes=2GiB,scales=1+2\nbytes=2GiB,scales=empty\n");
    assert_points("sweep: {grid: {path: [a/x.h5, b/y.h5]}}", "path=x.h5\npath=y.h5\n");
    assert_points("sweep: {grid: {first.k: [1, 2], second.k: [3, 4]}}",
                  "first.k=1,second.k=3\nfirst.k=1,second.k=4\nfirst.k=2,second.k=3\nfirst.k=2,second.k=4\n");
    assert_points("sweep: {grid: {map.some.k: [1], noise: [1]}}", "k=1,noise=1\n"); /* one point is named by all keys */
}

/* Texts that become the same when unsuitable letters are replaced, and files of one name. */
static void names_of_different_values_are_different(void **state)
{
    (void)state;
    struct reading r;
    struct vv_strbuf names[6];
    read_sweep(&r, "sweep: {grid: {text: [a b, a_b, \"a/b\"], path: [p/x, q/x]}}", NULL, 0);
    assert_int_equal(r.d.n, 0);
    assert_int_equal(r.sweep.n_points, 6);
    for (int i = 0; i < 6; i++) {
        vv_strbuf_init(&names[i]);
        vv_sweep_name(&r.sweep, i, &names[i]);
        assert_int_equal(strspn(names[i].text, "abpqxtehk_-=,0123456789cdf"), strlen(names[i].text));
        for (int j = 0; j < i; j++) assert_string_not_equal(names[i].text, names[j].text);
    }
    for (int i = 0; i < 6; i++) vv_strbuf_release(&names[i]);
    release(&r);
}

static void long_names_end_in_a_digest(void **state)
{
    (void)state;
    struct vv_strbuf yaml, a, b;
    struct reading r;
    char x[101];
    memset(x, 'x', 100);
    x[100] = '\0';
    vv_strbuf_init(&yaml);
    vv_strbuf_init(&a);
    vv_strbuf_init(&b);
    vv_strbuf_addf(&yaml, "sweep: {grid: {text: [%s%s1, %s%s2]}}", x, x, x, x);
    read_sweep(&r, yaml.text, NULL, 0);
    vv_sweep_name(&r.sweep, 0, &a);
    vv_sweep_name(&r.sweep, 1, &b);
    assert_int_equal(a.length, VV_SWEEP_NAME);
    assert_int_equal(b.length, VV_SWEEP_NAME);
    assert_string_not_equal(a.text, b.text);
    assert_memory_equal(a.text, "text=xxx", 8);
    vv_strbuf_release(&yaml);
    vv_strbuf_release(&a);
    vv_strbuf_release(&b);
    release(&r);
}

static void the_largest_of_what_serves_others_has_its_turn_first(void **state)
{
    (void)state;
    struct reading r;
    read_sweep(&r, "sweep: {grid: {seed: [1, 2], first.k: [10, 30, 20]}}", NULL, 0);
    static const int64_t turns[] = {2, 3, 4, 5, 0, 1}; /* k = 30, 20, 10 */
    for (int i = 0; i < 6; i++) assert_int_equal(r.sweep.turn[i], turns[i]);
    release(&r);
    /* null is the default, 100 */
    read_sweep(&r, "sweep: {grid: {first.k: [10, null, 20]}}", NULL, 0);
    assert_int_equal(r.sweep.turn[0], 1);
    assert_string_equal(vv_sweep_at(&r.sweep, 1, 0)->canonical, "100");
    release(&r);
}

static void skipped_points_are_left_out(void **state)
{
    (void)state;
    assert_points("sweep: {grid: {seed: [1, 2, 3], noise: [{low: 0}, 1]}, "
                  "skip: [{seed: [1, 3], noise: low}, {seed: 2, noise: 1}]}",
                  "noise=low,seed=2\nnoise=1,seed=1\nnoise=1,seed=3\n");
    assert_points("sweep: {grid: {seed: [1, 2]}, skip: {seed: 1}}", "seed=2\n");
    struct reading r;
    read_sweep(&r, "sweep: {grid: {seed: [1, 2]}, skip: [{seed: 3}, {}]}", NULL, 0);
    assert_int_equal(r.sweep.n_points, 2);
    assert_int_equal(r.sweep.warnings.n, 2);
    assert_string_equal(r.sweep.warnings.lines[0], "c.yml:1:38: sweep.skip: no point is like that");
    release(&r);
}

static void the_command_line_adds_and_replaces(void **state)
{
    (void)state;
    static const char *const texts[] = {"seed=7,{eight: 8}", "first.scales=[1,2],3", "noise=[0.5,1]"};
    struct reading r;
    read_sweep(&r, "sweep: {grid: {seed: [1, 2, 3]}}", texts, 3);
    if (r.d.n > 0) fail_msg("%s", r.d.lines[0]);
    assert_names(&r.sweep, "scales=1+2,noise=0.5,seed=7\nscales=1+2,noise=0.5,seed=eight\nscales=1+2,noise=1,seed=7\n"
                           "scales=1+2,noise=1,seed=eight\nscales=3,noise=0.5,seed=7\nscales=3,noise=0.5,seed=eight\n"
                           "scales=3,noise=1,seed=7\nscales=3,noise=1,seed=eight\n");
    release(&r);
    read_sweep(&r, "x: 1", texts, 1); /* without a section in the file */
    assert_names(&r.sweep, "seed=7\nseed=eight\n");
    release(&r);
    read_sweep(&r, "x: 1", NULL, 0);
    assert_int_equal(r.sweep.n_points, 0);
    assert_int_equal(r.d.n, 0);
    release(&r);
}

static void a_point_sets_its_values_with_their_places(void **state)
{
    (void)state;
    struct reading r;
    struct outer values = {0};
    struct vv_strbuf overrides;
    vv_strbuf_init(&overrides);
    read_sweep(&r, "first: {k: 3, metric: cosine}\nsweep:\n  grid:\n    first.k: [7, 8]\n    map.new.scales: [[4, 5]]\n"
                   "    text: [\"it's\"]\n", NULL, 0);
    struct vv_node *const base = vv_tree_take(r.tree, "sweep");
    struct vv_node *point = vv_tree_copy(r.tree);
    vv_assert_ok(vv_sweep_apply(&r.sweep, 1, point));
    assert_int_equal(vv_node_at(point, "first.k")->place.line, 4);
    assert_string_equal(vv_node_at(r.tree, "first.k")->text, "3"); /* the copy alone was changed */
    vv_assert_ok(vv_schema_parse(params, point, "", &values, &r.d));
    assert_int_equal(r.d.n, 0);
    assert_int_equal(values.first.k, 8);
    assert_int_equal(values.first.metric, 1);
    assert_int_equal(values.map.n, 1);
    assert_int_equal(((struct inner *)values.map.items)[0].scales.v[1], 5);
    vv_sweep_overrides(&r.sweep, 1, &overrides);
    assert_string_equal(overrides.text, "first.k=8 'map.new.scales=[4, 5]' 'text=\"it'\\''s\"'");
    vv_schema_release(params, &values);
    vv_tree_release(&point);
    vv_strbuf_release(&overrides);
    vv_sweep_release(&r.sweep);
    struct vv_node *section = base;
    vv_tree_release(&section);
    vv_tree_release(&r.tree);
    vv_diagnostics_release(&r.d);
    assert_int_equal(vv_mem_in_use(), 0);
}

/* Every prefix of a sweep is understood or refused, and nothing leaks. */
static void every_prefix_is_understood_or_refused(void **state)
{
    (void)state;
    static const char whole[] = "sweep:\n  grid:\n    first.k: [1, {two: 2}, 3]\n"
                                "    second: {metric: [euclidean, cosine]}\n"
                                "  zip: {seed: [1, 2], noise: [0.5, {a: 1}]}\n  skip: [{seed: [1], first.k: two}]\n";
    char text[sizeof whole];
    for (size_t n = 0; n < sizeof whole; n++) {
        struct reading r = {.tree = NULL};
        memcpy(text, whole, n);
        text[n] = '\0';
        vv_assert_ok(vv_tree_parse(text, "c.yml", &r.d, &r.tree));
        if (r.tree)
            vv_assert_ok(vv_sweep_read(&r.sweep, vv_node_get(r.tree, "sweep"), NULL, 0, params, &r.d));
        if (r.d.n > 0) assert_int_equal(r.sweep.n_points, 0);
        if (n + 1 == sizeof whole) assert_int_equal(r.sweep.n_points, 10);
        release(&r);
    }
}

static void a_hundred_thousand_points_are_fine_and_too_many_are_told(void **state)
{
    (void)state;
    struct vv_strbuf yaml;
    struct reading r;
    for (int many = 0; many < 2; many++) {
        const int n = many ? 1001 : 316;
        vv_strbuf_init(&yaml);
        vv_strbuf_puts(&yaml, "sweep: {grid: {seed: [");
        for (int i = 0; i < n; i++) vv_strbuf_addf(&yaml, "%d, ", i);
        vv_strbuf_puts(&yaml, "], noise: [");
        for (int i = 0; i < n; i++) vv_strbuf_addf(&yaml, "%d, ", i);
        vv_strbuf_puts(&yaml, "]}}");
        read_sweep(&r, yaml.text, NULL, 0);
        assert_int_equal(r.sweep.n_points, many ? 0 : 316 * 316);
        assert_int_equal(r.d.n, many);
        vv_strbuf_release(&yaml);
        release(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination_is_a_point_and_the_last_key_is_fastest),
        cmocka_unit_test(the_order_of_keys_does_not_count),
        cmocka_unit_test(zipped_keys_change_together_in_the_place_of_the_first),
        cmocka_unit_test(labels_name_values_and_speak_for_what_is_zipped_with_them),
        cmocka_unit_test(labels_of_equal_values_are_names_too),
        cmocka_unit_test(names_are_fit_for_folders),
        cmocka_unit_test(names_of_different_values_are_different),
        cmocka_unit_test(long_names_end_in_a_digest),
        cmocka_unit_test(the_largest_of_what_serves_others_has_its_turn_first),
        cmocka_unit_test(skipped_points_are_left_out),
        cmocka_unit_test(the_command_line_adds_and_replaces),
        cmocka_unit_test(a_point_sets_its_values_with_their_places),
        cmocka_unit_test(every_prefix_is_understood_or_refused),
        cmocka_unit_test(a_hundred_thousand_points_are_fine_and_too_many_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
