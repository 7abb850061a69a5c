/* SPDX-License-Identifier: MIT */
/* What the parts of a search share. */
#ifndef VV_NEIGHBORS_TASK_H
#define VV_NEIGHBORS_TASK_H

#include <stdbool.h>

#include "data/matrix.h"
#include "dist/comm.h"
#include "neighbors/checkpoint.h"
#include "neighbors/frame.h"
#include "neighbors/kernel.h"
#include "neighbors/search.h"

/* What memory depends on. */
struct vv_search_size {
    int64_t n_local, n_cols; /* queries of the rank with most rows */
    int64_t n_others;        /* references of that rank, if they are other rows; 0: they are the same */
    enum vv_real type;       /* as evaluated */
    int k, ranks, threads;
    bool on_disk;
    int64_t window;
};

/* Share of a search's progress that proposing is taken for; deciding is the rest. */
#define VV_PROPOSING 0.9

struct vv_task {
    struct vv_comm *comm;
    const struct vv_matrix *queries;    /* rows searched for, as they are evaluated (unit rows for cosine) */
    const struct vv_matrix *references; /* rows searched among */
    bool same;                          /* they are the same rows: none is its own neighbor */
    int k;                              /* 1 <= k <= references, less 1 if same */
    enum vv_metric metric;
    int threads;
    const struct vv_kernel *kernel;     /* the same on all ranks */
    struct vv_frame frame;              /* of the float32 rows */
    struct vv_frame wide_frame;         /* of the float64 tiles: not centred for inner products */
    const char *scratch;                /* folder for what does not fit in memory; NULL: everything fits */
    int64_t window;                     /* rows of a shard that travel at a time */
    struct vv_progress *progress;       /* NULL: silent */
    const struct vv_checkpoint *checkpoint; /* NULL: none */
    struct vv_search_stats stats;       /* of this rank, added to */
};

#endif
