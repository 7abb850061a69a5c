/* SPDX-License-Identifier: MIT */
#include "run/grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void vv_grid_init(struct vv_grid *g, const char *alignment)
{
    *g = (struct vv_grid){.alignment = alignment};
    vv_strbuf_init(&g->cells);
}

void vv_grid_release(struct vv_grid *g)
{
    vv_strbuf_release(&g->cells);
}

void vv_grid_add(struct vv_grid *g, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vv_strbuf_addv(&g->cells, format, args);
    va_end(args);
    vv_strbuf_add(&g->cells, "", 1);
    g->n_cells++;
}

void vv_grid_write(const struct vv_grid *g, int indent, struct vv_strbuf *out)
{
    const int n_columns = (int)strlen(g->alignment);
    int width[VV_GRID_COLUMNS] = {0};
    const char *cell = g->cells.text;
    if (g->cells.failed) out->failed = true;
    for (int i = 0; !out->failed && i < g->n_cells; i++, cell += strlen(cell) + 1) {
        const int n = vv_text_characters(cell);
        if (n > width[i % n_columns]) width[i % n_columns] = n;
    }
    cell = g->cells.text;
    for (int i = 0; !out->failed && i < g->n_cells; i++, cell += strlen(cell) + 1) {
        const int c = i % n_columns, blanks = width[c] - vv_text_characters(cell);
        const bool last = c == n_columns - 1, right = g->alignment[c] == 'r';
        vv_strbuf_addf(out, "%*s%s%*s%s", (c == 0 ? indent : 2) + (right ? blanks : 0), "", cell,
                       right || last ? 0 : blanks, "", last ? "\n" : "");
    }
}
