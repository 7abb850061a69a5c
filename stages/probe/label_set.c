/* SPDX-License-Identifier: MIT */
#include "stages/probe/label_set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t vv_probe_first(const struct vv_probe *it, int part)
{
    int64_t at = 0;
    for (int p = 0; p < part; p++) at += it->order.n[p];
    return at;
}

/* Why linear probes cannot be fitted; empty: they can. */
static const char *obstacle(const struct vv_probe *it)
{
    const struct probe_config *const c = it->config;
    if (it->order.n_classes < 2) return "fewer than two classes to train on";
    if (!it->values && it->order.n_classes > c->max_classes) return "more classes than stages.probe.max_classes";
    if (it->order.n[VV_TEST] < 1) return "no rows to test on";
    if (it->order.n[VV_VALIDATION] < 1 && (it->values ? c->alpha.n : c->regularization.n) > 1)
        return "no rows to validate on";
    return "";
}

static enum vv_status tabulate_counts(const struct vv_probe *it, const char *why)
{
    struct vv_column *note;
    VV_TRY(vv_probe_count(&it->group, "n_train", "rows to train on", it->order.n[VV_TRAIN]));
    VV_TRY(vv_probe_count(&it->group, "n_validation", "rows to choose the regularization by",
                          it->order.n[VV_VALIDATION]));
    VV_TRY(vv_probe_count(&it->group, "n_test", "rows to test on", it->order.n[VV_TEST]));
    VV_TRY(vv_probe_count(&it->group, "n_classes", "classes (distinct numbers) among the rows to train on",
                          it->order.n_classes));
    VV_TRY(vv_probe_column(&it->group, "note", "1", "why there are no linear probes, or empty", VV_TEXT, &note));
    return vv_column_set_text(note, 0, why);
}

/* The numbers that the classes of a numeric label set are, the least at -1, the largest at 1. */
static enum vv_status read_values(struct vv_probe *it)
{
    const struct vv_labels *const l = it->labels;
    double low = INFINITY, high = -INFINITY;
    if (!(it->values = vv_mem_new(l->n_classes, sizeof *it->values, "numbers"))) return VV_MEMORY;
    for (int c = 0; c < l->n_classes; c++) {
        char *end;
        it->values[c] = strtod(l->class_name[c], &end);
        if (end == l->class_name[c] || *end || !isfinite(it->values[c]) || fabs(it->values[c]) > 1e300)
            return vv_fail(VV_INPUT, "stages.probe.numeric: the label set '%s' has the value '%.100s', which is "
                           "no number", l->name, l->class_name[c]);
        low = fmin(low, it->values[c]);
        high = fmax(high, it->values[c]);
    }
    const double middle = 0.5 * (low + high), half = 0.5 * (high - low);
    for (int c = 0; c < l->n_classes; c++)
        it->values[c] = half > 0.0 ? fmin(1.0, fmax(-1.0, (it->values[c] - middle) / half)) : 0.0;
    return VV_OK;
}

/* The split, stratified; a numeric label set is one stratum. */
static enum vv_status make_split(const struct vv_probe *it, const struct vv_labels *parts, struct vv_split *split)
{
    const struct probe_config *const c = it->config;
    struct vv_labels strata = *it->labels; /* borrows all but its classes */
    *split = (struct vv_split){.n = 0};
    if (it->values) {
        strata.classes = vv_mem_new(strata.n, sizeof *strata.classes, "strata");
        if (!strata.classes) return VV_MEMORY;
        for (int64_t s = 0; s < strata.n; s++) strata.classes[s] = it->labels->classes[s] < 0 ? -1 : 0;
    }
    const enum vv_status st = parts ? vv_split_given(&strata, parts, it->ctx->seed, split)
                                    : vv_split_draw(&strata, c->validation, c->test, it->ctx->seed, split);
    if (it->values) vv_mem_free(strata.classes);
    return st;
}

/* Local. */
static enum vv_status prepare(struct vv_probe *it, const struct vv_matrix *rows, const struct vv_labels *parts)
{
    struct vv_split split;
    for (int i = 0; i < it->config->numeric.n; i++)
        if (!it->values && strcmp(it->config->numeric.v[i], it->labels->name) == 0) VV_TRY(read_values(it));
    enum vv_status st = make_split(it, parts, &split);
    if (!st) st = vv_probe_order_init(&split, it->labels, rows->sample, rows->layout.n, &it->order);
    vv_split_release(&split);
    const int64_t n = vv_probe_first(it, VV_N_PARTS);
    if (!st && !(it->predicted = vv_mem_new(n, sizeof *it->predicted, "predictions"))) st = VV_MEMORY;
    if (!st && !(it->permuted = vv_mem_new(n, sizeof *it->permuted, "permuted labels"))) st = VV_MEMORY;
    if (!st && !(it->loss = vv_mem_new(n, sizeof *it->loss, "losses"))) st = VV_MEMORY;
    return st;
}

enum vv_status vv_probe_add_outcomes(struct vv_probe *it, const char *probe, const char *description,
                                     struct vv_column **out)
{
    char name[512];
    const int n = snprintf(name, sizeof name, "%s/%s", it->labels->name, probe);
    if (n >= (int)sizeof name) return vv_fail(VV_USAGE, "the label set's name '%.200s' is too long", it->labels->name);
    VV_TRY(vv_samples_add(it->outcomes, name, "1", description, VV_I64, (struct vv_dim){NULL, 0}, out));
    for (int64_t i = 0; i < vv_column_length(*out); i++) (*out)->i64[i] = -1;
    return VV_OK;
}

void vv_probe_set_outcomes(const struct vv_probe *it, struct vv_column *outcomes)
{
    const int64_t from = vv_probe_first(it, VV_TEST), first = vv_layout_first(&it->outcomes->layout);
    for (int64_t i = 0; i < it->order.n[VV_TEST]; i++) {
        const int64_t row = it->order.row[from + i] - first;
        if (row < 0 || row >= vv_column_length(outcomes)) continue;
        outcomes->i64[row] = it->predicted[i] == it->order.truth[from + i];
    }
}

/* Collective. The probes that learn weights. */
static enum vv_status run_linear(struct vv_probe *it, const struct vv_matrix *rows, bool possible)
{
    const struct probe_config *const c = it->config;
    struct vv_probe_fit fit;
    if (!possible) {
        enum vv_status st = it->values ? VV_OK : vv_probe_run_logistic(it, NULL);
        if (!st && c->alpha.n > 0) st = vv_probe_run_ridge(it, NULL);
        if (!st && c->sizes.n > 0 && !it->values) st = vv_probe_run_curve(it, false);
        return st;
    }
    VV_TRY(vv_probe_rows_init(it->ctx->comm, rows, it->order.row, vv_probe_first(it, VV_N_PARTS),
                              it->ctx->threads, &it->rows));
    enum vv_status st = vv_probe_fit_init(&it->rows, it->order.target, it->values ? 1 : it->order.n_classes,
                                          it->order.n[VV_TRAIN], c->standardize,
                                          it->rows.n_cols <= c->max_features, &fit);
    if (!st) {
        fit.tolerance = c->tolerance;
        fit.most = c->max_iterations;
        if (!it->values) st = vv_probe_run_logistic(it, &fit);
        if (!st && c->alpha.n > 0) st = vv_probe_run_ridge(it, &fit);
        vv_probe_fit_release(&fit);
    }
    if (!st && c->sizes.n > 0 && !it->values) st = vv_probe_run_curve(it, true);
    vv_probe_rows_release(&it->rows);
    return st;
}

enum vv_status vv_probe_label_set(struct vv_context *ctx, const struct probe_config *config,
                                  const struct vv_matrix *rows, const struct vv_neighbors *neighbors,
                                  const struct vv_labels *labels, const struct vv_labels *parts,
                                  struct vv_table *table, struct vv_samples *outcomes)
{
    struct vv_probe it = {.ctx = ctx, .config = config, .labels = labels,
                          .bootstrap = {config->bootstrap.replicates, config->bootstrap.confidence, ctx->seed,
                                        ctx->threads},
                          .group = {.table = table, .label = labels->name}, .outcomes = outcomes};
    const char *why = "";
    enum vv_status st = prepare(&it, rows, parts);
    if (!st) why = obstacle(&it);
    if (!st) st = tabulate_counts(&it, why);
    st = vv_agree(ctx->comm, st);
    if (!st && why[0])
        vv_log_finding(ctx->log, "%s: no linear probes of '%s': %s", ctx->progress->step, labels->name, why);
    if (!st && neighbors && config->k.n > 0 && !it.values) st = vv_probe_run_knn(&it, neighbors);
    if (!st) st = run_linear(&it, rows, !why[0]);
    vv_mem_free(it.values);
    vv_mem_free(it.predicted);
    vv_mem_free(it.permuted);
    vv_mem_free(it.loss);
    vv_probe_order_release(&it.order);
    return vv_agree(ctx->comm, st);
}
