/* SPDX-License-Identifier: MIT */
/* Runs the points of a sweep, each in a folder of its own below the sweep's: one after the other on all ranks, or
 * several side by side on parts of them (resources.ranks_per_point), or one of them (--index). Points share
 * products through the cache; their order sees to it that a neighbor table is there before others could use it. */
#ifndef VV_RUN_SWEEP_H
#define VV_RUN_SWEEP_H

#include "run/commands.h"
#include "run/points.h"

/* Collective. All points are looked at before the first is run; points finished before are left as they are. When all
 * are done the tables over them are written. The first failure ends the sweep and is returned, with the
 * name of the point; with --keep-going VV_FAILED at the end. A stop request is VV_STOPPED, and the same command
 * goes on from there. */
enum vv_status vv_sweep_run(const struct vv_call *call, struct vv_points *points);

#endif
