/* SPDX-License-Identifier: MIT */
/* The parts of reading a sweep: keys and values as written, names, points; for config/ only. */
#ifndef VV_CONFIG_SWEEP_READ_H
#define VV_CONFIG_SWEEP_READ_H

#include "config/sweep.h"

/* Local. Calls `take` for each list of a map like `grid`, whose keys may be dotted paths or nested; what is wrong
 * with the keys goes to `d`. path: in full; where: "sweep.grid", for messages. */
typedef enum vv_status (*vv_sweep_take_fn)(void *context, const char *path, const struct vv_param *param,
                                           const struct vv_node *node);
enum vv_status vv_sweep_walk(const struct vv_node *map, const char *where, const struct vv_param *params,
                             vv_sweep_take_fn take, void *context, struct vv_diagnostics *d);

/* Local. The keys of grid, zip and --sweep with their values, sorted by path. */
enum vv_status vv_sweep_read_keys(struct vv_sweep *s, const struct vv_sweep_config *written,
                                  const char *const *texts, int n_texts, const struct vv_param *params,
                                  struct vv_diagnostics *d);

/* Local. The names of keys and the tokens of values. */
enum vv_status vv_sweep_name_keys(struct vv_sweep *s);

#endif
