/* SPDX-License-Identifier: MIT */
/* What a stage that searches has to say about it. */
#ifndef VV_NEIGHBORS_ACCOUNT_H
#define VV_NEIGHBORS_ACCOUNT_H

#include "base/log.h"
#include "data/table.h"
#include "neighbors/search.h"

/* Collective. What the lists say about themselves, as columns "<stage>/...": k, metric, rows at distance zero,
 * the mean distance to the nearest. */
enum vv_status vv_search_describe(struct vv_comm *c, const struct vv_neighbors *nb, const char *stage,
                                  struct vv_table *table);

/* Local. What was done and how long it took, for the log: `step` in front of each line, n rows in all. */
void vv_search_tell(const struct vv_search_stats *s, int64_t n, const char *step, struct vv_log *log);

/* Local. Lists of this rank are in order, their rows exist; distances are finite (else VV_INPUT). */
enum vv_status vv_search_verify(const struct vv_neighbors *nb);

#endif
