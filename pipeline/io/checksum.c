/* SPDX-License-Identifier: MIT */
#include "io/checksum.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/mem.h"

enum { PIECE = 4 << 20 };

/* Local. Adds the digests of this rank's pieces, each with its number. */
static bool add_pieces(struct vv_comm *c, const char *path, char *piece, uint64_t sum[2])
{
    FILE *const file = fopen(path, "r");
    bool ok = file != NULL;
    for (int64_t p = vv_comm_rank(c); ok; p += vv_comm_size(c)) {
        ok = fseeko(file, (off_t)p * PIECE, SEEK_SET) == 0;
        const size_t n = ok ? fread(piece, 1, PIECE, file) : 0;
        ok = ok && !ferror(file);
        if (!ok || n == 0) break;
        const struct vv_digest number = vv_hash_bytes(&p, sizeof p);
        const struct vv_digest d = vv_hash_join(number, vv_hash_bytes(piece, n));
        sum[0] += d.low;
        sum[1] += d.high;
    }
    if (file) fclose(file);
    return ok;
}

bool vv_checksum_file(struct vv_comm *c, const char *path, struct vv_digest *digest)
{
    uint64_t sum[2] = {0, 0};
    char *const piece = vv_mem_new(PIECE, 1, "a checksum");
    int64_t ok = piece && add_pieces(c, path, piece, sum);
    vv_mem_free(piece);
    vv_comm_min_i64(c, &ok, 1);
    vv_comm_sum_u64(c, sum, 2);
    *digest = (struct vv_digest){sum[0], sum[1]};
    return ok != 0;
}
