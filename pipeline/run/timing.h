/* SPDX-License-Identifier: MIT */
/* Where the time of a run goes: seconds of each step and layer, what was taken from the cache instead, and how long
 * ranks waited for each other. */
#ifndef VV_RUN_TIMING_H
#define VV_RUN_TIMING_H

#include <stdint.h>

#include "data/table.h"
#include "dist/comm.h"
#include "run/plan.h"

struct vv_timing {
    int n_steps, n_layers;
    double began;     /* vv_clock_seconds at the beginning */
    double *seconds;  /* [n_steps] spent, all layers; owned, as are the others */
    double *waited;   /* [n_steps] of which this rank waited for others at sync points */
    double *by_layer; /* [n_steps][n_layers] NaN: not run for this layer by itself */
    int64_t *reused;  /* [n_steps] layers whose products came from the cache; 1 for a step that runs once */
};

/* Local. */
enum vv_status vv_timing_init(struct vv_timing *t, int n_steps, int n_layers);
void vv_timing_release(struct vv_timing *t);

/* Local. Counts time spent in a step for a layer (-1: it runs once), and what of it was waiting. */
void vv_timing_add(struct vv_timing *t, int step, int layer, double seconds, double waited);

/* Local. Counts products that came from the cache. */
void vv_timing_reuse(struct vv_timing *t, int step);

/* Collective. Adds the first `n` steps to a table as columns provenance/stage, seconds, ...; waits over all ranks.
 * layer_names: [n_layers] */
enum vv_status vv_timing_tabulate(const struct vv_timing *t, struct vv_comm *c, const struct vv_plan *plan, int n,
                                  char *const *layer_names, struct vv_table *table);

#endif
