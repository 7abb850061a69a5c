/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "config/value.h"

/* What is being parsed, for messages. */
struct reading {
    const struct vv_param *p;
    const char *path;
    struct vv_diagnostics *d;
};

static bool bounded(const struct vv_param *p)
{
    return p->minimum != 0.0 || p->maximum != 0.0;
}

static void check_bounds(const struct reading *r, const struct vv_node *node, double v)
{
    if (!bounded(r->p) || (v >= r->p->minimum && v <= r->p->maximum)) return;
    if (r->p->maximum >= 1e15)
        vv_diagnostics_add(r->d, &node->place, "%s must be at least %.15g, not %s", r->path,
                           r->p->minimum, node->text);
    else
        vv_diagnostics_add(r->d, &node->place, "%s must be between %.15g and %.15g, not %s",
                           r->path, r->p->minimum, r->p->maximum, node->text);
}

/* Complains and returns false unless the node is a scalar, unquoted where a text makes no sense. */
static bool scalar(const struct reading *r, const struct vv_node *node, const char *expected,
                   bool text_allowed)
{
    if (node->kind != VV_NODE_SCALAR) {
        vv_diagnostics_add(r->d, &node->place, "%s: %s is expected, not a %s", r->path, expected,
                           node->kind == VV_NODE_MAP ? "map" : "list");
        return false;
    }
    if (node->quoted && !text_allowed) {
        vv_diagnostics_add(r->d, &node->place, "%s: %s is expected, not the quoted text \"%s\"",
                           r->path, expected, node->text);
        return false;
    }
    return true;
}

static void mistaken(const struct reading *r, const struct vv_node *node, const char *expected)
{
    vv_diagnostics_add(r->d, &node->place, "%s: '%s' is not %s", r->path, node->text, expected);
}

static bool read_int(const struct reading *r, const struct vv_node *node, int64_t *v)
{
    if (!scalar(r, node, "an integer", false)) return false;
    if (!vv_text_to_int(node->text, v)) {
        mistaken(r, node, "an integer");
        return false;
    }
    check_bounds(r, node, (double)*v);
    return true;
}

static bool read_float(const struct reading *r, const struct vv_node *node, double *v)
{
    if (!scalar(r, node, "a number", false)) return false;
    if (!vv_text_to_float(node->text, v)) {
        mistaken(r, node, "a number");
        return false;
    }
    check_bounds(r, node, *v);
    return true;
}

static bool read_choice(const struct reading *r, const struct vv_node *node, int *v)
{
    int n = 0;
    if (!scalar(r, node, "a word", true)) return false;
    for (; r->p->choices[n]; n++)
        if (strcmp(r->p->choices[n], node->text) == 0) {
            *v = n;
            return true;
        }
    const char *near = vv_text_suggest(node->text, r->p->choices, n);
    struct vv_strbuf list;
    vv_strbuf_init(&list);
    for (int i = 0; i < n; i++)
        vv_strbuf_addf(&list, "%s%s", i ? ", " : "", r->p->choices[i]);
    if (near)
        vv_diagnostics_add(r->d, &node->place, "%s: unknown choice '%s'; did you mean '%s'?",
                           r->path, node->text, near);
    else
        vv_diagnostics_add(r->d, &node->place, "%s: unknown choice '%s'; possible are: %s",
                           r->path, node->text, list.text);
    vv_strbuf_release(&list);
    return false;
}

static void read_bool(const struct reading *r, const struct vv_node *node, bool *v)
{
    if (!scalar(r, node, "true or false", false)) return;
    if (strcmp(node->text, "true") == 0) *v = true;
    else if (strcmp(node->text, "false") == 0) *v = false;
    else mistaken(r, node, "true or false");
}

static void read_size(const struct reading *r, const struct vv_node *node, int64_t *v)
{
    if (!scalar(r, node, "a size such as 8 GiB", true)) return;
    if (!vv_text_to_size(node->text, v)) mistaken(r, node, "a size such as 8 GiB");
    else check_bounds(r, node, (double)*v);
}

static void read_time(const struct reading *r, const struct vv_node *node, double *v)
{
    if (!scalar(r, node, "a time such as 90 min", true)) return;
    if (!vv_text_to_time(node->text, v)) mistaken(r, node, "a time such as 90 min");
    else check_bounds(r, node, *v);
}

static enum vv_status read_text(const struct reading *r, const struct vv_node *node, char **v)
{
    if (!scalar(r, node, "a text", true)) return VV_OK;
    return (*v = vv_mem_string(node->text)) ? VV_OK : VV_MEMORY;
}

/* A relative path counts from the folder of the file it is written in. */
static enum vv_status read_path(const struct reading *r, const struct vv_node *node, char **v)
{
    if (!scalar(r, node, "a path", true)) return VV_OK;
    const char *const file = node->place.line > 0 ? node->place.file : NULL;
    const char *const slash = file ? strrchr(file, '/') : NULL;
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    if (slash && node->text[0] != '/') vv_strbuf_add(&path, file, (size_t)(slash - file) + 1);
    vv_strbuf_puts(&path, node->text);
    *v = path.failed ? NULL : vv_mem_string(path.text);
    vv_strbuf_release(&path);
    return *v ? VV_OK : VV_MEMORY;
}

/* The items of a list; a single value is a list of one. */
static int list_length(const struct vv_node *node)
{
    return node->kind == VV_NODE_LIST ? node->n_children : 1;
}

static const struct vv_node *list_item(const struct vv_node *node, int i)
{
    return node->kind == VV_NODE_LIST ? node->children[i] : node;
}

static enum vv_status read_list(const struct reading *r, const struct vv_node *node, void *at)
{
    const int n = list_length(node);
    enum vv_status st = VV_OK;
    if (r->p->type == VV_PARAM_INTS) {
        struct vv_ints *list = at;
        if (!(list->v = vv_mem_new(n, sizeof *list->v, "a list"))) return VV_MEMORY;
        for (int i = 0; i < n; i++) read_int(r, list_item(node, i), &list->v[i]);
        list->n = n;
    } else if (r->p->type == VV_PARAM_FLOATS) {
        struct vv_floats *list = at;
        if (!(list->v = vv_mem_new(n, sizeof *list->v, "a list"))) return VV_MEMORY;
        for (int i = 0; i < n; i++) read_float(r, list_item(node, i), &list->v[i]);
        list->n = n;
    } else {
        struct vv_texts *list = at;
        if (!(list->v = vv_mem_new(n, sizeof *list->v, "a list"))) return VV_MEMORY;
        list->n = n;
        for (int i = 0; i < n && !st; i++) st = read_text(r, list_item(node, i), &list->v[i]);
    }
    return st;
}

static void read_choices(const struct reading *r, const struct vv_node *node, unsigned *v)
{
    for (int i = 0; i < list_length(node); i++) {
        int choice;
        if (read_choice(r, list_item(node, i), &choice)) *v |= 1u << choice;
    }
}

enum vv_status vv_value_parse(const struct vv_param *p, const struct vv_node *node,
                              const char *path, void *values, struct vv_diagnostics *d)
{
    const struct reading r = {p, path, d};
    void *const at = (char *)values + p->offset;
    switch (p->type) {
    case VV_PARAM_INT: read_int(&r, node, at); break;
    case VV_PARAM_FLOAT: read_float(&r, node, at); break;
    case VV_PARAM_BOOL: read_bool(&r, node, at); break;
    case VV_PARAM_SIZE: read_size(&r, node, at); break;
    case VV_PARAM_TIME: read_time(&r, node, at); break;
    case VV_PARAM_CHOICE: read_choice(&r, node, at); break;
    case VV_PARAM_CHOICES: read_choices(&r, node, at); break;
    case VV_PARAM_TEXT: return read_text(&r, node, at);
    case VV_PARAM_PATH: return read_path(&r, node, at);
    case VV_PARAM_INTS:
    case VV_PARAM_FLOATS:
    case VV_PARAM_TEXTS: return read_list(&r, node, at);
    case VV_PARAM_TREE: *(const struct vv_node **)at = node; break;
    case VV_PARAM_SECTION:
    case VV_PARAM_MAP: return vv_fail(VV_BUG, "%s is no leaf of the schema", path);
    }
    return VV_OK;
}
