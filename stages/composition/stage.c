/* SPDX-License-Identifier: MIT */
/* composition: which neighbors layers share, and how many of them have a sample's own label. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/series.h"
#include "pipeline.h"
#include "stages/composition/pairs.h"

struct composition_config {
    struct vv_ints k;
};

static const struct vv_param params[] = {
    {.key = "k", .type = VV_PARAM_INTS, .offset = offsetof(struct composition_config, k),
     .standard = "[10, 30]", .minimum = 1, .maximum = 1000,
     .help = "neighborhood sizes, ascending, at most knn.k"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "neighbors", .kind = VV_NEIGHBORS},
                                        {.name = "labels", .kind = VV_LABELS, .optional = true},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "composition", .kind = VV_TABLE},
                                         {.name = NULL}};

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct vv_ints *k = &((const struct composition_config *)config)->k;
    static const char key[] = "stages.composition.k";
    if (k->n == 0) vv_diagnostics_add_key(d, key, "give at least one size");
    for (int i = 0; i < k->n; i++) {
        if (shape->k > 0 && k->v[i] > shape->k)
            vv_diagnostics_add_key(d, key,
                                   "%lld is more than the %d neighbors that stages.knn.k stores",
                                   (long long)k->v[i], shape->k);
        if (i > 0 && k->v[i] <= k->v[i - 1])
            vv_diagnostics_add_key(d, key, "sizes must ascend, but %lld comes after %lld",
                                   (long long)k->v[i], (long long)k->v[i - 1]);
    }
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct vv_ints *k = &((const struct composition_config *)config)->k;
    const double n = (double)shape->n, most = k->n > 0 ? (double)k->v[k->n - 1] : 0.0;
    const double layers = shape->n_layers;
    cost->flops = n * most * (0.5 * layers * layers + layers * shape->n_label_sets);
    cost->bytes_memory = 2.0 * n + (32 << 20) + 24.0 * k->n * layers * layers;
    cost->bytes_read = n * most * sizeof(int32_t) * layers * (1 + shape->n_label_sets);
}

/* Where the stage is: the layers, and the table it fills. */
struct composition {
    struct vv_context *ctx;
    struct vv_layers layers;
    struct vv_table *table;
};

static enum vv_status add(struct composition *it, const char *name, const char *long_name,
                          const char *description, int n_dims, struct vv_column **out)
{
    const struct vv_column_spec spec = {
        .name = name, .long_name = long_name, .units = "1", .description = description,
        .type = VV_F64,
        .dims = {{"composition/k", it->layers.n_ks},
                 {"layer", it->layers.n},
                 {n_dims > 2 ? "other_layer" : NULL, it->layers.n}}};
    return vv_table_add(it->table, &spec, out);
}

static enum vv_status add_coordinate(struct composition *it)
{
    struct vv_column *k;
    const struct vv_column_spec spec = {.name = "composition/k", .long_name = "neighborhood size k",
                                        .units = "1",
                                        .description = "neighbors of a sample that are looked at",
                                        .type = VV_I64,
                                        .dims = {{"composition/k", it->layers.n_ks}}};
    VV_TRY(vv_table_add(it->table, &spec, &k));
    memcpy(k->i64, it->layers.ks, (size_t)it->layers.n_ks * sizeof *k->i64);
    return VV_OK;
}

/* Samples that two layers both hold: ascending lists, or all. */
static int64_t count_common(const struct vv_neighbors *a, const struct vv_neighbors *b)
{
    int64_t i = 0, j = 0, n = 0;
    while (i < a->layout.n && j < b->layout.n) {
        const int64_t x = a->sample ? a->sample[i] : i, y = b->sample ? b->sample[j] : j;
        n += x == y;
        i += x <= y;
        j += y <= x;
    }
    return n;
}

static enum vv_status tabulate_pairs(struct composition *it, const struct vv_tally *tallies)
{
    const struct vv_layers *const l = &it->layers;
    struct vv_column *value, *error, *chance, *common;
    VV_TRY(add(it, "composition/layer_overlap", "layer overlap",
               "mean over the samples both layers hold of the share of their k nearest neighbors "
               "that the two layers have in common (Doimo et al. 2020)", 3, &value));
    VV_TRY(add(it, "composition/layer_overlap_std_error", "standard error of the layer overlap",
               "standard deviation over samples / sqrt(their number)", 3, &error));
    VV_TRY(add(it, "composition/layer_overlap_chance", "layer overlap by chance",
               "expected for random neighborhoods: k (n_common - 1)/((n - 1)(n_other - 1))", 3,
               &chance));
    const struct vv_column_spec spec = {
        .name = "composition/n_common", .long_name = "common samples", .units = "1",
        .description = "samples that both layers hold after duplicates were dropped",
        .type = VV_I64, .dims = {{"layer", l->n}, {"other_layer", l->n}}};
    VV_TRY(vv_table_add(it->table, &spec, &common));
    for (int a = 0; a < l->n; a++)
        for (int b = 0; b < l->n; b++)
            common->i64[a * l->n + b] = count_common(l->tables[a], l->tables[b]);
    for (int i = 0; i < l->n_ks; i++)
        for (int a = 0; a < l->n; a++)
            for (int b = 0; b < l->n; b++) {
                const int at = (i * l->n + a) * l->n + b;
                const int low = a < b ? a : b, high = a < b ? b : a;
                const struct vv_tally *t = &tallies[(i * l->n + low) * l->n + high];
                if (l->ks[i] > l->tables[a]->k || l->ks[i] > l->tables[b]->k) continue;
                value->f64[at] = a == b ? 1.0 : vv_tally_mean(t, l->ks[i]);
                error->f64[at] = a == b ? 0.0 : vv_tally_error(t, l->ks[i]);
                chance->f64[at] =
                    a == b ? 1.0
                           : vv_overlap_chance(l->ks[i], l->tables[a]->layout.n,
                                               l->tables[b]->layout.n, common->i64[a * l->n + b]);
            }
    return VV_OK;
}

/* The overlap with the next layer of the same series; NaN for the last of each. */
static enum vv_status tabulate_next(struct composition *it)
{
    const int n = it->layers.n;
    const struct vv_column *all = vv_table_find(it->table, "composition/layer_overlap");
    struct vv_column *next;
    struct vv_series series;
    VV_TRY(add(it, "composition/next_layer_overlap", "overlap with the next layer",
               "layer overlap with the following layer; missing at the last layer of a series", 2,
               &next));
    VV_TRY(vv_series_init(&series, n, it->ctx->layer_names));
    for (int i = 0; i < it->layers.n_ks; i++)
        for (int s = 0; s < series.n; s++)
            for (int a = series.first[s]; a + 1 < series.first[s + 1]; a++)
                next->f64[i * n + a] = all->f64[(i * n + a) * n + a + 1];
    vv_series_release(&series);
    return VV_OK;
}

/* Collective. */
static enum vv_status run_pairs(struct composition *it)
{
    const struct vv_layers *const l = &it->layers;
    struct vv_tally *tallies =
        vv_mem_new((int64_t)l->n_ks * l->n * l->n, sizeof *tallies, "overlaps");
    enum vv_status st = vv_agree(it->ctx->comm, tallies ? VV_OK : VV_MEMORY);
    if (!st) st = vv_layers_overlap(it->ctx->comm, l, it->ctx->progress, tallies);
    if (!st) st = tabulate_pairs(it, tallies);
    if (!st) st = tabulate_next(it);
    vv_mem_free(tallies);
    return vv_agree(it->ctx->comm, st);
}

enum { PLAIN, PLAIN_ERROR, PLAIN_CHANCE, WEIGHTED, WEIGHTED_ERROR, WEIGHTED_CHANCE, N_COLUMNS };

static enum vv_status add_label_columns(struct composition *it, const char *label,
                                        struct vv_column *columns[N_COLUMNS])
{
    static const struct { const char *ending, *long_name, *description; } text[N_COLUMNS] = {
        {"", "label overlap",
         "mean over labelled rows of the share of the k nearest neighbors with the same label"},
        {"_std_error", "standard error of the label overlap",
         "standard deviation over rows / sqrt(their number)"},
        {"_chance", "label overlap by chance",
         "mean over labelled rows of the share of their label among all other rows"},
        {"_weighted", "class-weighted label overlap",
         "mean over classes of the class means: every class counts the same"},
        {"_weighted_std_error", "standard error of the class-weighted label overlap",
         "from the standard errors of the class means"},
        {"_weighted_chance", "class-weighted label overlap by chance",
         "mean over classes of the share of the class among all other rows"},
    };
    for (int i = 0; i < N_COLUMNS; i++) {
        char name[512], long_name[256];
        const int n = snprintf(name, sizeof name, "composition/label_overlap/%s%s", label,
                               text[i].ending);
        snprintf(long_name, sizeof long_name, "%s, %.100s", text[i].long_name, label);
        if (n >= (int)sizeof name || vv_table_find(it->table, name)) {
            vv_fail(VV_USAGE, "the label set's name '%.200s' %s", label,
                    n >= (int)sizeof name ? "is too long" : "names a result already");
            return vv_error_hint("rename it under input.labels");
        }
        VV_TRY(add(it, name, long_name, text[i].description, 2, &columns[i]));
    }
    return VV_OK;
}

static void fill_labels(const struct composition *it, int layer, const struct vv_tally *tallies,
                        int n_classes, struct vv_column *const columns[N_COLUMNS])
{
    for (int i = 0; i < it->layers.n_ks; i++) {
        const int64_t k = it->layers.ks[i];
        if (k > it->layers.tables[layer]->k) continue;
        const struct vv_label_overlap o = vv_label_overlap_of(
            tallies + (int64_t)i * n_classes, n_classes, k, it->layers.tables[layer]->layout.n);
        const int at = i * it->layers.n + layer;
        columns[PLAIN]->f64[at] = o.plain;
        columns[PLAIN_ERROR]->f64[at] = o.plain_error;
        columns[PLAIN_CHANCE]->f64[at] = o.plain_chance;
        columns[WEIGHTED]->f64[at] = o.weighted;
        columns[WEIGHTED_ERROR]->f64[at] = o.weighted_error;
        columns[WEIGHTED_CHANCE]->f64[at] = o.weighted_chance;
    }
}

/* Collective. One label set, layer after layer. */
static enum vv_status run_labels(struct composition *it, const struct vv_labels *labels)
{
    const int64_t n = (int64_t)it->layers.n_ks * labels->n_classes;
    struct vv_column *columns[N_COLUMNS];
    struct vv_tally *tallies = vv_mem_new(n, sizeof *tallies, "label overlaps");
    enum vv_status st = tallies ? VV_OK : VV_MEMORY;
    if (!st) st = add_label_columns(it, labels->name, columns);
    st = vv_agree(it->ctx->comm, st);
    for (int l = 0; !st && l < it->layers.n; l++) {
        memset(tallies, 0, (size_t)n * sizeof *tallies);
        st = vv_layers_label_overlap(it->ctx->comm, &it->layers, l, labels, tallies);
        if (!st) fill_labels(it, l, tallies, labels->n_classes, columns);
    }
    vv_mem_free(tallies);
    return st;
}

static int64_t count_samples(const struct vv_layers *l)
{
    int64_t n = 0;
    for (int a = 0; a < l->n; a++) {
        const struct vv_neighbors *nb = l->tables[a];
        const int64_t here = !nb->sample       ? nb->layout.n
                             : nb->layout.n > 0 ? nb->sample[nb->layout.n - 1] + 1
                                                : 0;
        if (here > n) n = here;
    }
    return n;
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct vv_ints *k = &((const struct composition_config *)config)->k;
    const int n = in->n[0];
    const struct vv_neighbors **tables = vv_mem_new(n, sizeof *tables, "tables");
    struct composition it = {.ctx = ctx,
                             .layers = {.n = n, .tables = tables, .ks = k->v, .n_ks = k->n},
                             .table = &out[0].table};
    enum vv_status st = tables ? VV_OK : VV_MEMORY;
    for (int l = 0; !st && l < n; l++) tables[l] = &in->items[0][l]->neighbors;
    if (!st) it.layers.n_samples = count_samples(&it.layers);
    if (!st && it.layers.n_samples > INT32_MAX)
        st = vv_fail(VV_INPUT, "sample %lld is beyond what composition can number (2^31 - 1)",
                     (long long)it.layers.n_samples - 1);
    if (!st) st = add_coordinate(&it);
    st = vv_agree(ctx->comm, st);
    if (!st) st = run_pairs(&it);
    for (int i = 0; !st && i < in->n[1]; i++) st = run_labels(&it, &in->items[1][i]->labels);
    vv_mem_free(tables);
    return st;
}

/* One column a label set: the plain overlap at the largest k. */
static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    static const char group[] = "composition/label_overlap/";
    for (int i = 0; i < table->n_columns; i += 1) {
        const struct vv_column *c = table->columns[i];
        if (strncmp(c->name, group, strlen(group)) != 0) continue;
        const int64_t last = (c->dims[0].length - 1) * c->dims[1].length;
        const char *const label = c->name + strlen(group);
        char heading[32];
        snprintf(heading, sizeof heading, "overlap %.20s", label);
        VV_TRY(vv_summary_add(summary, heading, c->f64 + last,
                              table->columns[i + PLAIN_ERROR]->f64 + last, 3));
        i += N_COLUMNS - 1; /* the others of this set */
    }
    return VV_OK;
}

static const struct vv_figure_wish figures[] = {
    {.kind = VV_FIGURE_MATRIX, .name = "composition_layer_overlap", .columns = {"composition/layer_overlap"}},
    {.kind = VV_FIGURE_PROFILE, .name = "composition_next_layer_overlap",
     .columns = {"composition/next_layer_overlap"}},
    {.kind = VV_FIGURE_PROFILE, .name = "composition_label_overlap_*", .columns = {"composition/label_overlap/*"}},
    {.name = NULL},
};

extern const struct vv_stage vv_stage_composition;
const struct vv_stage vv_stage_composition = {
    .name = "composition",
    .summary = "neighborhood overlap between layers and with labels",
    .cite = "Doimo, Glielmo, Ansuini, Laio, NeurIPS 33 (2020)",
    .version = 1,
    .scope = VV_ALL_LAYERS,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct composition_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .summarize = summarize,
};
