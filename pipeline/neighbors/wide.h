/* SPDX-License-Identifier: MIT */
/* The search in float64, for rows whose neighbors float32 cannot tell apart: product tiles propose,
 * direct evaluation decides. Costs several times as much as the kernels, has bounds 10^8 times
 * narrower, and in the end evaluates everything rather than lose a neighbor. */
#ifndef VV_NEIGHBORS_WIDE_H
#define VV_NEIGHBORS_WIDE_H

#include <stdint.h>

#include "base/error.h"
#include "data/neighbors.h"
#include "neighbors/kernel.h"
#include "neighbors/wide_tile.h"

struct vv_wide; /* opaque: the work space of one thread */

/* Rows to be searched for: some of this rank's rows. */
struct vv_wide_queries {
    const struct vv_frame *frame;
    enum vv_metric metric;
    struct vv_sums sums; /* direct evaluation for the metric */
    const void *rows;    /* [n_local][n_cols] all rows of this rank */
    const int32_t *row;  /* [n] which of them */
    int64_t n;
    int64_t first;       /* global row of local row 0; -1: the rows searched are others */
    int *n_list;         /* [n] neighbors found so far, zero at first */
    struct vv_neighbors *lists;
};

/* A block of rows to be searched. */
struct vv_wide_block {
    const void *rows; /* [n][n_cols] */
    int64_t n, first; /* rows, and the global row of the first */
};

/* Local. One work space, for lists of k and blocks of up to most_block rows. */
enum vv_status vv_wide_create(int64_t n_cols, int k, int64_t most_block, struct vv_wide **w);
void vv_wide_destroy(struct vv_wide **w);
double vv_wide_memory(int64_t n_cols, int k, int64_t most_block);

/* Local. Merges the rows of the block into the lists of all queries. w: [threads]; returns the number
 * of pairs evaluated directly. Allocates nothing. */
int64_t vv_wide_search(struct vv_wide *const *w, int threads, const struct vv_wide_queries *q,
                       const struct vv_wide_block *block);

#endif
