/* SPDX-License-Identifier: MIT */
#include "config/diagnostics.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "config/tree.h"

static void add_line(struct vv_diagnostics *d, const struct vv_place *place, const char *message)
{
    struct vv_strbuf line;
    vv_strbuf_init(&line);
    if (place && place->file && place->line > 0)
        vv_strbuf_addf(&line, "%s:%d:%d: ", place->file, place->line, place->column);
    else if (place && place->file)
        vv_strbuf_addf(&line, "%s: ", place->file);
    vv_strbuf_puts(&line, message);
    char **grown = vv_mem_resize(d->lines, d->n + 1, sizeof *grown, "diagnostics");
    if (grown) {
        d->lines = grown;
        if ((grown[d->n] = vv_mem_string(line.text))) d->n++;
    }
    vv_strbuf_release(&line);
}

void vv_diagnostics_add(struct vv_diagnostics *d, const struct vv_place *place, const char *format,
                        ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    add_line(d, place, message);
}

/* The place of the key, or of what is left of its path when ends are cut off. */
static const struct vv_place *find_place(const struct vv_node *tree, const char *key)
{
    char path[256];
    snprintf(path, sizeof path, "%s", key);
    for (;;) {
        const struct vv_node *node = vv_node_at(tree, path);
        char *const dot = strrchr(path, '.');
        if (node) return node->key ? &node->key_place : &node->place;
        if (!dot) return NULL;
        *dot = '\0';
    }
}

void vv_diagnostics_add_key(struct vv_diagnostics *d, const char *key, const char *format, ...)
{
    char message[1024];
    const int n = snprintf(message, sizeof message, "%.250s: ", key);
    va_list args;
    va_start(args, format);
    vsnprintf(message + n, sizeof message - (size_t)n, format, args);
    va_end(args);
    add_line(d, find_place(d->tree, key), message);
}

void vv_diagnostics_release(struct vv_diagnostics *d)
{
    for (int i = 0; i < d->n; i++) vv_mem_free(d->lines[i]);
    vv_mem_free(d->lines);
    *d = (struct vv_diagnostics){.n = 0};
}
