/* SPDX-License-Identifier: MIT */
/* Which columns tell how sure another one is, by the names that stages give: X_std_error beside X, std_error beside
 * `value`, and X_low with X_high for an interval around X. Whatever shows a number shows these with it. */
#ifndef VV_DATA_UNCERTAINTY_H
#define VV_DATA_UNCERTAINTY_H

#include <stdbool.h>

#include "data/table.h"

/* Columns of numbers with the dimensions of the one they belong to; NULL where there is none. */
struct vv_uncertainty {
    const struct vv_column *std_error;
    const struct vv_column *low, *high; /* both or none */
};

/* Local. What the table has of that kind about column c of it. */
struct vv_uncertainty vv_uncertainty_of(const struct vv_table *t, const struct vv_column *c);

/* Local. Whether c is part of the uncertainty of another column of the table. */
bool vv_uncertainty_is(const struct vv_table *t, const struct vv_column *c);

#endif
