/* SPDX-License-Identifier: MIT */
/* Texts out of HDF5, of fixed or variable length; for io/ only. */
#ifndef VV_IO_H5_TEXT_H
#define VV_IO_H5_TEXT_H

#include <hdf5.h>
#include <stdint.h>

#include "base/error.h"

/* Local. All texts of a dataset called `name`; texts: [n] NULL, each becomes one of vv_mem_string, also when the
 * rest fails. */
enum vv_status vv_h5_read_texts(hid_t set, const char *name, int64_t n, char **texts);

/* Local. A text attribute of an object, from vv_mem_string; NULL in *text when there is none. */
enum vv_status vv_h5_read_attribute(hid_t object, const char *name, char **text);

#endif
