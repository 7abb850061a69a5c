/* SPDX-License-Identifier: MIT */
#include "stages/probe/label_set.h"

#include <math.h>
#include <string.h>

#include "stages/probe/columns.h"
#include "stages/probe/fit.h"
#include "stages/probe/metrics.h"
#include "stages/probe/split.h"
#include "stages/probe/votes.h"

/* Where the stage is: a layer and a label set. */
struct probe {
    struct vv_context *ctx;
    const struct probe_config *config;
    const struct vv_labels *labels;
    struct vv_probe_order order;
    struct vv_probe_rows rows;
    struct vv_bootstrap bootstrap;
    struct vv_probe_group group;
    int32_t *predicted, *permuted; /* [positions] */
    double *loss;                  /* [positions] */
};

/* The first position of a part; VV_N_PARTS gives the end. */
static int64_t first_of(const struct probe *it, int part)
{
    int64_t at = 0;
    for (int p = 0; p < part; p++) at += it->order.n[p];
    return at;
}

/* A path of fits from strong to weak regularization: one entry for each C. */
struct path {
    int n, best; /* best: -1 where nothing could be fitted */
    struct vv_minimum *found;
    double *loss, *accuracy; /* on what validates */
    double *weights;         /* those of the best */
};

static enum vv_status path_init(struct path *p, int n, int64_t n_weights)
{
    *p = (struct path){.n = n, .best = -1};
    p->found = vv_mem_new(n, sizeof *p->found, "a path of fits");
    p->loss = vv_mem_new(n, sizeof *p->loss, "a path of fits");
    p->accuracy = vv_mem_new(n, sizeof *p->accuracy, "a path of fits");
    p->weights = vv_mem_new(n_weights, sizeof *p->weights, "weights of a probe");
    return p->found && p->loss && p->accuracy && p->weights ? VV_OK : VV_MEMORY;
}

static void path_release(struct path *p)
{
    vv_mem_free(p->found);
    vv_mem_free(p->loss);
    vv_mem_free(p->accuracy);
    vv_mem_free(p->weights);
}

/* Collective. Scores of the positions of a part, with intervals where asked for. */
static enum vv_status score(struct probe *it, struct vv_probe_fit *fit, int64_t from, int64_t to, bool intervals,
                            struct vv_scored *out)
{
    VV_TRY(vv_probe_fit_predict(fit, from, to, it->predicted, it->loss));
    for (int64_t i = 0; i < to - from; i++) it->predicted[i] = it->order.met[it->predicted[i]];
    const struct vv_predictions p = {.n = to - from, .n_classes = it->labels->n_classes,
                                     .truth = it->order.truth + from, .predicted = it->predicted,
                                     .loss = it->loss};
    struct vv_bootstrap how = it->bootstrap;
    if (!intervals) how.replicates = 0;
    return vv_probe_bootstrap(it->ctx->comm, &p, &how, out);
}

/* Collective. The whole path; leaves the weights of the least loss in validation (the strongest of equals)
 * in the fit. */
static enum vv_status fit_path(struct probe *it, struct vv_probe_fit *fit, struct path *p)
{
    const int64_t from = first_of(it, VV_VALIDATION), to = first_of(it, VV_TEST);
    const size_t bytes = (size_t)(fit->rows->width * fit->n_classes) * sizeof *fit->weights;
    for (int i = 0; i < p->n; i++) {
        struct vv_scored scored;
        VV_TRY(vv_probe_fit_at(fit, it->config->regularization.v[i], &p->found[i]));
        VV_TRY(score(it, fit, from, to, false, &scored));
        p->loss[i] = scored.value[VV_LOG_LOSS];
        p->accuracy[i] = scored.value[VV_ACCURACY];
        if (p->best >= 0 && !(p->loss[i] < p->loss[p->best])) continue;
        p->best = i;
        memcpy(p->weights, fit->weights, bytes);
    }
    memcpy(fit->weights, p->weights, bytes);
    return VV_OK;
}

static enum vv_status tabulate_path(const struct probe *it, const struct path *p)
{
    const struct vv_probe_group g = {it->group.table, it->group.label, "probe/regularization", p->n};
    struct vv_column *loss, *accuracy, *iterations, *gradient;
    int64_t left = 0;
    VV_TRY(vv_probe_column(&g, "logistic/path_log_loss", "nat",
                           "log loss on the validation part at each C; the least one is chosen", VV_F64, &loss));
    VV_TRY(vv_probe_column(&g, "logistic/path_accuracy", "1", "accuracy on the validation part at each C",
                           VV_F64, &accuracy));
    VV_TRY(vv_probe_column(&g, "logistic/path_iterations", "1",
                           "steps of the quasi-Newton method at each C, from the fit at the C before", VV_I64,
                           &iterations));
    VV_TRY(vv_probe_column(&g, "logistic/path_gradient", "1",
                           "largest component of the gradient of the mean loss at the end of each fit", VV_F64,
                           &gradient));
    for (int i = 0; i < p->n; i++) {
        loss->f64[i] = p->best < 0 ? NAN : p->loss[i];
        accuracy->f64[i] = p->best < 0 ? NAN : p->accuracy[i];
        gradient->f64[i] = p->best < 0 ? NAN : p->found[i].gradient;
        iterations->i64[i] = p->best < 0 ? 0 : p->found[i].iterations;
        left += p->best >= 0 && !p->found[i].converged;
    }
    VV_TRY(vv_probe_count(&it->group, "logistic/n_not_converged",
                          "fits of the path whose gradient stayed above the tolerance", left));
    return vv_probe_number(&it->group, "logistic/regularization",
                           "C that validation chose, as in scikit-learn: C sum of losses + |W|^2 / 2",
                           p->best < 0 ? NAN : it->config->regularization.v[p->best]);
}

/* The class that is most frequent in training, always; losses by the shares of the classes in training. */
static enum vv_status score_majority(struct probe *it, struct vv_scored *out)
{
    const int64_t from = first_of(it, VV_TEST), n = it->order.n[VV_TEST];
    int64_t *counts = vv_mem_new(it->order.n_classes, sizeof *counts, "counts of classes");
    int most = 0;
    VV_TRY(vv_agree(it->ctx->comm, counts ? VV_OK : VV_MEMORY));
    for (int64_t i = 0; i < it->order.n[VV_TRAIN]; i++) counts[it->order.target[i]]++;
    for (int c = 1; c < it->order.n_classes; c++)
        if (counts[c] > counts[most]) most = c;
    for (int64_t i = 0; i < n; i++) {
        const int32_t target = it->order.target[from + i];
        it->predicted[i] = it->order.met[most];
        it->loss[i] = target < 0 ? 52.0 * log(2.0) : -log((double)counts[target] / (double)it->order.n[VV_TRAIN]);
    }
    vv_mem_free(counts);
    const struct vv_predictions p = {.n = n, .n_classes = it->labels->n_classes, .truth = it->order.truth + from,
                                     .predicted = it->predicted, .loss = it->loss};
    return vv_probe_bootstrap(it->ctx->comm, &p, &it->bootstrap, out);
}

/* Collective. The same probe at the C that was chosen, trained on permuted labels. */
static enum vv_status run_permuted(struct probe *it, struct vv_probe_fit *fit, const struct path *path,
                                   double accuracy)
{
    const int64_t n = it->order.n[VV_TRAIN];
    const double C = it->config->regularization.v[path->best];
    struct vv_scored scored;
    struct vv_minimum found;
    int64_t fitted = 0;
    VV_TRY(vv_agree(it->ctx->comm, vv_probe_permute(it->order.target, n, it->ctx->seed, it->permuted)));
    memcpy(it->permuted + n, it->order.target + n, (size_t)(first_of(it, VV_N_PARTS) - n) * sizeof *it->permuted);
    vv_probe_fit_restart(fit, it->permuted);
    VV_TRY(vv_probe_fit_at(fit, C, &found));
    VV_TRY(vv_probe_fit_predict(fit, 0, n, it->predicted, it->loss));
    for (int64_t i = 0; i < n; i++) fitted += it->predicted[i] == it->permuted[i];
    VV_TRY(score(it, fit, first_of(it, VV_TEST), first_of(it, VV_N_PARTS), true, &scored));
    VV_TRY(vv_probe_scores_columns(&it->group, "permuted",
                                   "control: the probe trained on permuted labels at the same C, on the test part",
                                   &scored, 1));
    VV_TRY(vv_probe_number(&it->group, "permuted/train_accuracy",
                           "share of the permuted labels that the control reproduces in training: how much the "
                           "probe can learn by heart", (double)fitted / (double)n));
    return vv_probe_number(&it->group, "selectivity",
                           "test accuracy of the logistic probe minus that of the control (after Hewitt & Liang "
                           "2019)", accuracy - scored.value[VV_ACCURACY]);
}

/* Collective. A fit on the first positions alone: its own standardization, its own path. */
static enum vv_status run_size(struct probe *it, int64_t size, struct vv_scored *scored, double *C)
{
    struct vv_probe_fit fit;
    struct path path;
    *scored = vv_scored_none();
    *C = NAN;
    if (size > it->order.n[VV_TRAIN]) return VV_OK;
    VV_TRY(vv_probe_fit_init(&it->rows, it->order.target, it->order.n_classes, size, it->config->standardize,
                             &fit));
    fit.tolerance = it->config->tolerance;
    fit.most = it->config->max_iterations;
    enum vv_status st = vv_agree(it->ctx->comm, path_init(&path, it->config->regularization.n,
                                                          it->rows.width * fit.n_classes));
    if (!st) st = fit_path(it, &fit, &path);
    if (!st) st = score(it, &fit, first_of(it, VV_TEST), first_of(it, VV_N_PARTS), true, scored);
    if (!st) *C = it->config->regularization.v[path.best];
    path_release(&path);
    vv_probe_fit_release(&fit);
    return st;
}

/* Collective. */
static enum vv_status run_curve(struct probe *it, bool possible)
{
    const struct vv_ints *const sizes = &it->config->sizes;
    const struct vv_probe_group g = {it->group.table, it->group.label, "probe/size", sizes->n};
    struct vv_column *C;
    struct vv_scored *scored = vv_mem_new(sizes->n, sizeof *scored, "scores");
    enum vv_status st = scored ? VV_OK : VV_MEMORY;
    if (!st)
        st = vv_probe_column(&g, "curve/regularization", "1", "C that validation chose at each training-set size",
                             VV_F64, &C);
    st = vv_agree(it->ctx->comm, st);
    for (int i = 0; !st && i < sizes->n; i++) {
        scored[i] = vv_scored_none();
        C->f64[i] = NAN;
        if (possible) st = run_size(it, sizes->v[i], &scored[i], &C->f64[i]);
    }
    if (!st)
        st = vv_probe_scores_columns(&g, "curve", "logistic probe trained on so many rows (stratified, each set in "
                                     "the next), on the test part; missing where training has fewer", scored, 1);
    vv_mem_free(scored);
    return st;
}

/* Collective. What is learned from all rows there are to train on. */
static enum vv_status run_logistic(struct probe *it, bool possible)
{
    struct vv_probe_fit fit = {.rows = NULL};
    struct path path;
    struct vv_scored test = vv_scored_none(), train = test, majority = test;
    const int C = it->order.n_classes, n = it->config->regularization.n;
    enum vv_status st = vv_agree(it->ctx->comm, path_init(&path, n, it->rows.width * C));
    if (!st && possible) {
        st = vv_probe_fit_init(&it->rows, it->order.target, C, it->order.n[VV_TRAIN], it->config->standardize,
                               &fit);
        fit.tolerance = it->config->tolerance;
        fit.most = it->config->max_iterations;
        if (!st) st = fit_path(it, &fit, &path);
        if (!st) st = score(it, &fit, first_of(it, VV_TEST), first_of(it, VV_N_PARTS), true, &test);
        if (!st) st = score(it, &fit, 0, it->order.n[VV_TRAIN], false, &train);
        if (!st) st = score_majority(it, &majority);
    }
    if (!st) st = tabulate_path(it, &path);
    if (!st) st = vv_probe_scores_columns(&it->group, "logistic", "logistic probe, on the test part", &test, 1);
    if (!st)
        st = vv_probe_number(&it->group, "logistic/train_accuracy", "accuracy on the rows it was trained on",
                             train.value[VV_ACCURACY]);
    if (!st)
        st = vv_probe_number(&it->group, "logistic/train_log_loss", "log loss on the rows it was trained on",
                             train.value[VV_LOG_LOSS]);
    if (!st)
        st = vv_probe_scores_columns(&it->group, "majority", "chance: the class most frequent in training, "
                                     "probabilities its classes' shares; on the test part", &majority, 1);
    if (!st && possible && it->config->permuted) st = run_permuted(it, &fit, &path, test.value[VV_ACCURACY]);
    path_release(&path);
    if (fit.rows) vv_probe_fit_release(&fit);
    return st;
}

/* Collective. All labelled rows, whatever their part. */
static enum vv_status run_knn(struct probe *it, const struct vv_neighbors *nb)
{
    const struct vv_ints *const ks = &it->config->k;
    const struct vv_probe_group g = {it->group.table, it->group.label, "probe/k", ks->n};
    const int64_t n = nb->layout.n, n_local = vv_layout_local(&nb->layout);
    struct vv_scored *scored = vv_mem_new(ks->n, sizeof *scored, "scores");
    int32_t *winners = vv_mem_new(n_local * ks->n, sizeof *winners, "votes");
    int32_t *mine = vv_mem_new(n_local, sizeof *mine, "votes"), *all = vv_mem_new(n, sizeof *all, "votes");
    int32_t *truth = vv_mem_new(n, sizeof *truth, "classes of rows");
    int n_ks = 0;
    while (n_ks < ks->n && ks->v[n_ks] <= nb->k) n_ks++;
    enum vv_status st = vv_agree(it->ctx->comm, scored && winners && mine && all && truth ? VV_OK : VV_MEMORY);
    if (!st && n_ks > 0) st = vv_probe_votes(it->ctx->comm, nb, it->labels, ks->v, n_ks, winners);
    for (int q = 0; !st && q < ks->n; q++) {
        struct vv_predictions p = {.n_classes = it->labels->n_classes, .truth = truth, .predicted = all};
        scored[q] = vv_scored_none();
        if (q >= n_ks) continue;
        for (int64_t i = 0; i < n_local; i++) mine[i] = winners[i * n_ks + q];
        vv_comm_allgather_rows(it->ctx->comm, &nb->layout, mine, sizeof *mine, all);
        for (int64_t r = 0; r < n; r++) {
            const int32_t c = it->labels->classes[vv_sample_of(nb->sample, r)];
            if (c < 0) continue;
            truth[p.n] = c;
            all[p.n++] = all[r];
        }
        st = vv_probe_bootstrap(it->ctx->comm, &p, &it->bootstrap, &scored[q]);
    }
    if (!st)
        st = vv_probe_scores_columns(&g, "knn", "majority of the k nearest neighbors, all labelled rows, each left "
                                     "out of its own", scored, 0);
    vv_mem_free(scored);
    vv_mem_free(winners);
    vv_mem_free(mine);
    vv_mem_free(all);
    vv_mem_free(truth);
    return st;
}

/* Why linear probes cannot be fitted; empty: they can. */
static const char *obstacle(const struct probe *it)
{
    if (it->order.n_classes < 2) return "fewer than two classes to train on";
    if (it->order.n_classes > it->config->max_classes) return "more classes than stages.probe.max_classes";
    if (it->order.n[VV_TEST] < 1) return "no rows to test on";
    if (it->order.n[VV_VALIDATION] < 1 && it->config->regularization.n > 1) return "no rows to validate on";
    return "";
}

static enum vv_status tabulate_counts(const struct probe *it, const char *why)
{
    struct vv_column *note;
    VV_TRY(vv_probe_count(&it->group, "n_train", "rows to train on", it->order.n[VV_TRAIN]));
    VV_TRY(vv_probe_count(&it->group, "n_validation", "rows to choose C by", it->order.n[VV_VALIDATION]));
    VV_TRY(vv_probe_count(&it->group, "n_test", "rows to test on", it->order.n[VV_TEST]));
    VV_TRY(vv_probe_count(&it->group, "n_classes", "classes among the rows to train on", it->order.n_classes));
    VV_TRY(vv_probe_column(&it->group, "note", "1", "why there are no linear probes, or empty", VV_TEXT, &note));
    return vv_column_set_text(note, 0, why);
}

/* Local. */
static enum vv_status prepare(struct probe *it, const struct vv_matrix *rows, const struct vv_labels *parts)
{
    const struct probe_config *const c = it->config;
    struct vv_split split;
    enum vv_status st = parts ? vv_split_given(it->labels, parts, it->ctx->seed, &split)
                              : vv_split_draw(it->labels, c->validation, c->test, it->ctx->seed, &split);
    if (!st) st = vv_probe_order_init(&split, it->labels, rows->sample, rows->layout.n, &it->order);
    vv_split_release(&split);
    const int64_t n = first_of(it, VV_N_PARTS);
    if (!st && !(it->predicted = vv_mem_new(n, sizeof *it->predicted, "predictions"))) st = VV_MEMORY;
    if (!st && !(it->permuted = vv_mem_new(n, sizeof *it->permuted, "permuted labels"))) st = VV_MEMORY;
    if (!st && !(it->loss = vv_mem_new(n, sizeof *it->loss, "losses"))) st = VV_MEMORY;
    return st;
}

enum vv_status vv_probe_label_set(struct vv_context *ctx, const struct probe_config *config,
                                  const struct vv_matrix *rows, const struct vv_neighbors *neighbors,
                                  const struct vv_labels *labels, const struct vv_labels *parts,
                                  struct vv_table *table)
{
    struct probe it = {.ctx = ctx, .config = config, .labels = labels,
                       .bootstrap = {config->bootstrap.replicates, config->bootstrap.confidence, ctx->seed,
                                     ctx->threads},
                       .group = {.table = table, .label = labels->name}};
    const char *why = "";
    enum vv_status st = prepare(&it, rows, parts);
    if (!st) why = obstacle(&it);
    if (!st) st = tabulate_counts(&it, why);
    st = vv_agree(ctx->comm, st);
    if (!st && neighbors && config->k.n > 0) st = run_knn(&it, neighbors);
    if (!st)
        st = vv_probe_rows_init(ctx->comm, rows, it.order.row, why[0] ? 0 : first_of(&it, VV_N_PARTS),
                                ctx->threads, &it.rows);
    if (!st) {
        st = run_logistic(&it, !why[0]);
        if (!st && config->sizes.n > 0) st = run_curve(&it, !why[0]);
        vv_probe_rows_release(&it.rows);
    }
    vv_mem_free(it.predicted);
    vv_mem_free(it.permuted);
    vv_mem_free(it.loss);
    vv_probe_order_release(&it.order);
    return vv_agree(ctx->comm, st);
}
