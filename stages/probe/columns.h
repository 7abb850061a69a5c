/* SPDX-License-Identifier: MIT */
/* The results of one label set as columns probe/<label set>/... */
#ifndef VV_PROBE_COLUMNS_H
#define VV_PROBE_COLUMNS_H

#include "data/table.h"
#include "stages/probe/metrics.h"

/* What goes before the names of columns, and their one dimension. */
struct vv_probe_group {
    struct vv_table *table;
    const char *label; /* the label set */
    const char *dim;   /* path of the coordinate; NULL: scalars */
    int64_t n;         /* its length */
};

/* Local. probe/<label>/<name>. VV_USAGE when the name of the label set is too long. */
enum vv_status vv_probe_column(const struct vv_probe_group *g, const char *name, const char *units,
                               const char *description, enum vv_value type, struct vv_column **out);

/* Local. A scalar. */
enum vv_status vv_probe_number(const struct vv_probe_group *g, const char *name, const char *description,
                               double value);
enum vv_status vv_probe_count(const struct vv_probe_group *g, const char *name, const char *description,
                              int64_t value);

/* Local. <probe>/accuracy, accuracy_low, accuracy_high, balanced_accuracy, .., for the scores in a set of bits
 * 1 << enum vv_metric_of_probe. `what` says what was tested on what. scored: [n], or one for scalars */
enum {
    VV_CLASS_SCORES = 1 << VV_ACCURACY | 1 << VV_BALANCED | 1 << VV_MACRO_F1,
    VV_LOSS_SCORES = VV_CLASS_SCORES | 1 << VV_LOG_LOSS,
    VV_RIDGE_SCORES = VV_CLASS_SCORES | 1 << VV_R2
};
enum vv_status vv_probe_scores_columns(const struct vv_probe_group *g, const char *probe, const char *what,
                                       const struct vv_scored *scored, unsigned set);

#endif
