/* SPDX-License-Identifier: MIT */
/* Carries out a plan: layers stream through the PER_LAYER steps one after the other, then the
 * ALL_LAYERS steps run once. Every step: borrow inputs, run, agree, verify, publish, release. */
#ifndef VV_RUN_EXECUTE_H
#define VV_RUN_EXECUTE_H

#include "run/plan.h"
#include "run/store.h"

struct vv_run {
    struct vv_context context;
    const struct vv_plan *plan;
    struct vv_store store;
    struct vv_source *source;
    const struct vv_artifact *labels; /* [n_labels] */
    int n_labels;
    const struct vv_artifact *others; /* [context.n_others] sources */
    struct vv_artifact provenance;    /* a table: columns provenance/... */
    double *seconds;                  /* [n_steps] spent in each step, all layers; owned */
};

/* Local. Prepares a run of the plan; context, source, labels, others and provenance are set by the caller. */
enum vv_status vv_run_init(struct vv_run *run);
void vv_run_release(struct vv_run *run);

/* Collective. Runs all steps. Errors carry the step and layer in front. */
enum vv_status vv_run_execute(struct vv_run *run);

#endif
