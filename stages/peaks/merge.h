/* SPDX-License-Identifier: MIT */
/* Merging of density peaks that errors do not tell apart. */
#ifndef VV_PEAKS_MERGE_H
#define VV_PEAKS_MERGE_H

#include <stdint.h>

#include "base/error.h"

struct vv_peak {
    int64_t row;              /* of its center */
    double height, std_error; /* log density there */
};

/* The highest place on the border between two clusters. */
struct vv_saddle {
    int32_t a, b;             /* a < b */
    int64_t row;              /* of the border point */
    double height, std_error; /* log density there */
    double g;                 /* height - std_error, by which the border point was chosen */
};

enum vv_survivor { VV_BY_MARGIN, VV_BY_DENSITY };

struct vv_merged {
    int64_t n;                 /* clusters */
    int32_t *cluster;          /* [number of peaks] cluster of each peak before */
    int32_t *peak;             /* [n] the peak that each cluster keeps, ascending */
    int64_t n_saddles;
    struct vv_saddle *saddles; /* [n_saddles] between clusters, by (a, b) */
};

/* Local. Two clusters merge as long as one of their peaks does not stand out from the saddle between them:
 * height - saddle < z (error + error of the saddle); pairs by height of the saddle, then (a, b). The survivor is the
 * peak with the larger (height - saddle)/(error + error), or, by density, the higher one; on a tie the first. saddles:
 * [n_saddles] by (a, b), one a pair. */
enum vv_status vv_peaks_merge(const struct vv_peak *peaks, int64_t n, const struct vv_saddle *saddles,
                              int64_t n_saddles, double z, enum vv_survivor rule, struct vv_merged *merged);
void vv_merged_release(struct vv_merged *merged);

/* A border point that may be the saddle of its two clusters. */
struct vv_border {
    struct vv_saddle saddle;
    int32_t from; /* cluster of the border point: a or b */
};

/* Local. Sorts by (a, b), best first (g, then the cluster that the border point belongs to, then row), and keeps the
 * best of each pair; returns how many. */
int64_t vv_saddles_reduce(struct vv_border *borders, int64_t n);

#endif
