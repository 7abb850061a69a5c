/* SPDX-License-Identifier: MIT */
/* The state of a search in files, so that one that is stopped or killed can be gone on with, on any number of
 * ranks: each rank saves its candidates when it likes, with what they have met (met.h); no rank waits for
 * another. Files are "<path>.<rank>-of-<ranks>", those of one number of ranks belong together, and appear
 * complete or not at all. Candidates of cells that have not met entirely are left out. */
#ifndef VV_NEIGHBORS_CHECKPOINT_H
#define VV_NEIGHBORS_CHECKPOINT_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/log.h"
#include "dist/comm.h"
#include "dist/layout.h"
#include "neighbors/met.h"
#include "neighbors/shortlist.h"

struct vv_checkpoint {
    const char *path;
    struct vv_digest key; /* of what is searched: rows, metric, k */
    double period;        /* seconds between two times of saving */
    bool fresh;           /* do not go on with what is there */
    struct vv_log *log;   /* NULL: silent */
    const char *step;     /* what is searched, for the log */
};

/* Collective. Takes the candidates that an earlier search with this key saved, and what they had met, into an
 * empty list and an empty met. guess: [n] what the rows accept at first, lowered to what they accepted at first
 * then: what they are settled by. bound: the list's, widened if a kernel with a larger error proposed them. What
 * cannot be read is a warning. rows: those of the list. */
enum vv_status vv_checkpoint_load(struct vv_comm *c, const struct vv_checkpoint *how,
                                  const struct vv_layout *rows, struct vv_met *met,
                                  struct vv_shortlist *list, struct vv_bound *bound, float *guess);

/* Local. Saves them; what cannot be written is a warning. */
void vv_checkpoint_save(const struct vv_checkpoint *how, const struct vv_layout *rows,
                        const struct vv_met *met, const struct vv_shortlist *list, const float *guess);

/* Local. Removes the files of a search that is finished, but for those of `but` ranks (0: all). */
void vv_checkpoint_remove(const char *path, int but);

#endif
