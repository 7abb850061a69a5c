/* SPDX-License-Identifier: MIT */
/* Neighborhoods that layers of this run and of another network have in common: chi_k over the samples that the
 * layer holds. */
#ifndef VV_SIMILARITY_NETWORKS_H
#define VV_SIMILARITY_NETWORKS_H

#include "io/spaces.h"
#include "neighbors/overlap.h"
#include "neighbors/search.h"

struct vv_network_overlap {
    const struct vv_space *spaces; /* layers of the run with their neighbor tables, then those of the network */
    int n_layers, n_others;
    const struct vv_groups *groups; /* of all pairs of one of each, at least */
    const int64_t *ks;             /* [n_ks], ascending */
    int n_ks;
    struct vv_search how;          /* its k is not looked at; the metric is that of the tables */
    struct vv_tally *tallies;      /* [n_ks][n_layers][n_others]; left at zero where there are fewer neighbors */
};

/* Collective. One search for each layer of the network and each set of samples. */
enum vv_status vv_network_overlap(struct vv_comm *c, const struct vv_network_overlap *it);

#endif
