/* SPDX-License-Identifier: MIT */
#include "stages/probe/label_set.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* Collective. Scores of the positions of a part, with intervals where asked for. met: the classes of the fit */
static enum vv_status score(struct vv_probe *it, struct vv_probe_fit *fit, const int32_t *met, int64_t from,
                            int64_t to, bool intervals, struct vv_scored *out)
{
    VV_TRY(vv_probe_fit_predict(fit, from, to, it->predicted, it->loss));
    for (int64_t i = 0; i < to - from; i++) it->predicted[i] = met[it->predicted[i]];
    const struct vv_predictions p = {.n = to - from, .n_classes = it->labels->n_classes,
                                     .truth = it->order.truth + from, .predicted = it->predicted,
                                     .loss = it->loss};
    struct vv_bootstrap how = it->bootstrap;
    if (!intervals) how.replicates = 0;
    return vv_probe_bootstrap(it->ctx->comm, &p, &how, out);
}

/* Collective. The whole path; leaves the weights of the least loss in validation (the strongest of equals)
 * in the fit. */
static enum vv_status fit_path(struct vv_probe *it, struct vv_probe_fit *fit, const int32_t *met, struct path *p)
{
    const int64_t from = vv_probe_first(it, VV_VALIDATION), to = vv_probe_first(it, VV_TEST);
    const size_t bytes = (size_t)(fit->rows->width * fit->n_classes) * sizeof *fit->weights;
    for (int i = 0; i < p->n; i++) {
        struct vv_scored scored;
        VV_TRY(vv_probe_fit_at(fit, it->config->regularization.v[i], &p->found[i]));
        VV_TRY(score(it, fit, met, from, to, false, &scored));
        p->loss[i] = scored.value[VV_LOG_LOSS];
        p->accuracy[i] = scored.value[VV_ACCURACY];
        if (p->best >= 0 && !(p->loss[i] < p->loss[p->best])) continue;
        p->best = i;
        memcpy(p->weights, fit->weights, bytes);
    }
    memcpy(fit->weights, p->weights, bytes);
    return VV_OK;
}

static enum vv_status tabulate_path(const struct vv_probe *it, const struct path *p)
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
static enum vv_status score_majority(struct vv_probe *it, struct vv_scored *out)
{
    const int64_t from = vv_probe_first(it, VV_TEST), n = it->order.n[VV_TEST];
    int64_t *counts = vv_mem_new(it->order.n_classes, sizeof *counts, "counts of classes");
    int most = 0;
    const enum vv_status st = vv_agree(it->ctx->comm, counts ? VV_OK : VV_MEMORY);
    if (st) {
        vv_mem_free(counts);
        return st;
    }
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
static enum vv_status fit_permuted(struct vv_probe *it, struct vv_probe_fit *fit, double C, struct vv_scored *scored,
                                   double *train_accuracy)
{
    const int64_t n = it->order.n[VV_TRAIN], end = vv_probe_first(it, VV_N_PARTS);
    struct vv_minimum found;
    int64_t fitted = 0;
    VV_TRY(vv_agree(it->ctx->comm, vv_probe_permute(it->order.target, n, it->ctx->seed, it->permuted)));
    memcpy(it->permuted + n, it->order.target + n, (size_t)(end - n) * sizeof *it->permuted);
    vv_probe_fit_restart(fit, it->permuted);
    VV_TRY(vv_probe_fit_at(fit, C, &found));
    VV_TRY(vv_probe_fit_predict(fit, 0, n, it->predicted, it->loss));
    for (int64_t i = 0; i < n; i++) fitted += it->predicted[i] == it->permuted[i];
    *train_accuracy = (double)fitted / (double)n;
    return score(it, fit, it->order.met, vv_probe_first(it, VV_TEST), end, true, scored);
}

/* Collective. */
static enum vv_status run_permuted(struct vv_probe *it, struct vv_probe_fit *fit, const struct path *path,
                                   double accuracy)
{
    struct vv_scored scored = vv_scored_none();
    double train_accuracy = NAN;
    if (fit)
        VV_TRY(fit_permuted(it, fit, it->config->regularization.v[path->best], &scored, &train_accuracy));
    VV_TRY(vv_probe_scores_columns(&it->group, "permuted",
                                   "control: the probe trained on permuted labels at the same C, on the test part",
                                   &scored, VV_LOSS_SCORES));
    VV_TRY(vv_probe_number(&it->group, "permuted/train_accuracy",
                           "share of the permuted labels that the control reproduces in training: how much the "
                           "probe can learn by heart", train_accuracy));
    return vv_probe_number(&it->group, "selectivity",
                           "test accuracy of the logistic probe minus that of the control (after Hewitt & Liang "
                           "2019)", accuracy - scored.value[VV_ACCURACY]);
}

/* Collective. A fit on the first positions alone: its own classes, standardization and path. met: [classes] */
static enum vv_status run_size(struct vv_probe *it, int64_t size, int32_t *met, struct vv_column *outcomes,
                               struct vv_scored *scored, double *C)
{
    struct vv_probe_fit fit;
    struct path path;
    if (size > it->order.n[VV_TRAIN]) return VV_OK;
    const int n_classes = vv_probe_order_begin(&it->order, size, it->permuted, met);
    if (n_classes < 2) return VV_OK;
    VV_TRY(vv_probe_fit_init(&it->rows, it->permuted, n_classes, size, it->config->standardize,
                             it->rows.n_cols <= it->config->max_features, &fit));
    fit.tolerance = it->config->tolerance;
    fit.most = it->config->max_iterations;
    enum vv_status st =
        vv_agree(it->ctx->comm, path_init(&path, it->config->regularization.n, it->rows.width * n_classes));
    if (!st) st = fit_path(it, &fit, met, &path);
    if (!st) st = score(it, &fit, met, vv_probe_first(it, VV_TEST), vv_probe_first(it, VV_N_PARTS), true, scored);
    if (!st) vv_probe_set_outcomes(it, outcomes);
    if (!st) *C = it->config->regularization.v[path.best];
    path_release(&path);
    vv_probe_fit_release(&fit);
    return st;
}

/* Local. */
static enum vv_status add_curve_outcomes(struct vv_probe *it, int64_t size, struct vv_column **out)
{
    char name[64];
    snprintf(name, sizeof name, "curve_%lld", (long long)size);
    return vv_probe_add_outcomes(it, name, "logistic probe trained on so many rows: 1 right, 0 wrong, -1 not tested",
                                 out);
}

/* Collective. */
enum vv_status vv_probe_run_curve(struct vv_probe *it, bool possible)
{
    const struct vv_ints *const sizes = &it->config->sizes;
    const struct vv_probe_group g = {it->group.table, it->group.label, "probe/size", sizes->n};
    struct vv_column *C = NULL;
    struct vv_scored *scored = vv_mem_new(sizes->n, sizeof *scored, "scores");
    int32_t *met = vv_mem_new(it->order.n_classes, sizeof *met, "classes of a probe");
    enum vv_status st = scored && met ? VV_OK : VV_MEMORY;
    if (!st)
        st = vv_probe_column(&g, "curve/regularization", "1", "C that validation chose at each training-set size",
                             VV_F64, &C);
    st = vv_agree(it->ctx->comm, st);
    for (int i = 0; !st && i < sizes->n; i++) {
        struct vv_column *outcomes;
        scored[i] = vv_scored_none();
        C->f64[i] = NAN;
        st = vv_agree(it->ctx->comm, add_curve_outcomes(it, sizes->v[i], &outcomes));
        if (!st && possible) st = run_size(it, sizes->v[i], met, outcomes, &scored[i], &C->f64[i]);
    }
    if (!st)
        st = vv_probe_scores_columns(&g, "curve", "logistic probe trained on so many rows (stratified, each set in "
                                     "the next), on the test part; missing where training has fewer", scored,
                                     VV_LOSS_SCORES);
    vv_mem_free(scored);
    vv_mem_free(met);
    return vv_agree(it->ctx->comm, st);
}

/* Collective. What is learned from all rows there are to train on. */
enum vv_status vv_probe_run_logistic(struct vv_probe *it, struct vv_probe_fit *fit)
{
    struct path path = {.n = 0};
    struct vv_scored test = vv_scored_none(), train = test, majority = test;
    struct vv_column *outcomes;
    const int n = it->config->regularization.n;
    enum vv_status st = path_init(&path, n, it->rows.width * it->order.n_classes);
    if (!st)
        st = vv_probe_add_outcomes(it, "logistic", "logistic probe: 1 right, 0 wrong, -1 not tested", &outcomes);
    st = vv_agree(it->ctx->comm, st);
    if (!st && fit) st = fit_path(it, fit, it->order.met, &path);
    if (!st && fit)
        st = score(it, fit, it->order.met, vv_probe_first(it, VV_TEST), vv_probe_first(it, VV_N_PARTS), true, &test);
    if (!st && fit) vv_probe_set_outcomes(it, outcomes);
    if (!st && fit) st = score(it, fit, it->order.met, 0, it->order.n[VV_TRAIN], false, &train);
    if (!st && fit) st = score_majority(it, &majority);
    if (!st) st = tabulate_path(it, &path);
    if (!st)
        st = vv_probe_scores_columns(&it->group, "logistic", "logistic probe, on the test part", &test,
                                     VV_LOSS_SCORES);
    if (!st)
        st = vv_probe_number(&it->group, "logistic/train_accuracy", "accuracy on the rows it was trained on",
                             train.value[VV_ACCURACY]);
    if (!st)
        st = vv_probe_number(&it->group, "logistic/train_log_loss", "log loss on the rows it was trained on",
                             train.value[VV_LOG_LOSS]);
    if (!st)
        st = vv_probe_scores_columns(&it->group, "majority", "chance: the class most frequent in training, "
                                     "probabilities its classes' shares; on the test part", &majority,
                                     VV_LOSS_SCORES);
    st = vv_agree(it->ctx->comm, st);
    if (!st && it->config->permuted) st = run_permuted(it, fit, &path, test.value[VV_ACCURACY]);
    path_release(&path);
    return vv_agree(it->ctx->comm, st);
}
