/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Decimal digits with at most one point and one exponent, and nothing else. */
static bool is_decimal(const char *s)
{
    if (*s == '+' || *s == '-') s++;
    int digits = 0;
    for (; isdigit((unsigned char)*s); s++) digits++;
    if (*s == '.')
        for (s++; isdigit((unsigned char)*s); s++) digits++;
    if (digits == 0) return false;
    if (*s == 'e' || *s == 'E') {
        s++;
        if (*s == '+' || *s == '-') s++;
        if (!isdigit((unsigned char)*s)) return false;
        while (isdigit((unsigned char)*s)) s++;
    }
    return *s == '\0';
}

bool vv_text_to_float(const char *text, double *value)
{
    if (!is_decimal(text)) return false;
    const double v = strtod(text, NULL);
    if (!isfinite(v)) return false;
    *value = v;
    return true;
}

bool vv_text_to_int(const char *text, int64_t *value)
{
    if (!is_decimal(text)) return false;
    if (!strpbrk(text, ".eE")) {
        errno = 0;
        const long long v = strtoll(text, NULL, 10);
        if (errno != 0) return false;
        *value = v;
        return true;
    }
    const double v = strtod(text, NULL);
    if (!(fabs(v) < 0x1p53) || v != floor(v)) return false;
    *value = (int64_t)v;
    return true;
}

struct unit {
    const char *name;
    double factor;
};

/* "number blanks unit", where a missing unit means the first of the list. */
static bool parse_with_unit(const char *text, const struct unit *units, int n_units, double *value)
{
    char number[64];
    size_t n = strspn(text, "+-.0123456789");
    if (n == 0 || n >= sizeof number) return false;
    memcpy(number, text, n);
    number[n] = '\0';
    double v;
    if (!vv_text_to_float(number, &v)) return false;
    const char *unit = text + n + strspn(text + n, " ");
    if (*unit == '\0') {
        if (text[n] != '\0') return false;
        *value = v * units[0].factor;
        return true;
    }
    for (int i = 0; i < n_units; i++)
        if (strcmp(unit, units[i].name) == 0) {
            *value = v * units[i].factor;
            return true;
        }
    return false;
}

bool vv_text_to_size(const char *text, int64_t *bytes)
{
    static const struct unit units[] = {
        {"B", 1.0},     {"kB", 1e3},     {"MB", 1e6},      {"GB", 1e9},      {"TB", 1e12},
        {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40},
    };
    double v;
    if (!parse_with_unit(text, units, (int)(sizeof units / sizeof *units), &v)) return false;
    if (v < 0 || v >= 0x1p62) return false;
    *bytes = (int64_t)v;
    return true;
}

bool vv_text_to_time(const char *text, double *seconds)
{
    static const struct unit units[] = {
        {"s", 1.0}, {"min", 60.0}, {"h", 3600.0}, {"d", 86400.0}, {"ms", 1e-3},
    };
    int h, m, s, used = 0;
    if (sscanf(text, "%d:%2d:%2d%n", &h, &m, &s, &used) == 3 && text[used] == '\0') {
        if (h < 0 || m < 0 || m > 59 || s < 0 || s > 59) return false;
        *seconds = 3600.0 * h + 60.0 * m + s;
        return true;
    }
    double v;
    if (!parse_with_unit(text, units, (int)(sizeof units / sizeof *units), &v) || v < 0)
        return false;
    *seconds = v;
    return true;
}

void vv_text_from_size(double bytes, char *text, size_t size)
{
    static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    int i = 0;
    while (bytes >= 1024.0 && i < 5) {
        bytes /= 1024.0;
        i++;
    }
    snprintf(text, size, i == 0 ? "%.0f %s" : "%.1f %s", bytes, names[i]);
}

static int min3(int a, int b, int c)
{
    const int m = a < b ? a : b;
    return m < c ? m : c;
}

/* Damerau's distance (optimal string alignment) with three rolling rows. */
void vv_text_from_float(double value, char *text, size_t size)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    if (strchr(text, 'e') && fabs(value) >= 1.0 && fabs(value) < 1e15)
        snprintf(text, size, "%.0f", value); /* 5400 rather than 5.4e+03 */
}

int vv_text_characters(const char *text)
{
    int n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80; /* all bytes but those that continue one */
    return n;
}

int vv_text_distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    const int n = (int)strnlen(a, LONGEST), m = (int)strnlen(b, LONGEST);
    int rows[3][LONGEST + 1];
    for (int j = 0; j <= m; j++) rows[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = rows[i % 3];
        const int *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            const int cost = a[i - 1] != b[j - 1];
            now[j] = min3(before[j] + 1, now[j - 1] + 1, before[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = min3(now[j], earlier[j - 2] + 1, now[j]);
        }
    }
    return rows[n % 3][m];
}

const char *vv_text_suggest(const char *word, const char *const *candidates, int n)
{
    const char *best = NULL;
    int best_distance = (int)strlen(word) / 3 + 1;
    if (best_distance > 3) best_distance = 3;
    for (int i = 0; i < n; i++) {
        const int d = vv_text_distance(word, candidates[i]);
        if (d < best_distance || (d == best_distance && !best)) {
            best = candidates[i];
            best_distance = d;
        }
    }
    return best;
}

int vv_text_natural_compare(const char *a, const char *b)
{
    const char *const whole_a = a, *const whole_b = b;
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            const char *x = a + strspn(a, "0"), *y = b + strspn(b, "0");
            const size_t nx = strspn(x, "0123456789"), ny = strspn(y, "0123456789");
            if (nx != ny) return nx < ny ? -1 : 1;
            const int c = memcmp(x, y, nx);
            if (c != 0) return c;
            a = x + nx;
            b = y + ny;
        } else {
            if (*a != *b) return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
            a++;
            b++;
        }
    }
    if (*a || *b) return *a ? 1 : -1;
    return strcmp(whole_a, whole_b);
}
