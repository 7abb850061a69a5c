/* SPDX-License-Identifier: MIT */
#include "io/json.h"

#include <string.h>

#include "base/utf8.h"

enum { DEEPEST = 64 };

static bool fail(struct vv_json *j, const char *error)
{
    if (!j->error) j->error = error;
    return false;
}

/* The next character that is not blank; 0 at the end, or after an error. */
static char look(struct vv_json *j)
{
    while (j->at < j->n && vv_json_blank(j->text[j->at])) j->at++;
    return j->error || j->at == j->n ? '\0' : j->text[j->at];
}

static bool take(struct vv_json *j, char c, const char *error)
{
    if (look(j) != c) return fail(j, error);
    j->at++;
    return true;
}

bool vv_json_enter(struct vv_json *j, char bracket)
{
    return take(j, bracket, bracket == '{' ? "an object is expected" : "a list is expected");
}

bool vv_json_next(struct vv_json *j, bool *first, struct vv_strbuf *key)
{
    const char close = key ? '}' : ']';
    if (look(j) == close) {
        j->at++;
        return false;
    }
    if (!*first && !take(j, ',', "a comma or the closing bracket is missing")) return false;
    *first = false;
    if (!key) return !j->error;
    return vv_json_string(j, key) && take(j, ':', "a colon is missing");
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Four hexadecimal digits, or -1. */
static int32_t read_unit(struct vv_json *j)
{
    int32_t unit = 0;
    if (j->n - j->at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        const int digit = hex_digit(j->text[j->at + (size_t)i]);
        if (digit < 0) return -1;
        unit = unit << 4 | digit;
    }
    j->at += 4;
    return unit;
}

/* What follows "\u": one unit of UTF-16, or two that belong together. */
static bool read_escaped_code_point(struct vv_json *j, struct vv_strbuf *out)
{
    const int32_t high = read_unit(j);
    if (high < 0) return fail(j, "an escape in a string is none");
    uint32_t c = (uint32_t)high;
    if (c == 0) return fail(j, "a string holds NUL");
    if (c >= 0xdc00 && c < 0xe000) return fail(j, "half a character in a string");
    if (c >= 0xd800 && c < 0xdc00) {
        if (j->n - j->at < 2 || j->text[j->at] != '\\' || j->text[j->at + 1] != 'u')
            return fail(j, "half a character in a string");
        j->at += 2;
        const int32_t low = read_unit(j);
        if (low < 0xdc00 || low >= 0xe000) return fail(j, "half a character in a string");
        c = 0x10000 + ((c - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
    }
    char bytes[VV_UTF8_BYTES];
    vv_strbuf_add(out, bytes, vv_utf8_encode(c, bytes));
    return true;
}

static bool read_escape(struct vv_json *j, struct vv_strbuf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char c = j->at < j->n ? j->text[j->at++] : '\0';
    if (c == 'u') return read_escaped_code_point(j, out);
    const char *const known = c ? strchr(from, c) : NULL;
    if (!known) return fail(j, "an escape in a string is none");
    vv_strbuf_add(out, &to[known - from], 1);
    return true;
}

bool vv_json_string(struct vv_json *j, struct vv_strbuf *out)
{
    vv_strbuf_reset(out);
    if (!take(j, '"', "a string is expected")) return false;
    while (j->at < j->n) {
        const unsigned char c = (unsigned char)j->text[j->at++];
        if (c == '"') return !out->failed || fail(j, "no memory for a string");
        if (c < 0x20) return fail(j, "a control character in a string");
        if (c == '\\') {
            if (!read_escape(j, out)) return false;
        } else {
            vv_strbuf_add(out, &(char){(char)c}, 1);
        }
    }
    return fail(j, "a string does not end");
}

bool vv_json_whole(struct vv_json *j, int64_t *value)
{
    const char c = look(j);
    int64_t v = 0;
    if (c < '0' || c > '9') return fail(j, "a whole number is expected");
    const size_t begin = j->at;
    for (; j->at < j->n && j->text[j->at] >= '0' && j->text[j->at] <= '9'; j->at++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, j->text[j->at] - '0', &v))
            return fail(j, "a number is too large");
    if (c == '0' && j->at > begin + 1) return fail(j, "a number begins with 0");
    if (j->at < j->n && strchr(".eE", j->text[j->at]) && j->text[j->at])
        return fail(j, "a whole number is expected");
    *value = v;
    return true;
}

static size_t digits(struct vv_json *j)
{
    const size_t begin = j->at;
    while (j->at < j->n && j->text[j->at] >= '0' && j->text[j->at] <= '9') j->at++;
    return j->at - begin;
}

static bool next_is(const struct vv_json *j, const char *any)
{
    return j->at < j->n && j->text[j->at] && strchr(any, j->text[j->at]);
}

static bool skip_number(struct vv_json *j)
{
    if (next_is(j, "-")) j->at++;
    const bool zero = next_is(j, "0");
    const size_t n = digits(j);
    if (n == 0 || (zero && n > 1)) return fail(j, "a value is expected");
    if (next_is(j, ".")) {
        j->at++;
        if (digits(j) == 0) return fail(j, "a number is none");
    }
    if (next_is(j, "eE")) {
        j->at++;
        if (next_is(j, "+-")) j->at++;
        if (digits(j) == 0) return fail(j, "a number is none");
    }
    return true;
}

static bool skip_string(struct vv_json *j)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    const bool ok = vv_json_string(j, &text);
    vv_strbuf_release(&text);
    return ok;
}

static bool skip_word(struct vv_json *j)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t n = strlen(words[i]);
        if (j->n - j->at >= n && memcmp(j->text + j->at, words[i], n) == 0) {
            j->at += n;
            return true;
        }
    }
    return fail(j, "a value is expected");
}

static bool skip(struct vv_json *j, int depth)
{
    const char c = look(j);
    if (depth == DEEPEST) return fail(j, "nested too deeply");
    if (c == '"') return skip_string(j);
    if (c == '-' || (c >= '0' && c <= '9')) return skip_number(j);
    if (c != '{' && c != '[') return skip_word(j);
    struct vv_strbuf key;
    bool first = true;
    j->at++;
    vv_strbuf_init(&key);
    while (vv_json_next(j, &first, c == '{' ? &key : NULL) && skip(j, depth + 1)) {}
    vv_strbuf_release(&key);
    return !j->error;
}

bool vv_json_skip(struct vv_json *j)
{
    return skip(j, 0);
}

bool vv_json_end(struct vv_json *j)
{
    return (look(j) == '\0' && j->at == j->n && !j->error) || fail(j, "something follows the end");
}

void vv_json_put_string(const char *text, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "\"");
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\') vv_strbuf_addf(out, "\\%c", *p);
        else if (*p == '\n') vv_strbuf_puts(out, "\\n");
        else if ((unsigned char)*p < 0x20) vv_strbuf_addf(out, "\\u%04x", (unsigned)*p);
        else vv_strbuf_add(out, p, 1);
    }
    vv_strbuf_puts(out, "\"");
}
