/* SPDX-License-Identifier: MIT */
/* What all tiles of one search share: where the data are centred, and in which unit they are
 * measured. Neither changes a distance; both decide how many digits float32 leaves. */
#ifndef VV_NEIGHBORS_FRAME_H
#define VV_NEIGHBORS_FRAME_H

#include <stdint.h>

#include "data/matrix.h"

struct vv_frame {
    int64_t n_cols;
    enum vv_real type;
    const double *center; /* [n_cols], the same on all ranks; borrowed */
    double scale;         /* power of two that brings the largest |x - c| near 1 */
};

#endif
