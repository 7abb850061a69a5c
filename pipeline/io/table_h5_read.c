/* SPDX-License-Identifier: MIT */
#include "io/table_h5_read.h"

#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/h5_error.h"
#include "io/h5_text.h"

enum { NAME_BYTES = 512 };

struct reading {
    struct vv_table *table;
    const char *path;
    enum vv_status st;
};

/* Visits the first scale of a dimension: its path, without the slash in front. */
static herr_t take_name(hid_t set, unsigned dim, hid_t scale, void *name)
{
    char path[NAME_BYTES] = "";
    (void)set;
    (void)dim;
    if (H5Iget_name(scale, path, sizeof path) < 0) return -1;
    snprintf(name, NAME_BYTES, "%s", path[0] == '/' ? path + 1 : path);
    return 1;
}

static bool find_type(hid_t set, enum vv_value *type)
{
    const hid_t stored = H5Dget_type(set);
    const H5T_class_t class = H5Tget_class(stored);
    H5Tclose(stored);
    *type = class == H5T_FLOAT ? VV_F64 : class == H5T_INTEGER ? VV_I64 : VV_TEXT;
    return class == H5T_FLOAT || class == H5T_INTEGER || class == H5T_STRING;
}

/* names: [VV_MAX_DIMS][NAME_BYTES], which spec->dims will point to. */
static bool find_dims(hid_t set, struct vv_column_spec *spec, char (*names)[NAME_BYTES])
{
    hsize_t length[H5S_MAX_RANK];
    const hid_t space = H5Dget_space(set);
    const int n = H5Sget_simple_extent_ndims(space);
    const bool fits = H5Sget_simple_extent_type(space) != H5S_NULL && n >= 0 && n <= VV_MAX_DIMS;
    if (fits) H5Sget_simple_extent_dims(space, length, NULL);
    H5Sclose(space);
    for (int d = 0; fits && d < n; d++) {
        snprintf(names[d], NAME_BYTES, "axis %d", d);
        if (n == 1 && H5DSis_scale(set) > 0) snprintf(names[d], NAME_BYTES, "%s", spec->name);
        else H5DSiterate_scales(set, (unsigned)d, NULL, take_name, names[d]);
        spec->dims[d] = (struct vv_dim){names[d], (int64_t)length[d]};
    }
    return fits;
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

static enum vv_status read_column(hid_t set, const char *name, struct vv_table *table)
{
    char names[VV_MAX_DIMS][NAME_BYTES];
    char *text[3] = {NULL, NULL, NULL};
    static const char *const attributes[] = {"long_name", "units", "description"};
    struct vv_column_spec spec = {.name = name};
    struct vv_column *column;
    if (!find_type(set, &spec.type))
        return vv_fail(VV_INPUT, "the dataset '%s' holds neither numbers nor texts", name);
    if (!find_dims(set, &spec, names))
        return vv_fail(VV_INPUT, "the dataset '%s' is empty or has more than %d dimensions", name, (int)VV_MAX_DIMS);
    enum vv_status st = VV_OK;
    for (int i = 0; !st && i < 3; i++) st = vv_h5_read_attribute(set, attributes[i], &text[i]);
    spec.long_name = text[0];
    spec.units = text[1] && text[1][0] ? text[1] : "unknown";
    spec.description = text[2] && text[2][0] ? text[2] : "no description";
    if (!st) st = vv_table_add(table, &spec, &column);
    if (!st) st = read_values(set, column);
    for (int i = 0; i < 3; i++) vv_mem_free(text[i]);
    return st;
}

static herr_t visit(hid_t file, const char *name, const H5O_info_t *info, void *data)
{
    struct reading *const r = data;
    if (info->type != H5O_TYPE_DATASET) return 0;
    const hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    r->st = set < 0 ? vv_h5_fail(VV_INPUT, "cannot open '%s' of '%s'", name, r->path)
                    : read_column(set, name, r->table);
    if (set >= 0) H5Dclose(set);
    return r->st ? -1 : 0;
}

enum vv_status vv_table_h5_read(const char *path, struct vv_table *table)
{
    struct reading r = {.table = table, .path = path};
    vv_h5_quiet();
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) {
        vv_h5_fail(VV_INPUT, "cannot open '%s'", path);
        return vv_error_hint("is the file a report, complete, and closed by the program that wrote it?");
    }
    const herr_t status = H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, visit, &r, H5O_INFO_BASIC);
    if (status < 0 && !r.st) r.st = vv_h5_fail(VV_INPUT, "cannot list '%s'", path);
    H5Fclose(file);
    return r.st;
}
