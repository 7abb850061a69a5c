/* SPDX-License-Identifier: MIT */
/* stored_knn: neighbor tables that were computed elsewhere, in place of load and knn. Each rank reads its own rows. */
#include <math.h>

#include "base/hash.h"
#include "io/tables.h"
#include "neighbors/account.h"
#include "pipeline.h"
#include "stages/stored_knn/core.h"

static const struct vv_port inputs[] = {{.name = "stored_tables", .kind = VV_SOURCE}, {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "neighbors", .kind = VV_NEIGHBORS},
                                         {.name = "layers", .kind = VV_TABLE},
                                         {.name = NULL}};

enum { READ_BYTES = 4 << 20 };

static bool needed(const void *config)
{
    return ((const struct vv_input_config *)config)->neighbors.present;
}

static bool has_self(const struct vv_input_config *c)
{
    return c->neighbors.self == VV_SELF_FIRST;
}

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct vv_input_config *const c = config;
    shape->k = shape->n_stored - has_self(c);
    shape->metric = (enum vv_metric)c->neighbors.metric;
    if (shape->k < 1)
        vv_diagnostics_add_key(d, "input.neighbors.self", "the tables have one column, the sample itself: no "
                               "neighbors");
    else if (shape->k >= shape->n)
        vv_diagnostics_add_key(d, "input.neighbors", "%d neighbors need more than %d rows, but the tables have %lld",
                               shape->k, shape->k, (long long)shape->n);
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const double n = (double)shape->n, n_local = ceil(n / shape->size), columns = shape->n_stored;
    (void)config;
    cost->bytes_memory = 2.0 * READ_BYTES + 20.0 * columns + 16.0 * (n_local + n);
    cost->bytes_output = n_local * shape->k * (sizeof(int32_t) + sizeof(double));
    cost->bytes_kept = 8.0 * n;
    cost->bytes_read = 16.0 * n * columns;
    cost->bytes_written = cost->bytes_output * shape->size + 8.0 * n;
    cost->bytes_sent = 16.0 * n;
}

/* What reading one layer takes. */
struct reading {
    struct vv_source *source;
    int layer;
    struct vv_stored rules;
    int64_t n_at_once;
    double *distance, *index; /* [n_at_once][columns] as stored */
    double *row_distance;     /* [columns] a list and what is left out of it */
    int32_t *row_index;
    struct vv_stored_counts counts;
};

static enum vv_status refuse(const struct reading *r, enum vv_stored_fault fault, int64_t row, int column)
{
    const bool of_distance =
        fault == VV_STORED_NOT_FINITE || fault == VV_STORED_NEGATIVE || fault == VV_STORED_DESCENDS;
    vv_fail(VV_INPUT, "'%s', row %lld, column %d: %s",
            of_distance ? vv_source_path(r->source, r->layer) : vv_tables_index_path(r->source, r->layer),
            (long long)row, column, vv_stored_fault_text(fault));
    switch (fault) {
    case VV_STORED_DESCENDS: return vv_error_hint("sort each row by distance, and its indices with it");
    case VV_STORED_SELF: return vv_error_hint("if the tables hold each sample itself: input.neighbors.self: first");
    case VV_STORED_NO_SELF: return vv_error_hint("if the tables leave it out: input.neighbors.self: none");
    case VV_STORED_NEGATIVE: return vv_error_hint("minus inner products have input.neighbors.metric: inner_product");
    case VV_STORED_NO_ROW:
        return vv_error_hint("rows count from 0, and the table has %lld", (long long)r->rules.n_rows);
    default: return VV_INPUT;
    }
}

/* Local. This rank's rows. */
static enum vv_status read_rows(struct reading *r, struct vv_progress *progress, struct vv_neighbors *nb)
{
    const int64_t first = vv_layout_first(&nb->layout), n_local = vv_layout_local(&nb->layout);
    const int columns = r->rules.n_columns, k = nb->k;
    for (int64_t i0 = 0, n; i0 < n_local; i0 += n) {
        n = n_local - i0 < r->n_at_once ? n_local - i0 : r->n_at_once;
        VV_TRY(vv_tables_read(r->source, r->layer, first + i0, n, r->distance, r->index));
        for (int64_t i = 0; i < n; i++) {
            int column;
            const enum vv_stored_fault fault =
                vv_stored_list(&r->rules, first + i0 + i, r->distance + i * columns, r->index + i * columns,
                               r->row_index, r->row_distance, &r->counts, &column);
            if (fault) return refuse(r, fault, first + i0 + i, column);
            for (int j = 0; j < k; j++) {
                nb->index[(i0 + i) * k + j] = r->row_index[j];
                nb->distance[(i0 + i) * k + j] = r->row_distance[j];
            }
        }
        vv_progress_tell(progress, (double)(i0 + n), (double)n_local);
    }
    return VV_OK;
}

/* Collective. Of what the lists say and mean, whatever the files were like. */
static enum vv_status digest_of(struct vv_comm *c, const struct vv_neighbors *nb, struct vv_digest *digest)
{
    const int64_t n_local = vv_layout_local(&nb->layout);
    struct vv_digest *const mine = vv_mem_new(n_local, sizeof *mine, "digests of lists");
    struct vv_digest *const all = vv_mem_new(nb->layout.n, sizeof *all, "digests of all lists");
    const enum vv_status st = vv_agree(c, mine && all ? VV_OK : VV_MEMORY);
    const size_t k = (size_t)nb->k;
    for (int64_t i = 0; !st && i < n_local; i++)
        mine[i] = vv_hash_join(vv_hash_bytes(nb->index + (size_t)i * k, k * sizeof *nb->index),
                               vv_hash_bytes(nb->distance + (size_t)i * k, k * sizeof *nb->distance));
    if (!st) {
        vv_comm_allgather_rows(c, &nb->layout, mine, sizeof *mine, all);
        const int64_t meaning[] = {(int64_t)nb->metric, nb->k};
        *digest = vv_hash_join(vv_hash_bytes(meaning, sizeof meaning),
                               vv_hash_bytes(all, (size_t)nb->layout.n * sizeof *all));
        for (int64_t r = 0; nb->sample && r < nb->layout.n; r++)
            *digest = vv_hash_join(*digest, vv_hash_bytes(&nb->sample[r], sizeof nb->sample[r]));
    }
    vv_mem_free(mine);
    vv_mem_free(all);
    return st;
}

/* Duplicates are rows at distance zero, but for angles, where parallel rows are, too. */
static enum vv_status treat_duplicates(struct vv_context *ctx, const struct vv_input_config *c,
                                       const struct reading *r, const char *name)
{
    const struct vv_stored_counts *const n = &r->counts;
    if (n->n_zero > 0 && c->duplicates == VV_DUPLICATES_ERROR && c->neighbors.metric == VV_EUCLIDEAN) {
        vv_fail(VV_INPUT, "'%s': %lld stored neighbors are at distance 0", vv_source_path(r->source, r->layer),
                (long long)n->n_zero);
        return vv_error_hint("duplicates have no intrinsic dimension; set input.duplicates to keep, or compute the "
                             "tables without them");
    }
    if (n->n_zero > 0)
        vv_log_warning(ctx->log, "layer '%s': %lld stored neighbors are at distance 0", name, (long long)n->n_zero);
    if (n->n_self_elsewhere > 0)
        vv_log_warning(ctx->log, "layer '%s': %lld rows hold their sample behind others; it is taken out there", name,
                       (long long)n->n_self_elsewhere);
    if (n->n_self_missing > 0)
        vv_log_warning(ctx->log, "layer '%s': %lld rows lack their sample; of their neighbors, all at distance 0, "
                       "the first by index are taken", name, (long long)n->n_self_missing);
    if (n->n_ties > 0)
        vv_log_info(ctx->log, "layer '%s': %lld rows have neighbors at the same distance (stored as %s), ordered by "
                    "index%s", name, (long long)n->n_ties, vv_source_layer(r->source, r->layer)->stored,
                    n->n_reordered > 0 ? " now" : "");
    return VV_OK;
}

static enum vv_status tabulate(const struct reading *r, const struct vv_neighbors *nb, const char *name,
                               struct vv_digest digest, struct vv_table *t)
{
    char text[33];
    vv_digest_text(digest, text);
    const struct vv_layer_shape *const shape = vv_source_layer(r->source, r->layer);
    VV_TRY(vv_table_add_text(t, "layers/name", "name of the layer in the input", name));
    VV_TRY(vv_table_add_text(t, "layers/stored_type", "number type of the distances in the input", shape->stored));
    VV_TRY(vv_table_add_i64(t, "layers/n_samples", "1", "samples of the input", shape->n));
    VV_TRY(vv_table_add_i64(t, "layers/n_rows", "1", "rows analysed", nb->layout.n));
    VV_TRY(vv_table_add_i64(t, "layers/n_lists_with_ties", "1", "rows with neighbors at the same stored distance",
                            r->counts.n_ties));
    VV_TRY(vv_table_add_i64(t, "layers/n_lists_reordered", "1", "rows where such were put in the order of their index",
                            r->counts.n_reordered));
    VV_TRY(vv_table_add_i64(t, "layers/n_self_elsewhere", "1", "rows that held their sample behind others",
                            r->counts.n_self_elsewhere));
    VV_TRY(vv_table_add_i64(t, "layers/n_self_missing", "1",
                            "rows full of duplicates of their sample, which was not among them",
                            r->counts.n_self_missing));
    return vv_table_add_text(t, "layers/digest", "XXH3-128 digest of the neighbor lists", text);
}

/* Collective. */
static enum vv_status fill(struct vv_context *ctx, const struct vv_input_config *c, struct reading *r,
                           struct vv_artifact *out)
{
    struct vv_neighbors *const nb = &out[0].neighbors;
    VV_TRY(vv_agree(ctx->comm, read_rows(r, ctx->progress, nb)));
    vv_comm_sum_i64(ctx->comm, &r->counts.n_ties, (int)(sizeof r->counts / sizeof(int64_t)));
    VV_TRY(treat_duplicates(ctx, c, r, out[0].layer_name));
    VV_TRY(digest_of(ctx->comm, nb, &out[0].digest));
    VV_TRY(vv_agree(ctx->comm, tabulate(r, nb, out[0].layer_name, out[0].digest, &out[1].table)));
    return vv_search_describe(ctx->comm, nb, "knn", &out[1].table);
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct vv_input_config *const c = config;
    struct reading r = {.source = in->items[0][0]->source, .layer = out[0].layer};
    struct vv_neighbors *const nb = &out[0].neighbors;
    const int columns = vv_tables_columns(r.source, r.layer);
    int64_t *samples = NULL;
    r.rules = (struct vv_stored){.n_rows = vv_tables_rows(r.source, r.layer), .n_columns = columns,
                                 .has_self = has_self(c), .may_be_signed = c->neighbors.metric == VV_INNER_PRODUCT};
    r.n_at_once = READ_BYTES / (8 * (int64_t)columns) + 1;
    const int k = vv_stored_k(&r.rules);
    if (k >= r.rules.n_rows)
        return vv_fail(VV_INPUT, "'%s' has %d neighbors for each of %lld rows", vv_source_path(r.source, r.layer), k,
                       (long long)r.rules.n_rows);
    r.distance = vv_mem_new(r.n_at_once * columns, sizeof *r.distance, "stored distances");
    r.index = vv_mem_new(r.n_at_once * columns, sizeof *r.index, "stored indices");
    r.row_distance = vv_mem_new(columns, sizeof *r.row_distance, "a list of neighbors");
    r.row_index = vv_mem_new(columns, sizeof *r.row_index, "a list of neighbors");
    enum vv_status st = r.distance && r.index && r.row_distance && r.row_index ? VV_OK : VV_MEMORY;
    if (!st) st = vv_tables_samples(r.source, r.layer, &samples);
    if (!st) st = vv_neighbors_init(nb, vv_comm_layout(ctx->comm, r.rules.n_rows), k,
                                    (enum vv_metric)c->neighbors.metric, samples);
    st = vv_agree(ctx->comm, st);
    if (!st) st = fill(ctx, c, &r, out);
    vv_mem_free(samples);
    vv_mem_free(r.distance);
    vv_mem_free(r.index);
    vv_mem_free(r.row_distance);
    vv_mem_free(r.row_index);
    return st;
}

static enum vv_status verify(struct vv_context *ctx, const struct vv_artifact *out)
{
    (void)ctx;
    return vv_search_verify(&out[0].neighbors);
}

static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    return vv_summary_add_counts(summary, "rows", vv_table_find(table, "layers/n_rows"));
}

extern const struct vv_stage vv_stage_stored_knn;
const struct vv_stage vv_stage_stored_knn = {
    .name = "stored_knn",
    .summary = "takes neighbor tables that were computed elsewhere (input.neighbors), checks every list",
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
    .verify = verify,
    .summarize = summarize,
};
