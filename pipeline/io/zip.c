/* SPDX-License-Identifier: MIT */
#include "io/zip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "base/mem.h"

/* Sizes of the records without what varies, and their marks. */
enum { END = 22, LOCATOR = 20, END_64 = 56, ENTRY = 46, LOCAL = 30, LONGEST_COMMENT = 0xffff };
static const char end_mark[] = "PK\5\6", locator_mark[] = "PK\6\7", end_64_mark[] = "PK\6\6", entry_mark[] = "PK\1\2",
                  local_mark[] = "PK\3\4";

/* The directory: n entries in `size` bytes from `offset`. */
struct directory {
    uint64_t n, size, offset;
};

static uint64_t number(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    while (bytes-- > 0) v = v << 8 | p[bytes];
    return v;
}

static bool is(const unsigned char *p, const char *mark)
{
    return memcmp(p, mark, 4) == 0;
}

static enum vv_status damaged(const char *path, const char *what)
{
    return vv_fail(VV_INPUT, "'%s' is cut short or damaged: %s", path, what);
}

static bool read_at(FILE *file, uint64_t at, void *to, size_t n)
{
    return at <= INT64_MAX && fseeko(file, (off_t)at, SEEK_SET) == 0 && fread(to, 1, n, file) == n;
}

/* The record in front of the last one, of archives that need 64 bits. */
static enum vv_status read_end_64(const char *path, FILE *file, uint64_t end, struct directory *d)
{
    unsigned char locator[LOCATOR], record[END_64];
    if (end < LOCATOR || !read_at(file, end - LOCATOR, locator, LOCATOR) || !is(locator, locator_mark) ||
        !read_at(file, number(locator + 8, 8), record, END_64) || !is(record, end_64_mark))
        return damaged(path, "the end of its 64-bit directory is missing");
    if (number(record + 16, 4) != 0 || number(record + 20, 4) != 0) return damaged(path, "it is one of several disks");
    *d = (struct directory){.n = number(record + 32, 8), .size = number(record + 40, 8),
                            .offset = number(record + 48, 8)};
    return VV_OK;
}

/* Looks for the last record from the end backwards: a comment may follow it. */
static enum vv_status find_directory(const char *path, FILE *file, uint64_t size, struct directory *d)
{
    const size_t n = size < END + LONGEST_COMMENT ? (size_t)size : END + LONGEST_COMMENT;
    unsigned char *const tail = vv_mem_new((int64_t)n, 1, "end of an archive");
    if (!tail) return VV_MEMORY;
    enum vv_status st = read_at(file, size - n, tail, n) ? VV_OK : damaged(path, "it cannot be read");
    int64_t at = (int64_t)n - END;
    while (!st && at >= 0 && !(is(tail + at, end_mark) && number(tail + at + 20, 2) == n - (size_t)at - END)) at--;
    if (!st && at < 0) st = damaged(path, "it has no directory at its end");
    if (!st) {
        const unsigned char *const p = tail + at;
        const uint64_t end = size - n + (uint64_t)at;
        *d = (struct directory){.n = number(p + 10, 2), .size = number(p + 12, 4), .offset = number(p + 16, 4)};
        if (d->n == 0xffff || d->size == 0xffffffff || d->offset == 0xffffffff)
            st = read_end_64(path, file, end, d);
        else if (number(p + 4, 2) != 0 || number(p + 6, 2) != 0)
            st = damaged(path, "it is one of several disks");
        if (!st && (d->offset > end || d->size > end - d->offset || d->n > d->size / ENTRY))
            st = damaged(path, "its directory is larger than the file");
    }
    vv_mem_free(tail);
    return st;
}

/* Sizes that did not fit in 32 bits stand in an extra field, in this order. extra: [n] */
static bool read_extra(const unsigned char *extra, size_t n, uint64_t *size, uint64_t *packed, uint64_t *header)
{
    uint64_t *const wanted[] = {size, packed, header};
    while (n >= 4) {
        const size_t length = (size_t)number(extra + 2, 2);
        if (length > n - 4) return false;
        if (number(extra, 2) == 1) {
            size_t at = 0;
            for (int i = 0; i < 3; i++) {
                if (*wanted[i] != 0xffffffff) continue;
                if (at + 8 > length) return false;
                *wanted[i] = number(extra + 4 + at, 8);
                at += 8;
            }
            return true;
        }
        extra += 4 + length;
        n -= 4 + length;
    }
    return *size != 0xffffffff && *packed != 0xffffffff && *header != 0xffffffff;
}

/* One entry; *used: its bytes. */
static enum vv_status read_entry(const char *path, const unsigned char *p, size_t left, struct vv_zip_member *m,
                                 size_t *used)
{
    if (left < ENTRY || !is(p, entry_mark)) return damaged(path, "its directory is cut short");
    const size_t n_name = (size_t)number(p + 28, 2), n_extra = (size_t)number(p + 30, 2);
    *used = ENTRY + n_name + n_extra + (size_t)number(p + 32, 2);
    if (*used > left) return damaged(path, "its directory is cut short");
    uint64_t packed = number(p + 20, 4), size = number(p + 24, 4), header = number(p + 42, 4);
    if (!read_extra(p + ENTRY + n_name, n_extra, &size, &packed, &header) || size > INT64_MAX ||
        packed > INT64_MAX || header > INT64_MAX)
        return damaged(path, "a size in its directory is impossible");
    if (memchr(p + ENTRY, 0, n_name)) return damaged(path, "a name in its directory is none");
    *m = (struct vv_zip_member){.method = (int)number(p + 10, 2), .encrypted = p[8] & 1,
                                .crc = (uint32_t)number(p + 16, 4), .packed = (int64_t)packed,
                                .size = (int64_t)size, .header = (int64_t)header};
    if (!(m->name = vv_mem_new((int64_t)n_name + 1, 1, "name of a member"))) return VV_MEMORY;
    memcpy(m->name, p + ENTRY, n_name);
    return VV_OK;
}

static enum vv_status read_directory(const char *path, FILE *file, const struct directory *d,
                                     struct vv_zip_member **members, int *n)
{
    if (d->n > INT32_MAX) return damaged(path, "its directory has too many entries");
    unsigned char *const bytes = vv_mem_new((int64_t)d->size, 1, "directory of an archive");
    *members = vv_mem_new((int64_t)d->n, sizeof **members, "members of an archive");
    enum vv_status st = bytes && *members ? VV_OK : VV_MEMORY;
    if (!st && !read_at(file, d->offset, bytes, (size_t)d->size)) st = damaged(path, "its directory is cut short");
    for (size_t at = 0, used = 0; !st && *n < (int)d->n; at += used) {
        st = read_entry(path, bytes + at, (size_t)d->size - at, &(*members)[*n], &used);
        if (!st) (*n)++;
    }
    vv_mem_free(bytes);
    return st;
}

enum vv_status vv_zip_list(const char *path, struct vv_zip_member **members, int *n)
{
    struct directory d;
    *members = NULL;
    *n = 0;
    FILE *const file = fopen(path, "rb");
    if (!file) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    fseeko(file, 0, SEEK_END);
    const off_t size = ftello(file);
    enum vv_status st = size < END ? damaged(path, "it has no directory at its end") : VV_OK;
    if (!st) st = find_directory(path, file, (uint64_t)size, &d);
    if (!st) st = read_directory(path, file, &d, members, n);
    fclose(file);
    if (st) vv_zip_release(members, *n);
    return st;
}

void vv_zip_release(struct vv_zip_member **members, int n)
{
    for (int i = 0; *members && i < n; i++) vv_mem_free((*members)[i].name);
    vv_mem_free(*members);
    *members = NULL;
}

enum vv_status vv_zip_locate(const char *path, const struct vv_zip_member *m, int64_t *offset)
{
    unsigned char p[LOCAL];
    FILE *const file = fopen(path, "rb");
    if (!file) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    const bool found = read_at(file, (uint64_t)m->header, p, LOCAL) && is(p, local_mark);
    fseeko(file, 0, SEEK_END);
    const int64_t size = (int64_t)ftello(file);
    fclose(file);
    *offset = found ? m->header + LOCAL + (int64_t)number(p + 26, 2) + (int64_t)number(p + 28, 2) : size;
    if (found && *offset <= size && m->packed <= size - *offset) return VV_OK;
    return vv_fail(VV_INPUT, "'%s' is cut short or damaged: '%.200s' is not where its directory says", path, m->name);
}
