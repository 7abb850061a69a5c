/* SPDX-License-Identifier: MIT */
/* Which kernel a search takes: the fastest that all ranks can run, unless its error would blur what it is to tell
 * apart. */
#ifndef VV_NEIGHBORS_CHOOSE_H
#define VV_NEIGHBORS_CHOOSE_H

#include "base/error.h"
#include "data/neighbors.h"
#include "dist/comm.h"
#include "neighbors/kernel.h"
#include "neighbors/sample.h"

/* Collective. The kernel called `name`; for "auto" the first whose error is small beside the distances that rows of
 * the sample have to their neighbors (references to references; queries are not looked at), or the one with the
 * smallest error; the latter for inner products. VV_USAGE: no rank may lack the one that is named. */
enum vv_status vv_choose_kernel(struct vv_comm *c, const char *name, const struct vv_matrix *references,
                                enum vv_metric metric, const struct vv_sample *sample,
                                struct vv_sample_plan plan, const struct vv_kernel **kernel);

#endif
