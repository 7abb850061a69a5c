/* SPDX-License-Identifier: MIT */
#include "io/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

/* What HTML allows as text: no controls but tab and new line, no noncharacters. Nor marks that turn the direction of
 * what follows, which would reach beyond the text. */
static bool allowed(uint32_t code)
{
    if (code == '\t' || code == '\n') return true;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
    if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return false;
    return (code & 0xfffe) != 0xfffe && !(code >= 0xfdd0 && code < 0xfdf0);
}

static const char *escape(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void vv_html_bytes(const char *text, size_t n, struct vv_strbuf *out)
{
    while (n > 0) {
        uint32_t code = 0;
        const size_t length = vv_utf8_decode(text, n, &code);
        const char *const escaped = length == 1 ? escape(*text) : NULL;
        if (escaped) vv_strbuf_puts(out, escaped);
        else if (length > 0 && allowed(code)) vv_strbuf_add(out, text, length);
        else vv_strbuf_puts(out, REPLACEMENT);
        text += length > 0 ? length : 1;
        n -= length > 0 ? length : 1;
    }
}

void vv_html_text(const char *text, struct vv_strbuf *out)
{
    if (text) vv_html_bytes(text, strlen(text), out);
}

void vv_html_name(const char *text, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "<bdi>");
    vv_html_text(text, out);
    vv_strbuf_puts(out, "</bdi>");
}

void vv_html_words(const char *identifier, struct vv_strbuf *out)
{
    while (*identifier) {
        const size_t n = strcspn(identifier, "_");
        vv_html_bytes(identifier, n, out);
        identifier += n;
        if (*identifier) vv_strbuf_puts(out, " ");
        identifier += *identifier == '_';
    }
}

void vv_html_id(const char *text, struct vv_strbuf *out)
{
    for (; *text; text++) {
        const bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                           (*text >= '0' && *text <= '9');
        vv_strbuf_add(out, plain ? text : "-", 1);
    }
}
