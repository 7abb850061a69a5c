/* SPDX-License-Identifier: MIT */
#include "io/h5_room.h"

enum { MOST_PACKED = 1032 /* times smaller by deflate, at best */ };

/* Bytes of a file as it is stored; 0 when that cannot be known. */
static double file_bytes(hid_t set)
{
    const hid_t file = H5Iget_file_id(set);
    hsize_t bytes = 0;
    if (file < 0) return 0.0;
    const bool known = H5Fget_filesize(file, &bytes) >= 0;
    H5Fclose(file);
    return known ? (double)bytes : 0.0;
}

bool vv_h5_has_room(hid_t set)
{
    const hid_t how = H5Dget_create_plist(set), type = H5Dget_type(set), space = H5Dget_space(set);
    const bool chunked = how >= 0 && H5Pget_layout(how) == H5D_CHUNKED;
    hsize_t length[H5S_MAX_RANK];
    const int n_dims = space >= 0 ? H5Sget_simple_extent_dims(space, length, NULL) : -1;
    double bytes = type >= 0 ? (double)H5Tget_size(type) : 0.0;
    for (int d = 0; d < n_dims; d++) bytes *= (double)length[d];
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    if (how >= 0) H5Pclose(how);
    return n_dims >= 0 && bytes <= (chunked ? MOST_PACKED : 1.0) * file_bytes(set);
}
