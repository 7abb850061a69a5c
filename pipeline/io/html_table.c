/* SPDX-License-Identifier: MIT */
#include "io/html_table.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "data/companion.h"
#include "io/html.h"
#include "io/html_number.h"

/* What a column is called among the others of its sheet: "value" means what its group is named after. */
static const char *quantity(const char *name, char *text, size_t size)
{
    const size_t n = strlen(name) - strlen(vv_name_leaf(name));
    if (strcmp(vv_name_leaf(name), "value") != 0 || n < 2 || n > size) return vv_name_leaf(name);
    memcpy(text, name, n - 1);
    text[n - 1] = '\0';
    return vv_name_leaf(text);
}

/* Texts that say nothing, such as notes where all went well. */
static bool is_empty(const struct vv_column *c)
{
    if (c->type != VV_TEXT) return false;
    for (int64_t i = 0; i < vv_column_length(c); i++)
        if (c->text[i] && c->text[i][0]) return false;
    return true;
}

/* Errors are shown with their values, names of layers in front of rows. */
static bool is_shown(const struct vv_csv_sheet *sheet, const struct vv_column *c)
{
    return !is_empty(c) && strcmp(c->name, "layers/name") != 0 && !vv_uncertainty_is(sheet->table, c);
}

/* A column as it is shown. */
struct shown {
    const struct vv_column *column;
    struct vv_uncertainty unsure;
    struct vv_html_number style;
};

/* How a sheet is laid out. */
struct grid {
    const struct vv_csv_sheet *sheet;
    int n_shown;
    struct shown *shown; /* [n_shown] owned */
    int down, across;    /* dimensions; -1: none */
    int n_dims;
    int64_t length[VV_MAX_DIMS], stride[VV_MAX_DIMS];
};

static double number(const struct vv_column *c, int64_t i)
{
    return c ? vv_column_number(c, i) : NAN;
}

static struct vv_html_value value_at(const struct shown *s, int64_t i)
{
    return (struct vv_html_value){.value = number(s->column, i),
                                  .std_error = number(s->unsure.std_error, i),
                                  .low = number(s->unsure.low, i),
                                  .high = number(s->unsure.high, i)};
}

static enum vv_status choose_style(struct shown *s)
{
    const int64_t n = vv_column_length(s->column);
    if (s->column->type == VV_TEXT) return VV_OK;
    struct vv_html_value *const values = vv_mem_new(n, sizeof *values, "numbers of a column");
    if (!values) return VV_MEMORY;
    for (int64_t i = 0; i < n; i++) values[i] = value_at(s, i);
    enum vv_status st = VV_OK;
    if (s->column->type == VV_I64 && !s->unsure.std_error) s->style = (struct vv_html_number){.decimals = 0};
    else if (strcmp(s->column->units, "s") == 0) vv_html_number_fix(values, n, 3, &s->style); /* to the millisecond */
    else st = vv_html_number_style(values, n, &s->style);
    vv_mem_free(values);
    return st;
}

/* Layers go down; of the other dimensions those of one value tell nothing, and the last goes across. */
static void lay_out(struct grid *g)
{
    const struct vv_column *const c = g->sheet->columns[0];
    int64_t stride = 1;
    g->n_dims = c->n_dims;
    g->down = g->across = -1;
    for (int d = c->n_dims - 1; d >= 0; d--) {
        g->length[d] = c->dims[d].length;
        g->stride[d] = stride;
        stride *= c->dims[d].length;
        if (strcmp(c->dims[d].name, "layer") == 0) g->down = d;
    }
    for (int d = 0; d < c->n_dims; d++) {
        if (g->down < 0 && c->dims[d].length > 1) g->down = d;
        else if (d != g->down && c->dims[d].length > 1) g->across = d;
    }
    if (g->down < 0 && c->n_dims > 0) g->down = c->n_dims - 1;
}

static enum vv_status grid_init(struct grid *g, const struct vv_csv_sheet *sheet)
{
    *g = (struct grid){.sheet = sheet};
    g->shown = vv_mem_new(sheet->n_columns, sizeof *g->shown, "columns of a table");
    if (!g->shown) return VV_MEMORY;
    for (int i = 0; i < sheet->n_columns; i++) {
        const struct vv_column *const c = sheet->columns[i];
        if (!is_shown(sheet, c)) continue;
        g->shown[g->n_shown] = (struct shown){.column = c, .unsure = vv_uncertainty_of(sheet->table, c)};
        VV_TRY(choose_style(&g->shown[g->n_shown++]));
    }
    lay_out(g);
    return VV_OK;
}

static void write_cell(const struct shown *s, int64_t i, struct vv_strbuf *out)
{
    if (s->column->type == VV_TEXT) {
        vv_strbuf_puts(out, "<td class=\"t\">");
        vv_html_name(s->column->text[i], out);
    } else {
        const struct vv_html_value v = value_at(s, i);
        vv_strbuf_puts(out, "<td>");
        vv_html_number_write(&s->style, &v, out);
    }
    vv_strbuf_puts(out, "</td>");
}

static void write_coordinate(const struct vv_table *t, const char *dim, int64_t at, struct vv_strbuf *out)
{
    const struct vv_column *const c = vv_table_find(t, dim);
    char text[32];
    if (c && c->type == VV_TEXT) vv_html_name(c->text[at], out);
    else if (c && c->type == VV_F64 && isfinite(c->f64[at])) {
        vv_text_from_float(c->f64[at], text, sizeof text);
        vv_html_text(text, out);
    } else vv_strbuf_addf(out, "%lld", (long long)(c && c->type == VV_I64 ? c->i64[at] : at));
}

/* The heading of a row: of a layer the number and, where there is room, the name. */
static void write_row_head(const struct vv_table *t, const char *dim, int64_t at, struct vv_strbuf *out)
{
    const struct vv_column *const names = vv_table_find(t, "layers/name");
    vv_strbuf_puts(out, "<tr><th scope=\"row\">");
    if (vv_dim_is_layer(dim) && names) {
        vv_strbuf_addf(out, "<span class=\"i\">%lld</span> ", (long long)at);
        vv_html_name(names->text[at], out);
    } else {
        write_coordinate(t, dim, at, out);
    }
    vv_strbuf_puts(out, "</th>");
}

static void write_quantity(const struct vv_column *c, struct vv_strbuf *out)
{
    char text[256];
    vv_html_words(quantity(c->name, text, sizeof text), out);
    if (strcmp(c->units, "1") == 0) return;
    vv_strbuf_puts(out, " <span class=\"u\">[");
    vv_html_text(c->units, out);
    vv_strbuf_puts(out, "]</span>");
}

static void begin_table(const struct grid *g, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "<div class=\"scroll\" tabindex=\"0\"><table class=\"sort\"><thead><tr><th scope=\"col\">");
    if (g->down >= 0) vv_html_words(vv_name_leaf(g->sheet->columns[0]->dims[g->down].name), out);
    vv_strbuf_puts(out, "</th>");
}

static void write_scalars(const struct grid *g, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "<div class=\"scroll\" tabindex=\"0\"><table class=\"pairs\"><tbody>");
    for (int s = 0; s < g->n_shown; s++) {
        vv_strbuf_puts(out, "<tr><th scope=\"row\">");
        write_quantity(g->shown[s].column, out);
        vv_strbuf_puts(out, "</th>");
        write_cell(&g->shown[s], 0, out);
        vv_strbuf_puts(out, "</tr>\n");
    }
    vv_strbuf_puts(out, "</tbody></table></div>\n");
}

/* Quantities across. base: offset of the other dimensions */
static void write_by_quantity(const struct grid *g, int64_t base, struct vv_strbuf *out)
{
    const char *const dim = g->sheet->columns[0]->dims[g->down].name;
    begin_table(g, out);
    for (int s = 0; s < g->n_shown; s++) {
        vv_strbuf_puts(out, "<th scope=\"col\"");
        vv_strbuf_puts(out, g->shown[s].column->type == VV_TEXT ? " class=\"t\">" : ">");
        write_quantity(g->shown[s].column, out);
        vv_strbuf_puts(out, "</th>");
    }
    vv_strbuf_puts(out, "</tr></thead><tbody>\n");
    for (int64_t r = 0; r < g->length[g->down]; r++) {
        write_row_head(g->sheet->table, dim, r, out);
        for (int s = 0; s < g->n_shown; s++) write_cell(&g->shown[s], base + r * g->stride[g->down], out);
        vv_strbuf_puts(out, "</tr>\n");
    }
    vv_strbuf_puts(out, "</tbody></table></div>\n");
}

/* One quantity, the values of a dimension across. */
static void write_by_dimension(const struct grid *g, const struct shown *s, int64_t base, struct vv_strbuf *out)
{
    const char *const down = g->sheet->columns[0]->dims[g->down].name;
    const char *const across = g->sheet->columns[0]->dims[g->across].name;
    vv_strbuf_puts(out, "<h4>");
    write_quantity(s->column, out);
    vv_strbuf_puts(out, " <span class=\"u\">by ");
    vv_html_words(vv_name_leaf(across), out);
    vv_strbuf_puts(out, "</span></h4>");
    begin_table(g, out);
    for (int64_t a = 0; a < g->length[g->across]; a++) {
        vv_strbuf_puts(out, "<th scope=\"col\">");
        write_coordinate(g->sheet->table, across, a, out);
        vv_strbuf_puts(out, "</th>");
    }
    vv_strbuf_puts(out, "</tr></thead><tbody>\n");
    for (int64_t r = 0; r < g->length[g->down]; r++) {
        write_row_head(g->sheet->table, down, r, out);
        for (int64_t a = 0; a < g->length[g->across]; a++)
            write_cell(s, base + r * g->stride[g->down] + a * g->stride[g->across], out);
        vv_strbuf_puts(out, "</tr>\n");
    }
    vv_strbuf_puts(out, "</tbody></table></div>\n");
}

/* Where in the remaining dimensions a table stands: "k = 10, curve = 1". */
static void write_place(const struct grid *g, const int64_t *at, struct vv_strbuf *out)
{
    bool any = false;
    for (int d = 0; d < g->n_dims; d++) {
        if (d == g->down || d == g->across) continue;
        const char *const dim = g->sheet->columns[0]->dims[d].name;
        vv_strbuf_puts(out, any ? ", " : "<p class=\"place\">");
        vv_html_words(vv_name_leaf(dim), out);
        vv_strbuf_puts(out, " = ");
        write_coordinate(g->sheet->table, dim, at[d], out);
        any = true;
    }
    if (any) vv_strbuf_puts(out, "</p>\n");
}

/* All tables of a sheet, one for each place in the dimensions that go neither down nor across. */
static void write_tables(const struct grid *g, struct vv_strbuf *out)
{
    int64_t at[VV_MAX_DIMS] = {0}, n = 1;
    for (int d = 0; d < g->n_dims; d++)
        if (d != g->down && d != g->across) n *= g->length[d];
    for (int64_t i = 0; i < n; i++) {
        int64_t rest = i, base = 0;
        for (int d = g->n_dims - 1; d >= 0; d--) {
            if (d == g->down || d == g->across) continue;
            at[d] = rest % g->length[d];
            rest /= g->length[d];
            base += at[d] * g->stride[d];
        }
        write_place(g, at, out);
        if (g->across < 0) write_by_quantity(g, base, out);
        for (int s = 0; g->across >= 0 && s < g->n_shown; s++) write_by_dimension(g, &g->shown[s], base, out);
    }
}

static void write_meaning(const struct vv_column *c, const char *what, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "<dt>");
    if (what) vv_strbuf_puts(out, what);
    else write_quantity(c, out);
    vv_strbuf_puts(out, "</dt><dd>");
    vv_html_text(c->description, out);
    vv_strbuf_puts(out, "</dd>\n");
}

/* What the quantities are, and the dimensions that have a description. */
static void write_meanings(const struct grid *g, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "<dl>\n");
    const char *said = ""; /* errors are often of one kind */
    for (int s = 0; s < g->n_shown; s++) {
        const struct vv_column *const error = g->shown[s].unsure.std_error;
        write_meaning(g->shown[s].column, NULL, out);
        if (!error || strcmp(error->description, said) == 0) continue;
        write_meaning(error, "\xc2\xb1", out);
        said = error->description;
    }
    for (int d = 0; d < g->n_dims; d++) {
        const struct vv_column *const c = vv_table_find(g->sheet->table, g->sheet->columns[0]->dims[d].name);
        if (c) write_meaning(c, NULL, out);
    }
    vv_strbuf_puts(out, "</dl>\n");
}

enum vv_status vv_html_sheet(const struct vv_csv_sheet *sheet, struct vv_strbuf *out)
{
    struct grid g;
    const enum vv_status st = grid_init(&g, sheet);
    if (!st && vv_html_sheet_cells(sheet) == 0) {
        vv_strbuf_puts(out, "<p>No values.</p>\n");
    } else if (!st) {
        if (g.n_dims == 0) write_scalars(&g, out);
        else write_tables(&g, out);
        write_meanings(&g, out);
    }
    vv_mem_free(g.shown);
    return st ? st : out->failed ? VV_MEMORY : VV_OK;
}

int64_t vv_html_sheet_cells(const struct vv_csv_sheet *sheet)
{
    int64_t n = 0;
    for (int i = 0; i < sheet->n_columns; i++)
        if (is_shown(sheet, sheet->columns[i])) n += vv_column_length(sheet->columns[i]);
    return n;
}

bool vv_html_sheet_elsewhere(const struct vv_csv_sheet *sheet)
{
    bool all = true;
    for (int i = 0; all && i < sheet->n_columns; i++) all = vv_uncertainty_is(sheet->table, sheet->columns[i]);
    return all;
}

void vv_html_sheet_quantities(const struct vv_csv_sheet *sheet, struct vv_strbuf *out)
{
    bool any = false;
    for (int i = 0; i < sheet->n_columns; i++) {
        char text[256];
        const struct vv_column *const c = sheet->columns[i];
        if (!is_shown(sheet, c)) continue;
        vv_strbuf_puts(out, any ? ", " : "");
        vv_html_words(quantity(c->name, text, sizeof text), out);
        any = true;
    }
}
