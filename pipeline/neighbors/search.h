/* SPDX-License-Identifier: MIT */
/* The heart: the exact k nearest neighbors of every row among all other rows, distributed.
 * "Exact" means the float64 answer: the table equals brute force over directly evaluated float64
 * distances in indices, order and ties (by index), and distances agree with direct evaluation to
 * 1e-12 relative, however far from the origin the data lie. For the cosine metric this holds for the
 * rows after they were scaled to unit length in float64: angles far below 10^-8 are those of the
 * rounded rows. The table has the same bits on any
 * number of ranks. See search.c for the method. */
#ifndef VV_NEIGHBORS_SEARCH_H
#define VV_NEIGHBORS_SEARCH_H

#include <stdint.h>

#include "base/error.h"
#include "data/matrix.h"
#include "data/neighbors.h"
#include "dist/comm.h"
#include "dist/progress.h"

struct vv_search {
    int k;                        /* 0 <= k < n */
    enum vv_metric metric;
    int64_t memory;               /* working memory to stay below, bytes; 0: a sane default */
    struct vv_progress *progress; /* NULL: silent */
};

/* What a search did, summed over ranks. */
struct vv_search_stats {
    int64_t n_pairs;     /* ordered pairs looked at */
    int64_t n_evaluated; /* of which evaluated directly in float64 */
    double seconds_product, seconds_evaluate, seconds_wait; /* of the slowest rank each */
};

/* Collective. Fills *out (uninitialised) for all rows of m; `sample` is passed on. The cosine metric
 * refuses rows of zero length with VV_INPUT, naming the sample. stats may be NULL. */
enum vv_status vv_neighbors_search(struct vv_comm *c, const struct vv_matrix *m,
                                   const struct vv_search *how, struct vv_neighbors *out,
                                   struct vv_search_stats *stats);

/* Local. Working memory of one rank in bytes for n rows of n_cols, beyond matrix and table. */
double vv_neighbors_search_memory(int64_t n, int64_t n_cols, enum vv_real type, int k,
                                  enum vv_metric metric, int size, int64_t memory);

#endif
