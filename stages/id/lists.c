/* SPDX-License-Identifier: MIT */
#include "stages/id/lists.h"

#include "base/mem.h"

enum { ROWS_AT_ONCE = 256 };

enum vv_status vv_id_each_list(const struct vv_neighbors *nb, int k, vv_id_list_fn what, void *state, int64_t *n_used)
{
    const int64_t n_local = vv_layout_local(&nb->layout), first = vv_layout_first(&nb->layout);
    double *rows = vv_mem_new((int64_t)ROWS_AT_ONCE * k, sizeof *rows, "neighbor distances");
    enum vv_status st = rows ? VV_OK : VV_MEMORY;
    for (int64_t i0 = 0; !st && k > 0 && i0 < n_local; i0 += ROWS_AT_ONCE) {
        const int64_t n = i0 + ROWS_AT_ONCE < n_local ? ROWS_AT_ONCE : n_local - i0;
        if ((st = vv_neighbors_read(nb, first + i0, n, k, NULL, rows))) break;
        for (int64_t i = 0; i < n; i++) {
            double *const length = rows + i * k;
            for (int j = 0; j < k; j++) length[j] = vv_neighbors_length(nb->metric, length[j]);
            if (!(length[0] > 0.0)) continue;
            (*n_used)++;
            what(state, length);
        }
    }
    vv_mem_free(rows);
    return st;
}
