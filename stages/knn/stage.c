/* SPDX-License-Identifier: MIT */
/* knn: the exact neighbor table of a layer. The method is in pipeline/neighbors/search.c. */
#include <math.h>

#include "neighbors/account.h"
#include "neighbors/forecast.h"
#include "neighbors/search.h"
#include "pipeline.h"

struct knn_config {
    int64_t k;
    int metric; /* enum vv_metric */
};

static const struct vv_param params[] = {
    {.key = "k", .type = VV_PARAM_INT, .offset = offsetof(struct knn_config, k),
     .standard = "100", .minimum = 1, .maximum = 1000, .role = VV_ROLE_MOST,
     .help = "neighbors stored for each sample, the sample itself not counted"},
    {.key = "metric", .type = VV_PARAM_CHOICE, .offset = offsetof(struct knn_config, metric),
     .standard = "euclidean", .choices = vv_metric_names,
     .help = "distance between samples; cosine is 1 - cos of the angle, exact for the rows scaled to unit "
             "length in float64; inner_product is minus the product, so that the largest comes first"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "activations", .kind = VV_MATRIX},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "neighbors", .kind = VV_NEIGHBORS},
                                         {.name = "knn", .kind = VV_TABLE},
                                         {.name = NULL}};

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct knn_config *c = config;
    shape->k = (int)c->k;
    shape->metric = (enum vv_metric)c->metric;
    if (c->k >= shape->n)
        vv_diagnostics_add_key(d, "stages.knn.k",
                               "%lld neighbors need more than %lld samples, but the layers have "
                               "%lld", (long long)c->k, (long long)c->k, (long long)shape->n);
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct knn_config *c = config;
    const enum vv_metric metric = (enum vv_metric)c->metric;
    const double n = (double)shape->n, n_local = ceil(n / shape->size);
    const int k = (int)c->k;
    const int value = metric == VV_COSINE ? 8 : (int)vv_real_bytes(shape->type);
    const struct vv_forecast f = vv_forecast_search(shape->n, 0, shape->n_cols, value, k, shape->size,
                                                    shape->threads, shape->rates);
    cost->flops = f.flops;
    cost->seconds = f.seconds;
    cost->bytes_sent = f.bytes_sent;
    cost->bytes_memory =
        vv_neighbors_search_memory(shape->n, shape->n_cols, shape->type, k, metric, shape->size,
                                   shape->threads, shape->on_disk ? shape->memory : 0);
    if (shape->on_disk)
        cost->bytes_scratch =
            vv_neighbors_search_scratch(shape->n, 0, shape->n_cols, k, metric, shape->size);
    cost->bytes_output = n_local * k * (sizeof(int32_t) + sizeof(double));
    cost->bytes_kept = 8.0 * n; /* sample numbers, where rows were left out */
    cost->bytes_written = cost->bytes_output * shape->size + 8.0 * n;
}

static enum vv_status complete(struct vv_context *ctx, const void *config, struct vv_artifact *out)
{
    (void)config;
    return vv_search_describe(ctx->comm, &out[0].neighbors, "knn", &out[1].table);
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct knn_config *c = config;
    const struct vv_matrix *m = &in->items[0][0]->matrix;
    struct vv_search how = {.k = (int)c->k,
                            .metric = (enum vv_metric)c->metric,
                            .threads = ctx->threads,
                            .scratch = ctx->scratch,
                            .memory = ctx->memory,
                            .progress = ctx->progress,
                            .checkpoint = ctx->checkpoint};
    struct vv_search_stats stats;
    if (how.k >= m->layout.n) {
        how.k = m->layout.n > 0 ? (int)(m->layout.n - 1) : 0;
        vv_log_finding(ctx->log, "knn layer '%s': only %d neighbors exist for each of %lld rows",
                       out[0].layer_name, how.k, (long long)m->layout.n);
    }
    VV_TRY(vv_neighbors_search(ctx->comm, m, &how, &out[0].neighbors, &stats));
    vv_search_tell(&stats, m->layout.n, ctx->progress->step, ctx->log);
    return complete(ctx, config, out);
}

static enum vv_status verify(struct vv_context *ctx, const struct vv_artifact *out)
{
    (void)ctx;
    return vv_search_verify(&out[0].neighbors);
}

extern const struct vv_stage vv_stage_knn;
const struct vv_stage vv_stage_knn = {
    .name = "knn",
    .summary = "exact k nearest neighbors of every sample",
    .version = 1,
    .scope = VV_PER_LAYER,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .config_size = sizeof(struct knn_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .complete = complete,
    .verify = verify,
};
