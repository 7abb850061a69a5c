/* SPDX-License-Identifier: MIT */
/* density: how dense the data are around each sample of a layer, by kNN, k*NN and PAk; the methods are in core.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "neighbors/kstar.h"
#include "pipeline.h"
#include "stages/density/adaptive.h"
#include "stages/density/core.h"

enum estimator { KNN, KSTAR, PAK, N_ESTIMATORS };
enum correction { NONE, GLOBAL, LOCAL, BOTH };

struct density_config {
    unsigned estimators; /* bit of each enum estimator */
    int reported;        /* enum estimator */
    int64_t k;
    double dimension;
    bool round_dimension;
    struct {
        double significance;
        int correction; /* enum correction */
        double threshold;
    } kstar;
};

#define AT(field) offsetof(struct density_config, field)

static const char *const estimator_names[] = {"knn", "kstar", "pak", NULL};
static const char *const correction_names[] = {"none", "global", "local", "both", NULL};

static const struct vv_param kstar_params[] = {
    {.key = "significance", .type = VV_PARAM_FLOAT, .offset = AT(kstar.significance) - AT(kstar), .standard = "1e-6",
     .minimum = 1e-300, .maximum = 0.5,
     .help = "a neighborhood ends where equal densities would differ so much with this probability"},
    {.key = "correction", .type = VV_PARAM_CHOICE, .offset = AT(kstar.correction) - AT(kstar), .standard = "none",
     .choices = correction_names,
     .help = "for many tests: global divides the significance by the number of samples, local by that of the tests of "
             "a sample so far"},
    {.key = "threshold", .type = VV_PARAM_FLOAT, .offset = AT(kstar.threshold) - AT(kstar), .standard = "0",
     .minimum = 0, .maximum = 1e9,
     .help = "of the likelihood ratio; 0: that of the significance (23.928 for 1e-6)"},
    {.key = NULL},
};

static const struct vv_param params[] = {
    {.key = "estimators", .type = VV_PARAM_CHOICES, .offset = AT(estimators), .standard = "[knn, kstar, pak]",
     .choices = estimator_names, .help = "what is computed besides the reported one"},
    {.key = "reported", .type = VV_PARAM_CHOICE, .offset = AT(reported), .standard = "pak", .choices = estimator_names,
     .help = "the density that the report tells about and the peaks stage uses"},
    {.key = "k", .type = VV_PARAM_INT, .offset = AT(k), .standard = "10", .minimum = 1, .maximum = 1000,
     .help = "knn: number of neighbors, at most knn.k"},
    {.key = "dimension", .type = VV_PARAM_FLOAT, .offset = AT(dimension), .standard = "0", .minimum = 0,
     .maximum = 10000, .help = "intrinsic dimension of all layers; 0: what the id stage reports for each"},
    {.key = "round_dimension", .type = VV_PARAM_BOOL, .offset = AT(round_dimension), .standard = "false",
     .help = "round the dimension to a whole number, at least 1"},
    {.key = "kstar", .type = VV_PARAM_SECTION, .offset = AT(kstar), .fields = kstar_params,
     .item_size = sizeof(((struct density_config *)0)->kstar),
     .help = "kstar, pak: how far the neighborhood of a sample grows"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "neighbors", .kind = VV_NEIGHBORS},
                                        {.name = "id", .kind = VV_TABLE, .optional = true},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "densities", .kind = VV_SAMPLES},
                                         {.name = "density", .kind = VV_TABLE},
                                         {.name = NULL}};

static bool computes(const struct density_config *c, enum estimator e)
{
    return c->reported == (int)e || (c->estimators & 1u << e);
}

static bool adapts(const struct density_config *c)
{
    return computes(c, KSTAR) || computes(c, PAK);
}

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct density_config *c = config;
    if (shape->metric == VV_INNER_PRODUCT)
        vv_diagnostics_add_key(d, "stages.density", "needs distances, which inner products are not; set "
                               "stages.knn.metric to euclidean or cosine");
    if (computes(c, KNN) && shape->k > 0 && c->k > shape->k)
        vv_diagnostics_add_key(d, "stages.density.k", "%lld is more than the %d neighbors that stages.knn.k stores",
                               (long long)c->k, shape->k);
    if (adapts(c) && shape->k > 0 && shape->k < 4)
        vv_diagnostics_add_key(d, "stages.density", "kstar and pak need 4 neighbors; set stages.knn.k to 4 or more");
    if (c->dimension == 0.0 && !shape->dimension)
        vv_diagnostics_add_key(d, "stages.density.dimension",
                               "give the intrinsic dimension, or add 'id: {}' under stages");
    if (c->kstar.threshold > 0.0 && c->kstar.correction != NONE)
        vv_diagnostics_add_key(d, "stages.density.kstar.correction", "corrects the significance, but the threshold is "
                               "given");
}

static int count_columns(const struct density_config *c)
{
    int n = 3;
    for (int e = 0; e < N_ESTIMATORS; e++) n += computes(c, (enum estimator)e) && e != c->reported ? 2 : 0;
    return n;
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct density_config *c = config;
    const double n = (double)shape->n, n_local = ceil(n / shape->size), k = shape->k;
    const double asked = n_local < 16384.0 ? n_local : 16384.0; /* rows at a time, 16 orders each */
    if (adapts(c)) {
        cost->flops += 80.0 * n * k; /* two logarithms and some, a test */
        cost->bytes_memory += 8.0 * n_local + asked * (8.0 + 16.0 * 64.0);
        cost->bytes_sent += n_local * k * 16.0 * (shape->size - 1) / shape->size;
    }
    if (computes(c, PAK)) cost->flops += 6.0 * 40.0 * n * k;
    cost->bytes_output = n_local * 8.0 * count_columns(c) + 8.0 * n;
    cost->bytes_written = n * 8.0 * (count_columns(c) + 1);
}

/* The layer's dimension; NaN when it has none, then why. */
static double dimension_of(const struct density_config *c, const struct vv_inputs *in, const char **why)
{
    double d = c->dimension;
    *why = "";
    if (d == 0.0) {
        const struct vv_table *const id = in->n[1] > 0 ? &in->items[1][0]->table : NULL;
        const struct vv_column *const value = id ? vv_table_find(id, "id/reported/value") : NULL;
        d = value ? value->f64[0] : NAN;
        if (!(d > 0.0)) *why = "the id stage found no dimension";
    }
    if (c->round_dimension && d > 0.0) d = d < 1.5 ? 1.0 : floor(d + 0.5);
    return d > 0.0 ? d : NAN;
}

/* Thresholds of the tests at each order. thresholds: [k] */
static void set_thresholds(const struct density_config *c, int64_t n, int k, double *thresholds)
{
    double alpha = c->kstar.significance;
    if (c->kstar.correction == GLOBAL || c->kstar.correction == BOTH) alpha /= (double)n;
    const bool local = c->kstar.correction == LOCAL || c->kstar.correction == BOTH;
    const double same = c->kstar.threshold > 0.0 ? c->kstar.threshold : vv_kstar_threshold(alpha);
    for (int j = 0; j < k; j++)
        thresholds[j] = local && j > 4 ? vv_kstar_threshold(alpha / (double)(j - 3)) : same;
}

/* What is known of a layer while its densities are made. */
struct layer {
    const struct density_config *config;
    const struct vv_neighbors *nb;
    double dimension;
    int64_t *k_star; /* [n_local]; NULL: not wanted */
};

/* Local. One estimator for all rows of this rank. */
static enum vv_status fill(const struct layer *l, enum estimator e, double *value, double *std_error, int64_t *used)
{
    const struct vv_neighbors *const nb = l->nb;
    const int64_t n_local = vv_layout_local(&nb->layout);
    double *const r = vv_mem_new(2 * (int64_t)nb->k + 1, sizeof *r, "distances of a row");
    if (!r) return VV_MEMORY;
    double *const logs = r + nb->k;
    for (int64_t i = 0; i < n_local; i++) {
        const int64_t k = e == KNN ? l->config->k : l->k_star[i];
        struct vv_log_density d = {NAN, NAN};
        if (!isnan(l->dimension) && k > 0 && k <= nb->k) {
            for (int64_t j = e == PAK ? 0 : k - 1; j < k; j++)
                r[j] = vv_neighbors_length(nb->metric, nb->distance[i * nb->k + j]);
            d = e == PAK ? vv_density_pak(l->dimension, k, r, nb->layout.n, logs)
                         : vv_density_knn(l->dimension, k, r[k - 1], nb->layout.n);
        }
        value[i] = d.value;
        std_error[i] = d.std_error;
        if (used) used[i] = k;
    }
    vv_mem_free(r);
    return VV_OK;
}

static const char *const meanings[N_ESTIMATORS] = {
    "ln k - ln omega - d ln r_k - ln n, k fixed", "ln k - ln omega - d ln r_k - ln n, k = k* of the sample",
    "PAk: maximum likelihood with a density that changes linearly in the order of the neighbors (Rodriguez et al. "
    "2018)"};

/* Local. Adds the columns of an estimator, and makes them. */
static enum vv_status add_estimator(const struct layer *l, enum estimator e, struct vv_samples *s)
{
    char name[2][64];
    const bool reported = l->config->reported == (int)e;
    const struct vv_dim none = {NULL, 0};
    struct vv_column *value, *std_error, *used = NULL;
    const char *const group = reported ? "" : estimator_names[e], *const slash = reported ? "" : "/";
    snprintf(name[0], sizeof name[0], "%s%slog_density", group, slash);
    snprintf(name[1], sizeof name[1], "%s%sstd_error", group, slash);
    VV_TRY(vv_samples_add(s, name[0], "1", meanings[e], VV_F64, none, &value));
    VV_TRY(vv_samples_add(s, name[1], "1", "standard error of the log density", VV_F64, none, &std_error));
    if (reported)
        VV_TRY(vv_samples_add(s, "k", "1", "neighbors that the log density rests on: k, or k* of the sample", VV_I64,
                              none, &used));
    return fill(l, e, value->f64, std_error->f64, used ? used->i64 : NULL);
}

/* Collective. */
static enum vv_status make_densities(struct vv_context *ctx, struct layer *l, struct vv_samples *s)
{
    const int64_t n = vv_layout_local(&l->nb->layout);
    double *thresholds = NULL;
    enum vv_status st = vv_samples_init(s, l->nb->layout, l->nb->sample);
    if (!st && n > 0 && !l->nb->distance) st = vv_fail(VV_BUG, "the neighbor table is not in memory");
    if (!st && adapts(l->config)) {
        l->k_star = vv_mem_new(n, sizeof *l->k_star, "k* of all rows");
        thresholds = vv_mem_new(l->nb->k + 1, sizeof *thresholds, "thresholds");
        if (!l->k_star || !thresholds) st = VV_MEMORY;
        else set_thresholds(l->config, l->nb->layout.n, l->nb->k, thresholds);
    }
    st = vv_agree(ctx->comm, st);
    if (!st && l->k_star && !isnan(l->dimension))
        st = vv_density_adapt(ctx->comm, l->nb, l->dimension, thresholds, ctx->progress, l->k_star);
    for (int e = 0; !st && e < N_ESTIMATORS; e++)
        if (computes(l->config, (enum estimator)e)) st = add_estimator(l, (enum estimator)e, s);
    if (!st)
        st = vv_table_add_text(&s->extra, "estimator", "that of log_density", estimator_names[l->config->reported]);
    if (!st) st = vv_table_add_f64(&s->extra, "dimension", "1", "intrinsic dimension that was used", l->dimension);
    vv_mem_free(l->k_star);
    vv_mem_free(thresholds);
    return vv_agree(ctx->comm, st);
}

/* What the report tells of a column: mean, smallest, largest value of what is a number. */
struct digest {
    double mean, low, high;
    int64_t n;
};

/* Collective. at: value of a local row */
static struct digest digest_of(struct vv_context *ctx, const struct vv_column *c, const double *defined)
{
    const int64_t n_local = vv_column_length(c);
    struct vv_sum sum = {{0}, 0, 0, 0, 0};
    struct digest d = {.low = INFINITY, .high = -INFINITY};
    for (int64_t i = 0; i < n_local; i++) {
        const double x = c->type == VV_F64 ? c->f64[i] : (double)c->i64[i];
        if (isnan(defined[i])) continue;
        d.n++;
        vv_sum_add(&sum, x);
        if (x < d.low) d.low = x;
        if (x > d.high) d.high = x;
    }
    vv_reduce_sums(ctx->comm, &sum, 1);
    vv_comm_sum_i64(ctx->comm, &d.n, 1);
    vv_comm_min_f64(ctx->comm, &d.low, 1);
    vv_comm_max_f64(ctx->comm, &d.high, 1);
    d.mean = vv_sum_value(&sum) / (double)d.n;
    if (d.n == 0) d.mean = d.low = d.high = NAN;
    return d;
}

static enum vv_status tabulate(const struct layer *l, const struct digest *value, const struct digest *std_error,
                               const struct digest *k, const char *why, struct vv_table *t)
{
    VV_TRY(vv_table_add_text(t, "density/estimator", "the estimator that is reported",
                             estimator_names[l->config->reported]));
    VV_TRY(vv_table_add_f64(t, "density/dimension", "1", "intrinsic dimension that was used", l->dimension));
    VV_TRY(vv_table_add_f64(t, "density/log_density_mean", "1",
                            "mean natural log density, which estimates minus the differential entropy", value->mean));
    VV_TRY(vv_table_add_f64(t, "density/log_density_min", "1", "smallest natural log density", value->low));
    VV_TRY(vv_table_add_f64(t, "density/log_density_max", "1", "largest natural log density", value->high));
    VV_TRY(vv_table_add_f64(t, "density/std_error_mean", "1", "mean standard error of a log density", std_error->mean));
    VV_TRY(vv_table_add_f64(t, "density/k_mean", "1", "mean number of neighbors that a log density rests on", k->mean));
    VV_TRY(vv_table_add_f64(t, "density/k_min", "1", "smallest of these numbers", k->low));
    VV_TRY(vv_table_add_f64(t, "density/k_max", "1", "largest of these numbers", k->high));
    VV_TRY(vv_table_add_i64(t, "density/n_undefined", "1",
                            "rows without a log density: all their neighbors up to k are at distance zero",
                            l->nb->layout.n - value->n));
    return vv_table_add_text(t, "density/note", "why there is no value, or empty", why);
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    struct layer l = {.config = config, .nb = &in->items[0][0]->neighbors};
    struct vv_samples *const s = &out[0].samples;
    const char *why;
    l.dimension = dimension_of(l.config, in, &why);
    if (l.config->reported == KNN ? l.nb->k < l.config->k : l.nb->k < 4) why = "too few neighbors";
    VV_TRY(make_densities(ctx, &l, s));
    const struct vv_column *const value = vv_table_find(&s->rows, "log_density");
    const struct digest d = digest_of(ctx, value, value->f64);
    const struct digest e = digest_of(ctx, vv_table_find(&s->rows, "std_error"), value->f64);
    const struct digest k = digest_of(ctx, vv_table_find(&s->rows, "k"), value->f64);
    if (d.n < l.nb->layout.n && !why[0])
        vv_log_finding(ctx->log, "density layer '%s': %lld of %lld rows coincide with all their neighbors and have no "
                       "density (input.duplicates: drop leaves one of each)", out[0].layer_name,
                       (long long)(l.nb->layout.n - d.n), (long long)l.nb->layout.n);
    return vv_agree(ctx->comm, tabulate(&l, &d, &e, &k, why, &out[1].table));
}

/* Infinite log densities would upset whatever comes after. */
static enum vv_status verify(struct vv_context *ctx, const struct vv_artifact *out)
{
    const struct vv_column *const value = vv_table_find(&out[0].samples.rows, "log_density");
    (void)ctx;
    for (int64_t i = 0; i < vv_column_length(value); i++)
        if (isinf(value->f64[i])) return vv_fail(VV_BUG, "an infinite log density");
    return VV_OK;
}

static const struct vv_figure_wish figures[] = {
    {.kind = VV_FIGURE_PROFILE, .name = "density", .title = "log density", .axis = "log density",
     .columns = {"density/log_density_max", "density/log_density_mean", "density/log_density_min"},
     .labels = {"highest", "mean", "lowest"}},
    {.name = NULL},
};

extern const struct vv_stage vv_stage_density;
const struct vv_stage vv_stage_density = {
    .name = "density",
    .summary = "log density around each sample: kNN, k*NN, PAk",
    .cite = "Rodriguez, d'Errico, Facco, Laio, J. Chem. Theory Comput. 14:1206 (2018)",
    .version = 1,
    .scope = VV_PER_LAYER,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct density_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .verify = verify,
};
