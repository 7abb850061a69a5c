/* SPDX-License-Identifier: MIT */
/* Reading report.h5 back, dataset by dataset. What the file says of itself is held against its size before memory is
 * taken. */
#include <errno.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "io/h5_error.h"
#include "io/h5_room.h"
#include "io/h5_text.h"
#include "io/report_file.h"

enum { MOST_COLUMNS = 1 << 20, NAME_BYTES = 1024 };

static const int64_t NO_ORDER = INT64_MAX;

struct place {
    int64_t order; /* among the columns; NO_ORDER: a scale that counts, or all in a file of an earlier version */
    char *name;
};

/* The file on its way. */
struct report {
    const char *path;
    hid_t file;
    char *columns;        /* their names in order, a line each; NULL: not told */
    struct place *places; /* [n] owned */
    int n;
    enum vv_status st;
};

static enum vv_status read_order(struct report *r)
{
    const hid_t group = H5Lexists(r->file, VV_REPORT_ORDERED, H5P_DEFAULT) > 0
                            ? H5Oopen(r->file, VV_REPORT_ORDERED, H5P_DEFAULT) : -1;
    if (group < 0) return VV_OK;
    const enum vv_status st = vv_h5_read_attribute(group, VV_REPORT_COLUMNS, &r->columns);
    H5Oclose(group);
    return st;
}

/* The place of a name among the columns. */
static int64_t order_of(const struct report *r, const char *name)
{
    const size_t n = strlen(name);
    int64_t order = 0;
    for (const char *at = r->columns; at && *at; order++) {
        const size_t length = strcspn(at, "\n");
        if (length == n && strncmp(at, name, n) == 0) return order;
        at += length + (at[length] == '\n');
    }
    return NO_ORDER;
}

static enum vv_status note_place(struct report *r, int64_t order, const char *name)
{
    if (r->n == MOST_COLUMNS) return vv_fail(VV_INPUT, "there are more than %d datasets", (int)MOST_COLUMNS);
    struct place *const grown = vv_mem_resize(r->places, r->n + 1, sizeof *grown, "columns of the report");
    if (!grown) return VV_MEMORY;
    r->places = grown;
    grown[r->n] = (struct place){order, vv_mem_string(name)};
    return grown[r->n++].name ? VV_OK : VV_MEMORY;
}

static herr_t visit(hid_t file, const char *name, const H5O_info_t *info, void *data)
{
    struct report *const r = data;
    if (info->type != H5O_TYPE_DATASET) return 0;
    const hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    r->st = set < 0 ? vv_h5_fail(VV_INPUT, "cannot open '%s'", name) : note_place(r, order_of(r, name), name);
    if (set >= 0) H5Dclose(set);
    return r->st ? -1 : 0;
}

static int compare(const void *a, const void *b)
{
    const struct place *const x = a, *const y = b;
    return x->order != y->order ? (x->order > y->order) - (x->order < y->order) : strcmp(x->name, y->name);
}

static int count_lines(const char *text)
{
    int n = 0;
    for (; text && *text; text++) n += *text == '\n';
    return n;
}

/* Whether each column is there, once. A scale that counts is none. */
static enum vv_status keep_columns(struct report *r)
{
    while (r->n > 0 && r->places[r->n - 1].order == NO_ORDER) vv_mem_free(r->places[--r->n].name);
    if (r->n == 0) {
        vv_fail(VV_INPUT, "the order of its columns is not told");
        return vv_error_hint("it was written by an earlier version; run the analysis again");
    }
    for (int i = 0; i < r->n; i++)
        if (r->places[i].order != i) return vv_fail(VV_INPUT, "a dataset is missing");
    if (count_lines(r->columns) != r->n) return vv_fail(VV_INPUT, "a dataset is missing");
    return VV_OK;
}

static bool find_type(hid_t type, enum vv_value *value)
{
    switch (H5Tget_class(type)) {
    case H5T_FLOAT: *value = VV_F64; return true;
    case H5T_INTEGER: *value = VV_I64; return true;
    case H5T_STRING: *value = VV_TEXT; return true;
    default: return false;
    }
}

/* The shape of a dataset, or less than 0 dimensions when no column can have it. */
static int find_shape(hid_t set, hsize_t length[VV_MAX_DIMS])
{
    const hid_t space = H5Dget_space(set);
    int n = space >= 0 && H5Sget_simple_extent_type(space) != H5S_NULL ? H5Sget_simple_extent_ndims(space) : -1;
    if (n > VV_MAX_DIMS) n = -1;
    if (n > 0) H5Sget_simple_extent_dims(space, length, NULL);
    if (space >= 0) H5Sclose(space);
    return n;
}

/* The first scale of a dimension is the one. */
static herr_t take_scale(hid_t set, unsigned dim, hid_t scale, void *name)
{
    (void)set;
    (void)dim;
    if (H5DSget_scale_name(scale, name, NAME_BYTES) <= 0) ((char *)name)[0] = '\0';
    return 1;
}

/* The names of the dimensions: what their scales are called; a scale is its own. */
static void find_dims(hid_t set, struct vv_column_spec *spec, int n_dims, const hsize_t *length,
                      char (*names)[NAME_BYTES])
{
    const bool scale = n_dims == 1 && H5DSis_scale(set) > 0;
    for (int d = 0; d < n_dims; d++) {
        names[d][0] = '\0';
        if (scale) snprintf(names[d], NAME_BYTES, "%s", spec->name);
        else H5DSiterate_scales(set, (unsigned)d, NULL, take_scale, names[d]);
        if (!names[d][0]) snprintf(names[d], NAME_BYTES, "axis %d", d);
        spec->dims[d] = (struct vv_dim){names[d], (int64_t)length[d]};
    }
}

static enum vv_status read_values(hid_t set, struct vv_column *c)
{
    if (vv_column_length(c) == 0) return VV_OK;
    if (c->type == VV_TEXT) return vv_h5_read_texts(set, c->name, vv_column_length(c), c->text);
    const hid_t type = c->type == VV_F64 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64;
    void *const values = c->type == VV_F64 ? (void *)c->f64 : (void *)c->i64;
    if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0) return VV_OK;
    return vv_h5_fail(VV_INPUT, "cannot read '%s'", c->name);
}

/* A column with the attributes that the dataset has, and its values. */
static enum vv_status add_column(hid_t set, struct vv_column_spec *spec, struct vv_table *all)
{
    static const char *const names[] = {"long_name", "units", "description"};
    char *text[3] = {NULL, NULL, NULL};
    struct vv_column *column;
    enum vv_status st = VV_OK;
    for (int i = 0; !st && i < 3; i++) st = vv_h5_read_attribute(set, names[i], &text[i]);
    spec->long_name = text[0];
    spec->units = text[1] ? text[1] : "unknown";
    spec->description = text[2] && text[2][0] ? text[2] : "no description";
    if (!st) st = vv_table_add(all, spec, &column);
    if (!st) st = read_values(set, column);
    for (int i = 0; i < 3; i++) vv_mem_free(text[i]);
    return st;
}

static enum vv_status read_set(const struct report *r, const char *name, struct vv_table *all)
{
    char names[VV_MAX_DIMS][NAME_BYTES];
    hsize_t length[VV_MAX_DIMS] = {0};
    struct vv_column_spec spec = {.name = name};
    const hid_t set = H5Dopen2(r->file, name, H5P_DEFAULT), type = set >= 0 ? H5Dget_type(set) : -1;
    const int n_dims = set >= 0 ? find_shape(set, length) : -1;
    enum vv_status st;
    if (type < 0)
        st = vv_h5_fail(VV_INPUT, "cannot open '%s'", name);
    else if (!find_type(type, &spec.type))
        st = vv_fail(VV_INPUT, "the dataset '%s' holds neither numbers nor texts", name);
    else if (n_dims < 0)
        st = vv_fail(VV_INPUT, "the dataset '%s' is empty or has more than %d dimensions", name, (int)VV_MAX_DIMS);
    else if (!vv_h5_has_room(set))
        st = vv_fail(VV_INPUT, "the dataset '%s' would be larger than the file", name);
    else {
        find_dims(set, &spec, n_dims, length, names);
        st = add_column(set, &spec, all);
    }
    if (type >= 0) H5Tclose(type);
    if (set >= 0) H5Dclose(set);
    return st;
}

/* Whether a column, or none, has a value for each position of a dimension. */
static bool fits(const struct vv_column *c, int64_t length)
{
    return !c || (c->n_dims == 1 && c->dims[0].length == length);
}

/* The length with which a dimension is met first. */
static int64_t first_length(const struct vv_table *all, const char *dim)
{
    for (int i = 0; i < all->n_columns; i++)
        for (int d = 0; d < all->columns[i]->n_dims; d++)
            if (strcmp(all->columns[i]->dims[d].name, dim) == 0) return all->columns[i]->dims[d].length;
    return -1;
}

/* Who uses a table looks up coordinates, names of layers and columns of the same dimensions by position. */
static enum vv_status check_coordinates(const struct vv_table *all)
{
    const struct vv_column *const layers = vv_table_find(all, "layers/name");
    if (layers && layers->type != VV_TEXT) return vv_fail(VV_INPUT, "'%s' is no text", layers->name);
    for (int i = 0; i < all->n_columns; i++)
        for (int d = 0; d < all->columns[i]->n_dims; d++) {
            const char *const dim = all->columns[i]->dims[d].name;
            const int64_t length = all->columns[i]->dims[d].length;
            if (first_length(all, dim) != length || !fits(vv_table_find(all, dim), length) ||
                (vv_dim_is_layer(dim) && !fits(layers, length)))
                return vv_fail(VV_INPUT, "'%s' has %lld values along '%s', which has another number",
                               all->columns[i]->name, (long long)length, dim);
        }
    return VV_OK;
}

static enum vv_status read_columns(struct report *r, bool in_order, struct vv_table *all)
{
    VV_TRY(read_order(r));
    if (H5Ovisit2(r->file, H5_INDEX_NAME, H5_ITER_INC, visit, r, H5O_INFO_BASIC) < 0 && !r->st)
        r->st = vv_h5_fail(VV_INPUT, "its datasets cannot be listed");
    VV_TRY(r->st);
    if (r->n > 0) qsort(r->places, (size_t)r->n, sizeof *r->places, compare);
    if (in_order) VV_TRY(keep_columns(r));
    for (int i = 0; i < r->n; i++) VV_TRY(read_set(r, r->places[i].name, all));
    return in_order ? check_coordinates(all) : VV_OK; /* other programs may name dimensions as they like */
}

/* in_order: only what has a place among the columns, which must all be there */
static enum vv_status read_file(const char *path, bool in_order, struct vv_table *all)
{
    struct report r = {.path = path, .file = -1};
    struct stat info;
    enum vv_status st = VV_OK;
    vv_h5_quiet();
    if (stat(path, &info) != 0) {
        vv_fail(VV_INPUT, "cannot read '%s': %s", path, strerror(errno));
        return vv_error_hint("a run writes it when `report: {}` is among its stages");
    }
    if ((r.file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT)) < 0) {
        vv_h5_fail(VV_INPUT, "cannot open '%s'", path);
        return vv_error_hint("is the file a report, complete, and closed by the program that wrote it?");
    }
    st = read_columns(&r, in_order, all);
    if (st == VV_INPUT) {
        vv_error_context("cannot read '%s'", path);
        if (in_order) vv_error_hint("run the analysis again; what the cache keeps is not computed again");
    }
    for (int i = 0; i < r.n; i++) vv_mem_free(r.places[i].name);
    vv_mem_free(r.places);
    vv_mem_free(r.columns);
    H5Fclose(r.file);
    if (st) vv_table_release(all);
    return st;
}

enum vv_status vv_report_read_any(const char *path, struct vv_table *all)
{
    return read_file(path, false, all);
}

enum vv_status vv_report_read(const char *directory, struct vv_table *all)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/report.h5", directory);
    const enum vv_status st = path.failed ? VV_MEMORY : read_file(path.text, true, all);
    vv_strbuf_release(&path);
    return st;
}
