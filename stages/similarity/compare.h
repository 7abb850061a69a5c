/* SPDX-License-Identifier: MIT */
/* The similarities of pairs of spaces: two in memory at a time. */
#ifndef VV_SIMILARITY_COMPARE_H
#define VV_SIMILARITY_COMPARE_H

#include "dist/progress.h"
#include "stages/similarity/measure.h"

struct vv_similarities {
    const struct vv_space *spaces; /* [n] */
    int n;
    const bool *wanted;            /* [n][n]; either order counts */
    const struct vv_groups *groups; /* of the wanted pairs */
    struct vv_similarity_how how;
    int64_t batch;
    uint64_t seed;
    const char *scratch;
    struct vv_progress *progress;
    double *value;                 /* [VV_N_SIMILARITIES][n][n] symmetric; NaN where not wanted or missing */
    double *bandwidth;             /* [n] of the Gaussian kernel, where the space itself is wanted */
    int64_t *n_rows, *n_batches;   /* [n][n] rows that both hold, full batches; 0 where not wanted */
};

/* Collective. */
enum vv_status vv_similarities_compare(struct vv_comm *c, struct vv_similarities *it);

#endif
