/* SPDX-License-Identifier: MIT */
/* Recursion follows the depth of a tree, which its reader limits. */
#include "config/changes.h"

#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "config/value.h"

/* A node on one line, as YAML. */
static void write_node(const struct vv_node *node, struct vv_strbuf *out)
{
    if (node->kind == VV_NODE_SCALAR) {
        if (node->quoted) vv_value_write_text(node->text, out);
        else vv_strbuf_puts(out, node->text[0] ? node->text : "null");
        return;
    }
    vv_strbuf_puts(out, node->kind == VV_NODE_LIST ? "[" : "{");
    for (int i = 0; i < node->n_children; i++) {
        if (i > 0) vv_strbuf_puts(out, ", ");
        if (node->children[i]->key) vv_strbuf_addf(out, "%s: ", node->children[i]->key);
        write_node(node->children[i], out);
    }
    vv_strbuf_puts(out, node->kind == VV_NODE_LIST ? "]" : "}");
}

static enum vv_status render(const struct vv_node *node, char **text)
{
    struct vv_strbuf out;
    *text = NULL;
    if (!node) return VV_OK;
    vv_strbuf_init(&out);
    write_node(node, &out);
    if (!out.failed) *text = vv_mem_string(out.text);
    vv_strbuf_release(&out);
    return *text ? VV_OK : VV_MEMORY;
}

static enum vv_status add(struct vv_changes *changes, const char *key, const struct vv_node *from,
                          const struct vv_node *to)
{
    struct vv_change change = {NULL, NULL, NULL};
    struct vv_change *const grown = vv_mem_resize(changes->v, changes->n + 1, sizeof *grown, "changes");
    if (!grown) return VV_MEMORY;
    changes->v = grown;
    enum vv_status st = render(from, &change.from);
    if (!st) st = render(to, &change.to);
    const bool same = !st && change.from && change.to && strcmp(change.from, change.to) == 0;
    if (!st && !same && (change.key = vv_mem_string(key))) {
        changes->v[changes->n++] = change;
        return VV_OK;
    }
    vv_mem_free(change.from);
    vv_mem_free(change.to);
    return same ? VV_OK : VV_MEMORY;
}

static enum vv_status compare(struct vv_changes *changes, const char *path, const struct vv_node *from,
                              const struct vv_node *to);

static enum vv_status compare_child(struct vv_changes *changes, const char *path, const char *key,
                                    const struct vv_node *from, const struct vv_node *to)
{
    struct vv_strbuf inner;
    vv_strbuf_init(&inner);
    vv_strbuf_addf(&inner, "%s%s%s", path, path[0] ? "." : "", key);
    const enum vv_status st = inner.failed ? VV_MEMORY : compare(changes, inner.text, from, to);
    vv_strbuf_release(&inner);
    return st;
}

static bool is_map(const struct vv_node *node)
{
    return !node || node->kind == VV_NODE_MAP;
}

/* Sections that both have are entered, and the whole when one of them is not there at all. */
static enum vv_status compare(struct vv_changes *changes, const char *path, const struct vv_node *from,
                              const struct vv_node *to)
{
    if (!is_map(from) || !is_map(to) || (path[0] && (!from || !to))) return add(changes, path, from, to);
    for (int i = 0; from && i < from->n_children; i++) {
        const char *const key = from->children[i]->key;
        VV_TRY(compare_child(changes, path, key, from->children[i], vv_node_get(to, key)));
    }
    for (int i = 0; to && i < to->n_children; i++) {
        const char *const key = to->children[i]->key;
        if (!vv_node_get(from, key)) VV_TRY(compare_child(changes, path, key, NULL, to->children[i]));
    }
    return VV_OK;
}

enum vv_status vv_changes_find(const struct vv_node *from, const struct vv_node *to, struct vv_changes *changes)
{
    *changes = (struct vv_changes){.n = 0};
    return compare(changes, "", from, to);
}

void vv_changes_release(struct vv_changes *changes)
{
    for (int i = 0; i < changes->n; i++) {
        vv_mem_free(changes->v[i].key);
        vv_mem_free(changes->v[i].from);
        vv_mem_free(changes->v[i].to);
    }
    vv_mem_free(changes->v);
    *changes = (struct vv_changes){.n = 0};
}
