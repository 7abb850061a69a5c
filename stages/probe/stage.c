/* SPDX-License-Identifier: MIT */
/* probe: what simple classifiers read from a layer about each label set. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pipeline.h"
#include "stages/probe/core.h"
#include "stages/probe/fit.h"
#include "stages/probe/label_set.h"

#define AT(field) offsetof(struct probe_config, field)

static const struct vv_param bootstrap_params[] = {
    {.key = "replicates", .type = VV_PARAM_INT, .offset = AT(bootstrap.replicates) - AT(bootstrap),
     .standard = "1000", .minimum = 0, .maximum = 100000, .help = "resampled test sets; 0: no intervals"},
    {.key = "confidence", .type = VV_PARAM_FLOAT, .offset = AT(bootstrap.confidence) - AT(bootstrap),
     .standard = "0.95", .minimum = 0.5, .maximum = 0.999, .help = "of the intervals, between percentiles"},
    {.key = NULL},
};

static const struct vv_param params[] = {
    {.key = "labels", .type = VV_PARAM_TEXTS, .offset = AT(labels),
     .help = "label sets to probe for; all unless given"},
    {.key = "split", .type = VV_PARAM_TEXT, .offset = AT(split),
     .help = "label set whose values train, validation and test are the split; drawn at random unless given"},
    {.key = "test", .type = VV_PARAM_FLOAT, .offset = AT(test), .standard = "0.3", .minimum = 0.01,
     .maximum = 0.9, .help = "share of each class that is tested on, if the split is drawn"},
    {.key = "validation", .type = VV_PARAM_FLOAT, .offset = AT(validation), .standard = "0.15", .minimum = 0,
     .maximum = 0.9, .help = "share of each class that the regularization is chosen by, if the split is drawn"},
    {.key = "standardize", .type = VV_PARAM_BOOL, .offset = AT(standardize), .standard = "true",
     .help = "features to mean 0 and variance 1 over the rows trained on"},
    {.key = "regularization", .type = VV_PARAM_FLOATS, .offset = AT(regularization),
     .standard = "[0.0001, 0.001, 0.01, 0.1, 1]", .minimum = 1e-12, .maximum = 1e12,
     .help = "C of the logistic probe as in scikit-learn (C sum of losses + |W|^2 / 2), ascending; validation "
             "chooses"},
    {.key = "alpha", .type = VV_PARAM_FLOATS, .offset = AT(alpha), .standard = "[1, 10, 100, 1000, 10000]",
     .minimum = 1e-12, .maximum = 1e12,
     .help = "penalties of the ridge probe as in scikit-learn, ascending; validation chooses; [] for none"},
    {.key = "numeric", .type = VV_PARAM_TEXTS, .offset = AT(numeric),
     .help = "label sets whose values are numbers to regress on: ridge probe and R^2 only"},
    {.key = "tolerance", .type = VV_PARAM_FLOAT, .offset = AT(tolerance), .standard = "1e-6", .minimum = 1e-12,
     .maximum = 0.1, .help = "a fit ends when no component of the gradient of the mean loss exceeds it"},
    {.key = "max_iterations", .type = VV_PARAM_INT, .offset = AT(max_iterations), .standard = "1000",
     .minimum = 1, .maximum = 1000000, .help = "steps of a fit; fits that need more are counted"},
    {.key = "max_classes", .type = VV_PARAM_INT, .offset = AT(max_classes), .standard = "1000", .minimum = 2,
     .maximum = 100000, .help = "label sets with more classes get no linear probe"},
    {.key = "max_features", .type = VV_PARAM_INT, .offset = AT(max_features), .standard = "4096", .minimum = 0,
     .maximum = 100000, .help = "features D up to which their products are summed (24 D^2 bytes a rank): fewer "
             "steps of the logistic probe, and the ridge probe at all"},
    {.key = "k", .type = VV_PARAM_INTS, .offset = AT(k), .standard = "[1, 10]", .minimum = 1, .maximum = 1000,
     .help = "neighbors that vote, ascending, at most knn.k; nothing without knn"},
    {.key = "permuted", .type = VV_PARAM_BOOL, .offset = AT(permuted), .standard = "true",
     .help = "selectivity: the logistic probe on permuted labels as well"},
    {.key = "sizes", .type = VV_PARAM_INTS, .offset = AT(sizes), .standard = "[100, 300, 1000, 3000]",
     .minimum = 2, .maximum = 1e9, .help = "learning curve: rows to train on, ascending; [] for none"},
    {.key = "bootstrap", .type = VV_PARAM_SECTION, .offset = AT(bootstrap), .fields = bootstrap_params,
     .item_size = sizeof(((struct probe_config *)0)->bootstrap), .help = "confidence intervals of the scores"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "activations", .kind = VV_MATRIX},
                                        {.name = "labels", .kind = VV_LABELS},
                                        {.name = "neighbors", .kind = VV_NEIGHBORS, .optional = true},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "probe", .kind = VV_TABLE},
                                         {.name = "outcomes", .kind = VV_SAMPLES},
                                         {.name = NULL}};

static void check_ascending(const char *key, const struct vv_ints *v, struct vv_diagnostics *d)
{
    for (int i = 1; i < v->n; i++)
        if (v->v[i] <= v->v[i - 1])
            vv_diagnostics_add_key(d, key, "must ascend, but %lld comes after %lld", (long long)v->v[i],
                                   (long long)v->v[i - 1]);
}

static void check_floats(const char *key, const struct vv_floats *v, struct vv_diagnostics *d)
{
    for (int i = 1; i < v->n; i++)
        if (!(v->v[i] > v->v[i - 1]))
            vv_diagnostics_add_key(d, key, "must ascend, but %g comes after %g", v->v[i], v->v[i - 1]);
}

static bool chosen(const struct probe_config *c, const char *name)
{
    for (int i = 0; i < c->labels.n; i++)
        if (strcmp(c->labels.v[i], name) == 0) return true;
    return c->labels.n == 0;
}

static void check_set(const struct vv_shape *shape, const char *name, const char *key, struct vv_diagnostics *d)
{
    for (int s = 0; s < shape->n_label_sets; s++)
        if (strcmp(shape->label_sets[s], name) == 0) return;
    vv_diagnostics_add_key(d, key, "there is no label set '%s' under input.labels", name);
}

/* Label sets that are named, and those whose name the report needs for something else. */
static void check_label_sets(const struct probe_config *c, const struct vv_shape *shape, struct vv_diagnostics *d)
{
    static const char *const taken[] = {"regularization", "alpha", "size", "k"};
    if (c->split) check_set(shape, c->split, "stages.probe.split", d);
    for (int i = 0; i < c->labels.n; i++) check_set(shape, c->labels.v[i], "stages.probe.labels", d);
    for (int i = 0; i < c->numeric.n; i++) check_set(shape, c->numeric.v[i], "stages.probe.numeric", d);
    for (int s = 0; s < shape->n_label_sets; s++)
        for (size_t t = 0; t < sizeof taken / sizeof *taken; t++)
            if (strcmp(shape->label_sets[s], taken[t]) == 0 && chosen(c, taken[t]) &&
                !(c->split && strcmp(c->split, taken[t]) == 0))
                vv_diagnostics_add_key(d, "input.labels", "the report of the probe stage uses the name '%s' itself; "
                                       "rename the label set, or list others in stages.probe.labels", taken[t]);
}

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct probe_config *const c = config;
    check_label_sets(c, shape, d);
    if (shape->n_label_sets == 0)
        vv_diagnostics_add_key(d, "stages.probe", "needs labels: add input.labels");
    if (c->regularization.n == 0)
        vv_diagnostics_add_key(d, "stages.probe.regularization", "give at least one value");
    check_floats("stages.probe.regularization", &c->regularization, d);
    check_floats("stages.probe.alpha", &c->alpha, d);
    if (!c->split && !(c->test + c->validation < 1.0))
        vv_diagnostics_add_key(d, "stages.probe.validation", "leaves nothing to train on, with test: %g",
                               c->test);
    if (!c->split && c->validation == 0.0 && (c->regularization.n > 1 || c->alpha.n > 1))
        vv_diagnostics_add_key(d, "stages.probe.validation",
                               "must be above 0 to choose among values of regularization or alpha");
    check_ascending("stages.probe.k", &c->k, d);
    check_ascending("stages.probe.sizes", &c->sizes, d);
    for (int i = 0; i < c->k.n; i++)
        if (shape->k > 0 && c->k.v[i] > shape->k)
            vv_diagnostics_add_key(d, "stages.probe.k",
                                   "%lld is more than the %d neighbors that stages.knn.k stores",
                                   (long long)c->k.v[i], shape->k);
}

/* Classes are not known before labels are read: 10 of them, and 30 steps for each fit. */
static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    enum { CLASSES = 10, STEPS = 30 };
    const struct probe_config *const c = config;
    const double n = (double)shape->n, d = (double)shape->n_cols, sets = shape->n_label_sets;
    const double width = (double)vv_probe_width(shape->n_cols), threads = shape->threads;
    const double fits = (double)(c->regularization.n * (1 + c->sizes.n) + 1 + c->alpha.n);
    const bool gram = shape->n_cols <= c->max_features;
    const double local = ceil(n / shape->size) * d * (double)vv_real_bytes(shape->type);
    cost->flops = sets * fits * STEPS * 4.0 * n * width * CLASSES;
    if (gram) cost->flops += sets * (n * width * width + fits * width * width * width / 3.0);
    cost->flops += sets * 20.0 * (double)c->bootstrap.replicates * n * (2.0 + c->k.n);
    const double window = 2.0 * shape->size * (2 << 20);
    cost->bytes_memory = (shape->on_disk ? 2.0 * VV_COOL_BYTES : local) +
                         (window < 2.0 * local ? window : 2.0 * local) + 60.0 * n +
                         8.0 * width * CLASSES * (28.0 + threads) + 512.0 * (width + CLASSES) * threads +
                         576.0 * 1024 + (gram ? 24.0 * width * width : 0.0);
    const double columns = sets * (1.0 + (double)c->sizes.n) * 8.0;
    cost->bytes_output = ceil(n / shape->size) * columns + 8.0 * n;
    cost->bytes_written = n * (8.0 + columns);
    if (shape->on_disk) cost->bytes_scratch = local;
    cost->bytes_sent = sets * (local + fits * STEPS * 8.0 * width * CLASSES);
}

static const struct vv_labels *find_labels(const struct vv_inputs *in, const char *name)
{
    for (int i = 0; i < in->n[1]; i++)
        if (strcmp(in->items[1][i]->labels.name, name) == 0) return &in->items[1][i]->labels;
    return NULL;
}

static enum vv_status unknown_labels(const char *key, const char *name)
{
    vv_fail(VV_USAGE, "%s: there is no label set '%.200s'", key, name);
    return vv_error_hint("label sets are named under input.labels");
}

static enum vv_status add_coordinates(const struct probe_config *c, bool knn, struct vv_table *t)
{
    struct vv_column *column;
    struct vv_column_spec spec = {.name = "probe/regularization", .long_name = "inverse regularization C",
                                  .units = "1", .description = "C of the logistic probe, as in scikit-learn",
                                  .type = VV_F64, .dims = {{"probe/regularization", c->regularization.n}}};
    VV_TRY(vv_table_add(t, &spec, &column));
    memcpy(column->f64, c->regularization.v, (size_t)c->regularization.n * sizeof *column->f64);
    spec = (struct vv_column_spec){.name = "probe/size", .long_name = "rows to train on", .units = "1",
                                   .description = "training-set sizes of the learning curve", .type = VV_I64,
                                   .dims = {{"probe/size", c->sizes.n}}};
    if (c->sizes.n > 0) {
        VV_TRY(vv_table_add(t, &spec, &column));
        memcpy(column->i64, c->sizes.v, (size_t)c->sizes.n * sizeof *column->i64);
    }
    spec = (struct vv_column_spec){.name = "probe/k", .long_name = "neighbors that vote", .units = "1",
                                   .description = "neighbors of the nearest-neighbor probe", .type = VV_I64,
                                   .dims = {{"probe/k", c->k.n}}};
    if (knn) {
        VV_TRY(vv_table_add(t, &spec, &column));
        memcpy(column->i64, c->k.v, (size_t)c->k.n * sizeof *column->i64);
    }
    spec = (struct vv_column_spec){.name = "probe/alpha", .long_name = "ridge penalty alpha", .units = "1",
                                   .description = "penalties of the ridge probe, as in scikit-learn",
                                   .type = VV_F64, .dims = {{"probe/alpha", c->alpha.n}}};
    if (c->alpha.n == 0) return VV_OK;
    VV_TRY(vv_table_add(t, &spec, &column));
    memcpy(column->f64, c->alpha.v, (size_t)c->alpha.n * sizeof *column->f64);
    return VV_OK;
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct probe_config *const c = config;
    const struct vv_matrix *const rows = &in->items[0][0]->matrix;
    const struct vv_neighbors *const nb = in->n[2] > 0 ? &in->items[2][0]->neighbors : NULL;
    const struct vv_labels *const parts = c->split ? find_labels(in, c->split) : NULL;
    enum vv_status st = VV_OK;
    if (c->split && !parts) st = unknown_labels("stages.probe.split", c->split);
    for (int i = 0; !st && i < c->labels.n; i++)
        if (!find_labels(in, c->labels.v[i])) st = unknown_labels("stages.probe.labels", c->labels.v[i]);
    for (int i = 0; !st && i < c->numeric.n; i++)
        if (!find_labels(in, c->numeric.v[i])) st = unknown_labels("stages.probe.numeric", c->numeric.v[i]);
    if (!st) st = add_coordinates(c, nb && c->k.n > 0, &out[0].table);
    if (!st) st = vv_samples_init(&out[1].samples, rows->layout, rows->sample);
    st = vv_agree(ctx->comm, st);
    for (int i = 0; !st && i < in->n[1]; i++) {
        const struct vv_labels *const labels = &in->items[1][i]->labels;
        if (labels == parts || !chosen(c, labels->name)) continue;
        st = vv_probe_label_set(ctx, c, rows, nb, labels, parts, &out[0].table, &out[1].samples);
        vv_progress_tell(ctx->progress, i + 1, in->n[1]);
    }
    return st;
}

/* The label set of a column probe/<label set><ending>: its length; 0: another column. */
static int label_length(const char *name, const char *ending)
{
    const size_t length = strlen(name), tail = strlen(ending), head = strlen("probe/");
    return length > head + tail && strcmp(name + length - tail, ending) == 0 ? (int)(length - tail - head) : 0;
}

/* One column a label set: accuracy of the logistic probe, or R^2 for numbers, and half its interval. */
static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    for (int i = 0; i < table->n_columns; i++) {
        const struct vv_column *const c = table->columns[i];
        const int of_classes = label_length(c->name, "/logistic/accuracy");
        const int label = of_classes ? of_classes : label_length(c->name, "/ridge/r2");
        char heading[32], accuracy[512];
        snprintf(accuracy, sizeof accuracy, "probe/%.*s/ridge/accuracy", label, c->name + strlen("probe/"));
        if (!label || (!of_classes && vv_table_find(table, accuracy))) continue;
        const struct vv_column *const low = table->columns[i + 1], *const high = table->columns[i + 2];
        const int64_t n = vv_column_length(c);
        double *half = vv_mem_new(n, sizeof *half, "half widths of intervals");
        if (!half) return VV_MEMORY;
        for (int64_t l = 0; l < n; l++) half[l] = 0.5 * (high->f64[l] - low->f64[l]);
        snprintf(heading, sizeof heading, "%s %.*s", of_classes ? "probe" : "R^2", label < 20 ? label : 20,
                 c->name + strlen("probe/"));
        const enum vv_status st = vv_summary_add(summary, heading, c->f64, half, 3);
        vv_mem_free(half);
        if (st) return st;
    }
    return VV_OK;
}

static const struct vv_figure_wish figures[] = {
    {.kind = VV_FIGURE_PROFILE, .name = "probe_*_accuracy", .title = "what probes read, *", .axis = "test accuracy",
     .columns = {"probe/*/logistic/accuracy", "probe/*/ridge/accuracy", "probe/*/knn/accuracy",
                 "probe/*/permuted/accuracy", "probe/*/majority/accuracy"},
     .labels = {"logistic", "ridge", "neighbors", "permuted labels", "commonest class"},
     .band = "bootstrap interval"},
    {.kind = VV_FIGURE_PROFILE, .name = "probe_*_r2", .title = "what a ridge regression explains, *", .axis = "R^2",
     .columns = {"probe/*/ridge/r2"}, .band = "bootstrap interval"},
    {.kind = VV_FIGURE_SCALE, .name = "probe_*_learning_curve", .title = "learning curve of the logistic probe, *",
     .axis = "test accuracy", .columns = {"probe/*/curve/accuracy"}, .band = "bootstrap interval"},
    {.name = NULL},
};

extern const struct vv_stage vv_stage_probe;
const struct vv_stage vv_stage_probe = {
    .name = "probe",
    .summary = "what nearest neighbors and logistic regression read from a layer about labels",
    .cite = "Alain & Bengio, arXiv:1610.01644 (2016); Hewitt & Liang, EMNLP (2019)",
    .version = 3,
    .scope = VV_PER_LAYER,
    .seeded = true,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct probe_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .summarize = summarize,
};
