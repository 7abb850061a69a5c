/* SPDX-License-Identifier: MIT */
/* The k-nearest-neighbor probe: a row has the class that most of its k nearest neighbors have, the row itself
 * not among them (leave-one-out), unlabelled neighbors without a vote. Of classes with as many votes the
 * first one is taken, as scikit-learn's KNeighborsClassifier does. Cost: k steps a row, whatever the number of ks. */
#ifndef VV_PROBE_VOTES_H
#define VV_PROBE_VOTES_H

#include <stdint.h>

#include "data/labels.h"
#include "data/neighbors.h"
#include "dist/comm.h"

/* Local. The winner among the first k neighbors for each k of ks: [n_ks], ascending; -1 without votes.
 * classes: [k_most] those of the neighbors, in order, -1 unlabelled; counts: zero before and after;
 * winners: [n_ks] */
void vv_probe_vote(const int32_t *classes, const int64_t *ks, int n_ks, int64_t *counts, int32_t *winners);

/* Collective. Winners of this rank's rows. winners: [n_local][n_ks] */
enum vv_status vv_probe_votes(struct vv_comm *c, const struct vv_neighbors *nb, const struct vv_labels *labels,
                              const int64_t *ks, int n_ks, int32_t *winners);

#endif
