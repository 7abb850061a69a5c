/* SPDX-License-Identifier: MIT */
/* Which columns serve another one, by the names that stages give: its standard error, the ends of an interval around
 * it, its value by chance. That of X, with std_error for each of these, is called X_std_error; std_error beside a
 * `value`; and O_std_error_with/N for an X called O_with/N, of two networks. It holds numbers and has the shape of X.
 * Whatever shows, draws or compares X does so with these. */
#ifndef VV_DATA_COMPANION_H
#define VV_DATA_COMPANION_H

#include <stdbool.h>

#include "data/table.h"

enum vv_companion { VV_STD_ERROR, VV_LOW, VV_HIGH, VV_CHANCE, VV_N_COMPANIONS };

/* Local. The companion of c in its table; NULL where there is none. */
const struct vv_column *vv_companion_of(const struct vv_table *t, const struct vv_column *c, enum vv_companion which);

/* Local. The column that c serves, and (unless NULL) as what; NULL when c stands for itself. */
const struct vv_column *vv_companion_owner(const struct vv_table *t, const struct vv_column *c,
                                           enum vv_companion *which);

/* How sure a column is. */
struct vv_uncertainty {
    const struct vv_column *std_error;
    const struct vv_column *low, *high; /* both or none */
};

/* Local. What the table has of that kind about column c of it. / Whether c is of that kind itself. */
struct vv_uncertainty vv_uncertainty_of(const struct vv_table *t, const struct vv_column *c);
bool vv_uncertainty_is(const struct vv_table *t, const struct vv_column *c);

#endif
