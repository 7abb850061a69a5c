/* SPDX-License-Identifier: MIT */
/* libyaml's events, turned into nodes with an explicit stack. What YAML allows and a configuration
 * should not (anchors, tags, yes/no, several documents) is refused here, with the reason. */
#include "config/yaml.h"

#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "base/mem.h"
#include "config/node.h"

struct frame {
    struct vv_node *node;
    char *key;                 /* of a map: the key waiting for its value; owned */
    struct vv_place key_place; /* file borrowed */
};

struct builder {
    const char *name;
    bool bare_places;
    struct vv_diagnostics *d;
    struct frame frames[VV_NODE_DEPTH];
    int depth;
    struct vv_node *root;
    int n_documents;
    bool broken; /* a structure could not be built: stop */
};

static struct vv_place place_of(const struct builder *b, const yaml_mark_t *mark)
{
    if (b->bare_places) return (struct vv_place){.file = b->name};
    return (struct vv_place){
        .file = b->name, .line = (int)mark->line + 1, .column = (int)mark->column + 1};
}

static bool is_old_boolean(const char *text)
{
    static const char *const words[] = {"yes", "no", "on", "off"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0) return true;
    return false;
}

static void refuse_anchor(struct builder *b, const yaml_char_t *anchor, const struct vv_place *at)
{
    if (anchor)
        vv_diagnostics_add(b->d, at, "anchor '&%s' is not supported; write the value out",
                           (const char *)anchor);
}

static void refuse_tag(struct builder *b, const yaml_char_t *tag, const struct vv_place *at)
{
    if (tag) vv_diagnostics_add(b->d, at, "tag '%s' is not supported", (const char *)tag);
}

/* Puts a finished or opened node where it belongs. */
static enum vv_status place_node(struct builder *b, struct vv_node *node)
{
    if (b->depth == 0) {
        if (b->root) vv_node_destroy(b->root);
        b->root = node;
        return VV_OK;
    }
    struct frame *top = &b->frames[b->depth - 1];
    const enum vv_status st = vv_node_append(top->node, top->key, &top->key_place, node);
    vv_mem_free(top->key);
    top->key = NULL;
    return st;
}

/* A scalar where a map expects a key. */
static enum vv_status take_key(struct builder *b, const char *text, bool plain,
                               const struct vv_place *at)
{
    struct frame *top = &b->frames[b->depth - 1];
    const struct vv_node *before = vv_node_get(top->node, text);
    if (before)
        vv_diagnostics_add(b->d, at, "duplicate key '%s'; first given at line %d", text,
                           before->key_place.line);
    if (plain && strcmp(text, "<<") == 0)
        vv_diagnostics_add(b->d, at, "merge key '<<' is not supported; use include:");
    else if (plain && is_old_boolean(text))
        vv_diagnostics_add(b->d, at, "key '%s' is a boolean in YAML 1.1; quote it", text);
    top->key_place = *at;
    return (top->key = vv_mem_string(text)) ? VV_OK : VV_MEMORY;
}

static enum vv_status take_scalar(struct builder *b, const yaml_event_t *event)
{
    const char *const text = (const char *)event->data.scalar.value;
    const struct vv_place at = place_of(b, &event->start_mark);
    const bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    refuse_anchor(b, event->data.scalar.anchor, &at);
    refuse_tag(b, event->data.scalar.tag, &at);
    if (strlen(text) != event->data.scalar.length) {
        vv_diagnostics_add(b->d, &at, "a text must not contain a NUL character");
        b->broken = true; /* keys and values would change places */
        return VV_OK;
    }
    if (b->depth > 0 && b->frames[b->depth - 1].node->kind == VV_NODE_MAP &&
        !b->frames[b->depth - 1].key)
        return take_key(b, text, plain, &at);
    if (plain && is_old_boolean(text))
        vv_diagnostics_add(b->d, &at,
                           "'%s' is a boolean in YAML 1.1 and a text in YAML 1.2; write true or "
                           "false, or quote it",
                           text);
    struct vv_node *node = vv_node_create(VV_NODE_SCALAR, &at);
    if (!node) return VV_MEMORY;
    node->quoted = !plain;
    if (!(node->text = vv_mem_string(text))) {
        vv_node_destroy(node);
        return VV_MEMORY;
    }
    return place_node(b, node);
}

static enum vv_status open_collection(struct builder *b, const yaml_event_t *event,
                                      enum vv_node_kind kind)
{
    const struct vv_place at = place_of(b, &event->start_mark);
    const bool map = kind == VV_NODE_MAP;
    refuse_anchor(b, map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor,
                  &at);
    refuse_tag(b, map ? event->data.mapping_start.tag : event->data.sequence_start.tag, &at);
    const struct frame *top = b->depth > 0 ? &b->frames[b->depth - 1] : NULL;
    if (top && top->node->kind == VV_NODE_MAP && !top->key) {
        vv_diagnostics_add(b->d, &at, "a key must be a single word, not a %s",
                           map ? "map" : "list");
        b->broken = true;
        return VV_OK;
    }
    if (b->depth == VV_NODE_DEPTH) {
        vv_diagnostics_add(b->d, &at, "nested deeper than %d levels", VV_NODE_DEPTH);
        b->broken = true;
        return VV_OK;
    }
    struct vv_node *node = vv_node_create(kind, &at);
    if (!node) return VV_MEMORY;
    VV_TRY(place_node(b, node));
    b->frames[b->depth++] = (struct frame){.node = node};
    return VV_OK;
}

static enum vv_status take_event(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++b->n_documents == 2) {
            const struct vv_place at = place_of(b, &event->start_mark);
            vv_diagnostics_add(b->d, &at, "only one YAML document is allowed in a file");
            b->broken = true;
        }
        return VV_OK;
    case YAML_SCALAR_EVENT: return take_scalar(b, event);
    case YAML_MAPPING_START_EVENT: return open_collection(b, event, VV_NODE_MAP);
    case YAML_SEQUENCE_START_EVENT: return open_collection(b, event, VV_NODE_LIST);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT: b->depth--; return VV_OK;
    case YAML_ALIAS_EVENT: {
        const struct vv_place at = place_of(b, &event->start_mark);
        vv_diagnostics_add(b->d, &at, "alias '*%s' is not supported; write the value out",
                           (const char *)event->data.alias.anchor);
        b->broken = true;
        return VV_OK;
    }
    default: return VV_OK;
    }
}

/* Whether the line of the problem holds a tab before its first other character. */
static bool tab_at(const char *text, size_t n, size_t line)
{
    const char *p = text, *const end = text + n;
    for (; line > 0 && p < end; p++)
        if (*p == '\n') line--;
    while (p < end && *p == ' ') p++;
    return p < end && *p == '\t';
}

static void report_syntax(struct builder *b, const yaml_parser_t *parser, const char *text,
                          size_t n)
{
    const struct vv_place at = place_of(b, &parser->problem_mark);
    if (parser->error == YAML_READER_ERROR) {
        const struct vv_place file = {.file = b->name};
        vv_diagnostics_add(b->d, &file, "not a text file in UTF-8: %s (byte %zu)", parser->problem,
                           parser->problem_offset);
    } else if (tab_at(text, n, parser->problem_mark.line)) {
        vv_diagnostics_add(b->d, &at, "tab used for indentation; use spaces");
    } else {
        vv_diagnostics_add(b->d, &at, "%s%s%s", parser->problem ? parser->problem : "syntax error",
                           parser->context ? " " : "", parser->context ? parser->context : "");
    }
}

enum vv_status vv_yaml_parse(const char *text, size_t n, const char *name, bool inside_override,
                             struct vv_diagnostics *d, struct vv_node **root)
{
    struct builder b = {.name = name, .bare_places = inside_override, .d = d};
    yaml_parser_t parser;
    enum vv_status st = VV_OK;
    bool ended = false;
    *root = NULL;
    if (!yaml_parser_initialize(&parser)) return vv_fail(VV_MEMORY, "no memory for the YAML parser");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
    while (!ended && !st && !b.broken) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            report_syntax(&b, &parser, text, n);
            b.broken = true;
            break;
        }
        ended = event.type == YAML_STREAM_END_EVENT;
        st = take_event(&b, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    for (int i = 0; i < b.depth; i++) vv_mem_free(b.frames[i].key);
    if (st || b.broken) vv_node_destroy(b.root);
    else *root = b.root;
    return st;
}
