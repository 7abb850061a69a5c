/* SPDX-License-Identifier: MIT */
/* The clusters of a layer as tables: what goes into artifacts/peaks/<layer>.h5 beside the rows. */
#ifndef VV_PEAKS_WRITE_H
#define VV_PEAKS_WRITE_H

#include "data/table.h"
#include "stages/peaks/cut.h"

/* Where and what: everything of one Z goes under "<group>/...". */
struct vv_cut_view {
    const char *group;     /* such as "z_1.65" */
    const struct vv_topography *topography;
    const struct vv_cut *cut;
    const int64_t *sample; /* input samples of rows; NULL: their numbers */
    double lowest;         /* height of a pair without a saddle, in trees */
    int64_t minimum;       /* rows that a cluster needs to be a leaf of the trees */
};

/* Local. Adds <group>/peaks/... and <group>/saddles/...: one entry a cluster, one a pair that has a border. */
enum vv_status vv_cut_write_peaks(const struct vv_cut_view *v, struct vv_table *t);

/* Local. Adds <group>/single/... and <group>/weighted/...: the leaves, the merges, the tree as text. */
enum vv_status vv_cut_write_trees(const struct vv_cut_view *v, struct vv_table *t);

/* Local. Adds <group>/composition/<label>/...: rows of each class in each cluster, where there are any. */
enum vv_status vv_cut_write_composition(const struct vv_cut_view *v, const char *label, const struct vv_count *counts,
                                        int64_t n_counts, struct vv_table *t);

#endif
