/* SPDX-License-Identifier: MIT */
/* How n rows are divided among ranks: rank r owns the global rows offset(r) .. offset(r+1)-1 with
 * offset(r) = floor(n r / size). It is the only way rows are divided. Ranks may own no rows. */
#ifndef VV_DIST_LAYOUT_H
#define VV_DIST_LAYOUT_H

#include <stdint.h>

struct vv_layout {
    int64_t n; /* global rows */
    int size;  /* ranks */
    int rank;  /* this rank */
};

/* Local. First global row of rank r; r = size gives n. */
int64_t vv_layout_offset(const struct vv_layout *l, int r);

/* Local. Rows of rank r; rows of this rank; first row of this rank; most rows any rank owns. */
int64_t vv_layout_count(const struct vv_layout *l, int r);
int64_t vv_layout_local(const struct vv_layout *l);
int64_t vv_layout_first(const struct vv_layout *l);
int64_t vv_layout_most(const struct vv_layout *l);

/* Local. The rank that owns a global row (0 <= row < n). */
int vv_layout_owner(const struct vv_layout *l, int64_t row);

#endif
