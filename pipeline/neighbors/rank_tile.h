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

/* A target of a query, where it stands among the others by distance. */
struct vv_rank_limit {
    double unit;    /* its distance in the units of the tiles: squared and scaled */
    int32_t target; /* which of the query's targets */
};

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
    struct vv_rank_limit *limit; /* [first[n]] the same in ascending distance */
    int32_t *nearer;           /* [first[n]] rows nearer than the target, so far */
    int most_targets;          /* of a query */
};

/* A visiting block: n rows from global row `first` on. */
struct vv_rank_block {
    const void *rows;
    int64_t n, first;
};

/* Local. For queries of up to most_targets targets. */
enum vv_status vv_rank_tile_create(int64_t n_cols, int most_targets, struct vv_rank_tile **t);
void vv_rank_tile_destroy(struct vv_rank_tile **t);
double vv_rank_tile_memory(int64_t n_cols, int most_targets);

/* Local. The distances of the targets that are rows of the block. */
void vv_rank_measure(const struct vv_rank_queries *q, const struct vv_rank_block *block, int threads);

/* Local. Once all distances are known: the limits. */
void vv_rank_sort(const struct vv_rank_queries *q, int threads);

/* Local. Adds the rows of the block that are nearer. Needs the limits. tiles: [threads] */
void vv_rank_count(struct vv_rank_tile *const *tiles, int threads, const struct vv_rank_queries *q,
                   const struct vv_rank_block *block);

#endif
