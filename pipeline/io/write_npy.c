/* SPDX-License-Identifier: MIT */
#include "io/write_npy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "io/publish.h"

enum { ALIGNMENT = 64, FRONT = 10 }; /* the data begin at a multiple of the former */

struct vv_npy_file {
    FILE *file;
    char *path;
    struct vv_strbuf temporary;
    size_t value_bytes;
    int width;
    uint32_t *characters; /* [width] */
};

static char byte_order(void)
{
    const uint16_t one = 1;
    return *(const unsigned char *)&one ? '<' : '>';
}

static void write_dict(enum vv_npy_type type, int width, const int64_t *length, int n_dims, struct vv_strbuf *out)
{
    static const char *const names[] = {"f4", "f8", "i8", "U"};
    vv_strbuf_addf(out, "{'descr': '%c%s", byte_order(), names[type]);
    if (type == VV_NPY_TEXT) vv_strbuf_addf(out, "%d", width);
    vv_strbuf_puts(out, "', 'fortran_order': False, 'shape': (");
    for (int d = 0; d < n_dims; d++) vv_strbuf_addf(out, "%lld,%s", (long long)length[d], d + 1 < n_dims ? " " : "");
    vv_strbuf_puts(out, "), }");
    while ((FRONT + out->length + 1) % ALIGNMENT != 0 && !out->failed) vv_strbuf_puts(out, " ");
    vv_strbuf_puts(out, "\n");
}

static enum vv_status cannot_write(const struct vv_npy_file *f)
{
    return vv_fail(VV_OUTPUT, "cannot write '%s': %s", f->path, errno ? strerror(errno) : "unknown error");
}

static enum vv_status write_bytes(struct vv_npy_file *f, const void *bytes, size_t n)
{
    errno = 0;
    return fwrite(bytes, 1, n, f->file) == n ? VV_OK : cannot_write(f);
}

static enum vv_status write_header(struct vv_npy_file *f, enum vv_npy_type type, const int64_t *length, int n_dims)
{
    struct vv_strbuf dict;
    vv_strbuf_init(&dict);
    write_dict(type, f->width, length, n_dims, &dict);
    const unsigned char front[FRONT] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (unsigned char)(dict.length & 255),
                                        (unsigned char)(dict.length >> 8)};
    enum vv_status st = dict.failed ? VV_MEMORY : write_bytes(f, front, sizeof front);
    if (!st) st = write_bytes(f, dict.text, dict.length);
    vv_strbuf_release(&dict);
    return st;
}

enum vv_status vv_npy_create(const char *path, enum vv_npy_type type, int width, const int64_t *length, int n_dims,
                             struct vv_npy_file **file)
{
    static const size_t bytes[] = {4, 8, 8, 4};
    struct vv_npy_file *const f = *file = vv_mem_new(1, sizeof *f, "file handle");
    struct vv_strbuf folder;
    if (!f) return VV_MEMORY;
    vv_strbuf_init(&f->temporary);
    f->value_bytes = bytes[type];
    f->width = width > 0 ? width : 1; /* NumPy's least */
    vv_strbuf_init(&folder);
    const char *const slash = strrchr(path, '/');
    if (slash) vv_strbuf_add(&folder, path, (size_t)(slash - path));
    f->path = vv_mem_string(path);
    f->characters = vv_mem_new(f->width, sizeof *f->characters, "a text");
    enum vv_status st = f->path && f->characters && !folder.failed ? VV_OK : VV_MEMORY;
    if (!st && folder.length > 0) st = vv_publish_make_directory(folder.text);
    if (!st) st = vv_publish_temporary(path, &f->temporary);
    errno = 0;
    if (!st && !(f->file = fopen(f->temporary.text, "wb"))) st = cannot_write(f);
    if (!st) st = write_header(f, type, length, n_dims);
    vv_strbuf_release(&folder);
    return st;
}

enum vv_status vv_npy_append(struct vv_npy_file *f, const void *values, int64_t n)
{
    return write_bytes(f, values, (size_t)n * f->value_bytes);
}

/* The next character; for bytes that are none the mark for such. */
static uint32_t next_character(const char **text)
{
    uint32_t code = 0;
    const size_t n = vv_utf8_decode(*text, VV_UTF8_BYTES, &code);
    *text += n > 0 ? n : 1;
    return n > 0 ? code : VV_UTF8_MARK;
}

int vv_npy_width(const char *text)
{
    int n = 0;
    while (*text) {
        next_character(&text);
        n++;
    }
    return n;
}

enum vv_status vv_npy_append_text(struct vv_npy_file *f, const char *text)
{
    for (int i = 0; i < f->width; i++) f->characters[i] = *text ? next_character(&text) : 0;
    return write_bytes(f, f->characters, (size_t)f->width * sizeof *f->characters);
}

enum vv_status vv_npy_finish(struct vv_npy_file **file, enum vv_status st)
{
    struct vv_npy_file *const f = *file;
    if (!f) return st;
    *file = NULL;
    errno = 0;
    if (f->file && fclose(f->file) != 0 && !st) st = cannot_write(f);
    if (f->file) st = vv_publish_rename(f->temporary.text, f->path, st);
    vv_strbuf_release(&f->temporary);
    vv_mem_free(f->characters);
    vv_mem_free(f->path);
    vv_mem_free(f);
    return st;
}
