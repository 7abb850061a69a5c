/* SPDX-License-Identifier: MIT */
#include "io/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Bytes of the character that text begins with, as UTF-8 has it (RFC 3629: shortest form, no surrogates); 0: none.
 * n: bytes there are */
static size_t decode(const unsigned char *text, size_t n, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char lead = text[0];
    const size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (length == 0 || length > n) return 0;
    *code = length == 1 ? lead : lead & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if (text[i] >> 6 != 2) return 0;
        *code = *code << 6 | (text[i] & 0x3f);
    }
    if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000)) return 0;
    return length;
}

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
        const size_t length = decode((const unsigned char *)text, n, &code);
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
