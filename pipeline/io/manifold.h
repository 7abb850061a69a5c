/* SPDX-License-Identifier: MIT */
/* Points on manifolds of known dimension, divided into classes; see io/synthetic.h for the keys. */
#ifndef VV_IO_MANIFOLD_H
#define VV_IO_MANIFOLD_H

#include "io/synthetic.h"

/* Local. Coordinates that hold the manifold flat: d, but d + 1 for the sphere, 3 for the roll. */
int vv_manifold_coordinates(const struct vv_synthetic_config *config);

/* Local. Expected squared length of a point, about the origin. */
double vv_manifold_size(const struct vv_synthetic_config *config);

/* Local. Sample `row` and its class (0..classes-1). point: [coordinates] */
int vv_manifold_point(const struct vv_synthetic_config *config, int64_t row, double *point);

/* Local. The middle of a class, on the manifold (mixture: the mean). point: [coordinates] */
void vv_manifold_center(const struct vv_synthetic_config *config, int cls, double *point);

/* Local. Superclass of a class: consecutive classes are grouped as evenly as possible. */
int vv_manifold_superclass(const struct vv_synthetic_config *config, int cls);

#endif
