/* SPDX-License-Identifier: MIT */
/* What differs between two reports, as text for people. */
#ifndef VV_RUN_DIFFERENCES_H
#define VV_RUN_DIFFERENCES_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "config/changes.h"
#include "data/compare.h"

/* One of the two. */
struct vv_side {
    const char *path;
    struct vv_table table;
    struct vv_node *configuration; /* NULL: the report has none */
};

/* Local. Appends what changed in the configuration, then what only one has, then what is unlike, the largest first;
 * at most a screen of each kind unless `all`. */
void vv_differences_write(const struct vv_side side[2], const struct vv_changes *changes,
                          const struct vv_comparison *comparison, const struct vv_compare_rule *rule, bool all,
                          struct vv_strbuf *out);

/* Local. Appends the verdict: one line. */
void vv_differences_verdict(const struct vv_comparison *comparison, const struct vv_compare_rule *rule,
                            struct vv_strbuf *out);

#endif
