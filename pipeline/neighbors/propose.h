/* SPDX-License-Identifier: MIT */
/* The first half of a search: float32 proposes. Each pair of rows is looked at once, on one rank, and
 * feeds the lists of both its rows. Blocks of rows travel half way round the ring; the candidates
 * they meet on the way are sent home to their owner. */
#ifndef VV_NEIGHBORS_PROPOSE_H
#define VV_NEIGHBORS_PROPOSE_H

#include "neighbors/sample.h"
#include "neighbors/shortlist.h"
#include "neighbors/task.h"

/* Collective. Fills an uninitialised shortlist of the queries of this rank. After it, row i either has a
 * count >= k and its candidates are sure to contain its k nearest, or its count is VV_CROWDED and it
 * has to be searched otherwise. */
enum vv_status vv_propose(struct vv_task *t, const struct vv_sample *sample,
                          struct vv_sample_plan plan, struct vv_shortlist *list);

/* Local. Working memory of one rank in bytes, the shortlist included. */
double vv_propose_memory(const struct vv_search_size *size);

#endif
