/* SPDX-License-Identifier: MIT */
/* Words and columns of what other tables say: networks beside each other, imbalances to input and output, on tables
 * by hand. Layers 0 to 3 are one series, 4 and 5 another. */
#include <math.h>

#include "stages/depth/depth.h"
#include "vv_test.h"

enum { LAYERS = 6, SERIES = 2 };

/* A part of depth on its own. */
struct bench {
    struct vv_depth it;
    struct depth_config config;
    struct vv_context ctx;
    struct vv_table table;
    struct vv_depth_verdict judged[SERIES];
    struct vv_strbuf text[VV_N_SAYINGS][SERIES];
    int first[SERIES + 1];
};

static char *names[LAYERS] = {"a/0", "a/1", "a/2", "a/3", "b/0", "b/1"};

static void start(struct bench *b)
{
    memset(b, 0, sizeof *b);
    b->config = (struct depth_config){.confidence = 0.95, .parting = 0.5, .plateau = 0.9};
    b->first[1] = 4;
    b->first[2] = LAYERS;
    b->it = (struct vv_depth){.ctx = &b->ctx, .config = &b->config, .n_layers = LAYERS, .names = names,
                              .series = {.n = SERIES, .first = b->first}, .judged = b->judged, .table = &b->table};
    for (int s = 0; s < SERIES; s++) b->judged[s] = (struct vv_depth_verdict){VV_DEPTH_NO_PEAK, -1, -1};
    for (int t = 0; t < VV_N_SAYINGS; t++) {
        b->it.text[t] = b->text[t];
        for (int s = 0; s < SERIES; s++) vv_strbuf_init(&b->text[t][s]);
    }
}

static void stop(struct bench *b)
{
    for (int t = 0; t < VV_N_SAYINGS; t++)
        for (int s = 0; s < SERIES; s++) vv_strbuf_release(&b->text[t][s]);
    vv_table_release(&b->table);
}

/* A column along (.., layer, others), of one k; others 0: along (.., layer). values: of the layers, all others alike */
static void add(struct vv_table *t, const char *name, int n_others, const double *values)
{
    const int step = n_others > 0 ? n_others : 1;
    struct vv_column_spec spec = {.name = name, .long_name = "x", .units = "1", .description = "x", .type = VV_F64,
                                  .dims = {{"k", 1}, {"layer", LAYERS}, {NULL, 0}}};
    struct vv_column *column;
    if (n_others > 0) spec.dims[2] = (struct vv_dim){"others", n_others};
    vv_assert_ok(vv_table_add(t, &spec, &column));
    for (int i = 0; i < LAYERS * step; i++) column->f64[i] = values[i / step];
}

static void networks_that_may_part_are_said_to(void **state)
{
    /* 0.46 is above half of 0.9; with 1.96 errors of hypot(0.05, 0.025) 0.46 and 0.5 may be below, 0.8 is not */
    const double imbalance[LAYERS] = {0.1, 0.2, 0.5, 0.54, 0.1, 0.9}, error[LAYERS] = {0.05, 0.05, 0.05, 0.05, 0, 0};
    const double cka[LAYERS] = {1.0, 0.9, 0.4, 0.3, 1.0, 0.9};
    int match[LAYERS] = {0, 1, 2, 3, 0, 1};
    const struct vv_other other = {.name = "net", .n_layers = 4, .match = match};
    struct vv_table imbalances = {.n_columns = 0}, similarities = imbalances;
    struct bench b;
    (void)state;
    start(&b);
    add(&imbalances, "imbalance/to_network/net", 4, imbalance);
    add(&imbalances, "imbalance/to_network/net_std_error", 4, error);
    add(&similarities, "similarity/linear_cka_with/net", 4, cka);
    b.it.imbalance = &imbalances;
    b.it.similarity = &similarities;
    b.ctx.others = &other;
    b.ctx.n_others = 1;
    vv_assert_ok(vv_depth_networks(&b.it));
    assert_string_equal(b.text[VV_SAY_VERDICT][0].text,
                        " The network 'net' does not part from this one (within errors from layer 2 to not at all): "
                        "1 - imbalance to it at most 0.90, at layer 0.");
    assert_string_equal(b.text[VV_SAY_VERDICT][1].text,
                        " The network 'net' parts from this one at layer 5: 1 - imbalance to it 0.90 at layer 4, then "
                        "at most 0.10.");
    assert_non_null(strstr(b.text[VV_SAY_NETWORKS][0].text, " By linear CKA: layer 2."));
    const struct vv_column *const earliest = vv_table_find(&b.table, "depth/with/net/predicts_parting_earliest");
    assert_int_equal(earliest->i64[0], 2);
    assert_int_equal(vv_table_find(&b.table, "depth/with/net/predicts_parting_latest")->i64[0], -1);
    /* without errors there is no range */
    assert_int_equal(vv_table_find(&b.table, "depth/with/net/linear_cka_parting")->i64[0], 2);
    assert_null(vv_table_find(&b.table, "depth/with/net/linear_cka_parting_earliest"));
    assert_null(vv_table_find(&b.table, "depth/with/net/linear_cka_parting_latest"));
    stop(&b);
    vv_table_release(&imbalances);
    vv_table_release(&similarities);
}

static void layers_with_few_rows_for_their_series_are_left_out(void **state)
{
    const double imbalance[LAYERS] = {0.1, 0.2, 0.3, 0.4, 0.1, 0.2};
    const int64_t n_rows[LAYERS] = {300, 290, 280, 140, 120, 110};
    int match[LAYERS] = {0, 1, 2, 3, 0, 1};
    const struct vv_other other = {.name = "net", .n_layers = 4, .match = match};
    const struct vv_column_spec spec = {.name = "imbalance/n_rows_with/net", .long_name = "x", .units = "1",
                                        .description = "x", .type = VV_I64, .dims = {{"layer", LAYERS}}};
    struct vv_table imbalances = {.n_columns = 0};
    struct vv_column *rows;
    struct bench b;
    (void)state;
    start(&b);
    add(&imbalances, "imbalance/to_network/net", 4, imbalance);
    vv_assert_ok(vv_table_add(&imbalances, &spec, &rows));
    memcpy(rows->i64, n_rows, sizeof n_rows);
    b.it.imbalance = &imbalances;
    b.ctx.others = &other;
    b.ctx.n_others = 1;
    vv_assert_ok(vv_depth_networks(&b.it));
    const double *const predicts = vv_table_find(&b.table, "depth/with/net/predicts")->f64;
    assert_true(!isnan(predicts[0]) && !isnan(predicts[2]) && isnan(predicts[3]));
    assert_true(!isnan(predicts[4]) && !isnan(predicts[5])); /* few beside the other series, not in their own */
    stop(&b);
    vv_table_release(&imbalances);
}

static void what_is_closest_to_the_output_is_said(void **state)
{
    const double to_first[LAYERS] = {0, 0.2, 0.5, 0.4, 0, 0.3}, to_last[LAYERS] = {0.6, 0.3, 0.35, 0.001, NAN, 0.001};
    const double error[LAYERS] = {NAN, NAN, NAN, NAN, NAN, NAN};
    struct vv_table imbalances = {.n_columns = 0};
    struct bench b;
    (void)state;
    start(&b);
    add(&imbalances, "imbalance/to_first", 0, to_first);
    add(&imbalances, "imbalance/to_first_std_error", 0, error);
    add(&imbalances, "imbalance/to_last", 0, to_last);
    add(&imbalances, "imbalance/to_last_std_error", 0, error);
    b.it.imbalance = &imbalances;
    vv_assert_ok(vv_depth_evidence(&b.it));
    assert_string_equal(b.text[VV_SAY_EVIDENCE][0].text,
                        " The imbalance to the input is largest at a/2 (layer 2, 0.500). The imbalance to the output "
                        "is least at a/1 (layer 1, 0.300).");
    assert_string_equal(b.text[VV_SAY_EVIDENCE][1].text,
                        " The imbalance to the input is largest at b/1 (layer 5, 0.300).");
    const struct vv_column *const closest = vv_table_find(&b.table, "depth/closest_to_output");
    assert_int_equal(closest->i64[0], 1); /* the output itself does not count */
    assert_int_equal(closest->i64[1], -1);
    stop(&b);
    vv_table_release(&imbalances);
}

static void a_probe_counts_in_its_series(void **state)
{
    const double accuracy[LAYERS] = {NAN, 0.5, NAN, NAN, NAN, NAN};
    const struct vv_artifact *outcomes = NULL;
    struct vv_table probes = {.n_columns = 0};
    struct bench b;
    (void)state;
    start(&b);
    add(&probes, "probe/topic/logistic/accuracy", 0, accuracy);
    b.it.probe = &probes;
    assert_false(vv_depth_has_probe(&b.it, 0, "topic")); /* it was not kept what was right */
    b.it.outcomes = &outcomes;
    assert_true(vv_depth_has_probe(&b.it, 0, "topic"));
    assert_false(vv_depth_has_probe(&b.it, 1, "topic"));
    assert_false(vv_depth_has_probe(&b.it, 0, "other"));
    stop(&b);
    vv_table_release(&probes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_that_may_part_are_said_to),
        cmocka_unit_test(layers_with_few_rows_for_their_series_are_left_out),
        cmocka_unit_test(what_is_closest_to_the_output_is_said),
        cmocka_unit_test(a_probe_counts_in_its_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
