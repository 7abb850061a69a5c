/* SPDX-License-Identifier: MIT */
/* Whether the minimum rule orders networks as labels do. */
#ifndef VV_DEPTH_CORRELATE_H
#define VV_DEPTH_CORRELATE_H

#include "base/strbuf.h"
#include "data/table.h"

/* Relative depths of the same networks by the minimum rule and by labels. */
struct vv_depth_pair {
    const char *of;    /* names the columns depth/correlation/<of>/..., such as "probe_topic" */
    const char *words; /* "the probe of 'topic'" */
    const char *among; /* what the networks are: "series", "networks" */
    int n;
    const double *rule, *labels; /* [n], NaN where there is none */
};

/* Local. Adds Spearman's and Kendall's rank correlations with their p-values, and a sentence where there are some. */
enum vv_status vv_depth_correlate(const struct vv_depth_pair *pair, struct vv_table *table,
                                  struct vv_strbuf *sentences);

#endif
