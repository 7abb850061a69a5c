/* SPDX-License-Identifier: MIT */
/* The columns of the id table: one function for each estimator. */
#ifndef VV_ID_TABULATE_H
#define VV_ID_TABULATE_H

#include "data/table.h"
#include "stages/id/abide.h"
#include "stages/id/core.h"
#include "stages/id/fixed.h"
#include "stages/id/spectrum.h"

/* Local. One column of the given length (0: a scalar) along `dim`. Its long_name is the description up to the first
 * comma, colon, semicolon or bracket, without "over the rows ..". */
enum vv_status vv_id_column(struct vv_table *t, const char *name, const char *units, const char *description,
                            enum vv_value type, const char *dim, int n, struct vv_column **out);

/* Local. id/twonn/ and id/twonn_ml/. */
enum vv_status vv_id_tabulate_twonn(const struct vv_id_estimate *fit, const struct vv_id_estimate *ml,
                                    struct vv_table *t);

/* One scale of Gride. */
struct vv_id_scale {
    struct vv_id_estimate e;
    int64_t n_filtered;
};

/* Local. id/gride/; scales: [n] */
enum vv_status vv_id_tabulate_gride(const struct vv_id_scale *scales, int n, struct vv_table *t);

/* Local. id/twonn_bayes/. */
enum vv_status vv_id_tabulate_bayes(const struct vv_id_estimate *e, double mode, struct vv_table *t);

/* Local. id/mle/; ks, e, averaged: [n] */
enum vv_status vv_id_tabulate_mle(const int64_t *ks, const struct vv_id_estimate *e, const double *averaged, int n,
                                  struct vv_table *t);

/* Local. id/binomial/; ks, e: [n] */
enum vv_status vv_id_tabulate_binomial(const int64_t *ks, const struct vv_fixed_estimate *e, int n, double ratio,
                                       struct vv_table *t);

/* Local. id/abide/; steps: [n_iterations + 1] */
enum vv_status vv_id_tabulate_abide(const struct vv_id_estimate *e, const struct vv_abide_step *steps,
                                    int n_iterations, struct vv_table *t);

/* Local. id/pca/. */
enum vv_status vv_id_tabulate_pca(const struct vv_spectrum_result *r, double variance, struct vv_table *t);

/* Local. id/blocks/; counts, e: [n]; n_rows: of the layer */
enum vv_status vv_id_tabulate_blocks(const int64_t *counts, const struct vv_id_estimate *e, int n, int64_t n_rows,
                                     struct vv_table *t);

#endif
