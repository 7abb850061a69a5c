/* SPDX-License-Identifier: MIT */
/* Words for what was found. */
#ifndef VV_DEPTH_SAY_H
#define VV_DEPTH_SAY_H

#include "stages/depth/depth.h"

/* Local. "layer_03 (layer 3, 5.31 +- 0.10)"; layer: of the run. */
void vv_say_layer(struct vv_strbuf *out, const struct vv_depth *it, int layer, const struct vv_profile *p,
                  int decimals);

/* Local. "layer 6" or "layers 3 and 5 to 7": those from first to end - 1 whose mark is 1, and how many these are. mark:
 * [end], of the run */
int vv_count_marked(const int64_t *mark, int first, int end);
void vv_say_layers(struct vv_strbuf *out, const int64_t *mark, int first, int end);

/* Local. "layers 0 to 6 (7 of 10)": what is kept when a layer is transferred from. */
void vv_say_kept(struct vv_strbuf *out, const struct vv_depth *it, int series, int layer);

/* What a label set says about the layers of a series. Layers are of the run. */
struct vv_label_view {
    const char *label, *rule;        /* such as "probe" */
    const struct vv_profile *value;  /* [n_layers], shares */
    const int64_t *in_set;           /* [n_layers] */
    int best;
    double chance;                   /* NaN: not known */
};

/* Local. Adds to the verdict which layers a label set prefers and whether that agrees with the minimum rule, and to
 * what is kept. */
void vv_say_label(struct vv_depth *it, int series, const struct vv_label_view *view);

#endif
