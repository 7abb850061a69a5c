/* SPDX-License-Identifier: MIT */
/* HDF5's error stack as one of our errors; for io/ only. */
#ifndef VV_IO_H5_ERROR_H
#define VV_IO_H5_ERROR_H

#include "base/error.h"

/* Local. Stops HDF5 from printing its errors by itself. */
void vv_h5_quiet(void);

/* Local. Records "<what>: <HDF5's innermost message>" and empties HDF5's stack. */
enum vv_status vv_h5_fail(enum vv_status code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
