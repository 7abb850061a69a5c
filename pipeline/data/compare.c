/* SPDX-License-Identifier: MIT */
#include "data/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/companion.h"

const struct vv_column *vv_compare_coordinate(const struct vv_table *t, const char *dim)
{
    const struct vv_column *const names = vv_dim_is_layer(dim) ? vv_table_find(t, "layers/name") : NULL;
    const struct vv_column *const c = names ? names : vv_table_find(t, dim);
    return c && c->n_dims == 1 ? c : NULL;
}

/* The standard errors of a column, or NULL. */
static const struct vv_column *errors_of(const struct vv_table *t, const struct vv_column *c)
{
    const struct vv_column *const e = vv_companion_of(t, c, VV_STD_ERROR);
    return e && e->type == VV_F64 ? e : NULL;
}

static bool holds_errors(const struct vv_table *t, const struct vv_column *c)
{
    enum vv_companion which;
    return vv_companion_owner(t, c, &which) && which == VV_STD_ERROR;
}

/* Provenance, and what positions are matched by. */
static bool is_aside(const struct vv_column *c)
{
    return vv_column_is_coordinate(c) || strncmp(c->name, "provenance/", 11) == 0 ||
           strcmp(c->name, "layers/name") == 0;
}

static const char *text(const struct vv_column *c, int64_t i)
{
    return c->text[i] ? c->text[i] : "";
}

/* The same bits, two NaN, the same text. Integers are compared as such: float64 does not hold them all. */
static bool identical(const struct vv_column *a, int64_t i, const struct vv_column *b, int64_t j)
{
    if (a->type == VV_TEXT) return strcmp(text(a, i), text(b, j)) == 0;
    if (a->type == VV_I64 && b->type == VV_I64) return a->i64[i] == b->i64[j];
    const double x = vv_column_number(a, i), y = vv_column_number(b, j);
    return x == y || (isnan(x) && isnan(y));
}

/* A dimension that both tables have. */
struct match {
    const char *dim;
    int64_t n_a, n_b, n_common;
    int64_t *to; /* [n_a] position in b of each position in a; -1: only in a */
};

static bool like(const struct vv_column *a, const struct vv_column *b)
{
    return (a->type == VV_TEXT) == (b->type == VV_TEXT);
}

/* Positions with equal coordinates; without coordinates those with the same number. taken: [n_b] false, becomes what
 * is matched. */
static void match_positions(const struct vv_column *a, const struct vv_column *b, bool *taken, struct match *m)
{
    const bool by_number = !a || !b || !like(a, b);
    for (int64_t i = 0; i < m->n_a; i++) {
        m->to[i] = -1;
        if (i < m->n_b && !taken[i] && (by_number || identical(a, i, b, i))) m->to[i] = i; /* as a rule */
        for (int64_t j = 0; !by_number && j < m->n_b && m->to[i] < 0; j++)
            if (!taken[j] && identical(a, i, b, j)) m->to[i] = j;
        if (m->to[i] < 0) continue;
        taken[m->to[i]] = true;
        m->n_common++;
    }
}

struct work {
    const struct vv_table *a, *b;
    const struct vv_compare_rule *rule;
    struct vv_comparison *out;
    int n_matches;
    struct match *matches; /* of each dimension met so far */
};

/* Appends one element to a list of the result. */
#define GROW(list, n, what)                                                                                            \
    do {                                                                                                               \
        void *const grown = vv_mem_resize((list), (n) + 1, sizeof *(list), (what));                                    \
        if (!grown) return VV_MEMORY;                                                                                  \
        (list) = grown;                                                                                                \
    } while (0)

static enum vv_status note_only_in(struct vv_comparison *out, bool in_b, const struct vv_column *coordinate,
                                   const bool *matched, int64_t n)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) count += !matched[i];
    if (count == 0 || !coordinate) return VV_OK;
    GROW(out->only_in, out->n_only_in, "positions");
    struct vv_only_in *const o = &out->only_in[out->n_only_in];
    *o = (struct vv_only_in){.in_b = in_b, .coordinate = coordinate};
    if (!(o->at = vv_mem_new(count, sizeof *o->at, "positions"))) return VV_MEMORY;
    for (int64_t i = 0; i < n; i++)
        if (!matched[i]) o->at[o->n++] = i;
    out->n_only_in++;
    return VV_OK;
}

/* "other_layer" has the coordinate of "layer": told once. */
static bool is_told(const struct vv_comparison *out, const struct vv_column *a, const struct vv_column *b)
{
    for (int i = 0; i < out->n_only_in; i++)
        if (out->only_in[i].coordinate == a || out->only_in[i].coordinate == b) return true;
    return false;
}

static enum vv_status add_match(struct work *w, const char *dim, int64_t n_a, int64_t n_b)
{
    const struct vv_column *a = vv_compare_coordinate(w->a, dim), *b = vv_compare_coordinate(w->b, dim);
    if (a && a->dims[0].length != n_a) a = NULL;
    if (b && b->dims[0].length != n_b) b = NULL;
    GROW(w->matches, w->n_matches, "dimensions");
    struct match *const m = &w->matches[w->n_matches++];
    *m = (struct match){.dim = dim, .n_a = n_a, .n_b = n_b, .to = vv_mem_new(n_a, sizeof *m->to, "positions")};
    bool *const in_a = vv_mem_new(n_a, sizeof *in_a, "positions");
    bool *const in_b = vv_mem_new(n_b, sizeof *in_b, "positions");
    enum vv_status st = m->to && in_a && in_b ? VV_OK : VV_MEMORY;
    if (!st) {
        const bool told = is_told(w->out, a, b);
        match_positions(a, b, in_b, m);
        for (int64_t i = 0; i < n_a; i++) in_a[i] = m->to[i] >= 0;
        if (!told) st = note_only_in(w->out, false, a, in_a, n_a);
        if (!st && !told) st = note_only_in(w->out, true, b, in_b, n_b);
    }
    vv_mem_free(in_a);
    vv_mem_free(in_b);
    return st;
}

static enum vv_status find_match(struct work *w, const struct vv_column *a, const struct vv_column *b, int dim,
                                 int *found)
{
    const char *const name = a->dims[dim].name;
    const int64_t n_a = a->dims[dim].length, n_b = b->dims[dim].length;
    for (*found = 0; *found < w->n_matches; ++*found) {
        const struct match *const m = &w->matches[*found];
        if (m->n_a == n_a && m->n_b == n_b && strcmp(m->dim, name) == 0) return VV_OK;
    }
    return add_match(w, name, n_a, n_b);
}

/* Where position `flat` of column a is in column b (-1: nowhere), and its position along "layer". */
static int64_t translate(const struct work *w, const struct vv_column *a, const struct vv_column *b,
                         const int match[VV_MAX_DIMS], int64_t flat, int64_t *layer)
{
    int64_t position = 0, stride = 1;
    *layer = -1;
    for (int d = a->n_dims - 1; d >= 0; d--) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): every dimension has been matched by now */
        const int64_t i = flat % a->dims[d].length, j = w->matches[match[d]].to[i];
        if (strcmp(a->dims[d].name, "layer") == 0) *layer = i;
        position = position < 0 || j < 0 ? -1 : position + j * stride;
        stride *= b->dims[d].length;
        flat /= a->dims[d].length;
    }
    return position;
}

/* |a - b|; of integers exactly, before it is rounded. */
static double distance(const struct vv_column *a, int64_t i, const struct vv_column *b, int64_t j)
{
    if (a->type == VV_F64 || b->type == VV_F64) return fabs(vv_column_number(a, i) - vv_column_number(b, j));
    const int64_t x = a->i64[i], y = b->i64[j];
    return (double)(x > y ? (uint64_t)x - (uint64_t)y : (uint64_t)y - (uint64_t)x);
}

/* How far two values that are not identical are apart by the rule, and by what that is measured. */
static double measure(const struct vv_compare_rule *rule, const struct vv_column *a, const struct vv_column *b,
                      const struct vv_column *error_a, const struct vv_column *error_b, int64_t i, int64_t j,
                      enum vv_measure *by, bool *beyond)
{
    *by = a->type == VV_TEXT ? VV_BY_TEXT : VV_BY_SIZE;
    *beyond = true;
    if (*by == VV_BY_TEXT) return 0.0;
    const double x = vv_column_number(a, i), y = vv_column_number(b, j);
    if (isnan(x) || isnan(y)) return INFINITY;
    const double difference = distance(a, i, b, j);
    const double error = error_a && error_b ? hypot(error_a->f64[i], error_b->f64[j]) : NAN;
    if (rule->errors > 0.0 && !isnan(error)) {
        *by = VV_BY_ERRORS;
        *beyond = difference > rule->errors * error;
        return difference / error;
    }
    const double scale = fmax(1.0, fmax(fabs(x), fabs(y)));
    *beyond = isinf(difference) || difference > rule->tolerance * scale;
    return isinf(difference) ? INFINITY : difference / scale;
}

/* The entry of this column, layer and measure, a copy of `like_this` when it is the first. */
static enum vv_status entry_of(struct vv_comparison *out, const struct vv_unequal *like_this, struct vv_unequal **entry)
{
    for (int i = out->n_unequal - 1; i >= 0 && out->unequal[i].column == like_this->column; i--)
        if (out->unequal[i].layer == like_this->layer && out->unequal[i].measure == like_this->measure) {
            *entry = &out->unequal[i];
            return VV_OK;
        }
    GROW(out->unequal, out->n_unequal, "differences");
    *entry = &out->unequal[out->n_unequal++];
    **entry = *like_this;
    return VV_OK;
}

static enum vv_status compare_columns(struct work *w, int column, const struct vv_column *a, const struct vv_column *b)
{
    const struct vv_column *const error_a = errors_of(w->a, a);
    const struct vv_column *const error_b = errors_of(w->b, b);
    int match[VV_MAX_DIMS] = {0};
    struct vv_unequal here = {.a = a, .b = b, .column = column, .n_compared = 1, .score = -1.0}, *entry;
    const int first = w->out->n_unequal;
    const int64_t length = vv_column_length(a);
    int64_t n_values = 1;
    for (int d = 0; d < a->n_dims; d++) {
        VV_TRY(find_match(w, a, b, d, &match[d]));
        n_values *= w->matches[match[d]].n_common;
        if (strcmp(a->dims[d].name, "layer") != 0) here.n_compared *= w->matches[match[d]].n_common;
    }
    for (int64_t i = 0; i < length; i++) {
        bool beyond;
        const int64_t j = translate(w, a, b, match, i, &here.layer);
        if (j < 0 || identical(a, i, b, j)) continue;
        const double score = measure(w->rule, a, b, error_a, error_b, i, j, &here.measure, &beyond);
        if (!beyond) continue;
        VV_TRY(entry_of(w->out, &here, &entry));
        entry->n++;
        w->out->n_values_unequal++;
        if (score <= entry->score) continue;
        entry->score = score;
        entry->at_a = i;
        entry->at_b = j;
    }
    w->out->n_values += n_values;
    w->out->n_columns++;
    w->out->n_columns_unequal += w->out->n_unequal > first;
    return VV_OK;
}

static enum vv_status note_mismatch(struct vv_comparison *out, const struct vv_column *a, const struct vv_column *b)
{
    GROW(out->mismatches, out->n_mismatches, "columns");
    out->mismatches[out->n_mismatches++] = (struct vv_mismatch){a, b};
    return VV_OK;
}

static int by_size(const void *left, const void *right)
{
    const struct vv_unequal *const x = left, *const y = right;
    if (x->measure != y->measure) return x->measure < y->measure ? -1 : 1;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    return (x->layer > y->layer) - (x->layer < y->layer);
}

static enum vv_status compare(struct work *w)
{
    for (int i = 0; i < w->a->n_columns; i++) {
        const struct vv_column *const a = w->a->columns[i], *const b = vv_table_find(w->b, a->name);
        if (is_aside(a)) continue;
        if (!b || !like(a, b) || !vv_column_same_dims(a, b)) VV_TRY(note_mismatch(w->out, a, b));
        else if (!(w->rule->errors > 0.0 && holds_errors(w->a, a))) VV_TRY(compare_columns(w, i, a, b));
    }
    for (int i = 0; i < w->b->n_columns; i++) {
        const struct vv_column *const b = w->b->columns[i];
        if (!is_aside(b) && !vv_table_find(w->a, b->name)) VV_TRY(note_mismatch(w->out, NULL, b));
    }
    return VV_OK;
}

enum vv_status vv_compare_tables(const struct vv_table *a, const struct vv_table *b,
                                 const struct vv_compare_rule *rule, struct vv_comparison *out)
{
    struct work w = {.a = a, .b = b, .rule = rule, .out = out};
    *out = (struct vv_comparison){.n_values = 0};
    const enum vv_status st = compare(&w);
    if (out->unequal) qsort(out->unequal, (size_t)out->n_unequal, sizeof *out->unequal, by_size);
    for (int i = 0; i < w.n_matches; i++) vv_mem_free(w.matches[i].to);
    vv_mem_free(w.matches);
    return st;
}

void vv_comparison_release(struct vv_comparison *c)
{
    for (int i = 0; i < c->n_only_in; i++) vv_mem_free(c->only_in[i].at);
    vv_mem_free(c->only_in);
    vv_mem_free(c->mismatches);
    vv_mem_free(c->unequal);
    *c = (struct vv_comparison){.n_values = 0};
}

bool vv_comparison_differs(const struct vv_comparison *c)
{
    return c->n_mismatches > 0 || c->n_only_in > 0 || c->n_unequal > 0;
}
