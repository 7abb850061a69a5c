/* SPDX-License-Identifier: MIT */
/* The directory of a ZIP archive (PKWARE's APPNOTE 6.3), with the 64-bit extension: which members there are, where
 * their bytes lie and how they are packed. One disk; nothing encrypted. */
#ifndef VV_IO_ZIP_H
#define VV_IO_ZIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum { VV_ZIP_STORED = 0, VV_ZIP_DEFLATED = 8 }; /* the methods of packing that are read here */

struct vv_zip_member {
    char *name;           /* with its ending */
    int method;
    bool encrypted;
    uint32_t crc;         /* of its bytes, unpacked */
    int64_t packed, size; /* bytes in the file, and unpacked */
    int64_t header;       /* where its own header is, in front of the bytes */
};

/* Local. *members: [*n], from the directory at the end of the file; to be freed with vv_zip_release. VV_INPUT when the
 * directory is cut short or contradicts itself. */
enum vv_status vv_zip_list(const char *path, struct vv_zip_member **members, int *n);
void vv_zip_release(struct vv_zip_member **members, int n);

/* Local. Where the bytes of a member begin. VV_INPUT when there is no header where the directory says so, or they
 * would go beyond the end of the file. */
enum vv_status vv_zip_locate(const char *path, const struct vv_zip_member *m, int64_t *offset);

#endif
