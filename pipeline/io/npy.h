/* SPDX-License-Identifier: MIT */
/* The inside of NumPy's .npy, versions 1 to 3: a Python dict literal as header, then the raw array. Alone in a file, or
 * a member of an archive (.npz). */
#ifndef VV_IO_NPY_H
#define VV_IO_NPY_H

#include <stdbool.h>

#include "io/bytes.h"
#include "io/reader.h"
#include "io/widen.h"

enum { VV_NPY_MAGIC_BYTES = 6 };

/* Local. Whether bytes begin like one. head: [n] */
bool vv_npy_claims(const unsigned char *head, size_t n);

/* Local. Reads the header: shape, types, where the data begin. `name` of the array must be there; path: the file, for
 * messages; alone: it holds nothing else. VV_INPUT when the header is damaged, the data are fewer than it promises, or
 * values cannot be read (Fortran order, complex numbers, objects): then the shape is there as far as it was read. */
enum vv_status vv_npy_header(struct vv_bytes *bytes, const char *path, bool alone, struct vv_array *a);

/* Local. The number type that the header told. */
struct vv_number vv_npy_number(const struct vv_array *a);

/* Local. All texts of an array of texts as UTF-8. texts: [n_rows * n_cols], each from vv_mem_string */
enum vv_status vv_npy_texts(struct vv_bytes *bytes, const struct vv_array *a, char **texts);

#endif
