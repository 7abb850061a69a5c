/* SPDX-License-Identifier: MIT */
/* One run at a time in a run directory. The file .claim there is locked while a run goes on, and tells whose it
 * is. The system gives the lock back however the run ends, so that a claim nobody holds is known to be stale. */
#ifndef VV_RUN_CLAIM_H
#define VV_RUN_CLAIM_H

#include "base/error.h"
#include "base/log.h"
#include "dist/comm.h"

struct vv_claim {
    struct vv_comm *comm;
    int file;   /* on rank 0, while claimed; else -1 */
    char *path; /* NULL: nothing is claimed */
};

/* Collective. Claims the directory, which exists. VV_OUTPUT telling who holds it (host, process, job, since
 * when); a stale claim is taken over and said so. */
enum vv_status vv_claim_take(struct vv_comm *c, const char *directory, struct vv_log *log,
                             struct vv_claim *claim);

/* Local. Gives it back; nothing if nothing is claimed. */
void vv_claim_give(struct vv_claim *claim);

#endif
