/* SPDX-License-Identifier: MIT */
/* Carries out a plan: layers stream through the PER_LAYER steps one after the other, then the
 * ALL_LAYERS steps run once. Every step: take its products from the cache if they are there and nobody
 * needs more than those; else borrow inputs, run, agree, verify, publish, keep, release. */
#ifndef VV_RUN_EXECUTE_H
#define VV_RUN_EXECUTE_H

#include "run/cache.h"
#include "run/keys.h"
#include "run/plan.h"
#include "run/store.h"
#include "run/timing.h"

struct vv_run {
    struct vv_context context;
    const struct vv_plan *plan;
    const struct vv_input_config *input;
    const struct vv_cache *cache;
    struct vv_keys keys;              /* owned */
    struct vv_store store;
    struct vv_source *source;
    const struct vv_artifact *labels; /* [n_labels] */
    int n_labels;
    const struct vv_others *others;
    struct vv_artifact provenance;    /* a table: columns provenance/... */
    double checkpoint;                /* seconds after which a search saves its state; 0: never */
    struct vv_timing timing;          /* owned */
    const struct vv_stage **stages;   /* [n_steps] what context.stages is; owned */
};

/* Local. Prepares a run of the plan; context, input, cache, source, labels, others and provenance are set by the
 * caller. */
enum vv_status vv_run_init(struct vv_run *run);
void vv_run_release(struct vv_run *run);

/* Collective. Runs all steps. Errors carry the step and layer in front. */
enum vv_status vv_run_execute(struct vv_run *run);

#endif
