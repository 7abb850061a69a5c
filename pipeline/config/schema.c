/* SPDX-License-Identifier: MIT */
/* Sections and maps of the schema: parse, write, help, release. Recursion follows the depth of the
 * schema, which the program fixes, never that of a user's file. */
#include "config/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "config/value.h"
#include "config/yaml.h"

enum { MOST_KEYS = 64 };

static void join(char out[256], const char *path, const char *key)
{
    snprintf(out, 256, "%.120s%s%.120s", path, path[0] ? "." : "", key);
}

bool vv_schema_nested(const struct vv_param *p)
{
    return p->type == VV_PARAM_SECTION || p->type == VV_PARAM_MAP;
}

/* All keys there are, as a list for people. */
static void list_keys(const struct vv_param *params, struct vv_strbuf *out)
{
    for (int i = 0; params[i].key; i++) vv_strbuf_addf(out, "%s%s", i ? ", " : "", params[i].key);
    if (!params[0].key) vv_strbuf_puts(out, "none");
}

static void refuse_unknown(const struct vv_param *params, const struct vv_node *node,
                           const char *path, struct vv_diagnostics *d)
{
    const char *keys[MOST_KEYS];
    int n = 0;
    while (n < MOST_KEYS && params[n].key) {
        keys[n] = params[n].key;
        n++;
    }
    for (int c = 0; c < node->n_children; c++) {
        const struct vv_node *child = node->children[c];
        bool known = false;
        for (int i = 0; i < n && !known; i++) known = strcmp(keys[i], child->key) == 0;
        if (known) continue;
        const char *near = vv_text_suggest(child->key, keys, n);
        const char *const in = path[0] ? " in " : "";
        if (near) {
            vv_diagnostics_add(d, &child->key_place, "unknown key '%s'%s%s; did you mean '%s'?",
                               child->key, in, path, near);
            continue;
        }
        struct vv_strbuf list;
        vv_strbuf_init(&list);
        list_keys(params, &list);
        vv_diagnostics_add(d, &child->key_place, "unknown key '%s'%s%s; possible are: %s",
                           child->key, in, path, list.text);
        vv_strbuf_release(&list);
    }
}

static enum vv_status parse_standard(const struct vv_param *p, const char *path, void *values,
                                     struct vv_diagnostics *d)
{
    struct vv_node *node = NULL;
    if (!p->standard) return VV_OK;
    enum vv_status st =
        vv_yaml_parse(p->standard, strlen(p->standard), "default", true, d, &node);
    if (!st && node) st = vv_value_parse(p, node, path, values, d);
    if (node) vv_tree_release(&node);
    return st;
}

static enum vv_status parse_map(const struct vv_param *p, const struct vv_node *node,
                                const char *path, void *values, struct vv_diagnostics *d)
{
    struct vv_map *map = (void *)((char *)values + p->offset);
    const int n = !node || vv_node_is_null(node) ? 0 : node->n_children;
    map->name = vv_mem_new(n, sizeof *map->name, "names");
    map->items = vv_mem_new(n, p->item_size, "named sections");
    if (!map->name || !map->items) return VV_MEMORY;
    for (int i = 0; i < n; i++) {
        char inner[256];
        const struct vv_node *child = node->children[i];
        join(inner, path, child->key);
        map->n = i + 1;
        if (!(map->name[i] = vv_mem_string(child->key))) return VV_MEMORY;
        void *const item = (char *)map->items + (size_t)i * p->item_size;
        VV_TRY(vv_schema_parse(p->fields, child, inner, item, d));
    }
    return VV_OK;
}

static bool is_map_or_null(const struct vv_node *node, const char *path,
                           struct vv_diagnostics *d)
{
    if (!node || vv_node_is_null(node) || node->kind == VV_NODE_MAP) return true;
    vv_diagnostics_add(d, &node->place, "%s: keys are expected, not %s", path,
                       node->kind == VV_NODE_LIST ? "a list" : "a value");
    return false;
}

/* "synthetic:" with nothing behind it is given, with all defaults; an explicit null is not. */
static bool is_given(const struct vv_node *node)
{
    return node && !(vv_node_is_null(node) && node->text[0]);
}

static enum vv_status parse_one(const struct vv_param *p, const struct vv_node *section,
                                const char *path, void *values, struct vv_diagnostics *d)
{
    char inner[256];
    join(inner, path, p->key);
    const struct vv_node *node = vv_node_get(section, p->key);
    const bool nested = vv_schema_nested(p);
    if (p->required && (nested ? !node : vv_node_is_null(node)))
        vv_diagnostics_add(d, section ? &section->place : NULL, "missing key '%s': %s", inner,
                           p->help);
    if (!nested)
        return vv_node_is_null(node) ? parse_standard(p, inner, values, d)
                                     : vv_value_parse(p, node, inner, values, d);
    if (!is_map_or_null(node, inner, d)) node = NULL;
    if (p->type == VV_PARAM_MAP) return parse_map(p, node, inner, values, d);
    void *const struct_at = (char *)values + p->offset;
    if (p->present) *(bool *)((char *)struct_at + p->present) = is_given(node);
    if (is_given(node))
        return vv_schema_parse(p->fields, vv_node_is_null(node) ? NULL : node, inner, struct_at, d);
    struct vv_diagnostics unasked = {0}; /* a section that is not there misses none of its keys */
    const enum vv_status st = vv_schema_parse(p->fields, NULL, inner, struct_at, &unasked);
    vv_diagnostics_release(&unasked);
    return st;
}

enum vv_status vv_schema_parse(const struct vv_param *params, const struct vv_node *node,
                               const char *path, void *values, struct vv_diagnostics *d)
{
    struct vv_diagnostics unasked = {0};
    if (node && !is_map_or_null(node, path, d)) { /* one complaint is enough */
        const enum vv_status st = vv_schema_parse(params, NULL, path, values, &unasked);
        vv_diagnostics_release(&unasked);
        return st;
    }
    if (vv_node_is_null(node)) node = NULL;
    if (node) refuse_unknown(params, node, path, d);
    for (const struct vv_param *p = params; p->key; p++)
        VV_TRY(parse_one(p, node, path, values, d));
    return VV_OK;
}

void vv_schema_release(const struct vv_param *params, void *values)
{
    for (const struct vv_param *p = params; p->key; p++) {
        if (p->type == VV_PARAM_SECTION) {
            vv_schema_release(p->fields, (char *)values + p->offset);
        } else if (p->type == VV_PARAM_MAP) {
            struct vv_map *map = (void *)((char *)values + p->offset);
            for (int i = 0; i < map->n; i++) {
                vv_schema_release(p->fields, (char *)map->items + (size_t)i * p->item_size);
                vv_mem_free(map->name[i]);
            }
            vv_mem_free(map->name);
            vv_mem_free(map->items);
            *map = (struct vv_map){.n = 0};
        } else {
            vv_value_release(p, values);
        }
    }
}

static void write_origin(const struct vv_node *node, bool wanted, struct vv_strbuf *out)
{
    if (!wanted) return;
    if (!node) vv_strbuf_puts(out, "  # default");
    else if (node->place.line > 0)
        vv_strbuf_addf(out, "  # %s:%d", node->place.file, node->place.line);
    else vv_strbuf_addf(out, "  # %s", node->place.file);
}

/* `origins` and `node` apart: below a section that was not written there is no node. */
static void write_section(const struct vv_param *params, const void *values,
                          const struct vv_node *node, bool origins, int indent,
                          struct vv_strbuf *out)
{
    for (const struct vv_param *p = params; p->key; p++) {
        const struct vv_node *child = vv_node_get(node, p->key);
        vv_strbuf_addf(out, "%*s%s:", indent, "", p->key);
        if (p->type == VV_PARAM_SECTION) {
            const void *inner = (const char *)values + p->offset;
            const bool absent = p->present && !*(const bool *)((const char *)inner + p->present);
            const char *const rest = absent ? " null" : p->fields[0].key ? "" : " {}";
            vv_strbuf_addf(out, "%s\n", rest);
            if (!absent) write_section(p->fields, inner, child, origins, indent + 2, out);
        } else if (p->type == VV_PARAM_MAP) {
            const struct vv_map *map = (const void *)((const char *)values + p->offset);
            vv_strbuf_puts(out, map->n ? "\n" : " {}\n");
            for (int i = 0; i < map->n; i++) {
                vv_strbuf_addf(out, "%*s", indent + 2, "");
                vv_value_write_text(map->name[i], out);
                vv_strbuf_puts(out, ":\n");
                write_section(p->fields, (const char *)map->items + (size_t)i * p->item_size,
                              vv_node_get(child, map->name[i]), origins, indent + 4, out);
            }
        } else {
            vv_strbuf_puts(out, " ");
            vv_value_write(p, values, out);
            write_origin(vv_node_is_null(child) ? NULL : child, origins, out);
            vv_strbuf_puts(out, "\n");
        }
    }
}

void vv_schema_write(const struct vv_param *params, const void *values, const struct vv_node *node,
                     int indent, struct vv_strbuf *out)
{
    write_section(params, values, node, node != NULL, indent, out);
}

void vv_schema_write_key(const struct vv_param *params, const void *values, bool with_most,
                         struct vv_strbuf *out)
{
    for (const struct vv_param *p = params; p && p->key; p++) {
        const struct vv_param alone[] = {*p, {.key = NULL}};
        if (p->role == VV_ROLE_KEY || (p->role == VV_ROLE_MOST && with_most))
            write_section(alone, values, NULL, false, 0, out);
    }
}

/* "unknown key 'path'", and what may have been meant in place of its last `n` letters. */
static void tell_missing(const struct vv_param *params, const char *path, const char *word, size_t n,
                         struct vv_strbuf *missing)
{
    const char *keys[MOST_KEYS];
    char wrong[64];
    int n_keys = 0;
    for (; n_keys < MOST_KEYS && params[n_keys].key; n_keys++) keys[n_keys] = params[n_keys].key;
    snprintf(wrong, sizeof wrong, "%.*s", (int)(n < 60 ? n : 60), word);
    const char *const near = vv_text_suggest(wrong, keys, n_keys);
    vv_strbuf_addf(missing, "unknown key '%s'", path);
    if (near) {
        vv_strbuf_addf(missing, "; did you mean '%.*s%s%s'?", (int)(word - path), path, near, word + n);
        return;
    }
    vv_strbuf_addf(missing, "; possible are%s%.*s: ", word > path ? " in " : "",
                   word > path ? (int)(word - path) - 1 : 0, path);
    list_keys(params, missing);
}

const struct vv_param *vv_schema_find(const struct vv_param *params, const char *path, struct vv_strbuf *missing)
{
    const char *word = path;
    for (;;) {
        const size_t n = strcspn(word, ".");
        const struct vv_param *p = params;
        while (p->key && !(strlen(p->key) == n && strncmp(p->key, word, n) == 0)) p++;
        if (!p->key) {
            tell_missing(params, path, word, n, missing);
            return NULL;
        }
        if (!word[n]) return p;
        if (!vv_schema_nested(p)) {
            vv_strbuf_addf(missing, "unknown key '%s': there are no keys in '%.*s'", path, (int)(word + n - path),
                           path);
            return NULL;
        }
        word += n + 1;
        if (p->type == VV_PARAM_MAP) { /* any name */
            word += strcspn(word, ".");
            if (!*word) return p;
            word++;
        }
        params = p->fields;
    }
}

enum vv_status vv_schema_canonical(const struct vv_param *p, const struct vv_node *node, const char *path,
                                   struct vv_strbuf *out, struct vv_diagnostics *d)
{
    union { int64_t integer; double real; void *pointer; struct vv_texts list; } value;
    struct vv_param alone = *p;
    const int before = d->n;
    memset(&value, 0, sizeof value); /* an initializer may leave out what a pointer shares with padding */
    alone.offset = 0;
    enum vv_status st = vv_node_is_null(node) ? parse_standard(&alone, path, &value, d)
                                              : vv_value_parse(&alone, node, path, &value, d);
    if (!st && d->n == before) vv_value_write(&alone, &value, out);
    vv_value_release(&alone, &value);
    return st ? st : out->failed ? VV_MEMORY : VV_OK;
}

const struct vv_param *vv_schema_most(const struct vv_param *params)
{
    for (const struct vv_param *p = params; p && p->key; p++)
        if (p->role == VV_ROLE_MOST) return p;
    return NULL;
}

void vv_schema_write_reference(const struct vv_param *params, const void *values, int indent,
                               struct vv_strbuf *out)
{
    for (const struct vv_param *p = params; p->key; p++) {
        const bool nested = vv_schema_nested(p);
        vv_strbuf_addf(out, "%*s# %s%s\n", indent, "", p->help, p->required ? "; required" : "");
        vv_strbuf_addf(out, "%*s%s:", indent, "", p->key);
        if (!nested) {
            vv_strbuf_puts(out, " ");
            vv_value_write(p, values, out);
        }
        vv_strbuf_puts(out, "\n");
        if (p->type == VV_PARAM_SECTION)
            vv_schema_write_reference(p->fields, (const char *)values + p->offset, indent + 2, out);
        if (p->type != VV_PARAM_MAP) continue;
        vv_strbuf_addf(out, "%*s# <a name of yours>:\n", indent + 2, "");
        for (const struct vv_param *f = p->fields; f->key; f++)
            vv_strbuf_addf(out, "%*s#   %s: %s  # %s%s\n", indent + 2, "", f->key,
                           f->standard ? f->standard : "null", f->help,
                           f->required ? "; required" : "");
    }
}

static const char *type_name(enum vv_param_type type)
{
    switch (type) {
    case VV_PARAM_INT: return "integer";
    case VV_PARAM_FLOAT: return "number";
    case VV_PARAM_BOOL: return "true or false";
    case VV_PARAM_TEXT: return "text";
    case VV_PARAM_PATH: return "path";
    case VV_PARAM_CHOICE: return "one of";
    case VV_PARAM_SIZE: return "size";
    case VV_PARAM_TIME: return "time";
    case VV_PARAM_INTS: return "list of integers";
    case VV_PARAM_FLOATS: return "list of numbers";
    case VV_PARAM_TEXTS: return "list of texts";
    case VV_PARAM_CHOICES: return "list of";
    case VV_PARAM_TREE: return "keys with lists";
    case VV_PARAM_SECTION: return "section";
    case VV_PARAM_MAP: return "sections, named as you like";
    }
    return "?";
}

void vv_schema_describe(const struct vv_param *p, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, type_name(p->type));
    for (int i = 0; p->choices && p->choices[i]; i++)
        vv_strbuf_addf(out, "%s%s", i ? ", " : " ", p->choices[i]);
    if (p->unit) vv_strbuf_addf(out, ", in %s", p->unit);
    if ((p->minimum != 0.0 || p->maximum != 0.0) && p->maximum < 1e15)
        vv_strbuf_addf(out, ", %.15g to %.15g", p->minimum, p->maximum);
    else if (p->minimum != 0.0 || p->maximum != 0.0)
        vv_strbuf_addf(out, ", at least %.15g", p->minimum);
    if (p->standard) vv_strbuf_addf(out, "; default %s", p->standard);
    if (p->required) vv_strbuf_puts(out, "; required");
}

void vv_schema_help(const struct vv_param *params, int indent, struct vv_strbuf *out)
{
    for (const struct vv_param *p = params; p->key; p++) {
        vv_strbuf_addf(out, "%*s%s: %s\n%*s", indent, "", p->key, p->help, indent + 4, "");
        vv_schema_describe(p, out);
        vv_strbuf_puts(out, "\n");
        if (p->fields) vv_schema_help(p->fields, indent + 4, out);
    }
}

void vv_schema_visit(const struct vv_param *params, const char *path, vv_schema_visit_fn visit, void *data)
{
    for (const struct vv_param *p = params; p->key; p++) {
        char inner[256], named[256];
        join(inner, path, p->key);
        join(named, inner, "NAME");
        visit(inner, p, data);
        if (p->fields) vv_schema_visit(p->fields, p->type == VV_PARAM_MAP ? named : inner, visit, data);
    }
}
