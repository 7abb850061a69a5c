/* SPDX-License-Identifier: MIT */
/* UTF-8 (RFC 3629): in the shortest form, without surrogates. */
#ifndef VV_BASE_UTF8_H
#define VV_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { VV_UTF8_BYTES = 4 /* of a character, at most */, VV_UTF8_MARK = 0xfffd /* for what is none: U+FFFD */ };

/* Local. Bytes of the character that the n bytes of text begin with, and its code point; 0: these are none. Nothing
 * behind a zero is looked at, so that n may be VV_UTF8_BYTES where a zero ends the text. */
size_t vv_utf8_decode(const char *text, size_t n, uint32_t *code);

/* Local. Writes a code point and returns its bytes. What is none (a surrogate) is written as it would be. */
size_t vv_utf8_encode(uint32_t code, char to[VV_UTF8_BYTES]);

#endif
