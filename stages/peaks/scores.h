/* SPDX-License-Identifier: MIT */
/* How well clusters and classes agree, from how many rows each cluster has of each class. */
#ifndef VV_PEAKS_SCORES_H
#define VV_PEAKS_SCORES_H

#include <stdint.h>

#include "base/error.h"

/* One entry of the table of clusters and classes; those without rows are left out. */
struct vv_count {
    int32_t cluster, cls;
    int64_t n;
};

/* NaN without rows. */
struct vv_scores {
    double ari;          /* adjusted Rand index; 1 for equal partitions, 0 on average for random ones */
    double nmi;          /* mutual information / mean of both entropies */
    double homogeneity;  /* 1 - H(class|cluster)/H(class): clusters are pure */
    double completeness; /* 1 - H(cluster|class)/H(cluster): classes are not split */
    double purity;       /* share of the rows whose class is the commonest of their cluster */
    int64_t n;           /* rows */
};

/* Local. counts: [n_counts]. VV_MEMORY. */
enum vv_status vv_scores_make(const struct vv_count *counts, int64_t n_counts, int64_t n_clusters, int64_t n_classes,
                              struct vv_scores *scores);

/* Local. Sorts by (cluster, class) and adds up entries that name the same; returns how many are left. */
int64_t vv_counts_reduce(struct vv_count *counts, int64_t n);

#endif
