/* SPDX-License-Identifier: MIT */
/* Cost: one pass over the table for all blocks together; a search of n/b rows for each block that the lists do not
 * cover; and a fit of each. */
#include "stages/id/blocks.h"

#include <math.h>

#include "base/mem.h"
#include "dist/agree.h"

void vv_blocks_assign(const int64_t *order, int64_t n, int64_t b, int32_t *block)
{
    int64_t g = 0;
    for (int64_t p = 0; p < n; p++) {
        while (p >= (g + 1) * n / b) g++;
        block[order[p]] = (int32_t)g;
    }
}

/* Collective. The fit in one block, from the radii of all (its other rows masked), or from a search. masked:
 * [2][n_local], rows: [n] room for row numbers */
static enum vv_status fit(struct vv_comm *c, const struct vv_subsets *how, const struct vv_radii *all,
                          const int32_t *block, int32_t g, bool complete, double *masked, int64_t *rows,
                          struct vv_id_estimate *e)
{
    const int64_t n = all->layout.n, n_local = vv_layout_local(&all->layout);
    const int64_t first = vv_layout_first(&all->layout);
    struct vv_id_estimate ml;
    int64_t n_rows = 0;
    for (int64_t i = 0; i < n; i++)
        if (block[i] == g) rows[n_rows++] = i;
    enum vv_status st;
    if (complete) {
        const struct vv_radii own = {.layout = all->layout, .n_orders = 2, .length = masked};
        for (int64_t i = 0; i < n_local; i++) {
            masked[i] = block[first + i] == g ? all->length[i] : -1.0;
            masked[n_local + i] = all->length[n_local + i];
        }
        st = vv_radii_twonn(c, &own, how->fraction, 0, e, &ml);
    } else {
        struct vv_radii own = {.length = NULL};
        st = vv_subset_from_search(c, how, rows, n_rows, &own);
        if (!st) st = vv_radii_twonn(c, &own, how->fraction, 0, e, &ml);
        vv_radii_release(&own);
    }
    e->n_excluded = n_rows - e->n_used;
    return st;
}

/* Collective. All blocks, once their radii are known. estimates: [b] */
static enum vv_status fit_all(struct vv_comm *c, const struct vv_subsets *how, const struct vv_radii *radii,
                              const int32_t *block, int64_t b, const int64_t *complete,
                              struct vv_id_estimate *estimates)
{
    double *masked = vv_mem_new(2 * vv_layout_local(&radii->layout), sizeof *masked, "neighbor distances");
    int64_t *rows = vv_mem_new(radii->layout.n, sizeof *rows, "rows of a block");
    enum vv_status st = vv_agree(c, masked && rows ? VV_OK : VV_MEMORY);
    for (int64_t g = 0; !st && g < b; g++)
        st = fit(c, how, radii, block, (int32_t)g, complete[g] != 0, masked, rows, &estimates[g]);
    vv_mem_free(masked);
    vv_mem_free(rows);
    return st;
}

/* Mean and standard error over the blocks. estimates: [b] */
static void conclude(const struct vv_id_estimate *estimates, int64_t b, struct vv_id_estimate *e)
{
    double sum = 0.0, squares = 0.0, distances = 0.0;
    *e = (struct vv_id_estimate){.reason = VV_ID_FINE};
    for (int64_t g = 0; g < b; g++) {
        const double d = estimates[g].value - estimates[0].value; /* moments about the first */
        if (!e->reason) e->reason = estimates[g].reason;
        e->n_used += estimates[g].n_used;
        e->n_excluded += estimates[g].n_excluded;
        sum += d;
        squares += d * d;
        distances += estimates[g].distance;
    }
    const double n = (double)b, mean = sum / n, variance = squares / n - mean * mean;
    e->distance = distances / n;
    if (e->reason) vv_id_estimate_miss(e, e->reason);
    else
        vv_id_estimate_set(e, estimates[0].value + mean,
                           b > 1 ? sqrt((variance > 0.0 ? variance : 0.0) / n) : NAN);
}

enum vv_status vv_blocks_estimate(struct vv_comm *c, const struct vv_subsets *how, const int64_t *order,
                                  int64_t b, struct vv_id_estimate *e)
{
    const int64_t n = how->neighbors->layout.n;
    struct vv_radii radii = {.length = NULL};
    *e = (struct vv_id_estimate){.distance = NAN};
    vv_id_estimate_miss(e, VV_ID_FEW_ROWS);
    if (n / b < VV_SUBSET_FEWEST) return VV_OK;
    int32_t *block = vv_mem_new(n, sizeof *block, "blocks of the rows");
    int64_t *complete = vv_mem_new(b, sizeof *complete, "blocks");
    struct vv_id_estimate *estimates = vv_mem_new(b, sizeof *estimates, "estimates");
    enum vv_status st = block && complete && estimates ? VV_OK : VV_MEMORY;
    for (int64_t g = 0; !st && g < b; g++) complete[g] = 1;
    if (!st) vv_blocks_assign(order, n, b, block);
    if (!st) st = vv_subset_from_table(how->neighbors, block, &radii, complete);
    if (!(st = vv_agree(c, st))) {
        vv_comm_min_i64(c, complete, b);
        st = fit_all(c, how, &radii, block, b, complete, estimates);
    }
    if (!st) conclude(estimates, b, e);
    vv_radii_release(&radii);
    vv_mem_free(block);
    vv_mem_free(complete);
    vv_mem_free(estimates);
    return st;
}
