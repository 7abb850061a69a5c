/* SPDX-License-Identifier: MIT */
#include "io/html_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { NUMBER_BYTES = 400, MOST_DECIMALS = 6, DIGITS = 4 };

static const char MINUS[] = "\xe2\x88\x92", FIGURE_BLANK[] = "\xe2\x80\x87", DASH[] = "\xe2\x80\x93";

/* The number with a hyphen for a minus, as snprintf has it. */
static int print(const struct vv_html_number *style, double v, char text[NUMBER_BYTES])
{
    if (isinf(v)) return snprintf(text, NUMBER_BYTES, v > 0.0 ? "\xe2\x88\x9e" : "-\xe2\x88\x9e");
    if (style->decimals < 0) return snprintf(text, NUMBER_BYTES, "%.*g", DIGITS, v);
    const int n = snprintf(text, NUMBER_BYTES, "%.*f", style->decimals, v);
    if (text[0] == '-' && strspn(text + 1, "0.") == strlen(text + 1)) memmove(text, text + 1, (size_t)n); /* -0.00 */
    return (int)strlen(text);
}

static void put(const struct vv_html_number *style, double v, struct vv_strbuf *out)
{
    char text[NUMBER_BYTES];
    print(style, v, text);
    for (const char *p = text; *p; p++) {
        if (*p == '-') vv_strbuf_puts(out, MINUS);
        else vv_strbuf_add(out, p, 1);
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What errors there are, as half widths. */
static double half_width(const struct vv_html_value *v)
{
    return isnan(v->std_error) ? 0.5 * (v->high - v->low) : v->std_error;
}

/* The middle one of the positive errors; 0 without any. scratch: [n] */
static double middle_error(const struct vv_html_value *values, int64_t n, double *scratch)
{
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++) {
        const double e = half_width(&values[i]);
        if (isfinite(e) && e > 0.0 && isfinite(values[i].value)) scratch[m++] = e;
    }
    if (m == 0) return 0.0;
    qsort(scratch, (size_t)m, sizeof *scratch, compare);
    return scratch[m / 2];
}

/* Decimals that show `digits` digits of x > 0. */
static int decimals_of(double x, int digits)
{
    const double d = digits - 1 - floor(log10(x));
    return d < 0.0 ? 0 : d > MOST_DECIMALS ? MOST_DECIMALS : (int)d;
}

static int decimals_of_values(const struct vv_html_value *values, int64_t n)
{
    double most = 0.0, least = INFINITY;
    bool whole = true;
    for (int64_t i = 0; i < n; i++) {
        const double v = fabs(values[i].value);
        if (!isfinite(v)) continue;
        whole = whole && v == floor(v);
        if (v > most) most = v;
        if (v > 0.0 && v < least) least = v;
    }
    if (whole && most < 1e15) return 0;
    if (most == 0.0) return 0;
    return most >= 1e7 || least < 1e-5 * most || most < 1e-3 ? -1 : decimals_of(most, DIGITS);
}

void vv_html_number_fix(const struct vv_html_value *values, int64_t n, int decimals, struct vv_html_number *style)
{
    *style = (struct vv_html_number){.decimals = decimals};
    for (int64_t i = 0; i < n; i++) {
        char text[NUMBER_BYTES];
        if (isnan(values[i].value) || isnan(values[i].std_error)) continue;
        const int width = print(style, values[i].std_error, text);
        if (width > style->error_width) style->error_width = width;
    }
}

enum vv_status vv_html_number_style(const struct vv_html_value *values, int64_t n, struct vv_html_number *style)
{
    double *const scratch = vv_mem_new(n, sizeof *scratch, "errors");
    if (!scratch) return VV_MEMORY;
    const double error = middle_error(values, n, scratch);
    const int by_value = decimals_of_values(values, n);
    vv_mem_free(scratch);
    vv_html_number_fix(values, n, error > 1e-6 ? decimals_of(error, 2) : by_value, style);
    return VV_OK;
}

void vv_html_number_write(const struct vv_html_number *style, const struct vv_html_value *v, struct vv_strbuf *out)
{
    char text[NUMBER_BYTES];
    if (isnan(v->value)) {
        vv_strbuf_puts(out, DASH);
        return;
    }
    put(style, v->value, out);
    if (!isnan(v->low) && !isnan(v->high)) {
        vv_strbuf_puts(out, " <small>[");
        put(style, v->low, out);
        vv_strbuf_puts(out, ", ");
        put(style, v->high, out);
        vv_strbuf_puts(out, "]</small>");
    } else if (style->error_width > 0) {
        const int width = isnan(v->std_error) ? 0 : print(style, v->std_error, text);
        vv_strbuf_puts(out, width > 0 ? " <small>\xc2\xb1 " : " <small>\xe2\x80\x87 ");
        for (int i = width; i < style->error_width; i++) vv_strbuf_puts(out, FIGURE_BLANK);
        if (width > 0) put(style, v->std_error, out);
        vv_strbuf_puts(out, "</small>");
    }
}
