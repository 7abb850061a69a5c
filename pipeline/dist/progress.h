/* SPDX-License-Identifier: MIT */
/* Progress inside a long step, safe for batch logs: whole lines, at most one every half minute, no
 * cursor tricks; nothing at all for steps that end sooner. */
#ifndef VV_DIST_PROGRESS_H
#define VV_DIST_PROGRESS_H

#include "base/log.h"

struct vv_progress {
    struct vv_log *log;
    const char *step;     /* such as "knn last/layer_03" */
    double begin, spoken; /* seconds */
    double interval;      /* seconds between lines */
};

/* Local. Begins a step; the step's text is borrowed. */
void vv_progress_begin(struct vv_progress *p, struct vv_log *log, const char *step);

/* Local. Tells that `done` of `total` units of work are finished on this rank. */
void vv_progress_tell(struct vv_progress *p, double done, double total);

#endif
