/* SPDX-License-Identifier: MIT */
#include "io/raw.h"

#include "base/mem.h"

enum { PIECE_BYTES = 1 << 20 };

struct vv_raw {
    struct vv_bytes *bytes;
    struct vv_array array; /* texts not used */
    struct vv_number number;
    unsigned char *piece;  /* [PIECE_BYTES] raw bytes on their way */
};

enum vv_status vv_raw_open(enum vv_status opened, struct vv_bytes *bytes, const struct vv_array *a,
                           struct vv_number number, void **handle)
{
    struct vv_raw *const h = *handle = vv_mem_new(1, sizeof *h, "file handle");
    if (!h) {
        vv_bytes_close(bytes);
        return VV_MEMORY;
    }
    h->bytes = bytes;
    h->array = *a;
    h->number = number;
    if (opened) return opened;
    return (h->piece = vv_mem_new(PIECE_BYTES, 1, "read buffer")) ? VV_OK : VV_MEMORY;
}

enum vv_status vv_raw_open_file(const char *path, const struct vv_array *a, struct vv_number number, void **handle)
{
    struct vv_bytes *bytes = NULL;
    const enum vv_status st = vv_bytes_open(path, NULL, &bytes);
    return vv_raw_open(st, bytes, a, number, handle);
}

static enum vv_status cut_short(const struct vv_raw *h)
{
    return vv_fail(VV_INPUT, "%s is cut short or damaged: fewer data than its header promises "
                   "(%lld x %lld)", vv_bytes_name(h->bytes), (long long)h->array.n_rows,
                   (long long)h->array.n_cols);
}

enum vv_status vv_raw_read(void *handle, int64_t row, int64_t n_rows, enum vv_real type, void *out)
{
    struct vv_raw *h = handle;
    const int64_t bytes = h->number.bytes, most = PIECE_BYTES / bytes;
    int64_t left = n_rows * h->array.n_cols, at = h->array.offset + row * h->array.n_cols * bytes;
    char *to = out;
    while (left > 0) {
        const int64_t n = left < most ? left : most;
        if (vv_bytes_read(h->bytes, at, h->piece, (size_t)(n * bytes)) != (size_t)(n * bytes)) return cut_short(h);
        vv_number_widen(h->number, h->piece, n, type, to);
        to += (size_t)n * vv_real_bytes(type);
        at += n * bytes;
        left -= n;
    }
    return VV_OK;
}

void vv_raw_close(void *handle)
{
    struct vv_raw *h = handle;
    if (!h) return;
    vv_bytes_close(h->bytes);
    vv_mem_free(h->piece);
    vv_mem_free(h);
}
