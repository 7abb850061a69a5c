/* SPDX-License-Identifier: MIT */
/* The tree of peaks: which clusters join at which saddle, coming down from the peaks. */
#ifndef VV_PEAKS_TREE_H
#define VV_PEAKS_TREE_H

#include "base/strbuf.h"
#include "stages/peaks/merge.h"

/* Leaves are 0 .. n - 1; merge i makes node n + i. Heights descend. */
struct vv_join {
    int32_t left, right; /* left < right */
    double height;       /* log density */
    int64_t population;  /* of the leaves below */
};

enum vv_linkage { VV_SINGLE, VV_WEIGHTED };

/* Local. The n - 1 merges of n leaves, highest first. Single linkage: groups join at the highest saddle between them.
 * Weighted (WPGMA): the height between a group and the union of two others is the mean of the two. Leaves without a
 * saddle between them have `lowest`. saddles: [n_saddles], one a pair, of these leaves; populations: [n]; joins:
 * [n - 1]. Memory O(n + n_saddles); weighted: each merge costs the saddles of both groups. */
enum vv_status vv_tree_make(enum vv_linkage linkage, int64_t n, const int64_t *populations,
                            const struct vv_saddle *saddles, int64_t n_saddles, double lowest, struct vv_join *joins);

/* Local. Appends the tree in Newick form; leaf i is "c<names[i]>", lengths of branches are differences in height.
 * heights: [n] of the leaves. Sets out->failed without memory. */
enum vv_status vv_tree_write(int64_t n, const int32_t *names, const double *heights, const struct vv_join *joins,
                             struct vv_strbuf *out);

#endif
