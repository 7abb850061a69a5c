/* SPDX-License-Identifier: MIT */
/* Figures: every kind against committed scripts and data (tests/golden/figures; VV_GOLDEN=write writes them anew), and
 * what is awkward: texts, gaps, one layer, no values, many layers.   ranks: 1 3 */
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "io/figure_build.h"
#include "io/figure_files.h"
#include "io/figure_script.h"
#include "io/figure_svg.h"
#include "vv_data.h"

static const char golden_folder[] = "tests/golden/figures";

/* A report in small: two series of three layers, a quantity of each shape. */
enum { LAYERS = 6, KS = 2, SCALES = 3 };

static struct vv_column *add(struct vv_table *t, const char *name, const char *long_name, const char *units,
                             enum vv_value type, const struct vv_dim *dims)
{
    struct vv_column *c;
    struct vv_column_spec spec = {.name = name, .long_name = long_name, .units = units, .description = "for a test",
                                  .type = type};
    for (int d = 0; d < VV_MAX_DIMS && dims[d].name; d++) spec.dims[d] = dims[d];
    vv_assert_ok(vv_table_add(t, &spec, &c));
    return c;
}

#define DIMS(...) ((const struct vv_dim[VV_MAX_DIMS + 1]){__VA_ARGS__})

static void fill(struct vv_column *c, double from, double step)
{
    for (int64_t i = 0; i < vv_column_length(c); i++)
        if (c->type == VV_F64) c->f64[i] = from + step * (double)i;
        else c->i64[i] = (int64_t)(from + step * (double)i);
}

static void name_layers(struct vv_table *t, int n, const char *const *names)
{
    struct vv_column *const c = add(t, "layers/name", "layer", "1", VV_TEXT, DIMS({"layer", n}));
    for (int i = 0; i < n; i++) vv_assert_ok(vv_column_set_text(c, i, names[i]));
}

static struct vv_table small_report(void)
{
    static const char *const names[LAYERS] = {"last/l_0", "last/l_1", "last/l_2", "mean/l_0", "mean/l_1", "mean/l_2"};
    struct vv_table t = {.n_columns = 0};
    name_layers(&t, LAYERS, names);
    fill(add(&t, "s/k", "neighborhood size k", "1", VV_I64, DIMS({"s/k", KS})), 10, 20);
    fill(add(&t, "s/order", "n1", "1", VV_I64, DIMS({"s/order", SCALES})), 1, 1);
    fill(add(&t, "s/value", "a dimension", "1", VV_F64, DIMS({"layer", LAYERS})), 5, -0.5);
    fill(add(&t, "s/std_error", "its error", "1", VV_F64, DIMS({"layer", LAYERS})), 0.25, 0);
    fill(add(&t, "s/overlap", "overlap", "1", VV_F64, DIMS({"s/k", KS}, {"layer", LAYERS})), 0.5, 0.03125);
    fill(add(&t, "s/overlap_std_error", "error", "1", VV_F64, DIMS({"s/k", KS}, {"layer", LAYERS})), 0.0625, 0);
    fill(add(&t, "s/overlap_chance", "chance", "1", VV_F64, DIMS({"s/k", KS}, {"layer", LAYERS})), 0.125, 0);
    fill(add(&t, "s/curve", "a dimension", "1", VV_F64, DIMS({"layer", LAYERS}, {"s/order", SCALES})), 2, 0.125);
    fill(add(&t, "s/curve_std_error", "error", "1", VV_F64, DIMS({"layer", LAYERS}, {"s/order", SCALES})), 0.125, 0);
    fill(add(&t, "s/distance", "distance", "nm", VV_F64, DIMS({"layer", LAYERS}, {"s/order", SCALES})), 0.5, 0.5);
    fill(add(&t, "s/pairs", "overlap of pairs", "1", VV_F64,
             DIMS({"s/k", KS}, {"layer", LAYERS}, {"other_layer", LAYERS})), 0, 0.015625);
    fill(add(&t, "s/best", "best layer", "1", VV_I64, DIMS({"s/k", KS})), 1, 3);
    /* a gap in the middle of the second series, a missing pair */
    for (int i = 0; i < t.n_columns; i++) {
        if (strcmp(t.columns[i]->name, "s/value") == 0) t.columns[i]->f64[4] = NAN;
        if (strcmp(t.columns[i]->name, "s/pairs") == 0) t.columns[i]->f64[1] = NAN;
    }
    return t;
}

static const struct vv_figure_wish wishes[] = {
    {.kind = VV_FIGURE_MARK, .name = "best", .columns = {"s/best"}, .labels = {"best layer"}},
    {.kind = VV_FIGURE_PROFILE, .name = "profile", .columns = {"s/value"}},
    {.kind = VV_FIGURE_PROFILE, .name = "panels_*", .title = "shares, *", .columns = {"s/over*"}},
    {.kind = VV_FIGURE_SCALE, .name = "scale", .columns = {"s/curve"}, .against = {"s/distance", "s/order"}},
    {.kind = VV_FIGURE_MATRIX, .name = "pairs", .columns = {"s/pairs"}},
    {.kind = VV_FIGURE_BAR, .name = "bars", .columns = {"s/overlap"}, .along = "layer"},
    {.kind = VV_FIGURE_SCATTER, .name = "plane", .columns = {"s/overlap"}, .against = {"s/value"}, .diagonal = true},
    {.kind = VV_FIGURE_PROFILE, .name = "nothing", .columns = {"s/absent"}},
    {.name = NULL},
};

static const char *const expected[] = {"profile",  "panels_lap", "scale",     "pairs_k10", "pairs_k30", "bars",
                                       "plane_k10", "plane_k30", "multiples", "tree"};
enum { N_EXPECTED = sizeof expected / sizeof *expected };

static char *read_file(const char *folder, const char *name, const char *ending)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    FILE *const file = fopen(path, "r");
    if (!file) return NULL;
    char *const text = vv_mem_new(1 << 20, 1, "a file");
    assert_non_null(text);
    const size_t n = fread(text, 1, (1 << 20) - 1, file);
    text[n] = '\0';
    fclose(file);
    return text;
}

static void copy_file(const char *folder, const char *name, const char *ending)
{
    char path[300];
    char *const text = read_file(folder, name, ending);
    snprintf(path, sizeof path, "%s/%s%s", golden_folder, name, ending);
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    vv_mem_free(text);
}

static void compare_with_golden(const char *folder, const char *name, const char *ending)
{
    if (getenv("VV_GOLDEN")) copy_file(folder, name, ending);
    char *const got = read_file(folder, name, ending), *const wanted = read_file(golden_folder, name, ending);
    if (!got || !wanted) fail_msg("no %s%s: %s", name, ending, got ? "golden file" : "figure");
    if (strcmp(got, wanted) != 0) fail_msg("%s%s differs from %s; it is\n%s", name, ending, golden_folder, got);
    vv_mem_free(got);
    vv_mem_free(wanted);
}

static struct vv_chart profile_of(const struct vv_table *t, const char *name)
{
    struct vv_chart chart = {.n_panels = 0};
    struct vv_panel *p;
    struct vv_curve *curve;
    vv_assert_ok(vv_figure_head_init(&chart.head, name, name, NULL));
    vv_assert_ok(vv_chart_add_panel(&chart, NULL, "layer", "a dimension", &p));
    vv_assert_ok(vv_panel_add_curve(p, "last", 3, false, &curve));
    for (int i = 0; i < 3; i++) {
        curve->x[i] = i;
        curve->y[i] = vv_table_find(t, "s/value")->f64[i];
    }
    return chart;
}

/* Small multiples over three points of a sweep. */
static void add_multiples(struct vv_figure_writer *w, const struct vv_table *t)
{
    static const char *const names[] = {"k = 5", "k = 10", "k = 20"};
    struct vv_chart charts[] = {profile_of(t, "a"), profile_of(t, "b"), profile_of(t, "c")}, all;
    vv_assert_ok(vv_chart_multiples(&all, "multiples", "over k", 3, charts, names));
    assert_int_equal(charts[1].n_panels, 0);
    vv_assert_ok(vv_figure_writer_add_chart(w, &all));
    vv_chart_release(&all);
}

/* Four leaves; two of the joins at one height; three classes. */
static void write_tree(const char *folder)
{
    int64_t cluster[] = {0, 1, 3, 4}, population[] = {40, 30, 20, 10}, left[] = {0, 2, 4}, right[] = {1, 3, 5};
    double height[] = {9, 8.5, 8, 7}, joined[] = {6, 5, 5};
    double share[] = {1, 0, 0, 0.5, 0.5, 0, 0, 0.25, 0.75, 0, 0, 1};
    char name[] = "tree", title[] = "a tree", set[] = "kind", a[] = "a", b[] = "b's", c[] = "c", path[300];
    char *classes[] = {a, b, c};
    const struct vv_tree_figure t = {.head = {name, title, NULL}, .n = 4, .cluster = cluster,
                                     .population = population, .height = height, .left = left, .right = right,
                                     .joined = joined, .n_classes = 3, .class_name = classes, .label_set = set,
                                     .share = share};
    struct vv_strbuf script, data;
    vv_strbuf_init(&script);
    vv_strbuf_init(&data);
    vv_tree_figure_write(&t, &script, &data);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/tree.%s", folder, i ? "dat" : "gp");
        FILE *const file = fopen(path, "w");
        assert_non_null(file);
        fputs(i ? data.text : script.text, file);
        fclose(file);
    }
    vv_strbuf_release(&script);
    vv_strbuf_release(&data);
}

static struct vv_figure_task task_of(const char *folder, const struct vv_table *t, const struct vv_figure_stage *stage,
                                     struct vv_log *log)
{
    return (struct vv_figure_task){.directory = folder, .table = t, .stages = stage, .n_stages = 1, .limit = 20.0,
                                   .log = log};
}

static void every_kind_is_as_committed(void **state)
{
    char folder[64], inside[80];
    struct vv_log log;
    struct vv_table t = small_report();
    const struct vv_figure_stage stage = {"s", wishes};
    (void)state;
    vv_test_folder(folder);
    snprintf(inside, sizeof inside, "%s/figures", folder);
    vv_log_init(&log, VV_LOG_WARNING, vv_comm_rank(vv_world) == 0);
    const struct vv_figure_task task = task_of(folder, &t, &stage, &log);
    vv_assert_ok(vv_figures_write(vv_world, &task));
    if (vv_comm_rank(vv_world) == 0) {
        struct vv_figure_writer w;
        vv_assert_ok(vv_figure_writer_open(&w, &task));
        add_multiples(&w, &t);
        vv_figure_writer_close(&w);
        write_tree(inside);
        for (int i = 0; i < N_EXPECTED; i++) {
            compare_with_golden(inside, expected[i], ".gp");
            compare_with_golden(inside, expected[i], ".dat");
        }
        assert_null(read_file(inside, "nothing", ".gp"));
        assert_null(read_file(inside, "best", ".gp"));
        assert_int_equal(log.n_warnings, 0);
    }
    vv_table_release(&t);
    vv_log_release(&log);
    vv_test_folder_remove(folder);
}

static void count_case(void *whom, const struct vv_figure_case *c, const char *name, enum vv_figure_kind kind)
{
    if (strcmp(c->name, name) == 0 && c->wish->kind == kind) ++*(int *)whom;
}

static enum vv_status count_suggested(void *whom, const struct vv_figure_case *c)
{
    int *const n = whom;
    n[0]++;
    count_case(&n[1], c, "s_value", VV_FIGURE_PROFILE);
    count_case(&n[1], c, "s_overlap", VV_FIGURE_PROFILE);
    count_case(&n[1], c, "s_curve", VV_FIGURE_SCALE);
    count_case(&n[1], c, "s_pairs_k10", VV_FIGURE_MATRIX);
    count_case(&n[1], c, "s_pairs_k30", VV_FIGURE_MATRIX);
    return VV_OK;
}

static void columns_suggest_their_figures(void **state)
{
    struct vv_table t = small_report();
    struct vv_figure_source source;
    int n[2] = {0, 0};
    (void)state;
    vv_assert_ok(vv_figure_source_init(&source, &t));
    assert_int_equal(source.series.n, 2);
    vv_assert_ok(vv_figure_cases_by_shape(&source, "s", count_suggested, n));
    assert_int_equal(n[0], 5); /* neither errors nor chance, nor what has no error */
    assert_int_equal(n[1], 5);
    n[0] = 0;
    vv_assert_ok(vv_figure_cases_by_shape(&source, "other", count_suggested, n));
    assert_int_equal(n[0], 0);
    vv_figure_source_release(&source);
    vv_table_release(&t);
}

static void expect_text(const char *text, int most, const char *wanted)
{
    struct vv_strbuf out;
    vv_strbuf_init(&out);
    vv_script_text(&out, text, most);
    assert_string_equal(out.text, wanted);
    vv_strbuf_release(&out);
}

static void texts_are_safe(void **state)
{
    struct vv_strbuf out;
    (void)state;
    expect_text("it's", 10, "'it\xe2\x80\x99s'");
    expect_text("a_b^{c}@d&\"e\"`ls`$x\\n", 40, "'a_b^{c}@d&\"e\"`ls`$x\\n'");
    expect_text("line\nbreak\ttab\x7f", 40, "'line break tab '");
    expect_text("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 3, "'\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80'");
    expect_text("\xff\xc0\xaf\xed\xa0\x80.", 40, "'      .'");
    expect_text("abcdefghij", 5, "'ab\xe2\x80\xa6" "ij'");
    expect_text("''''''", 3, "'\xe2\x80\x99\xe2\x80\xa6\xe2\x80\x99'");
    expect_text(NULL, 5, "''");
    vv_strbuf_init(&out);
    vv_script_tick(&out, "100 %f", 20);
    assert_string_equal(out.text, "'100 %%f'");
    vv_strbuf_reset(&out);
    vv_figure_name(&out, "../../etc/p\xc3\xa4ss'wd.x..y");
    assert_string_equal(out.text, "_._.__etc_p__ss_wd.x._y");
    vv_strbuf_release(&out);
}

static void expect_range(double low, double high, const char *wanted)
{
    struct vv_strbuf out;
    vv_strbuf_init(&out);
    vv_script_range(&out, "y", low, high);
    assert_string_equal(out.text, wanted);
    vv_strbuf_release(&out);
}

static void ranges_tell_their_values_apart(void **state)
{
    (void)state;
    expect_range(0.0, 0.1 + 0.2, "set yrange [0:0.3]\n");
    expect_range(-1e-5, 1e5, "set yrange [-1e-05:100000]\n");
    expect_range(1000000.1, 1000000.9, "set yrange [1000000.1:1000000.9]\n");
    expect_range(-1000000.9, -1000000.1, "set yrange [-1000000.9:-1000000.1]\n");
    expect_range(1.0, 1.0 + 0x1p-52, "set yrange [1:1.0000000000000002]\n");
    expect_range(5.0, 5.0, "set yrange [5:5]\n");
}

static void ids_are_prefixed_in_tags_only(void **state)
{
    struct vv_strbuf out;
    (void)state;
    vv_strbuf_init(&out);
    vv_svg_prefix_ids(&out, "<g id=\"a\"><use xlink:href='#b'/><rect fill = 'url(#c)' width='1'/>"
                            "<text> id='d' href='#e'</text></g>", "x");
    assert_string_equal(out.text, "<g id=\"x-a\"><use xlink:href='#x-b'/><rect fill = 'url(#x-c)' width='1'/>"
                                  "<text> id='d' href='#e'</text></g>");
    vv_strbuf_release(&out);
}

/* Draws what is awkward with gnuplot itself, where there is one. */
static void draw(struct vv_table *t, int n_drawn)
{
    static const struct vv_figure_wish both[] = {
        {.kind = VV_FIGURE_PROFILE, .name = "profile", .columns = {"s/value"}},
        {.kind = VV_FIGURE_MATRIX, .name = "pairs", .columns = {"s/pairs"}},
        {.kind = VV_FIGURE_SCALE, .name = "scale", .columns = {"s/curve"}},
        {.kind = VV_FIGURE_BAR, .name = "bar", .columns = {"s/value"}},
        {.kind = VV_FIGURE_SCATTER, .name = "plane", .columns = {"s/value"}, .against = {"s/value"}},
        {.name = NULL},
    };
    char folder[64], inside[80];
    struct vv_log log;
    const struct vv_figure_stage stage = {"s", both};
    vv_test_folder(folder);
    snprintf(inside, sizeof inside, "%s/figures", folder);
    vv_log_init(&log, VV_LOG_WARNING, vv_comm_rank(vv_world) == 0);
    struct vv_figure_task task = task_of(folder, t, &stage, &log);
    task.formats = 1u << VV_FORMAT_SVG;
    vv_assert_ok(vv_figures_write(vv_world, &task));
    if (vv_comm_rank(vv_world) == 0) {
        assert_int_equal(log.n_warnings, 0);
        const char *const keep = getenv("VV_KEEP_FIGURES"); /* a folder, for who wants to look at them */
        char command[300];
        snprintf(command, sizeof command, "mkdir -p '%.80s/%d' && cp %s/*.svg '%.80s/%d'", keep ? keep : "",
                 (int)vv_column_length(vv_table_find(t, "layers/name")), inside, keep ? keep : "",
                 (int)vv_column_length(vv_table_find(t, "layers/name")));
        if (keep) assert_int_equal(system(command), 0);
        const bool drawable = system("command -v gnuplot >/dev/null 2>&1") == 0;
        for (int i = 0; drawable && i < n_drawn; i++) {
            struct stat info;
            char path[160];
            snprintf(path, sizeof path, "%s/%s.svg", inside, both[i].name);
            assert_int_equal(stat(path, &info), 0);
            assert_true(info.st_size > 1000 && info.st_size < 400000);
        }
    }
    vv_log_release(&log);
    vv_test_folder_remove(folder);
}

static void add_awkward(struct vv_table *t, int n, double step)
{
    struct vv_column *c[4];
    c[0] = add(t, "s/value", "a \"value\" _^{}@&'`%", "1", VV_F64, DIMS({"layer", n}));
    c[1] = add(t, "s/pairs", "pairs", "1", VV_F64, DIMS({"layer", n}, {"other_layer", n}));
    c[2] = add(t, "s/curve", "'", "1", VV_F64, DIMS({"layer", n}, {"s/order", 3}));
    c[3] = add(t, "s/curve_std_error", "error", "1", VV_F64, DIMS({"layer", n}, {"s/order", 3}));
    for (int i = 0; i < 4; i++) fill(c[i], 1, step);
}

static void one_layer_and_awkward_names_are_drawn(void **state)
{
    static const char *const one[] = {"'o''ne_\"la}yer\"\n%d `touch x` \xc3\xa4\xff"};
    struct vv_table t = {.n_columns = 0};
    (void)state;
    name_layers(&t, 1, one);
    add_awkward(&t, 1, 0.5);
    draw(&t, 5);
    vv_table_release(&t);
}

static void no_values_at_all_are_drawn(void **state)
{
    static const char *const names[] = {"a", "b", "c"};
    struct vv_table t = {.n_columns = 0};
    (void)state;
    name_layers(&t, 3, names);
    add_awkward(&t, 3, NAN);
    draw(&t, 5);
    vv_table_release(&t);
}

static void two_hundred_layers_are_drawn(void **state)
{
    enum { N = 200 };
    char names[N][40];
    const char *list[N];
    struct vv_table t = {.n_columns = 0};
    (void)state;
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "a_rather_long_name_of_a_layer_%03d", i);
        list[i] = names[i];
    }
    name_layers(&t, N, list);
    add_awkward(&t, N, 0.01);
    draw(&t, 5);
    vv_table_release(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_kind_is_as_committed),
    cmocka_unit_test(columns_suggest_their_figures),
    cmocka_unit_test(texts_are_safe),
    cmocka_unit_test(ranges_tell_their_values_apart),
    cmocka_unit_test(ids_are_prefixed_in_tags_only),
    cmocka_unit_test(one_layer_and_awkward_names_are_drawn),
    cmocka_unit_test(no_values_at_all_are_drawn),
    cmocka_unit_test(two_hundred_layers_are_drawn),
};
VV_TEST_MAIN(tests)
