/* SPDX-License-Identifier: MIT */
#include "run/registry.h"

#include <string.h>

#include "base/text.h"

#define VV_STAGE(name) extern const struct vv_stage vv_stage_##name;
#include "stages/stages.def"
#undef VV_STAGE

const struct vv_stage *const vv_registry[VV_N_STAGES] = {
#define VV_STAGE(name) &vv_stage_##name,
#include "stages/stages.def"
#undef VV_STAGE
};

int vv_registry_find(const char *name)
{
    for (int i = 0; i < VV_N_STAGES; i++)
        if (strcmp(vv_registry[i]->name, name) == 0) return i;
    return -1;
}

const char *vv_registry_suggest(const char *word)
{
    const char *names[VV_N_STAGES];
    for (int i = 0; i < VV_N_STAGES; i++) names[i] = vv_registry[i]->name;
    return vv_text_suggest(word, names, VV_N_STAGES);
}
