/* SPDX-License-Identifier: MIT */
/* The imbalances between spaces, over distributed samples. */
#ifndef VV_IMBALANCE_COMPARE_H
#define VV_IMBALANCE_COMPARE_H

#include "base/log.h"
#include "stages/imbalance/core.h"
#include "stages/imbalance/parts.h"

/* What is asked, and the answers. */
struct vv_comparison {
    const struct vv_space *spaces; /* [n] */
    int n;
    const bool *wanted;            /* [n][n] from the first to the second */
    const int64_t *ks;             /* [n_ks], ascending */
    int n_ks;
    int64_t part_rows;             /* of each part; 0: all rows in one */
    uint64_t seed;
    struct vv_parts_search how;
    struct vv_log *log;            /* NULL: silent */
    struct vv_imbalance *result;   /* [n_ks][n][n] filled where wanted, else NaN; NaN for too few rows */
    int64_t *n_rows, *n_parts;     /* [n][n] rows of each part and number of parts; 0 where not wanted */
};

/* Collective. Memory: the neighbor lists of all spaces, n k values of 4 bytes each over all ranks, and the rows of
 * one space. Each space is read twice at most for each set of samples that pairs have in common. */
enum vv_status vv_imbalance_compare(struct vv_comm *c, struct vv_comparison *it);

#endif
