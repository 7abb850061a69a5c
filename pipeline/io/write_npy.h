/* SPDX-License-Identifier: MIT */
/* Writes NumPy's .npy, piece by piece; the file appears complete or not at all. All functions are Local. */
#ifndef VV_IO_WRITE_NPY_H
#define VV_IO_WRITE_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum vv_npy_type { VV_NPY_F32, VV_NPY_F64, VV_NPY_I64, VV_NPY_TEXT };

struct vv_npy_file; /* opaque */

/* Begins a file, making its folders. width: of a text, in characters; else unused. length: [n_dims] VV_OUTPUT naming
 * the path when that cannot be. */
enum vv_status vv_npy_create(const char *path, enum vv_npy_type type, int width, const int64_t *length, int n_dims,
                             struct vv_npy_file **file);

/* Appends values in C order. values: [n] of the type. / One text, in UTF-8. */
enum vv_status vv_npy_append(struct vv_npy_file *file, const void *values, int64_t n);
enum vv_status vv_npy_append_text(struct vv_npy_file *file, const char *text);

/* Ends it: with VV_OK the file appears. NULL is allowed. Returns st, or the failure. */
enum vv_status vv_npy_finish(struct vv_npy_file **file, enum vv_status st);

/* Characters of a text in UTF-8. */
int vv_npy_width(const char *text);

#endif
