/* SPDX-License-Identifier: MIT */
/* All that is wrong with a configuration, collected so that it can be told at once:
 * "config.yml:12:5: unknown key 'neigbors'; did you mean 'neighbors'?" */
#ifndef VV_CONFIG_DIAGNOSTICS_H
#define VV_CONFIG_DIAGNOSTICS_H

#include "base/error.h"

struct vv_node;
struct vv_place;

struct vv_diagnostics {
    int n;
    char **lines;               /* [n] whole lines, "file:line:column: message" */
    const struct vv_node *tree; /* where vv_diagnostics_add_key looks places up; borrowed, or NULL */
};

/* Local. Adds a message about a place; a NULL place or a place without a file: the message alone. */
void vv_diagnostics_add(struct vv_diagnostics *d, const struct vv_place *place, const char *format,
                        ...) __attribute__((format(printf, 3, 4)));

/* Local. Adds "key: message" about a key given by its dotted path, such as "stages.knn.k", with the place
 * where it was written, or the nearest section around it if it was not. */
void vv_diagnostics_add_key(struct vv_diagnostics *d, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void vv_diagnostics_release(struct vv_diagnostics *d);

#endif
