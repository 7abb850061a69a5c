/* SPDX-License-Identifier: MIT */
/* Which layer is best, and which cannot be told from it: confidence sets. All layers are compared with the one that
 * looks best, and those that are worse beyond doubt leave the set; Holm's correction is for all pairs of layers,
 * because any could have looked best. So with probability `confidence` at least the layer that truly is best stays,
 * and where all layers are truly alike all stay (tests/stages/test_depth_best.c and make check-long count). */
#ifndef VV_DEPTH_BEST_H
#define VV_DEPTH_BEST_H

#include <stdint.h>

#include "stages/depth/core.h"

/* Of n layers. Positions count from 0; -1: none. */
struct vv_best {
    int layer;     /* that looks best, the first of equals */
    int runner_up; /* the next; -1 with one layer */
};

/* Local. From values with standard errors, taken as independent (unpaired): with the same samples in all layers this
 * errs on the large side. sign: 1 for the largest, -1 for the smallest; layers before `from`, without a value or an
 * error are not compared. p_value: [n] adjusted, NaN where not compared, 1 at the best; in_set: [n] 1, 0, or -1 where
 * not compared */
struct vv_best vv_best_unpaired(const struct vv_profile *p, int sign, int from, double confidence, double *p_value,
                                int64_t *in_set);

/* Local. The same with another layer than the best, which is given: the set of those not told from it. */
void vv_set_unpaired(const struct vv_profile *p, int layer, int from, double confidence, double *p_value,
                     int64_t *in_set);

/* Outcomes of one test on the same samples in several layers. Entry (a, b) of a matrix is at a * stride + b. */
struct vv_paired {
    int n, stride;
    const int64_t *n_right;  /* [n] samples right */
    const int64_t *n_tested; /* [n] samples tested */
    const int64_t *n_only;   /* matrix: samples tested in both, right in a and wrong in b */
};

/* Local. By the share of right samples, with McNemar's exact test of the samples that both hold. Layers that were
 * tested on fewer than half as many samples as the fullest (where most rows were duplicates) are not compared. */
struct vv_best vv_best_paired(const struct vv_paired *p, double confidence, double *p_value, int64_t *in_set);

#endif
