/* SPDX-License-Identifier: MIT */
/* A growing string. A failed allocation is remembered (`failed`) and checked once, at the end. */
#ifndef VV_BASE_STRBUF_H
#define VV_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct vv_strbuf {
    char *text;    /* always terminated; "" when empty */
    size_t length; /* bytes before the terminator */
    size_t capacity;
    bool failed;   /* an append ran out of memory: the text is incomplete */
};

/* Local. An empty buffer; owns its text until released. */
void vv_strbuf_init(struct vv_strbuf *b);
void vv_strbuf_release(struct vv_strbuf *b);

/* Local. Empties the buffer, keeping its memory. */
void vv_strbuf_reset(struct vv_strbuf *b);

/* Local. Append bytes, a string, or formatted text. */
void vv_strbuf_add(struct vv_strbuf *b, const void *bytes, size_t n);
void vv_strbuf_puts(struct vv_strbuf *b, const char *text);
void vv_strbuf_addf(struct vv_strbuf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void vv_strbuf_addv(struct vv_strbuf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Local. Appends a word of a command line so that a shell reads it back, in quotes where it needs them. */
void vv_strbuf_add_word(struct vv_strbuf *b, const char *word);

/* Local. Appends what is left of a file, until the text has more than `most` bytes; false when reading fails. */
bool vv_strbuf_read(struct vv_strbuf *b, FILE *file, size_t most);

#endif
