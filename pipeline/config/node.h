/* SPDX-License-Identifier: MIT */
/* Making and changing nodes of a configuration tree; for config/ only. */
#ifndef VV_CONFIG_NODE_H
#define VV_CONFIG_NODE_H

#include "config/tree.h"

/* Deepest nesting a file may have. */
enum { VV_NODE_DEPTH = 64 };

/* Local. A new node at a place (file: copied); NULL with VV_MEMORY recorded. */
struct vv_node *vv_node_create(enum vv_node_kind kind, const struct vv_place *place);

/* Local. A copy of a node and all below it, without the key under which it was found; NULL with VV_MEMORY
 * recorded. */
struct vv_node *vv_node_copy(const struct vv_node *node);

/* Local. Frees a node and all below it. */
void vv_node_destroy(struct vv_node *node);

/* Local. Appends a child; takes ownership in any case. key: of a map, copied; else NULL. */
enum vv_status vv_node_append(struct vv_node *parent, const char *key,
                              const struct vv_place *key_place, struct vv_node *child);

/* Local. Child position in a map, or -1. */
int vv_node_find(const struct vv_node *map, const char *key);

/* Local. Removes and returns the child at a position. */
struct vv_node *vv_node_take(struct vv_node *parent, int position);

/* Local. Merges `from` into `into`: maps deeply, anything else replaces. Destroys `from`. */
enum vv_status vv_node_merge(struct vv_node *into, struct vv_node *from);

#endif
