/* SPDX-License-Identifier: MIT */
/* IDX, the format of MNIST, plain or gzipped (zlib reads both): two zero bytes, a type, the number of
 * dimensions, the lengths, then the array; all big-endian. */
#include <string.h>
#include <zlib.h>

#include "io/raw.h"

/* The type codes of the format. */
static bool number_of(int code, struct vv_number *n)
{
    static const struct { int code; struct vv_number number; } types[] = {
        {0x08, {'u', 1, true}}, {0x09, {'i', 1, true}}, {0x0b, {'i', 2, true}},
        {0x0c, {'i', 4, true}}, {0x0d, {'f', 4, true}}, {0x0e, {'f', 8, true}}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == code) {
            *n = types[i].number;
            return true;
        }
    return false;
}

static bool claims(const char *path, const unsigned char *head, size_t n)
{
    struct vv_number number;
    (void)path;
    if (n >= 2 && head[0] == 0x1f && head[1] == 0x8b) return true; /* gzip */
    return n >= 4 && head[0] == 0 && head[1] == 0 && number_of(head[2], &number) && head[3] > 0;
}

static enum vv_status broken(const char *path, const char *what)
{
    return vv_fail(VV_INPUT, "cannot read '%s': %s", path, what);
}

static bool read_exactly(gzFile file, unsigned char *to, unsigned n)
{
    return gzread(file, to, n) == (int)n;
}

static enum vv_status read_header(const char *path, gzFile file, struct vv_array *a)
{
    unsigned char head[4], length[4];
    struct vv_number n;
    if (!read_exactly(file, head, 4)) return broken(path, "its header is cut short or damaged");
    if (head[0] != 0 || head[1] != 0 || !number_of(head[2], &n) || head[3] == 0)
        return broken(path, "it is gzip, but not IDX inside");
    if (head[3] > VV_ARRAY_MAX_DIMS) return broken(path, "it has more than 8 dimensions");
    a->n_dims = head[3];
    a->code = head[2];
    for (int d = 0; d < a->n_dims; d++) {
        if (!read_exactly(file, length, 4)) return broken(path, "its header is cut short");
        a->length[d] = (int64_t)length[0] << 24 | length[1] << 16 | length[2] << 8 | length[3];
    }
    a->offset = 4 + 4 * a->n_dims;
    a->held = vv_number_held(n);
    vv_number_name(n, a->stored);
    return vv_array_shape(a, path);
}

static enum vv_status list(const char *path, struct vv_array **arrays, int *n)
{
    VV_TRY(vv_arrays_single(path, arrays, n));
    gzFile const file = gzopen(path, "rb");
    const enum vv_status st =
        file ? read_header(path, file, *arrays) : broken(path, "it cannot be opened");
    if (file) gzclose(file);
    if (st) vv_arrays_release(arrays, *n);
    return st;
}

static enum vv_status open_array(const char *path, const struct vv_array *a, void **handle)
{
    struct vv_number number;
    if (!number_of(a->code, &number)) return vv_fail(VV_BUG, "IDX type %d", a->code);
    return vv_raw_open_file(path, a, number, handle);
}

extern const struct vv_reader vv_reader_idx;
const struct vv_reader vv_reader_idx = {.name = "idx",
                                        .claims = claims,
                                        .list = list,
                                        .open = open_array,
                                        .read = vv_raw_read,
                                        .close = vv_raw_close};
