/* SPDX-License-Identifier: MIT */
/* One visiting block against the own rows: product tiles propose, direct evaluation decides. */
#ifndef VV_NEIGHBORS_SWEEP_H
#define VV_NEIGHBORS_SWEEP_H

#include <stdint.h>

#include "base/error.h"
#include "data/neighbors.h"
#include "neighbors/best.h"
#include "neighbors/tile.h"

/* Work space and state of a search on one rank; made once, used for every block. */
struct vv_sweep {
    struct vv_frame frame;
    enum vv_metric metric;
    int k;
    int most_rows, most_cols; /* tile sizes */
    struct vv_tile own, visiting;
    double *product;          /* [most_rows][most_cols] */
    double *limit;            /* [most_cols] what a visiting column adds to the comparison */
    double *cut;              /* [most_rows] largest lower bound that may still enter */
    int capacity;             /* candidates a row can buffer */
    struct vv_pick *buffer;   /* [most_rows][capacity] */
    int *n_buffered;          /* [most_rows] */
    struct vv_pick *picks, *scratch; /* [capacity + k] */
    double *bounds;           /* [capacity + k] */
    double *visiting_norm2;   /* [most_block] squared norms of the whole visiting block */
    int *n_list;              /* [n_local] entries in each row's list so far */
    int64_t n_evaluated;
    double seconds_product, seconds_evaluate;
};

/* Local. Allocates for n_local own rows and blocks of up to most_block rows, within `memory` bytes
 * for the tiles (0: a default); frame, metric and k are set before. */
enum vv_status vv_sweep_init(struct vv_sweep *s, int64_t n_local, int64_t most_block,
                             int64_t memory);
void vv_sweep_release(struct vv_sweep *s);

/* Local. Bytes vv_sweep_init would take. */
double vv_sweep_memory(int64_t n_cols, int k, int64_t n_local, int64_t most_block, int64_t memory);

/* Called between tiles with the share of the block that is done (0..1). */
typedef void (*vv_sweep_tick_fn)(void *owner, double done);

/* Local. Merges the visiting rows into the lists of the own rows. own: [n_own][n_cols] starting at
 * global row own_first; block: [n_block][n_cols] starting at block_first. Allocates nothing. */
void vv_sweep_block(struct vv_sweep *s, const void *own, int64_t n_own, int64_t own_first,
                    const void *block, int64_t n_block, int64_t block_first,
                    struct vv_neighbors *lists, vv_sweep_tick_fn tick, void *owner);

#endif
