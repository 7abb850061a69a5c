/* SPDX-License-Identifier: MIT */
/* The two nearest members of a subset are the first two of a row's stored neighbors that belong to
 * it, exactly, ties included; so as long as every member finds two in its list the table answers and
 * nothing is computed. With k = 100 that carries down to n/8. Smaller subsets are gathered and searched
 * anew, which costs (1/16)^2 of the first search or less. */
#include "stages/id/subset.h"

#include "base/mem.h"
#include "dist/agree.h"
#include "neighbors/search.h"

enum { ROWS_AT_ONCE = 256 };

/* One row's two radii. inner, outer: -1 and 0 where it has none */
static int look(const struct vv_neighbors *nb, const int32_t *group, int32_t own, const int32_t *index,
                const double *distance, double *inner, double *outer)
{
    int found = 0;
    for (int j = 0; j < nb->k && found < 2; j++)
        if (group[index[j]] == own)
            *(found++ == 0 ? inner : outer) = vv_neighbors_length(nb->metric, distance[j]);
    return found;
}

enum vv_status vv_subset_from_table(const struct vv_neighbors *nb, const int32_t *group,
                                    struct vv_radii *r, int64_t *complete)
{
    const int64_t n_local = vv_layout_local(&nb->layout), first = vv_layout_first(&nb->layout);
    const int64_t row_values = (int64_t)ROWS_AT_ONCE * nb->k;
    int32_t *index = vv_mem_new(row_values, sizeof *index, "neighbors");
    double *distance = vv_mem_new(row_values, sizeof *distance, "neighbor distances");
    *r = (struct vv_radii){.layout = nb->layout, .n_orders = 2};
    r->length = vv_mem_new(2 * n_local, sizeof *r->length, "neighbor distances");
    enum vv_status st = index && distance && r->length ? VV_OK : VV_MEMORY;
    for (int64_t i0 = 0; !st && i0 < n_local; i0 += ROWS_AT_ONCE) {
        const int64_t n = i0 + ROWS_AT_ONCE < n_local ? ROWS_AT_ONCE : n_local - i0;
        if ((st = vv_neighbors_read(nb, first + i0, n, nb->k, index, distance))) break;
        for (int64_t i = i0; i < i0 + n; i++) {
            const int32_t own = group[first + i];
            if (own < 0) r->length[i] = -1.0;
            else if (look(nb, group, own, index + (i - i0) * nb->k, distance + (i - i0) * nb->k,
                          &r->length[i], &r->length[n_local + i]) < 2)
                complete[own] = 0;
        }
    }
    vv_mem_free(index);
    vv_mem_free(distance);
    return st;
}

enum vv_status vv_subset_from_search(struct vv_comm *c, const struct vv_subsets *how, const int64_t *rows,
                                     int64_t n_rows, struct vv_radii *r)
{
    const struct vv_search search = {.k = 2, .metric = how->neighbors->metric,
                                     .threads = how->threads,
                                     .scratch = how->scratch,
                                     .memory = how->memory};
    struct vv_matrix subset = {.rows = NULL};
    struct vv_neighbors nb = {.k = 0};
    enum vv_status st = vv_matrix_gather(c, how->matrix, rows, n_rows, &subset);
    if (!st) st = vv_neighbors_search(c, &subset, &search, &nb, NULL);
    vv_matrix_release(&subset);
    if (!st) st = vv_agree(c, vv_radii_init(r, &nb, 2));
    vv_neighbors_release(&nb);
    return st;
}
