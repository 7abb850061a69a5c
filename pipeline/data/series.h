/* SPDX-License-Identifier: MIT */
/* Series: one run may read several profiles through the same network, such as two poolings
 * ("last/layer_00".., "mean/layer_00"..). A series is a run of consecutive layers whose names agree
 * up to the last '/'; depth, "the next layer" and the transfer rule make sense inside one only. */
#ifndef VV_DATA_SERIES_H
#define VV_DATA_SERIES_H

#include "base/error.h"

struct vv_series {
    int n;
    int *first;  /* [n + 1] first layer of each series; first[n] = number of layers */
    char **name; /* [n] what the layers' names share, without the '/'; "" when they have none */
};

/* Local. Divides the layers. names: [n_layers] */
enum vv_status vv_series_init(struct vv_series *s, int n_layers, char *const *names);
void vv_series_release(struct vv_series *s);

#endif
