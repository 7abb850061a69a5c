/* SPDX-License-Identifier: MIT */
/* One array of plain numbers in a file, gzipped or not: what .npy and IDX share below their headers. */
#ifndef VV_IO_RAW_H
#define VV_IO_RAW_H

#include "io/reader.h"
#include "io/widen.h"

struct vv_raw; /* opaque */

/* Local. Opens the numbers of `a`, which begin at a->offset of the (unpacked) file. */
enum vv_status vv_raw_open(const char *path, const struct vv_array *a, struct vv_number number,
                           void **handle);

/* Local. As `read` and `close` of a reader. VV_INPUT when the file is cut short or damaged. */
enum vv_status vv_raw_read(void *handle, int64_t row, int64_t n_rows, enum vv_real type, void *out);
void vv_raw_close(void *handle);

#endif
