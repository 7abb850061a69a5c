/* SPDX-License-Identifier: MIT */
/* What `varve plan` shows of a sweep: the grid of its points, what each will compute, what it shares with which other
 * point, and what the cache has. */
#ifndef VV_RUN_PLAN_SWEEP_H
#define VV_RUN_PLAN_SWEEP_H

#include "run/commands.h"
#include "run/points.h"

/* Collective. size: ranks in all. Rank 0 prints. */
enum vv_status vv_plan_sweep(const struct vv_call *call, struct vv_points *points, int size);

#endif
