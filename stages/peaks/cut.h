/* SPDX-License-Identifier: MIT */
/* The clusters of a layer at one confidence Z: populations, core and halo, what classes they hold. */
#ifndef VV_PEAKS_CUT_H
#define VV_PEAKS_CUT_H

#include "data/labels.h"
#include "dist/layout.h"
#include "stages/peaks/find.h"
#include "stages/peaks/scores.h"

struct vv_cut {
    struct vv_merged merged;
    int64_t *population; /* [merged.n] rows; replicated */
    int64_t *core;       /* [merged.n] of which are no halo */
};

/* Collective. Merges at z. cluster, is_core: this rank's rows, [n_local] each with `stride` between rows: the cluster
 * (-1: none), and whether the log density is not below the highest saddle of the cluster. value: [n_local] */
enum vv_status vv_cut_make(struct vv_comm *c, const struct vv_layout *layout, const struct vv_topography *t,
                           const double *value, double z, enum vv_survivor rule, int64_t stride, int64_t *cluster,
                           int64_t *is_core, struct vv_cut *cut);
void vv_cut_release(struct vv_cut *cut);

/* Collective. How many rows of each class each cluster has, sorted; rows without cluster or class are left out. The
 * same on all ranks. cluster: as above; sample: input samples of rows, NULL: their numbers. *counts: to be freed. */
enum vv_status vv_cut_compose(struct vv_comm *c, const struct vv_layout *layout, const int64_t *cluster,
                              int64_t stride, const struct vv_labels *labels, const int64_t *sample,
                              struct vv_count **counts, int64_t *n_counts);

#endif
