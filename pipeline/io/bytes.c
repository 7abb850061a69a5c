/* SPDX-License-Identifier: MIT */
/* zlib reads plain files as they are, so one path serves plain and gzipped ones. */
#include "io/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/strbuf.h"

enum { PIECE_BYTES = 1 << 18, SKIP_BYTES = 1 << 16, GZIP_BUFFER = 1 << 20 };

struct vv_bytes {
    char *name;
    int64_t size;
    gzFile whole;            /* else a part: */
    struct vv_part part;
    FILE *file;
    z_stream stream;
    bool begun;              /* the stream is to be ended */
    int64_t fed, at;         /* packed bytes handed to the stream; bytes unpacked */
    uint32_t sum;            /* checksum of the latter */
    unsigned char *packed;   /* [PIECE_BYTES] */
    unsigned char *skipped;  /* [SKIP_BYTES] */
};

static struct vv_bytes *new_bytes(const char *path, const char *name)
{
    struct vv_bytes *const b = vv_mem_new(1, sizeof *b, "file handle");
    struct vv_strbuf quoted;
    vv_strbuf_init(&quoted);
    if (name) vv_strbuf_puts(&quoted, name);
    else vv_strbuf_addf(&quoted, "'%s'", path);
    if (b && !quoted.failed) b->name = vv_mem_string(quoted.text);
    vv_strbuf_release(&quoted);
    return b;
}

enum vv_status vv_bytes_open(const char *path, const char *name, struct vv_bytes **bytes)
{
    struct vv_bytes *const b = *bytes = new_bytes(path, name);
    struct stat info;
    if (!b || !b->name) return VV_MEMORY;
    b->whole = gzopen(path, "rb");
    if (!b->whole || stat(path, &info) != 0)
        return vv_fail(VV_INPUT, "cannot open '%s': %s", path, errno ? strerror(errno) : "no memory");
    gzbuffer(b->whole, GZIP_BUFFER);
    b->size = gzdirect(b->whole) ? (int64_t)info.st_size : -1;
    return VV_OK;
}

enum vv_status vv_bytes_open_part(const char *path, const char *name, const struct vv_part *part,
                                  struct vv_bytes **bytes)
{
    struct vv_bytes *const b = *bytes = new_bytes(path, name);
    if (!b || !b->name) return VV_MEMORY;
    b->part = *part;
    b->size = part->size;
    b->at = -1;
    b->packed = vv_mem_new(part->deflated ? PIECE_BYTES : 0, 1, "read buffer");
    b->skipped = vv_mem_new(part->deflated ? SKIP_BYTES : 0, 1, "read buffer");
    if (!b->packed || !b->skipped) return VV_MEMORY;
    if (!(b->file = fopen(path, "rb"))) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    return VV_OK;
}

void vv_bytes_close(struct vv_bytes *b)
{
    if (!b) return;
    if (b->whole) gzclose(b->whole);
    if (b->file) fclose(b->file);
    if (b->begun) inflateEnd(&b->stream);
    vv_mem_free(b->packed);
    vv_mem_free(b->skipped);
    vv_mem_free(b->name);
    vv_mem_free(b);
}

const char *vv_bytes_name(const struct vv_bytes *b)
{
    return b->name;
}

int64_t vv_bytes_size(const struct vv_bytes *b)
{
    return b->size;
}

static bool rewind_part(struct vv_bytes *b)
{
    if (b->begun) inflateEnd(&b->stream);
    b->stream = (z_stream){.next_in = Z_NULL};
    b->begun = inflateInit2(&b->stream, -MAX_WBITS) == Z_OK; /* ZIP has no header of zlib's */
    b->fed = b->at = 0;
    b->sum = (uint32_t)crc32(0, NULL, 0);
    return b->begun && fseeko(b->file, (off_t)b->part.offset, SEEK_SET) == 0;
}

/* More packed bytes for the stream, if there are any. */
static void feed(struct vv_bytes *b)
{
    const int64_t left = b->part.packed - b->fed;
    const size_t n = fread(b->packed, 1, left < PIECE_BYTES ? (size_t)left : PIECE_BYTES, b->file);
    b->fed += (int64_t)n;
    b->stream.next_in = b->packed;
    b->stream.avail_in = (unsigned)n;
}

/* The next n bytes; how many there were. */
static size_t unpack(struct vv_bytes *b, unsigned char *to, size_t n)
{
    const int64_t left = b->part.size - b->at;
    if ((int64_t)n > left) n = (size_t)left;
    b->stream.next_out = to;
    b->stream.avail_out = (unsigned)n;
    int state = Z_OK;
    while (state == Z_OK && b->stream.avail_out > 0) { /* even without input: the stream may hold some back */
        if (b->stream.avail_in == 0) feed(b);
        state = inflate(&b->stream, Z_NO_FLUSH);
    }
    const size_t done = n - b->stream.avail_out;
    b->sum = (uint32_t)crc32(b->sum, to, (unsigned)done);
    b->at += (int64_t)done;
    return done > 0 && b->at == b->part.size && b->sum != b->part.crc ? done - 1 : done;
}

static bool skip_to(struct vv_bytes *b, int64_t at)
{
    if ((b->at < 0 || at < b->at) && !rewind_part(b)) return false;
    while (b->at < at) {
        const int64_t left = at - b->at;
        const size_t n = left < SKIP_BYTES ? (size_t)left : SKIP_BYTES;
        if (unpack(b, b->skipped, n) < n) return false;
    }
    return true;
}

static size_t read_stored(const struct vv_bytes *b, int64_t at, void *to, size_t n)
{
    if (at < 0 || at > b->part.size || fseeko(b->file, (off_t)(b->part.offset + at), SEEK_SET) != 0) return 0;
    const uint64_t left = (uint64_t)(b->part.size - at);
    return fread(to, 1, n < left ? n : (size_t)left, b->file);
}

size_t vv_bytes_read(struct vv_bytes *b, int64_t at, void *to, size_t n)
{
    enum { MOST = 1 << 30 }; /* zlib counts in int */
    size_t done = 0;
    if (!b->whole && !b->part.deflated) return read_stored(b, at, to, n);
    if (b->whole ? gzseek(b->whole, (z_off_t)at, SEEK_SET) < 0 : !skip_to(b, at)) return 0;
    while (done < n) {
        const unsigned want = n - done < MOST ? (unsigned)(n - done) : MOST;
        unsigned char *const place = (unsigned char *)to + done;
        const int got = b->whole ? gzread(b->whole, place, want) : (int)unpack(b, place, want);
        if (got > 0) done += (size_t)got;
        if (got < (int)want) break;
    }
    return done;
}
