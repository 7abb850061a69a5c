/* SPDX-License-Identifier: MIT */
/* Distances to the two nearest neighbors within subsets of a layer's rows: from the table while the lists reach far
 * enough, else from a search. Which way is taken depends on the data only, and both give the same bits. */
#ifndef VV_ID_SUBSET_H
#define VV_ID_SUBSET_H

#include "data/matrix.h"
#include "data/neighbors.h"
#include "dist/comm.h"
#include "stages/id/measure.h"

enum { VV_SUBSET_FEWEST = 10 }; /* rows; smaller subsets have no estimate */

struct vv_subsets {
    const struct vv_matrix *matrix;
    const struct vv_neighbors *neighbors; /* of the same rows */
    double fraction;                      /* of the fit, see twonn.h */
    int n_repetitions;                    /* decimation: draws a halving; the first halvings at most 2, 4, .. */
    int threads;                          /* of this rank */
    const char *scratch;                  /* where the rows are files, and the memory to stay below: */
    int64_t memory;                       /* see neighbors/search.h */
    uint64_t seed;
};

/* Local. Radii of every row that is in a group, within that group, from the table; the inner radius of other rows
 * is -1, "left out". group: [n] -1 for rows in none; complete: [n_groups], set to 0 for groups of which a row
 * here has fewer than two neighbors in its list. */
enum vv_status vv_subset_from_table(const struct vv_neighbors *nb, const int32_t *group,
                                    struct vv_radii *r, int64_t *complete);

/* Collective. Radii of a subset from a search among its rows alone. rows: [n_rows] ascending */
enum vv_status vv_subset_from_search(struct vv_comm *c, const struct vv_subsets *how, const int64_t *rows,
                                     int64_t n_rows, struct vv_radii *r);

#endif
