/* SPDX-License-Identifier: MIT */
#include "stages/similarity/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/networks.h"

static const struct { const char *name, *long_name, *description; } text[VV_N_SIMILARITIES] = {
    [VV_LINEAR_CKA] = {"linear_cka", "linear CKA",
                       "linear centered kernel alignment over all rows that both hold (Kornblith et al. 2019): 1 for "
                       "rotations and multiples of each other; above 0 for unrelated ones, the more the fewer rows"},
    [VV_LINEAR_CKA_UNBIASED] = {"linear_cka_unbiased", "unbiased linear CKA",
                                "linear centered kernel alignment from means over minibatches of the unbiased HSIC "
                                "estimator (Nguyen et al. 2021; Song et al. 2012): near 0, and as often below, for "
                                "unrelated ones"},
    [VV_RBF_CKA] = {"rbf_cka", "RBF CKA",
                    "the same with Gaussian kernels of width rbf_bandwidth"},
    [VV_COSINE_MEAN] = {"cosine", "mean cosine",
                        "mean over samples of the cosine between the two rows, not centred; missing where layers "
                        "differ in features"},
    [VV_ANGULAR_DISTANCE] = {"angular_distance", "mean angular distance",
                             "mean over samples of the angle between the two rows / pi, not centred"}};

static bool is_measured(const struct vv_similarity_report *r, int measure)
{
    const struct vv_similarity_how *const how = &r->found->how;
    const bool measured[VV_N_SIMILARITIES] = {how->linear, how->unbiased, how->rbf, how->cosine, how->cosine};
    return measured[measure];
}

/* One measure of the layers with each other, or with those of a network (NULL: each other). */
static enum vv_status tabulate_measure(const struct vv_similarity_report *r, int measure,
                                       const struct vv_similarity_network *net, const char *dimension)
{
    const int n = r->found->n, first = net ? net->first : 0, n_others = net ? net->n : r->n_layers;
    char name[512];
    struct vv_column *column;
    if (net) snprintf(name, sizeof name, "similarity/%s_with/%.300s", text[measure].name, net->name);
    else snprintf(name, sizeof name, "similarity/%s", text[measure].name);
    const struct vv_column_spec spec = {.name = name, .long_name = text[measure].long_name, .units = "1",
                                        .description = text[measure].description, .type = VV_F64,
                                        .dims = {{"layer", r->n_layers}, {dimension, n_others}}};
    VV_TRY(vv_table_add(r->table, &spec, &column));
    for (int a = 0; a < r->n_layers; a++)
        for (int b = 0; b < n_others; b++)
            column->f64[a * n_others + b] = r->found->value[(measure * n + a) * n + first + b];
    return VV_OK;
}

static enum vv_status tabulate_sizes(const struct vv_similarity_report *r)
{
    struct vv_column *rows, *batches, *bandwidth;
    struct vv_column_spec spec = {
        .name = "similarity/n_rows", .long_name = "rows compared", .units = "1",
        .description = "samples that both layers hold; 0 where nothing was asked", .type = VV_I64,
        .dims = {{"layer", r->n_layers}, {"other_layer", r->n_layers}}};
    VV_TRY(vv_table_add(r->table, &spec, &rows));
    spec.name = "similarity/n_batches";
    spec.long_name = "minibatches";
    spec.description = "full minibatches that unbiased and RBF CKA are averaged over";
    VV_TRY(vv_table_add(r->table, &spec, &batches));
    for (int a = 0; a < r->n_layers; a++)
        for (int b = 0; b < r->n_layers; b++) {
            rows->i64[a * r->n_layers + b] = r->found->n_rows[a * r->found->n + b];
            batches->i64[a * r->n_layers + b] = r->found->n_batches[a * r->found->n + b];
        }
    if (!r->found->how.rbf) return VV_OK;
    const struct vv_column_spec width = {
        .name = "similarity/rbf_bandwidth", .long_name = "width of the Gaussian kernel", .units = "activation",
        .description = "sigma of exp(-d^2 / (2 sigma^2)): stages.similarity.bandwidth times the median distance "
                       "between the samples of the first minibatch", .type = VV_F64,
        .dims = {{"layer", r->n_layers}}};
    VV_TRY(vv_table_add(r->table, &width, &bandwidth));
    for (int a = 0; a < r->n_layers; a++) bandwidth->f64[a] = r->found->bandwidth[a];
    return VV_OK;
}

static enum vv_status add_coordinate(const struct vv_similarity_report *r)
{
    struct vv_column *k;
    const struct vv_column_spec spec = {.name = "similarity/k", .long_name = "neighborhood size k", .units = "1",
                                        .description = "neighbors of a sample that are looked at", .type = VV_I64,
                                        .dims = {{"similarity/k", r->n_ks}}};
    VV_TRY(vv_table_add(r->table, &spec, &k));
    memcpy(k->i64, r->ks, (size_t)r->n_ks * sizeof *k->i64);
    return VV_OK;
}

enum { OVERLAP, OVERLAP_ERROR, OVERLAP_CHANCE, N_OVERLAPS };

static enum vv_status tabulate_overlap(const struct vv_similarity_report *r, const struct vv_similarity_network *net,
                                       const char *dimension)
{
    static const struct { const char *ending, *long_name, *description; } what[N_OVERLAPS] = {
        {"", "neighborhood overlap with another network",
         "mean over the samples of the layer of the share of their k nearest neighbors that the two layers have in "
         "common (Doimo et al. 2020)"},
        {"_std_error", "standard error of the neighborhood overlap",
         "standard deviation over samples / sqrt(their number)"},
        {"_chance", "neighborhood overlap by chance", "expected for random neighborhoods: k / (n - 1)"}};
    struct vv_column *columns[N_OVERLAPS];
    for (int i = 0; i < N_OVERLAPS; i++) {
        char name[512];
        snprintf(name, sizeof name, "similarity/neighbor_overlap%s_with/%.300s", what[i].ending, net->name);
        const struct vv_column_spec spec = {
            .name = name, .long_name = what[i].long_name, .units = "1", .description = what[i].description,
            .type = VV_F64, .dims = {{"similarity/k", r->n_ks}, {"layer", r->n_layers}, {dimension, net->n}}};
        VV_TRY(vv_table_add(r->table, &spec, &columns[i]));
    }
    for (int q = 0; q < r->n_ks; q++)
        for (int a = 0; a < r->n_layers; a++)
            for (int b = 0; b < net->n; b++) {
                const int at = (q * r->n_layers + a) * net->n + b;
                const struct vv_tally *const t = &net->tallies[at];
                columns[OVERLAP]->f64[at] = vv_tally_mean(t, r->ks[q]);
                columns[OVERLAP_ERROR]->f64[at] = vv_tally_error(t, r->ks[q]);
                columns[OVERLAP_CHANCE]->f64[at] =
                    t->n > 0 ? vv_overlap_chance(r->ks[q], t->n, t->n, t->n) : NAN;
            }
    return VV_OK;
}

static enum vv_status tabulate_network(const struct vv_similarity_report *r, const struct vv_similarity_network *net)
{
    char dimension[400];
    snprintf(dimension, sizeof dimension, "similarity/layer_of/%.300s", net->name);
    VV_TRY(vv_network_tabulate(net->source, dimension, r->table));
    for (int m = 0; m < VV_N_SIMILARITIES; m++)
        if (is_measured(r, m)) VV_TRY(tabulate_measure(r, m, net, dimension));
    return r->overlap ? tabulate_overlap(r, net, dimension) : VV_OK;
}

enum vv_status vv_similarity_tabulate(const struct vv_similarity_report *r)
{
    if (r->overlap && r->n_networks > 0) VV_TRY(add_coordinate(r));
    VV_TRY(tabulate_sizes(r));
    for (int m = 0; m < VV_N_SIMILARITIES; m++)
        if (is_measured(r, m)) VV_TRY(tabulate_measure(r, m, NULL, "other_layer"));
    for (int i = 0; i < r->n_networks; i++) VV_TRY(tabulate_network(r, &r->networks[i]));
    return VV_OK;
}
