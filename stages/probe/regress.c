/* SPDX-License-Identifier: MIT */
#include "stages/probe/label_set.h"

#include <math.h>
#include <string.h>

#include "stages/probe/ridge.h"

/* The solutions at all alphas, ascending. */
struct ridges {
    int best;           /* -1: none */
    double *r2;         /* [alphas] on what validates */
    double *products;   /* [n_classes][width] */
    double *weights;    /* the same, of the best */
};

/* Collective. Scores of a part; mean squared error as well, unless NULL. */
static enum vv_status score(struct vv_probe *it, struct vv_probe_fit *fit, const struct vv_ridge_target *y,
                            int part, bool intervals, struct vv_scored *out, double *error)
{
    const int64_t from = vv_probe_first(it, part), n = it->order.n[part];
    VV_TRY(vv_ridge_predict(fit, y, from, from + n, it->predicted, it->loss));
    for (int64_t i = 0; i < n; i++) it->predicted[i] = it->values ? -1 : it->order.met[it->predicted[i]];
    const struct vv_predictions p = {.n = n, .n_classes = it->labels->n_classes, .truth = it->order.truth + from,
                                     .predicted = it->predicted, .squares = it->loss, .values = it->values};
    struct vv_bootstrap how = it->bootstrap;
    double sum = 0.0;
    if (!intervals) how.replicates = 0;
    for (int64_t i = 0; i < n; i++) sum += it->loss[i];
    if (error) *error = sum;
    return vv_probe_bootstrap(it->ctx->comm, &p, &how, out);
}

/* Collective. From strong to weak; leaves the weights of the least error in validation in the fit. */
static enum vv_status solve_all(struct vv_probe *it, struct vv_probe_fit *fit, const struct vv_ridge_target *y,
                                struct ridges *r)
{
    const struct vv_floats *const alpha = &it->config->alpha;
    const size_t bytes = (size_t)(fit->rows->width * fit->n_classes) * sizeof *fit->weights;
    double least = INFINITY;
    vv_ridge_gather(fit, y, r->products);
    for (int i = alpha->n - 1; i >= 0; i--) {
        struct vv_scored scored;
        double error;
        if (vv_ridge_solve(fit, r->products, alpha->v[i]) != 0) continue;
        VV_TRY(score(it, fit, y, VV_VALIDATION, false, &scored, &error));
        r->r2[i] = scored.value[VV_R2];
        if (r->best >= 0 && !(error < least)) continue;
        least = error;
        r->best = i;
        memcpy(r->weights, fit->weights, bytes);
    }
    memcpy(fit->weights, r->weights, bytes);
    return VV_OK;
}

static enum vv_status tabulate(const struct vv_probe *it, const struct ridges *r, const struct vv_scored *test,
                               const char *why)
{
    const struct vv_floats *const alpha = &it->config->alpha;
    const struct vv_probe_group g = {it->group.table, it->group.label, "probe/alpha", alpha->n};
    struct vv_column *path, *note;
    VV_TRY(vv_probe_column(&g, "ridge/path_r2", "1",
                           "R^2 on the validation part at each alpha; the least squared error is chosen", VV_F64,
                           &path));
    memcpy(path->f64, r->r2, (size_t)alpha->n * sizeof *path->f64);
    VV_TRY(vv_probe_column(&it->group, "ridge/note", "1", "why there is no ridge probe, or empty", VV_TEXT, &note));
    VV_TRY(vv_column_set_text(note, 0, why));
    VV_TRY(vv_probe_number(&it->group, "ridge/alpha",
                           "penalty that validation chose, as in scikit-learn: sum of squares + alpha |W|^2",
                           r->best < 0 ? NAN : alpha->v[r->best]));
    return vv_probe_scores_columns(&it->group, "ridge", "ridge probe in closed form, on the test part", test,
                                   it->values ? 1 << VV_R2 : VV_RIDGE_SCORES);
}

enum vv_status vv_probe_run_ridge(struct vv_probe *it, struct vv_probe_fit *fit)
{
    const int n = it->config->alpha.n;
    const int64_t size = fit ? fit->rows->width * fit->n_classes : 0;
    const struct vv_ridge_target y = {it->values ? it->order.truth : it->order.target, it->values};
    struct ridges r = {.best = -1};
    struct vv_scored test = vv_scored_none();
    const bool possible = fit && fit->gram;
    r.r2 = vv_mem_new(n, sizeof *r.r2, "scores");
    r.products = vv_mem_new(size, sizeof *r.products, "products of features and targets");
    r.weights = vv_mem_new(size, sizeof *r.weights, "weights of a probe");
    enum vv_status st = vv_agree(it->ctx->comm, r.r2 && r.products && r.weights ? VV_OK : VV_MEMORY);
    for (int i = 0; !st && i < n; i++) r.r2[i] = NAN;
    if (!st && possible) st = solve_all(it, fit, &y, &r);
    if (!st && r.best >= 0) st = score(it, fit, &y, VV_TEST, true, &test, NULL);
    if (!st)
        st = tabulate(it, &r, &test,
                      r.best >= 0 ? "" : !fit ? "as for all linear probes" : !fit->gram
                          ? "more features than stages.probe.max_features" : "singular equations");
    vv_mem_free(r.r2);
    vv_mem_free(r.products);
    vv_mem_free(r.weights);
    return vv_agree(it->ctx->comm, st);
}
