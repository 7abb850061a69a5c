/* SPDX-License-Identifier: MIT */
/* cross_knn: the nearest rows of another input for every sample, such as those of the training set. */
#include <math.h>
#include <string.h>

#include "base/strbuf.h"
#include "io/rows.h"
#include "neighbors/account.h"
#include "neighbors/forecast.h"
#include "neighbors/search.h"
#include "pipeline.h"

struct cross_knn_config {
    char *among;
    int64_t k;
    int metric; /* enum vv_metric */
};

#define AT(field) offsetof(struct cross_knn_config, field)

static const struct vv_param params[] = {
    {.key = "among", .type = VV_PARAM_TEXT, .offset = AT(among),
     .help = "which of input.others to search; may be left out where there is only one"},
    {.key = "k", .type = VV_PARAM_INT, .offset = AT(k), .standard = "10", .minimum = 1, .maximum = 1000,
     .role = VV_ROLE_MOST, .help = "neighbors stored for each sample"},
    {.key = "metric", .type = VV_PARAM_CHOICE, .offset = AT(metric), .standard = "euclidean",
     .choices = vv_metric_names, .help = "distance between samples, as in knn"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "activations", .kind = VV_MATRIX},
                                        {.name = "others", .kind = VV_SOURCE},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "cross_neighbors", .kind = VV_NEIGHBORS},
                                         {.name = "cross_knn", .kind = VV_TABLE},
                                         {.name = NULL}};

/* Position of the input to search among; -1: there is none of that name, or it is not clear which. */
static int find(const struct cross_knn_config *c, const struct vv_other *others, int n)
{
    if (!c->among) return n == 1 ? 0 : -1;
    for (int o = 0; o < n; o++)
        if (strcmp(others[o].name, c->among) == 0) return o;
    return -1;
}

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct cross_knn_config *c = config;
    const int o = find(c, shape->others, shape->n_others);
    if (shape->prepared)
        vv_diagnostics_add_key(d, "stages.cross_knn",
                               "rows of another input cannot be compared with prepared ones; leave "
                               "stages.prepare out");
    if (shape->n_others == 0)
        vv_diagnostics_add_key(d, "stages.cross_knn", "needs rows to search among: add input.others");
    else if (o < 0 && c->among)
        vv_diagnostics_add_key(d, "stages.cross_knn.among", "no '%s' in input.others", c->among);
    else if (o < 0)
        vv_diagnostics_add_key(d, "stages.cross_knn.among", "say which of the %d in input.others",
                               shape->n_others);
    if (o < 0) return;
    if (shape->others[o].unlike[0])
        vv_diagnostics_add_key(d, "stages.cross_knn", "cannot search among '%s': %s",
                               shape->others[o].name, shape->others[o].unlike);
    if (c->k > shape->others[o].n)
        vv_diagnostics_add_key(d, "stages.cross_knn.k", "%lld neighbors, but '%s' has %lld rows",
                               (long long)c->k, shape->others[o].name, (long long)shape->others[o].n);
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct cross_knn_config *c = config;
    const int o = find(c, shape->others, shape->n_others), k = (int)c->k;
    if (o < 0) return;
    const enum vv_metric metric = (enum vv_metric)c->metric;
    const int64_t n = shape->n, m = shape->others[o].n;
    const int value = metric == VV_COSINE ? 8 : (int)vv_real_bytes(shape->type);
    const double row = (double)shape->n_cols * (double)vv_real_bytes(shape->type);
    const double n_local = ceil((double)n / shape->size), m_local = ceil((double)m / shape->size);
    const struct vv_forecast f = vv_forecast_search(n, m, shape->n_cols, value, k, shape->size,
                                                    shape->threads, shape->rates);
    cost->flops = f.flops;
    cost->seconds = f.seconds;
    cost->bytes_sent = f.bytes_sent;
    cost->bytes_read = (double)m * row;
    cost->bytes_memory =
        vv_neighbors_search_among_memory(n, m, shape->n_cols, shape->type, k, metric, shape->size,
                                         shape->threads, shape->on_disk ? shape->memory : 0) +
        (shape->on_disk ? VV_ROWS_READ_BYTES + 2.0 * VV_COOL_BYTES : m_local * row);
    if (shape->on_disk)
        cost->bytes_scratch =
            m_local * row +
            vv_neighbors_search_scratch(n, m, shape->n_cols, k, metric, shape->size);
    cost->bytes_output = n_local * k * (sizeof(int32_t) + sizeof(double));
    cost->bytes_kept = 8.0 * (double)n;
    cost->bytes_written = cost->bytes_output * shape->size + 8.0 * (double)n;
}

static enum vv_status complete(struct vv_context *ctx, const void *config, struct vv_artifact *out)
{
    const struct vv_neighbors *const nb = &out[0].neighbors;
    struct vv_table *const table = &out[1].table;
    (void)config;
    VV_TRY(vv_search_describe(ctx->comm, nb, "cross_knn", table));
    VV_TRY(vv_agree(ctx->comm, vv_table_add_text(table, "cross_knn/among",
                                                 "the other input that was searched, and its layer", nb->among)));
    return vv_agree(ctx->comm, vv_table_add_i64(table, "cross_knn/n_references", "1",
                                                "rows of the other input", nb->n_references));
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct cross_knn_config *c = config;
    const int o = find(c, ctx->others, ctx->n_others);
    const struct vv_other *const other = &ctx->others[o];
    const struct vv_matrix *const queries = &in->items[0][0]->matrix;
    struct vv_neighbors *const nb = &out[0].neighbors;
    const struct vv_search how = {.k = (int)c->k,
                                  .metric = (enum vv_metric)c->metric,
                                  .threads = ctx->threads,
                                  .scratch = ctx->scratch,
                                  .memory = ctx->memory,
                                  .progress = ctx->progress,
                                  .checkpoint = ctx->checkpoint};
    struct vv_search_stats stats;
    struct vv_matrix references;
    enum vv_status st = vv_rows_read(ctx->comm, in->items[1][o]->source, other->match[out[0].layer],
                                     NULL, other->n, ctx->scratch, NULL, &references);
    if (!st)
        vv_log_detail(ctx->log, "%s: among the rows of '%s', layer '%s'", ctx->progress->step, other->name,
                      other->layer_name[out[0].layer]);
    if (!st) st = vv_neighbors_search_among(ctx->comm, queries, &references, &how, nb, &stats);
    vv_matrix_release(&references);
    if (st) return st;
    struct vv_strbuf among;
    vv_strbuf_init(&among);
    vv_strbuf_addf(&among, "%s: %s", other->name, other->layer_name[out[0].layer]);
    nb->among = among.failed ? NULL : vv_mem_string(among.text);
    vv_strbuf_release(&among);
    VV_TRY(vv_agree(ctx->comm, nb->among ? VV_OK : VV_MEMORY));
    nb->n_references = other->n;
    vv_search_tell(&stats, queries->layout.n, ctx->progress->step, ctx->log);
    return complete(ctx, config, out);
}

static enum vv_status verify(struct vv_context *ctx, const struct vv_artifact *out)
{
    (void)ctx;
    return vv_search_verify(&out[0].neighbors);
}

extern const struct vv_stage vv_stage_cross_knn;
const struct vv_stage vv_stage_cross_knn = {
    .name = "cross_knn",
    .summary = "exact nearest rows of another input for every sample",
    .version = 1,
    .scope = VV_PER_LAYER,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .config_size = sizeof(struct cross_knn_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .complete = complete,
    .verify = verify,
};
