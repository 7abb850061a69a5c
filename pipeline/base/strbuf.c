/* SPDX-License-Identifier: MIT */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static char empty[1] = "";

void vv_strbuf_init(struct vv_strbuf *b)
{
    *b = (struct vv_strbuf){.text = empty};
}

void vv_strbuf_release(struct vv_strbuf *b)
{
    if (b->text != empty) vv_mem_free(b->text);
    vv_strbuf_init(b);
}

void vv_strbuf_reset(struct vv_strbuf *b)
{
    b->length = 0;
    b->failed = false;
    if (b->text != empty) b->text[0] = '\0';
}

static bool reserve(struct vv_strbuf *b, size_t extra)
{
    if (b->failed) return false;
    const size_t needed = b->length + extra + 1;
    if (needed <= b->capacity) return true;
    size_t capacity = b->capacity ? b->capacity : 64;
    while (capacity < needed) capacity *= 2;
    char *old = b->text == empty ? NULL : b->text;
    char *grown = vv_mem_resize(old, (int64_t)capacity, 1, "text");
    if (!grown) {
        b->failed = true;
        return false;
    }
    b->text = grown;
    b->capacity = capacity;
    return true;
}

void vv_strbuf_add(struct vv_strbuf *b, const void *bytes, size_t n)
{
    if (!reserve(b, n)) return;
    memcpy(b->text + b->length, bytes, n);
    b->length += n;
    b->text[b->length] = '\0';
}

void vv_strbuf_puts(struct vv_strbuf *b, const char *text)
{
    vv_strbuf_add(b, text, strlen(text));
}

void vv_strbuf_addv(struct vv_strbuf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    if (n >= 0 && reserve(b, (size_t)n)) {
        vsnprintf(b->text + b->length, (size_t)n + 1, format, again);
        b->length += (size_t)n;
    }
    va_end(again);
}

void vv_strbuf_addf(struct vv_strbuf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vv_strbuf_addv(b, format, args);
    va_end(args);
}

void vv_strbuf_add_word(struct vv_strbuf *b, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%^";
    if (*word && strspn(word, plain) == strlen(word)) {
        vv_strbuf_puts(b, word);
        return;
    }
    vv_strbuf_puts(b, "'");
    for (; *word; word++)
        if (*word == '\'') vv_strbuf_puts(b, "'\\''");
        else vv_strbuf_add(b, word, 1);
    vv_strbuf_puts(b, "'");
}

bool vv_strbuf_read(struct vv_strbuf *b, FILE *file, size_t most)
{
    char piece[16384];
    for (size_t n; b->length <= most && !b->failed && (n = fread(piece, 1, sizeof piece, file)) > 0;)
        vv_strbuf_add(b, piece, n);
    return !ferror(file);
}
