/* SPDX-License-Identifier: MIT */
/* Counts over distributed samples, from the published neighbor tables. */
#ifndef VV_COMPOSITION_PAIRS_H
#define VV_COMPOSITION_PAIRS_H

#include "data/labels.h"
#include "data/neighbors.h"
#include "dist/comm.h"
#include "dist/progress.h"
#include "stages/composition/core.h"

/* Layers and neighborhood sizes of one run. Layers may hold different parts of the same input samples
 * (duplicates dropped); neighbors are compared by sample number. */
struct vv_layers {
    int n;
    const struct vv_neighbors *const *tables; /* [n] */
    int64_t n_samples;                        /* above the largest sample number */
    const int64_t *ks;                        /* [n_ks], ascending */
    int n_ks;
};

/* Local. How many neighbors of a layer matter: the largest k, or all the table holds. */
int vv_layers_most(const struct vv_layers *l, int layer);

/* Collective. For each pair of layers a < b and each k, the tally over the samples that both layers
 * hold of the number of shared neighbors. tallies: [n_ks][n][n], only a < b is filled. */
enum vv_status vv_layers_overlap(struct vv_comm *c, const struct vv_layers *l,
                                 struct vv_progress *progress, struct vv_tally *tallies);

/* Collective. For each k and class the tally over the rows of that class in one layer of the number of
 * neighbors of the same class. tallies: [n_ks][n_classes] */
enum vv_status vv_layers_label_overlap(struct vv_comm *c, const struct vv_layers *l, int layer,
                                       const struct vv_labels *labels, struct vv_tally *tallies);

#endif
