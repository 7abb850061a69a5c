/* SPDX-License-Identifier: MIT */
/* The digest of all bytes of a file, read by all ranks together. */
#ifndef VV_IO_CHECKSUM_H
#define VV_IO_CHECKSUM_H

#include "base/hash.h"
#include "dist/comm.h"

/* Collective. The file is hashed in pieces of fixed size, each by one rank; the digest is the sum of theirs, so
 * the same on any number of ranks. False when it cannot be read. */
bool vv_checksum_file(struct vv_comm *c, const char *path, struct vv_digest *digest);

#endif
