/* SPDX-License-Identifier: MIT */
#include "io/figure_case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "data/companion.h"
#include "io/figure_script.h"

enum { MOST = 1024 }; /* characters of a name that is looked for */

enum vv_status vv_figure_source_init(struct vv_figure_source *s, const struct vv_table *t)
{
    const struct vv_column *const names = vv_table_find(t, "layers/name");
    *s = (struct vv_figure_source){.table = t};
    if (!names || names->type != VV_TEXT || names->n_dims != 1) return VV_OK;
    for (int64_t i = 0; i < names->dims[0].length; i++)
        if (!names->text[i]) return VV_OK;
    s->n_layers = (int)names->dims[0].length;
    s->layer_names = names->text;
    return vv_series_init(&s->series, s->n_layers, s->layer_names);
}

void vv_figure_source_release(struct vv_figure_source *s)
{
    vv_series_release(&s->series);
    vv_mem_free(s->pointers);
    *s = (struct vv_figure_source){.table = NULL};
}

enum vv_status vv_figure_source_mark(struct vv_figure_source *s, const struct vv_figure_wish *w)
{
    for (int i = 0; i < VV_FIGURE_COLUMNS && w->columns[i]; i++) {
        const struct vv_column *const c = vv_table_find(s->table, w->columns[i]);
        if (!c || c->type != VV_I64) continue;
        for (int64_t v = 0; v < vv_column_length(c); v++) {
            if (c->i64[v] < 0 || c->i64[v] >= s->n_layers) continue;
            struct vv_pointer *const grown = vv_mem_resize(s->pointers, s->n_pointers + 1, sizeof *grown, "marks");
            if (!grown) return VV_MEMORY;
            s->pointers = grown;
            grown[s->n_pointers++] = (struct vv_pointer){(int)c->i64[v], w->labels[i] ? w->labels[i] : c->long_name};
        }
    }
    return VV_OK;
}

int vv_column_dim(const struct vv_column *c, const char *dim)
{
    for (int d = 0; d < c->n_dims; d++)
        if (strcmp(c->dims[d].name, dim) == 0) return d;
    return -1;
}

void vv_position_add(struct vv_position *p, const char *dim, int64_t at)
{
    if (p->n == VV_MAX_DIMS) return;
    p->dim[p->n] = dim;
    p->at[p->n++] = at;
}

double vv_column_at(const struct vv_column *c, const struct vv_position *at)
{
    int64_t i = 0;
    for (int d = 0; d < c->n_dims; d++) {
        int64_t position = 0;
        for (int p = 0; p < at->n; p++)
            if (strcmp(at->dim[p], c->dims[d].name) == 0) position = at->at[p];
        if (position >= c->dims[d].length) return NAN;
        i = i * c->dims[d].length + position;
    }
    return vv_column_number(c, i);
}

void vv_dim_label(struct vv_strbuf *out, const struct vv_table *t, const char *dim, int64_t at)
{
    char name[MOST], value[32];
    const int n = snprintf(name, sizeof name, "%s_name", dim);
    const bool layer = vv_dim_is_layer(dim);
    const struct vv_column *c = n < MOST ? vv_table_find(t, layer ? "layers/name" : name) : NULL;
    if (!c || c->type != VV_TEXT) c = vv_table_find(t, dim);
    if (!c || c->n_dims != 1 || at >= c->dims[0].length) {
        vv_strbuf_addf(out, "%s %lld", vv_name_leaf(dim), (long long)at);
    } else if (c->type == VV_TEXT) {
        vv_strbuf_puts(out, c->text[at] ? c->text[at] : "");
    } else {
        vv_text_from_float(vv_column_number(c, at), value, sizeof value);
        vv_strbuf_addf(out, "%s = %s", vv_name_leaf(dim), value);
    }
}

void vv_column_label(struct vv_strbuf *out, const struct vv_column *c, bool units)
{
    if (strcmp(c->long_name, c->name) != 0) {
        vv_strbuf_puts(out, c->long_name);
    } else {
        for (const char *p = c->name; *p; p++) vv_strbuf_add(out, *p == '/' || *p == '_' ? " " : p, 1);
    }
    if (units && strcmp(c->units, "1") != 0) vv_strbuf_addf(out, " [%s]", c->units);
}

/* A pattern with the star in its place. */
static void fill_star(struct vv_strbuf *out, const char *pattern, const char *star)
{
    const char *const at = strchr(pattern, '*');
    if (!at) vv_strbuf_puts(out, pattern);
    else vv_strbuf_addf(out, "%.*s%s%s", (int)(at - pattern), pattern, star, at + 1);
}

/* What stands for the star in a name: [*begin, *begin + returned); -1: the pattern does not fit. */
static int match_star(const char *pattern, const char *name, const char **begin)
{
    const char *const at = strchr(pattern, '*');
    if (!at) return -1;
    const size_t head = (size_t)(at - pattern), tail = strlen(at + 1), n = strlen(name);
    if (n <= head + tail || strncmp(pattern, name, head) != 0 || strcmp(at + 1, name + n - tail) != 0) return -1;
    *begin = name + head;
    return (int)(n - head - tail);
}

static bool is_file_dim(const struct vv_figure_case *c, const struct vv_column *of, int d)
{
    const enum vv_figure_kind kind = c->wish->kind;
    const char *const dim = of->dims[d].name;
    if (c->wish->along && strcmp(dim, c->wish->along) == 0) return false;
    if (kind == VV_FIGURE_MATRIX) return d + 2 < of->n_dims;
    if (kind == VV_FIGURE_SCALE) return d + 1 < of->n_dims && strcmp(dim, "layer") != 0;
    if (kind == VV_FIGURE_BAR) return d != (c->wish->along && vv_column_dim(of, c->wish->along) == 0 ? 1 : 0);
    if (strcmp(dim, "layer") == 0) return false;
    if (kind == VV_FIGURE_SCATTER) return true;
    if (c->n_columns == 1 && !c->wish->along) { /* the last one is the curves */
        const int last = strcmp(of->dims[of->n_dims - 1].name, "layer") == 0 ? of->n_dims - 2 : of->n_dims - 1;
        return d != last;
    }
    for (int i = 0; i < c->n_columns; i++)
        if (vv_column_dim(c->columns[i], dim) < 0) return false;
    return true;
}

/* Whether a column can be drawn in this way. */
static bool is_fit(const struct vv_figure_wish *w, const struct vv_column *c)
{
    if (c->type == VV_TEXT) return false;
    const int layer = vv_column_dim(c, "layer");
    for (int d = 0; d < c->n_dims; d++)
        if (c->dims[d].length == 0) return false;
    switch (w->kind) {
    case VV_FIGURE_MATRIX: return c->n_dims >= 2 && layer == c->n_dims - 2;
    case VV_FIGURE_SCALE: return c->n_dims >= 2 && layer >= 0 && layer < c->n_dims - 1;
    case VV_FIGURE_BAR: return c->n_dims >= (w->along ? 2 : 1) && (!w->along || vv_column_dim(c, w->along) >= 0);
    default: return layer >= 0;
    }
}

static enum vv_status name_case(struct vv_figure_case *c)
{
    struct vv_strbuf name, title, label;
    vv_strbuf_init(&name);
    vv_strbuf_init(&title);
    vv_strbuf_init(&label);
    fill_star(&label, c->wish->name, c->star);
    if (c->wish->title) fill_star(&title, c->wish->title, c->star);
    else vv_column_label(&title, c->columns[0], false);
    if (c->n_columns == 1 && c->wish->columns[1] && c->wish->labels[c->wished[0]]) /* of several: which one */
        vv_strbuf_addf(&title, ", %s", c->wish->labels[c->wished[0]]);
    for (int i = 0; i < c->fixed.n; i++) {
        const char *const dim = c->fixed.dim[i];
        const struct vv_column *const coordinate = vv_table_find(c->source->table, dim);
        vv_strbuf_puts(&title, ", ");
        vv_dim_label(&title, c->source->table, dim, c->fixed.at[i]);
        vv_strbuf_puts(&label, "_");
        if (coordinate && coordinate->type != VV_TEXT) vv_strbuf_puts(&label, vv_name_leaf(dim));
        struct vv_strbuf value;
        vv_strbuf_init(&value);
        vv_dim_label(&value, c->source->table, dim, c->fixed.at[i]);
        const char *const equals = strstr(value.text, " = ");
        vv_strbuf_puts(&label, equals ? equals + 3 : value.text);
        if (value.failed) label.failed = true;
        vv_strbuf_release(&value);
    }
    if (!label.failed) vv_figure_name(&name, label.text);
    snprintf(c->name, sizeof c->name, "%s", name.text);
    snprintf(c->title, sizeof c->title, "%s", title.text);
    const enum vv_status st = name.failed || title.failed || label.failed ? VV_MEMORY : VV_OK;
    vv_strbuf_release(&name);
    vv_strbuf_release(&title);
    vv_strbuf_release(&label);
    return st;
}

/* The dimensions divided into files, and each() for every combination of their values. */
static enum vv_status divide(struct vv_figure_case *c, vv_figure_case_fn each, void *whom)
{
    const struct vv_column *const first = c->columns[0];
    int64_t n = 1;
    int dims[VV_MAX_DIMS], n_dims = 0;
    for (int d = 0; d < first->n_dims; d++)
        if (is_file_dim(c, first, d)) {
            dims[n_dims++] = d;
            n *= first->dims[d].length;
        }
    for (int64_t at = 0; at < n; at++) {
        int64_t rest = at, stride = n;
        c->fixed.n = 0;
        for (int i = 0; i < n_dims; i++) {
            stride /= first->dims[dims[i]].length;
            vv_position_add(&c->fixed, first->dims[dims[i]].name, rest / stride);
            rest %= stride;
        }
        VV_TRY(name_case(c));
        VV_TRY(each(whom, c));
    }
    return VV_OK;
}

/* All columns of a wish, with the star given. */
static enum vv_status resolve(const struct vv_figure_source *s, const struct vv_figure_wish *w, const char *star,
                              vv_figure_case_fn each, void *whom)
{
    struct vv_figure_case c = {.source = s, .wish = w, .star = star};
    struct vv_strbuf name;
    enum vv_status st = VV_OK;
    vv_strbuf_init(&name);
    for (int i = 0; i < VV_FIGURE_COLUMNS && w->columns[i]; i++) {
        vv_strbuf_reset(&name);
        fill_star(&name, w->columns[i], star);
        const struct vv_column *const found = name.failed ? NULL : vv_table_find(s->table, name.text);
        if (name.failed) st = VV_MEMORY;
        if (!found || !is_fit(w, found)) continue;
        c.wished[c.n_columns] = i;
        c.columns[c.n_columns++] = found;
    }
    vv_strbuf_release(&name);
    if (st || c.n_columns < (w->least > 0 ? w->least : 1)) return st;
    return divide(&c, each, whom);
}

enum vv_status vv_figure_cases(const struct vv_figure_source *s, const struct vv_figure_wish *w,
                               vv_figure_case_fn each, void *whom)
{
    if (s->n_layers == 0 || !w->columns[0]) return VV_OK;
    if (!strchr(w->columns[0], '*')) return resolve(s, w, "", each, whom);
    for (int i = 0; i < s->table->n_columns; i++) {
        const char *begin;
        const int n = match_star(w->columns[0], s->table->columns[i]->name, &begin);
        if (n < 0 || vv_companion_owner(s->table, s->table->columns[i], NULL)) continue;
        struct vv_strbuf star;
        vv_strbuf_init(&star);
        vv_strbuf_add(&star, begin, (size_t)n);
        const enum vv_status st = star.failed ? VV_MEMORY : resolve(s, w, star.text, each, whom);
        vv_strbuf_release(&star);
        if (st) return st;
    }
    return VV_OK;
}

/* The figure that a column suggests: of pairs of layers, of a scale, or along the layers if its errors are known. */
static enum vv_figure_kind suggested(const struct vv_table *t, const struct vv_column *c)
{
    const int layer = vv_column_dim(c, "layer"), last = c->n_dims - 1;
    if (c->type != VV_F64 || layer < 0 || vv_companion_owner(t, c, NULL)) return 0;
    if (layer == last - 1 && strcmp(c->dims[last].name, "other_layer") == 0) return VV_FIGURE_MATRIX;
    const struct vv_uncertainty u = vv_uncertainty_of(t, c);
    if (!u.std_error && !u.low) return 0;
    return layer < last && vv_table_find(t, c->dims[last].name) ? VV_FIGURE_SCALE : VV_FIGURE_PROFILE;
}

enum vv_status vv_figure_cases_by_shape(const struct vv_figure_source *s, const char *stage, vv_figure_case_fn each,
                                        void *whom)
{
    const size_t n = strlen(stage);
    for (int i = 0; i < s->table->n_columns; i++) {
        const struct vv_column *const c = s->table->columns[i];
        const struct vv_figure_wish w = {.kind = suggested(s->table, c), .name = c->name, .columns = {c->name}};
        if (w.kind == 0 || strncmp(c->name, stage, n) != 0 || c->name[n] != '/' || strchr(c->name, '*')) continue;
        VV_TRY(vv_figure_cases(s, &w, each, whom));
    }
    return VV_OK;
}
