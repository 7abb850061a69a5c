/* SPDX-License-Identifier: MIT */
/* Intrinsic dimension: what all estimators share. Each reads, for every row, the ratio mu of the
 * distances to two of its neighbors; where the density is locally uniform the law of mu depends on
 * the dimension only. An outcome that is no number is NaN with a reason, never an error. */
#ifndef VV_ID_CORE_H
#define VV_ID_CORE_H

#include <stdint.h>

enum vv_id_reason {
    VV_ID_FINE,
    VV_ID_FEW_NEIGHBORS, /* the table is too short for this scale */
    VV_ID_FEW_ROWS,      /* fewer than two rows remain without those at distance zero */
    VV_ID_SAME_RATIOS,   /* the ratios do not spread: a lattice, say */
    VV_ID_OUT_OF_RANGE,  /* no dimension between 0.001 and 10000 */
    VV_ID_CONSTANT,      /* PCA: all rows are the same */
    VV_ID_TOO_LARGE      /* PCA: more eigenvalues than stages.id.pca.limit allows */
};

struct vv_id_estimate {
    double value, std_error; /* NaN when there is none */
    double distance;         /* mean over the rows used of both distances of the ratio, pooled */
    int64_t n_used;          /* rows that entered */
    int64_t n_excluded;      /* rows left out because the inner distance is zero */
    enum vv_id_reason reason;
};

/* Local. The reason in words; "" for VV_ID_FINE. */
const char *vv_id_reason_text(enum vv_id_reason reason);

/* Local. An estimate that is missing for a reason; counts and distance are kept. */
void vv_id_estimate_miss(struct vv_id_estimate *e, enum vv_id_reason reason);

/* Local. Sets value and error; a value outside [0.001, 10000] is missing. */
void vv_id_estimate_set(struct vv_id_estimate *e, double value, double std_error);

/* Local. mu - 1 = (outer - inner) / inner of each row, finite, and -1 where inner is 0: such rows are
 * left out. The difference of two close distances is exact, so nothing is lost near mu = 1.
 * inner, outer, excess: [n] */
void vv_id_excess(const double *inner, const double *outer, int64_t n, double *excess);

/* Local. Moves the rows that are not left out to the front, in order; returns their number.
 * excess: [n] */
int64_t vv_id_excess_pack(double *excess, int64_t n);

#endif
