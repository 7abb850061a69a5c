/* SPDX-License-Identifier: MIT */
/* Where a long search saves its state: artifacts/<stage>/<layer>.h5.state.<rank>-of-<ranks> in the run directory, under
 * the key of its products; removed once those are published. */
#ifndef VV_RUN_SAVING_H
#define VV_RUN_SAVING_H

#include "base/strbuf.h"
#include "neighbors/checkpoint.h"
#include "run/keys.h"

struct vv_saving {
    struct vv_strbuf path; /* owned; empty: the step is none that is saved */
    struct vv_checkpoint checkpoint;
};

/* Local. The place for a step and layer (-1: it runs once) of a run in `directory`. */
enum vv_status vv_saving_init(struct vv_saving *s, const struct vv_keys *keys, int step, int layer,
                              const char *directory);
void vv_saving_release(struct vv_saving *s);

#endif
