/* SPDX-License-Identifier: MIT */
/* Trees from the files of artifacts/peaks: shapes, shares of classes, damage. */
#include <math.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "io/figure_script.h"
#include "io/figure_tree_file.h"
#include "io/samples_file.h"
#include "vv_data.h"

enum { CLASSES = 12, CLUSTERS = 3, COUNTS = 14 };

static struct vv_column *add(struct vv_table *t, const char *name, const char *dim, int n, enum vv_value type)
{
    struct vv_column *c;
    const struct vv_column_spec spec = {.name = name, .long_name = name, .units = "1", .description = "for a test",
                                        .type = type, .dims = {{dim, n}}};
    vv_assert_ok(vv_table_add(t, &spec, &c));
    return c;
}

static void add_i64(struct vv_table *t, const char *name, const char *dim, int n, const int64_t *values)
{
    memcpy(add(t, name, dim, n, VV_I64)->i64, values, (size_t)n * sizeof *values);
}

static void add_f64(struct vv_table *t, const char *name, const char *dim, int n, const double *values)
{
    memcpy(add(t, name, dim, n, VV_F64)->f64, values, (size_t)n * sizeof *values);
}

/* Clusters 0, 1, 2, of which 0 and 2 are leaves. Class k has k + 1 rows in leaf 0, but class 11 is in cluster 1 only;
 * leaf 2 has 6 rows of class 0 and 2 of class 10. */
static void add_tree(struct vv_table *t, int64_t left)
{
    static const int64_t leaves[] = {0, 2}, right = 1, population[CLUSTERS] = {70, 9, 8};
    static const double height[CLUSTERS] = {5.5, 4.5, 3.5}, joined = 1.25;
    int64_t cluster[COUNTS], cls[COUNTS], count[COUNTS];
    struct vv_column *const names = add(t, "class_names/kind", "class_names/kind", CLASSES, VV_TEXT);
    for (int k = 0; k < CLASSES; k++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", k);
        vv_assert_ok(vv_column_set_text(names, k, name));
        cluster[k] = k == 11;
        cls[k] = k;
        count[k] = k == 11 ? 100 : k + 1;
    }
    cluster[12] = cluster[13] = 2;
    cls[12] = 0, count[12] = 6;
    cls[13] = 10, count[13] = 2;
    add_i64(t, "z_2/leaves/cluster", "z_2/leaves/leaf", 2, leaves);
    add_f64(t, "z_2/peaks/log_density", "z_2/peaks/cluster", CLUSTERS, height);
    add_i64(t, "z_2/peaks/population", "z_2/peaks/cluster", CLUSTERS, population);
    add_i64(t, "z_2/single/merges/left", "z_2/single/merges/merge", 1, &left);
    add_i64(t, "z_2/single/merges/right", "z_2/single/merges/merge", 1, &right);
    add_f64(t, "z_2/single/merges/log_density", "z_2/single/merges/merge", 1, &joined);
    add_i64(t, "z_2/composition/kind/cluster", "z_2/composition/kind/entry", COUNTS, cluster);
    add_i64(t, "z_2/composition/kind/class", "z_2/composition/kind/entry", COUNTS, cls);
    add_i64(t, "z_2/composition/kind/count", "z_2/composition/kind/entry", COUNTS, count);
}

static void write_samples(const char *folder, int64_t left, char path[200])
{
    struct vv_samples s;
    vv_assert_ok(vv_samples_init(&s, vv_comm_layout(vv_world, 4), NULL));
    add_tree(&s.extra, left);
    vv_assert_ok(vv_samples_file_publish(vv_world, &s, folder, "peaks", "a"));
    snprintf(path, 200, "%s", s.path);
    vv_samples_release(&s);
}

/* Rows in leaves: n10 13, n9 10, n8 9, n7 8, n0 7, n6 7, n5 6, n4 5, n3 4; these nine keep their colors, and n2 with 3,
 * n1 with 2, n11 with none share one. Leaf 0 has 66 rows. */
static enum vv_status check_tree(void *whom, const char *group, struct vv_tree_figure *t)
{
    static const char *const names[] = {"n0", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "other classes"};
    static const double first[] = {1, 4, 5, 6, 7, 8, 9, 10, 11, 5};
    ++*(int *)whom;
    assert_string_equal(group, "z_2");
    assert_string_equal(t->label_set, "kind");
    assert_int_equal(t->n, 2);
    assert_int_equal(t->cluster[1], 2);
    assert_int_equal(t->population[1], 8);
    assert_true(t->height[0] == 5.5 && t->height[1] == 3.5 && t->joined[0] == 1.25);
    assert_true(t->left[0] == 0 && t->right[0] == 1);
    assert_int_equal(t->n_classes, VV_FIGURE_N_CLASSES);
    for (int k = 0; k < VV_FIGURE_N_CLASSES; k++) {
        assert_string_equal(t->class_name[k], names[k]);
        vv_assert_close(t->share[k], first[k] / 66.0, 1e-15);
        vv_assert_close(t->share[VV_FIGURE_N_CLASSES + k], k == 0 ? 0.75 : k == 8 ? 0.25 : 0.0, 1e-15);
    }
    return VV_OK;
}

static void shares_of_classes_are_counted(void **state)
{
    char folder[64], path[200];
    int n = 0;
    (void)state;
    vv_test_folder(folder);
    write_samples(folder, 0, path);
    vv_assert_ok(vv_tree_file_read(path, "single", check_tree, &n));
    assert_int_equal(n, 1);
    vv_assert_ok(vv_tree_file_read(path, "weighted", check_tree, &n)); /* there is none */
    assert_int_equal(n, 1);
    vv_test_folder_remove(folder);
}

static void what_is_no_tree_is_refused(void **state)
{
    static const int64_t wrong[] = {-1, 2, INT64_MAX, 1}; /* the last joins leaf 1 with itself */
    char folder[64], path[200];
    int n = 0;
    (void)state;
    vv_test_folder(folder);
    for (int i = 0; i < 4; i++) {
        write_samples(folder, wrong[i], path);
        assert_int_equal(vv_tree_file_read(path, "single", check_tree, &n), VV_INPUT);
        assert_non_null(strstr(vv_error_last()->message, "is not a tree"));
        vv_error_clear();
    }
    assert_int_equal(truncate(path, 900), 0);
    assert_int_equal(vv_tree_file_read(path, "single", check_tree, &n), VV_INPUT);
    vv_error_clear();
    assert_int_equal(n, 0);
    vv_test_folder_remove(folder);
}

/* A chain of n leaves; with classes while their bars can be told apart. */
static void expect_bars(int n, bool bars)
{
    char name[] = "t", kind[] = "kind", *classes[] = {kind};
    struct vv_tree_figure t = {.head = {name, name, NULL}, .n = n, .n_classes = 1, .class_name = classes,
                               .label_set = kind};
    struct vv_strbuf script, data;
    vv_strbuf_init(&script);
    vv_strbuf_init(&data);
    t.cluster = vv_mem_new(n, sizeof *t.cluster, "t");
    t.population = vv_mem_new(n, sizeof *t.population, "t");
    t.height = vv_mem_new(n, sizeof *t.height, "t");
    t.left = vv_mem_new(n, sizeof *t.left, "t");
    t.right = vv_mem_new(n, sizeof *t.right, "t");
    t.joined = vv_mem_new(n, sizeof *t.joined, "t");
    t.share = vv_mem_new(n, sizeof *t.share, "t");
    for (int m = 0; m < n; m++) {
        t.left[m] = m == 0 ? 0 : n + m - 1;
        t.right[m] = m + 1;
        t.joined[m] = -m - 1;
        t.share[m] = 1.0;
    }
    vv_tree_figure_write(&t, &script, &data);
    assert_false(script.failed || data.failed);
    assert_int_equal(strstr(script.text, "boxxyerror") != NULL, bars);
    assert_int_equal(strstr(data.text, "\n# kind") != NULL, bars);
    vv_mem_free(t.cluster);
    vv_mem_free(t.population);
    vv_mem_free(t.height);
    vv_mem_free(t.left);
    vv_mem_free(t.right);
    vv_mem_free(t.joined);
    vv_mem_free(t.share);
    vv_strbuf_release(&script);
    vv_strbuf_release(&data);
}

static void trees_of_any_number_of_leaves_are_written(void **state)
{
    (void)state;
    expect_bars(0, true);
    expect_bars(1, true);
    expect_bars(160, true);
    expect_bars(161, false);
    expect_bars(5000, false);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(shares_of_classes_are_counted),
    cmocka_unit_test(what_is_no_tree_is_refused),
    cmocka_unit_test(trees_of_any_number_of_leaves_are_written),
};
VV_TEST_MAIN(tests)
