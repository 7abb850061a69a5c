/* SPDX-License-Identifier: MIT */
/* All that is wrong with a configuration, collected so that it can be told at once:
 * "config.yml:12:5: unknown key 'neigbors'; did you mean 'neighbors'?" */
#ifndef VV_CONFIG_DIAGNOSTICS_H
#define VV_CONFIG_DIAGNOSTICS_H

#include "base/error.h"

struct vv_place;

struct vv_diagnostics {
    int n;
    char **lines; /* [n] whole lines, "file:line:column: message" */
};

/* Local. Adds a message about a place; a NULL place or a place without a file: the message alone. */
void vv_diagnostics_add(struct vv_diagnostics *d, const struct vv_place *place, const char *format,
                        ...) __attribute__((format(printf, 3, 4)));

void vv_diagnostics_release(struct vv_diagnostics *d);

#endif
