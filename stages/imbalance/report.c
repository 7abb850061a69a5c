/* SPDX-License-Identifier: MIT */
#include "stages/imbalance/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/networks.h"

static const char *error_text(const struct vv_imbalance_report *r)
{
    return r->in_parts ? "standard deviation over disjoint parts / sqrt(their number); with one part, over its rows"
                       : "standard deviation over rows / sqrt(their number)";
}

/* A value and its error for each k and layer, and for each layer of the third dimension unless that is NULL. */
struct twins {
    struct vv_column *value, *error;
};

static enum vv_status add(const struct vv_imbalance_report *r, const char *name, const char *long_name,
                          const char *description, const char *third, int64_t length, struct twins *out)
{
    char error_name[512], error_long[256];
    snprintf(error_name, sizeof error_name, "%s_std_error", name);
    snprintf(error_long, sizeof error_long, "standard error of the %.200s", long_name);
    struct vv_column_spec spec = {.name = name, .long_name = long_name, .units = "1", .description = description,
                                  .type = VV_F64,
                                  .dims = {{"imbalance/k", r->n_ks}, {"layer", r->n_layers}, {third, length}}};
    VV_TRY(vv_table_add(r->table, &spec, &out->value));
    spec.name = error_name;
    spec.long_name = error_long;
    spec.description = error_text(r);
    return vv_table_add(r->table, &spec, &out->error);
}

static void set(const struct vv_imbalance_report *r, const struct twins *t, int64_t at, int q, int a, int b)
{
    const struct vv_imbalance *const found = &r->result[(q * r->n + a) * r->n + b];
    t->value->f64[at] = found->value;
    t->error->f64[at] = found->std_error;
}

static enum vv_status add_coordinate(const struct vv_imbalance_report *r)
{
    struct vv_column *k;
    const struct vv_column_spec spec = {.name = "imbalance/k", .long_name = "neighborhood size k", .units = "1",
                                        .description = "neighbors of a sample whose ranks are averaged",
                                        .type = VV_I64, .dims = {{"imbalance/k", r->n_ks}}};
    VV_TRY(vv_table_add(r->table, &spec, &k));
    memcpy(k->i64, r->ks, (size_t)r->n_ks * sizeof *k->i64);
    return VV_OK;
}

static enum vv_status tabulate_sizes(const struct vv_imbalance_report *r)
{
    struct vv_column *rows, *parts;
    struct vv_column_spec spec = {
        .name = "imbalance/n_rows", .long_name = "rows compared", .units = "1",
        .description = "N: rows that both layers hold, or of each part of them; 0 where nothing was asked. "
                       "Imbalances at different N are not comparable", .type = VV_I64,
        .dims = {{"layer", r->n_layers}, {"other_layer", r->n_layers}}};
    VV_TRY(vv_table_add(r->table, &spec, &rows));
    spec.name = "imbalance/n_parts";
    spec.long_name = "parts";
    spec.description = "disjoint random parts that were averaged; 0 where nothing was asked";
    VV_TRY(vv_table_add(r->table, &spec, &parts));
    for (int a = 0; a < r->n_layers; a++)
        for (int b = 0; b < r->n_layers; b++) {
            rows->i64[a * r->n_layers + b] = r->n_rows[a * r->n + b];
            parts->i64[a * r->n_layers + b] = r->n_parts[a * r->n + b];
        }
    return VV_OK;
}

static enum vv_status tabulate_all(const struct vv_imbalance_report *r)
{
    struct twins t;
    VV_TRY(add(r, "imbalance/layer_to_layer", "imbalance from a layer to another",
               "Information Imbalance from `layer` to `other_layer`: 2/N times the mean rank, in the other layer, of "
               "the k nearest neighbors in the layer (Glielmo et al. 2022). 2/N (k = 1): it predicts the other "
               "layer's neighborhoods; 1: it tells nothing of them", "other_layer", r->n_layers, &t));
    for (int q = 0; q < r->n_ks; q++)
        for (int a = 0; a < r->n_layers; a++)
            for (int b = 0; b < r->n_layers; b++)
                set(r, &t, ((int64_t)q * r->n_layers + a) * r->n_layers + b, q, a, b);
    return VV_OK;
}

/* How far each layer sees ahead in its series. */
static enum vv_status tabulate_scope(const struct vv_imbalance_report *r)
{
    struct vv_column *scope;
    char description[256];
    snprintf(description, sizeof description, "following layers of the series, without a gap, with an imbalance "
             "from the layer below %g; -1 where the imbalance is missing", r->scope);
    const struct vv_column_spec spec = {.name = "imbalance/forward_scope", .long_name = "forward scope",
                                        .units = "1", .description = description, .type = VV_I64,
                                        .dims = {{"imbalance/k", r->n_ks}, {"layer", r->n_layers}}};
    const struct vv_column *const all = vv_table_find(r->table, "imbalance/layer_to_layer");
    VV_TRY(vv_table_add(r->table, &spec, &scope));
    for (int q = 0; q < r->n_ks; q++)
        for (int s = 0; s < r->series->n; s++)
            for (int a = r->series->first[s]; a < r->series->first[s + 1]; a++) {
                const int64_t row = ((int64_t)q * r->n_layers + a) * r->n_layers;
                scope->i64[q * r->n_layers + a] =
                    vv_imbalance_scope(all->f64 + row + a + 1, r->series->first[s + 1] - a - 1, r->scope);
            }
    return VV_OK;
}

static enum vv_status tabulate_ends(const struct vv_imbalance_report *r, bool last)
{
    struct twins t;
    VV_TRY(last ? add(r, "imbalance/to_last", "imbalance to the last layer",
                      "from the layer to the last of its series", NULL, 0, &t)
                : add(r, "imbalance/to_first", "imbalance to the first layer",
                      "from the layer to the first of its series", NULL, 0, &t));
    for (int q = 0; q < r->n_ks; q++)
        for (int s = 0; s < r->series->n; s++)
            for (int a = r->series->first[s]; a < r->series->first[s + 1]; a++)
                set(r, &t, q * r->n_layers + a, q, a,
                    last ? r->series->first[s + 1] - 1 : r->series->first[s]);
    return VV_OK;
}

static enum vv_status tabulate_next(const struct vv_imbalance_report *r)
{
    struct twins forth, back;
    struct vv_column *asymmetry;
    const struct vv_column_spec spec = {
        .name = "imbalance/next_asymmetry", .long_name = "asymmetry of the imbalances with the next layer",
        .units = "1",
        .description = "(to_next - from_next) / their mean: above 0 expansion, below 0 compression, at half way to "
                       "the next layer", .type = VV_F64,
        .dims = {{"imbalance/k", r->n_ks}, {"layer", r->n_layers}}};
    VV_TRY(add(r, "imbalance/to_next", "imbalance to the next layer",
               "from the layer to the following one; missing at the last layer of a series", NULL, 0, &forth));
    VV_TRY(add(r, "imbalance/from_next", "imbalance from the next layer",
               "from the following layer to this one; missing at the last layer of a series", NULL, 0, &back));
    VV_TRY(vv_table_add(r->table, &spec, &asymmetry));
    for (int q = 0; q < r->n_ks; q++)
        for (int s = 0; s < r->series->n; s++)
            for (int a = r->series->first[s]; a < r->series->first[s + 1]; a++) {
                const int at = q * r->n_layers + a;
                if (a + 1 < r->series->first[s + 1]) {
                    set(r, &forth, at, q, a, a + 1);
                    set(r, &back, at, q, a + 1, a);
                }
                asymmetry->f64[at] = vv_imbalance_asymmetry(forth.value->f64[at], back.value->f64[at]);
            }
    return VV_OK;
}

static enum vv_status tabulate_network(const struct vv_imbalance_report *r, const struct vv_imbalance_network *net)
{
    char dimension[400], name[400];
    struct twins to, from;
    struct vv_column *rows;
    snprintf(dimension, sizeof dimension, "imbalance/layer_of/%.300s", net->name);
    VV_TRY(vv_network_tabulate(net->source, dimension, r->table));
    snprintf(name, sizeof name, "imbalance/to_network/%.300s", net->name);
    VV_TRY(add(r, name, "imbalance to the layers of another network",
               "Information Imbalance from the layer to each layer of the other network, on the samples that the "
               "layer holds; rows must be the same inputs in the same order", dimension, net->n, &to));
    snprintf(name, sizeof name, "imbalance/from_network/%.300s", net->name);
    VV_TRY(add(r, name, "imbalance from the layers of another network",
               "Information Imbalance from each layer of the other network to the layer", dimension, net->n, &from));
    snprintf(name, sizeof name, "imbalance/n_rows_with/%.300s", net->name);
    const struct vv_column_spec spec = {.name = name, .long_name = "rows compared with another network",
                                        .units = "1", .description = "N: rows of the layer, or of each part",
                                        .type = VV_I64, .dims = {{"layer", r->n_layers}}};
    VV_TRY(vv_table_add(r->table, &spec, &rows));
    for (int a = 0; a < r->n_layers; a++) rows->i64[a] = r->n_rows[a * r->n + net->first];
    for (int q = 0; q < r->n_ks; q++)
        for (int a = 0; a < r->n_layers; a++)
            for (int l = 0; l < net->n; l++) {
                const int64_t at = ((int64_t)q * r->n_layers + a) * net->n + l;
                set(r, &to, at, q, a, net->first + l);
                set(r, &from, at, q, net->first + l, a);
            }
    return VV_OK;
}

enum vv_status vv_imbalance_tabulate(const struct vv_imbalance_report *r)
{
    VV_TRY(add_coordinate(r));
    VV_TRY(tabulate_sizes(r));
    if (r->first) VV_TRY(tabulate_ends(r, false));
    if (r->last) VV_TRY(tabulate_ends(r, true));
    if (r->next) VV_TRY(tabulate_next(r));
    if (r->all) VV_TRY(tabulate_all(r));
    if (r->all) VV_TRY(tabulate_scope(r));
    for (int i = 0; i < r->n_networks; i++) VV_TRY(tabulate_network(r, &r->networks[i]));
    return VV_OK;
}
