/* SPDX-License-Identifier: MIT */
/* A configuration as a tree that remembers where each value was written. Read with libyaml; YAML's
 * traps are refused with an explanation: duplicate keys, tabs, anchors and aliases, several
 * documents, and the YAML 1.1 booleans (yes, no, on, off). `include:` merges files, later wins. */
#ifndef VV_CONFIG_TREE_H
#define VV_CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/diagnostics.h"

enum vv_node_kind { VV_NODE_SCALAR, VV_NODE_LIST, VV_NODE_MAP };

/* Where a node was written; line and column count from 1. file is "command line" for overrides. */
struct vv_place {
    const char *file; /* owned by the tree's root */
    int line, column;
};

struct vv_node {
    enum vv_node_kind kind;
    struct vv_place place;     /* of the value; of the key for an empty value */
    struct vv_place key_place; /* of the key, in a map */
    char *key;                 /* in a map; else NULL */
    char *text;                /* of a scalar, unquoted */
    bool quoted;               /* a quoted scalar is text, never a number, boolean or null */
    int n_children;
    struct vv_node **children;
};

/* Local. Reads a file, following `include:` (a path or a list, relative to the file that says so;
 * cycles refused). Syntax errors and traps go to `d`; *root is NULL when nothing usable was read.
 * VV_USAGE with the error recorded when the file itself cannot be opened. */
enum vv_status vv_tree_read(const char *path, struct vv_diagnostics *d, struct vv_node **root);

/* Local. Reads YAML from text, as if from a file called `name`; includes are refused. */
enum vv_status vv_tree_parse(const char *text, const char *name, struct vv_diagnostics *d,
                             struct vv_node **root);

void vv_tree_release(struct vv_node **root);

/* Local. Applies one "a.b=value" override: the value is YAML, maps on the way are created. */
enum vv_status vv_tree_override(struct vv_node **root, const char *assignment,
                                struct vv_diagnostics *d);

/* Local. The same with a value that was read elsewhere, of which a copy is taken with its place. VV_USAGE when the
 * path leads through a value. */
enum vv_status vv_tree_set(struct vv_node *root, const char *path, const struct vv_node *value);

/* Local. The same with a text; file: what is told as its origin. */
enum vv_status vv_tree_set_text(struct vv_node *root, const char *path, const char *text, const char *file);

/* Local. A copy of a tree; NULL with VV_MEMORY recorded. / Takes the child out of a map; NULL if there is none. */
struct vv_node *vv_tree_copy(const struct vv_node *root);
struct vv_node *vv_tree_take(struct vv_node *map, const char *key);

/* Local. The child of a map, or NULL; the node at a dotted path, or NULL. Both accept NULL. */
const struct vv_node *vv_node_get(const struct vv_node *map, const char *key);
const struct vv_node *vv_node_at(const struct vv_node *root, const char *path);

/* Local. Whether the node is absent, empty, "null" or "~". */
bool vv_node_is_null(const struct vv_node *node);

#endif
