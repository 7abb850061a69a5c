/* SPDX-License-Identifier: MIT */
/* The table of the stage: what was found, by name. */
#ifndef VV_IMBALANCE_REPORT_H
#define VV_IMBALANCE_REPORT_H

#include "data/series.h"
#include "data/table.h"
#include "stages/imbalance/compare.h"

/* Another network: its layers are spaces first .. first + n - 1. */
struct vv_imbalance_network {
    const char *name;
    struct vv_source *source;
    int first, n;
};

struct vv_imbalance_report {
    int n_layers, n;               /* layers of the run, which come first; spaces in all */
    struct vv_space *spaces;       /* [n] */
    bool *wanted;                  /* [n][n] */
    const int64_t *ks;             /* [n_ks] */
    int n_ks;
    bool first, last, next, all;   /* what was asked for */
    bool in_parts;                 /* errors are over parts */
    double scope;                  /* threshold */
    const struct vv_series *series;
    struct vv_imbalance_network *networks; /* [n_networks] */
    int n_networks;
    struct vv_imbalance *result;   /* [n_ks][n][n] */
    int64_t *n_rows, *n_parts;     /* [n][n] */
    struct vv_table *table;
};

/* Local. Fills the table. */
enum vv_status vv_imbalance_tabulate(const struct vv_imbalance_report *r);

#endif
