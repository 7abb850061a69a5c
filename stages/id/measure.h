/* SPDX-License-Identifier: MIT */
/* The estimators on distributed rows: radii of this rank's rows in, the same estimates on all ranks
 * out, with the same bits on any number of ranks. */
#ifndef VV_ID_MEASURE_H
#define VV_ID_MEASURE_H

#include "data/neighbors.h"
#include "dist/comm.h"
#include "stages/id/core.h"

enum { VV_ID_MOST_SCALES = 16 };

/* Distances to neighbors 1, 2, 4, ..., 2^(n_orders - 1) of each local row, as lengths. */
struct vv_radii {
    struct vv_layout layout;
    int n_orders;
    double *length; /* [n_orders][n_local]; owned */
};

/* Local. Reads them from a table; orders above most or above nb->k are left out. Cosine distances are
 * turned into the chords they subtend on the unit sphere: the dimension would halve otherwise. */
enum vv_status vv_radii_init(struct vv_radii *r, const struct vv_neighbors *nb, int64_t most);
void vv_radii_release(struct vv_radii *r);

/* Collective. TwoNN; see twonn.h. With fewer than two neighbors both are missing. */
enum vv_status vv_radii_twonn(struct vv_comm *c, const struct vv_radii *r, double fraction,
                              int n_groups, struct vv_id_estimate *fit, struct vv_id_estimate *ml);

/* Collective. Gride, bias-corrected, with n1 = 2^scale and n2 = 2 n1. n_filtered (may be NULL): rows
 * that the filter keeps from the root. */
enum vv_status vv_radii_gride(struct vv_comm *c, const struct vv_radii *r, int scale,
                              struct vv_id_estimate *e, int64_t *n_filtered);

#endif
