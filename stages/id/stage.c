/* SPDX-License-Identifier: MIT */
/* id: the intrinsic dimension of each layer by TwoNN, Gride and decimation; the methods are described
 * in twonn.c, gride.c and decimate.c. */
#include <math.h>

#include "neighbors/search.h"
#include "pipeline.h"
#include "stages/id/decimate.h"
#include "stages/id/measure.h"
#include "stages/id/twonn.h"

enum estimator { TWONN = 1, GRIDE = 2, DECIMATION = 4 };
enum reported { REPORT_TWONN, REPORT_TWONN_ML, REPORT_GRIDE };

struct id_config {
    unsigned estimators; /* of enum estimator */
    double fraction;
    int64_t range_max;
    struct {
        int64_t halvings, repetitions;
    } decimation;
    struct {
        int estimator; /* enum reported */
        int64_t order;
    } reported;
};

#define AT(field) offsetof(struct id_config, field)

static const char *const estimator_names[] = {"twonn", "gride", "decimation", NULL};
static const char *const reported_names[] = {"twonn", "twonn_ml", "gride", NULL};

static const struct vv_param decimation_params[] = {
    {.key = "halvings", .type = VV_PARAM_INT,
     .offset = AT(decimation.halvings) - AT(decimation), .standard = "5", .minimum = 1,
     .maximum = 30, .help = "subsets of n/2, n/4, ... rows; stops at 10 rows"},
    {.key = "repetitions", .type = VV_PARAM_INT,
     .offset = AT(decimation.repetitions) - AT(decimation), .standard = "4", .minimum = 1,
     .maximum = 1000, .help = "random subsets at each size (n/2: at most 2, n/4: at most 4, ...)"},
    {.key = NULL},
};

static const struct vv_param reported_params[] = {
    {.key = "estimator", .type = VV_PARAM_CHOICE,
     .offset = AT(reported.estimator) - AT(reported), .standard = "gride",
     .choices = reported_names, .help = "the ID that the profile and the depth stage use"},
    {.key = "order", .type = VV_PARAM_INT, .offset = AT(reported.order) - AT(reported),
     .standard = "16", .minimum = 1, .maximum = 512,
     .help = "gride: its scale n1, a power of 2; the largest that the lists allow if they are "
             "shorter"},
    {.key = NULL},
};

static const struct vv_param params[] = {
    {.key = "estimators", .type = VV_PARAM_CHOICES, .offset = AT(estimators),
     .standard = "[twonn, gride, decimation]", .choices = estimator_names,
     .help = "what is computed besides the reported one"},
    {.key = "fraction", .type = VV_PARAM_FLOAT, .offset = AT(fraction), .standard = "0.9",
     .minimum = 0.01, .maximum = 0.999,
     .help = "TwoNN fit: share of the samples, those with the smallest ratios, that is fitted"},
    {.key = "range_max", .type = VV_PARAM_INT, .offset = AT(range_max), .standard = "64",
     .minimum = 2, .maximum = 1024,
     .help = "Gride: scales n1 = 1, 2, 4, ... as long as 2 n1 is within this (or needed for the reported "
             "order) and within knn.k"},
    {.key = "decimation", .type = VV_PARAM_SECTION, .offset = AT(decimation),
     .fields = decimation_params, .item_size = sizeof(((struct id_config *)0)->decimation),
     .help = "TwoNN on random subsets: ID against scale"},
    {.key = "reported", .type = VV_PARAM_SECTION, .offset = AT(reported),
     .fields = reported_params, .item_size = sizeof(((struct id_config *)0)->reported),
     .help = "which of the estimates counts as the ID of a layer; recorded in the report"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "neighbors", .kind = VV_NEIGHBORS},
                                        {.name = "activations", .kind = VV_MATRIX},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "id", .kind = VV_TABLE}, {.name = NULL}};

/* Neighbors that Gride looks at: range_max, or what the reported scale needs. */
static int64_t most_neighbors(const struct id_config *c)
{
    const int64_t reported = c->reported.estimator == REPORT_GRIDE ? 2 * c->reported.order : 2;
    return c->range_max > reported ? c->range_max : reported;
}

/* Scales of Gride with lists of k neighbors. */
static int count_scales(const struct id_config *c, int64_t k)
{
    int n = 0;
    while (n < VV_ID_MOST_SCALES && (int64_t)2 << n <= most_neighbors(c) && (int64_t)2 << n <= k)
        n++;
    return n;
}

/* The scale to report: the one asked, or the largest there is. */
static int reported_scale(const struct id_config *c, int n_scales)
{
    int scale = 0;
    while (scale + 1 < n_scales && (int64_t)2 << scale <= c->reported.order) scale++;
    return scale;
}

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct id_config *c = config;
    if (shape->metric == VV_INNER_PRODUCT)
        vv_diagnostics_add_key(d, "stages.id", "needs distances, which inner products are not; set "
                               "stages.knn.metric to euclidean or cosine");
    if (shape->k == 1)
        vv_diagnostics_add_key(d, "stages.id", "needs 2 neighbors; set stages.knn.k to 2 or more");
    if (c->reported.order & (c->reported.order - 1))
        vv_diagnostics_add_key(d, "stages.id.reported.order", "must be a power of 2");
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct id_config *c = config;
    const double n = (double)shape->n, n_local = ceil(n / shape->size);
    const int n_scales = count_scales(c, shape->k);
    cost->flops = 2e3 * n * n_scales;
    /* Radii and ratios; ratios of all rows, and twice with their groups while they are sorted. */
    cost->bytes_memory = 8.0 * n_local * (n_scales + 2) + n * (8.0 + 2.0 * 16.0);
    if (!(c->estimators & DECIMATION)) return;
    const int64_t half = shape->n / 2;
    const double rows = n_local * (double)shape->n_cols * (double)vv_real_bytes(shape->type);
    cost->bytes_memory += (shape->on_disk ? 2.0 * VV_COOL_BYTES : rows) +
                          vv_neighbors_search_memory(half, shape->n_cols, shape->type, 2,
                                                     VV_EUCLIDEAN, shape->size, shape->threads,
                                                     shape->on_disk ? shape->memory : 0) + 9.0 * n;
    if (shape->on_disk)
        cost->bytes_scratch += rows + vv_neighbors_search_scratch(half, 0, shape->n_cols, 2,
                                                                  VV_EUCLIDEAN, shape->size);
}

/* One column of doubles, or of counts, of the given length (0: a scalar) along `dim`. */
static enum vv_status column(struct vv_table *t, const char *name, const char *units,
                             const char *description, enum vv_value type, const char *dim, int n,
                             struct vv_column **out)
{
    struct vv_column_spec spec = {
        .name = name, .long_name = description, .units = units, .description = description,
        .type = type};
    if (dim) spec.dims[0] = (struct vv_dim){dim, n};
    return vv_table_add(t, &spec, out);
}

/* Collective. */
static enum vv_status run_twonn(struct vv_context *ctx, const struct id_config *c,
                                const struct vv_radii *radii, struct vv_id_estimate *fit,
                                struct vv_id_estimate *ml)
{
    return vv_radii_twonn(ctx->comm, radii, c->fraction, VV_TWONN_GROUPS, fit, ml);
}

static enum vv_status tabulate_twonn(const struct vv_id_estimate *fit,
                                     const struct vv_id_estimate *ml, struct vv_table *t)
{
    VV_TRY(vv_table_add_f64(t, "id/twonn/value", "1",
                            "intrinsic dimension by TwoNN: straight line through the origin on "
                            "(ln mu, -ln(1 - F)), smallest ratios only (Facco et al. 2017)",
                            fit->value));
    VV_TRY(vv_table_add_f64(t, "id/twonn/std_error", "1",
                            "its standard error: delete-a-group jackknife, 32 groups",
                            fit->std_error));
    VV_TRY(vv_table_add_f64(t, "id/twonn/distance", "distance",
                            "scale: mean distance to the first and second neighbor",
                            fit->distance));
    VV_TRY(vv_table_add_i64(t, "id/twonn/n_used", "1",
                            "rows used: those with a nearest neighbor at a distance above zero",
                            fit->n_used));
    VV_TRY(vv_table_add_text(t, "id/twonn/note", "why there is no value, or empty",
                             vv_id_reason_text(fit->reason)));
    VV_TRY(vv_table_add_f64(t, "id/twonn_ml/value", "1",
                            "intrinsic dimension by TwoNN, unbiased maximum likelihood "
                            "(N - 1)/sum ln mu over all rows used", ml->value));
    return vv_table_add_f64(t, "id/twonn_ml/std_error", "1", "its standard error d/sqrt(N)",
                            ml->std_error);
}

struct scale {
    struct vv_id_estimate e;
    int64_t n_filtered;
};

static enum vv_status tabulate_gride(const struct scale *scales, int n, struct vv_table *t)
{
    static const char dim[] = "id/gride/order";
    struct vv_column *order, *value, *error, *distance, *used, *filtered, *note;
    VV_TRY(column(t, dim, "1", "n1: the scale; ratios of the distances to neighbors 2 n1 and n1",
                  VV_I64, dim, n, &order));
    VV_TRY(column(t, "id/gride/value", "1",
                  "intrinsic dimension by Gride, bias-corrected likelihood (Denti et al. 2022)",
                  VV_F64, dim, n, &value));
    VV_TRY(column(t, "id/gride/std_error", "1",
                  "its standard error from the observed Fisher information; neighborhoods that "
                  "overlap make it optimistic at large n1", VV_F64, dim, n, &error));
    VV_TRY(column(t, "id/gride/distance", "distance",
                  "mean distance to neighbors n1 and 2 n1 over the rows used", VV_F64, dim, n,
                  &distance));
    VV_TRY(column(t, "id/gride/n_used", "1",
                  "rows used: those with neighbor n1 at a distance above zero", VV_I64, dim, n,
                  &used));
    VV_TRY(column(t, "id/gride/n_filtered", "1",
                  "of these, outliers left out of the root: mu - 1 >= q50 + 20 (q95 - q50)", VV_I64,
                  dim, n, &filtered));
    VV_TRY(column(t, "id/gride/note", "1", "why there is no value, or empty", VV_TEXT, dim, n,
                  &note));
    for (int s = 0; s < n; s++) {
        order->i64[s] = (int64_t)1 << s;
        value->f64[s] = scales[s].e.value;
        error->f64[s] = scales[s].e.std_error;
        distance->f64[s] = scales[s].e.distance;
        used->i64[s] = scales[s].e.n_used;
        filtered->i64[s] = scales[s].n_filtered;
        VV_TRY(vv_column_set_text(note, s, vv_id_reason_text(scales[s].e.reason)));
    }
    return VV_OK;
}

/* Collective. The curve begins with all rows (halving 0), which is the fit itself. */
static enum vv_status run_decimation(struct vv_context *ctx, const struct id_config *c,
                                     const struct vv_inputs *in, const struct vv_id_estimate *fit,
                                     struct vv_table *t)
{
    static const char dim[] = "id/decimation/halving";
    const struct vv_decimation how = {.matrix = &in->items[1][0]->matrix,
                                      .neighbors = &in->items[0][0]->neighbors,
                                      .fraction = c->fraction,
                                      .n_repetitions = (int)c->decimation.repetitions,
                                      .threads = ctx->threads,
                                      .scratch = ctx->scratch,
                                      .memory = ctx->memory,
                                      .seed = ctx->seed};
    const int n = (int)c->decimation.halvings + 1;
    struct vv_column *halving, *rows, *value, *error, *distance;
    enum vv_status st = column(t, dim, "1", "halvings of the number of rows", VV_I64, dim, n,
                               &halving);
    if (!st) st = column(t, "id/decimation/n_rows", "1", "rows of a subset", VV_I64, dim, n, &rows);
    if (!st)
        st = column(t, "id/decimation/value", "1",
                    "intrinsic dimension by TwoNN (fit): mean over random subsets", VV_F64, dim, n,
                    &value);
    if (!st)
        st = column(t, "id/decimation/std_error", "1",
                    "standard deviation over the subsets / sqrt(their number); all rows: as "
                    "id/twonn/std_error", VV_F64, dim, n, &error);
    if (!st)
        st = column(t, "id/decimation/distance", "distance",
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

static enum vv_status tabulate_reported(const struct id_config *c, const struct vv_id_estimate *e,
                                        int scale, struct vv_table *t)
{
    VV_TRY(vv_table_add_text(t, "id/reported/estimator", "estimator chosen by stages.id.reported",
                             reported_names[c->reported.estimator]));
    VV_TRY(vv_table_add_i64(t, "id/reported/order", "1",
                            "Gride: n1 of the scale reported; 1 for TwoNN",
                            c->reported.estimator == REPORT_GRIDE ? (int64_t)1 << scale : 1));
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
    const struct id_config *c = config;
    const struct vv_neighbors *nb = &in->items[0][0]->neighbors;
    struct vv_table *t = &out[0].table;
    struct vv_id_estimate fit, ml, *chosen[] = {&fit, &ml, NULL};
    struct scale scales[VV_ID_MOST_SCALES];
    struct vv_radii radii;
    const int n_scales = count_scales(c, nb->k), scale = reported_scale(c, n_scales);
    const bool gride = c->estimators & GRIDE || c->reported.estimator == REPORT_GRIDE;

    enum vv_status st =
        vv_agree(ctx->comm, vv_radii_init(&radii, nb, most_neighbors(c)));
    if (st) return st;
    st = run_twonn(ctx, c, &radii, &fit, &ml);
    scales[0].e = fit; /* without a single scale: missing for want of neighbors, as fit is */
    for (int s = 0; !st && gride && s < n_scales; s++)
        st = vv_radii_gride(ctx->comm, &radii, s, &scales[s].e, &scales[s].n_filtered);
    if (!st && n_scales > 0 && gride) chosen[REPORT_GRIDE] = &scales[scale].e;
    else chosen[REPORT_GRIDE] = &fit;
    if (!st && (c->estimators & TWONN || c->reported.estimator != REPORT_GRIDE))
        st = vv_agree(ctx->comm, tabulate_twonn(&fit, &ml, t));
    if (!st && gride) st = vv_agree(ctx->comm, tabulate_gride(scales, n_scales, t));
    if (!st && c->estimators & DECIMATION) st = run_decimation(ctx, c, in, &fit, t);
    if (!st)
        st = vv_agree(ctx->comm, tabulate_reported(c, chosen[c->reported.estimator], scale, t));
    if (!st && chosen[c->reported.estimator]->reason)
        vv_log_warning(ctx->log, "layer '%s': no ID: %s", out[0].layer_name,
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
    VV_TRY(vv_summary_add(summary, "ID", value->f64, error->f64, 2));
    vv_summary_plot(summary);
    return VV_OK;
}

extern const struct vv_stage vv_stage_id;
const struct vv_stage vv_stage_id = {
    .name = "id",
    .summary = "intrinsic dimension: TwoNN, Gride at all scales, decimation",
    .cite = "Facco et al., Sci. Rep. 7:12140 (2017); Denti et al., Sci. Rep. 12:20005 (2022)",
    .version = 1,
    .scope = VV_PER_LAYER,
    .seeded = true,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .config_size = sizeof(struct id_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .summarize = summarize,
};
