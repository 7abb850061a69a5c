/* SPDX-License-Identifier: MIT */
/* knn: the exact neighbor table of a layer. The method is in pipeline/neighbors/search.c. */
#include <math.h>

#include "neighbors/forecast.h"
#include "neighbors/search.h"
#include "pipeline.h"

struct knn_config {
    int64_t k;
    int metric; /* enum vv_metric */
};

static const struct vv_param params[] = {
    {.key = "k", .type = VV_PARAM_INT, .offset = offsetof(struct knn_config, k),
     .standard = "100", .minimum = 1, .maximum = 1000,
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
    const struct vv_forecast f = vv_forecast_search(shape->n, shape->n_cols, value, k, shape->size,
                                                    shape->threads, shape->rates);
    cost->flops = f.flops;
    cost->seconds = f.seconds;
    cost->bytes_sent = f.bytes_sent;
    cost->bytes_memory =
        vv_neighbors_search_memory(shape->n, shape->n_cols, shape->type, k, metric, shape->size,
                                   shape->threads, shape->on_disk ? shape->memory : 0);
    if (shape->on_disk)
        cost->bytes_scratch =
            vv_neighbors_search_scratch(shape->n, shape->n_cols, k, metric, shape->size);
    cost->bytes_output = n_local * k * (sizeof(int32_t) + sizeof(double));
    cost->bytes_kept = 8.0 * n; /* sample numbers, where rows were left out */
    cost->bytes_written = cost->bytes_output * shape->size + 8.0 * n;
}

/* What the lists say about themselves: zero distances, the mean distance to the nearest. */
static enum vv_status describe(struct vv_context *ctx, const struct vv_neighbors *nb,
                               struct vv_table *table)
{
    const int64_t n_local = vv_layout_local(&nb->layout);
    int64_t n_zero = 0;
    struct vv_sum nearest = {.n_nan = 0};
    for (int64_t i = 0; i < n_local; i++) {
        for (int j = 0; j < nb->k; j++) n_zero += nb->distance[i * nb->k + j] == 0.0;
        if (nb->k > 0) vv_sum_add(&nearest, nb->distance[i * nb->k]);
    }
    vv_comm_sum_i64(ctx->comm, &n_zero, 1);
    vv_reduce_sums(ctx->comm, &nearest, 1);
    const double mean = nb->k > 0 ? vv_sum_value(&nearest) / (double)nb->layout.n : NAN;
    VV_TRY(vv_table_add_i64(table, "knn/k", "1", "neighbors stored for each sample", nb->k));
    VV_TRY(vv_table_add_text(table, "knn/metric", "distance between samples",
                             vv_metric_names[nb->metric]));
    VV_TRY(vv_table_add_i64(table, "knn/n_zero_distances", "1",
                            "stored neighbors at distance zero (exact duplicates)", n_zero));
    return vv_table_add_f64(table, "knn/mean_nearest_distance", "distance",
                            "mean over samples of the distance to the nearest neighbor", mean);
}

static void tell(struct vv_context *ctx, const struct vv_search_stats *s, int64_t n)
{
    vv_log_detail(ctx->log, "%s: %s kernel, %.3g %% of the pairs evaluated directly",
                  ctx->progress->step, s->kernel,
                  s->n_pairs > 0 ? 100.0 * (double)s->n_evaluated / (double)s->n_pairs : 0.0);
    vv_log_detail(ctx->log,
                  "%s: preparing %.2f s, proposing %.2f s (kernels %.2f s), deciding %.2f s, waiting "
                  "%.2f s on the slowest rank; %.1f MiB sent",
                  ctx->progress->step, s->seconds_prepare, s->seconds_propose, s->seconds_kernel,
                  s->seconds_decide, s->seconds_wait, s->bytes_sent / 1048576.0);
    vv_log_detail(ctx->log, "%s: %lld samples began with too low a guess and were searched again",
                  ctx->progress->step, (long long)s->n_missed);
    if (s->n_wide > s->n_missed)
        vv_log_info(ctx->log,
                    "%s: float32 cannot tell the candidates of %lld of %lld samples apart; searched in "
                    "float64 (%.2f s)",
                    ctx->progress->step, (long long)(s->n_wide - s->n_missed), (long long)n,
                    s->seconds_wide);
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
                            .progress = ctx->progress};
    struct vv_search_stats stats;
    if (how.k >= m->layout.n) {
        how.k = m->layout.n > 0 ? (int)(m->layout.n - 1) : 0;
        vv_log_warning(ctx->log, "knn layer '%s': only %d neighbors exist for each of %lld rows",
                       out[0].layer_name, how.k, (long long)m->layout.n);
    }
    VV_TRY(vv_neighbors_search(ctx->comm, m, &how, &out[0].neighbors, &stats));
    tell(ctx, &stats, m->layout.n);
    return vv_agree(ctx->comm, describe(ctx, &out[0].neighbors, &out[1].table));
}

static enum vv_status verify(struct vv_context *ctx, const struct vv_artifact *out)
{
    const struct vv_neighbors *nb = &out[0].neighbors;
    const int64_t first = vv_layout_first(&nb->layout), n_local = vv_layout_local(&nb->layout);
    (void)ctx;
    for (int64_t i = 0; i < n_local; i++)
        for (int j = 0; j < nb->k; j++) {
            const int64_t at = i * nb->k + j;
            const double d = nb->distance[at];
            const int32_t index = nb->index[at];
            const bool possible = d >= 0.0 || (nb->metric == VV_INNER_PRODUCT && d < 0.0);
            if (index < 0 || index >= nb->layout.n || index == first + i || !possible)
                return vv_fail(VV_BUG, "neighbor %d of row %lld is impossible", j + 1,
                               (long long)(first + i));
            if (isinf(d))
                return vv_fail(VV_INPUT, "the distance of row %lld to row %d exceeds float64",
                               (long long)(first + i), index);
            if (j > 0 && (d < nb->distance[at - 1] ||
                          (d == nb->distance[at - 1] && index <= nb->index[at - 1])))
                return vv_fail(VV_BUG, "the neighbors of row %lld are out of order",
                               (long long)(first + i));
        }
    return VV_OK;
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
    .verify = verify,
};
