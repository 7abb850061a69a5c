/* SPDX-License-Identifier: MIT */
/* Changes between two configurations. */
#include "config/changes.h"
#include "vv_test.h"

static struct vv_node *parse(const char *text)
{
    struct vv_diagnostics d = {0};
    struct vv_node *root;
    vv_assert_ok(vv_tree_parse(text, "test", &d, &root));
    assert_int_equal(d.n, 0);
    return root;
}

/* All changes as "key: from -> to", a line each. */
static void expect(const char *from, const char *to, const char *said)
{
    struct vv_node *a = from ? parse(from) : NULL, *b = to ? parse(to) : NULL;
    struct vv_changes changes;
    char text[1024] = "";
    vv_assert_ok(vv_changes_find(a, b, &changes));
    for (int i = 0; i < changes.n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s: %s -> %s\n", changes.v[i].key,
                 changes.v[i].from ? changes.v[i].from : "-", changes.v[i].to ? changes.v[i].to : "-");
    assert_string_equal(text, said);
    vv_changes_release(&changes);
    if (a) vv_tree_release(&a);
    if (b) vv_tree_release(&b);
}

static void values_are_told_by_key(void **state)
{
    (void)state;
    expect("a: 1\nb: {c: 2, d: [1, 2]}\n", "a: 1\nb: {c: 3, d: [1, 2, 3]}\n",
           "b.c: 2 -> 3\nb.d: [1, 2] -> [1, 2, 3]\n");
    expect("a: {b: {c: x}}\n", "a: {b: {c: x}}  # another comment\n", "");
    expect("a: \"1\"\n", "a: 1\n", "a: \"1\" -> 1\n");
}

static void a_section_of_one_alone_is_one_change(void **state)
{
    (void)state;
    expect("stages: {knn: {k: 5}}\n", "stages: {knn: {k: 5}, peaks: {z: [1, 2], halo: true}}\n",
           "stages.peaks: - -> {z: [1, 2], halo: true}\n");
    expect("s: {a: {}, b: 1}\n", "s: {b: 1}\n", "s.a: {} -> -\n");
    expect("a: null\n", "a: {b: 1}\n", "a: null -> {b: 1}\n");
    expect("a: 1\nb: {c: 2}\n", NULL, "a: 1 -> -\nb: {c: 2} -> -\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_told_by_key),
        cmocka_unit_test(a_section_of_one_alone_is_one_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
