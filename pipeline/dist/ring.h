/* SPDX-License-Identifier: MIT */
/* Blocks of rows passing round a ring of ranks, so that every rank meets every block while holding
 * at most two besides its own. The exchange runs while the caller computes:
 *
 *     vv_ring_begin(ring, own, 0);
 *     do { vv_ring_post(ring); work(vv_ring_block(ring)); } while (vv_ring_turn(ring));
 *
 * Everything is allocated at creation; nothing in the loop can fail locally. */
#ifndef VV_DIST_RING_H
#define VV_DIST_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "dist/comm.h"
#include "dist/layout.h"

struct vv_ring; /* opaque */

/* Local. A ring over the shards of a layout. A block is a window of at most `window` rows of a shard; it has
 * `row_bytes` bytes for each of its rows, their number rounded up to a multiple of `multiple`. The ring
 * ends when n_blocks blocks (1 to all) have been met: those of ranks rank, rank + 1, ... The caller
 * agrees on the status before the loop. */
enum vv_status vv_ring_create(struct vv_comm *c, const struct vv_layout *layout, size_t row_bytes,
                              int multiple, int n_blocks, int64_t window, struct vv_ring **ring);
void vv_ring_destroy(struct vv_ring **ring);

/* Local. Begins a round with the windows that start at local row `first` of each rank; own: this rank's
 * block, borrowed for the round. */
void vv_ring_begin(struct vv_ring *ring, const void *own, int64_t first);

/* Local. The block that visits now, its rows, and the rank that owns it. */
const void *vv_ring_block(const struct vv_ring *ring);
int64_t vv_ring_rows(const struct vv_ring *ring);
int vv_ring_owner(const struct vv_ring *ring);

/* Collective. Begins to exchange the visiting block for the next one; nothing after the last. */
void vv_ring_post(struct vv_ring *ring);

/* Local. Lets the exchange make progress; to be called now and then while computing. */
void vv_ring_progress(struct vv_ring *ring);

/* Collective. Waits for the next block and makes it the visiting one; false when all have been met. */
bool vv_ring_turn(struct vv_ring *ring);

/* Local. Seconds spent waiting, and bytes sent, so far. */
double vv_ring_seconds_waited(const struct vv_ring *ring);
double vv_ring_bytes_sent(const struct vv_ring *ring);

#endif
