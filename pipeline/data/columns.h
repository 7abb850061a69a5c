/* SPDX-License-Identifier: MIT */
/* Statistics of the columns (features) of a matrix over all ranks. Sums are exact, so that results
 * have the same bits on any number of ranks; columns are taken in panels, so that memory stays small
 * for a million features. */
#ifndef VV_DATA_COLUMNS_H
#define VV_DATA_COLUMNS_H

#include "base/error.h"
#include "data/matrix.h"
#include "dist/comm.h"

/* Collective. Mean of each column; zero for a matrix without rows. mean: [n_cols] */
enum vv_status vv_columns_mean(struct vv_comm *c, const struct vv_matrix *m, double *mean);

/* Collective. Variance of each column about the given mean (divided by n). variance: [n_cols] */
enum vv_status vv_columns_variance(struct vv_comm *c, const struct vv_matrix *m,
                                   const double *mean, double *variance);

/* Collective. Smallest and largest value of each column. low, high: [n_cols] */
void vv_columns_range(struct vv_comm *c, const struct vv_matrix *m, double *low, double *high);

#endif
