/* SPDX-License-Identifier: MIT */
#include "stages/load/core.h"

#include <stdlib.h>

#include "base/mem.h"

struct marked {
    struct vv_digest digest;
    int64_t row;
};

static int compare(const void *a, const void *b)
{
    const struct marked *x = a, *y = b;
    const int c = vv_digest_compare(x->digest, y->digest);
    return c ? c : (x->row > y->row) - (x->row < y->row);
}

static int compare_rows(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

enum vv_status vv_load_distinct(const struct vv_digest *digests, int64_t n, int64_t *kept,
                                int64_t *n_kept, int64_t *twin, int64_t *of)
{
    struct marked *sorted = vv_mem_new(n, sizeof *sorted, "digests of rows");
    if (!sorted) return VV_MEMORY;
    for (int64_t i = 0; i < n; i++) sorted[i] = (struct marked){digests[i], i};
    qsort(sorted, (size_t)n, sizeof *sorted, compare);
    *n_kept = 0;
    *twin = *of = -1;
    for (int64_t i = 0; i < n; i++) {
        const int64_t row = sorted[i].row;
        if (i == 0 || !vv_digest_equal(sorted[i].digest, sorted[i - 1].digest)) {
            kept[(*n_kept)++] = row;
        } else if (*twin < 0 || row < *twin) {
            *twin = row;
            *of = kept[*n_kept - 1];
        }
    }
    qsort(kept, (size_t)*n_kept, sizeof *kept, compare_rows);
    vv_mem_free(sorted);
    return VV_OK;
}
