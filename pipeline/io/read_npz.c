/* SPDX-License-Identifier: MIT */
/* NumPy's .npz: a ZIP archive with a .npy for each array. Stored members are read in place, deflated ones unpacked up
 * to the rows that are wanted, as gzipped files are. The directory is read here, and not by a library for archives,
 * because it is short, and because ranks must read parts of members, which such libraries do not offer. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "io/npy.h"
#include "io/raw.h"
#include "io/zip.h"

static bool claims(const char *path, const unsigned char *head, size_t n)
{
    (void)path; /* "PK\5\6": an archive without members */
    return n >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0);
}

static bool is_npy(const struct vv_zip_member *m)
{
    const size_t n = strlen(m->name);
    return n >= 4 && strcmp(m->name + n - 4, ".npy") == 0;
}

/* Opens the bytes of the member that is the array `name`. */
static enum vv_status open_member(const char *path, const struct vv_zip_member *m, const char *name,
                                  struct vv_bytes **bytes)
{
    struct vv_part part = {.packed = m->packed, .size = m->size, .crc = m->crc,
                           .deflated = m->method == VV_ZIP_DEFLATED};
    struct vv_strbuf called;
    vv_strbuf_init(&called);
    vv_strbuf_addf(&called, "'%.200s' of '%s'", name, path);
    enum vv_status st = called.failed ? VV_MEMORY : VV_OK;
    if (!st && m->encrypted) {
        st = vv_fail(VV_INPUT, "cannot read %s: it is encrypted", called.text);
    } else if (!st && m->method != VV_ZIP_STORED && !part.deflated) {
        vv_fail(VV_INPUT, "cannot read %s: it is packed by method %d", called.text, m->method);
        st = vv_error_hint("numpy.savez stores, numpy.savez_compressed deflates; both are read");
    } else if (!st && !part.deflated && m->size != m->packed) {
        st = vv_fail(VV_INPUT, "%s is damaged: stored in %lld bytes, but it has %lld", called.text,
                     (long long)m->packed, (long long)m->size);
    }
    if (!st) st = vv_zip_locate(path, m, &part.offset);
    if (!st) st = vv_bytes_open_part(path, called.text, &part, bytes);
    vv_strbuf_release(&called);
    return st;
}

/* What the header of a member says, or why it cannot be read. */
static enum vv_status describe(const char *path, const struct vv_zip_member *m, struct vv_array *a)
{
    struct vv_bytes *bytes = NULL;
    if (!(a->name = vv_mem_string(m->name))) return VV_MEMORY;
    a->name[strlen(a->name) - 4] = '\0';
    enum vv_status st = open_member(path, m, a->name, &bytes);
    if (!st) st = vv_npy_header(bytes, path, false, a);
    vv_bytes_close(bytes);
    a->stored_bytes = -1;
    if (st && a->n_dims == 0) a->n_dims = -1; /* who knows what it is */
    return vv_array_refuse(a, st);
}

static enum vv_status nothing_in(const char *path, const struct vv_zip_member *members, int n)
{
    vv_fail(VV_INPUT, "'%s' is an archive without .npy members", path);
    for (int i = 0; i < n; i++) {
        const char *const slash = strrchr(members[i].name, '/');
        if (strcmp(slash ? slash + 1 : members[i].name, "data.pkl") == 0)
            return vv_error_hint("it looks like a file of torch.save: write the tensors with safetensors, h5py or "
                                 "numpy instead");
    }
    return vv_error_hint("arrays are written with numpy.savez or numpy.savez_compressed");
}

static enum vv_status list(const char *path, struct vv_array **arrays, int *n)
{
    struct vv_zip_member *members;
    int n_members;
    *arrays = NULL;
    *n = 0;
    VV_TRY(vv_zip_list(path, &members, &n_members));
    enum vv_status st = VV_OK;
    for (int i = 0; i < n_members && !st; i++) {
        if (!is_npy(&members[i])) continue;
        struct vv_array *const a = vv_arrays_add(arrays, n);
        st = a ? describe(path, &members[i], a) : VV_MEMORY;
    }
    if (!st && *n == 0) st = nothing_in(path, members, n_members);
    if (!st) st = vv_arrays_check_names(*arrays, *n, path);
    vv_zip_release(&members, n_members);
    if (st) vv_arrays_release(arrays, *n);
    return st;
}

static enum vv_status open_array_bytes(const char *path, const struct vv_array *a, struct vv_bytes **bytes)
{
    struct vv_zip_member *members;
    int n, i = 0;
    const size_t length = strlen(a->name);
    VV_TRY(vv_array_usable(a));
    VV_TRY(vv_zip_list(path, &members, &n));
    while (i < n && !(is_npy(&members[i]) && strlen(members[i].name) == length + 4 &&
                      memcmp(members[i].name, a->name, length) == 0))
        i++;
    const enum vv_status st = i < n ? open_member(path, &members[i], a->name, bytes)
                                    : vv_fail(VV_INPUT, "'%.200s' is no longer in '%s'", a->name, path);
    vv_zip_release(&members, n);
    return st;
}

static enum vv_status open_array(const char *path, const struct vv_array *a, void **handle)
{
    struct vv_bytes *bytes = NULL;
    const enum vv_status st = open_array_bytes(path, a, &bytes);
    return vv_raw_open(st, bytes, a, vv_npy_number(a), handle);
}

static enum vv_status read_texts(const char *path, const struct vv_array *a, char **texts)
{
    struct vv_bytes *bytes = NULL;
    enum vv_status st = open_array_bytes(path, a, &bytes);
    if (!st) st = vv_npy_texts(bytes, a, texts);
    vv_bytes_close(bytes);
    return st;
}

extern const struct vv_reader vv_reader_npz;
const struct vv_reader vv_reader_npz = {.name = "npz",
                                        .many = true,
                                        .claims = claims,
                                        .list = list,
                                        .open = open_array,
                                        .read = vv_raw_read,
                                        .close = vv_raw_close,
                                        .read_texts = read_texts};
