/* SPDX-License-Identifier: MIT */
/* NumPy's .npy: one array, called after its file. */
#include "io/npy.h"
#include "io/raw.h"

static bool claims(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return vv_npy_claims(head, n);
}

static enum vv_status list(const char *path, struct vv_array **arrays, int *n)
{
    struct vv_bytes *bytes = NULL;
    VV_TRY(vv_arrays_single(path, arrays, n));
    enum vv_status st = vv_bytes_open(path, NULL, &bytes);
    if (!st) st = vv_npy_header(bytes, path, true, *arrays);
    vv_bytes_close(bytes);
    if (st) vv_arrays_release(arrays, *n);
    return st;
}

static enum vv_status open_array(const char *path, const struct vv_array *a, void **handle)
{
    return vv_raw_open_file(path, a, vv_npy_number(a), handle);
}

static enum vv_status read_texts(const char *path, const struct vv_array *a, char **texts)
{
    struct vv_bytes *bytes = NULL;
    enum vv_status st = vv_bytes_open(path, NULL, &bytes);
    if (!st) st = vv_npy_texts(bytes, a, texts);
    vv_bytes_close(bytes);
    return st;
}

extern const struct vv_reader vv_reader_npy;
const struct vv_reader vv_reader_npy = {.name = "npy",
                                        .claims = claims,
                                        .list = list,
                                        .open = open_array,
                                        .read = vv_raw_read,
                                        .close = vv_raw_close,
                                        .read_texts = read_texts};
