/* SPDX-License-Identifier: MIT */
/* The further inputs of a run, `input.others`: layers that those of the run are compared with. */
#ifndef VV_RUN_OTHERS_H
#define VV_RUN_OTHERS_H

#include "io/source.h"
#include "pipeline.h"

struct vv_others {
    int n;
    struct vv_other *shapes;         /* [n] */
    struct vv_artifact *sources;     /* [n] */
    struct vv_input_config *configs; /* [n] what the sources were opened with */
};

/* Collective. Opens them, headers only, and finds the layers that correspond to those of `source`. To be
 * closed in any case. */
enum vv_status vv_others_open(struct vv_comm *c, const struct vv_input_config *config,
                              const struct vv_source *source, struct vv_others *others);
void vv_others_close(struct vv_others *others);

#endif
