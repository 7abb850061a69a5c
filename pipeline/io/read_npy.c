/* SPDX-License-Identifier: MIT */
/* NumPy's .npy, versions 1 to 3: a Python dict literal as header, then the raw array. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/raw.h"

enum { MAGIC_BYTES = 6, LONGEST_HEADER = 1 << 20 };

static bool claims(const unsigned char *head, size_t n)
{
    return n >= MAGIC_BYTES && memcmp(head, "\x93NUMPY", MAGIC_BYTES) == 0;
}

static enum vv_status broken(const char *path, const char *what)
{
    return vv_fail(VV_INPUT, "cannot read '%s': %s", path, what);
}

/* The text after "'key':", blanks skipped, or NULL. */
static const char *value_of(const char *header, const char *key)
{
    char quoted[32];
    snprintf(quoted, sizeof quoted, "'%s'", key);
    const char *p = strstr(header, quoted);
    if (!p) return NULL;
    p += strlen(quoted);
    p += strspn(p, " ");
    if (*p++ != ':') return NULL;
    return p + strspn(p, " ");
}

/* "'<f4'" and its kin; text arrays ('<U5', '|S3') keep their width in `code`. */
static enum vv_status parse_type(const char *path, const char *p, struct vv_array *a)
{
    char order, kind, quote;
    int bytes = 0, used = 0;
    if (!p || sscanf(p, "%c%c%c%d%n", &quote, &order, &kind, &bytes, &used) != 4 ||
        (quote != '\'' && quote != '"') || p[used] != quote || !strchr("<>|=", order) || bytes < 0)
        return broken(path, "its type (descr) is not a plain number type");
    if (kind == 'U' || kind == 'S') {
        a->is_text = true;
        a->code = (kind == 'U' ? 1 : 0) | bytes << 1;
        if (order == '>') return broken(path, "big-endian texts are not supported");
        snprintf(a->stored, sizeof a->stored, "text");
        return VV_OK;
    }
    const struct vv_number n = {.kind = kind, .bytes = bytes, .big_endian = order == '>'};
    if (!vv_number_valid(n)) {
        vv_fail(VV_INPUT, "cannot read '%s': numbers of type '%c%d' are not supported", path, kind,
                bytes);
        return vv_error_hint("save it as float32: numpy.save(file, x.astype('float32'))");
    }
    a->code = kind | bytes << 8 | n.big_endian << 16;
    a->held = vv_number_held(n);
    vv_number_name(n, a->stored);
    return VV_OK;
}

static struct vv_number number_of(const struct vv_array *a)
{
    return (struct vv_number){.kind = (char)(a->code & 255),
                              .bytes = a->code >> 8 & 255,
                              .big_endian = a->code >> 16 & 1};
}

static enum vv_status parse_shape(const char *path, const char *p, struct vv_array *a)
{
    if (!p || *p++ != '(') return broken(path, "its header has no shape");
    for (;;) {
        p += strspn(p, " ,");
        if (*p == ')') break;
        char *end;
        errno = 0;
        const long long n = strtoll(p, &end, 10);
        if (end == p || errno != 0 || n < 0) return broken(path, "its shape is damaged");
        if (a->n_dims == VV_ARRAY_MAX_DIMS) return broken(path, "it has more than 8 dimensions");
        a->length[a->n_dims++] = n;
        p = end + (*end == 'L');
    }
    return vv_array_shape(a, path);
}

static int64_t value_bytes(const struct vv_array *a)
{
    if (a->is_text) return (a->code & 1) ? 4 * (int64_t)(a->code >> 1) : a->code >> 1;
    return number_of(a).bytes;
}

static enum vv_status parse_header(const char *path, FILE *file, const char *header,
                                   struct vv_array *a)
{
    const char *const order = value_of(header, "fortran_order");
    VV_TRY(parse_type(path, value_of(header, "descr"), a));
    VV_TRY(parse_shape(path, value_of(header, "shape"), a));
    if (!order) return broken(path, "its header has no fortran_order");
    if (strncmp(order, "True", 4) == 0 && a->n_dims > 1) {
        vv_fail(VV_INPUT, "'%s' is stored in Fortran order", path);
        return vv_error_hint("save it in C order: numpy.save('%s', numpy.ascontiguousarray(x))",
                             path);
    }
    int64_t expected;
    if (__builtin_mul_overflow(a->n_rows * a->n_cols, value_bytes(a), &expected))
        return broken(path, "its shape is larger than any file");
    fseek(file, 0, SEEK_END);
    const int64_t found = (int64_t)ftell(file) - a->offset;
    if (found < expected)
        return vv_fail(VV_INPUT, "'%s' is cut short: %lld bytes of data where its header promises "
                       "%lld", path, (long long)found, (long long)expected);
    return VV_OK;
}

static enum vv_status read_header(const char *path, FILE *file, struct vv_array *a)
{
    unsigned char head[12];
    if (fread(head, 1, 10, file) != 10 || !claims(head, 10))
        return broken(path, "its header is cut short");
    const int major = head[6];
    size_t length = (size_t)head[8] | (size_t)head[9] << 8;
    a->offset = 10;
    if (major < 1 || major > 3) return broken(path, "its format version is unknown");
    if (major > 1) {
        if (fread(head + 10, 1, 2, file) != 2) return broken(path, "its header is cut short");
        length |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
        a->offset = 12;
    }
    if (length > LONGEST_HEADER) return broken(path, "its header is absurdly long");
    a->offset += (int64_t)length;
    char *const header = vv_mem_new((int64_t)length + 1, 1, "an npy header");
    if (!header) return VV_MEMORY;
    const enum vv_status st = fread(header, 1, length, file) == length
                                  ? parse_header(path, file, header, a)
                                  : broken(path, "its header is cut short");
    vv_mem_free(header);
    return st;
}

static enum vv_status list(const char *path, struct vv_array **arrays, int *n)
{
    VV_TRY(vv_arrays_single(path, arrays, n));
    FILE *const file = fopen(path, "rb");
    const enum vv_status st =
        file ? read_header(path, file, *arrays)
             : vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    if (file) fclose(file);
    if (st) vv_arrays_release(arrays, *n);
    return st;
}

static enum vv_status open_array(const char *path, const struct vv_array *a, void **handle)
{
    return vv_raw_open(path, a, number_of(a), handle);
}

/* One code point as UTF-8. */
static int encode(uint32_t c, char *to)
{
    if (c < 0x80) return (to[0] = (char)c, 1);
    if (c < 0x800) return (to[0] = (char)(0xc0 | c >> 6), to[1] = (char)(0x80 | (c & 63)), 2);
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 63));
        to[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    to[0] = (char)(0xf0 | (c >> 18 & 7));
    to[1] = (char)(0x80 | (c >> 12 & 63));
    to[2] = (char)(0x80 | (c >> 6 & 63));
    to[3] = (char)(0x80 | (c & 63));
    return 4;
}

static enum vv_status read_texts(const char *path, const struct vv_array *a, char **texts)
{
    const int64_t bytes = value_bytes(a), width = a->code >> 1;
    FILE *const file = fopen(path, "rb");
    if (!file) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    unsigned char *raw = vv_mem_new(bytes + 1, 1, "a text");
    char *text = vv_mem_new(4 * width + 1, 1, "a text");
    enum vv_status st = raw && text ? VV_OK : VV_MEMORY;
    fseek(file, (long)a->offset, SEEK_SET);
    for (int64_t i = 0; !st && i < a->n_rows; i++) {
        int n = 0;
        if (fread(raw, 1, (size_t)bytes, file) != (size_t)bytes) {
            st = broken(path, "it is cut short");
            break;
        }
        for (int64_t w = 0; w < width; w++) {
            const unsigned char *p = raw + (a->code & 1 ? 4 * w : w);
            const uint32_t c = a->code & 1 ? (uint32_t)p[0] | (uint32_t)p[1] << 8 |
                                                 (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24
                                           : p[0];
            if (c == 0) break;
            if (a->code & 1) n += encode(c, text + n);
            else text[n++] = (char)c;
        }
        text[n] = '\0';
        if (!(texts[i] = vv_mem_string(text))) st = VV_MEMORY;
    }
    vv_mem_free(raw);
    vv_mem_free(text);
    fclose(file);
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
