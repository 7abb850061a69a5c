/* SPDX-License-Identifier: MIT */
/* One run, from the configuration to the report: by itself, or as a point of a sweep. In command_run.c. */
#ifndef VV_RUN_ONCE_H
#define VV_RUN_ONCE_H

#include <stdbool.h>

#include "run/commands.h"
#include "run/points.h"

struct vv_once {
    int64_t point;            /* of the sweep, or VV_NO_POINT */
    bool summary;             /* to be printed at the end */
    double seconds;           /* of a point: left to the sweep; 0: no limit */
    const char *beside;       /* of a point: the directory beside which the cache is looked for */
    const char *announcement; /* of a point: told before it begins, if it does */
    const char *prefix;       /* in front of what is told, or NULL */
    bool reused;              /* out, of a point: it was finished before, and left as it is */
};

/* What a finished point leaves besides its report, for the tables over all points. */
#define VV_ONCE_TABLE "artifacts/report.table"

/* Collective over comm, which may be a part of the ranks. A point that was finished before, with the same
 * configuration and inputs, is left as it is, unless --fresh is given. */
enum vv_status vv_run_once(const struct vv_call *call, struct vv_comm *comm, struct vv_points *points,
                           struct vv_once *how);

#endif
