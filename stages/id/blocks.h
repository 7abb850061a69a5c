/* SPDX-License-Identifier: MIT */
/* Block analysis (Ansuini, Laio, Macke, Zoccolan, NeurIPS 2019): the rows, in random order, are cut into b disjoint
 * blocks, and TwoNN is fitted in each. As for decimation fewer rows means larger distances; but here every row
 * is used at each size, and the blocks are independent of each other. */
#ifndef VV_ID_BLOCKS_H
#define VV_ID_BLOCKS_H

#include "stages/id/subset.h"

/* Local. The block of every row: blocks are consecutive pieces of one random order, the same for every b, and differ
 * by at most one row in size. order: [n] (vv_rng_order); block: [n] */
void vv_blocks_assign(const int64_t *order, int64_t n, int64_t b, int32_t *block);

/* Collective. TwoNN (fit) in b blocks: value and distance are means over the blocks, std_error is their population
 * standard deviation / sqrt(b), NaN for one block; n_used and n_excluded are sums over them. Missing with blocks of
 * fewer than 10 rows, or when one has no estimate. order: [n] */
enum vv_status vv_blocks_estimate(struct vv_comm *c, const struct vv_subsets *how, const int64_t *order,
                                  int64_t b, struct vv_id_estimate *e);

#endif
