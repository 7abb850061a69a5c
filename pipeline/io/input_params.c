/* SPDX-License-Identifier: MIT */
/* The keys of `input:`. */
#include <string.h>

#include "data/neighbors.h"
#include "io/source.h"

static const struct vv_param layers_params[] = {
    {.key = "path", .type = VV_PARAM_PATH, .offset = offsetof(struct vv_layers_config, path),
     .required = true,
     .help = "file that holds the layers (HDF5, .npy, .npz, safetensors or its index, IDX, CIFAR's .bin), or one file "
             "per layer: dir/{layer}.npy"},
    {.key = "dataset", .type = VV_PARAM_TEXT, .offset = offsetof(struct vv_layers_config, dataset),
     .help = "files of several arrays: which are layers, such as mean/layer_* or {layer}/activations; default: all "
             "with 2 or more dimensions"},
    {.key = "select", .type = VV_PARAM_TEXTS, .offset = offsetof(struct vv_layers_config, select),
     .help = "layers to keep, by name (with * and ?) or position from 0: 3, 2..5, -1"},
    {.key = NULL},
};

#define TABLES(field) offsetof(struct vv_tables_config, field)

static const char *const self_names[] = {"first", "none", NULL};

static const struct vv_param tables_params[] = {
    {.key = "distances", .type = VV_PARAM_PATH, .offset = TABLES(distances), .required = true,
     .help = "distances to the nearest neighbors, a row for each sample, ascending: a file as for layers, or one per "
             "layer: dir/{layer}.npy"},
    {.key = "distances_dataset", .type = VV_PARAM_TEXT, .offset = TABLES(distances_dataset),
     .help = "files of several arrays: which are distances, such as {layer}/distances"},
    {.key = "indices", .type = VV_PARAM_PATH, .offset = TABLES(indices), .required = true,
     .help = "the rows that they are the distances to, counted from 0, in an array of the same shape"},
    {.key = "indices_dataset", .type = VV_PARAM_TEXT, .offset = TABLES(indices_dataset),
     .help = "files of several arrays: which are indices, such as {layer}/dist_indices"},
    {.key = "samples", .type = VV_PARAM_PATH, .offset = TABLES(samples),
     .help = "where rows were left out: the input sample of each row, ascending; unless given, row r is sample r"},
    {.key = "samples_dataset", .type = VV_PARAM_TEXT, .offset = TABLES(samples_dataset),
     .help = "files of several arrays: which are sample numbers"},
    {.key = "n_samples", .type = VV_PARAM_INT, .offset = TABLES(n_samples), .minimum = 0, .maximum = 0x1p53,
     .help = "with samples: how many the input had, as many as there are labels"},
    {.key = "self", .type = VV_PARAM_CHOICE, .offset = TABLES(self), .standard = "first", .choices = self_names,
     .help = "first: each row begins with the sample itself (or holds it elsewhere among duplicates), as DADApy stores "
             "it; none: it is not in the table"},
    {.key = "metric", .type = VV_PARAM_CHOICE, .offset = TABLES(metric), .standard = "euclidean",
     .choices = vv_metric_names, .help = "what the distances are, as in stages.knn.metric"},
    {.key = NULL},
};

static const struct vv_param label_params[] = {
    {.key = "path", .type = VV_PARAM_PATH, .offset = offsetof(struct vv_label_config, path),
     .required = true, .help = "file of labels: HDF5, .npy, .npz, safetensors, IDX, CIFAR's .bin, CSV, or text "
                                "with one a line"},
    {.key = "dataset", .type = VV_PARAM_TEXT, .offset = offsetof(struct vv_label_config, dataset),
     .help = "files of several arrays: the one that holds them"},
    {.key = "column", .type = VV_PARAM_TEXT, .offset = offsetof(struct vv_label_config, column),
     .help = "CSV: heading of the column, or its position from 0 in a file without headings"},
    {.key = "missing", .type = VV_PARAM_TEXT, .offset = offsetof(struct vv_label_config, missing),
     .help = "value that means: not labelled"},
    {.key = NULL},
};

static const struct vv_param samples_params[] = {
    {.key = "limit", .type = VV_PARAM_INT, .offset = offsetof(struct vv_samples_config, limit),
     .standard = "0", .minimum = 0, .maximum = 0x1p53,
     .help = "analyse this many samples, drawn at random, the same in every layer; 0 is all"},
    {.key = "seed", .type = VV_PARAM_INT, .offset = offsetof(struct vv_samples_config, seed),
     .standard = "1", .minimum = 0, .maximum = 0x1p53, .help = "seed of that draw"},
    {.key = NULL},
};

static const char *const duplicate_policies[] = {"error", "keep", "drop", NULL};

#define AT(field) offsetof(struct vv_input_config, field)

const struct vv_param vv_input_params[] = {
    {.key = "layers", .type = VV_PARAM_SECTION, .offset = AT(layers), .fields = layers_params,
     .item_size = sizeof(struct vv_layers_config),
     .present = offsetof(struct vv_layers_config, present), .role = VV_ROLE_NONE,
     .help = "where the layers are; one row per sample"},
    {.key = "synthetic", .type = VV_PARAM_SECTION, .offset = AT(synthetic),
     .fields = vv_synthetic_params, .item_size = sizeof(struct vv_synthetic_config),
     .present = offsetof(struct vv_synthetic_config, present), .role = VV_ROLE_NONE,
     .help = "instead of layers: generated data of known geometry"},
    {.key = "neighbors", .type = VV_PARAM_SECTION, .offset = AT(neighbors), .fields = tables_params,
     .item_size = sizeof(struct vv_tables_config), .present = offsetof(struct vv_tables_config, present),
     .role = VV_ROLE_NONE, .help = "instead of layers: neighbor tables that were computed elsewhere"},
    {.key = "labels", .type = VV_PARAM_MAP, .offset = AT(labels), .fields = label_params,
     .item_size = sizeof(struct vv_label_config), .role = VV_ROLE_NONE,
     .help = "sets of class labels, one label per sample"},
    {.key = "others", .type = VV_PARAM_MAP, .offset = AT(others), .fields = layers_params,
     .item_size = sizeof(struct vv_layers_config), .role = VV_ROLE_NONE,
     .help = "further inputs to compare with, under names of your choice; layers correspond by name; "
             "where no name occurs in both by position, or to the only one there is; input.samples and "
             "input.duplicates do not apply to them"},
    {.key = "duplicates", .type = VV_PARAM_CHOICE, .offset = AT(duplicates),
     .standard = "error", .choices = duplicate_policies,
     .help = "rows that are equal in a layer: refuse, keep all, or keep the first of each"},
    {.key = "samples", .type = VV_PARAM_SECTION, .offset = AT(samples), .fields = samples_params,
     .item_size = sizeof(struct vv_samples_config), .help = "a random part of the samples"},
    {.key = NULL},
};

/* A label set's name becomes part of names in the report. */
static void check_label_name(const char *name, struct vv_diagnostics *d)
{
    static const char *const endings[] = {"_weighted", "_std_error", "_chance", "_tied"};
    const size_t n = strlen(name);
    if (n == 0 || n > 100 || name[0] == '.' || strpbrk(name, "/\\\"\n"))
        vv_diagnostics_add_key(d, "input.labels",
                               "'%.120s' cannot name a label set: up to 100 characters, no / \\ \" "
                               "and no dot in front", name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (n >= strlen(endings[i]) && strcmp(name + n - strlen(endings[i]), endings[i]) == 0)
            vv_diagnostics_add_key(d, "input.labels",
                                   "'%s' cannot name a label set: results end in %s", name,
                                   endings[i]);
}

/* What needs rows of activations does not go with tables. */
static void check_tables(const struct vv_input_config *config, struct vv_diagnostics *d)
{
    const struct vv_tables_config *const t = &config->neighbors;
    if (config->samples.limit > 0)
        vv_diagnostics_add_key(d, "input.samples.limit",
                               "neighbors among a part of the samples cannot be told from tables of all");
    if (config->duplicates == VV_DUPLICATES_DROP)
        vv_diagnostics_add_key(d, "input.duplicates", "duplicates cannot be dropped from neighbor tables; keep them, "
                               "or compute the tables without");
    if (config->others.n > 0)
        vv_diagnostics_add_key(d, "input.others", "further inputs cannot be compared with neighbor tables");
    if (!t->samples != !t->n_samples)
        vv_diagnostics_add_key(d, "input.neighbors", "samples and n_samples belong together: give both or none");
}

void vv_input_check(const struct vv_input_config *config, struct vv_diagnostics *d)
{
    const bool layers = config->layers.present, synthetic = config->synthetic.present;
    const bool neighbors = config->neighbors.present;
    if (layers + synthetic + neighbors > 1)
        vv_diagnostics_add_key(d, "input", "give either %s%s, not both", layers ? "layers or " : "synthetic or ",
                               neighbors ? "neighbors" : "synthetic");
    if (!layers && !synthetic && !neighbors)
        vv_diagnostics_add_key(d, "input", "give layers (files) or synthetic (generated data)");
    if (neighbors) check_tables(config, d);
    if (synthetic && config->labels.n > 0)
        vv_diagnostics_add_key(d, "input.labels",
                               "synthetic data bring their labels: class, superclass");
    for (int i = 0; i < config->labels.n; i++) check_label_name(config->labels.name[i], d);
    if (synthetic && config->synthetic.n_superclasses > config->synthetic.n_classes)
        vv_diagnostics_add_key(d, "input.synthetic.n_superclasses", "more than n_classes");
    if (synthetic && config->synthetic.gather_end < config->synthetic.gather_depth)
        vv_diagnostics_add_key(d, "input.synthetic.gather_end", "is before gather_depth");
    if (synthetic && config->synthetic.dimension >= config->synthetic.width)
        vv_diagnostics_add_key(d, "input.synthetic.dimension", "must be below width");
}
