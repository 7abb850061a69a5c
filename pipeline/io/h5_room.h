/* SPDX-License-Identifier: MIT */
/* What a file says of its size, held against its size; for io/ only. */
#ifndef VV_IO_H5_ROOM_H
#define VV_IO_H5_ROOM_H

#include <hdf5.h>
#include <stdbool.h>

/* Local. Whether the file of a dataset has room for as many values as the dataset claims: to be asked before memory is
 * taken for them. Other programs may have packed it. */
bool vv_h5_has_room(hid_t set);

#endif
