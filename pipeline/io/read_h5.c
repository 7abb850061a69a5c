/* SPDX-License-Identifier: MIT */
/* HDF5 input: every dataset of a file, read with the serial driver by each rank on its own. */
#include <hdf5.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/h5_error.h"
#include "io/h5_text.h"
#include "io/reader.h"

struct handle {
    hid_t file, set;
    char *path, *name;
    struct vv_array array;
};

static bool claims(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return n >= 8 && memcmp(head, "\x89HDF\r\n\x1a\n", 8) == 0;
}

struct listing {
    struct vv_array *arrays;
    int n;
    const char *path;
    enum vv_status st;
};

/* Fills what the dataset's type tells; false for types that are neither number nor text. */
static bool describe_type(hid_t type, struct vv_array *a)
{
    const int bits = (int)(8 * H5Tget_size(type));
    switch (H5Tget_class(type)) {
    case H5T_FLOAT:
        snprintf(a->stored, sizeof a->stored, "float%d", bits);
        a->held = bits <= 32 ? VV_FLOAT32 : VV_FLOAT64;
        return true;
    case H5T_INTEGER:
    case H5T_ENUM: /* h5py's booleans */
        snprintf(a->stored, sizeof a->stored, "%sint%d",
                 H5Tget_class(type) == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_NONE ? "u" : "",
                 bits);
        a->held = bits <= 16 ? VV_FLOAT32 : VV_FLOAT64;
        a->code = H5Tget_class(type) == H5T_ENUM;
        return true;
    case H5T_STRING:
        snprintf(a->stored, sizeof a->stored, "text");
        a->is_text = true;
        return true;
    default: return false;
    }
}

static enum vv_status describe(hid_t set, const char *name, const char *path, struct vv_array *a)
{
    const hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    hsize_t length[H5S_MAX_RANK];
    enum vv_status st = VV_OK;
    a->n_dims = H5Sget_simple_extent_ndims(space);
    const bool empty = H5Sget_simple_extent_type(space) == H5S_NULL;
    if (empty || a->n_dims > VV_ARRAY_MAX_DIMS || !describe_type(type, a)) a->n_dims = -1;
    if (a->n_dims >= 0) {
        H5Sget_simple_extent_dims(space, length, NULL);
        for (int d = 0; d < a->n_dims; d++)
            a->length[d] = length[d] > INT64_MAX ? -1 : (int64_t)length[d];
        const haddr_t address = H5Dget_offset(set);
        a->offset = address == HADDR_UNDEF ? 0 : (int64_t)address;
        a->stored_bytes = address == HADDR_UNDEF ? -1 : (int64_t)H5Dget_storage_size(set);
        st = (a->name = vv_mem_string(name)) ? vv_array_shape(a, path) : VV_MEMORY;
    }
    H5Sclose(space);
    H5Tclose(type);
    return st;
}

static herr_t visit(hid_t file, const char *name, const H5O_info_t *info, void *data)
{
    struct listing *list = data;
    if (info->type != H5O_TYPE_DATASET) return 0;
    struct vv_array *grown = vv_mem_resize(list->arrays, list->n + 1, sizeof *grown, "datasets");
    if (!grown) {
        list->st = VV_MEMORY;
        return -1;
    }
    list->arrays = grown;
    const hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    if (set < 0) {
        list->st = vv_h5_fail(VV_INPUT, "cannot open '%s' of '%s'", name, list->path);
        return -1;
    }
    list->st = describe(set, name, list->path, &grown[list->n]);
    H5Dclose(set);
    if (list->st || grown[list->n].name) list->n++;
    else memset(&grown[list->n], 0, sizeof *grown);
    return list->st ? -1 : 0;
}

static enum vv_status list(const char *path, struct vv_array **arrays, int *n)
{
    struct listing found = {.path = path};
    vv_h5_quiet();
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) {
        vv_h5_fail(VV_INPUT, "cannot open '%s'", path);
        return vv_error_hint("is the file complete, and closed by the program that wrote it?");
    }
    const herr_t status = H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, visit, &found, H5O_INFO_BASIC);
    if (status < 0 && !found.st) found.st = vv_h5_fail(VV_INPUT, "cannot list '%s'", path);
    H5Fclose(file);
    *arrays = found.arrays;
    *n = found.n;
    if (found.st) vv_arrays_release(arrays, *n);
    return found.st;
}

static void close_handle(void *handle)
{
    struct handle *h = handle;
    if (!h) return;
    if (h->set >= 0) H5Dclose(h->set);
    if (h->file >= 0) H5Fclose(h->file);
    vv_mem_free(h->path);
    vv_mem_free(h->name);
    vv_mem_free(h);
}

static enum vv_status open_array(const char *path, const struct vv_array *a, void **handle)
{
    struct handle *h = *handle = vv_mem_new(1, sizeof *h, "file handle");
    if (!h) return VV_MEMORY;
    *h = (struct handle){.file = -1, .set = -1, .array = *a};
    if (!(h->path = vv_mem_string(path)) || !(h->name = vv_mem_string(a->name))) return VV_MEMORY;
    vv_h5_quiet();
    h->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (h->file < 0) return vv_h5_fail(VV_INPUT, "cannot open '%s'", path);
    h->set = H5Dopen2(h->file, a->name, H5P_DEFAULT);
    return h->set < 0 ? vv_h5_fail(VV_INPUT, "cannot open '%s' of '%s'", a->name, path) : VV_OK;
}

/* HDF5 does not convert enumerations to floats: booleans are read as bytes and widened here. */
static enum vv_status read_enum(struct handle *h, hid_t memory, hid_t space, int64_t n,
                                enum vv_real type, void *out)
{
    const hid_t stored = H5Dget_type(h->set), native = H5Tget_native_type(stored, H5T_DIR_ASCEND);
    const size_t bytes = H5Tget_size(native);
    const hid_t super = H5Tget_super(native);
    const bool negative = H5Tget_sign(super) == H5T_SGN_2;
    H5Tclose(super);
    unsigned char *raw = vv_mem_new(n, bytes, "booleans");
    enum vv_status st = raw ? VV_OK : VV_MEMORY;
    if (!st && H5Dread(h->set, native, memory, space, H5P_DEFAULT, raw) < 0)
        st = vv_h5_fail(VV_INPUT, "cannot read '%s' of '%s'", h->name, h->path);
    for (int64_t i = 0; !st && i < n; i++) {
        int64_t v = 0;
        memcpy(&v, raw + (size_t)i * bytes, bytes < sizeof v ? bytes : sizeof v);
        if (negative && bytes < sizeof v && v >> (8 * bytes - 1) & 1) v -= (int64_t)1 << 8 * bytes;
        if (type == VV_FLOAT32) ((float *)out)[i] = (float)v;
        else ((double *)out)[i] = (double)v;
    }
    vv_mem_free(raw);
    H5Tclose(native);
    H5Tclose(stored);
    return st;
}

static enum vv_status read_rows(void *handle, int64_t row, int64_t n_rows, enum vv_real type,
                                void *out)
{
    struct handle *h = handle;
    if (n_rows == 0) return VV_OK;
    hsize_t start[VV_ARRAY_MAX_DIMS] = {(hsize_t)row}, count[VV_ARRAY_MAX_DIMS];
    for (int d = 0; d < h->array.n_dims; d++) count[d] = (hsize_t)h->array.length[d];
    count[0] = (hsize_t)n_rows;
    const hsize_t flat = (hsize_t)(n_rows * h->array.n_cols);
    const hid_t space = H5Dget_space(h->set), memory = H5Screate_simple(1, &flat, NULL);
    enum vv_status st = VV_OK;
    if (h->array.n_dims > 0) H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    if (h->array.code) st = read_enum(h, memory, space, (int64_t)flat, type, out);
    else if (H5Dread(h->set, type == VV_FLOAT32 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE, memory,
                     space, H5P_DEFAULT, out) < 0)
        st = vv_h5_fail(VV_INPUT, "cannot read '%s' of '%s'", h->name, h->path);
    H5Sclose(memory);
    H5Sclose(space);
    return st;
}

static enum vv_status read_texts(const char *path, const struct vv_array *a, char **texts)
{
    void *handle = NULL;
    enum vv_status st = open_array(path, a, &handle);
    if (!st) {
        struct handle *const h = handle;
        st = vv_h5_read_texts(h->set, h->name, a->n_rows * a->n_cols, texts);
    }
    close_handle(handle);
    return st;
}

extern const struct vv_reader vv_reader_h5;
const struct vv_reader vv_reader_h5 = {.name = "hdf5",
                                       .many = true,
                                       .claims = claims,
                                       .list = list,
                                       .open = open_array,
                                       .read = read_rows,
                                       .close = close_handle,
                                       .read_texts = read_texts};
