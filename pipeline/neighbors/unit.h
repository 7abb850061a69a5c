/* SPDX-License-Identifier: MIT */
/* Rows of unit length, for the cosine metric. */
#ifndef VV_NEIGHBORS_UNIT_H
#define VV_NEIGHBORS_UNIT_H

#include "base/error.h"
#include "data/matrix.h"

/* Local. A float64 copy of m with rows divided by their Euclidean norm; `sample` is not copied.
 * VV_INPUT naming the sample when a row is zero. */
enum vv_status vv_unit_rows(const struct vv_matrix *m, struct vv_matrix *unit);

#endif
