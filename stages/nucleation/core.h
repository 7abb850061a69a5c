/* SPDX-License-Identifier: MIT */
/* Nucleation: where along the depth of a network a curve of neighborhood overlaps changes fastest, and whether label
 * sets form a hierarchy. Values that are NaN are passed over. */
#ifndef VV_NUCLEATION_CORE_H
#define VV_NUCLEATION_CORE_H

#include <stdint.h>

#include "base/error.h"

/* Local. change[i] = value[i] - value[i - 1], its error from both as if they were independent (the same samples are in
 * both, so it errs on the large side); NaN at 0. An error that is NaN counts as 0. value, error: [n] */
void vv_curve_change(const double *value, const double *error, int n, double *change, double *change_error);

/* Local. The layer of the largest change in magnitude, the first of equals; -1: no change is known. change: [n] */
int vv_curve_fastest(const double *change, int n);

/* Local. tied[i] = 1 where the change cannot be told from that at `fastest`: both have the same sign and differ by at
 * most `significance` times the error of the difference; 1 at `fastest` itself. tied: [n] */
void vv_curve_ties(const double *change, const double *change_error, int n, int fastest, double significance,
                   int64_t *tied);

/* Local. Where, in layers and between them by interpolation, the curve first comes half way from its first value to its
 * largest; NaN when it never rises above the first. value: [n] */
double vv_curve_halfway(const double *value, int n);

/* Local. The overlap above what random neighborhoods have: 0 by chance, 1 at best; NaN where chance is 1. */
double vv_curve_above_chance(double value, double chance);

/* How far one label set is a refinement of another. */
struct vv_nesting {
    int64_t n_labelled; /* samples labelled in both */
    int64_t n_outside;  /* of which lie outside the coarse class that most samples of their fine class have */
    int64_t n_classes;  /* fine classes that have such samples */
};

/* Local. fine, coarse: [n] classes of the samples, -1 unlabelled. Only lack of memory fails. */
enum vv_status vv_nesting_of(const int32_t *fine, const int32_t *coarse, int64_t n, struct vv_nesting *out);

#endif
