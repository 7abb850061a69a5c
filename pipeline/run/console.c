/* SPDX-License-Identifier: MIT */
#include "run/console.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "data/series.h"

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
    int width = vv_text_characters("layer");
    for (int l = 0; l < s->n_layers; l++)
        if (vv_text_characters(s->layer_names[l]) > width) width = vv_text_characters(s->layer_names[l]);
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
        vv_strbuf_addf(out, "%3d %s%*s", l, s->layer_names[l],
                       left - vv_text_characters(s->layer_names[l]), "");
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

/* One series of layers, first..end-1. */
static void plot(const struct vv_summary_column *c, int first, int end, int height,
                 const char *series, struct vv_strbuf *out)
{
    double low, high;
    const int n = end - first;
    if (n < 2 || !range(c->values + first, n, &low, &high)) return;
    if (!(high > low)) height = 1;
    const double step = high > low ? (high - low) / (height - 1) : 1.0;
    const int pitch = n > 60 ? 1 : n > 30 ? 2 : 4;
    vv_strbuf_addf(out, "\n%s%s%s\n", c->heading, series[0] ? ", " : "", series);
    for (int line = height - 1; line >= 0; line--) {
        vv_strbuf_addf(out, "%8.*f |", c->decimals, low + line * step);
        int blanks = 0; /* none behind the last mark */
        for (int l = first; l < end; l++) {
            const double v = c->values[l];
            blanks += pitch;
            if (!isfinite(v) || (int)floor((v - low) / step + 0.5) != line) continue;
            vv_strbuf_addf(out, "%*s", blanks, "o");
            blanks = 0;
        }
        vv_strbuf_puts(out, "\n");
    }
    vv_strbuf_puts(out, "         +");
    for (int l = 0; l < n * pitch; l++) vv_strbuf_puts(out, "-");
    vv_strbuf_puts(out, "\n          ");
    const int every = pitch == 4 ? 1 : 10 / pitch;
    for (int l = first; l < end; l += every)
        vv_strbuf_addf(out, "%*d", pitch * (l > first ? every : 1), l);
    vv_strbuf_puts(out, "  layer\n");
}

enum vv_status vv_console_plot(const struct vv_summary *s, int height, struct vv_strbuf *out)
{
    struct vv_series series;
    if (s->profile < 0) return VV_OK;
    VV_TRY(vv_series_init(&series, s->n_layers, s->layer_names));
    for (int i = 0; i < series.n; i++)
        plot(&s->columns[s->profile], series.first[i], series.first[i + 1], height,
             series.name[i], out);
    vv_series_release(&series);
    return VV_OK;
}

/* A sentence in lines of at most LINE characters, the second and later ones indented. */
static void wrap(const char *text, struct vv_strbuf *out)
{
    enum { LINE = 96 };
    int column = 0;
    while (*text) {
        const int word = (int)strcspn(text, " ");
        if (column > 0 && column + 1 + word > LINE) {
            vv_strbuf_puts(out, "\n ");
            column = 1;
        }
        vv_strbuf_addf(out, "%s%.*s", column > 0 ? " " : "", word, text);
        column += word + (column > 0);
        text += (size_t)word + strspn(text + word, " ");
    }
    vv_strbuf_puts(out, "\n");
}

enum vv_status vv_console_summary(const struct vv_summary *s, struct vv_strbuf *out)
{
    vv_console_table(s, out);
    VV_TRY(vv_console_plot(s, 10, out));
    if (s->n_sentences > 0) vv_strbuf_puts(out, "\n");
    for (int i = 0; i < s->n_sentences; i++) wrap(s->sentences[i], out);
    return out->failed ? VV_MEMORY : VV_OK;
}
