/* SPDX-License-Identifier: MIT */
/* One array of plain numbers among the bytes of a file, packed or not: what .npy, .npz, safetensors and IDX share below
 * their headers. */
#ifndef VV_IO_RAW_H
#define VV_IO_RAW_H

#include "io/bytes.h"
#include "io/reader.h"
#include "io/widen.h"

struct vv_raw; /* opaque */

/* Local. Opens the numbers of `a`, which begin at a->offset of `bytes` (taken over, also on failure; NULL only with
 * the status that opening them had). */
enum vv_status vv_raw_open(enum vv_status opened, struct vv_bytes *bytes, const struct vv_array *a,
                           struct vv_number number, void **handle);

/* Local. The same for a file, as far as zlib can read it. */
enum vv_status vv_raw_open_file(const char *path, const struct vv_array *a, struct vv_number number, void **handle);

/* Local. As `read` and `close` of a reader. VV_INPUT when the file is cut short or damaged. */
enum vv_status vv_raw_read(void *handle, int64_t row, int64_t n_rows, enum vv_real type, void *out);
void vv_raw_close(void *handle);

#endif
