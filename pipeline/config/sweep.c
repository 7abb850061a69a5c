/* SPDX-License-Identifier: MIT */
/* The points of a sweep, from its keys. */
#include "config/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "config/sweep_read.h"
#include "config/value.h"

#define AT(field) offsetof(struct vv_sweep_config, field)

const struct vv_param vv_sweep_params[] = {
    {.key = "grid", .type = VV_PARAM_TREE, .offset = AT(grid),
     .help = "keys and the values they take, in every combination: {stages.knn.k: [30, 100]}; [{label: value}] names "
             "a value"},
    {.key = "zip", .type = VV_PARAM_TREE, .offset = AT(zip),
     .help = "the same for keys that change together: lists of one length"},
    {.key = "skip", .type = VV_PARAM_TREE, .offset = AT(skip),
     .help = "points to leave out: [{stages.knn.k: 100, seed: [1, 2]}]"},
    {.key = NULL},
};

/* ---- axes: each key of the grid, and all zipped ones together, in the place of the first */

struct axes {
    int n;
    int *of_key;     /* [n_keys] */
    int64_t *length; /* [n] */
    int64_t n_points;
};

static void release_axes(struct axes *a)
{
    vv_mem_free(a->of_key);
    vv_mem_free(a->length);
}

static enum vv_status find_axes(const struct vv_sweep *s, struct axes *a, struct vv_diagnostics *d)
{
    int zip = -1;
    double points = 1.0;
    *a = (struct axes){.of_key = vv_mem_new(s->n_keys, sizeof *a->of_key, "axes of a sweep"),
                       .length = vv_mem_new(s->n_keys, sizeof *a->length, "axes of a sweep")};
    if (!a->of_key || !a->length) return VV_MEMORY;
    for (int k = 0; k < s->n_keys; k++) {
        a->of_key[k] = s->keys[k].zipped && zip >= 0 ? zip : a->n++;
        if (s->keys[k].zipped) zip = a->of_key[k];
        a->length[a->of_key[k]] = s->keys[k].n_values;
    }
    for (int i = 0; i < a->n; i++) points *= (double)a->length[i];
    if (points > VV_SWEEP_POINTS)
        vv_diagnostics_add(d, &s->keys[0].place, "sweep: %.0f points are more than %d; sweep part by part", points,
                           VV_SWEEP_POINTS);
    else a->n_points = (int64_t)points;
    return VV_OK;
}

/* ---- zip: one length, no combination twice */

static void check_lengths(const struct vv_sweep *s, struct vv_diagnostics *d)
{
    const struct vv_sweep_key *first = NULL;
    for (int k = 0; k < s->n_keys; k++) {
        const struct vv_sweep_key *const key = &s->keys[k];
        if (!key->zipped) continue;
        if (!first) first = key;
        if (key->n_values != first->n_values)
            vv_diagnostics_add(d, &key->place, "sweep.zip: %d values for %s, but %d for %s", key->n_values, key->path,
                               first->n_values, first->path);
    }
}

struct combination {
    const char *text;
    int at;
};

static int by_text(const void *a, const void *b)
{
    const struct combination *const x = a, *const y = b;
    const int order = strcmp(x->text, y->text);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static enum vv_status check_combinations(const struct vv_sweep *s, struct vv_diagnostics *d)
{
    const struct vv_sweep_key *first = NULL;
    for (int k = s->n_keys - 1; k >= 0; k--)
        if (s->keys[k].zipped) first = &s->keys[k];
    if (!first) return VV_OK;
    const int n = first->n_values;
    struct combination *const rows = vv_mem_new(n, sizeof *rows, "combinations of a sweep");
    struct vv_strbuf *const texts = vv_mem_new(n, sizeof *texts, "combinations of a sweep");
    enum vv_status st = rows && texts ? VV_OK : VV_MEMORY;
    for (int i = 0; !st && i < n; i++) {
        vv_strbuf_init(&texts[i]);
        for (int k = 0; k < s->n_keys; k++)
            if (s->keys[k].zipped) vv_strbuf_addf(&texts[i], "%s\n", s->keys[k].values[i].canonical);
        rows[i] = (struct combination){texts[i].text, i};
    }
    if (!st) qsort(rows, (size_t)n, sizeof *rows, by_text);
    for (int i = 1; !st && i < n; i++)
        if (strcmp(rows[i].text, rows[i - 1].text) == 0)
            vv_diagnostics_add(d, &first->values[rows[i].at].node->place,
                               "sweep.zip: values %d and %d are the same in all lists", rows[i - 1].at + 1,
                               rows[i].at + 1);
    for (int i = 0; !st && i < n; i++) {
        if (texts[i].failed) st = VV_MEMORY;
        vv_strbuf_release(&texts[i]);
    }
    vv_mem_free(texts);
    vv_mem_free(rows);
    return st;
}

/* ---- skip */

struct condition {
    int key;
    bool *matches; /* [n_values of the key] */
};

/* One entry of `skip`: a point is left out when all its conditions match. */
struct entry {
    const struct vv_sweep *s;
    struct vv_diagnostics *d;
    int n;
    struct condition *conditions; /* [n] */
};

static void release_entry(struct entry *e)
{
    for (int i = 0; i < e->n; i++) vv_mem_free(e->conditions[i].matches);
    vv_mem_free(e->conditions);
}

static enum vv_status match_value(const struct entry *e, const char *path, const struct vv_node *node,
                                  struct condition *c)
{
    const struct vv_sweep_key *const key = &e->s->keys[c->key];
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    bool label = false;
    for (int v = 0; v < key->n_values && node->kind == VV_NODE_SCALAR; v++)
        if (key->values[v].label && strcmp(key->values[v].label, node->text) == 0) c->matches[v] = label = true;
    enum vv_status st = label ? VV_OK : vv_schema_canonical(key->param, node, path, &text, e->d);
    for (int v = 0; !st && !label && v < key->n_values; v++)
        if (strcmp(key->values[v].canonical, text.text) == 0) c->matches[v] = true;
    vv_strbuf_release(&text);
    return st;
}

static enum vv_status take_condition(void *context, const char *path, const struct vv_param *param,
                                     const struct vv_node *node)
{
    struct entry *const e = context;
    int k = 0;
    (void)param;
    while (k < e->s->n_keys && strcmp(e->s->keys[k].path, path) != 0) k++;
    if (k == e->s->n_keys) {
        vv_diagnostics_add(e->d, &node->key_place, "sweep.skip: '%s' is not swept", path);
        return VV_OK;
    }
    struct condition *const grown = vv_mem_resize(e->conditions, e->n + 1, sizeof *grown, "conditions");
    if (!grown) return VV_MEMORY;
    e->conditions = grown;
    struct condition *const c = &grown[e->n++];
    *c = (struct condition){k, vv_mem_new(e->s->keys[k].n_values, sizeof *c->matches, "conditions")};
    if (!c->matches) return VV_MEMORY;
    if (node->kind != VV_NODE_LIST) return match_value(e, path, node, c);
    for (int i = 0; i < node->n_children; i++) VV_TRY(match_value(e, path, node->children[i], c));
    return VV_OK;
}

/* Marks the points that one entry leaves out. */
static enum vv_status skip_some(struct vv_sweep *s, const struct vv_node *node, int64_t n_points,
                                const struct vv_param *params, struct vv_diagnostics *d, bool *skipped)
{
    struct entry e = {.s = s, .d = d};
    const int before = d->n;
    int64_t n = 0;
    enum vv_status st = vv_sweep_walk(node, "sweep.skip", params, take_condition, &e, d);
    for (int64_t p = 0; !st && e.n > 0 && p < n_points; p++) {
        bool all = true;
        for (int c = 0; all && c < e.n; c++)
            all = e.conditions[c].matches[s->choice[p * s->n_keys + e.conditions[c].key]];
        if (all) skipped[p] = true;
        n += all;
    }
    if (!st && n == 0 && d->n == before)
        vv_diagnostics_add(&s->warnings, &node->place, "sweep.skip: no point is like that");
    release_entry(&e);
    return st;
}

static enum vv_status skip(struct vv_sweep *s, const struct vv_node *list, int64_t *n_points,
                           const struct vv_param *params, struct vv_diagnostics *d)
{
    if (vv_node_is_null(list)) return VV_OK;
    const bool one = list->kind == VV_NODE_MAP;
    const int n_entries = one ? 1 : list->n_children;
    const int before = d->n;
    if (list->kind == VV_NODE_SCALAR) {
        vv_diagnostics_add(d, &list->place, "sweep.skip: a list is expected, such as [{stages.knn.k: 100}]");
        return VV_OK;
    }
    bool *const skipped = vv_mem_new(*n_points, sizeof *skipped, "points to skip");
    enum vv_status st = skipped ? VV_OK : VV_MEMORY;
    for (int i = 0; !st && i < n_entries; i++)
        st = skip_some(s, one ? list : list->children[i], *n_points, params, d, skipped);
    int64_t n = 0;
    for (int64_t p = 0; !st && p < *n_points; p++) {
        if (skipped[p]) continue;
        memmove(s->choice + n * s->n_keys, s->choice + p * s->n_keys, (size_t)s->n_keys * sizeof *s->choice);
        n++;
    }
    if (!st) *n_points = n;
    if (!st && n == 0 && d->n == before) vv_diagnostics_add(d, &list->place, "sweep.skip: no point is left");
    vv_mem_free(skipped);
    return st;
}

/* ---- points */

static enum vv_status list_points(struct vv_sweep *s, const struct axes *a)
{
    s->choice = vv_mem_new(a->n_points * s->n_keys, sizeof *s->choice, "points of a sweep");
    if (!s->choice) return VV_MEMORY;
    for (int64_t p = 0; p < a->n_points; p++) {
        int64_t stride = a->n_points;
        for (int i = 0; i < a->n; i++) {
            stride /= a->length[i];
            for (int k = 0; k < s->n_keys; k++)
                if (a->of_key[k] == i) s->choice[p * s->n_keys + k] = (int)(p / stride % a->length[i]);
        }
    }
    return VV_OK;
}

struct place_in_line {
    double most[4]; /* of the first keys of role MOST, as many as will ever be */
    int64_t point;
};

static int by_most(const void *a, const void *b)
{
    const struct place_in_line *const x = a, *const y = b;
    for (int i = 0; i < 4; i++)
        if (x->most[i] != y->most[i]) return x->most[i] > y->most[i] ? -1 : 1;
    return (x->point > y->point) - (x->point < y->point);
}

static enum vv_status find_turns(struct vv_sweep *s)
{
    struct place_in_line *const line = vv_mem_new(s->n_points, sizeof *line, "points of a sweep");
    s->turn = vv_mem_new(s->n_points, sizeof *s->turn, "points of a sweep");
    if (!line || !s->turn) {
        vv_mem_free(line);
        return VV_MEMORY;
    }
    for (int64_t p = 0; p < s->n_points; p++) {
        line[p].point = p;
        for (int k = 0, i = 0; k < s->n_keys && i < 4; k++)
            if (s->keys[k].param->role == VV_ROLE_MOST)
                vv_text_to_float(vv_sweep_at(s, p, k)->canonical, &line[p].most[i++]);
    }
    qsort(line, (size_t)s->n_points, sizeof *line, by_most);
    for (int64_t p = 0; p < s->n_points; p++) s->turn[p] = line[p].point;
    vv_mem_free(line);
    return VV_OK;
}

static enum vv_status find_points(struct vv_sweep *s, const struct vv_node *skipped, const struct vv_param *params,
                                  struct vv_diagnostics *d)
{
    struct axes axes;
    const int before = d->n;
    check_lengths(s, d);
    if (d->n > before) return VV_OK;
    VV_TRY(check_combinations(s, d));
    enum vv_status st = find_axes(s, &axes, d);
    if (!st && axes.n_points > 0) st = list_points(s, &axes);
    if (!st && axes.n_points > 0) st = skip(s, skipped, &axes.n_points, params, d);
    if (!st && d->n == before) s->n_points = axes.n_points;
    release_axes(&axes);
    if (!st && s->n_points > 0) st = vv_sweep_name_keys(s);
    if (!st && s->n_points > 0) st = find_turns(s);
    return st;
}

enum vv_status vv_sweep_read(struct vv_sweep *s, const struct vv_node *section, const char *const *texts,
                             int n_texts, const struct vv_param *params, struct vv_diagnostics *d)
{
    struct vv_sweep_config written = {.grid = NULL};
    const int before = d->n;
    *s = (struct vv_sweep){.n_keys = 0};
    enum vv_status st = vv_schema_parse(vv_sweep_params, section, "sweep", &written, d);
    if (!st) st = vv_sweep_read_keys(s, &written, texts, n_texts, params, d);
    if (!st && s->n_keys == 0 && d->n == before && !vv_node_is_null(section))
        vv_diagnostics_add(d, &section->key_place, "sweep: nothing is swept; give grid or zip");
    if (!st && s->n_keys > 0 && d->n == before) st = find_points(s, written.skip, params, d);
    if (st) vv_sweep_release(s);
    return st;
}

const struct vv_sweep_value *vv_sweep_at(const struct vv_sweep *s, int64_t point, int key)
{
    return &s->keys[key].values[s->choice[point * s->n_keys + key]];
}

void vv_sweep_overrides(const struct vv_sweep *s, int64_t point, struct vv_strbuf *out)
{
    for (int k = 0; k < s->n_keys; k++) {
        struct vv_strbuf assignment;
        vv_strbuf_init(&assignment);
        vv_strbuf_addf(&assignment, "%s=%s", s->keys[k].path, vv_sweep_at(s, point, k)->canonical);
        vv_strbuf_puts(out, k ? " " : "");
        vv_strbuf_add_word(out, assignment.text);
        if (assignment.failed) out->failed = true;
        vv_strbuf_release(&assignment);
    }
}

enum vv_status vv_sweep_apply(const struct vv_sweep *s, int64_t point, struct vv_node *root)
{
    for (int k = 0; k < s->n_keys; k++)
        VV_TRY(vv_tree_set(root, s->keys[k].path, vv_sweep_at(s, point, k)->node));
    return VV_OK;
}
