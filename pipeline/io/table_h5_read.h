/* SPDX-License-Identifier: MIT */
/* Tables back from HDF5: what vv_table_h5_write made of them. */
#ifndef VV_IO_TABLE_H5_READ_H
#define VV_IO_TABLE_H5_READ_H

#include "data/table.h"

/* Local. Reads every dataset of the file into a column: its path is the name, its attached scales are the
 * dimensions ("axis 0", .. where none is). *table: an empty table, to be released in any case. VV_INPUT when the
 * file cannot be read or holds what a table cannot. */
enum vv_status vv_table_h5_read(const char *path, struct vv_table *table);

#endif
