/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <stdio.h>
#include <xxhash.h>

struct vv_digest vv_hash_bytes(const void *bytes, size_t n)
{
    const XXH128_hash_t h = XXH3_128bits(bytes, n);
    return (struct vv_digest){.low = h.low64, .high = h.high64};
}

struct vv_digest vv_hash_join(struct vv_digest a, struct vv_digest b)
{
    const uint64_t both[4] = {a.low, a.high, b.low, b.high};
    return vv_hash_bytes(both, sizeof both);
}

bool vv_digest_equal(struct vv_digest a, struct vv_digest b)
{
    return a.low == b.low && a.high == b.high;
}

int vv_digest_compare(struct vv_digest a, struct vv_digest b)
{
    if (a.high != b.high) return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

void vv_digest_text(struct vv_digest d, char text[33])
{
    snprintf(text, 33, "%016llx%016llx", (unsigned long long)d.high, (unsigned long long)d.low);
}
