/* SPDX-License-Identifier: MIT */
#include "dist/layout.h"

int64_t vv_layout_offset(const struct vv_layout *l, int r)
{
    /* floor(n r / size) without forming n r, which may overflow */
    return l->n / l->size * r + l->n % l->size * r / l->size;
}

int64_t vv_layout_count(const struct vv_layout *l, int r)
{
    return vv_layout_offset(l, r + 1) - vv_layout_offset(l, r);
}

int64_t vv_layout_local(const struct vv_layout *l)
{
    return vv_layout_count(l, l->rank);
}

int64_t vv_layout_first(const struct vv_layout *l)
{
    return vv_layout_offset(l, l->rank);
}

int64_t vv_layout_most(const struct vv_layout *l)
{
    return (l->n + l->size - 1) / l->size;
}

int vv_layout_owner(const struct vv_layout *l, int64_t row)
{
    int r = (int)((double)row / (double)l->n * l->size);
    if (r >= l->size) r = l->size - 1;
    while (row < vv_layout_offset(l, r)) r--;
    while (row >= vv_layout_offset(l, r + 1)) r++;
    return r;
}
