/* SPDX-License-Identifier: MIT */
#include "io/tidy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/table_csv.h"

static void release_column(struct vv_tidy_column *c, int64_t n_rows)
{
    for (int64_t i = 0; c->text && i < n_rows; i++) vv_mem_free(c->text[i]);
    vv_mem_free(c->text);
    vv_mem_free(c->f64);
    vv_mem_free(c->i64);
    vv_mem_free(c->name);
    vv_mem_free(c->long_name);
    vv_mem_free(c->units);
    vv_mem_free(c->description);
    vv_mem_free(c->source);
}

void vv_tidy_release(struct vv_tidy *t)
{
    for (int s = 0; s < t->n_sheets; s++) {
        struct vv_tidy_sheet *const sheet = &t->sheets[s];
        for (int c = 0; c < sheet->n_columns; c++) release_column(&sheet->columns[c], sheet->n_rows);
        vv_mem_free(sheet->columns);
        vv_mem_free(sheet->name);
    }
    vv_mem_free(t->sheets);
    *t = (struct vv_tidy){.n_sheets = 0};
}

static enum vv_status find_sheet(struct vv_tidy *t, const char *name, struct vv_tidy_sheet **sheet)
{
    for (int s = 0; s < t->n_sheets; s++)
        if (strcmp(t->sheets[s].name, name) == 0) {
            *sheet = &t->sheets[s];
            return VV_OK;
        }
    struct vv_tidy_sheet *const grown = vv_mem_resize(t->sheets, t->n_sheets + 1, sizeof *grown, "tables of a sweep");
    if (!grown) return VV_MEMORY;
    t->sheets = grown;
    *sheet = &grown[t->n_sheets];
    **sheet = (struct vv_tidy_sheet){.name = vv_mem_string(name)};
    if (!(*sheet)->name) return VV_MEMORY;
    t->n_sheets++;
    return VV_OK;
}

/* Room for `capacity` values of a column. */
static enum vv_status grow_column(struct vv_tidy_column *c, int64_t capacity)
{
    static const char what[] = "tables of a sweep";
    void *grown = NULL;
    switch (c->type) {
    case VV_F64:
        if ((grown = vv_mem_resize(c->f64, capacity, sizeof *c->f64, what))) c->f64 = grown;
        break;
    case VV_I64:
        if ((grown = vv_mem_resize(c->i64, capacity, sizeof *c->i64, what))) c->i64 = grown;
        break;
    case VV_TEXT:
        if ((grown = vv_mem_resize(c->text, capacity, sizeof *c->text, what))) c->text = grown;
        break;
    }
    return grown ? VV_OK : VV_MEMORY;
}

static enum vv_status reserve(struct vv_tidy_sheet *sheet, int64_t n_rows)
{
    if (n_rows <= sheet->capacity) return VV_OK;
    const int64_t capacity = n_rows + n_rows / 2 + 16;
    for (int c = 0; c < sheet->n_columns; c++) VV_TRY(grow_column(&sheet->columns[c], capacity));
    sheet->capacity = capacity;
    return VV_OK;
}

/* Integers become floating-point numbers. */
static enum vv_status widen(const struct vv_tidy_sheet *sheet, struct vv_tidy_column *c)
{
    double *const values = vv_mem_new(sheet->capacity, sizeof *values, "tables of a sweep");
    if (!values) return VV_MEMORY;
    for (int64_t i = 0; i < sheet->n_rows; i++) values[i] = (double)c->i64[i];
    vv_mem_free(c->i64);
    c->i64 = NULL;
    c->f64 = values;
    c->type = VV_F64;
    return VV_OK;
}

/* What a column is called, and what it is. */
struct heading {
    const char *name, *long_name, *units, *description;
    enum vv_tidy_role role;
    enum vv_value type;
};

static bool has_name(const struct vv_tidy_sheet *sheet, const char *name)
{
    for (int c = 0; c < sheet->n_columns; c++)
        if (strcmp(sheet->columns[c].name, name) == 0) return true;
    return false;
}

/* A new column; rows that are there already have no value in it. */
static enum vv_status add_column(struct vv_tidy_sheet *sheet, const struct heading *h)
{
    struct vv_tidy_column *const grown =
        vv_mem_resize(sheet->columns, sheet->n_columns + 1, sizeof *grown, "tables of a sweep");
    char name[300];
    if (!grown) return VV_MEMORY;
    sheet->columns = grown;
    snprintf(name, sizeof name, "%.250s", h->name);
    for (int i = 2; has_name(sheet, name); i++) snprintf(name, sizeof name, "%.250s_%d", h->name, i);
    struct vv_tidy_column *const c = &grown[sheet->n_columns++];
    *c = (struct vv_tidy_column){.role = h->role, .type = h->type};
    if (c->type == VV_I64 && sheet->n_rows > 0) c->type = VV_F64;
    if (!(c->name = vv_mem_string(name)) || !(c->source = vv_mem_string(h->name)) ||
        !(c->long_name = vv_mem_string(h->long_name)) || !(c->units = vv_mem_string(h->units)) ||
        !(c->description = vv_mem_string(h->description)))
        return VV_MEMORY;
    VV_TRY(grow_column(c, sheet->capacity));
    for (int64_t i = 0; c->type == VV_F64 && i < sheet->n_rows; i++) c->f64[i] = NAN;
    return VV_OK;
}

/* The column of that name and role; numbers and texts are different ones. */
static enum vv_status find_column(struct vv_tidy_sheet *sheet, const struct heading *h, int *at)
{
    for (*at = 0; *at < sheet->n_columns; (*at)++) {
        struct vv_tidy_column *const c = &sheet->columns[*at];
        if (c->filled || c->role != h->role || (c->type == VV_TEXT) != (h->type == VV_TEXT) ||
            strcmp(c->source, h->name) != 0)
            continue;
        if (c->type == VV_I64 && h->type == VV_F64) return widen(sheet, c);
        return VV_OK;
    }
    return add_column(sheet, h);
}

/* Where the rows of a report go: its keys, positions and values, in this order. */
struct target {
    struct vv_tidy_sheet *sheet;
    int n;
    int *columns; /* [n] */
};

static enum vv_status aim(struct target *t, const struct heading *h)
{
    int *const grown = vv_mem_resize(t->columns, t->n + 1, sizeof *grown, "columns");
    if (!grown) return VV_MEMORY;
    t->columns = grown;
    VV_TRY(find_column(t->sheet, h, &grown[t->n]));
    t->sheet->columns[grown[t->n]].filled = true;
    t->n++;
    return VV_OK;
}

/* Columns that this report does not have. */
static enum vv_status widen_missing(struct vv_tidy_sheet *sheet)
{
    for (int c = 0; c < sheet->n_columns; c++)
        if (!sheet->columns[c].filled && sheet->columns[c].type == VV_I64)
            VV_TRY(widen(sheet, &sheet->columns[c]));
    return VV_OK;
}

static enum vv_status put(struct vv_tidy_column *c, int64_t row, enum vv_value type, double f64, int64_t i64,
                          const char *text)
{
    if (c->type == VV_TEXT) return !text || (c->text[row] = vv_mem_string(text)) ? VV_OK : VV_MEMORY;
    if (c->type == VV_I64) c->i64[row] = i64;
    else c->f64[row] = type == VV_I64 ? (double)i64 : f64;
    return VV_OK;
}

static enum vv_status put_from(struct vv_tidy_column *c, int64_t row, const struct vv_column *from, int64_t i)
{
    return put(c, row, from->type, from->type == VV_F64 ? from->f64[i] : NAN, from->type == VV_I64 ? from->i64[i] : 0,
               from->type == VV_TEXT ? from->text[i] : NULL);
}

/* A row in which nothing is known yet. */
static enum vv_status new_row(struct vv_tidy_sheet *sheet, int64_t *row)
{
    VV_TRY(reserve(sheet, sheet->n_rows + 1));
    *row = sheet->n_rows;
    for (int c = 0; c < sheet->n_columns; c++) {
        if (sheet->columns[c].type == VV_F64) sheet->columns[c].f64[*row] = NAN;
        if (sheet->columns[c].type == VV_TEXT) sheet->columns[c].text[*row] = NULL;
    }
    sheet->n_rows++;
    return VV_OK;
}

static enum vv_status aim_keys(struct target *t, const struct vv_tidy_key *keys, int n_keys)
{
    for (int c = 0; c < t->sheet->n_columns; c++) t->sheet->columns[c].filled = false;
    for (int k = 0; k < n_keys; k++) {
        const struct heading h = {keys[k].name,        keys[k].name, keys[k].units,
                                  keys[k].description, VV_TIDY_KEY,  keys[k].type};
        VV_TRY(aim(t, &h));
    }
    return VV_OK;
}

static enum vv_status put_keys(const struct target *t, int64_t row, const struct vv_tidy_key *keys, int n_keys)
{
    for (int k = 0; k < n_keys; k++)
        VV_TRY(put(&t->sheet->columns[t->columns[k]], row, keys[k].type, keys[k].f64, keys[k].i64, keys[k].text));
    return VV_OK;
}

static enum vv_status aim_positions(struct target *t, const struct vv_csv_sheet *from)
{
    const struct vv_column *const first = from->columns[0];
    for (int d = 0; d < first->n_dims; d++) {
        const char *const dim = first->dims[d].name;
        const struct vv_column *const c = vv_table_find(from->table, dim);
        const struct heading h = {vv_name_leaf(dim), c ? c->long_name : vv_name_leaf(dim), c ? c->units : "1",
                                  c ? c->description : "position, from 0", VV_TIDY_POSITION, c ? c->type : VV_I64};
        char name[40];
        VV_TRY(aim(t, &h));
        if (!vv_dim_is_layer(dim)) continue;
        snprintf(name, sizeof name, "%.20s_name", dim);
        VV_TRY(aim(t, &(struct heading){name, name, "1", "name of the layer", VV_TIDY_POSITION, VV_TEXT}));
    }
    return VV_OK;
}

/* index: of the value in the report */
static enum vv_status put_positions(const struct target *t, int at, int64_t row, const struct vv_csv_sheet *from,
                                    int64_t index)
{
    const struct vv_column *const first = from->columns[0];
    const struct vv_column *const names = vv_table_find(from->table, "layers/name");
    int64_t stride = vv_column_length(first), rest = index;
    for (int d = 0; d < first->n_dims; d++) {
        const char *const dim = first->dims[d].name;
        const struct vv_column *const c = vv_table_find(from->table, dim);
        stride /= first->dims[d].length;
        const int64_t position = rest / stride;
        rest %= stride;
        struct vv_tidy_column *const to = &t->sheet->columns[t->columns[at++]];
        VV_TRY(c ? put_from(to, row, c, position) : put(to, row, VV_I64, 0.0, position, NULL));
        if (!vv_dim_is_layer(dim)) continue;
        struct vv_tidy_column *const name = &t->sheet->columns[t->columns[at++]];
        const bool known = names && position < vv_column_length(names);
        VV_TRY(put(name, row, VV_TEXT, 0.0, 0, known ? names->text[position] : NULL));
    }
    return VV_OK;
}

static enum vv_status add_sheet(struct vv_tidy *tidy, const struct vv_csv_sheet *from, const struct vv_tidy_key *keys,
                                int n_keys)
{
    struct target t = {.n = 0};
    enum vv_status st = find_sheet(tidy, from->name, &t.sheet);
    if (!st) st = aim_keys(&t, keys, n_keys);
    if (!st) st = aim_positions(&t, from);
    const int values = t.n;
    for (int i = 0; !st && i < from->n_columns; i++) {
        const struct vv_column *const c = from->columns[i];
        st = aim(&t, &(struct heading){vv_name_leaf(c->name), c->long_name, c->units, c->description, VV_TIDY_VALUE,
                                       c->type});
    }
    if (!st) st = widen_missing(t.sheet);
    for (int64_t i = 0; !st && i < vv_column_length(from->columns[0]); i++) {
        int64_t row;
        st = new_row(t.sheet, &row);
        if (!st) st = put_keys(&t, row, keys, n_keys);
        if (!st) st = put_positions(&t, n_keys, row, from, i);
        for (int c = 0; !st && c < from->n_columns; c++)
            st = put_from(&t.sheet->columns[t.columns[values + c]], row, from->columns[c], i);
    }
    vv_mem_free(t.columns);
    return st;
}

enum vv_status vv_tidy_add(struct vv_tidy *t, const struct vv_table *report, const struct vv_tidy_key *keys,
                           int n_keys)
{
    static const char left_out[] = "provenance";
    struct vv_csv_sheet *sheets = NULL;
    int n = 0;
    enum vv_status st = vv_csv_sheets(report, &sheets, &n);
    for (int s = 0; !st && s < n; s++)
        if (strncmp(sheets[s].name, left_out, strlen(left_out)) != 0) st = add_sheet(t, &sheets[s], keys, n_keys);
    vv_csv_release(&sheets, n);
    return st;
}

enum vv_status vv_tidy_add_row(struct vv_tidy *t, const char *sheet, const struct vv_tidy_key *keys, int n_keys)
{
    struct target target = {.n = 0};
    int64_t row;
    enum vv_status st = find_sheet(t, sheet, &target.sheet);
    if (!st) st = aim_keys(&target, keys, n_keys);
    if (!st) st = widen_missing(target.sheet);
    if (!st) st = new_row(target.sheet, &row);
    if (!st) st = put_keys(&target, row, keys, n_keys);
    vv_mem_free(target.columns);
    return st;
}
