/* SPDX-License-Identifier: MIT */
/* Tables in HDF5: each column a dataset at the path of its name, dimensions as attached scales. */
#ifndef VV_IO_TABLE_H5_H
#define VV_IO_TABLE_H5_H

#include "data/table.h"
#include "io/h5.h"

/* Collective. Writes all columns. A dimension without a coordinate column gets one that counts from
 * 0; "layer" and "other_layer" are scales at the root. */
enum vv_status vv_table_h5_write(struct vv_h5_file *f, const struct vv_table *t);

#endif
