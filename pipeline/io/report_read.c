/* SPDX-License-Identifier: MIT */
/* Reading report.h5 back: the datasets that have a place among the columns, in that order. What the file says of itself
 * is held against its size before memory is taken. */
#include <errno.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "io/h5_error.h"
#include "io/report_file.h"

enum { MOST_COLUMNS = 1 << 20, NAME_BYTES = 1024 };

struct place {
    int64_t order;
    char *name;
};

/* The file on its way. */
struct report {
    const char *path;
    hid_t file;
    int64_t bytes;         /* of the file */
    struct place *places;  /* [n] owned */
    int n;
    enum vv_status st;
};

static enum vv_status damaged(const struct report *r, const char *what)
{
    H5Eclear2(H5E_DEFAULT);
    if (vv_error_last()->code != VV_OK) return vv_error_last()->code; /* for lack of memory, say */
    vv_fail(VV_INPUT, "'%s' is damaged: %s", r->path, what);
    return vv_error_hint("run the analysis again; what the cache keeps is not computed again");
}

static bool read_int(hid_t object, const char *name, int64_t *value)
{
    const hid_t a = H5Aexists(object, name) > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
    const bool ok = a >= 0 && H5Aget_storage_size(a) == sizeof *value && H5Aread(a, H5T_NATIVE_INT64, value) >= 0;
    if (a >= 0) H5Aclose(a);
    return ok;
}

/* A text attribute in fresh memory; NULL when there is none. */
static char *read_text(hid_t object, const char *name)
{
    char *text = NULL, *copy = NULL;
    const hid_t a = H5Aexists(object, name) > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
    if (a < 0) return NULL;
    const hid_t stored = H5Aget_type(a), space = H5Aget_space(a), type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    if (H5Tis_variable_str(stored) > 0 && H5Sget_simple_extent_npoints(space) == 1 && H5Aread(a, type, &text) >= 0) {
        if (text) copy = vv_mem_string(text);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, &text);
    }
    H5Tclose(type);
    H5Sclose(space);
    H5Tclose(stored);
    H5Aclose(a);
    return copy;
}

static herr_t visit(hid_t file, const char *name, const H5O_info_t *info, void *data)
{
    struct report *const r = data;
    int64_t order;
    if (info->type != H5O_TYPE_DATASET) return 0;
    const hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    const bool counts = set >= 0 && read_int(set, VV_REPORT_ORDER, &order);
    if (set >= 0) H5Dclose(set);
    if (set < 0) r->st = damaged(r, "a dataset cannot be opened");
    if (set < 0 || !counts) return set < 0 ? -1 : 0;
    struct place *const grown =
        r->n < MOST_COLUMNS ? vv_mem_resize(r->places, r->n + 1, sizeof *grown, "columns of the report") : NULL;
    if (grown) r->places = grown;
    if (grown) grown[r->n] = (struct place){order, vv_mem_string(name)};
    if (!grown || !grown[r->n++].name) r->st = VV_MEMORY;
    return r->st ? -1 : 0;
}

static int compare(const void *a, const void *b)
{
    const struct place *const x = a, *const y = b;
    return (x->order > y->order) - (x->order < y->order);
}

/* The names of a column's dimensions: what its scales are called. A scale is its own. */
struct dims {
    char name[VV_MAX_DIMS][NAME_BYTES];
    bool failed;
};

static herr_t take_scale(hid_t set, unsigned dim, hid_t scale, void *data)
{
    struct dims *const d = data;
    (void)set;
    d->failed = d->failed || H5DSget_scale_name(scale, d->name[dim], NAME_BYTES) <= 0;
    return 1; /* the first is the only one */
}

static bool read_dims(hid_t set, const char *name, int n_dims, struct dims *d)
{
    *d = (struct dims){.failed = false};
    if (H5DSis_scale(set) > 0) {
        const bool fits = n_dims == 1 && strlen(name) < NAME_BYTES;
        if (fits) memcpy(d->name[0], name, strlen(name) + 1);
        return fits;
    }
    for (int i = 0; i < n_dims; i++) H5DSiterate_scales(set, (unsigned)i, NULL, take_scale, d);
    for (int i = 0; i < n_dims; i++) d->failed = d->failed || !d->name[i][0];
    return !d->failed;
}

static bool stored_value(hid_t type, enum vv_value *value)
{
    switch (H5Tget_class(type)) {
    case H5T_FLOAT: *value = VV_F64; return H5Tget_size(type) == sizeof(double);
    case H5T_INTEGER: *value = VV_I64; return H5Tget_size(type) == sizeof(int64_t);
    case H5T_STRING: *value = VV_TEXT; return H5Tis_variable_str(type) == 0;
    default: return false;
    }
}

/* Texts of fixed width, padded with zeros. */
static enum vv_status read_texts(hid_t set, hid_t type, const char *what, struct vv_column *c)
{
    const int64_t n = vv_column_length(c);
    const size_t width = H5Tget_size(type);
    char *const block = vv_mem_new(n, width, what), *const one = vv_mem_new((int64_t)width + 1, 1, what);
    enum vv_status st = block && one ? VV_OK : VV_MEMORY;
    if (!st && n > 0 && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, block) < 0)
        st = vv_h5_fail(VV_INPUT, "cannot read '%s'", c->name);
    for (int64_t i = 0; !st && i < n; i++) {
        memcpy(one, block + (size_t)i * width, width);
        st = vv_column_set_text(c, i, one);
    }
    vv_mem_free(block);
    vv_mem_free(one);
    return st;
}

static enum vv_status read_values(const struct report *r, hid_t set, hid_t type, struct vv_column *c)
{
    void *const values = c->type == VV_F64 ? (void *)c->f64 : (void *)c->i64;
    if (c->type == VV_TEXT) return read_texts(set, type, "texts of the report", c);
    if (vv_column_length(c) == 0) return VV_OK;
    const hid_t memory = c->type == VV_F64 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64;
    const bool read = H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
    return read ? VV_OK : damaged(r, "values cannot be read");
}

/* The column's shape, as far as the file has room for such a one. */
static bool read_shape(const struct report *r, hid_t set, hid_t type, int *n_dims, hsize_t length[VV_MAX_DIMS])
{
    const hid_t space = H5Dget_space(set);
    *n_dims = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
    bool ok = *n_dims >= 0 && *n_dims <= VV_MAX_DIMS && H5Sget_simple_extent_type(space) != H5S_NULL;
    if (ok) H5Sget_simple_extent_dims(space, length, NULL);
    double bytes = (double)H5Tget_size(type);
    for (int d = 0; ok && d < *n_dims; d++) bytes *= (double)length[d];
    if (space >= 0) H5Sclose(space);
    return ok && bytes <= (double)r->bytes;
}

static enum vv_status read_set(const struct report *r, hid_t set, const char *name, struct vv_table *all)
{
    struct dims dims;
    hsize_t length[VV_MAX_DIMS] = {0};
    int n_dims = 0;
    struct vv_column_spec spec = {.name = name};
    struct vv_column *column;
    const hid_t type = H5Dget_type(set);
    char *const texts[] = {read_text(set, "long_name"), read_text(set, "units"), read_text(set, "description")};
    spec.long_name = texts[0];
    spec.units = texts[1];
    spec.description = texts[2];
    enum vv_status st = VV_OK;
    if (!texts[0] || !texts[1] || !texts[2] || !texts[2][0] || !stored_value(type, &spec.type) ||
        !read_shape(r, set, type, &n_dims, length) || !read_dims(set, name, n_dims, &dims))
        st = damaged(r, "a dataset is not as varve writes it");
    for (int d = 0; !st && d < n_dims; d++) spec.dims[d] = (struct vv_dim){dims.name[d], (int64_t)length[d]};
    if (!st) st = vv_table_add(all, &spec, &column);
    if (!st) st = read_values(r, set, type, column);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) vv_mem_free(texts[i]);
    H5Tclose(type);
    return st;
}

static enum vv_status read_columns(struct report *r, struct vv_table *all)
{
    if (H5Ovisit2(r->file, H5_INDEX_NAME, H5_ITER_INC, visit, r, H5O_INFO_BASIC) < 0 && !r->st)
        r->st = damaged(r, "its datasets cannot be listed");
    VV_TRY(r->st);
    if (r->n == 0) {
        vv_fail(VV_INPUT, "'%s' does not tell the order of its columns", r->path);
        return vv_error_hint("it was written by an earlier version; run the analysis again");
    }
    qsort(r->places, (size_t)r->n, sizeof *r->places, compare);
    for (int i = 0; i < r->n; i++) {
        if (r->places[i].order != i) return damaged(r, "a dataset is missing");
        const hid_t set = H5Dopen2(r->file, r->places[i].name, H5P_DEFAULT);
        const enum vv_status st = set < 0 ? damaged(r, "a dataset cannot be opened")
                                          : read_set(r, set, r->places[i].name, all);
        if (set >= 0) H5Dclose(set);
        VV_TRY(st);
    }
    return VV_OK;
}

static enum vv_status read_file(const char *path, struct vv_table *all)
{
    struct report r = {.path = path, .file = -1};
    struct stat info;
    if (stat(path, &info) != 0) {
        vv_fail(VV_INPUT, "cannot read '%s': %s", path, strerror(errno));
        return vv_error_hint("a run writes it when `report: {}` is among its stages");
    }
    r.bytes = (int64_t)info.st_size;
    vv_h5_quiet();
    r.file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    enum vv_status st = r.file < 0 ? damaged(&r, "it is no complete HDF5 file") : read_columns(&r, all);
    for (int i = 0; i < r.n; i++) vv_mem_free(r.places[i].name);
    vv_mem_free(r.places);
    if (r.file >= 0) H5Fclose(r.file);
    if (st) vv_table_release(all);
    return st;
}

enum vv_status vv_report_read(const char *directory, struct vv_table *all)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/report.h5", directory);
    const enum vv_status st = path.failed ? VV_MEMORY : read_file(path.text, all);
    vv_strbuf_release(&path);
    return st;
}
