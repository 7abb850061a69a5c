/* SPDX-License-Identifier: MIT */
/* Further inputs that are other networks on the same inputs, row by row, for stages that compare them. */
#ifndef VV_IO_NETWORKS_H
#define VV_IO_NETWORKS_H

#include "io/source.h"
#include "pipeline.h"

/* Local. The further input of that name, and its place among them; NULL: there is none. others: [n] */
const struct vv_other *vv_network_find(const struct vv_other *others, int n, const char *name, int *at);

/* Local. Complains of names that are no further input, or one with another number of rows. key: such as
 * "stages.imbalance.networks" */
void vv_networks_check(const struct vv_shape *shape, const struct vv_texts *names, const char *key,
                       struct vv_diagnostics *d);

/* Local. Adds the names of a network's layers, as the coordinate of the dimension that its columns share. */
enum vv_status vv_network_tabulate(struct vv_source *network, const char *dimension, struct vv_table *table);

#endif
