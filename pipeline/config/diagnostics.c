/* SPDX-License-Identifier: MIT */
#include "config/diagnostics.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "config/tree.h"

void vv_diagnostics_add(struct vv_diagnostics *d, const struct vv_place *place, const char *format,
                        ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
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

void vv_diagnostics_release(struct vv_diagnostics *d)
{
    for (int i = 0; i < d->n; i++) vv_mem_free(d->lines[i]);
    vv_mem_free(d->lines);
    *d = (struct vv_diagnostics){.n = 0};
}
