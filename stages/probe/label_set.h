/* SPDX-License-Identifier: MIT */
/* All probes of one layer on one label set: fits, choices, controls and curves, tabulated. */
#ifndef VV_PROBE_LABEL_SET_H
#define VV_PROBE_LABEL_SET_H

#include "pipeline.h"

struct probe_config {
    struct vv_texts labels;
    char *split;
    double test, validation;
    bool standardize, permuted;
    struct vv_floats regularization;
    double tolerance;
    int64_t max_iterations, max_classes;
    struct vv_ints k, sizes;
    struct {
        int64_t replicates;
        double confidence;
    } bootstrap;
};

/* Collective. neighbors: NULL for none; parts: the label set that is the split, or NULL. */
enum vv_status vv_probe_label_set(struct vv_context *ctx, const struct probe_config *config,
                                  const struct vv_matrix *rows, const struct vv_neighbors *neighbors,
                                  const struct vv_labels *labels, const struct vv_labels *parts,
                                  struct vv_table *table);

#endif
