/* SPDX-License-Identifier: MIT */
/* id: the intrinsic dimension of each layer; the methods are described in twonn.c, gride.c, decimate.c, blocks.c,
 * mle.c, fixed.c and abide.c (with neighbors/kstar.c and binomial.c) and spectrum.c (with pca.c). */
#include <math.h>

#include "pipeline.h"
#include "stages/id/abide.h"
#include "stages/id/binomial.h"
#include "stages/id/blocks.h"
#include "stages/id/decimate.h"
#include "stages/id/measure.h"
#include "stages/id/mle.h"
#include "stages/id/settings.h"
#include "stages/id/spectrum.h"
#include "stages/id/tabulate.h"
#include "stages/id/twonn.h"

static const struct vv_port inputs[] = {{.name = "neighbors", .kind = VV_NEIGHBORS},
                                        {.name = "activations", .kind = VV_MATRIX, .optional = true},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "id", .kind = VV_TABLE}, {.name = NULL}};

/* Collective. */
static enum vv_status run_twonn(struct vv_context *ctx, const struct vv_id_config *c,
                                const struct vv_radii *radii, struct vv_id_estimate *fit,
                                struct vv_id_estimate *ml)
{
    return vv_radii_twonn(ctx->comm, radii, c->fraction, VV_TWONN_GROUPS, fit, ml);
}

static struct vv_subsets subsets(const struct vv_context *ctx, const struct vv_id_config *c,
                                 const struct vv_inputs *in)
{
    return (struct vv_subsets){.matrix = &in->items[1][0]->matrix,
                               .neighbors = &in->items[0][0]->neighbors,
                               .fraction = c->fraction,
                               .n_repetitions = (int)c->decimation.repetitions,
                               .threads = ctx->threads,
                               .scratch = ctx->scratch,
                               .memory = ctx->memory,
                               .seed = ctx->seed};
}

/* Collective. The curve begins with all rows (halving 0), which is the fit itself. */
static enum vv_status run_decimation(struct vv_context *ctx, const struct vv_id_config *c,
                                     const struct vv_inputs *in, const struct vv_id_estimate *fit,
                                     struct vv_table *t)
{
    static const char dim[] = "id/decimation/halving";
    const struct vv_subsets how = subsets(ctx, c, in);
    const int n = (int)c->decimation.halvings + 1;
    struct vv_column *halving, *rows, *value, *error, *distance;
    enum vv_status st = vv_id_column(t, dim, "1", "halvings of the number of rows", VV_I64, dim, n,
                               &halving);
    if (!st) st = vv_id_column(t, "id/decimation/n_rows", "1", "rows of a subset", VV_I64, dim, n, &rows);
    if (!st)
        st = vv_id_column(t, "id/decimation/value", "1",
                    "intrinsic dimension by TwoNN (fit): mean over random subsets", VV_F64, dim, n,
                    &value);
    if (!st)
        st = vv_id_column(t, "id/decimation/std_error", "1",
                    "standard deviation over the subsets / sqrt(their number); all rows: as "
                    "id/twonn/std_error", VV_F64, dim, n, &error);
    if (!st)
        st = vv_id_column(t, "id/decimation/distance", "distance",
                    "mean distance to the first and second neighbor within a subset", VV_F64, dim,
                    n, &distance);
    VV_TRY(vv_agree(ctx->comm, st));
    for (int h = 0; h < n; h++) {
        struct vv_id_estimate e = *fit;
        if (h > 0) VV_TRY(vv_decimation_estimate(ctx->comm, &how, h, &e));
        halving->i64[h] = h;
        rows->i64[h] = vv_decimation_rows(how.neighbors->layout.n, h);
        value->f64[h] = e.value;
        error->f64[h] = e.std_error;
        distance->f64[h] = e.distance;
        vv_progress_tell(ctx->progress, h + 1, n);
    }
    return VV_OK;
}

/* Collective. One block is all rows, which is the fit itself. */
static enum vv_status run_blocks(struct vv_context *ctx, const struct vv_id_config *c, const struct vv_inputs *in,
                                 const struct vv_id_estimate *fit, struct vv_table *t)
{
    const struct vv_subsets how = subsets(ctx, c, in);
    const struct vv_ints *const counts = &c->blocks.counts;
    const int64_t n = how.neighbors->layout.n;
    int64_t *order = vv_mem_new(n, sizeof *order, "a random order");
    struct vv_id_estimate *e = vv_mem_new(counts->n, sizeof *e, "estimates");
    enum vv_status st = order && e ? vv_rng_order(ctx->seed, vv_rng_stream("id/blocks"), n, NULL, order) : VV_MEMORY;
    st = vv_agree(ctx->comm, st);
    for (int i = 0; !st && i < counts->n; i++) {
        if (counts->v[i] == 1) e[i] = *fit;
        else st = vv_blocks_estimate(ctx->comm, &how, order, counts->v[i], &e[i]);
        vv_progress_tell(ctx->progress, i + 1, counts->n);
    }
    if (!st) st = vv_agree(ctx->comm, vv_id_tabulate_blocks(counts->v, e, counts->n, n, t));
    vv_mem_free(order);
    vv_mem_free(e);
    return st;
}

/* Collective. */
static enum vv_status run_mle(struct vv_context *ctx, const struct vv_ints *ks, const struct vv_neighbors *nb,
                              struct vv_table *t)
{
    struct vv_id_estimate *e = vv_mem_new(ks->n, sizeof *e, "estimates");
    double *averaged = vv_mem_new(ks->n, sizeof *averaged, "estimates");
    enum vv_status st = vv_agree(ctx->comm, e && averaged ? VV_OK : VV_MEMORY);
    if (!st) st = vv_mle_estimate(ctx->comm, nb, ks->v, ks->n, e, averaged);
    if (!st) st = vv_agree(ctx->comm, vv_id_tabulate_mle(ks->v, e, averaged, ks->n, t));
    vv_mem_free(e);
    vv_mem_free(averaged);
    return st;
}

/* Collective. Without a ratio and without a dimension that tells the best one, half the radius. */
static enum vv_status run_binomial(struct vv_context *ctx, const struct vv_id_config *c,
                                   const struct vv_neighbors *nb, const struct vv_id_estimate *fit,
                                   struct vv_table *t)
{
    const struct vv_ints *const ks = &c->binomial.k;
    const double best = fit->reason ? 0.5 : vv_binomial_ratio(fit->value);
    const double ratio = c->binomial.ratio > 0.0 ? c->binomial.ratio : best;
    struct vv_fixed_estimate *e = vv_mem_new(ks->n, sizeof *e, "estimates");
    enum vv_status st = vv_agree(ctx->comm, e ? VV_OK : VV_MEMORY);
    if (!st) st = vv_fixed_estimate(ctx->comm, nb, ks->v, ks->n, ratio, e);
    if (!st) st = vv_agree(ctx->comm, vv_id_tabulate_binomial(ks->v, e, ks->n, ratio, t));
    vv_mem_free(e);
    return st;
}

/* Collective. */
static enum vv_status run_abide(struct vv_context *ctx, const struct vv_id_config *c, const struct vv_neighbors *nb,
                                const struct vv_id_estimate *fit, struct vv_id_estimate *e, struct vv_table *t)
{
    struct vv_abide_step steps[MOST_ITERATIONS + 1];
    const struct vv_abide how = {.n_iterations = (int)c->abide.iterations, .significance = c->abide.significance,
                                 .ratio = c->abide.ratio};
    const struct vv_id_estimate given = {.value = c->abide.start, .std_error = NAN};
    VV_TRY(vv_abide_estimate(ctx->comm, nb, c->abide.start > 0.0 ? &given : fit, &how, steps, e));
    return vv_agree(ctx->comm, vv_id_tabulate_abide(e, steps, how.n_iterations, t));
}

/* Collective. */
static enum vv_status run_pca(struct vv_context *ctx, const struct vv_id_config *c, const struct vv_matrix *m,
                              struct vv_table *t)
{
    const struct vv_spectrum how = {.variance = c->pca.variance, .limit = c->pca.limit, .threads = ctx->threads};
    struct vv_spectrum_result result;
    VV_TRY(vv_spectrum_estimate(ctx->comm, m, &how, ctx->progress, &result));
    return vv_agree(ctx->comm, vv_id_tabulate_pca(&result, how.variance, t));
}

/* Collective. The estimators that stand beside TwoNN and Gride, those that were asked for. */
static enum vv_status run_others(struct vv_context *ctx, const struct vv_id_config *c, const struct vv_inputs *in,
                                 const struct vv_id_estimate *fit, const struct vv_id_estimate *ml,
                                 struct vv_id_estimate *bayes, struct vv_id_estimate *abide, struct vv_table *t)
{
    const struct vv_neighbors *nb = &in->items[0][0]->neighbors;
    double mode;
    vv_twonn_bayes(ml, c->prior.shape, c->prior.rate, bayes, &mode);
    if (c->estimators & DECIMATION) VV_TRY(run_decimation(ctx, c, in, fit, t));
    if (c->estimators & BLOCKS) VV_TRY(run_blocks(ctx, c, in, fit, t));
    if (c->estimators & BAYES || c->reported.estimator == REPORT_BAYES)
        VV_TRY(vv_agree(ctx->comm, vv_id_tabulate_bayes(bayes, mode, t)));
    if (c->estimators & MLE) VV_TRY(run_mle(ctx, &c->mle.k, nb, t));
    if (c->estimators & BINOMIAL) VV_TRY(run_binomial(ctx, c, nb, fit, t));
    if (c->estimators & ABIDE || c->reported.estimator == REPORT_ABIDE)
        VV_TRY(run_abide(ctx, c, nb, fit, abide, t));
    if (c->estimators & PCA) VV_TRY(run_pca(ctx, c, &in->items[1][0]->matrix, t));
    return VV_OK;
}

static enum vv_status tabulate_reported(const struct vv_id_config *c, const struct vv_id_estimate *e,
                                        int scale, struct vv_table *t)
{
    VV_TRY(vv_table_add_text(t, "id/reported/estimator", "estimator chosen by stages.id.reported",
                             vv_id_reported_name(c)));
    const bool abide = c->reported.estimator == REPORT_ABIDE;
    VV_TRY(vv_table_add_i64(t, "id/reported/order", "1",
                            abide ? "0: the scale of ABIDE varies from row to row"
                                  : "Gride: n1 of the scale reported; 1 for TwoNN",
                            c->reported.estimator == REPORT_GRIDE ? (int64_t)1 << scale : !abide));
    VV_TRY(vv_table_add_f64(t, "id/reported/value", "1",
                            "the intrinsic dimension of the layer, by the estimator and at the "
                            "scale chosen", e->value));
    VV_TRY(vv_table_add_f64(t, "id/reported/std_error", "1", "its standard error", e->std_error));
    VV_TRY(vv_table_add_f64(t, "id/reported/distance", "distance", "its scale", e->distance));
    return vv_table_add_text(t, "id/reported/note", "why there is no value, or empty",
                             vv_id_reason_text(e->reason));
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct vv_id_config *c = config;
    const struct vv_neighbors *nb = &in->items[0][0]->neighbors;
    struct vv_table *t = &out[0].table;
    struct vv_id_estimate fit, ml, bayes, abide, *chosen[] = {&fit, &ml, NULL, &bayes, &abide};
    struct vv_id_scale scales[VV_ID_MOST_SCALES];
    struct vv_radii radii;
    const int n_scales = vv_id_count_scales(c, nb->k), scale = vv_id_reported_scale(c, n_scales);
    const bool gride = c->estimators & GRIDE || c->reported.estimator == REPORT_GRIDE;

    enum vv_status st =
        vv_agree(ctx->comm, vv_radii_init(&radii, nb, vv_id_most_neighbors(c)));
    if (!st) st = run_twonn(ctx, c, &radii, &fit, &ml);
    scales[0].e = fit; /* without a single scale: missing for want of neighbors, as fit is */
    for (int s = 0; !st && gride && s < n_scales; s++)
        st = vv_radii_gride(ctx->comm, &radii, s, &scales[s].e, &scales[s].n_filtered);
    if (!st && n_scales > 0 && gride) chosen[REPORT_GRIDE] = &scales[scale].e;
    else chosen[REPORT_GRIDE] = &fit;
    if (!st && (c->estimators & TWONN || c->reported.estimator < REPORT_GRIDE))
        st = vv_agree(ctx->comm, vv_id_tabulate_twonn(&fit, &ml, t));
    if (!st && gride) st = vv_agree(ctx->comm, vv_id_tabulate_gride(scales, n_scales, t));
    if (!st) st = run_others(ctx, c, in, &fit, &ml, &bayes, &abide, t);
    if (!st)
        st = vv_agree(ctx->comm, tabulate_reported(c, chosen[c->reported.estimator], scale, t));
    if (!st && chosen[c->reported.estimator]->reason)
        vv_log_finding(ctx->log, "layer '%s': no ID: %s", out[0].layer_name,
                       vv_id_reason_text(chosen[c->reported.estimator]->reason));
    else if (!st && c->reported.estimator == REPORT_GRIDE && (int64_t)1 << scale < c->reported.order)
        vv_log_info(ctx->log, "layer '%s': the ID is reported at order %d, not %lld: it has %d "
                    "neighbors a row", out[0].layer_name, 1 << scale,
                    (long long)c->reported.order, nb->k);
    if (!st && fit.n_excluded > 0)
        vv_log_info(ctx->log, "layer '%s': %lld rows with a neighbor at distance zero do not "
                    "enter the ID", out[0].layer_name, (long long)fit.n_excluded);
    vv_radii_release(&radii);
    return st;
}

static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    const struct vv_column *value = vv_table_find(table, "id/reported/value");
    const struct vv_column *error = vv_table_find(table, "id/reported/std_error");
    if (!value || !error) return VV_OK;
    VV_TRY(vv_summary_add(summary, "ID", value->f64, error->f64, 2));
    vv_summary_plot(summary);
    return VV_OK;
}

static const struct vv_figure_wish figures[] = {
    {.kind = VV_FIGURE_PROFILE, .name = "id", .title = "intrinsic dimension", .axis = "intrinsic dimension",
     .columns = {"id/reported/value"}, .labels = {"reported"}},
    {.kind = VV_FIGURE_PROFILE, .name = "id_estimators", .title = "intrinsic dimension by estimator",
     .axis = "intrinsic dimension", .least = 2,
     .columns = {"id/reported/value", "id/twonn/value", "id/abide/value", "id/mle/value", "id/binomial/value"},
     .labels = {"reported", "TwoNN", "ABIDE", "MLE", "binomial"}},
    {.kind = VV_FIGURE_PROFILE, .name = "id_linear", .title = "linear dimension by PCA", .axis = "linear dimension",
     .columns = {"id/pca/participation_ratio", "id/pca/n_components"},
     .labels = {"participation ratio", "components"}},
    {.kind = VV_FIGURE_SCALE, .name = "id_gride", .title = "intrinsic dimension by Gride, at each scale",
     .axis = "intrinsic dimension", .columns = {"id/gride/value"}, .against = {"id/gride/distance", "id/gride/order"}},
    {.kind = VV_FIGURE_SCALE, .name = "id_decimation", .title = "intrinsic dimension by decimation (TwoNN)",
     .axis = "intrinsic dimension", .columns = {"id/decimation/value"},
     .against = {"id/decimation/distance", "id/decimation/n_rows"}},
    {.kind = VV_FIGURE_SCALE, .name = "id_blocks", .title = "intrinsic dimension by block analysis (TwoNN)",
     .axis = "intrinsic dimension", .columns = {"id/blocks/value"},
     .against = {"id/blocks/distance", "id/blocks/n_rows"}},
    {.name = NULL},
};

extern const struct vv_stage vv_stage_id;
const struct vv_stage vv_stage_id = {
    .name = "id",
    .summary = "intrinsic dimension: TwoNN, Gride at all scales, decimation, blocks, MLE, binomial, ABIDE, PCA",
    .cite = "Facco et al., Sci. Rep. 7:12140 (2017); Denti et al., Sci. Rep. 12:20005 (2022); Ansuini et al., "
            "NeurIPS 32 (2019); Levina & Bickel, NeurIPS 17 (2004); MacKay & Ghahramani (2005); Macocco et al., "
            "PRL 130:067401 (2023); Di Noia et al., arXiv:2405.15132 (2024)",
    .version = 1,
    .scope = VV_PER_LAYER,
    .seeded = true,
    .inputs = inputs,
    .outputs = outputs,
    .params = vv_id_params,
    .figures = figures,
    .config_size = sizeof(struct vv_id_config),
    .check = vv_id_check,
    .estimate = vv_id_forecast,
    .run = run,
    .summarize = summarize,
};
