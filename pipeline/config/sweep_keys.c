/* SPDX-License-Identifier: MIT */
/* The keys of a sweep and their values, checked one by one. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/node.h"
#include "config/sweep_read.h"
#include "config/yaml.h"

static const char GRID[] = "sweep.grid", ZIP[] = "sweep.zip", OPTION[] = "--sweep";

/* Of keys from options: the tree they are read from goes at once. */
static const struct vv_place command_line = {.file = "command line"};

static void refuse_section(const struct vv_param *p, const char *where, const char *path,
                           const struct vv_place *place, struct vv_diagnostics *d)
{
    struct vv_strbuf keys;
    vv_strbuf_init(&keys);
    for (const struct vv_param *f = p->fields; f->key; f++)
        vv_strbuf_addf(&keys, "%s%s", f == p->fields ? "" : ", ", f->key);
    vv_diagnostics_add(d, place, "%s: '%s' is a section, of which keys can be swept: %s", where, path, keys.text);
    vv_strbuf_release(&keys);
}

/* Goes down into nested maps; recursion follows the depth of the schema. */
static enum vv_status walk(const struct vv_node *map, const char *above, const char *where,
                           const struct vv_param *params, vv_sweep_take_fn take, void *context,
                           struct vv_diagnostics *d)
{
    struct vv_strbuf path, missing;
    vv_strbuf_init(&path);
    vv_strbuf_init(&missing);
    enum vv_status st = VV_OK;
    for (int i = 0; !st && i < map->n_children; i++) {
        const struct vv_node *const child = map->children[i];
        vv_strbuf_reset(&path);
        vv_strbuf_reset(&missing);
        vv_strbuf_addf(&path, "%s%s%s", above, above[0] ? "." : "", child->key);
        const struct vv_param *const p = vv_schema_find(params, path.text, &missing);
        if (!p) vv_diagnostics_add(d, &child->key_place, "%s: %s", where, missing.text);
        else if (vv_schema_nested(p) && child->kind == VV_NODE_MAP)
            st = walk(child, path.text, where, params, take, context, d);
        else if (vv_schema_nested(p)) refuse_section(p, where, path.text, &child->key_place, d);
        else st = take(context, path.text, p, child);
    }
    if (!st && (path.failed || missing.failed)) st = VV_MEMORY;
    vv_strbuf_release(&path);
    vv_strbuf_release(&missing);
    return st;
}

enum vv_status vv_sweep_walk(const struct vv_node *map, const char *where, const struct vv_param *params,
                             vv_sweep_take_fn take, void *context, struct vv_diagnostics *d)
{
    if (vv_node_is_null(map)) return VV_OK;
    if (map->kind == VV_NODE_MAP) return walk(map, "", where, params, take, context, d);
    vv_diagnostics_add(d, &map->place, "%s: keys are expected, such as 'stages.knn.k: [30, 100]'", where);
    return VV_OK;
}

/* What keys are being read. */
struct reading {
    struct vv_sweep *s;
    const char *where;
    struct vv_diagnostics *d;
};

static void release_key(struct vv_sweep_key *key)
{
    for (int i = 0; i < key->n_values; i++) {
        vv_node_destroy(key->values[i].node);
        vv_mem_free(key->values[i].label);
        vv_mem_free(key->values[i].canonical);
        vv_mem_free(key->values[i].token);
    }
    vv_mem_free(key->values);
    vv_mem_free(key->path);
}

void vv_sweep_release(struct vv_sweep *s)
{
    for (int k = 0; k < s->n_keys; k++) release_key(&s->keys[k]);
    vv_mem_free(s->keys);
    vv_mem_free(s->choice);
    vv_mem_free(s->turn);
    vv_diagnostics_release(&s->warnings);
    *s = (struct vv_sweep){.n_keys = 0};
}

static enum vv_status read_label(const struct reading *r, const char *path, const struct vv_node *item,
                                 struct vv_sweep_value *value)
{
    const char *const label = item->key;
    if (label[0] == '\0' || strlen(label) > 60)
        vv_diagnostics_add(r->d, &item->key_place, "%s: %s: a label has 1 to 60 characters", r->where, path);
    return (value->label = vv_mem_string(label)) ? VV_OK : VV_MEMORY;
}

/* One item of a list: a value, or {label: value}. */
static enum vv_status read_value(const struct reading *r, const struct vv_sweep_key *key,
                                 const struct vv_node *item, struct vv_sweep_value *value)
{
    if (item->kind == VV_NODE_MAP) {
        if (item->n_children != 1) {
            vv_diagnostics_add(r->d, &item->place, "%s: %s: a value is expected, or one label and value: {a: %s}",
                               r->where, key->path, key->param->standard ? key->param->standard : "x");
            return VV_OK;
        }
        item = item->children[0];
        VV_TRY(read_label(r, key->path, item, value));
    }
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    enum vv_status st = vv_schema_canonical(key->param, item, key->path, &text, r->d);
    if (!st && !(value->canonical = vv_mem_string(text.text))) st = VV_MEMORY;
    if (!st && !(value->node = vv_node_copy(item))) st = VV_MEMORY;
    vv_strbuf_release(&text);
    return st;
}

static int by_canonical(const void *a, const void *b)
{
    const struct vv_sweep_value *const x = *(const struct vv_sweep_value *const *)a,
                               *const y = *(const struct vv_sweep_value *const *)b;
    const int order = strcmp(x->canonical, y->canonical);
    return order ? order : (x > y) - (x < y);
}

static int by_label(const void *a, const void *b)
{
    const struct vv_sweep_value *const x = *(const struct vv_sweep_value *const *)a,
                               *const y = *(const struct vv_sweep_value *const *)b;
    const int order = strcmp(x->label ? x->label : "", y->label ? y->label : "");
    return order ? order : by_canonical(a, b);
}

/* The same value twice in a list of the grid would be the same point twice; the same label for two values would
 * give two points one name. */
static enum vv_status refuse_twice(const struct reading *r, const struct vv_sweep_key *key)
{
    const int n = key->n_values;
    const struct vv_sweep_value **sorted = vv_mem_new(n, sizeof(struct vv_sweep_value *), "values of a sweep");
    if (!sorted) return VV_MEMORY;
    for (int i = 0; i < n; i++) sorted[i] = &key->values[i];
    qsort(sorted, (size_t)n, sizeof *sorted, by_canonical);
    for (int i = 1; i < n && !key->zipped; i++)
        if (strcmp(sorted[i]->canonical, sorted[i - 1]->canonical) == 0)
            vv_diagnostics_add(r->d, &sorted[i]->node->place, "%s: %s: %s is given twice", r->where, key->path,
                               sorted[i]->canonical);
    qsort(sorted, (size_t)n, sizeof *sorted, by_label);
    for (int i = 1; i < n; i++)
        if (sorted[i]->label && sorted[i - 1]->label && strcmp(sorted[i]->label, sorted[i - 1]->label) == 0 &&
            strcmp(sorted[i]->canonical, sorted[i - 1]->canonical) != 0)
            vv_diagnostics_add(r->d, &sorted[i]->node->place, "%s: %s: the label '%s' is given to two values",
                               r->where, key->path, sorted[i]->label);
    vv_mem_free(sorted);
    return VV_OK;
}

static struct vv_sweep_key *find_key(const struct vv_sweep *s, const char *path)
{
    for (int k = 0; k < s->n_keys; k++)
        if (strcmp(s->keys[k].path, path) == 0) return &s->keys[k];
    return NULL;
}

static bool takes_lists(const struct vv_param *p)
{
    return p->type == VV_PARAM_INTS || p->type == VV_PARAM_FLOATS || p->type == VV_PARAM_TEXTS ||
           p->type == VV_PARAM_CHOICES;
}

/* Room for a key, unless it is there already: then a list of the file makes room for one of the command line. */
static enum vv_status make_room(const struct reading *r, const char *path, const struct vv_place *place,
                                struct vv_sweep_key **room)
{
    struct vv_sweep_key *key = find_key(r->s, path);
    *room = NULL;
    const bool replaces = key && place->line == 0 && key->place.line > 0 && key->zipped == (r->where == ZIP);
    if (key && !replaces) {
        vv_diagnostics_add(r->d, place, "%s: '%s' is given twice%s", r->where, path,
                           key->zipped && r->where != ZIP    ? ", the other time in sweep.zip"
                           : !key->zipped && r->where == ZIP ? ", the other time in sweep.grid"
                                                             : "");
        return VV_OK;
    }
    if (key) release_key(key);
    else {
        struct vv_sweep_key *const grown =
            vv_mem_resize(r->s->keys, r->s->n_keys + 1, sizeof *grown, "keys of a sweep");
        if (!grown) return VV_MEMORY;
        r->s->keys = grown;
        key = &grown[r->s->n_keys++];
    }
    *key = (struct vv_sweep_key){.place = r->where == OPTION ? command_line : *place, .zipped = r->where == ZIP};
    *room = key;
    return (key->path = vv_mem_string(path)) ? VV_OK : VV_MEMORY;
}

static enum vv_status take_key(void *context, const char *path, const struct vv_param *param,
                               const struct vv_node *list)
{
    const struct reading *const r = context;
    struct vv_sweep_key *key;
    if (list->kind != VV_NODE_LIST) {
        vv_diagnostics_add(r->d, &list->place, "%s: %s: a list of values is expected, such as [%s]", r->where, path,
                           list->kind == VV_NODE_SCALAR && list->text[0] ? list->text
                           : param->standard                             ? param->standard
                                                                         : "x");
        return VV_OK;
    }
    if (list->n_children == 1 && list->children[0]->kind == VV_NODE_LIST && r->where == OPTION && !takes_lists(param))
        list = list->children[0]; /* --sweep a.b=[1,2] */
    if (list->n_children == 0) {
        vv_diagnostics_add(r->d, &list->place, "%s: %s: an empty list leaves no point", r->where, path);
        return VV_OK;
    }
    VV_TRY(make_room(r, path, list->key ? &list->key_place : &list->place, &key));
    if (!key) return VV_OK;
    key->param = param;
    key->values = vv_mem_new(list->n_children, sizeof *key->values, "values of a sweep");
    if (!key->values) return VV_MEMORY;
    key->n_values = list->n_children;
    const int before = r->d->n;
    for (int i = 0; i < key->n_values; i++) VV_TRY(read_value(r, key, list->children[i], &key->values[i]));
    return r->d->n == before ? refuse_twice(r, key) : VV_OK;
}

/* "a.b=1,2": what is behind = is what stands in a list. */
static enum vv_status read_option(struct reading *r, const char *text, const struct vv_param *params)
{
    const char *const equals = strchr(text, '=');
    struct vv_strbuf yaml;
    struct vv_node *root = NULL;
    const int before = r->d->n;
    if (!equals || equals == text || !equals[1]) {
        vv_diagnostics_add(r->d, &command_line, "--sweep: '%s' is not of the form a.b=1,2", text);
        return VV_OK;
    }
    vv_strbuf_init(&yaml);
    vv_strbuf_puts(&yaml, "? "); /* as an explicit key, which may be any plain text */
    vv_strbuf_add(&yaml, text, (size_t)(equals - text));
    vv_strbuf_addf(&yaml, "\n: [%s]\n", equals + 1);
    enum vv_status st = yaml.failed ? VV_MEMORY : VV_OK;
    if (!st) st = vv_yaml_parse(yaml.text, yaml.length, command_line.file, true, r->d, &root);
    if (!st && root && r->d->n == before) st = vv_sweep_walk(root, OPTION, params, take_key, r, r->d);
    if (root) vv_node_destroy(root);
    vv_strbuf_release(&yaml);
    return st;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct vv_sweep_key *)a)->path, ((const struct vv_sweep_key *)b)->path);
}

enum vv_status vv_sweep_read_keys(struct vv_sweep *s, const struct vv_sweep_config *written,
                                  const char *const *texts, int n_texts, const struct vv_param *params,
                                  struct vv_diagnostics *d)
{
    struct reading r = {.s = s, .where = GRID, .d = d};
    VV_TRY(vv_sweep_walk(written->grid, GRID, params, take_key, &r, d));
    r.where = ZIP;
    VV_TRY(vv_sweep_walk(written->zip, ZIP, params, take_key, &r, d));
    r.where = OPTION;
    for (int i = 0; i < n_texts; i++) VV_TRY(read_option(&r, texts[i], params));
    if (s->n_keys > 0) qsort(s->keys, (size_t)s->n_keys, sizeof *s->keys, by_path);
    return VV_OK;
}
