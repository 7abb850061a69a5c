/* SPDX-License-Identifier: MIT */
/* The table of the stage: what was found, by name. */
#ifndef VV_SIMILARITY_REPORT_H
#define VV_SIMILARITY_REPORT_H

#include "data/table.h"
#include "neighbors/overlap.h"
#include "stages/similarity/compare.h"

/* Another network: its layers are spaces first .. first + n - 1. */
struct vv_similarity_network {
    const char *name;
    struct vv_source *source;
    int first, n;
    struct vv_tally *tallies;       /* [n_ks][n_layers][n] */
};

struct vv_similarity_report {
    int n_layers;
    const struct vv_similarities *found;
    const int64_t *ks;              /* [n_ks] */
    int n_ks;
    bool overlap;                   /* neighborhoods were compared */
    const struct vv_similarity_network *networks; /* [n_networks] */
    int n_networks;
    struct vv_table *table;
};

/* Local. Fills the table. */
enum vv_status vv_similarity_tabulate(const struct vv_similarity_report *r);

#endif
