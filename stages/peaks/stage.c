/* SPDX-License-Identifier: MIT */
/* peaks: clusters of a layer as peaks of its density, by Advanced Density Peaks; the methods are in find.c, merge.c and
 * tree.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pipeline.h"
#include "stages/peaks/write.h"

struct peaks_config {
    struct vv_floats z;
    int survivor; /* enum vv_survivor */
    struct {
        int64_t minimum;
    } tree;
};

#define AT(field) offsetof(struct peaks_config, field)

static const char *const survivor_names[] = {"margin", "density", NULL};

static const struct vv_param tree_params[] = {
    {.key = "minimum", .type = VV_PARAM_INT, .offset = AT(tree.minimum) - AT(tree), .standard = "1", .minimum = 1,
     .maximum = 1e15, .help = "rows that a cluster needs to be a leaf"},
    {.key = NULL},
};

static const struct vv_param params[] = {
    {.key = "z", .type = VV_PARAM_FLOATS, .offset = AT(z), .standard = "1.65", .minimum = 0, .maximum = 1e6,
     .help = "confidence Z at which peaks count as different, in standard errors; a list, ascending, gives the "
             "clusters at each"},
    {.key = "survivor", .type = VV_PARAM_CHOICE, .offset = AT(survivor), .standard = "margin",
     .choices = survivor_names,
     .help = "which of two peaks that merge remains: the one that stands out more, in errors, or the higher one"},
    {.key = "tree", .type = VV_PARAM_SECTION, .offset = AT(tree), .fields = tree_params,
     .item_size = sizeof(((struct peaks_config *)0)->tree), .help = "the trees of clusters, in artifacts/peaks/"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "neighbors", .kind = VV_NEIGHBORS},
                                        {.name = "densities", .kind = VV_SAMPLES},
                                        {.name = "labels", .kind = VV_LABELS, .optional = true},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "clusters", .kind = VV_SAMPLES},
                                         {.name = "peaks", .kind = VV_TABLE},
                                         {.name = NULL}};

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct vv_floats *z = &((const struct peaks_config *)config)->z;
    (void)shape;
    if (z->n == 0) vv_diagnostics_add_key(d, "stages.peaks.z", "give at least one value");
    for (int i = 1; i < z->n; i++)
        if (!(z->v[i] > z->v[i - 1]))
            vv_diagnostics_add_key(d, "stages.peaks.z", "values must ascend, but %g comes after %g", z->v[i],
                                   z->v[i - 1]);
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct peaks_config *c = config;
    const double n = (double)shape->n, n_local = ceil(n / shape->size), k = shape->k;
    const double asked = n_local < 262144.0 ? n_local : 262144.0;
    cost->flops = 12.0 * n * k;
    /* g, parent, center, flags of all rows; densities, border rows, their questions; and, if one row in 40 is a center
     * with three saddles, the graph of these */
    cost->bytes_memory = 21.0 * n + n_local * (32.0 + 56.0) + asked * (16.0 + 64.0) + n / 40.0 * 1200.0;
    cost->bytes_sent = 13.0 * n / shape->size * (shape->size - 1) + 16.0 * n_local;
    cost->bytes_output = n_local * 16.0 * c->z.n + 8.0 * n;
    cost->bytes_written = n * (8.0 + 16.0 * c->z.n);
}

/* A layer on its way through the stage. */
struct layer {
    struct vv_context *ctx;
    const struct peaks_config *config;
    const struct vv_inputs *in;
    const struct vv_neighbors *nb;
    double *value, *std_error, *k; /* [n_local] */
    struct vv_topography topography;
    struct vv_samples *samples;    /* what goes to the file */
    struct vv_column *cluster, *core;
    struct vv_table *table;        /* what goes to the report */
};

static enum vv_status read_heights(struct layer *l)
{
    const struct vv_samples *const s = &l->in->items[1][0]->samples;
    const struct vv_layout *const layout = &l->nb->layout;
    const int64_t n = vv_layout_local(layout);
    l->value = vv_mem_new(n, sizeof *l->value, "log densities");
    l->std_error = vv_mem_new(n, sizeof *l->std_error, "errors of log densities");
    l->k = vv_mem_new(n, sizeof *l->k, "neighbors of log densities");
    if (!l->value || !l->std_error || !l->k) return VV_MEMORY;
    VV_TRY(vv_samples_read(s, layout, "log_density", l->value));
    VV_TRY(vv_samples_read(s, layout, "std_error", l->std_error));
    return vv_samples_read(s, layout, "k", l->k);
}

static enum vv_status add_coordinate(const struct vv_floats *z, const char *name, struct vv_table *t)
{
    struct vv_column *c;
    const struct vv_column_spec spec = {.name = name, .long_name = "confidence Z", .units = "1",
                                        .description = "standard errors by which a peak must stand out from a saddle",
                                        .type = VV_F64, .dims = {{name, z->n}}};
    VV_TRY(vv_table_add(t, &spec, &c));
    memcpy(c->f64, z->v, (size_t)z->n * sizeof *z->v);
    return VV_OK;
}

/* Columns of the report, one value a Z. */
static const struct { const char *name, *description; enum vv_value type; } quantities[] = {
    {"n_clusters", "density peaks that are told apart with this confidence", VV_I64},
    {"n_core_clusters", "of which keep a row that is no halo", VV_I64},
    {"n_saddles", "pairs of clusters that touch", VV_I64},
    {"core_fraction", "share of the rows that are no halo: not less dense than the highest saddle of their cluster",
     VV_F64},
    {"largest_fraction", "share of the rows in the largest cluster", VV_F64},
};
enum { N_CLUSTERS, N_CORE_CLUSTERS, N_SADDLES, CORE_FRACTION, LARGEST_FRACTION, N_QUANTITIES };

static const struct { const char *name, *description; } score_texts[] = {
    {"ari", "adjusted Rand index of clusters and classes, over rows that have both"},
    {"nmi", "mutual information of clusters and classes / mean of their entropies"},
    {"homogeneity", "1 - H(class|cluster)/H(class)"},
    {"completeness", "1 - H(cluster|class)/H(cluster)"},
    {"purity", "share of the rows whose class is the commonest one of their cluster"},
};
enum { N_SCORES = sizeof score_texts / sizeof *score_texts };

static enum vv_status add_by_z(struct layer *l, const char *name, const char *description, enum vv_value type)
{
    const struct vv_column_spec spec = {.name = name, .long_name = description, .units = "1",
                                        .description = description, .type = type,
                                        .dims = {{"peaks/z", l->config->z.n}}};
    if (!vv_table_find(l->table, name)) return vv_table_add(l->table, &spec, NULL);
    vv_fail(VV_USAGE, "the name of a label set gives '%.200s' a second time", name);
    return vv_error_hint("rename it under input.labels");
}

static enum vv_status add_score_columns(struct layer *l, const char *label)
{
    char name[256];
    for (int s = 0; s < N_SCORES; s++) {
        if (snprintf(name, sizeof name, "peaks/%s/%s", score_texts[s].name, label) >= (int)sizeof name)
            return vv_fail(VV_USAGE, "the label set's name '%.100s...' is too long", label);
        VV_TRY(add_by_z(l, name, score_texts[s].description, VV_F64));
    }
    return VV_OK;
}

static struct vv_column *by_z(const struct layer *l, const char *quantity, const char *label)
{
    char name[256];
    snprintf(name, sizeof name, "peaks/%s%s%s", quantity, label ? "/" : "", label ? label : "");
    for (int i = 0; i < l->table->n_columns; i++)
        if (strcmp(l->table->columns[i]->name, name) == 0) return l->table->columns[i];
    return NULL;
}

static enum vv_status add_class_names(struct layer *l, const struct vv_labels *labels)
{
    char name[256];
    struct vv_column *c;
    snprintf(name, sizeof name, "class_names/%.200s", labels->name);
    const struct vv_column_spec spec = {.name = name, .long_name = "classes", .units = "1",
                                        .description = "names of the classes of a label set", .type = VV_TEXT,
                                        .dims = {{name, labels->n_classes}}};
    VV_TRY(vv_table_add(&l->samples->extra, &spec, &c));
    for (int i = 0; i < labels->n_classes; i++) VV_TRY(vv_column_set_text(c, i, labels->class_name[i]));
    return VV_OK;
}

/* Local. All columns that do not depend on how many clusters there will be. */
static enum vv_status add_columns(struct layer *l)
{
    char name[64];
    const struct vv_floats *const z = &l->config->z;
    const struct vv_dim dim = {"z", z->n};
    VV_TRY(vv_samples_init(l->samples, l->nb->layout, l->nb->sample));
    VV_TRY(add_coordinate(z, "z", &l->samples->extra));
    VV_TRY(vv_samples_add(l->samples, "cluster", "1", "cluster of the row, from 0, halo included; -1: no density, no "
                          "cluster", VV_I64, dim, &l->cluster));
    VV_TRY(vv_samples_add(l->samples, "core", "1", "1: core of its cluster; 0: halo, less dense than the cluster's "
                          "highest saddle", VV_I64, dim, &l->core));
    VV_TRY(add_coordinate(z, "peaks/z", l->table));
    for (int q = 0; q < N_QUANTITIES; q++) {
        snprintf(name, sizeof name, "peaks/%s", quantities[q].name);
        VV_TRY(add_by_z(l, name, quantities[q].description, quantities[q].type));
    }
    for (int i = 0; i < l->in->n[2]; i++) {
        VV_TRY(add_score_columns(l, l->in->items[2][i]->labels.name));
        VV_TRY(add_class_names(l, &l->in->items[2][i]->labels));
    }
    return VV_OK;
}

/* Collective. min over rows of log density - z error, less 1: where the reference puts clusters that do not touch. */
static double lowest_of(const struct layer *l, double z)
{
    double low = INFINITY;
    for (int64_t i = 0; i < vv_layout_local(&l->nb->layout); i++)
        if (l->value[i] - z * l->std_error[i] < low) low = l->value[i] - z * l->std_error[i];
    vv_comm_min_f64(l->ctx->comm, &low, 1);
    return isinf(low) ? NAN : low - 1.0;
}

static void fill_quantities(const struct layer *l, int at, const struct vv_cut *cut)
{
    const double n = (double)(l->nb->layout.n - l->topography.n_undefined);
    int64_t n_core = 0, n_core_clusters = 0, largest = 0;
    for (int64_t i = 0; i < cut->merged.n; i++) {
        n_core += cut->core[i];
        n_core_clusters += cut->core[i] > 0;
        if (cut->population[i] > largest) largest = cut->population[i];
    }
    by_z(l, quantities[N_CLUSTERS].name, NULL)->i64[at] = cut->merged.n;
    by_z(l, quantities[N_CORE_CLUSTERS].name, NULL)->i64[at] = n_core_clusters;
    by_z(l, quantities[N_SADDLES].name, NULL)->i64[at] = cut->merged.n_saddles;
    by_z(l, quantities[CORE_FRACTION].name, NULL)->f64[at] = n > 0.0 ? (double)n_core / n : NAN;
    by_z(l, quantities[LARGEST_FRACTION].name, NULL)->f64[at] = n > 0.0 ? (double)largest / n : NAN;
}

/* Collective. One label set at one Z. */
static enum vv_status compare_labels(struct layer *l, int at, const struct vv_labels *labels,
                                     const struct vv_cut_view *v)
{
    struct vv_count *counts;
    int64_t n;
    struct vv_scores scores;
    VV_TRY(vv_cut_compose(l->ctx->comm, &l->nb->layout, l->cluster->i64 + at, l->config->z.n, labels, l->nb->sample,
                          &counts, &n));
    enum vv_status st = vv_scores_make(counts, n, v->cut->merged.n, labels->n_classes, &scores);
    if (!st) st = vv_cut_write_composition(v, labels->name, counts, n, &l->samples->extra);
    vv_mem_free(counts);
    VV_TRY(vv_agree(l->ctx->comm, st));
    const double values[N_SCORES] = {scores.ari, scores.nmi, scores.homogeneity, scores.completeness, scores.purity};
    for (int s = 0; s < N_SCORES; s++) by_z(l, score_texts[s].name, labels->name)->f64[at] = values[s];
    return VV_OK;
}

/* Collective. The clusters at one Z. */
static enum vv_status run_z(struct layer *l, int at)
{
    const double z = l->config->z.v[at];
    char number[32], group[48];
    struct vv_cut cut;
    vv_text_from_float(z, number, sizeof number);
    snprintf(group, sizeof group, "z_%s", number);
    VV_TRY(vv_cut_make(l->ctx->comm, &l->nb->layout, &l->topography, l->value, z,
                       (enum vv_survivor)l->config->survivor, l->config->z.n, l->cluster->i64 + at, l->core->i64 + at,
                       &cut));
    const struct vv_cut_view view = {.group = group, .topography = &l->topography, .cut = &cut,
                                     .sample = l->nb->sample, .lowest = lowest_of(l, z),
                                     .minimum = l->config->tree.minimum};
    fill_quantities(l, at, &cut);
    enum vv_status st = vv_cut_write_peaks(&view, &l->samples->extra);
    if (!st) st = vv_cut_write_trees(&view, &l->samples->extra);
    st = vv_agree(l->ctx->comm, st);
    for (int i = 0; !st && i < l->in->n[2]; i++) st = compare_labels(l, at, &l->in->items[2][i]->labels, &view);
    vv_cut_release(&cut);
    return st;
}

static enum vv_status tabulate(const struct layer *l)
{
    const struct vv_topography *const t = &l->topography;
    VV_TRY(vv_table_add_i64(l->table, "peaks/n_putative_centers", "1",
                            "rows that no row of their neighborhood exceeds in log density - error", t->n_putative));
    VV_TRY(vv_table_add_i64(l->table, "peaks/n_centers", "1",
                            "of which are in no neighborhood of a row that exceeds them: peaks before merging",
                            t->n_peaks));
    VV_TRY(vv_table_add_i64(l->table, "peaks/n_borders", "1", "pairs of peaks that touch, before merging",
                            t->n_saddles));
    return vv_table_add_i64(l->table, "peaks/n_undefined", "1", "rows without a density: in no cluster",
                            t->n_undefined);
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    struct layer l = {.ctx = ctx, .config = config, .in = in, .nb = &in->items[0][0]->neighbors,
                      .samples = &out[0].samples, .table = &out[1].table};
    enum vv_status st = read_heights(&l);
    if (!st) st = add_columns(&l);
    st = vv_agree(ctx->comm, st);
    const struct vv_heights heights = {.value = l.value, .std_error = l.std_error, .k = l.k};
    if (!st) st = vv_topography_find(ctx->comm, l.nb, &heights, &l.topography);
    for (int at = 0; !st && at < l.config->z.n; at++) {
        st = run_z(&l, at);
        vv_progress_tell(ctx->progress, at + 1, l.config->z.n);
    }
    if (!st) st = vv_agree(ctx->comm, tabulate(&l));
    vv_topography_release(&l.topography);
    vv_mem_free(l.value);
    vv_mem_free(l.std_error);
    vv_mem_free(l.k);
    return st;
}

/* Every label is a cluster or -1. */
static enum vv_status verify(struct vv_context *ctx, const struct vv_artifact *out)
{
    const struct vv_column *const cluster = vv_table_find(&out[0].samples.rows, "cluster");
    const struct vv_column *const n = vv_table_find(&out[1].table, "peaks/n_clusters");
    const int64_t n_z = vv_column_length(n);
    (void)ctx;
    for (int64_t i = 0; i < vv_column_length(cluster); i++)
        if (cluster->i64[i] < -1 || cluster->i64[i] >= n->i64[i % n_z])
            return vv_fail(VV_BUG, "row %lld of this rank is in cluster %lld of %lld", (long long)(i / n_z),
                           (long long)cluster->i64[i], (long long)n->i64[i % n_z]);
    return VV_OK;
}

/* A column of the summary: what a quantity is at the first Z. */
static enum vv_status summarize_column(const struct vv_column *c, const char *heading, int decimals,
                                       struct vv_summary *summary)
{
    const int64_t n_layers = c->dims[0].length, n_z = c->dims[1].length;
    double *const values = vv_mem_new(n_layers, sizeof *values, "a column of the summary");
    if (!values) return VV_MEMORY;
    for (int64_t i = 0; i < n_layers; i++) values[i] = c->type == VV_F64 ? c->f64[i * n_z] : (double)c->i64[i * n_z];
    const enum vv_status st = vv_summary_add(summary, heading, values, NULL, decimals);
    vv_mem_free(values);
    return st;
}

static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    static const char group[] = "peaks/ari/";
    const struct vv_column *const z = vv_table_find(table, "peaks/z");
    for (int i = 0; i < table->n_columns; i++) {
        const struct vv_column *const c = table->columns[i];
        char heading[32];
        if (strcmp(c->name, "peaks/n_clusters") == 0) {
            snprintf(heading, sizeof heading, z ? "clusters, Z = %.4g" : "clusters", z ? z->f64[0] : 0.0);
            VV_TRY(summarize_column(c, heading, 0, summary));
        }
        if (strncmp(c->name, group, strlen(group)) != 0) continue;
        snprintf(heading, sizeof heading, "ARI %.20s", c->name + strlen(group));
        VV_TRY(summarize_column(c, heading, 3, summary));
    }
    return VV_OK;
}

static const struct vv_figure_wish figures[] = {
    {.kind = VV_FIGURE_PROFILE, .name = "peaks_n_clusters", .title = "density peaks", .axis = "clusters",
     .columns = {"peaks/n_clusters"}},
    {.kind = VV_FIGURE_PROFILE, .name = "peaks_ari_*", .title = "agreement of clusters and classes, *",
     .axis = "adjusted Rand index", .columns = {"peaks/ari/*"}},
    {.kind = VV_FIGURE_TREE, .name = "peaks_tree", .title = "density peaks", .columns = {"single"}},
    {.name = NULL},
};

extern const struct vv_stage vv_stage_peaks;
const struct vv_stage vv_stage_peaks = {
    .name = "peaks",
    .summary = "clusters as density peaks: Advanced Density Peaks, trees, scores",
    .cite = "d'Errico, Facco, Laio, Rodriguez, Inf. Sci. 560:476 (2021)",
    .version = 1,
    .scope = VV_PER_LAYER,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct peaks_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .verify = verify,
    .summarize = summarize,
};
