/* SPDX-License-Identifier: MIT */
/* What differs between two configurations, key by key. */
#ifndef VV_CONFIG_CHANGES_H
#define VV_CONFIG_CHANGES_H

#include "base/error.h"
#include "config/tree.h"

struct vv_change {
    char *key;       /* dotted; of the uppermost section that only one has */
    char *from, *to; /* the values on one line; NULL where the key is absent */
};

struct vv_changes {
    int n;
    struct vv_change *v; /* [n] in the order of the first, then what only the second has */
};

/* Local. Lists the keys whose values differ. Either tree may be NULL: then all keys of the other are listed.
 * Released in any case. Fails for lack of memory only. */
enum vv_status vv_changes_find(const struct vv_node *from, const struct vv_node *to, struct vv_changes *changes);
void vv_changes_release(struct vv_changes *changes);

#endif
