/* SPDX-License-Identifier: MIT */
/* The second half of a search: float64 decides. The rows pass by once more, or are gathered where they are few;
 * candidates are evaluated directly (direct.h) while the row they name is here, and ranked by (distance, index).
 * Rows whose candidates float32 could not tell apart are searched in float64 tiles (wide.h) on the way. */
#ifndef VV_NEIGHBORS_DECIDE_H
#define VV_NEIGHBORS_DECIDE_H

#include "data/neighbors.h"
#include "neighbors/shortlist.h"
#include "neighbors/task.h"

/* Collective. Fills the lists of `out`, allocated by the caller, from what vv_propose left; uses up the
 * shortlist. */
enum vv_status vv_decide(struct vv_task *t, struct vv_shortlist *list, struct vv_neighbors *out);

/* Local. Working memory of one rank in bytes, the shortlist included. */
double vv_decide_memory(const struct vv_search_size *size);

#endif
