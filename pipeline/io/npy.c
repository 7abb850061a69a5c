/* SPDX-License-Identifier: MIT */
#include "io/npy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { LONGEST_HEADER = 1 << 20, LONGEST_TEXT = 1 << 20 };

bool vv_npy_claims(const unsigned char *head, size_t n)
{
    return n >= VV_NPY_MAGIC_BYTES && memcmp(head, "\x93NUMPY", VV_NPY_MAGIC_BYTES) == 0;
}

static enum vv_status broken(const struct vv_bytes *b, const char *what)
{
    return vv_fail(VV_INPUT, "cannot read %s: %s", vv_bytes_name(b), what);
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
static enum vv_status parse_type(const struct vv_bytes *b, const char *p, struct vv_array *a)
{
    char order, kind, quote;
    int bytes = 0, used = 0;
    if (!p || sscanf(p, "%c%c%c%d%n", &quote, &order, &kind, &bytes, &used) != 4 ||
        (quote != '\'' && quote != '"') || p[used] != quote || !strchr("<>|=", order) || bytes < 0)
        return broken(b, "its type (descr) is not a plain number type");
    if (kind == 'U' || kind == 'S') {
        a->is_text = true;
        if (bytes > LONGEST_TEXT) return broken(b, "its texts are absurdly long");
        a->code = (kind == 'U' ? 1 : 0) | bytes << 1;
        if (order == '>') return broken(b, "big-endian texts are not supported");
        snprintf(a->stored, sizeof a->stored, "text");
        return VV_OK;
    }
    const struct vv_number n = {.kind = kind, .bytes = bytes, .big_endian = order == '>'};
    if (!vv_number_valid(n)) {
        snprintf(a->stored, sizeof a->stored, "%c%d", kind, bytes);
        vv_fail(VV_INPUT, "cannot read %s: numbers of type '%c%d' are not supported", vv_bytes_name(b), kind, bytes);
        return vv_error_hint("save it as float32: numpy.save(file, x.astype('float32'))");
    }
    a->code = kind | bytes << 8 | n.big_endian << 16;
    a->held = vv_number_held(n);
    vv_number_name(n, a->stored);
    return VV_OK;
}

struct vv_number vv_npy_number(const struct vv_array *a)
{
    return (struct vv_number){.kind = (char)(a->code & 255),
                              .bytes = a->code >> 8 & 255,
                              .big_endian = a->code >> 16 & 1};
}

static enum vv_status parse_shape(const struct vv_bytes *b, const char *path, const char *p, struct vv_array *a)
{
    if (!p || *p++ != '(') return broken(b, "its header has no shape");
    for (;;) {
        p += strspn(p, " ,");
        if (*p == ')') break;
        char *end;
        errno = 0;
        const long long n = strtoll(p, &end, 10);
        if (end == p || errno != 0 || n < 0) return broken(b, "its shape is damaged");
        if (a->n_dims == VV_ARRAY_MAX_DIMS) return broken(b, "it has more than 8 dimensions");
        a->length[a->n_dims++] = n;
        p = end + (*end == 'L');
    }
    return vv_array_shape(a, path);
}

static int64_t value_bytes(const struct vv_array *a)
{
    if (a->is_text) return (a->code & 1) ? 4 * (int64_t)(a->code >> 1) : a->code >> 1;
    return vv_npy_number(a).bytes;
}

static enum vv_status refuse_fortran(const struct vv_bytes *b, const char *path, bool alone)
{
    vv_fail(VV_INPUT, "%s is stored in Fortran order", vv_bytes_name(b));
    return alone ? vv_error_hint("save it in C order: numpy.save('%s', numpy.ascontiguousarray(x))", path)
                 : vv_error_hint("save it in C order: numpy.ascontiguousarray(x)");
}

static enum vv_status parse_header(const struct vv_bytes *b, const char *path, bool alone, const char *header,
                                   struct vv_array *a)
{
    const char *const order = value_of(header, "fortran_order");
    const enum vv_status typed = parse_type(b, value_of(header, "descr"), a); /* the shape is of use even so */
    const enum vv_status shaped = parse_shape(b, path, value_of(header, "shape"), a);
    VV_TRY(typed ? typed : shaped);
    if (!order) return broken(b, "its header has no fortran_order");
    if (strncmp(order, "True", 4) == 0 && a->n_dims > 1) return refuse_fortran(b, path, alone);
    int64_t expected;
    if (__builtin_mul_overflow(a->n_rows * a->n_cols, value_bytes(a), &expected))
        return broken(b, "its shape is larger than any file");
    const int64_t found = vv_bytes_size(b) - a->offset;
    if (found < expected)
        return vv_fail(VV_INPUT, "%s is cut short: %lld bytes of data where its header promises %lld",
                       vv_bytes_name(b), (long long)found, (long long)expected);
    return VV_OK;
}

enum vv_status vv_npy_header(struct vv_bytes *b, const char *path, bool alone, struct vv_array *a)
{
    unsigned char head[12];
    if (vv_bytes_read(b, 0, head, 10) != 10 || !vv_npy_claims(head, 10))
        return broken(b, "its header is cut short");
    const int major = head[6];
    size_t length = (size_t)head[8] | (size_t)head[9] << 8;
    a->offset = 10;
    if (major < 1 || major > 3) return broken(b, "its format version is unknown");
    if (major > 1) {
        if (vv_bytes_read(b, 10, head + 10, 2) != 2) return broken(b, "its header is cut short");
        length |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
        a->offset = 12;
    }
    if (length > LONGEST_HEADER) return broken(b, "its header is absurdly long");
    char *const header = vv_mem_new((int64_t)length + 1, 1, "an npy header");
    if (!header) return VV_MEMORY;
    const size_t found = vv_bytes_read(b, a->offset, header, length);
    a->offset += (int64_t)length;
    const enum vv_status st = found == length ? parse_header(b, path, alone, header, a)
                                              : broken(b, "its header is cut short");
    vv_mem_free(header);
    return st;
}

/* Up to the first zero. raw: [width] characters of 4 bytes or 1; text: [4 * width + 1] */
static void decode(const unsigned char *raw, int64_t width, bool wide, char *text)
{
    int64_t n = 0;
    for (int64_t w = 0; w < width; w++) {
        const unsigned char *const p = raw + (wide ? 4 * w : w);
        const uint32_t c = wide ? (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24
                                : p[0];
        if (c == 0) break;
        if (wide) n += (int64_t)vv_utf8_encode(c, text + n);
        else text[n++] = (char)c;
    }
    text[n] = '\0';
}

enum vv_status vv_npy_texts(struct vv_bytes *b, const struct vv_array *a, char **texts)
{
    const int64_t bytes = value_bytes(a), width = a->code >> 1;
    unsigned char *const raw = vv_mem_new(bytes + 1, 1, "a text");
    char *const text = vv_mem_new(4 * width + 1, 1, "a text");
    enum vv_status st = raw && text ? VV_OK : VV_MEMORY;
    for (int64_t i = 0; !st && i < a->n_rows * a->n_cols; i++) {
        if (vv_bytes_read(b, a->offset + i * bytes, raw, (size_t)bytes) != (size_t)bytes) {
            st = broken(b, "it is cut short");
            break;
        }
        decode(raw, width, a->code & 1, text);
        if (!(texts[i] = vv_mem_string(text))) st = VV_MEMORY;
    }
    vv_mem_free(raw);
    vv_mem_free(text);
    return st;
}
