/* SPDX-License-Identifier: MIT */
#include "io/figure_script.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

/* Bytes of the character at p: 1 to 4; 0: none that is valid, or one that a text in XML must not hold. */
static size_t character(const char *p)
{
    uint32_t code = 0;
    const size_t n = vv_utf8_decode(p, VV_UTF8_BYTES, &code);
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    return control || code == 0xfffe || code == 0xffff ? 0 : n;
}

static int count(const char *text)
{
    int n = 0;
    for (const char *p = text; *p; n++) {
        const size_t bytes = character(p);
        p += bytes ? bytes : 1;
    }
    return n;
}

/* The characters of a text that are shown, one after the other, as `add` wants them. */
static void spell(struct vv_strbuf *out, const char *text, int most,
                  void (*add)(struct vv_strbuf *out, const char *p, size_t bytes))
{
    const int n = text ? count(text) : 0, cut = n > most, head = cut ? most / 2 : n;
    int at = 0;
    for (const char *p = text ? text : ""; *p; at++) {
        const size_t bytes = character(p);
        if (cut && at == head) add(out, "\xe2\x80\xa6", 3); /* an ellipsis */
        if (!cut || at < head || at >= n - (most - head - 1)) add(out, bytes ? p : " ", bytes ? bytes : 1);
        p += bytes ? bytes : 1;
    }
}

static void add_plain(struct vv_strbuf *out, const char *p, size_t bytes)
{
    vv_strbuf_add(out, p, bytes);
}

/* gnuplot 5.4 takes a doubled apostrophe only once in a text, and not as its first character: a typographic one. */
static void add_quoted(struct vv_strbuf *out, const char *p, size_t bytes)
{
    if (*p == '\'') vv_strbuf_puts(out, "\xe2\x80\x99");
    else vv_strbuf_add(out, p, bytes);
}

static void add_ticked(struct vv_strbuf *out, const char *p, size_t bytes)
{
    if (*p == '%') vv_strbuf_puts(out, "%");
    add_quoted(out, p, bytes);
}

void vv_script_text(struct vv_strbuf *out, const char *text, int most)
{
    vv_strbuf_puts(out, "'");
    spell(out, text, most, add_quoted);
    vv_strbuf_puts(out, "'");
}

void vv_script_tick(struct vv_strbuf *out, const char *text, int most)
{
    vv_strbuf_puts(out, "'");
    spell(out, text, most, add_ticked);
    vv_strbuf_puts(out, "'");
}

void vv_script_comment(struct vv_strbuf *out, const char *text)
{
    spell(out, text, 1000, add_plain);
}

double vv_script_width(const char *text, int most)
{
    const int n = text ? count(text) : 0;
    return 0.58 * VV_FIGURE_FONT * (n > most ? most : n);
}

void vv_script_number(struct vv_strbuf *out, double value)
{
    char text[32] = "NaN";
    if (isfinite(value)) vv_text_from_float(value, text, sizeof text);
    vv_strbuf_puts(out, text);
}

int vv_script_digits(double low, double high)
{
    const double span = fabs(high - low), most = fmax(fabs(low), fabs(high));
    int digits = 6;
    for (double left = most; span > 0.0 && left > span && digits < 17; left /= 10.0) digits++;
    return digits;
}

void vv_script_range(struct vv_strbuf *out, const char *axis, double low, double high)
{
    const int digits = vv_script_digits(low, high);
    vv_strbuf_addf(out, "set %srange [%.*g:%.*g]\n", axis, digits, low, digits, high);
}

const char *vv_script_color(int i)
{
    /* Okabe and Ito (2008), without yellow, which is too light for lines on paper */
    static const char *const colors[VV_FIGURE_N_COLORS] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                           "#e69f00", "#56b4e9", "#000000"};
    return i < 0 ? "#777777" : colors[i % VV_FIGURE_N_COLORS];
}

const char *vv_script_class_color(int i, int n)
{
    /* areas may be lighter than lines: Okabe and Ito's eight, or ten of Tol's "muted" */
    static const char *const eight[] = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                        "#56b4e9", "#d55e00", "#f0e442", "#000000"};
    static const char *const ten[VV_FIGURE_N_CLASSES] = {"#332288", "#88ccee", "#44aa99", "#117733", "#999933",
                                                         "#ddcc77", "#cc6677", "#882255", "#aa4499", "#dddddd"};
    return n <= 8 ? eight[i % 8] : ten[i % VV_FIGURE_N_CLASSES];
}

void vv_script_palette(struct vv_strbuf *out, bool for_lines)
{
    static const char *const viridis[] = {"#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89",
                                          "#35b779", "#6ece58", "#b5de2b", "#fde725"};
    const int n = (int)(sizeof viridis / sizeof *viridis) - (for_lines ? 1 : 0);
    vv_strbuf_puts(out, "set palette defined (");
    for (int i = 0; i < n; i++) vv_strbuf_addf(out, "%s%d '%s'", i ? ", " : "", i, viridis[i]);
    vv_strbuf_puts(out, ")\n");
}

void vv_script_begin(struct vv_strbuf *out, const struct vv_figure_head *head, double width, double height)
{
    const int most = (int)((width - 30.0) / VV_FIGURE_CHARACTER);
    vv_strbuf_addf(out,
                   "# A figure of varve: change it and run `gnuplot %s.gp` here; data are in %s.dat.\n"
                   "# For a PDF: gnuplot -e \"format='pdf'\" %s.gp; for a PNG: format='png'.\n"
                   "reset\nset encoding utf8\n"
                   "width = %.0f; height = %.0f  # pixels at 96 dpi\n"
                   "if (!exists('format')) format = 'svg'\n"
                   "if (!exists('file')) file = '%s.' . format\n",
                   head->name, head->name, head->name, width, height, head->name);
    vv_strbuf_addf(out,
                   "if (format eq 'svg') set terminal svg size width,height fixed noenhanced font 'sans-serif,%d' "
                   "background '#ffffff'\n"
                   "if (format eq 'pdf') set terminal pdfcairo size width/96.,height/96. noenhanced font 'Sans,%d'\n"
                   "if (format eq 'png') set terminal pngcairo size 2*width,2*height noenhanced font 'Sans,%d' "
                   "fontscale 2 linewidth 2 pointscale 2\n"
                   "set output file\n",
                   VV_FIGURE_FONT, 3 * VV_FIGURE_FONT / 4, 3 * VV_FIGURE_FONT / 4);
    vv_strbuf_puts(out, "set label 1 ");
    vv_script_text(out, head->title, most);
    vv_strbuf_addf(out, " at screen 0.5,%.4f center\n", 1.0 - 14.0 / height);
    if (head->note) {
        vv_strbuf_puts(out, "set label 2 ");
        vv_script_text(out, head->note, most);
        vv_strbuf_addf(out, " at screen %.4f,%.4f right textcolor '#666666'\n", 1.0 - 8.0 / width, 10.0 / height);
    }
}

void vv_script_margins(struct vv_strbuf *out, double width, double height, double left, double right, double bottom,
                       double top)
{
    vv_strbuf_addf(out,
                   "set lmargin at screen %.4f; set rmargin at screen %.4f; set bmargin at screen %.4f; "
                   "set tmargin at screen %.4f\n",
                   left / width, right / width, bottom / height, top / height);
}

int vv_script_step(double length, int most)
{
    static const int nice[] = {1, 2, 5};
    for (int scale = 1; scale < 100000000; scale *= 10)
        for (int i = 0; i < 3; i++)
            if (length / (nice[i] * scale) <= most) return nice[i] * scale;
    return 1000000000;
}

void vv_figure_name(struct vv_strbuf *out, const char *text)
{
    static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    const size_t begin = out->length;
    for (const char *p = text; *p && out->length - begin < 100; p++) {
        const char last = out->length > begin ? out->text[out->length - 1] : '.';
        const bool dot = *p == '.' && last != '.' && p[1];
        vv_strbuf_add(out, dot || strchr(fine, *p) ? p : "_", 1);
        if (out->failed) return;
    }
}
