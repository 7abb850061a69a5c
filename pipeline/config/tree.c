/* SPDX-License-Identifier: MIT */
/* Files, includes and overrides on top of single YAML documents. */
#include "config/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "config/node.h"
#include "config/yaml.h"

enum { INCLUDE_DEPTH = 16, LARGEST_FILE = 16 << 20 };

static enum vv_status read_text(const char *path, struct vv_strbuf *text)
{
    struct stat info;
    FILE *const file = stat(path, &info) == 0 ? fopen(path, "r") : NULL;
    if (!file) {
        vv_fail(VV_USAGE, "cannot open the configuration '%s': %s", path, strerror(errno));
        return vv_error_hint("paths are relative to where varve is started");
    }
    if (S_ISDIR(info.st_mode)) {
        fclose(file);
        return vv_fail(VV_USAGE, "the configuration '%s' is a directory", path);
    }
    const bool read = vv_strbuf_read(text, file, LARGEST_FILE);
    fclose(file);
    if (!read) return vv_fail(VV_USAGE, "cannot read the configuration '%s'", path);
    if (text->length > LARGEST_FILE)
        return vv_fail(VV_USAGE, "the configuration '%s' is larger than 16 MiB", path);
    return text->failed ? VV_MEMORY : VV_OK;
}

/* A document that must be a map at its top; anything else is told and becomes NULL. */
static enum vv_status parse_map(const char *text, size_t n, const char *name,
                                struct vv_diagnostics *d, struct vv_node **root)
{
    const int before = d->n;
    VV_TRY(vv_yaml_parse(text, n, name, false, d, root));
    const struct vv_place file = {.file = name};
    if (!*root) {
        if (d->n == before) vv_diagnostics_add(d, &file, "the configuration is empty");
    } else if ((*root)->kind != VV_NODE_MAP) {
        vv_diagnostics_add(d, &(*root)->place, "a configuration is a map of keys, such as 'name: x'");
        vv_tree_release(root);
    }
    return VV_OK;
}

/* Files being read, outermost first: what an include must not name again. */
struct chain {
    const char *path[INCLUDE_DEPTH];
    int n;
};

static enum vv_status read_file(const char *path, struct chain *chain, struct vv_diagnostics *d,
                                struct vv_node **root);

/* Reads one included file and merges it into *base. */
static enum vv_status include_one(const struct vv_node *item, const char *from,
                                  struct chain *chain, struct vv_diagnostics *d,
                                  struct vv_node **base)
{
    if (item->kind != VV_NODE_SCALAR || vv_node_is_null(item)) {
        vv_diagnostics_add(d, &item->place, "include: a path or a list of paths is expected");
        return VV_OK;
    }
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    const char *const slash = strrchr(from, '/');
    if (item->text[0] != '/' && slash) vv_strbuf_add(&path, from, (size_t)(slash - from) + 1);
    vv_strbuf_puts(&path, item->text);
    enum vv_status st = VV_OK;
    struct vv_node *included = NULL;
    struct stat info;
    for (int i = 0; i < chain->n; i++)
        if (strcmp(chain->path[i], path.text) == 0) {
            vv_diagnostics_add(d, &item->place, "include: '%s' includes itself", path.text);
            goto done;
        }
    if (chain->n == INCLUDE_DEPTH) {
        vv_diagnostics_add(d, &item->place, "include: nested deeper than %d files", INCLUDE_DEPTH);
        goto done;
    }
    if (stat(path.text, &info) != 0) {
        vv_diagnostics_add(d, &item->place, "include: cannot open '%s': %s", path.text,
                           strerror(errno));
        goto done;
    }
    st = read_file(path.text, chain, d, &included);
    if (st || !included) goto done;
    if (*base) st = vv_node_merge(*base, included);
    else *base = included;
done:
    vv_strbuf_release(&path);
    return st;
}

/* Replaces the key `include` of *root by what it names. Recursion is bounded by INCLUDE_DEPTH. */
static enum vv_status follow_includes(const char *path, struct chain *chain,
                                      struct vv_diagnostics *d, struct vv_node **root)
{
    const int at = vv_node_find(*root, "include");
    if (at < 0) return VV_OK;
    struct vv_node *const list = vv_node_take(*root, at), *base = NULL;
    enum vv_status st = VV_OK;
    if (list->kind == VV_NODE_LIST)
        for (int i = 0; !st && i < list->n_children; i++)
            st = include_one(list->children[i], path, chain, d, &base);
    else
        st = include_one(list, path, chain, d, &base);
    vv_node_destroy(list);
    if (st || !base) {
        vv_node_destroy(base);
        return st;
    }
    st = vv_node_merge(base, *root);
    *root = base;
    return st;
}

static enum vv_status read_file(const char *path, struct chain *chain, struct vv_diagnostics *d,
                                struct vv_node **root)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    *root = NULL;
    enum vv_status st = read_text(path, &text);
    if (!st) st = parse_map(text.text, text.length, path, d, root);
    if (!st && *root) {
        chain->path[chain->n++] = path;
        st = follow_includes(path, chain, d, root);
        chain->n--;
    }
    vv_strbuf_release(&text);
    if (st) vv_tree_release(root);
    return st;
}

enum vv_status vv_tree_read(const char *path, struct vv_diagnostics *d, struct vv_node **root)
{
    struct chain chain = {.n = 0};
    return read_file(path, &chain, d, root);
}

enum vv_status vv_tree_parse(const char *text, const char *name, struct vv_diagnostics *d,
                             struct vv_node **root)
{
    VV_TRY(parse_map(text, strlen(text), name, d, root));
    const struct vv_node *include = *root ? vv_node_get(*root, "include") : NULL;
    if (include) vv_diagnostics_add(d, &include->key_place, "include: is only possible in a file");
    return VV_OK;
}

void vv_tree_release(struct vv_node **root)
{
    vv_node_destroy(*root);
    *root = NULL;
}

/* The map at the next key of the path, created when missing; NULL when something else is there. */
static enum vv_status step_into(struct vv_node *map, const char *key, const struct vv_place *place,
                                struct vv_node **next)
{
    const int at = vv_node_find(map, key);
    if (at >= 0 && !vv_node_is_null(map->children[at])) {
        *next = map->children[at]->kind == VV_NODE_MAP ? map->children[at] : NULL;
        return VV_OK;
    }
    if (at >= 0) vv_node_destroy(vv_node_take(map, at));
    struct vv_node *const fresh = vv_node_create(VV_NODE_MAP, place);
    if (!fresh) return VV_MEMORY;
    *next = fresh;
    return vv_node_append(map, key, place, fresh);
}

/* What a path with a value at its end does to a tree. */
enum outcome { PLACED, MALFORMED, BLOCKED };

/* Puts a node (owned in any case) at the end of the path, which is cut to pieces; *at: the piece that is in the
 * way, if one is. */
static enum vv_status put(struct vv_node *root, char *path, const struct vv_place *place, struct vv_node *node,
                          enum outcome *outcome, const char **at)
{
    struct vv_node *map = root;
    int depth = 1;
    *outcome = MALFORMED;
    for (char *dot; (dot = strchr(path, '.')); path = dot + 1, depth++) {
        *dot = '\0';
        if (!*path || depth >= VV_NODE_DEPTH / 2) goto leave;
        struct vv_node *next = NULL;
        const enum vv_status st = step_into(map, path, place, &next);
        if (st) {
            vv_node_destroy(node);
            return st;
        }
        if (!next) {
            *outcome = BLOCKED;
            *at = path;
            goto leave;
        }
        map = next;
    }
    if (!*path) goto leave;
    *outcome = PLACED;
    const int there = vv_node_find(map, path);
    if (there >= 0) vv_node_destroy(vv_node_take(map, there));
    return vv_node_append(map, path, place, node);
leave:
    vv_node_destroy(node);
    return VV_OK;
}

static enum vv_status assign(struct vv_node *root, char *path, const char *value,
                             const char *assignment, struct vv_diagnostics *d)
{
    const struct vv_place place = {.file = "command line"};
    struct vv_node *node = NULL;
    enum outcome outcome;
    const char *at = NULL;
    const int before = d->n;
    VV_TRY(vv_yaml_parse(value, strlen(value), "command line", true, d, &node));
    if (d->n > before) {
        vv_node_destroy(node);
        return VV_OK;
    }
    if (!node) { /* "a.b=" means: nothing given */
        if (!(node = vv_node_create(VV_NODE_SCALAR, &place))) return VV_MEMORY;
        if (!(node->text = vv_mem_string(""))) {
            vv_node_destroy(node);
            return VV_MEMORY;
        }
    }
    VV_TRY(put(root, path, &place, node, &outcome, &at));
    if (outcome == BLOCKED) vv_diagnostics_add(d, &place, "'%s': '%s' holds a value, not keys", assignment, at);
    if (outcome == MALFORMED) vv_diagnostics_add(d, &place, "'%s' is not of the form a.b=value", assignment);
    return VV_OK;
}

enum vv_status vv_tree_set(struct vv_node *root, const char *path, const struct vv_node *value)
{
    enum outcome outcome = MALFORMED;
    const char *at = NULL;
    char *const pieces = vv_mem_string(path);
    struct vv_node *const node = pieces ? vv_node_copy(value) : NULL;
    enum vv_status st = node ? put(root, pieces, &value->place, node, &outcome, &at) : VV_MEMORY;
    if (!st && outcome != PLACED)
        st = vv_fail(VV_USAGE, "'%s' leads through '%s', which holds a value, not keys", path, at ? at : "");
    vv_mem_free(pieces);
    return st;
}

enum vv_status vv_tree_set_text(struct vv_node *root, const char *path, const char *text, const char *file)
{
    const struct vv_place place = {.file = file};
    struct vv_node *node = vv_node_create(VV_NODE_SCALAR, &place);
    if (!node) return VV_MEMORY;
    node->quoted = true;
    node->text = vv_mem_string(text);
    const enum vv_status st = node->text ? vv_tree_set(root, path, node) : VV_MEMORY;
    vv_node_destroy(node);
    return st;
}

struct vv_node *vv_tree_copy(const struct vv_node *root)
{
    return vv_node_copy(root);
}

struct vv_node *vv_tree_take(struct vv_node *map, const char *key)
{
    const int at = vv_node_find(map, key);
    return at < 0 ? NULL : vv_node_take(map, at);
}

enum vv_status vv_tree_override(struct vv_node **root, const char *assignment,
                                struct vv_diagnostics *d)
{
    const struct vv_place place = {.file = "command line"};
    const char *const equals = strchr(assignment, '=');
    if (!equals || equals == assignment) {
        vv_diagnostics_add(d, &place, "'%s' is not of the form a.b=value", assignment);
        return VV_OK;
    }
    char *const path = vv_mem_string(assignment);
    if (!path) return VV_MEMORY;
    path[equals - assignment] = '\0';
    const enum vv_status st = assign(*root, path, equals + 1, assignment, d);
    vv_mem_free(path);
    return st;
}
