/* SPDX-License-Identifier: MIT */
/* Counting within one block of rows, for ranks.h: which of its rows are nearer to a query than the query's
 * targets. A product tile in float64 (wide_tile.h) and its bound settle nearly all of them; a pair that is as
 * near as a target to within the bound is evaluated directly. */
#ifndef VV_NEIGHBORS_RANK_TILE_H
#define VV_NEIGHBORS_RANK_TILE_H

#include <stdint.h>

#include "base/error.h"
#include "data/neighbors.h"
#include "neighbors/kernel.h"
#include "neighbors/wide_tile.h"

struct vv_rank_tile; /* opaque: the work space of one thread */

/* The rows of this rank that have targets, and for each the distinct targets in ascending order. */
struct vv_rank_queries {
    const struct vv_frame *frame;
    enum vv_metric metric;
    struct vv_sums sums;       /* direct evaluation for the metric */
    const void *rows;          /* [n_local][n_cols] all rows of this rank */
    int64_t row_first;         /* global row of local row 0 */
    int64_t n;                 /* queries */
    int32_t *row;              /* [n] local rows */
    int64_t *first;            /* [n + 1] first target of each query in the arrays below */
    int32_t *index;            /* [first[n]] global rows */
    double *distance;          /* [first[n]] */
    int32_t *nearer;           /* [first[n]] rows nearer than the target, so far */
};

/* A visiting block: n rows from global row `first` on. */
struct vv_rank_block {
    const void *rows;
    int64_t n, first;
};

/* Local. */
enum vv_status vv_rank_tile_create(int64_t n_cols, struct vv_rank_tile **t);
void vv_rank_tile_destroy(struct vv_rank_tile **t);
double vv_rank_tile_memory(int64_t n_cols);

/* Local. The distances of the targets that are rows of the block. */
void vv_rank_measure(const struct vv_rank_queries *q, const struct vv_rank_block *block, int threads);

/* Local. Adds the rows of the block that are nearer. Needs the distances of all targets. tiles: [threads] */
void vv_rank_count(struct vv_rank_tile *const *tiles, int threads, const struct vv_rank_queries *q,
                   const struct vv_rank_block *block);

#endif
