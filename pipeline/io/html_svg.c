/* SPDX-License-Identifier: MIT */
#include "io/html_svg.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "io/html.h"

enum { MOST_DEPTH = 64 };

struct word {
    const char *text;
    size_t n;
};

/* A file on its way. */
struct drawing {
    const char *at, *end;
    const char *prefix, *label, *why;
    struct vv_strbuf *out;
    struct word open[MOST_DEPTH]; /* elements */
    int depth, silent;            /* silent: depth of the element that is left out; 0: none is */
    bool done;                    /* the root is closed */
};

static bool is(struct word w, const char *text)
{
    return strlen(text) == w.n && memcmp(w.text, text, w.n) == 0;
}

/* Names of attributes: in a page, unlike in a file of its own, their case says nothing. */
static bool is_called(struct word w, const char *text)
{
    return strlen(text) == w.n && strncasecmp(w.text, text, w.n) == 0;
}

/* What gnuplot and its like draw with; nothing that runs, links or loads. */
static bool draws(struct word element)
{
    static const char *const names[] = {
        "g", "defs", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "use", "text", "tspan",
        "title", "desc", "clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop", "symbol", "marker",
        "image", "filter", "feFlood", "feComposite"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is(element, names[i])) return true;
    return false;
}

static bool fail(struct drawing *d, const char *why)
{
    d->why = why;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_:.", c);
}

static void skip_blanks(struct drawing *d)
{
    while (d->at < d->end && is_blank(*d->at)) d->at++;
}

static struct word take_name(struct drawing *d)
{
    struct word w = {d->at, 0};
    while (d->at < d->end && *d->at && is_name(*d->at)) d->at++;
    w.n = (size_t)(d->at - w.text);
    return w;
}

static bool begins(const struct drawing *d, const char *text)
{
    return (size_t)(d->end - d->at) >= strlen(text) && memcmp(d->at, text, strlen(text)) == 0;
}

/* Leaves out everything up to and with `text`. */
static bool skip_past(struct drawing *d, const char *text)
{
    for (; d->at < d->end; d->at++)
        if (begins(d, text)) {
            d->at += strlen(text);
            return true;
        }
    return fail(d, "it is cut off");
}

static void put_code(uint32_t code, struct vv_strbuf *out)
{
    char bytes[VV_UTF8_BYTES];
    vv_strbuf_add(out, bytes, vv_utf8_encode(code, bytes));
}

/* Bytes of the entity that text begins with, and the character it stands for; 0: none that is known. */
static size_t entity(const char *text, size_t n, uint32_t *code)
{
    static const struct { const char *name; uint32_t code; } known[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (n >= strlen(known[i].name) && memcmp(text, known[i].name, strlen(known[i].name)) == 0) {
            *code = known[i].code;
            return strlen(known[i].name);
        }
    if (n < 4 || text[1] != '#') return 0;
    const bool hex = text[2] == 'x';
    static const char digits[] = "0123456789abcdefABCDEF";
    *code = 0;
    for (size_t i = hex ? 3 : 2; i < n && i < 12; i++) {
        const char *const digit = text[i] ? strchr(digits, text[i]) : NULL;
        const uint32_t value = digit ? (uint32_t)(digit - digits) : 16;
        if (text[i] == ';') return i + 1;
        if (value >= (hex ? 22u : 10u) || !digit) return 0;
        *code = *code * (hex ? 16 : 10) + (value >= 16 ? value - 6 : value);
        if (*code > 0x10ffff) return 0;
    }
    return 0;
}

/* Text of the file with its entities undone. */
static void decode(struct word w, struct vv_strbuf *out)
{
    while (w.n > 0) {
        uint32_t code = 0;
        const size_t n = *w.text == '&' ? entity(w.text, w.n, &code) : 0;
        if (n > 0) put_code(code, out);
        else vv_strbuf_add(out, w.text, 1);
        w.text += n > 0 ? n : 1;
        w.n -= n > 0 ? n : 1;
    }
}

static void put_text(struct drawing *d, struct word w)
{
    struct vv_strbuf plain;
    if (d->silent) return;
    vv_strbuf_init(&plain);
    decode(w, &plain);
    vv_html_bytes(plain.text, plain.length, d->out);
    d->out->failed = d->out->failed || plain.failed;
    vv_strbuf_release(&plain);
}

/* The next function of CSS by that name, with its parenthesis; NULL: none. */
static const char *find_function(const char *value, const char *function)
{
    for (; *value; value++)
        if (strncasecmp(value, function, strlen(function)) == 0) return value;
    return NULL;
}

/* Whether a value may load something, but for url(): that is looked into. Backslashes could hide such names. */
static bool may_load(const char *value)
{
    static const char *const functions[] = {"image(", "image-set(", "src(", "cross-fade(", "\\"};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (find_function(value, functions[i])) return true;
    return false;
}

/* A value with the names in it that refer to ids. */
static bool put_value(struct drawing *d, struct word name, const char *value)
{
    const bool link = is_called(name, "href") || is_called(name, "xlink:href"), id = is_called(name, "id");
    static const char png[] = "data:image/png;base64,";
    if (link && value[0] != '#' && strncmp(value, png, strlen(png)) != 0)
        return fail(d, "it refers to something outside it");
    if (id || (link && value[0] == '#')) {
        vv_strbuf_addf(d->out, "%s%s", link ? "#" : "", d->prefix);
        vv_html_text(value + link, d->out);
        return true;
    }
    if (may_load(value)) return fail(d, "it refers to something outside it");
    for (const char *url; (url = find_function(value, "url(")); value = url + 5) {
        if (url[4] != '#') return fail(d, "it refers to something outside it");
        vv_html_bytes(value, (size_t)(url + 5 - value), d->out);
        vv_strbuf_puts(d->out, d->prefix);
    }
    vv_html_text(value, d->out);
    return true;
}

static bool put_attribute(struct drawing *d, struct word name, struct word raw)
{
    /* of the root, but class */
    static const char *const dropped[] = {"class", "width", "height", "role", "aria-label"};
    const bool acts = name.n >= 2 && (name.text[0] | 32) == 'o' && (name.text[1] | 32) == 'n';
    if (acts) return fail(d, "it has event handlers");
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        if (is_called(name, dropped[i]) && (i == 0 || d->depth == 1)) return true;
    if (d->silent) return true;
    struct vv_strbuf plain;
    vv_strbuf_init(&plain);
    decode(raw, &plain);
    vv_strbuf_addf(d->out, " %.*s=\"", (int)name.n, name.text);
    const bool good = put_value(d, name, plain.text);
    vv_strbuf_puts(d->out, "\"");
    d->out->failed = d->out->failed || plain.failed;
    vv_strbuf_release(&plain);
    return good;
}

static bool take_attribute(struct drawing *d)
{
    const struct word name = take_name(d);
    skip_blanks(d);
    if (name.n == 0 || d->at == d->end || *d->at != '=') return fail(d, "an attribute is no XML");
    d->at++;
    skip_blanks(d);
    const char quote = d->at < d->end ? *d->at : '\0';
    if (quote != '"' && quote != '\'') return fail(d, "an attribute is no XML");
    const char *const first = ++d->at;
    const char *const last = memchr(first, quote, (size_t)(d->end - first));
    if (!last) return fail(d, "it is cut off");
    d->at = last + 1;
    return put_attribute(d, name, (struct word){first, (size_t)(last - first)});
}

static void close_element(struct drawing *d)
{
    const struct word name = d->open[d->depth - 1];
    if (!d->silent) vv_strbuf_addf(d->out, "</%.*s>", (int)name.n, name.text);
    if (d->silent == d->depth) d->silent = 0;
    d->done = --d->depth == 0;
}

static bool take_end(struct drawing *d)
{
    d->at += 2;
    const struct word name = take_name(d);
    skip_blanks(d);
    if (d->depth == 0 || d->at == d->end || *d->at != '>' || name.n != d->open[d->depth - 1].n ||
        memcmp(name.text, d->open[d->depth - 1].text, name.n) != 0)
        return fail(d, "its elements do not match");
    d->at++;
    close_element(d);
    return true;
}

static bool take_element(struct drawing *d)
{
    d->at++;
    const struct word name = take_name(d);
    if (d->done || (d->depth == 0 && !is(name, "svg"))) return fail(d, "it is not one drawing");
    if (d->depth > 0 && !draws(name)) return fail(d, "it holds more than a drawing");
    if (d->depth == MOST_DEPTH) return fail(d, "its elements are nested too deeply");
    d->open[d->depth++] = name;
    if (!d->silent && (is(name, "title") || is(name, "desc"))) d->silent = d->depth; /* programs name parts there */
    if (!d->silent) vv_strbuf_addf(d->out, "<%.*s", (int)name.n, name.text);
    if (d->depth == 1) {
        vv_strbuf_puts(d->out, " role=\"img\" aria-label=\"");
        vv_html_text(d->label, d->out);
        vv_strbuf_puts(d->out, "\"");
    }
    for (skip_blanks(d); d->at < d->end && *d->at != '>' && *d->at != '/'; skip_blanks(d))
        if (!take_attribute(d)) return false;
    const bool empty = d->at < d->end && *d->at == '/';
    d->at += empty;
    if (d->at == d->end || *d->at != '>') return fail(d, "it is cut off");
    d->at++;
    if (!d->silent) vv_strbuf_puts(d->out, ">");
    if (empty) close_element(d);
    return true;
}

static bool take_markup(struct drawing *d)
{
    if (begins(d, "<?")) return skip_past(d, "?>");
    if (begins(d, "<!--")) return skip_past(d, "-->");
    if (begins(d, "<!DOCTYPE")) {
        const char *const first = d->at;
        if (!skip_past(d, ">")) return false;
        return !memchr(first, '[', (size_t)(d->at - first)) || fail(d, "it defines entities");
    }
    if (begins(d, "<!")) return fail(d, "it holds more than a drawing");
    return begins(d, "</") ? take_end(d) : take_element(d);
}

static bool take_text(struct drawing *d)
{
    const char *const first = d->at;
    const char *const next = memchr(first, '<', (size_t)(d->end - first));
    d->at = next ? next : d->end;
    if (d->depth > 0) put_text(d, (struct word){first, (size_t)(d->at - first)});
    for (const char *p = first; d->depth == 0 && p < d->at; p++)
        if (!is_blank(*p) && !strchr("\xef\xbb\xbf", *p)) return fail(d, "it is not one drawing");
    return true;
}

bool vv_html_svg(const char *text, size_t n, const char *prefix, const char *label, struct vv_strbuf *out,
                 const char **why)
{
    struct vv_strbuf drawn;
    vv_strbuf_init(&drawn);
    struct drawing d = {.at = text, .end = text + n, .prefix = prefix, .label = label, .out = &drawn};
    bool good = true;
    while (good && d.at < d.end) good = *d.at == '<' ? take_markup(&d) : take_text(&d);
    if (good && !d.done) good = fail(&d, n == 0 ? "it is empty" : "it is cut off");
    out->failed = out->failed || drawn.failed;
    if (good) vv_strbuf_add(out, drawn.text, drawn.length);
    *why = d.why;
    vv_strbuf_release(&drawn);
    return good;
}

/* Programs put names of their own there, "Gnuplot" or an identifier: a title for people has a blank in it. */
void vv_html_svg_title(const char *text, size_t n, struct vv_strbuf *out)
{
    static const char begin[] = "<title>", end[] = "</title>";
    struct drawing d = {.at = text, .end = text + n};
    struct drawing first = d; /* titles further in are those of parts */
    if (!skip_past(&d, begin)) return;
    if (skip_past(&first, "<g") && first.at < d.at) return;
    const struct word title = {d.at, 0};
    if (!skip_past(&d, end)) return;
    const size_t length = (size_t)(d.at - title.text) - strlen(end);
    if (memchr(title.text, ' ', length)) decode((struct word){title.text, length}, out);
}
