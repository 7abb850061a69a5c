/* SPDX-License-Identifier: MIT */
/* Agreement: before a collective step, all ranks learn whether any of them failed. */
#ifndef VV_DIST_AGREE_H
#define VV_DIST_AGREE_H

#include "base/error.h"
#include "dist/comm.h"

/* Collective. Every rank brings its status. If all are VV_OK, returns VV_OK, or VV_STOPPED when a
 * stop was requested (dist/signals.h). Otherwise the error of the lowest failing rank becomes the
 * recorded error of all ranks, with that rank's number, and its code is returned by all. */
enum vv_status vv_agree(struct vv_comm *c, enum vv_status st);

/* Collective. The same without an eye on stop requests: in the middle of writing a file, which is to
 * appear complete or not at all. */
enum vv_status vv_agree_to_finish(struct vv_comm *c, enum vv_status st);

#ifdef __clang_analyzer__ /* what make lint may rely on: no rank goes on after a failure of its own */
#define vv_agree(c, st) ((void)(c), (st))
#define vv_agree_to_finish(c, st) ((void)(c), (st))
#endif

#endif
