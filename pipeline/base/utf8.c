/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

size_t vv_utf8_decode(const char *text, size_t n, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *const p = (const unsigned char *)text;
    if (n == 0) return 0;
    const size_t length = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;
    if (length == 0 || length > n) return 0;
    *code = length == 1 ? p[0] : p[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if (p[i] >> 6 != 2) return 0;
        *code = *code << 6 | (p[i] & 0x3f);
    }
    if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000)) return 0;
    return length;
}

size_t vv_utf8_encode(uint32_t code, char to[VV_UTF8_BYTES])
{
    size_t n = 0;
    if (code < 0x80) to[n++] = (char)code;
    else if (code < 0x800) to[n++] = (char)(0xc0 | code >> 6);
    else if (code < 0x10000) to[n++] = (char)(0xe0 | code >> 12);
    else to[n++] = (char)(0xf0 | (code >> 18 & 7));
    if (code >= 0x10000) to[n++] = (char)(0x80 | (code >> 12 & 0x3f));
    if (code >= 0x800) to[n++] = (char)(0x80 | (code >> 6 & 0x3f));
    if (code >= 0x80) to[n++] = (char)(0x80 | (code & 0x3f));
    return n;
}
