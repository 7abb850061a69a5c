/* SPDX-License-Identifier: MIT */
/* Where two networks part: corresponding layers are alike up to some depth and no longer beyond (layer defrosting,
 * Gerace et al., arXiv:2303.01429: features up to there are worth keeping). */
#ifndef VV_DEPTH_PARTING_H
#define VV_DEPTH_PARTING_H

#include "stages/depth/core.h"

struct vv_parting {
    int most;            /* layer where they are most alike, the first of equals; -1: no values, or none above 0 */
    int layer;           /* they part here; -1: they do not */
    int earliest;        /* all beyond may be below the threshold, within the errors; -1: none */
    int latest;          /* all from here on are surely below; -1: none */
    double low, high;    /* layer is the same for a fraction in (low, high]. Where they do not part: high is the
                          * fraction above which they would, NaN if nothing is behind the most alike */
};

/* Local. They part at the first layer behind the most alike from which on the similarity of all layers stays below
 * `fraction` of that at the most alike. `z` errors of value and threshold give the earliest and the latest. similarity:
 * 0 for nothing in common, such as an overlap above chance, or 1 - imbalance */
struct vv_parting vv_parting_of(const struct vv_profile *similarity, double fraction, double z);

#endif
