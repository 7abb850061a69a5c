/* SPDX-License-Identifier: MIT */
/* The bytes of an array, however they are packed: a file, a gzipped file, or a part of one (a member of a ZIP archive),
 * deflated or not. They can be read from any place; packed ones are unpacked from the beginning up to there, and go on
 * from the last place where that is possible. All functions are Local. */
#ifndef VV_IO_BYTES_H
#define VV_IO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct vv_bytes; /* opaque */

/* Opens a file, gzipped or not. name: what messages call it, such as "'layer_0' of 'a.npz'"; NULL: "'path'".
 * *b: to be closed also on failure. */
enum vv_status vv_bytes_open(const char *path, const char *name, struct vv_bytes **b);

/* Opens a part of a file: `packed` bytes from `offset`, which (if deflated) become `size` with the CRC-32 `crc`. */
struct vv_part {
    int64_t offset, packed, size;
    bool deflated;
    uint32_t crc;
};
enum vv_status vv_bytes_open_part(const char *path, const char *name, const struct vv_part *part,
                                  struct vv_bytes **b);

void vv_bytes_close(struct vv_bytes *b); /* NULL is allowed */

/* What messages call them, quoted; how many there are (unpacked), or -1 when only the end tells. */
const char *vv_bytes_name(const struct vv_bytes *b);
int64_t vv_bytes_size(const struct vv_bytes *b);

/* Reads n bytes from `at`; returns how many there were: fewer when the file ends, is damaged, or (a deflated part read
 * to its end without a gap) has another checksum than it should. */
size_t vv_bytes_read(struct vv_bytes *b, int64_t at, void *to, size_t n);

#endif
