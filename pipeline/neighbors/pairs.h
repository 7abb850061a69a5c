/* SPDX-License-Identifier: MIT */
/* All pairs between two sets of rows, tile by tile, on all threads of a rank; each pair is looked at
 * once and offered to the shortlists of both its rows. */
#ifndef VV_NEIGHBORS_PAIRS_H
#define VV_NEIGHBORS_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "neighbors/kernel.h"
#include "neighbors/met.h"
#include "neighbors/panels.h"
#include "neighbors/shortlist.h"

/* One side: rows [begin, end) of some panels. begin: a multiple of VV_TILE_ROWS. */
struct vv_side {
    const struct vv_panels *panels;
    int64_t begin, end;
    int64_t first;             /* global number of row 0 of the panels */
    struct vv_shortlist *list; /* its row 0 is row `begin`; NULL: these rows take nothing */
};

enum vv_share { VV_ALL_TILES, VV_EVEN_TILES, VV_ODD_TILES };

/* The threads of a rank with their work space; made once. */
struct vv_crew {
    const struct vv_kernel *kernel;
    int threads;
    int scratch_size;             /* floats a thread needs to select from a row */
    struct vv_crew_member *member; /* [threads] */
    double seconds_kernel;        /* of the slowest thread, summed over calls */
    struct vv_met *met;           /* pairs to be left out, and where those that meet are told; NULL: none */
};

enum vv_status vv_crew_init(struct vv_crew *crew, const struct vv_kernel *kernel, int threads,
                            int scratch_size);
void vv_crew_release(struct vv_crew *crew);

/* Local. Bytes vv_crew_init takes. */
double vv_crew_memory(int threads, int scratch_size);

/* Called by the thread that owns MPI, between tiles, with the share that is done (0..1). False: no more tiles for
 * now, as the run is to stop, or something is to be done between them. */
typedef bool (*vv_tick_fn)(void *owner, double done);

/* Local. Offers all pairs of a row of a and a row of b to both lists; true when that is done, false when a tick
 * ended it before, to be called again. same: a and b are the same side, each pair counts once and no row is
 * paired with itself; else they have no row in common. share: only the tiles whose positions add up to an even
 * (odd) number, so that two ranks can share a pair of blocks. *next: the tile to begin with, 0 at first, and the
 * one to go on with. */
bool vv_crew_pair(struct vv_crew *crew, const struct vv_side *a, const struct vv_side *b, bool same,
                  enum vv_share share, int64_t *next, vv_tick_fn tick, void *owner);

/* Local. The scratch space of thread t. */
float *vv_crew_scratch(const struct vv_crew *crew, int t);

#endif
