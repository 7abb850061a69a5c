/* SPDX-License-Identifier: MIT */
/* load: the rows of a layer, each rank its own, checked and freed of duplicates. */
#include <math.h>

#include "base/hash.h"
#include "data/columns.h"
#include "io/rows.h"
#include "pipeline.h"
#include "stages/load/core.h"

static const struct vv_port inputs[] = {{.name = "source", .kind = VV_SOURCE}, {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "activations", .kind = VV_MATRIX},
                                         {.name = "layers", .kind = VV_TABLE},
                                         {.name = NULL}};

static bool needed(const void *config)
{
    return !((const struct vv_input_config *)config)->neighbors.present;
}

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct vv_input_config *c = config;
    if (c->samples.limit > shape->n)
        vv_diagnostics_add_key(d, "input.samples.limit", "%lld samples asked, %lld exist",
                               (long long)c->samples.limit, (long long)shape->n);
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct vv_input_config *c = config;
    const double n = (double)shape->n, n_local = ceil(n / shape->size);
    const double row = (double)shape->n_cols * (double)vv_real_bytes(shape->type);
    /* Digests of this rank and of all, the rows kept, and digests with rows twice while they are
     * sorted (the C library sorts beside the array). */
    const double digests = 16.0 * n_local + n * (16.0 + 8.0 + 2.0 * 24.0);
    const bool drops = c->duplicates == VV_DUPLICATES_DROP;
    /* Dropping holds the rows twice for a moment, and packs some megabytes for each rank. */
    const double rows = n_local * row * (drops ? 2.0 : 1.0), some = VV_COOL_BYTES;
    const double packed = drops ? fmin(n_local * row, some * shape->size) : 0.0;
    cost->bytes_output = n * sizeof(int64_t) + (shape->on_disk ? 0.0 : n_local * row);
    cost->bytes_memory = digests + packed + (shape->on_disk ? VV_ROWS_READ_BYTES + 2.0 * some : rows - n_local * row);
    if (shape->on_disk) cost->bytes_scratch = rows;
    if (c->synthetic.present) cost->bytes_memory += vv_synthetic_memory(&c->synthetic);
    else cost->bytes_read = n * row;
    cost->bytes_sent = n * sizeof(struct vv_digest) + (drops ? n_local * row : 0.0);
}

/* Facts found on the way, for the table. */
struct facts {
    int64_t n_samples, n_distinct, n_constant;
    struct vv_digest digest;
    double mean_norm, norm_of_mean;
};

/* Which input samples are rows; NULL: all. */
static enum vv_status choose(const struct vv_input_config *c, int64_t n, int64_t **samples,
                             int64_t *n_rows)
{
    *samples = NULL;
    *n_rows = n;
    if (c->samples.limit == 0 || c->samples.limit >= n) return VV_OK;
    *n_rows = c->samples.limit;
    if (!(*samples = vv_mem_new(*n_rows, sizeof **samples, "sample numbers"))) return VV_MEMORY;
    return vv_rng_choose((uint64_t)c->samples.seed, vv_rng_stream("input/samples"), 0, n, *n_rows,
                         *samples);
}

/* Collective. The policy on rows that are equal; may replace *m. */
static enum vv_status treat_duplicates(struct vv_context *ctx, enum vv_duplicates policy,
                                       const char *path, const char *name, struct vv_matrix *m,
                                       struct facts *facts)
{
    const int64_t n = m->layout.n;
    const size_t bytes = vv_matrix_row_bytes(m);
    int64_t n_kept = 0, twin = -1, of = -1;
    struct vv_digest *mine = vv_mem_new(m->n_local, sizeof *mine, "digests of rows");
    struct vv_digest *all = vv_mem_new(n, sizeof *all, "digests of all rows");
    int64_t *kept = vv_mem_new(n, sizeof *kept, "distinct rows");
    enum vv_status st = vv_agree(ctx->comm, mine && all && kept ? VV_OK : VV_MEMORY);
    if (st) goto done;
    for (int64_t i = 0; i < m->n_local; i++) {
        mine[i] = vv_hash_bytes(vv_matrix_row(m, i), bytes);
        vv_matrix_passed(m, i);
    }
    vv_comm_allgather_rows(ctx->comm, &m->layout, mine, sizeof *mine, all);
    facts->digest = vv_hash_bytes(all, (size_t)n * sizeof *all);
    if ((st = vv_agree(ctx->comm, vv_load_distinct(all, n, kept, &n_kept, &twin, &of)))) goto done;
    facts->n_distinct = n_kept;
    if (n_kept == n) goto done;
    if (policy == VV_DUPLICATES_ERROR) {
        vv_fail(VV_INPUT, "'%s': %lld of %lld rows repeat an earlier one, the first is row %lld, "
                "equal to row %lld",
                path, (long long)(n - n_kept), (long long)n,
                (long long)vv_sample_of(m->sample, twin), (long long)vv_sample_of(m->sample, of));
        st = vv_error_hint("duplicates have no intrinsic dimension; set input.duplicates to drop "
                           "(keeps the first of each) or keep");
    } else if (policy == VV_DUPLICATES_DROP) {
        struct vv_matrix distinct;
        vv_log_finding(ctx->log, "layer '%s': dropped %lld of %lld rows that repeat an earlier "
                       "one; %lld distinct rows remain",
                       name, (long long)(n - n_kept), (long long)n, (long long)n_kept);
        if ((st = vv_matrix_gather(ctx->comm, m, kept, n_kept, &distinct))) goto done;
        vv_matrix_release(m);
        *m = distinct;
    } else {
        vv_log_finding(ctx->log, "layer '%s': %lld of %lld rows repeat an earlier one and are kept",
                       name, (long long)(n - n_kept), (long long)n);
    }
done:
    vv_mem_free(mine);
    vv_mem_free(all);
    vv_mem_free(kept);
    return st;
}

/* Collective. Constant features, and how far from the origin the cloud lies. */
static enum vv_status describe(struct vv_context *ctx, const struct vv_matrix *m,
                               struct facts *facts)
{
    struct vv_sum norms = {.n_nan = 0};
    double squares = 0.0;
    double *low = vv_mem_new(m->n_cols, sizeof *low, "ranges of the features");
    double *high = vv_mem_new(m->n_cols, sizeof *high, "ranges of the features");
    enum vv_status st = vv_agree(ctx->comm, low && high ? VV_OK : VV_MEMORY);
    if (st) goto done;
    vv_columns_range(ctx->comm, m, low, high);
    for (int64_t j = 0; j < m->n_cols; j++) facts->n_constant += low[j] == high[j];
    if ((st = vv_columns_mean(ctx->comm, m, low))) goto done;
    for (int64_t j = 0; j < m->n_cols; j++) squares += low[j] * low[j];
    facts->norm_of_mean = sqrt(squares);
    for (int64_t i = 0; i < m->n_local; i++) {
        double s = 0.0;
        for (int64_t j = 0; j < m->n_cols; j++) {
            const double v = vv_matrix_value(m, i, j);
            s += v * v;
        }
        vv_sum_add(&norms, sqrt(s));
        vv_matrix_passed(m, i);
    }
    vv_reduce_sums(ctx->comm, &norms, 1);
    facts->mean_norm = vv_sum_value(&norms) / (double)m->layout.n;
done:
    vv_mem_free(low);
    vv_mem_free(high);
    return st;
}

static enum vv_status tabulate(const struct facts *f, const struct vv_matrix *m, const char *name,
                               const char *stored, struct vv_table *t)
{
    char digest[33];
    vv_digest_text(f->digest, digest);
    VV_TRY(vv_table_add_text(t, "layers/name", "name of the layer in the input", name));
    VV_TRY(vv_table_add_i64(t, "layers/n_features", "1", "features (neurons) of a row", m->n_cols));
    VV_TRY(vv_table_add_text(t, "layers/stored_type", "number type in the input", stored));
    VV_TRY(vv_table_add_i64(t, "layers/n_samples", "1",
                            "samples read, after input.samples and before duplicates are dropped",
                            f->n_samples));
    VV_TRY(vv_table_add_i64(t, "layers/n_distinct", "1", "distinct rows among them",
                            f->n_distinct));
    VV_TRY(vv_table_add_i64(t, "layers/n_duplicates", "1", "rows that repeat an earlier row",
                            f->n_samples - f->n_distinct));
    VV_TRY(vv_table_add_i64(t, "layers/n_rows", "1", "rows analysed", m->layout.n));
    VV_TRY(vv_table_add_i64(t, "layers/n_constant_features", "1",
                            "features with the same value in every row analysed", f->n_constant));
    VV_TRY(vv_table_add_f64(t, "layers/mean_norm", "activation",
                            "mean over rows of the Euclidean norm", f->mean_norm));
    VV_TRY(vv_table_add_f64(t, "layers/norm_of_mean", "activation",
                            "Euclidean norm of the mean row: how far from the origin the cloud is",
                            f->norm_of_mean));
    return vv_table_add_text(t, "layers/digest", "XXH3-128 digest of the values of all samples read",
                             digest);
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct vv_input_config *c = config;
    struct vv_source *const source = in->items[0][0]->source;
    const int layer = out[0].layer;
    const struct vv_layer_shape *shape = vv_source_layer(source, layer);
    const char *const path = vv_source_path(source, layer), *const name = out[0].layer_name;
    struct vv_matrix *m = &out[0].matrix;
    struct facts facts = {.n_samples = 0};
    int64_t *samples;

    const enum vv_status st = vv_agree(ctx->comm, choose(c, shape->n, &samples, &facts.n_samples));
    if (st) {
        vv_mem_free(samples);
        return st;
    }
    VV_TRY(vv_rows_read(ctx->comm, source, layer, samples, facts.n_samples, ctx->scratch, ctx->progress,
                        m));
    VV_TRY(treat_duplicates(ctx, (enum vv_duplicates)c->duplicates, path, name, m, &facts));
    out[0].digest = facts.digest;
    VV_TRY(describe(ctx, m, &facts));
    if (facts.n_constant > 0)
        vv_log_info(ctx->log, "layer '%s': %lld of %lld features are constant", name,
                    (long long)facts.n_constant, (long long)m->n_cols);
    return vv_agree(ctx->comm, tabulate(&facts, m, name, shape->stored, &out[1].table));
}

static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    return vv_summary_add_counts(summary, "rows", vv_table_find(table, "layers/n_rows"));
}

extern const struct vv_stage vv_stage_load;
const struct vv_stage vv_stage_load = {
    .name = "load",
    .summary = "reads the layers, checks every value, treats duplicate rows",
    .version = 1,
    .scope = VV_PER_LAYER,
    .needed = needed,
    .section = "input",
    .inputs = inputs,
    .outputs = outputs,
    .params = vv_input_params,
    .config_size = sizeof(struct vv_input_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .summarize = summarize,
};
