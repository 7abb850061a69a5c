/* SPDX-License-Identifier: MIT */
#include "io/table_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/hash.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "io/publish.h"

/* In front: what it is and in which order bytes stand, then the digest of the rest. */
static const char MAGIC[8] = "vvtable1";
static const uint32_t ORDER = 0x01020304;
enum { FRONT = 8 + 4 + 16, MOST_TEXT = 1 << 24, MOST_COLUMNS = 1 << 20 };

static void put_int(int64_t v, struct vv_strbuf *out)
{
    vv_strbuf_add(out, &v, sizeof v);
}

static void put_text(const char *text, struct vv_strbuf *out)
{
    const int64_t n = text ? (int64_t)strlen(text) : -1;
    put_int(n, out);
    if (text) vv_strbuf_add(out, text, (size_t)n);
}

static void put_column(const struct vv_column *c, struct vv_strbuf *out)
{
    const int64_t n = vv_column_length(c);
    put_text(c->name, out);
    put_text(c->long_name, out);
    put_text(c->units, out);
    put_text(c->description, out);
    put_int(c->type, out);
    put_int(c->n_dims, out);
    for (int d = 0; d < c->n_dims; d++) {
        put_text(c->dims[d].name, out);
        put_int(c->dims[d].length, out);
    }
    if (c->type == VV_F64) vv_strbuf_add(out, c->f64, (size_t)n * sizeof *c->f64);
    if (c->type == VV_I64) vv_strbuf_add(out, c->i64, (size_t)n * sizeof *c->i64);
    for (int64_t i = 0; c->type == VV_TEXT && i < n; i++) put_text(c->text[i], out);
}

void vv_table_pack(const struct vv_table *t, struct vv_strbuf *out)
{
    const size_t begin = out->length;
    const struct vv_digest none = {0, 0};
    vv_strbuf_add(out, MAGIC, sizeof MAGIC);
    vv_strbuf_add(out, &ORDER, sizeof ORDER);
    vv_strbuf_add(out, &none, sizeof none);
    put_int(t->n_columns, out);
    for (int i = 0; i < t->n_columns; i++) put_column(t->columns[i], out);
    if (t->findings) put_text(t->findings, out);
    if (out->failed) return;
    const struct vv_digest digest =
        vv_hash_bytes(out->text + begin + FRONT, out->length - begin - FRONT);
    memcpy(out->text + begin + FRONT - sizeof digest, &digest, sizeof digest);
}

/* What is left of the bytes. */
struct rest {
    const char *at;
    size_t n;
};

static bool take(struct rest *r, void *to, size_t n)
{
    if (n > r->n) return false;
    memcpy(to, r->at, n);
    r->at += n;
    r->n -= n;
    return true;
}

/* A text in fresh memory, or NULL for the text that was NULL. */
static bool take_text(struct rest *r, char **text)
{
    int64_t n;
    *text = NULL;
    if (!take(r, &n, sizeof n) || n < -1 || n > MOST_TEXT) return false;
    if (n < 0) return true;
    *text = vv_mem_new(n + 1, 1, "a text of the cache");
    return *text && take(r, *text, (size_t)n);
}

static bool take_values(struct rest *r, struct vv_column *c)
{
    const size_t n = (size_t)vv_column_length(c);
    if (c->type == VV_F64) return take(r, c->f64, n * sizeof *c->f64);
    if (c->type == VV_I64) return take(r, c->i64, n * sizeof *c->i64);
    for (size_t i = 0; i < n; i++)
        if (!take_text(r, &c->text[i])) return false;
    return true;
}

/* Names and dims in front of a column; every length is checked against the bytes there are. */
static bool take_spec(struct rest *r, struct vv_column_spec *spec, char **owned)
{
    int64_t type, n_dims;
    double values = 1.0, product = 1.0; /* the latter without zeros: it must not overflow either */
    for (int i = 0; i < 4; i++)
        if (!take_text(r, &owned[i])) return false;
    if (!take(r, &type, sizeof type) || type < VV_F64 || type > VV_TEXT) return false;
    if (!take(r, &n_dims, sizeof n_dims) || n_dims < 0 || n_dims > VV_MAX_DIMS) return false;
    *spec = (struct vv_column_spec){.name = owned[0],
                                    .long_name = owned[1],
                                    .units = owned[2],
                                    .description = owned[3],
                                    .type = (enum vv_value)type};
    for (int d = 0; d < n_dims; d++) {
        if (!take_text(r, &owned[4 + d])) return false;
        spec->dims[d].name = owned[4 + d];
        const int64_t *const length = &spec->dims[d].length;
        if (!take(r, &spec->dims[d].length, sizeof *length) || *length < 0) return false;
        values *= (double)*length;
        product *= *length > 0 ? (double)*length : 1.0;
    }
    return spec->name && product < 0x1p60 && 8.0 * values <= (double)r->n;
}

static bool take_column(struct rest *r, struct vv_table *t)
{
    char *owned[4 + VV_MAX_DIMS] = {NULL};
    struct vv_column_spec spec;
    struct vv_column *column;
    const bool ok = take_spec(r, &spec, owned) && vv_table_add(t, &spec, &column) == VV_OK &&
                    take_values(r, column);
    for (int i = 0; i < 4 + VV_MAX_DIMS; i++) vv_mem_free(owned[i]);
    return ok;
}

bool vv_table_unpack(const char *bytes, size_t n, struct vv_table *t)
{
    char front[FRONT];
    struct vv_digest digest;
    struct rest r = {bytes, n};
    int64_t n_columns;
    if (!take(&r, front, sizeof front)) return false;
    memcpy(&digest, front + FRONT - sizeof digest, sizeof digest);
    bool ok = memcmp(front, MAGIC, sizeof MAGIC) == 0 &&
              memcmp(front + sizeof MAGIC, &ORDER, sizeof ORDER) == 0 &&
              vv_digest_equal(digest, vv_hash_bytes(r.at, r.n)) &&
              take(&r, &n_columns, sizeof n_columns) && n_columns >= 0 && n_columns <= MOST_COLUMNS;
    for (int64_t i = 0; ok && i < n_columns; i++) ok = take_column(&r, t);
    if (ok && r.n > 0) ok = take_text(&r, &t->findings);
    ok = ok && r.n == 0;
    if (!ok) vv_table_release(t);
    return ok;
}

/* Runs that share a cache may write the same file at the same time: each under a name of its own. */
static enum vv_status write_bytes(const char *path, const struct vv_strbuf *bytes)
{
    struct vv_strbuf temporary;
    vv_strbuf_init(&temporary);
    enum vv_status st = vv_publish_temporary_of_process(path, &temporary);
    if (bytes->failed) st = VV_MEMORY;
    FILE *const file = st ? NULL : fopen(temporary.text, "w");
    bool ok = file && !vv_fault("disk-full") && fwrite(bytes->text, 1, bytes->length, file) == bytes->length;
    if (file && fclose(file) != 0) ok = false;
    if (!st && !ok) st = vv_fail(VV_OUTPUT, "cannot write '%s': %s", path, strerror(errno));
    if (!temporary.failed) st = vv_publish_rename(temporary.text, path, st);
    vv_strbuf_release(&temporary);
    return st;
}

enum vv_status vv_table_file_write(struct vv_comm *c, const char *path, const struct vv_table *t)
{
    enum vv_status st = VV_OK;
    if (vv_comm_rank(c) == 0) {
        struct vv_strbuf bytes;
        vv_strbuf_init(&bytes);
        vv_table_pack(t, &bytes);
        st = write_bytes(path, &bytes);
        vv_strbuf_release(&bytes);
    }
    return vv_agree_to_finish(c, st);
}

/* The whole file, or nothing when it cannot be read. */
static void read_bytes(const char *path, struct vv_strbuf *bytes)
{
    FILE *const file = fopen(path, "r");
    if (!file) return;
    if (!vv_strbuf_read(bytes, file, SIZE_MAX)) vv_strbuf_reset(bytes);
    fclose(file);
}

enum vv_status vv_table_file_read(struct vv_comm *c, const char *path, struct vv_table *t,
                                  bool *found, bool *whole)
{
    struct vv_strbuf bytes;
    vv_strbuf_init(&bytes);
    int64_t there[2] = {0, 0};
    if (vv_comm_rank(c) == 0) {
        there[0] = access(path, F_OK) == 0;
        read_bytes(path, &bytes);
        there[1] = bytes.failed ? 0 : (int64_t)bytes.length;
    }
    vv_comm_bcast(c, there, sizeof there, 0);
    char *copy = vv_mem_new(there[1], 1, "a table of the cache");
    enum vv_status st = vv_agree(c, copy ? VV_OK : VV_MEMORY);
    *found = there[0] != 0;
    *whole = false;
    if (!st && *found) {
        if (vv_comm_rank(c) == 0) memcpy(copy, bytes.text, (size_t)there[1]);
        vv_comm_bcast(c, copy, (size_t)there[1], 0);
        *whole = vv_table_unpack(copy, (size_t)there[1], t);
        int64_t on_all = *whole;
        vv_comm_min_i64(c, &on_all, 1);
        if (!on_all) vv_table_release(t);
        *whole = on_all != 0;
        vv_error_clear();
    }
    vv_mem_free(copy);
    vv_strbuf_release(&bytes);
    return st;
}
