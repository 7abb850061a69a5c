/* SPDX-License-Identifier: MIT */
#include "io/table_csv.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { LONGEST = 200 /* of a sheet's name, before the last dimension that tells it from others */ };

static size_t group_length(const char *name)
{
    const char *const slash = strrchr(name, '/');
    return slash ? (size_t)(slash - name) : 0;
}

static bool same_group(const struct vv_column *a, const struct vv_column *b)
{
    const size_t n = group_length(a->name);
    return n == group_length(b->name) && memcmp(a->name, b->name, n) == 0;
}

/* "id/gride" with dims (layer, order) is "id_gride"; a second sheet of the same group adds the names
 * of its dimensions: "composition_by_k_layer". */
static void name_sheet(struct vv_csv_sheet *sheet, const struct vv_csv_sheet *earlier, int n)
{
    const struct vv_column *const c = sheet->columns[0];
    int at = snprintf(sheet->name, sizeof sheet->name, "%.*s", (int)group_length(c->name), c->name);
    bool taken = false;
    for (char *p = sheet->name; *p; p++)
        if (*p == '/') *p = '_';
    for (int i = 0; i < n; i++) taken = taken || strcmp(earlier[i].name, sheet->name) == 0;
    if (!taken) return;
    if (at >= LONGEST) at = LONGEST - 1; /* instead of the end of a longer name */
    for (int d = 0; d < c->n_dims && at < LONGEST; d++)
        at += snprintf(sheet->name + at, sizeof sheet->name - (size_t)at, "%s%.60s",
                       d ? "_" : "_by_", vv_name_leaf(c->dims[d].name));
    if (c->n_dims == 0) snprintf(sheet->name + at, sizeof sheet->name - (size_t)at, "_values");
}

static enum vv_status add_to_sheet(struct vv_csv_sheet *sheet, const struct vv_column *c)
{
    const struct vv_column **grown = vv_mem_resize(sheet->columns, sheet->n_columns + 1,
                                                   sizeof(struct vv_column *), "columns");
    if (!grown) return VV_MEMORY;
    sheet->columns = grown;
    grown[sheet->n_columns++] = c;
    return VV_OK;
}

enum vv_status vv_csv_sheets(const struct vv_table *t, struct vv_csv_sheet **sheets, int *n)
{
    struct vv_csv_sheet *list = vv_mem_new(t->n_columns, sizeof *list, "CSV sheets");
    *sheets = list;
    *n = 0;
    if (!list) return VV_MEMORY;
    for (int i = 0; i < t->n_columns; i++) {
        const struct vv_column *const c = t->columns[i];
        if (vv_column_is_coordinate(c)) continue;
        int s = 0;
        while (s < *n &&
               !(same_group(list[s].columns[0], c) && vv_column_same_dims(list[s].columns[0], c)))
            s++;
        list[s].table = t;
        VV_TRY(add_to_sheet(&list[s], c));
        if (s == *n) {
            name_sheet(&list[s], list, s);
            *n = s + 1;
        }
    }
    return VV_OK;
}

void vv_csv_release(struct vv_csv_sheet **sheets, int n)
{
    for (int i = 0; *sheets && i < n; i++) vv_mem_free(((*sheets)[i]).columns);
    vv_mem_free(*sheets);
    *sheets = NULL;
}

void vv_csv_put_text(const char *text, struct vv_strbuf *out)
{
    if (!text) return;
    if (!strpbrk(text, ",\"\r\n#")) {
        vv_strbuf_puts(out, text);
        return;
    }
    vv_strbuf_puts(out, "\"");
    for (const char *p = text; *p; p++) {
        if (*p == '"') vv_strbuf_puts(out, "\"");
        vv_strbuf_add(out, p, 1);
    }
    vv_strbuf_puts(out, "\"");
}

void vv_csv_put_number(double value, struct vv_strbuf *out)
{
    char number[32] = "nan";
    if (!isnan(value)) vv_text_from_float(value, number, sizeof number);
    vv_strbuf_puts(out, number);
}

static void write_value(const struct vv_column *c, int64_t i, struct vv_strbuf *out)
{
    if (c->type == VV_TEXT) {
        vv_csv_put_text(c->text[i], out);
    } else if (c->type == VV_I64) {
        vv_strbuf_addf(out, "%lld", (long long)c->i64[i]);
    } else {
        vv_csv_put_number(c->f64[i], out);
    }
}

/* The dimension columns of one row. at: position along the dimension. */
static void write_position(const struct vv_csv_sheet *sheet, const char *dim, int64_t at,
                           struct vv_strbuf *out)
{
    const struct vv_column *const coordinate = vv_table_find(sheet->table, dim);
    const struct vv_column *const names = vv_table_find(sheet->table, "layers/name");
    if (coordinate) write_value(coordinate, at, out);
    else vv_strbuf_addf(out, "%lld", (long long)at);
    if (vv_dim_is_layer(dim) && names) {
        vv_strbuf_puts(out, ",");
        write_value(names, at, out);
    }
    vv_strbuf_puts(out, ",");
}

void vv_csv_put_comment(const char *name, const char *units, const char *description, struct vv_strbuf *out)
{
    vv_strbuf_addf(out, "# %s [%s]: ", name, units);
    for (const char *p = description; *p; p++) vv_strbuf_add(out, *p == '\n' ? " " : p, 1);
    vv_strbuf_puts(out, "\n");
}

void vv_csv_write(const struct vv_csv_sheet *sheet, const char *provenance, struct vv_strbuf *out)
{
    const struct vv_column *const first = sheet->columns[0];
    const bool named = vv_table_find(sheet->table, "layers/name") != NULL;
    vv_strbuf_addf(out, "# %s\n", provenance);
    for (int i = 0; i < sheet->n_columns; i++) {
        const struct vv_column *const c = sheet->columns[i];
        vv_csv_put_comment(vv_name_leaf(c->name), c->units, c->description, out);
    }
    for (int d = 0; d < first->n_dims; d++) {
        const char *const dim = first->dims[d].name;
        vv_strbuf_addf(out, "%s,", vv_name_leaf(dim));
        if (vv_dim_is_layer(dim) && named) vv_strbuf_addf(out, "%s_name,", dim);
    }
    for (int i = 0; i < sheet->n_columns; i++) {
        vv_csv_put_text(vv_name_leaf(sheet->columns[i]->name), out);
        vv_strbuf_puts(out, i + 1 < sheet->n_columns ? "," : "\n");
    }
    for (int64_t row = 0; row < vv_column_length(first); row++) {
        int64_t stride = vv_column_length(first), rest = row;
        for (int d = 0; d < first->n_dims; d++) {
            stride /= first->dims[d].length;
            write_position(sheet, first->dims[d].name, rest / stride, out);
            rest %= stride;
        }
        for (int i = 0; i < sheet->n_columns; i++) {
            write_value(sheet->columns[i], row, out);
            vv_strbuf_puts(out, i + 1 < sheet->n_columns ? "," : "\n");
        }
    }
}
