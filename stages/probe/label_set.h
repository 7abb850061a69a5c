/* SPDX-License-Identifier: MIT */
/* All probes of one layer on one label set: fits, choices, controls and curves, tabulated. */
#ifndef VV_PROBE_LABEL_SET_H
#define VV_PROBE_LABEL_SET_H

#include "pipeline.h"
#include "stages/probe/columns.h"
#include "stages/probe/fit.h"
#include "stages/probe/metrics.h"
#include "stages/probe/split.h"

struct probe_config {
    struct vv_texts labels, numeric;
    char *split;
    double test, validation;
    bool standardize, permuted;
    struct vv_floats regularization, alpha;
    double tolerance;
    int64_t max_iterations, max_classes, max_features;
    struct vv_ints k, sizes;
    struct {
        int64_t replicates;
        double confidence;
    } bootstrap;
};

/* What the probes of a layer and a label set share. */
struct vv_probe {
    struct vv_context *ctx;
    const struct probe_config *config;
    const struct vv_labels *labels;
    double *values;                /* [labels->n_classes] of a numeric label set, scaled to [-1, 1]; else NULL */
    struct vv_probe_order order;
    struct vv_probe_rows rows;
    struct vv_bootstrap bootstrap;
    struct vv_probe_group group;
    struct vv_samples *outcomes;   /* what was right, for each row */
    int32_t *predicted;            /* [positions] */
    int32_t *permuted;             /* [positions] targets of controls and of beginnings */
    double *loss;                  /* [positions] */
};

/* Local. The first position of a part; VV_N_PARTS gives the end. */
int64_t vv_probe_first(const struct vv_probe *it, int part);

/* Local. A column <label set>/<probe> of the outcomes: -1 everywhere. Then, at the rows tested on, 1 or 0: whether
 * it->predicted, which begins with the test part, is the truth. */
enum vv_status vv_probe_add_outcomes(struct vv_probe *it, const char *probe, const char *description,
                                     struct vv_column **out);
void vv_probe_set_outcomes(const struct vv_probe *it, struct vv_column *outcomes);

/* Collective. Votes of all labelled rows, whatever their part. */
enum vv_status vv_probe_run_knn(struct vv_probe *it, const struct vv_neighbors *nb);

/* Collective. Logistic probe, chance and control from a fit at weights of zero; NULL: none is possible. */
enum vv_status vv_probe_run_logistic(struct vv_probe *it, struct vv_probe_fit *fit);

/* Collective. The learning curve. */
enum vv_status vv_probe_run_curve(struct vv_probe *it, bool possible);

/* Collective. Ridge regression; fit: with n_classes 1 for a numeric label set; NULL: none is possible. */
enum vv_status vv_probe_run_ridge(struct vv_probe *it, struct vv_probe_fit *fit);

/* Collective. All of it. neighbors: NULL for none; parts: the label set that is the split, or NULL. */
enum vv_status vv_probe_label_set(struct vv_context *ctx, const struct probe_config *config,
                                  const struct vv_matrix *rows, const struct vv_neighbors *neighbors,
                                  const struct vv_labels *labels, const struct vv_labels *parts,
                                  struct vv_table *table, struct vv_samples *outcomes);

#endif
