/* SPDX-License-Identifier: MIT */
/* CIFAR's binary version: records of one label and 3072 bytes of an image (CIFAR-10), or of a coarse label, a fine
 * label and an image (CIFAR-100); the planes red, green, blue, each 32 x 32, row by row. The format has no mark: files
 * are known by their ending .bin, their length and their first labels. The image and each label are arrays of their
 * own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/mem.h"
#include "io/reader.h"
#include "io/widen.h"

enum { IMAGE_BYTES = 3072, RECORDS_AT_ONCE = 256, MOST_LABELS = 2 };

static const struct vv_number byte = {'u', 1, false};

struct format {
    int n_labels;
    const char *label[MOST_LABELS];
    int n_classes[MOST_LABELS];
};
static const struct format formats[] = {{1, {"labels"}, {10}}, {2, {"coarse_labels", "fine_labels"}, {20, 100}}};

struct handle {
    FILE *file;
    char *path;
    struct vv_array array;
    unsigned char *records; /* [RECORDS_AT_ONCE][at most MOST_LABELS + IMAGE_BYTES] */
};

static int record_bytes(const struct format *f)
{
    return f->n_labels + IMAGE_BYTES;
}

/* Whether a file of this size can be of the format, by its first record. */
static bool fits(const struct format *f, int64_t size, const unsigned char *head)
{
    if (size == 0 || size % record_bytes(f) != 0) return false;
    for (int l = 0; l < f->n_labels; l++)
        if (head[l] >= f->n_classes[l]) return false;
    return true;
}

/* The format of a file, or NULL. head: at least MOST_LABELS bytes */
static const struct format *format_of(const char *path, const unsigned char *head, int64_t *size)
{
    struct stat info;
    *size = stat(path, &info) == 0 ? (int64_t)info.st_size : 0;
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
        if (fits(&formats[f], *size, head)) return &formats[f];
    return NULL;
}

static bool claims_any(const char *path, const unsigned char *head, size_t n)
{
    const size_t length = strlen(path);
    (void)head;
    (void)n;
    return length > 4 && strcmp(path + length - 4, ".bin") == 0;
}

static bool claims(const char *path, const unsigned char *head, size_t n)
{
    int64_t size;
    return claims_any(path, head, n) && n >= MOST_LABELS && format_of(path, head, &size);
}

/* code: which format, and which part of a record: 0 is the image, 1 and 2 are labels. */
static enum vv_status add(const char *path, const struct format *f, int part, int64_t n_records,
                          struct vv_array **arrays, int *n)
{
    struct vv_array *const a = vv_arrays_add(arrays, n);
    if (!a || !(a->name = vv_mem_string(part ? f->label[part - 1] : "images"))) return VV_MEMORY;
    *a = (struct vv_array){.name = a->name, .n_dims = part ? 1 : 4, .length = {n_records, 3, 32, 32},
                           .stored_bytes = -1, .code = (int)(f - formats) << 2 | part};
    a->held = vv_number_held(byte);
    vv_number_name(byte, a->stored);
    return vv_array_shape(a, path);
}

static enum vv_status list(const char *path, struct vv_array **arrays, int *n)
{
    unsigned char head[MOST_LABELS] = {0};
    int64_t size;
    *arrays = NULL;
    *n = 0;
    FILE *const file = fopen(path, "rb");
    if (!file) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    const size_t n_head = fread(head, 1, sizeof head, file);
    fclose(file);
    const struct format *const f = format_of(path, head, &size);
    if (!f || n_head < sizeof head) {
        vv_fail(VV_INPUT, "'%s' is no file of CIFAR: its %lld bytes are no records with labels that exist", path,
                (long long)size);
        return vv_error_hint("records have %d bytes in CIFAR-10 (1 label) and %d in CIFAR-100 (2 labels); other "
                             "formats are known by their first bytes, not by .bin", record_bytes(&formats[0]),
                             record_bytes(&formats[1]));
    }
    enum vv_status st = VV_OK;
    for (int part = 0; part <= f->n_labels && !st; part++)
        st = add(path, f, part, size / record_bytes(f), arrays, n);
    if (st) vv_arrays_release(arrays, *n);
    return st;
}

static enum vv_status open_array(const char *path, const struct vv_array *a, void **handle)
{
    struct handle *const h = *handle = vv_mem_new(1, sizeof *h, "file handle");
    if (!h || !(h->path = vv_mem_string(path)) ||
        !(h->records = vv_mem_new(RECORDS_AT_ONCE, MOST_LABELS + IMAGE_BYTES, "read buffer")))
        return VV_MEMORY;
    h->array = *a;
    h->file = fopen(path, "rb");
    return h->file ? VV_OK : vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
}

static void close_array(void *handle)
{
    struct handle *const h = handle;
    if (!h) return;
    if (h->file) fclose(h->file);
    vv_mem_free(h->path);
    vv_mem_free(h->records);
    vv_mem_free(h);
}

/* A label that no class has: the file is of another kind after all. row: of the first record */
static enum vv_status check_labels(const struct handle *h, const struct format *f, int64_t row, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int l = 0; l < f->n_labels; l++) {
            const int label = h->records[i * record_bytes(f) + l];
            if (label >= f->n_classes[l])
                return vv_fail(VV_INPUT, "'%s' is no file of CIFAR-%d: record %lld has the label %d", h->path,
                               f->n_labels == 1 ? 10 : 100, (long long)(row + i), label);
        }
    return VV_OK;
}

static enum vv_status read_rows(void *handle, int64_t row, int64_t n_rows, enum vv_real type, void *out)
{
    struct handle *const h = handle;
    const struct format *const f = &formats[h->array.code >> 2];
    const int part = h->array.code & 3, record = record_bytes(f), at = part ? part - 1 : f->n_labels;
    const size_t bytes = (size_t)h->array.n_cols * vv_real_bytes(type);
    char *to = out;
    bool ok = fseeko(h->file, (off_t)(row * record), SEEK_SET) == 0;
    for (int64_t done = 0, n; ok && done < n_rows; done += n) {
        n = n_rows - done < RECORDS_AT_ONCE ? n_rows - done : RECORDS_AT_ONCE;
        ok = fread(h->records, (size_t)record, (size_t)n, h->file) == (size_t)n;
        if (ok) VV_TRY(check_labels(h, f, row + done, n));
        for (int64_t i = 0; ok && i < n; i++, to += bytes)
            vv_number_widen(byte, h->records + i * record + at, h->array.n_cols, type, to);
    }
    return ok ? VV_OK : vv_fail(VV_INPUT, "'%s' is cut short: it has fewer records than before", h->path);
}

extern const struct vv_reader vv_reader_cifar;
const struct vv_reader vv_reader_cifar = {.name = "CIFAR binary",
                                          .many = true,
                                          .claims = claims,
                                          .list = list,
                                          .open = open_array,
                                          .read = read_rows,
                                          .close = close_array};

/* Whatever else ends in .bin: told what is wrong with it, when no other reader knew it. */
extern const struct vv_reader vv_reader_cifar_or_nothing;
const struct vv_reader vv_reader_cifar_or_nothing = {.name = "CIFAR binary",
                                                     .many = true,
                                                     .claims = claims_any,
                                                     .list = list,
                                                     .open = open_array,
                                                     .read = read_rows,
                                                     .close = close_array};
