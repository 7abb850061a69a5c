/* SPDX-License-Identifier: MIT */
/* JSON (RFC 8259) from front to back, strictly: the caller asks for what it expects, and skips what it does not know.
 * No tree is built, so that memory does not depend on the text. All functions are Local and return false at the first
 * thing that is not as asked; `error` tells what, and `at` where; then nothing is read any more. */
#ifndef VV_IO_JSON_H
#define VV_IO_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct vv_json {
    const char *text;  /* [n] not terminated */
    size_t n, at;
    const char *error; /* NULL: none so far */
};

/* Whether a character is blank in JSON. */
static inline bool vv_json_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Goes into an object ('{') or a list ('['). */
bool vv_json_enter(struct vv_json *j, char bracket);

/* The next member of the object, or list, that was entered: true when there is one, at which reading then stands. After
 * the last one it is left, and false returned without an error. first: true before the first member; key: of the
 * object's member; NULL in a list. */
bool vv_json_next(struct vv_json *j, bool *first, struct vv_strbuf *key);

/* A string, unescaped, as UTF-8 (without NUL); a whole number from 0 to INT64_MAX; any value. */
bool vv_json_string(struct vv_json *j, struct vv_strbuf *out);
bool vv_json_whole(struct vv_json *j, int64_t *value);
bool vv_json_skip(struct vv_json *j);

/* Appends a text as a string, quoted and escaped. Of any bytes; what is no UTF-8 is left as it is. */
void vv_json_put_string(const char *text, struct vv_strbuf *out);

/* Nothing but blanks follows. */
bool vv_json_end(struct vv_json *j);

#endif
