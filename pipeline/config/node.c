/* SPDX-License-Identifier: MIT */
#include "config/node.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

static enum vv_status copy_place(struct vv_place *to, const struct vv_place *from)
{
    *to = *from;
    to->file = NULL;
    if (from->file && !(to->file = vv_mem_string(from->file))) return VV_MEMORY;
    return VV_OK;
}

static void free_place(struct vv_place *p)
{
    vv_mem_free((void *)(uintptr_t)p->file);
    p->file = NULL;
}

struct vv_node *vv_node_create(enum vv_node_kind kind, const struct vv_place *place)
{
    struct vv_node *node = vv_mem_new(1, sizeof *node, "configuration");
    if (!node) return NULL;
    node->kind = kind;
    if (copy_place(&node->place, place) != VV_OK) {
        vv_mem_free(node);
        return NULL;
    }
    return node;
}

/* A copy of the node alone. */
static struct vv_node *copy_alone(const struct vv_node *node)
{
    struct vv_node *const copy = vv_node_create(node->kind, &node->place);
    if (!copy) return NULL;
    copy->quoted = node->quoted;
    if (node->text && !(copy->text = vv_mem_string(node->text))) {
        vv_node_destroy(copy);
        return NULL;
    }
    return copy;
}

/* Whoever has as many children as its original is done. */
struct vv_node *vv_node_copy(const struct vv_node *node)
{
    struct { const struct vv_node *from; struct vv_node *to; } stack[2 * VV_NODE_DEPTH];
    int depth = 0;
    struct vv_node *const root = copy_alone(node);
    if (!root) return NULL;
    stack[depth].from = node;
    stack[depth++].to = root;
    while (depth > 0) {
        const struct vv_node *const from = stack[depth - 1].from;
        struct vv_node *const to = stack[depth - 1].to;
        if (to->n_children == from->n_children) {
            depth--;
            continue;
        }
        const struct vv_node *const child = from->children[to->n_children];
        struct vv_node *const copy = copy_alone(child);
        if (!copy || vv_node_append(to, child->key, &child->key_place, copy) != VV_OK) {
            vv_node_destroy(root);
            return NULL;
        }
        stack[depth].from = child;
        stack[depth++].to = copy;
    }
    return root;
}

/* Goes down the first child until there is none, frees that leaf, and starts over from its parent:
 * no recursion, however deep the tree. The parent is remembered in the freed slot's stack. */
void vv_node_destroy(struct vv_node *node)
{
    struct vv_node *stack[2 * VV_NODE_DEPTH];
    int depth = 0;
    if (!node) return;
    stack[depth++] = node;
    while (depth > 0) {
        struct vv_node *top = stack[depth - 1];
        if (top->n_children > 0) {
            stack[depth++] = top->children[--top->n_children];
            continue;
        }
        free_place(&top->place);
        free_place(&top->key_place);
        vv_mem_free(top->key);
        vv_mem_free(top->text);
        vv_mem_free(top->children);
        vv_mem_free(top);
        depth--;
    }
}

static void forget_key(struct vv_node *node)
{
    vv_mem_free(node->key);
    free_place(&node->key_place);
    node->key = NULL;
}

enum vv_status vv_node_append(struct vv_node *parent, const char *key,
                              const struct vv_place *key_place, struct vv_node *child)
{
    struct vv_node **grown = vv_mem_resize(parent->children, parent->n_children + 1,
                                           sizeof(struct vv_node *), "configuration");
    if (!grown) goto fail;
    parent->children = grown;
    if (key) {
        char *const name = vv_mem_string(key);
        struct vv_place place = {.file = NULL};
        if (!name || copy_place(&place, key_place) != VV_OK) {
            vv_mem_free(name);
            goto fail;
        }
        forget_key(child);
        child->key = name;
        child->key_place = place;
    }
    grown[parent->n_children++] = child;
    return VV_OK;
fail:
    vv_node_destroy(child);
    return VV_MEMORY;
}

int vv_node_find(const struct vv_node *map, const char *key)
{
    for (int i = 0; i < map->n_children; i++)
        if (map->children[i]->key && strcmp(map->children[i]->key, key) == 0) return i;
    return -1;
}

struct vv_node *vv_node_take(struct vv_node *parent, int position)
{
    struct vv_node *const child = parent->children[position];
    parent->n_children--;
    memmove(parent->children + position, parent->children + position + 1,
            (size_t)(parent->n_children - position) * sizeof *parent->children);
    return child;
}

enum vv_status vv_node_merge(struct vv_node *into, struct vv_node *from)
{
    struct { struct vv_node *into, *from; } stack[2 * VV_NODE_DEPTH];
    int depth = 0;
    enum vv_status st = VV_OK;
    stack[depth].into = into;
    stack[depth++].from = from;
    while (depth > 0 && !st) {
        struct vv_node *const to = stack[depth - 1].into, *const source = stack[depth - 1].from;
        if (source->n_children == 0) {
            depth--;
            continue;
        }
        struct vv_node *child = source->children[0];
        const int at = vv_node_find(to, child->key);
        if (at >= 0 && to->children[at]->kind == VV_NODE_MAP && child->kind == VV_NODE_MAP &&
            child->n_children > 0) {
            stack[depth].into = to->children[at];
            stack[depth++].from = child;
            /* the emptied child is met again, now without children, and dropped below */
            continue;
        }
        vv_node_take(source, 0);
        if (at >= 0 && to->children[at]->kind == VV_NODE_MAP && child->kind == VV_NODE_MAP) {
            vv_node_destroy(child);
            continue;
        }
        if (at >= 0) vv_node_destroy(vv_node_take(to, at));
        st = vv_node_append(to, child->key, &child->key_place, child);
    }
    vv_node_destroy(from);
    return st;
}

const struct vv_node *vv_node_get(const struct vv_node *map, const char *key)
{
    if (!map || map->kind != VV_NODE_MAP) return NULL;
    const int at = vv_node_find(map, key);
    return at < 0 ? NULL : map->children[at];
}

const struct vv_node *vv_node_at(const struct vv_node *root, const char *path)
{
    char key[256];
    while (root && *path) {
        const size_t n = strcspn(path, ".");
        if (n >= sizeof key) return NULL;
        memcpy(key, path, n);
        key[n] = '\0';
        root = vv_node_get(root, key);
        path += n;
        if (*path == '.') path++;
    }
    return root;
}

bool vv_node_is_null(const struct vv_node *node)
{
    if (!node) return true;
    if (node->kind != VV_NODE_SCALAR || node->quoted) return false;
    return !node->text[0] || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0;
}
