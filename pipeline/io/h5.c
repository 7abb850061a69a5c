/* SPDX-License-Identifier: MIT */
#include "io/h5.h"

#include <hdf5.h>
#include <hdf5_hl.h>
#include <mpi.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "dist/comm_mpi.h"
#include "io/h5_error.h"

struct vv_h5_file {
    struct vv_comm *comm;
    hid_t id;
    hid_t creation; /* link creation: make missing groups */
    char *path;
};

enum { WRITE_BYTES = 1 << 30 }; /* most bytes of one rank in one transfer */

/* No times: the same data must give the same bytes. Groups made on the way inherit nothing, so they
 * are made explicitly with the same list. */
static hid_t timeless(hid_t class)
{
    const hid_t list = H5Pcreate(class);
    if (list >= 0) H5Pset_obj_track_times(list, 0);
    return list;
}

enum vv_status vv_h5_create(struct vv_comm *c, const char *path, struct vv_h5_file **file)
{
    struct vv_h5_file *f = *file = vv_mem_new(1, sizeof *f, "file handle");
    enum vv_status st = f && (f->path = vv_mem_string(path)) ? VV_OK : VV_MEMORY;
    if ((st = vv_agree_to_finish(c, st))) goto fail;
    vv_h5_quiet();
    f->comm = c;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = timeless(H5P_FILE_CREATE);
    H5Pset_fapl_mpio(access, c->mpi, MPI_INFO_NULL);
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_LATEST);
    f->id = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    const bool created = f->id >= 0 && !vv_fault("h5-create");
    H5Pclose(access);
    H5Pclose(creation);
    f->creation = H5Pcreate(H5P_LINK_CREATE);
    st = !created ? vv_h5_fail(VV_OUTPUT, "cannot create '%s'", path) : VV_OK;
    if (!(st = vv_agree_to_finish(c, st))) return VV_OK;
    if (f->id >= 0) H5Fclose(f->id);
    H5Pclose(f->creation);
    if (vv_comm_rank(c) == 0) unlink(path); /* some ranks may have made it */
fail:
    if (f) vv_mem_free(f->path);
    vv_mem_free(f);
    *file = NULL;
    return st;
}

struct vv_comm *vv_h5_comm(const struct vv_h5_file *f)
{
    return f->comm;
}

enum vv_status vv_h5_close(struct vv_h5_file **file)
{
    struct vv_h5_file *f = *file;
    if (!f) return VV_OK;
    enum vv_status st = VV_OK;
    const bool flushed = H5Fflush(f->id, H5F_SCOPE_GLOBAL) >= 0;
    if (H5Fclose(f->id) < 0 || !flushed || vv_fault("h5-close")) /* closing is collective: on every rank */
        st = vv_h5_fail(VV_OUTPUT, "cannot complete '%s'", f->path);
    H5Pclose(f->creation);
    st = vv_agree_to_finish(f->comm, st);
    vv_mem_free(f->path);
    vv_mem_free(f);
    *file = NULL;
    return st;
}

/* Makes the groups above a dataset. */
static enum vv_status make_groups(struct vv_h5_file *f, const char *name)
{
    char part[512];
    if (strlen(name) >= sizeof part)
        return vv_fail(VV_BUG, "the dataset name '%.60s...' is too long", name);
    for (const char *p = name; (p = strchr(p, '/')); p++) {
        const size_t n = (size_t)(p - name);
        memcpy(part, name, n);
        part[n] = '\0';
        if (n == 0 || H5Lexists(f->id, part, H5P_DEFAULT) > 0) continue;
        const hid_t list = timeless(H5P_GROUP_CREATE);
        const hid_t group = H5Gcreate2(f->id, part, H5P_DEFAULT, list, H5P_DEFAULT);
        H5Pclose(list);
        if (group < 0) return vv_h5_fail(VV_OUTPUT, "cannot make '%s' in '%s'", part, f->path);
        H5Gclose(group);
    }
    return VV_OK;
}

static enum vv_status write_attribute(struct vv_h5_file *f, hid_t object, const char *name,
                                      hid_t type, const void *value)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t a = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const bool ok = a >= 0 && H5Awrite(a, type, value) >= 0;
    if (a >= 0) H5Aclose(a);
    H5Sclose(space);
    if (ok) return VV_OK;
    return vv_h5_fail(VV_OUTPUT, "cannot write the attribute '%s' in '%s'", name, f->path);
}

static hid_t variable_text(void)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

static enum vv_status write_text_to(struct vv_h5_file *f, hid_t object, const char *name,
                                    const char *text)
{
    const hid_t type = variable_text();
    const enum vv_status st = write_attribute(f, object, name, type, &text);
    H5Tclose(type);
    return st;
}

/* Longest text, at least 1: HDF5 has no strings of length 0. */
static size_t text_width(const char *const *texts, int64_t n)
{
    size_t width = 1;
    for (int64_t i = 0; i < n; i++)
        if (texts[i] && strlen(texts[i]) > width) width = strlen(texts[i]);
    return width;
}

static hid_t make_type(enum vv_h5_type type, size_t width)
{
    switch (type) {
    case VV_H5_F64: return H5Tcopy(H5T_NATIVE_DOUBLE);
    case VV_H5_I64: return H5Tcopy(H5T_NATIVE_INT64);
    case VV_H5_I32: return H5Tcopy(H5T_NATIVE_INT32);
    case VV_H5_TEXT: {
        const hid_t text = H5Tcopy(H5T_C_S1);
        H5Tset_size(text, width);
        H5Tset_strpad(text, H5T_STR_NULLPAD);
        H5Tset_cset(text, H5T_CSET_UTF8);
        return text;
    }
    }
    return -1;
}

static int64_t count_values(const struct vv_h5_spec *spec)
{
    int64_t n = 1;
    for (int d = 0; d < spec->n_dims; d++) n *= spec->length[d];
    return n;
}

static enum vv_status make_scale(struct vv_h5_file *f, hid_t set, const struct vv_h5_spec *spec)
{
    if (spec->is_scale && H5DSset_scale(set, spec->name) < 0)
        return vv_h5_fail(VV_OUTPUT, "cannot make '%s' a dimension in '%s'", spec->name, f->path);
    for (int d = 0; !spec->is_scale && d < spec->n_dims; d++) {
        if (!spec->scale[d]) continue;
        const hid_t scale = H5Dopen2(f->id, spec->scale[d], H5P_DEFAULT);
        const bool ok = scale >= 0 && H5DSattach_scale(set, scale, (unsigned)d) >= 0;
        if (scale >= 0) H5Dclose(scale);
        if (!ok)
            return vv_h5_fail(VV_OUTPUT, "cannot attach '%s' to '%s' in '%s'", spec->scale[d],
                              spec->name, f->path);
    }
    return VV_OK;
}

/* Creates the dataset with its attributes and scales. Storage is allocated and nothing is filled, so
 * that layout in the file does not depend on who writes when. */
static enum vv_status create_dataset(struct vv_h5_file *f, const struct vv_h5_spec *spec,
                                     hid_t type, hid_t *set)
{
    *set = -1;
    if (!spec->units || !spec->description)
        return vv_fail(VV_BUG, "dataset '%s' lacks a unit or a description", spec->name);
    VV_TRY(make_groups(f, spec->name));
    hsize_t length[VV_H5_MAX_DIMS];
    for (int d = 0; d < spec->n_dims; d++) length[d] = (hsize_t)spec->length[d];
    const hid_t space = spec->n_dims ? H5Screate_simple(spec->n_dims, length, NULL)
                                     : H5Screate(H5S_SCALAR);
    const hid_t list = timeless(H5P_DATASET_CREATE);
    H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(list, H5D_FILL_TIME_NEVER);
    *set = H5Dcreate2(f->id, spec->name, type, space, f->creation, list, H5P_DEFAULT);
    H5Pclose(list);
    H5Sclose(space);
    if (*set < 0) return vv_h5_fail(VV_OUTPUT, "cannot make '%s' in '%s'", spec->name, f->path);
    VV_TRY(write_text_to(f, *set, "long_name", spec->long_name ? spec->long_name : spec->name));
    VV_TRY(write_text_to(f, *set, "units", spec->units));
    VV_TRY(write_text_to(f, *set, "description", spec->description));
    return make_scale(f, *set, spec);
}

/* Texts side by side in one block of fixed width. */
static char *pack_texts(const char *const *texts, int64_t n, size_t width)
{
    char *const block = vv_mem_new(n, width, "texts to write");
    for (int64_t i = 0; block && i < n; i++)
        if (texts[i]) memcpy(block + (size_t)i * width, texts[i], strlen(texts[i]));
    return block;
}

/* Collective. Transfers `n_rows` rows of the leading dimension, beginning at `first`, from this rank;
 * in as many rounds as the rank with the most bytes needs. */
static enum vv_status transfer(struct vv_h5_file *f, const struct vv_h5_spec *spec, hid_t set,
                               hid_t type, int64_t first, int64_t n_rows, const void *values)
{
    const int64_t row_values = spec->n_dims && spec->length[0]
                                   ? count_values(spec) / spec->length[0] : 1;
    const size_t row_bytes = (size_t)row_values * H5Tget_size(type);
    int64_t most = row_bytes ? (int64_t)(WRITE_BYTES / row_bytes) : 1;
    if (most < 1) most = 1;
    int64_t rounds = (n_rows + most - 1) / most;
    vv_comm_max_i64(f->comm, &rounds, 1);
    const hid_t how = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_dxpl_mpio(how, H5FD_MPIO_COLLECTIVE);
    enum vv_status st = VV_OK;
    for (int64_t r = 0; r < rounds; r++) {
        const int64_t done = r * most < n_rows ? r * most : n_rows;
        const int64_t n = n_rows - done < most ? n_rows - done : most;
        const hid_t space = H5Dget_space(set);
        const hsize_t flat = (hsize_t)(n * row_values);
        const hid_t memory = H5Screate_simple(1, &flat, NULL);
        if (n == 0) {
            H5Sselect_none(space);
            H5Sselect_none(memory);
        } else if (spec->n_dims > 0) {
            hsize_t start[VV_H5_MAX_DIMS] = {(hsize_t)(first + done)}, count[VV_H5_MAX_DIMS];
            for (int d = 0; d < spec->n_dims; d++) count[d] = (hsize_t)spec->length[d];
            count[0] = (hsize_t)n;
            H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
        }
        const void *const from = (const char *)values + (size_t)done * row_bytes;
        const bool wrote = H5Dwrite(set, type, memory, space, how, n ? from : values) >= 0;
        if ((!wrote || vv_fault("h5-write")) && !st)
            st = vv_h5_fail(VV_OUTPUT, "cannot write '%s' in '%s'", spec->name, f->path);
        H5Sclose(memory);
        H5Sclose(space);
    }
    H5Pclose(how);
    return vv_agree_to_finish(f->comm, st);
}

static enum vv_status write_any(struct vv_h5_file *f, const struct vv_h5_spec *spec, int64_t first,
                                int64_t n_rows, const void *values)
{
    const int64_t n = count_values(spec);
    const bool is_text = spec->type == VV_H5_TEXT;
    const size_t width = is_text ? text_width(values, n) : 0;
    char *packed = NULL;
    hid_t set = -1;
    const hid_t type = make_type(spec->type, width);
    enum vv_status st = create_dataset(f, spec, type, &set);
    if (!st && is_text && !(packed = pack_texts(values, n, width))) st = VV_MEMORY;
    st = vv_agree_to_finish(f->comm, st);
    if (!st && n > 0)
        st = transfer(f, spec, set, type, first, n_rows, is_text ? packed : values);
    vv_mem_free(packed);
    if (set >= 0) H5Dclose(set);
    H5Tclose(type);
    return st;
}

enum vv_status vv_h5_write(struct vv_h5_file *f, const struct vv_h5_spec *spec, const void *values)
{
    const int64_t n = spec->n_dims ? spec->length[0] : 1;
    return write_any(f, spec, 0, f->comm->rank == 0 ? n : 0, values);
}

enum vv_status vv_h5_write_rows(struct vv_h5_file *f, const struct vv_h5_spec *spec,
                                const struct vv_layout *layout, const void *rows)
{
    return write_any(f, spec, vv_layout_first(layout), vv_layout_local(layout), rows);
}

static enum vv_status on_object(struct vv_h5_file *f, const char *path, const char *name,
                                hid_t type, const void *value)
{
    const hid_t object = H5Oopen(f->id, path, H5P_DEFAULT);
    enum vv_status st = object < 0 ? vv_h5_fail(VV_OUTPUT, "no '%s' in '%s'", path, f->path)
                                   : write_attribute(f, object, name, type, value);
    if (object >= 0) H5Oclose(object);
    return vv_agree_to_finish(f->comm, st);
}

enum vv_status vv_h5_write_text_attribute(struct vv_h5_file *f, const char *path, const char *name,
                                          const char *text)
{
    const hid_t type = variable_text();
    const enum vv_status st = on_object(f, path, name, type, &text);
    H5Tclose(type);
    return st;
}

enum vv_status vv_h5_write_int_attribute(struct vv_h5_file *f, const char *path, const char *name,
                                         int64_t value)
{
    return on_object(f, path, name, H5T_NATIVE_INT64, &value);
}
