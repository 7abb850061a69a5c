/* SPDX-License-Identifier: MIT */
/* imbalance: how well the neighborhoods of one layer predict those of another, in each direction. */
#include <math.h>
#include <string.h>

#include "io/networks.h"
#include "io/rows.h"
#include "neighbors/ranks.h"
#include "pipeline.h"
#include "stages/imbalance/report.h"

enum pairs { FIRST = 1, LAST = 2, NEXT = 4, ALL = 8 };

struct imbalance_config {
    unsigned pairs; /* of enum pairs */
    struct vv_ints k;
    int64_t part_rows;
    double scope;
    struct vv_texts networks;
};

#define AT(field) offsetof(struct imbalance_config, field)

static const char *const pair_names[] = {"first", "last", "next", "all", NULL};

static const struct vv_param params[] = {
    {.key = "pairs", .type = VV_PARAM_CHOICES, .offset = AT(pairs), .standard = "[first, last, next, all]",
     .choices = pair_names,
     .help = "which layers are compared: each with the first and the last of its series (that way), with the next "
             "(both ways), all with all"},
    {.key = "k", .type = VV_PARAM_INTS, .offset = AT(k), .standard = "1", .minimum = 1, .maximum = 1000,
     .help = "neighborhood sizes, ascending; 1 is that of the literature"},
    {.key = "part_rows", .type = VV_PARAM_INT, .offset = AT(part_rows), .standard = "0", .minimum = 0,
     .maximum = 2147483647.0,
     .help = "rows of disjoint random parts, as many as fit: mean and standard error over them; 0: all rows at "
             "once. The result depends on the number of rows: compare equal ones"},
    {.key = "scope", .type = VV_PARAM_FLOAT, .offset = AT(scope), .standard = "0.1", .minimum = 0.0,
     .maximum = 2.0,
     .help = "a layer's forward scope ends before the first layer that it predicts no better than this"},
    {.key = "networks", .type = VV_PARAM_TEXTS, .offset = AT(networks),
     .help = "which of input.others are other networks on the same inputs, row by row: all their layers are "
             "compared with all layers, both ways"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "neighbors", .kind = VV_NEIGHBORS},
                                        {.name = "source", .kind = VV_SOURCE},
                                        {.name = "others", .kind = VV_SOURCE},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "imbalance", .kind = VV_TABLE}, {.name = NULL}};

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct imbalance_config *const c = config;
    static const char key[] = "stages.imbalance.k";
    if (c->pairs == 0 && c->networks.n == 0)
        vv_diagnostics_add_key(d, "stages.imbalance.pairs", "give at least one, or networks");
    if (c->k.n == 0) vv_diagnostics_add_key(d, key, "give at least one size");
    for (int i = 1; i < c->k.n; i++)
        if (c->k.v[i] <= c->k.v[i - 1])
            vv_diagnostics_add_key(d, key, "sizes must ascend, but %lld comes after %lld",
                                   (long long)c->k.v[i], (long long)c->k.v[i - 1]);
    const int64_t most = c->k.n > 0 ? c->k.v[c->k.n - 1] : 1;
    if (c->part_rows > 0 && c->part_rows <= most)
        vv_diagnostics_add_key(d, "stages.imbalance.part_rows", "%lld neighbors need more than %lld rows",
                               (long long)most, (long long)c->part_rows);
    if (c->part_rows == 0 && shape->n <= most)
        vv_diagnostics_add_key(d, key, "%lld neighbors need more than %lld samples", (long long)most,
                               (long long)shape->n);
    if (shape->prepared)
        vv_diagnostics_add_key(d, "stages.imbalance",
                               "reads the rows of layers again from the input, where prepared ones are not; leave "
                               "stages.prepare out");
    if (shape->metric == VV_INNER_PRODUCT)
        vv_diagnostics_add_key(d, "stages.imbalance", "needs distances, which inner products are not; set "
                               "stages.knn.metric to euclidean or cosine");
    vv_networks_check(shape, &c->networks, "stages.imbalance.networks", d);
}

/* Layers whose rows are counted in, the part of B: those at the ends of a series if only these are asked for. */
static double count_passes(const struct imbalance_config *c, const struct vv_shape *shape)
{
    if (c->networks.n > 0 || c->pairs & (NEXT | ALL)) return shape->n_layers;
    return !!(c->pairs & FIRST) + !!(c->pairs & LAST);
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct imbalance_config *const c = config;
    const double n = (double)shape->n, k = c->k.n > 0 ? (double)c->k.v[c->k.n - 1] : 1.0;
    const bool whole = c->part_rows == 0 || c->part_rows >= shape->n;
    const double part = whole ? n : (double)c->part_rows, n_parts = floor(n / part);
    double n_spaces = shape->n_layers, n_others = 0.0, width = (double)shape->n_cols;
    enum vv_real type = shape->type;
    for (int i = 0, at; i < c->networks.n; i++) {
        const struct vv_other *const o = vv_network_find(shape->others, shape->n_others, c->networks.v[i], &at);
        if (!o) continue;
        n_others += o->n_layers;
        width = fmax(width, (double)o->n_cols);
        if (o->type == VV_FLOAT64) type = VV_FLOAT64;
    }
    n_spaces += n_others;
    const double passes = count_passes(c, shape) + n_others;
    const double n_local = ceil(n / shape->size), row = width * (double)vv_real_bytes(type);
    const int targets = (int)(k * n_spaces);
    cost->flops = n_parts * part * part * (2.0 * width * passes + 2.0 * k * n_spaces * passes + width * n_others);
    cost->bytes_read = n * (row * (passes + n_others) + 4.0 * shape->k * (n_spaces + passes));
    cost->bytes_sent = 2.0 * passes * n_parts * ceil(part / shape->size) * row * (shape->size - 1);
    const double search = vv_neighbors_search_memory((int64_t)part, (int64_t)width, type, (int)k,
                                                     shape->metric, shape->size, shape->threads,
                                                     shape->on_disk ? shape->memory : 0);
    const double count = vv_neighbors_ranks_memory((int64_t)part, (int64_t)width, type, shape->metric,
                                                   targets, shape->size, shape->threads);
    /* Rows of one layer, and of a part of it; all lists; targets and ranks of a part; positions and places. */
    const double part_local = ceil(part / shape->size);
    cost->bytes_memory = (shape->on_disk ? 2.0 * VV_COOL_BYTES : (n_local + (whole ? 0.0 : part_local)) * row) +
                         4.0 * k * n_spaces * n_local + 8.0 * part_local * targets +
                         n * (3.0 * 8.0 + 3.0 * 4.0 + 16.0) +
                         4.0 * 2048.0 * shape->k + VV_ROWS_READ_BYTES + fmax(search, count);
    if (shape->on_disk)
        cost->bytes_scratch = (n_local + part_local) * row +
                              vv_neighbors_search_scratch((int64_t)part, 0, (int64_t)width, (int)k, shape->metric,
                                                          shape->size);
}

/* All layers of the run, then those of the networks. */
static enum vv_status list_spaces(const struct imbalance_config *c, const struct vv_context *ctx,
                                  const struct vv_inputs *in, struct vv_imbalance_report *r)
{
    r->n = r->n_layers = ctx->n_layers;
    r->n_networks = c->networks.n;
    r->networks = vv_mem_new(c->networks.n, sizeof *r->networks, "networks");
    if (!r->networks) return VV_MEMORY;
    for (int i = 0, at; i < c->networks.n; i++) {
        const struct vv_other *const o = vv_network_find(ctx->others, ctx->n_others, c->networks.v[i], &at);
        r->networks[i] = (struct vv_imbalance_network){o->name, in->items[2][at]->source, r->n, o->n_layers};
        r->n += o->n_layers;
    }
    r->spaces = vv_mem_new(r->n, sizeof *r->spaces, "layers to compare");
    r->wanted = vv_mem_new((int64_t)r->n * r->n, sizeof *r->wanted, "pairs of layers");
    r->result = vv_mem_new((int64_t)c->k.n * r->n * r->n, sizeof *r->result, "imbalances");
    r->n_rows = vv_mem_new((int64_t)r->n * r->n, sizeof *r->n_rows, "numbers of rows");
    r->n_parts = vv_mem_new((int64_t)r->n * r->n, sizeof *r->n_parts, "numbers of parts");
    if (!r->spaces || !r->wanted || !r->result || !r->n_rows || !r->n_parts) return VV_MEMORY;
    for (int l = 0; l < ctx->n_layers; l++)
        r->spaces[l] = (struct vv_space){in->items[1][0]->source, l, &in->items[0][l]->neighbors};
    for (int i = 0; i < r->n_networks; i++)
        for (int l = 0; l < r->networks[i].n; l++)
            r->spaces[r->networks[i].first + l] = (struct vv_space){r->networks[i].source, l, NULL};
    return VV_OK;
}

static void want(const struct imbalance_config *c, const struct vv_series *series, struct vv_imbalance_report *r)
{
    const int n = r->n;
    for (int s = 0; s < series->n; s++)
        for (int l = series->first[s]; l < series->first[s + 1]; l++) {
            const int last = series->first[s + 1] - 1;
            if (c->pairs & FIRST) r->wanted[l * n + series->first[s]] = true;
            if (c->pairs & LAST) r->wanted[l * n + last] = true;
            if (c->pairs & NEXT && l < last) r->wanted[l * n + l + 1] = r->wanted[(l + 1) * n + l] = true;
        }
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            if ((c->pairs & ALL && a < r->n_layers && b < r->n_layers) || (a < r->n_layers) != (b < r->n_layers))
                r->wanted[a * n + b] = true;
}

/* No layer of one predicts neighbors in the other at all: perhaps the rows do not belong together. */
static void look_for_disorder(const struct vv_imbalance_report *r, struct vv_log *log)
{
    for (int i = 0; i < r->n_networks; i++) {
        double least = INFINITY;
        bool related = false;
        for (int l = 0; l < r->networks[i].n; l++)
            for (int a = 0; a < r->n_layers; a++) {
                const struct vv_imbalance *const to = &r->result[a * r->n + r->networks[i].first + l];
                least = fmin(least, to->value);
                related = related || (to->value < 0.9 && to->value + 4.0 * to->std_error < 1.0);
            }
        if (!related && isfinite(least))
            vv_log_finding(log, "no layer predicts the neighbors in any layer of '%s' (imbalance %.2f or more): are "
                           "its rows the same inputs in the same order?", r->networks[i].name, least);
    }
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct imbalance_config *const c = config;
    struct vv_series series = {.n = 0};
    struct vv_imbalance_report r = {.ks = c->k.v, .n_ks = c->k.n, .table = &out[0].table, .scope = c->scope,
                                    .all = c->pairs & ALL, .first = c->pairs & FIRST, .last = c->pairs & LAST,
                                    .next = c->pairs & NEXT, .in_parts = c->part_rows > 0, .series = &series};
    enum vv_status st = list_spaces(c, ctx, in, &r);
    if (!st) st = vv_series_init(&series, ctx->n_layers, ctx->layer_names);
    st = vv_agree(ctx->comm, st);
    if (!st) {
        want(c, &series, &r);
        struct vv_comparison comparison = {
            .spaces = r.spaces, .n = r.n, .wanted = r.wanted, .ks = r.ks, .n_ks = r.n_ks,
            .part_rows = c->part_rows, .seed = ctx->seed, .log = ctx->log, .result = r.result,
            .n_rows = r.n_rows, .n_parts = r.n_parts,
            .how = {.metric = in->items[0][0]->neighbors.metric, .threads = ctx->threads,
                    .scratch = ctx->scratch, .memory = ctx->memory, .progress = ctx->progress}};
        st = vv_imbalance_compare(ctx->comm, &comparison);
    }
    if (!st) look_for_disorder(&r, ctx->log);
    if (!st) st = vv_agree(ctx->comm, vv_imbalance_tabulate(&r));
    void *const blocks[] = {r.networks, r.spaces, r.wanted, r.result, r.n_rows, r.n_parts};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) vv_mem_free(blocks[i]);
    vv_series_release(&series);
    return st;
}

static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    const struct vv_column *const next = vv_table_find(table, "imbalance/to_next");
    const struct vv_column *const error = vv_table_find(table, "imbalance/to_next_std_error");
    if (!next || !error) return VV_OK;
    return vv_summary_add(summary, "imbalance to next", next->f64, error->f64, 3); /* at the smallest k */
}

static const struct vv_figure_wish figures[] = {
    {.kind = VV_FIGURE_MATRIX, .name = "imbalance", .axis = "imbalance",
     .title = "imbalance from a layer (row) to another (column)", .columns = {"imbalance/layer_to_layer"}},
    {.kind = VV_FIGURE_PROFILE, .name = "imbalance_next", .title = "imbalance with the next layer",
     .axis = "imbalance", .columns = {"imbalance/to_next", "imbalance/from_next"},
     .labels = {"to the next layer", "from the next layer"}},
    {.kind = VV_FIGURE_PROFILE, .name = "imbalance_ends", .title = "imbalance to the ends", .axis = "imbalance",
     .columns = {"imbalance/to_last", "imbalance/to_first"}, .labels = {"to the last layer", "to the first layer"}},
    {.kind = VV_FIGURE_SCATTER, .name = "imbalance_plane", .title = "imbalance plane of neighboring layers",
     .columns = {"imbalance/from_next"}, .against = {"imbalance/to_next"}, .diagonal = true},
    {.kind = VV_FIGURE_MATRIX, .name = "imbalance_to_network_*", .title = "imbalance to the layers of *",
     .axis = "imbalance",
     .columns = {"imbalance/to_network/*"}},
    {.kind = VV_FIGURE_MATRIX, .name = "imbalance_from_network_*", .title = "imbalance from the layers of *",
     .axis = "imbalance",
     .columns = {"imbalance/from_network/*"}},
    {.name = NULL},
};

extern const struct vv_stage vv_stage_imbalance;
const struct vv_stage vv_stage_imbalance = {
    .name = "imbalance",
    .summary = "Information Imbalance between layers and with other networks",
    .cite = "Glielmo, Zeni, Cheng, Csanyi, Laio, PNAS Nexus 1:pgac039 (2022)",
    .version = 1,
    .scope = VV_ALL_LAYERS,
    .seeded = true,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct imbalance_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .summarize = summarize,
};
