/* SPDX-License-Identifier: MIT */
/* The heart: the exact k nearest neighbors of every row among all other rows, distributed.
 * "Exact" means the float64 answer: the table equals brute force over directly evaluated float64
 * distances in indices, order and ties (by index), and distances agree with direct evaluation to
 * 1e-12 relative, however far from the origin the data lie. For the cosine metric this holds for the
 * rows after they were scaled to unit length in float64: angles far below 10^-8 are those of the
 * rounded rows. The table has the same bits on any number of ranks and threads, and with any kernel.
 * See search.c for the method. */
#ifndef VV_NEIGHBORS_SEARCH_H
#define VV_NEIGHBORS_SEARCH_H

#include <stdint.h>

#include "base/error.h"
#include "data/matrix.h"
#include "data/neighbors.h"
#include "dist/comm.h"
#include "dist/progress.h"

struct vv_checkpoint; /* checkpoint.h */

/* BLAS must have been told to use one thread: those of the search call it themselves. */
struct vv_search {
    int k;                        /* 0 <= k < n */
    enum vv_metric metric;
    int threads;                  /* of this rank; 0: one */
    const char *kernel;           /* see kernel.h; NULL: "auto" */
    const char *scratch;          /* folder: queries and references are in files, so keep all that is of
                                   * their size in files as well; NULL: in memory */
    int64_t memory;               /* to stay below with scratch, bytes */
    struct vv_progress *progress; /* NULL: silent */
    const struct vv_checkpoint *checkpoint; /* where its state is saved (checkpoint.h); NULL: nowhere */
};

/* What a search did: counts and bytes summed over ranks, seconds of the slowest rank each. */
struct vv_search_stats {
    int64_t n_pairs;     /* ordered pairs ruled in or out */
    int64_t n_evaluated; /* of which evaluated directly in float64 */
    int64_t n_crowded;   /* rows with more candidates than float32 could tell apart (5/3 k at the end) */
    int64_t n_missed;    /* rows whose first limit, a guess from a sample, was too low for k candidates */
    int64_t n_wide;      /* rows searched in float64 for one reason or the other */
    double bytes_sent;
    double seconds_prepare, seconds_propose, seconds_decide; /* the three parts of a search */
    double seconds_kernel; /* of which in the kernels, */
    double seconds_wide;   /* in float64 tiles, */
    double seconds_wait;   /* and waiting for other ranks */
    const char *kernel;    /* the one that was used */
};

/* Collective. Fills *out (uninitialised) for all rows of m; `sample` is passed on. The cosine metric
 * refuses rows of zero length with VV_INPUT, naming the sample. stats may be NULL. */
enum vv_status vv_neighbors_search(struct vv_comm *c, const struct vv_matrix *m,
                                   const struct vv_search *how, struct vv_neighbors *out,
                                   struct vv_search_stats *stats);

/* Collective. The same for the rows of `queries` among those of `references`, other rows of as many
 * features and the same type; k <= rows of references. The table is laid out as queries, its indices
 * are rows of references. */
enum vv_status vv_neighbors_search_among(struct vv_comm *c, const struct vv_matrix *queries,
                                         const struct vv_matrix *references,
                                         const struct vv_search *how, struct vv_neighbors *out,
                                         struct vv_search_stats *stats);

/* Local. Working memory of one rank in bytes for n rows of n_cols, beyond matrix and table; with rows in
 * files and `memory` bytes to stay below, unless that is 0. */
double vv_neighbors_search_memory(int64_t n, int64_t n_cols, enum vv_real type, int k,
                                  enum vv_metric metric, int ranks, int threads, int64_t memory);

double vv_neighbors_search_among_memory(int64_t n, int64_t n_references, int64_t n_cols,
                                        enum vv_real type, int k, enum vv_metric metric, int ranks,
                                        int threads, int64_t memory);

/* Local. Bytes of the files of one rank when rows are in files, beyond the rows; n_references 0: the same. */
double vv_neighbors_search_scratch(int64_t n, int64_t n_references, int64_t n_cols, int k,
                                   enum vv_metric metric, int ranks);

#endif
