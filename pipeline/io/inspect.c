/* SPDX-License-Identifier: MIT */
#include "io/inspect.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/csv.h"
#include "io/reader.h"

static int compare(const void *a, const void *b)
{
    const struct vv_array *x = a, *y = b;
    return vv_text_natural_compare(x->name, y->name);
}

static void write_shape(const struct vv_array *a, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, "(");
    for (int d = 0; d < a->n_dims; d++)
        vv_strbuf_addf(out, "%s%lld", d ? ", " : "", (long long)a->length[d]);
    vv_strbuf_puts(out, ")");
}

/* A text on one line: the first one, and how many follow. */
static void write_text(const char *text, struct vv_strbuf *out)
{
    const size_t first = strcspn(text, "\n");
    int more = 0;
    for (const char *p = text + first; *p; p++) more += *p == '\n' && p[1];
    vv_strbuf_addf(out, "%.*s", (int)first, text);
    if (more > 0) vv_strbuf_addf(out, "  (and %d more lines)", more);
}

static enum vv_status write_scalar(const char *path, const struct vv_reader *reader,
                                   const struct vv_array *a, struct vv_strbuf *out)
{
    if (a->is_text) {
        char *text = NULL;
        const enum vv_status st = reader->read_texts(vv_array_file(a, path), a, &text);
        if (!st) write_text(text, out);
        vv_mem_free(text);
        return st;
    }
    void *handle = NULL;
    double value;
    enum vv_status st = reader->open(vv_array_file(a, path), a, &handle);
    if (!st) st = reader->read(handle, 0, 1, VV_FLOAT64, &value);
    if (!st) vv_strbuf_addf(out, "%.10g", value);
    reader->close(handle);
    return st;
}

static enum vv_status inspect_arrays(const char *path, const struct vv_reader *reader,
                                     struct vv_strbuf *out)
{
    struct vv_array *arrays = NULL;
    int n = 0, width = 0;
    VV_TRY(reader->list(path, &arrays, &n));
    qsort(arrays, (size_t)n, sizeof *arrays, compare);
    vv_strbuf_addf(out, "%s: %s, %d array%s\n", path, reader->name, n, n == 1 ? "" : "s");
    for (int i = 0; i < n; i++)
        if ((int)strlen(arrays[i].name) > width) width = (int)strlen(arrays[i].name);
    enum vv_status st = VV_OK;
    for (int i = 0; !st && i < n; i++) {
        vv_strbuf_addf(out, "  %-*s  %-8s ", width, arrays[i].name, arrays[i].stored);
        if (arrays[i].refusal) vv_strbuf_addf(out, "cannot be read: %s", arrays[i].refusal);
        else if (arrays[i].n_dims == 0) st = write_scalar(path, reader, &arrays[i], out);
        else write_shape(&arrays[i], out);
        vv_strbuf_puts(out, "\n");
    }
    vv_arrays_release(&arrays, n);
    return st;
}

static enum vv_status inspect_text(const char *path, struct vv_strbuf *out)
{
    struct vv_texts_read lines;
    VV_TRY(vv_text_read_lines(path, &lines));
    vv_strbuf_addf(out, "%s: text, %lld line%s\n", path, (long long)lines.n,
                   lines.n == 1 ? "" : "s");
    for (int64_t i = 0; i < lines.n && i < 3; i++) vv_strbuf_addf(out, "  %.200s\n", lines.text[i]);
    if (lines.n > 3) vv_strbuf_puts(out, "  ...\n");
    vv_texts_read_release(&lines);
    return VV_OK;
}

static enum vv_status inspect_file(const char *path, struct vv_strbuf *out)
{
    const struct vv_reader *reader;
    VV_TRY(vv_reader_find(path, &reader));
    return reader ? inspect_arrays(path, reader, out) : inspect_text(path, out);
}

enum vv_status vv_inspect(const char *path, struct vv_strbuf *out)
{
    struct stat info;
    struct vv_strbuf report;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) return inspect_file(path, out);
    vv_strbuf_init(&report);
    vv_strbuf_addf(&report, "%s/sweep.h5", path); /* of a sweep */
    if (access(report.text, F_OK) != 0) {
        vv_strbuf_reset(&report);
        vv_strbuf_addf(&report, "%s/report.h5", path);
    }
    const enum vv_status st = report.failed ? VV_MEMORY : inspect_file(report.text, out);
    vv_strbuf_release(&report);
    return st;
}
