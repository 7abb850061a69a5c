/* SPDX-License-Identifier: MIT */
/* zlib reads plain files as they are, so one path serves both. */
#include "io/raw.h"

#include <zlib.h>

#include "base/mem.h"

enum { PIECE_BYTES = 1 << 20 };

struct vv_raw {
    gzFile file;
    char *path;
    struct vv_array array; /* name not used */
    struct vv_number number;
    unsigned char *piece;  /* [PIECE_BYTES] raw bytes on their way */
};

enum vv_status vv_raw_open(const char *path, const struct vv_array *a, struct vv_number number,
                           void **handle)
{
    struct vv_raw *h = *handle = vv_mem_new(1, sizeof *h, "file handle");
    if (!h || !(h->path = vv_mem_string(path)) ||
        !(h->piece = vv_mem_new(PIECE_BYTES, 1, "read buffer")))
        return VV_MEMORY;
    h->array = *a;
    h->number = number;
    h->file = gzopen(path, "rb");
    if (!h->file) return vv_fail(VV_INPUT, "cannot open '%s'", path);
    gzbuffer(h->file, PIECE_BYTES);
    return VV_OK;
}

static enum vv_status cut_short(const struct vv_raw *h)
{
    return vv_fail(VV_INPUT, "'%s' is cut short or damaged: fewer data than its header promises "
                   "(%lld x %lld)", h->path, (long long)h->array.n_rows,
                   (long long)h->array.n_cols);
}

enum vv_status vv_raw_read(void *handle, int64_t row, int64_t n_rows, enum vv_real type, void *out)
{
    struct vv_raw *h = handle;
    const int64_t bytes = h->number.bytes, most = PIECE_BYTES / bytes;
    int64_t left = n_rows * h->array.n_cols;
    char *to = out;
    if (gzseek(h->file, (z_off_t)(h->array.offset + row * h->array.n_cols * bytes), SEEK_SET) < 0)
        return cut_short(h);
    while (left > 0) {
        const int64_t n = left < most ? left : most;
        if (gzread(h->file, h->piece, (unsigned)(n * bytes)) != (int)(n * bytes))
            return cut_short(h);
        vv_number_widen(h->number, h->piece, n, type, to);
        to += (size_t)n * vv_real_bytes(type);
        left -= n;
    }
    return VV_OK;
}

void vv_raw_close(void *handle)
{
    struct vv_raw *h = handle;
    if (!h) return;
    if (h->file) gzclose(h->file);
    vv_mem_free(h->path);
    vv_mem_free(h->piece);
    vv_mem_free(h);
}
