/* SPDX-License-Identifier: MIT */
/* similarity: how alike layers are, to each other and to those of another network on the same inputs. */
#include <math.h>
#include <string.h>

#include "data/series.h"
#include "io/networks.h"
#include "io/rows.h"
#include "pipeline.h"
#include "stages/similarity/core.h"
#include "stages/similarity/networks.h"
#include "stages/similarity/report.h"

enum measures { LINEAR = 1, UNBIASED = 2, RBF = 4, COSINE = 8, OVERLAP = 16 };
enum pairs { FIRST = 1, LAST = 2, NEXT = 4, ALL = 8 };

struct similarity_config {
    unsigned measures, pairs;
    int64_t batch;
    double bandwidth;
    struct vv_ints k;
    struct vv_texts networks;
};

#define AT(field) offsetof(struct similarity_config, field)

static const char *const measure_names[] = {"linear_cka", "linear_cka_unbiased", "rbf_cka", "cosine",
                                            "neighbor_overlap", NULL};
static const char *const pair_names[] = {"first", "last", "next", "all", NULL};

static const struct vv_param params[] = {
    {.key = "measures", .type = VV_PARAM_CHOICES, .offset = AT(measures),
     .standard = "[linear_cka, linear_cka_unbiased, rbf_cka, cosine, neighbor_overlap]", .choices = measure_names,
     .help = "what is measured; neighbor_overlap: with other networks only (between layers: stage composition)"},
    {.key = "pairs", .type = VV_PARAM_CHOICES, .offset = AT(pairs), .standard = "[all]", .choices = pair_names,
     .help = "which layers are compared: each with the first, the last, the next of its series, all with all"},
    {.key = "batch", .type = VV_PARAM_INT, .offset = AT(batch), .standard = "256", .minimum = 4, .maximum = 8192,
     .help = "rows of the random minibatches of unbiased and RBF CKA"},
    {.key = "bandwidth", .type = VV_PARAM_FLOAT, .offset = AT(bandwidth), .standard = "1.0", .minimum = 0.01,
     .maximum = 100.0, .help = "RBF CKA: width of the Gaussian kernel in medians of the distances between samples"},
    {.key = "k", .type = VV_PARAM_INTS, .offset = AT(k), .standard = "30", .minimum = 1, .maximum = 1000,
     .help = "neighbor_overlap: neighborhood sizes, ascending, at most knn.k"},
    {.key = "networks", .type = VV_PARAM_TEXTS, .offset = AT(networks),
     .help = "which of input.others are other networks on the same inputs, row by row: all their layers are "
             "compared with all layers"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "neighbors", .kind = VV_NEIGHBORS},
                                        {.name = "source", .kind = VV_SOURCE},
                                        {.name = "others", .kind = VV_SOURCE},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "similarity", .kind = VV_TABLE}, {.name = NULL}};

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct similarity_config *const c = config;
    static const char key[] = "stages.similarity.k";
    const bool overlap = c->measures & OVERLAP && c->networks.n > 0;
    if (!overlap && !(c->measures & ~(unsigned)OVERLAP))
        vv_diagnostics_add_key(d, "stages.similarity.measures", c->measures & OVERLAP
                               ? "neighbor_overlap is measured with other networks: add networks, or another measure"
                               : "give at least one");
    if (overlap && c->k.n == 0) vv_diagnostics_add_key(d, key, "give at least one size");
    for (int i = 0; overlap && i < c->k.n; i++) {
        if (shape->k > 0 && c->k.v[i] > shape->k)
            vv_diagnostics_add_key(d, key, "%lld is more than the %d neighbors that stages.knn.k stores",
                                   (long long)c->k.v[i], shape->k);
        if (i > 0 && c->k.v[i] <= c->k.v[i - 1])
            vv_diagnostics_add_key(d, key, "sizes must ascend, but %lld comes after %lld", (long long)c->k.v[i],
                                   (long long)c->k.v[i - 1]);
    }
    if (shape->prepared)
        vv_diagnostics_add_key(d, "stages.similarity",
                               "reads the rows of layers again from the input, where prepared ones are not; leave "
                               "stages.prepare out");
    vv_networks_check(shape, &c->networks, "stages.similarity.networks", d);
}

/* Pairs of different spaces that are compared, and how many times rows are read for that, at most. */
static void count_pairs(const struct similarity_config *c, const struct vv_shape *shape, double n_others,
                        double *pairs, double *reads)
{
    const double layers = shape->n_layers;
    *pairs = c->pairs & ALL ? 0.5 * layers * (layers - 1.0)
                            : layers * (!!(c->pairs & FIRST) + !!(c->pairs & LAST) + !!(c->pairs & NEXT));
    *pairs += layers * n_others;
    *reads = *pairs + layers;
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct similarity_config *const c = config;
    const double n = (double)shape->n, n_local = ceil(n / shape->size), batch = fmin((double)c->batch, n);
    double n_others = 0.0, width = (double)shape->n_cols, pairs, reads;
    enum vv_real type = shape->type;
    for (int i = 0, at; i < c->networks.n; i++) {
        const struct vv_other *const o = vv_network_find(shape->others, shape->n_others, c->networks.v[i], &at);
        if (!o) continue;
        n_others += o->n_layers;
        width = fmax(width, (double)o->n_cols);
        if (o->type == VV_FLOAT64) type = VV_FLOAT64;
    }
    count_pairs(c, shape, n_others, &pairs, &reads);
    const double row = width * (double)vv_real_bytes(type), tiles = ceil(width / VV_SIMILARITY_TILE);
    const double with_itself = pairs + shape->n_layers + n_others;
    if (c->measures & LINEAR) cost->flops += n * width * width * (pairs + with_itself);
    if (c->measures & (UNBIASED | RBF)) cost->flops += n * batch * (4.0 * width * with_itself + 40.0 * with_itself);
    if (c->measures & COSINE) cost->flops += 6.0 * n * width * pairs;
    if (c->measures & OVERLAP) cost->flops += n * n * width * n_others;
    cost->bytes_read = n * row * reads;
    cost->bytes_sent = n_local * row * reads * (shape->size - 1) / shape->size;
    if (shape->size > 1 && c->measures & LINEAR)
        cost->bytes_sent += 2.0 * 8.0 * tiles * tiles * VV_SIMILARITY_TILE * VV_SIMILARITY_TILE * with_itself;
    /* Two spaces, one of them while it is dealt, windows of that; positions, samples, keys of the order. */
    const double rows = 3.0 * n_local * row, window = fmin(n_local * row, VV_ROWS_READ_BYTES);
    cost->bytes_memory = (shape->on_disk ? 4.0 * VV_COOL_BYTES : rows) + 2.0 * window + n * (3.0 * 8.0 + 2.0 * 16.0) +
                         VV_ROWS_READ_BYTES + vv_bench_memory((int64_t)batch, (int64_t)width, shape->threads);
    if (shape->on_disk) cost->bytes_scratch = rows;
    if (!(c->measures & OVERLAP) || c->networks.n == 0) return;
    const int k = c->k.n > 0 ? (int)c->k.v[c->k.n - 1] : 1;
    const double search = vv_neighbors_search_memory(shape->n, (int64_t)width, type, k, shape->metric,
                                                     shape->size, shape->threads, shape->on_disk ? shape->memory : 0);
    cost->bytes_memory = fmax(cost->bytes_memory, search + (shape->on_disk ? 2.0 * VV_COOL_BYTES : n_local * row) +
                                                      12.0 * k * n_local + 2.0 * n + 8.0 * n);
    if (shape->on_disk)
        cost->bytes_scratch = fmax(cost->bytes_scratch, n_local * row + vv_neighbors_search_scratch(
                                       shape->n, 0, (int64_t)width, k, shape->metric, shape->size));
}

/* Everything a run owns. */
struct similarity {
    const struct similarity_config *config;
    struct vv_context *ctx;
    int n;                        /* spaces: layers of the run, then those of the networks */
    struct vv_space *spaces;
    bool *wanted;
    struct vv_groups groups;
    struct vv_similarity_network *networks;
    struct vv_similarities found;
};

static enum vv_status list_spaces(struct similarity *it, const struct vv_inputs *in)
{
    const struct vv_texts *const names = &it->config->networks;
    const struct vv_context *const ctx = it->ctx;
    it->n = ctx->n_layers;
    it->networks = vv_mem_new(names->n, sizeof *it->networks, "networks");
    if (!it->networks) return VV_MEMORY;
    for (int i = 0, at; i < names->n; i++) {
        const struct vv_other *const o = vv_network_find(ctx->others, ctx->n_others, names->v[i], &at);
        struct vv_similarity_network *const net = &it->networks[i];
        *net = (struct vv_similarity_network){o->name, in->items[2][at]->source, it->n, o->n_layers, NULL};
        net->tallies = vv_mem_new((int64_t)it->config->k.n * ctx->n_layers * net->n, sizeof *net->tallies,
                                  "neighborhoods in common");
        if (!net->tallies) return VV_MEMORY;
        it->n += net->n;
    }
    it->spaces = vv_mem_new(it->n, sizeof *it->spaces, "layers to compare");
    it->wanted = vv_mem_new((int64_t)it->n * it->n, sizeof *it->wanted, "pairs of layers");
    if (!it->spaces || !it->wanted) return VV_MEMORY;
    for (int l = 0; l < ctx->n_layers; l++)
        it->spaces[l] = (struct vv_space){in->items[1][0]->source, l, &in->items[0][l]->neighbors};
    for (int i = 0; i < names->n; i++)
        for (int l = 0; l < it->networks[i].n; l++)
            it->spaces[it->networks[i].first + l] = (struct vv_space){it->networks[i].source, l, NULL};
    return VV_OK;
}

static enum vv_status want(struct similarity *it)
{
    const unsigned pairs = it->config->pairs;
    const int n = it->n, n_layers = it->ctx->n_layers;
    struct vv_series series;
    VV_TRY(vv_series_init(&series, n_layers, it->ctx->layer_names));
    for (int s = 0; s < series.n; s++)
        for (int l = series.first[s]; l < series.first[s + 1]; l++) {
            it->wanted[l * n + l] = true;
            if (pairs & FIRST) it->wanted[l * n + series.first[s]] = true;
            if (pairs & LAST) it->wanted[l * n + series.first[s + 1] - 1] = true;
            if (pairs & NEXT && l + 1 < series.first[s + 1]) it->wanted[l * n + l + 1] = true;
        }
    for (int a = 0; a < n_layers; a++)
        for (int b = 0; b < n; b++)
            if (pairs & ALL || b >= n_layers) it->wanted[a * n + b] = true;
    vv_series_release(&series);
    return VV_OK;
}

static enum vv_status allocate(struct similarity *it)
{
    const int64_t pairs = (int64_t)it->n * it->n;
    struct vv_similarities *const f = &it->found;
    *f = (struct vv_similarities){
        .spaces = it->spaces, .n = it->n, .wanted = it->wanted, .groups = &it->groups,
        .how = {.linear = it->config->measures & LINEAR, .unbiased = it->config->measures & UNBIASED,
                .rbf = it->config->measures & RBF, .cosine = it->config->measures & COSINE,
                .bandwidth = it->config->bandwidth, .threads = it->ctx->threads > 0 ? it->ctx->threads : 1},
        .batch = it->config->batch, .seed = it->ctx->seed, .scratch = it->ctx->scratch,
        .progress = it->ctx->progress};
    f->value = vv_mem_new(VV_N_SIMILARITIES * pairs, sizeof *f->value, "similarities");
    f->bandwidth = vv_mem_new(it->n, sizeof *f->bandwidth, "bandwidths");
    f->n_rows = vv_mem_new(pairs, sizeof *f->n_rows, "numbers of rows");
    f->n_batches = vv_mem_new(pairs, sizeof *f->n_batches, "numbers of batches");
    return f->value && f->bandwidth && f->n_rows && f->n_batches ? VV_OK : VV_MEMORY;
}

static void release(struct similarity *it)
{
    for (int i = 0; it->networks && i < it->config->networks.n; i++) vv_mem_free(it->networks[i].tallies);
    void *const blocks[] = {it->networks, it->spaces, it->wanted, it->found.value, it->found.bandwidth,
                            it->found.n_rows, it->found.n_batches};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) vv_mem_free(blocks[i]);
    vv_groups_release(&it->groups);
}

/* Collective. */
static enum vv_status overlap(struct similarity *it)
{
    for (int i = 0; i < it->config->networks.n; i++) {
        const struct vv_similarity_network *const net = &it->networks[i];
        const int n = it->ctx->n_layers + net->n;
        struct vv_groups groups = {.n = 0};
        struct vv_space *const spaces = vv_mem_new(n, sizeof *spaces, "layers to compare");
        bool *const wanted = vv_mem_new((int64_t)n * n, sizeof *wanted, "pairs of layers");
        enum vv_status st = spaces && wanted ? VV_OK : VV_MEMORY;
        for (int a = 0; !st && a < n; a++) {
            spaces[a] = it->spaces[a < it->ctx->n_layers ? a : net->first + a - it->ctx->n_layers];
            for (int b = 0; b < n; b++) wanted[a * n + b] = a < it->ctx->n_layers && b >= it->ctx->n_layers;
        }
        if (!st) st = vv_groups_init(&groups, spaces, n, wanted);
        const struct vv_network_overlap o = {
            .spaces = spaces, .n_layers = it->ctx->n_layers, .n_others = net->n, .groups = &groups,
            .ks = it->config->k.v, .n_ks = it->config->k.n, .tallies = net->tallies,
            .how = {.threads = it->ctx->threads, .scratch = it->ctx->scratch, .memory = it->ctx->memory}};
        st = vv_agree(it->ctx->comm, st);
        if (!st) st = vv_network_overlap(it->ctx->comm, &o);
        vv_groups_release(&groups);
        vv_mem_free(spaces);
        vv_mem_free(wanted);
        VV_TRY(st);
    }
    return VV_OK;
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    struct similarity it = {.config = config, .ctx = ctx};
    const bool overlaps = it.config->measures & OVERLAP && it.config->networks.n > 0;
    enum vv_status st = list_spaces(&it, in);
    if (!st) st = want(&it);
    if (!st) st = vv_groups_init(&it.groups, it.spaces, it.n, it.wanted);
    if (!st) st = allocate(&it);
    st = vv_agree(ctx->comm, st);
    if (!st) st = vv_similarities_compare(ctx->comm, &it.found);
    if (!st && overlaps) st = overlap(&it);
    const struct vv_similarity_report report = {.n_layers = ctx->n_layers, .found = &it.found,
                                                .ks = it.config->k.v, .n_ks = it.config->k.n,
                                                .overlap = overlaps, .networks = it.networks,
                                                .n_networks = it.config->networks.n, .table = &out[0].table};
    if (!st) st = vv_agree(ctx->comm, vv_similarity_tabulate(&report));
    release(&it);
    return st;
}

static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    const struct vv_column *const cka = vv_table_find(table, "similarity/linear_cka");
    const int n = summary->n_layers;
    struct vv_series series;
    if (!cka) return VV_OK;
    double *const next = vv_mem_new(n, sizeof *next, "summary");
    enum vv_status st = next ? vv_series_init(&series, n, summary->layer_names) : VV_MEMORY;
    if (!st) {
        for (int l = 0; l < n; l++) next[l] = NAN;
        for (int s = 0; s < series.n; s++)
            for (int l = series.first[s]; l + 1 < series.first[s + 1]; l++) next[l] = cka->f64[l * n + l + 1];
        st = vv_summary_add(summary, "CKA to next", next, NULL, 3);
        vv_series_release(&series);
    }
    vv_mem_free(next);
    return st;
}

static const struct vv_figure_wish figures[] = {
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_linear_cka", .columns = {"similarity/linear_cka"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_linear_cka_unbiased", .columns = {"similarity/linear_cka_unbiased"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_rbf_cka", .columns = {"similarity/rbf_cka"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_cosine", .columns = {"similarity/cosine"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_angular_distance", .columns = {"similarity/angular_distance"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_linear_cka_with_*",
     .title = "linear CKA with the layers of *", .columns = {"similarity/linear_cka_with/*"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_linear_cka_unbiased_with_*",
     .title = "unbiased linear CKA with the layers of *", .columns = {"similarity/linear_cka_unbiased_with/*"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_rbf_cka_with_*",
     .title = "RBF CKA with the layers of *", .columns = {"similarity/rbf_cka_with/*"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_cosine_with_*",
     .title = "mean cosine with the layers of *", .columns = {"similarity/cosine_with/*"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_angular_distance_with_*",
     .title = "mean angular distance with the layers of *", .columns = {"similarity/angular_distance_with/*"}},
    {.kind = VV_FIGURE_MATRIX, .name = "similarity_neighbor_overlap_with_*",
     .title = "neighborhood overlap with the layers of *", .columns = {"similarity/neighbor_overlap_with/*"}},
    {.name = NULL},
};

extern const struct vv_stage vv_stage_similarity;
const struct vv_stage vv_stage_similarity = {
    .name = "similarity",
    .summary = "CKA, cosine and neighborhood overlap of layers and other networks",
    .cite = "Kornblith, Norouzi, Lee, Hinton, ICML (2019); Nguyen, Raghu, Kornblith, ICLR (2021)",
    .version = 1,
    .scope = VV_ALL_LAYERS,
    .seeded = true,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct similarity_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .summarize = summarize,
};
