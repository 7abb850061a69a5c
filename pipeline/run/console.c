/* SPDX-License-Identifier: MIT */
#include "run/console.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CELL_BYTES = 48 };

static void cell(const struct vv_summary_column *c, int layer, char text[CELL_BYTES])
{
    const double v = c->values[layer];
    if (isnan(v))
        snprintf(text, CELL_BYTES, "-");
    else if (c->errors && !isnan(c->errors[layer]))
        snprintf(text, CELL_BYTES, "%.*f +- %.*f", c->decimals, v, c->decimals, c->errors[layer]);
    else
        snprintf(text, CELL_BYTES, "%.*f", c->decimals, v);
}

static int column_width(const struct vv_summary *s, const struct vv_summary_column *c)
{
    char text[CELL_BYTES];
    int width = (int)strlen(c->heading);
    for (int l = 0; l < s->n_layers; l++) {
        cell(c, l, text);
        if ((int)strlen(text) > width) width = (int)strlen(text);
    }
    return width;
}

static int name_width(const struct vv_summary *s)
{
    int width = (int)strlen("layer");
    for (int l = 0; l < s->n_layers; l++)
        if ((int)strlen(s->layer_names[l]) > width) width = (int)strlen(s->layer_names[l]);
    return width;
}

void vv_console_table(const struct vv_summary *s, struct vv_strbuf *out)
{
    const int left = name_width(s);
    vv_strbuf_addf(out, "  # %-*s", left, "layer");
    for (int c = 0; c < s->n_columns; c++)
        vv_strbuf_addf(out, "  %*s", column_width(s, &s->columns[c]), s->columns[c].heading);
    vv_strbuf_puts(out, "\n");
    for (int l = 0; l < s->n_layers; l++) {
        char text[CELL_BYTES];
        vv_strbuf_addf(out, "%3d %-*s", l, left, s->layer_names[l]);
        for (int c = 0; c < s->n_columns; c++) {
            cell(&s->columns[c], l, text);
            vv_strbuf_addf(out, "  %*s", column_width(s, &s->columns[c]), text);
        }
        vv_strbuf_puts(out, "\n");
    }
}

/* Smallest and largest finite value; false when there is none. */
static bool range(const double *v, int n, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int i = 0; i < n; i++) {
        if (!isfinite(v[i])) continue;
        if (v[i] < *low) *low = v[i];
        if (v[i] > *high) *high = v[i];
    }
    return *low <= *high;
}

void vv_console_plot(const struct vv_summary *s, int height, struct vv_strbuf *out)
{
    if (s->profile < 0 || s->n_layers < 2) return;
    const struct vv_summary_column *c = &s->columns[s->profile];
    double low, high;
    if (!range(c->values, s->n_layers, &low, &high)) return;
    const double step = high > low ? (high - low) / (height - 1) : 1.0;
    const int pitch = s->n_layers > 60 ? 1 : s->n_layers > 30 ? 2 : 4;
    vv_strbuf_addf(out, "%s\n", c->heading);
    for (int line = height - 1; line >= 0; line--) {
        vv_strbuf_addf(out, "%8.*f |", c->decimals, low + line * step);
        for (int l = 0; l < s->n_layers; l++) {
            const double v = c->values[l];
            const bool here = isfinite(v) && (int)floor((v - low) / step + 0.5) == line;
            vv_strbuf_addf(out, "%*s", pitch, here ? "o" : "");
        }
        vv_strbuf_puts(out, "\n");
    }
    vv_strbuf_puts(out, "         +");
    for (int l = 0; l < s->n_layers * pitch; l++) vv_strbuf_puts(out, "-");
    vv_strbuf_puts(out, "\n          ");
    const int every = pitch == 4 ? 1 : 20 / pitch / 2;
    for (int l = 0; l < s->n_layers; l += every) vv_strbuf_addf(out, "%*d", pitch * (l ? every : 1), l);
    vv_strbuf_puts(out, "  layer\n");
}

void vv_console_summary(const struct vv_summary *s, struct vv_strbuf *out)
{
    vv_console_table(s, out);
    if (s->profile >= 0) vv_strbuf_puts(out, "\n");
    vv_console_plot(s, 10, out);
    if (s->n_sentences > 0) vv_strbuf_puts(out, "\n");
    for (int i = 0; i < s->n_sentences; i++) vv_strbuf_addf(out, "%s\n", s->sentences[i]);
}
