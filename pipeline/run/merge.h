/* SPDX-License-Identifier: MIT */
/* The tables over all points of a sweep: <directory>/sweep.h5 and <directory>/tables/<sheet>.csv, an observation a
 * row, with the name of its point and the values of the swept keys in front; the sheet `points` lists the points.
 * And figures of all points (run/multiples.h). */
#ifndef VV_RUN_MERGE_H
#define VV_RUN_MERGE_H

#include "run/points.h"

/* Collective. From the points that have finished: finished, [n_points]. Rank 0 does the work, and appends
 * what stages conclude from all points to `sentences`. Files that an earlier
 * sweep left there and this one did not write again are removed. */
enum vv_status vv_merge_points(struct vv_comm *c, const struct vv_points *points, const char *directory,
                               const bool *finished, struct vv_log *log, struct vv_strbuf *sentences);

#endif
