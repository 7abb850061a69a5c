/* SPDX-License-Identifier: MIT */
#include "io/h5_text.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "io/h5_error.h"

/* A type in memory for texts stored as `stored`; *step: bytes from one to the next. */
static hid_t memory_type(hid_t stored, size_t *step)
{
    const bool variable = H5Tis_variable_str(stored) > 0;
    const size_t width = H5Tget_size(stored);
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, variable ? H5T_VARIABLE : width + 1);
    H5Tset_cset(type, H5Tget_cset(stored));
    *step = variable ? sizeof(char *) : width + 1;
    return type;
}

/* The texts of a block read with such a type; gives back what HDF5 has allocated. */
static enum vv_status copy(hid_t type, hid_t space, char *raw, size_t step, int64_t n, char **texts)
{
    const bool variable = H5Tis_variable_str(type) > 0;
    enum vv_status st = VV_OK;
    for (int64_t i = 0; !st && i < n; i++) {
        const char *text = raw + (size_t)i * step;
        if (variable) memcpy(&text, raw + (size_t)i * step, sizeof text);
        if (!(texts[i] = vv_mem_string(text ? text : ""))) st = VV_MEMORY;
    }
    if (variable) H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw);
    return st;
}

enum vv_status vv_h5_read_texts(hid_t set, const char *name, int64_t n, char **texts)
{
    size_t step;
    const hid_t stored = H5Dget_type(set), type = memory_type(stored, &step), space = H5Dget_space(set);
    char *const raw = vv_mem_new(n, step, "texts");
    enum vv_status st = raw ? VV_OK : VV_MEMORY;
    if (!st && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) < 0)
        st = vv_h5_fail(VV_INPUT, "cannot read the texts of '%s'", name);
    if (!st) st = copy(type, space, raw, step, n, texts);
    vv_mem_free(raw);
    H5Sclose(space);
    H5Tclose(type);
    H5Tclose(stored);
    return st;
}

enum vv_status vv_h5_read_attribute(hid_t object, const char *name, char **text)
{
    *text = NULL;
    if (H5Aexists(object, name) <= 0) return VV_OK;
    const hid_t a = H5Aopen(object, name, H5P_DEFAULT);
    if (a < 0) return vv_h5_fail(VV_INPUT, "cannot read the attribute '%s'", name);
    const hid_t stored = H5Aget_type(a), space = H5Aget_space(a);
    enum vv_status st = VV_OK;
    if (H5Tget_class(stored) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1) {
        size_t step;
        const hid_t type = memory_type(stored, &step);
        char *const raw = vv_mem_new(1, step, "a text");
        st = raw ? VV_OK : VV_MEMORY;
        if (!st && H5Aread(a, type, raw) < 0) st = vv_h5_fail(VV_INPUT, "cannot read the attribute '%s'", name);
        if (!st) st = copy(type, space, raw, step, 1, text);
        vv_mem_free(raw);
        H5Tclose(type);
    }
    H5Sclose(space);
    H5Tclose(stored);
    H5Aclose(a);
    return st;
}
