/* SPDX-License-Identifier: MIT */
#include "run/differences.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/grid.h"

enum { SCREEN = 20, TEXT_WIDTH = 40, PLACE_BYTES = 256 };

struct writing {
    const struct vv_side *side;
    bool all;
    struct vv_strbuf *out;
};

/* Long texts are cut, unless everything is wanted. */
static int width_of_text(const struct writing *w)
{
    return w->all ? INT_MAX : TEXT_WIDTH;
}

static void add_text(const struct writing *w, const char *text, struct vv_grid *grid)
{
    int width = width_of_text(w);
    const bool cut = strlen(text) > (size_t)width;
    if (cut) width -= 3;
    while (cut && ((unsigned char)text[width] & 0xc0) == 0x80) width--; /* not inside a character */
    vv_grid_add(grid, "%.*s%s", width, text, cut ? "..." : "");
}

/* A value of a column for people. */
static void value_text(const struct vv_column *c, int64_t at, char *text, size_t size)
{
    if (c->type == VV_F64) snprintf(text, size, "%.7g", c->f64[at]);
    else if (c->type == VV_I64) snprintf(text, size, "%lld", (long long)c->i64[at]);
    else snprintf(text, size, "%s", c->text[at] ? c->text[at] : "");
}

/* Position `i` along a dimension: its coordinate, else its number. */
static void position_text(const struct vv_table *t, const char *dim, int64_t i, char *text, size_t size)
{
    const struct vv_column *const c = vv_compare_coordinate(t, dim);
    if (c && i < c->dims[0].length) value_text(c, i, text, size);
    else snprintf(text, size, "%lld", (long long)i);
}

/* Where a value is, besides its layer: "k 10, other_layer layer_02". */
static void place_text(const struct vv_table *t, const struct vv_column *c, int64_t at, char place[PLACE_BYTES])
{
    int64_t position[VV_MAX_DIMS];
    size_t n = 0;
    for (int d = c->n_dims - 1; d >= 0; d--) {
        position[d] = at % c->dims[d].length;
        at /= c->dims[d].length;
    }
    place[0] = '\0';
    for (int d = 0; d < c->n_dims && n < PLACE_BYTES; d++) {
        char where[PLACE_BYTES];
        if (strcmp(c->dims[d].name, "layer") == 0) continue;
        position_text(t, c->dims[d].name, position[d], where, sizeof where);
        n += (size_t)snprintf(place + n, PLACE_BYTES - n, "%s%s %s", n ? ", " : "", vv_name_leaf(c->dims[d].name),
                              where);
    }
}

static void write_configuration(const struct writing *w, const struct vv_changes *changes)
{
    struct vv_grid grid;
    for (int s = 0; s < 2; s++)
        if (!w->side[s].configuration)
            vv_strbuf_addf(w->out, "\nconfiguration: %s has none\n", s ? "b" : "a");
    if (!w->side[0].configuration || !w->side[1].configuration || changes->n == 0) return;
    vv_grid_init(&grid, "llll");
    for (int i = 0; i < changes->n; i++) {
        const struct vv_change *const c = &changes->v[i];
        vv_grid_add(&grid, "%s", c->key);
        add_text(w, c->from ? c->from : "(absent)", &grid);
        vv_grid_add(&grid, "->");
        add_text(w, c->to ? c->to : "(absent)", &grid);
    }
    vv_strbuf_addf(w->out, "\nconfiguration: %d key%s changed\n", changes->n, changes->n == 1 ? "" : "s");
    vv_grid_write(&grid, 2, w->out);
    vv_grid_release(&grid);
}

static void shape_text(const struct vv_column *c, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, c->type == VV_TEXT ? "texts (" : "numbers (");
    for (int d = 0; d < c->n_dims; d++)
        vv_strbuf_addf(out, "%s%s %lld", d ? ", " : "", vv_name_leaf(c->dims[d].name), (long long)c->dims[d].length);
    vv_strbuf_puts(out, ")");
}

/* "id/gride/order 64, 128"; layers by name. */
static void write_positions(const struct vv_only_in *o, struct vv_strbuf *out)
{
    const bool layers = strcmp(o->coordinate->name, "layers/name") == 0;
    vv_strbuf_addf(out, "  %s", layers ? "layer" : o->coordinate->name);
    for (int64_t i = 0; i < o->n; i++) {
        char text[PLACE_BYTES];
        value_text(o->coordinate, o->at[i], text, sizeof text);
        vv_strbuf_addf(out, "%s%s", i ? ", " : " ", text);
    }
    vv_strbuf_puts(out, "\n");
}

static void write_only_in(const struct writing *w, const struct vv_comparison *c, bool in_b)
{
    bool any = false;
    for (int i = 0; i < c->n_only_in; i++) {
        if (c->only_in[i].in_b != in_b) continue;
        if (!any) vv_strbuf_addf(w->out, "\nonly in %s\n", in_b ? "b" : "a");
        any = true;
        write_positions(&c->only_in[i], w->out);
    }
    for (int i = 0; i < c->n_mismatches; i++) {
        const struct vv_mismatch *const m = &c->mismatches[i];
        if (in_b ? m->a != NULL : m->b != NULL) continue;
        if (!any) vv_strbuf_addf(w->out, "\nonly in %s\n", in_b ? "b" : "a");
        any = true;
        vv_strbuf_addf(w->out, "  %s\n", in_b ? m->b->name : m->a->name);
    }
}

static void write_unlike(const struct writing *w, const struct vv_comparison *c)
{
    bool any = false;
    for (int i = 0; i < c->n_mismatches; i++) {
        const struct vv_mismatch *const m = &c->mismatches[i];
        if (!m->a || !m->b) continue;
        if (!any) vv_strbuf_puts(w->out, "\nof other shape or type\n");
        any = true;
        vv_strbuf_addf(w->out, "  %s: ", m->a->name);
        shape_text(m->a, w->out);
        vv_strbuf_puts(w->out, " -> ");
        shape_text(m->b, w->out);
        vv_strbuf_puts(w->out, "\n");
    }
}

/* How far apart the two values are; integers exactly as far. */
static void difference_text(const struct vv_unequal *u, char *text, size_t size)
{
    const double a = u->a->type == VV_F64 ? u->a->f64[u->at_a] : (double)u->a->i64[u->at_a];
    const double b = u->b->type == VV_F64 ? u->b->f64[u->at_b] : (double)u->b->i64[u->at_b];
    if (u->a->type == VV_I64 && u->b->type == VV_I64 && fabs(b - a) < 0x1p62)
        snprintf(text, size, "%+lld", (long long)(u->b->i64[u->at_b] - u->a->i64[u->at_a]));
    else snprintf(text, size, "%+.2e", b - a);
}

static void add_row(const struct writing *w, const struct vv_unequal *u, struct vv_grid *grid)
{
    char text[PLACE_BYTES];
    const char *const layer = u->layer < 0 ? "" : "layer";
    vv_grid_add(grid, "%s", u->a->name);
    position_text(&w->side[0].table, layer, u->layer, text, sizeof text);
    vv_grid_add(grid, "%s", u->layer < 0 ? "" : text);
    vv_grid_add(grid, "%lld of %lld", (long long)u->n, (long long)u->n_compared);
    place_text(&w->side[0].table, u->a, u->at_a, text);
    vv_grid_add(grid, "%s", text);
    for (int s = 0; s < 2; s++) {
        const struct vv_column *const c = s ? u->b : u->a;
        const int64_t at = s ? u->at_b : u->at_a;
        if (c->type != VV_TEXT) value_text(c, at, text, sizeof text);
        add_text(w, c->type != VV_TEXT ? text : c->text[at] ? c->text[at] : "", grid);
    }
    if (u->measure == VV_BY_TEXT) return;
    difference_text(u, text, sizeof text);
    vv_grid_add(grid, "%s", text);
    if (u->measure == VV_BY_ERRORS) vv_grid_add(grid, "%.1f", u->score);
    else vv_grid_add(grid, "%.1e", u->score);
}

static void write_unequal(const struct writing *w, const struct vv_comparison *c, enum vv_measure measure,
                          const char *title)
{
    static const char *const headings[] = {"quantity", "layer", "differ", "most at", "a", "b", "b - a"};
    const bool texts = measure == VV_BY_TEXT;
    struct vv_grid grid;
    int n = 0, shown = 0;
    for (int i = 0; i < c->n_unequal; i++) n += c->unequal[i].measure == measure;
    if (n == 0) return;
    vv_grid_init(&grid, texts ? "llrlll" : "llrlrrrr");
    for (int h = 0; h < (texts ? 6 : 7); h++) vv_grid_add(&grid, "%s", texts && h == 3 ? "first at" : headings[h]);
    if (!texts) vv_grid_add(&grid, "%s", measure == VV_BY_ERRORS ? "in errors" : "relative");
    for (int i = 0; i < c->n_unequal && (w->all || shown < SCREEN); i++) {
        if (c->unequal[i].measure != measure) continue;
        add_row(w, &c->unequal[i], &grid);
        shown++;
    }
    vv_strbuf_addf(w->out, "\n%s\n", title);
    vv_grid_write(&grid, 2, w->out);
    if (shown < n) vv_strbuf_addf(w->out, "  ... and %d more; -v shows them\n", n - shown);
    vv_grid_release(&grid);
}

void vv_differences_write(const struct vv_side side[2], const struct vv_changes *changes,
                          const struct vv_comparison *comparison, const struct vv_compare_rule *rule, bool all,
                          struct vv_strbuf *out)
{
    const struct writing w = {.side = side, .all = all, .out = out};
    vv_strbuf_addf(out, "a: %s\nb: %s\n", side[0].path, side[1].path);
    write_configuration(&w, changes);
    write_only_in(&w, comparison, false);
    write_only_in(&w, comparison, true);
    write_unlike(&w, comparison);
    write_unequal(&w, comparison, VV_BY_ERRORS, "beyond their standard errors, the farthest first");
    write_unequal(&w, comparison, VV_BY_SIZE,
                  rule->errors > 0.0 ? "numbers without standard errors, the largest difference first"
                                     : "numbers, the largest difference first");
    write_unequal(&w, comparison, VV_BY_TEXT, "texts");
    vv_strbuf_puts(out, "\n");
}

/* "within 3 standard errors, or bit for bit where there are none"; exact: what to say where nothing is allowed. */
static void rule_text(const struct vv_compare_rule *rule, const char *preposition, const char *exact,
                      struct vv_strbuf *out)
{
    if (rule->errors > 0.0) vv_strbuf_addf(out, " %s %g standard errors, or", preposition, rule->errors);
    if (rule->tolerance > 0.0) vv_strbuf_addf(out, " %s a tolerance of %g", preposition, rule->tolerance);
    else vv_strbuf_addf(out, " %s", exact);
    if (rule->errors > 0.0) vv_strbuf_puts(out, " where there are none");
}

void vv_differences_verdict(const struct vv_comparison *c, const struct vv_compare_rule *rule, struct vv_strbuf *out)
{
    int alone = 0, unlike = 0;
    int64_t positions = 0;
    for (int i = 0; i < c->n_mismatches; i++) {
        alone += !c->mismatches[i].a || !c->mismatches[i].b;
        unlike += c->mismatches[i].a && c->mismatches[i].b;
    }
    for (int i = 0; i < c->n_only_in; i++) positions += c->only_in[i].n;
    if (!vv_comparison_differs(c)) {
        vv_strbuf_addf(out, "the reports agree: %lld values in %d quantities,", (long long)c->n_values, c->n_columns);
        rule_text(rule, "within", "bit for bit", out);
    } else {
        vv_strbuf_addf(out, "the reports differ: %lld of %lld values", (long long)c->n_values_unequal,
                       (long long)c->n_values);
        if (rule->errors > 0.0 || rule->tolerance > 0.0) rule_text(rule, "beyond", "at all", out);
        vv_strbuf_addf(out, ", in %d of %d quantities", c->n_columns_unequal, c->n_columns);
        if (alone > 0) vv_strbuf_addf(out, "; %d quantit%s only in one", alone, alone == 1 ? "y" : "ies");
        if (unlike > 0) vv_strbuf_addf(out, "; %d of other shape or type", unlike);
        if (positions > 0)
            vv_strbuf_addf(out, "; %lld position%s only in one", (long long)positions, positions == 1 ? "" : "s");
    }
    vv_strbuf_puts(out, "\n");
}
