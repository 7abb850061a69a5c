/* SPDX-License-Identifier: MIT */
/* Disjoint random parts of the samples that spaces have in common, and in each part and space the nearest
 * neighbors of every sample and the exact ranks of given samples. What the stored neighbor tables tell is taken from
 * them: the members of a part that stand in a list are the nearest of the part, in order. The rest is searched
 * and counted anew, among the part's rows. */
#ifndef VV_IMBALANCE_PARTS_H
#define VV_IMBALANCE_PARTS_H

#include "io/spaces.h"
#include "neighbors/search.h"

struct vv_parts {
    int64_t n;               /* samples in common */
    const int64_t *samples;  /* [n] ascending; borrowed */
    int n_parts;
    int64_t n_rows;          /* of each part */
    int64_t *position;       /* [n_parts][n_rows] which of the samples, ascending in each part */
    struct vv_layout layout; /* of the rows of each part */
};

/* Local. As many parts of `size` rows as fit, by random keys of the samples; one part of all samples if size is
 * 0 or not below their number. */
enum vv_status vv_parts_init(struct vv_parts *p, const int64_t *samples, int64_t n, int64_t size,
                             uint64_t seed);
void vv_parts_release(struct vv_parts *p);

/* How rows are searched. */
struct vv_parts_search {
    enum vv_metric metric;
    int threads;
    const char *scratch;
    int64_t memory;
    struct vv_progress *progress;
};

/* One space while its parts are looked at; rows are read when they are first needed. Zeroed, but for `space`. */
struct vv_part_space {
    const struct vv_space *space;
    int32_t *row;          /* [n] row of the table of each sample in common */
    int32_t *place;        /* [rows of the table] place within the current part; -1: not in it */
    bool has_rows;
    struct vv_matrix rows; /* of all samples in common */
    int64_t n_searched, n_counted; /* parts whose rows were needed: for lists, for ranks */
};

/* Local. */
enum vv_status vv_part_space_open(struct vv_part_space *s, const struct vv_parts *p);
void vv_part_space_close(struct vv_part_space *s);

/* Collective. The k nearest of each row of part number `part` within it: places in the part, nearest first.
 * list: [n_local][k], k < n_rows */
enum vv_status vv_part_lists(struct vv_comm *c, struct vv_part_space *s, const struct vv_parts *p, int part,
                             int k, const struct vv_parts_search *how, int32_t *list);

/* Collective. The ranks within the part of n_targets others for each row. target: [n_local][n_targets] places;
 * used up. rank: [n_local][n_targets] */
enum vv_status vv_part_ranks(struct vv_comm *c, struct vv_part_space *s, const struct vv_parts *p, int part,
                             int n_targets, const struct vv_parts_search *how, int32_t *target, int32_t *rank);

#endif
