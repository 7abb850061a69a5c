/* SPDX-License-Identifier: MIT */
/* The stages that exist, in the order in which they run (stages/stages.def). */
#ifndef VV_RUN_REGISTRY_H
#define VV_RUN_REGISTRY_H

#include "pipeline.h"

/* Number of stages. */
enum {
#define VV_STAGE(name) VV_STAGE_##name,
#include "stages/stages.def"
#undef VV_STAGE
    VV_N_STAGES
};

extern const struct vv_stage *const vv_registry[VV_N_STAGES];

/* Local. Position of the stage of that name, or -1. */
int vv_registry_find(const char *name);

/* Local. The stage name closest to `word`, or NULL. */
const char *vv_registry_suggest(const char *word);

#endif
