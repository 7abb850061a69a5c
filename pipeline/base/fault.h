/* SPDX-License-Identifier: MIT */
/* Fault points: places that fail when told to, so that tests see what a failure there leads to. In builds with
 * VV_FAULTS (debug and san) the environment variable VARVE_FAULT="POINT[:RANK[:N]]" makes the N-th pass through
 * the point on that rank fail (default: the first, on every rank); in others a point costs nothing. */
#ifndef VV_BASE_FAULT_H
#define VV_BASE_FAULT_H

#include <stdbool.h>

/* The points: memory, read, h5-create, h5-write, h5-close, disk-full, rename, exchange, stall. */
#ifdef VV_FAULTS
/* Local. Whether this pass through the point is to fail. */
bool vv_fault(const char *point);

/* Local. The rank this process has; until it is known no point fails. */
void vv_fault_rank(int rank);
#else
#define vv_fault(point) false
#define vv_fault_rank(rank) ((void)(rank))
#endif

#endif
