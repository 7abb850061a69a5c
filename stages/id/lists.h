/* SPDX-License-Identifier: MIT */
/* The neighbor lists of this rank, row by row. */
#ifndef VV_ID_LISTS_H
#define VV_ID_LISTS_H

#include <stdint.h>

#include "data/neighbors.h"

/* Local. Takes the distances of a row to its neighbors, as lengths. length: [k] ascending, the first positive */
typedef void (*vv_id_list_fn)(void *state, const double *length);

/* Local. Gives each row of this rank whose nearest neighbor does not coincide with it; adds their number to *n_used.
 * k: 0 (no rows are given) to nb->k. */
enum vv_status vv_id_each_list(const struct vv_neighbors *nb, int k, vv_id_list_fn what, void *state,
                               int64_t *n_used);

#endif
