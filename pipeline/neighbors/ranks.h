/* SPDX-License-Identifier: MIT */
/* Exact neighbor ranks beyond any stored list: how many rows are nearer to a row than a given other one. The rank
 * of j around i is 1 + #{m : (d(i,m), m) < (d(i,j), j)}, m other than i: the order of the neighbor search, ties by
 * index included, without sorting anything. Product tiles in float64 count what is certain, direct evaluation
 * decides the rest, so ranks are those of brute force over directly evaluated distances, on any number of ranks
 * and threads. n_queries n D multiplications in all, whatever the number of targets of a row; each rank sends its
 * rows twice round the ring. */
#ifndef VV_NEIGHBORS_RANKS_H
#define VV_NEIGHBORS_RANKS_H

#include <stdint.h>

#include "base/error.h"
#include "data/matrix.h"
#include "data/neighbors.h"
#include "dist/comm.h"
#include "dist/progress.h"

struct vv_ranks {
    enum vv_metric metric;        /* a distance: not VV_INNER_PRODUCT */
    int threads;                  /* of this rank; 0: one. BLAS must have been told to use one thread */
    int n_targets;                /* of each row */
    const int32_t *target;        /* [n_local][n_targets] global rows; -1: nothing asked. Never the row itself */
    int32_t *rank;                /* [n_local][n_targets] filled where a target is given, else left alone */
    struct vv_progress *progress; /* NULL: silent */
};

/* Collective. The ranks of the targets of each row of m. Rows none of whose targets is asked for cost nothing.
 * The cosine metric refuses rows of zero length with VV_INPUT. */
enum vv_status vv_neighbors_ranks(struct vv_comm *c, const struct vv_matrix *m, const struct vv_ranks *how);

/* Local. Working memory of one rank in bytes, at most, for n rows of n_cols. */
double vv_neighbors_ranks_memory(int64_t n, int64_t n_cols, enum vv_real type, enum vv_metric metric,
                                 int n_targets, int ranks, int threads);

#endif
