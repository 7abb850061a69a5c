/* SPDX-License-Identifier: MIT */
/* The topography of a layer's density: peaks, the cluster of each row, saddles, before anything is merged. It does not
 * depend on the confidence Z. */
#ifndef VV_PEAKS_FIND_H
#define VV_PEAKS_FIND_H

#include "data/neighbors.h"
#include "dist/comm.h"
#include "stages/peaks/merge.h"

/* The densities of this rank's rows: [n_local]. A row without one is NaN: it belongs to no cluster. */
struct vv_heights {
    const double *value, *std_error;
    const double *k; /* neighbors that it rests on, k* */
};

struct vv_topography {
    int64_t n_putative;  /* local maxima, before those that others have in their neighborhood were removed */
    int64_t n_undefined; /* rows without a density */
    int64_t n_peaks, n_saddles;
    struct vv_peak *peaks;     /* [n_peaks] by row; replicated, like all here */
    struct vv_saddle *saddles; /* [n_saddles] by (a, b) */
    int32_t *cluster;          /* [layout.n] peak that each row belongs to; -1: none */
};

/* Collective. nb: its arrays are in memory. Memory: 21 bytes a row of the layer on every rank, some 100 a row of this
 * rank. */
enum vv_status vv_topography_find(struct vv_comm *c, const struct vv_neighbors *nb, const struct vv_heights *heights,
                                  struct vv_topography *t);
void vv_topography_release(struct vv_topography *t);

#endif
