/* SPDX-License-Identifier: MIT */
/* Taking the products of a step from the cache instead of computing them. */
#ifndef VV_RUN_REUSE_H
#define VV_RUN_REUSE_H

#include "run/cache.h"
#include "run/keys.h"
#include "run/store.h"

struct vv_reuse {
    const struct vv_cache *cache;
    const struct vv_keys *keys;
    struct vv_store *store;
    struct vv_context *context;
};

/* Whether steps have products that can be kept: neighbor tables, tables. Local. */
bool vv_reuse_possible(const struct vv_step *step);

/* Collective. Takes all products of a step (layer -1: one that runs once) and publishes its neighbor table in
 * the run directory. *taken is false, and the products are empty, when one is missing or damaged. */
enum vv_status vv_reuse_take(const struct vv_reuse *r, int step, int layer, bool *taken);

/* Collective. Puts the products of a step that was computed into the cache. */
enum vv_status vv_reuse_keep(const struct vv_reuse *r, int step, int layer);

/* Collective. Whether vv_reuse_take would find the files. */
bool vv_reuse_look(const struct vv_cache *cache, const struct vv_keys *keys, int step, int layer);

#endif
