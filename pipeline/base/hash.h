/* SPDX-License-Identifier: MIT */
/* 128-bit content digests (XXH3 of xxHash): fast, stable across machines, not cryptographic. */
#ifndef VV_BASE_HASH_H
#define VV_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vv_digest {
    uint64_t low, high;
};

/* Local. Digest of a run of bytes. */
struct vv_digest vv_hash_bytes(const void *bytes, size_t n);

/* Local. Order-dependent combination of two digests. */
struct vv_digest vv_hash_join(struct vv_digest a, struct vv_digest b);

/* Local. Comparison: equality, and a total order for sorting (-1, 0, 1). */
bool vv_digest_equal(struct vv_digest a, struct vv_digest b);
int vv_digest_compare(struct vv_digest a, struct vv_digest b);

/* Local. 32 hexadecimal digits and a terminator. */
void vv_digest_text(struct vv_digest d, char text[33]);

#endif
