/* SPDX-License-Identifier: MIT */
#include "stages/similarity/networks.h"

#include "base/mem.h"
#include "dist/agree.h"

enum { ROWS_AT_ONCE = 2048 };

/* Local. Own rows of one layer's table against the lists of a layer of the network, row by row: the network's rows
 * were read for just the samples that the layer holds, so both number them alike. */
static enum vv_status compare(const struct vv_network_overlap *it, const struct vv_neighbors *table,
                              const struct vv_neighbors *other, struct vv_tally *tallies, int64_t stride)
{
    const int k = table->k < other->k ? table->k : other->k;
    const int64_t first = vv_layout_first(&other->layout), n_local = vv_layout_local(&other->layout);
    uint16_t *const order = vv_mem_new(other->layout.n, sizeof *order, "orders of neighbors");
    int32_t *const lists = vv_mem_new((int64_t)ROWS_AT_ONCE * k, sizeof *lists, "neighbors");
    int64_t *const counts = vv_mem_new(it->n_ks, sizeof *counts, "counts");
    enum vv_status st = order && lists && counts ? VV_OK : VV_MEMORY;
    for (int64_t i0 = 0; !st && k > 0 && i0 < n_local; i0 += ROWS_AT_ONCE) {
        const int64_t n = i0 + ROWS_AT_ONCE < n_local ? ROWS_AT_ONCE : n_local - i0;
        if ((st = vv_neighbors_read(table, first + i0, n, k, lists, NULL))) break;
        for (int64_t i = 0; i < n; i++) {
            vv_overlap_mark(order, other->index + (i0 + i) * other->k, k);
            vv_overlap_count(order, lists + i * k, k, it->ks, it->n_ks, counts);
            vv_overlap_unmark(order, other->index + (i0 + i) * other->k, k);
            for (int q = 0; q < it->n_ks && it->ks[q] <= k; q++) vv_tally_add(&tallies[q * stride], counts[q]);
        }
    }
    vv_mem_free(order);
    vv_mem_free(lists);
    vv_mem_free(counts);
    return st;
}

static bool has(const struct vv_network_overlap *it, int group, int layer, int other)
{
    return it->groups->of[layer * it->groups->n_spaces + it->n_layers + other] == group;
}

static int layer_in(const struct vv_network_overlap *it, int group, int other)
{
    for (int l = 0; l < it->n_layers; l++)
        if (has(it, group, l, other)) return l;
    return -1;
}

/* Collective. One layer of the network on the samples of one group. */
static enum vv_status search(struct vv_comm *c, const struct vv_network_overlap *it, int group, int other,
                             const int64_t *samples, int64_t n)
{
    const int64_t most = it->ks[it->n_ks - 1];
    struct vv_search how = it->how;
    struct vv_neighbors nb = {.k = 0};
    struct vv_matrix rows;
    how.k = (int)(most < n ? most : n - 1);
    how.metric = it->spaces[layer_in(it, group, other)].table->metric;
    const struct vv_space *const space = &it->spaces[it->n_layers + other];
    enum vv_status st = vv_space_read(c, space, samples, n, how.scratch, &rows);
    if (!st) st = vv_space_blame(space, vv_neighbors_search(c, &rows, &how, &nb, NULL));
    vv_matrix_release(&rows);
    for (int l = 0; !st && l < it->n_layers; l++)
        if (has(it, group, l, other))
            st = compare(it, it->spaces[l].table, &nb, it->tallies + (int64_t)l * it->n_others + other,
                         (int64_t)it->n_layers * it->n_others);
    vv_neighbors_release(&nb);
    return vv_agree(c, st);
}

/* Collective. */
static enum vv_status search_group(struct vv_comm *c, const struct vv_network_overlap *it, int group)
{
    int64_t *samples = NULL, n = 0;
    enum vv_status st = vv_agree(c, vv_groups_samples(it->groups, it->spaces, group, &samples, &n));
    for (int other = 0; !st && n > 1 && other < it->n_others; other++)
        if (layer_in(it, group, other) >= 0) st = search(c, it, group, other, samples, n);
    vv_mem_free(samples);
    return st;
}

enum vv_status vv_network_overlap(struct vv_comm *c, const struct vv_network_overlap *it)
{
    for (int group = 0; group < it->groups->n; group++) VV_TRY(search_group(c, it, group));
    _Static_assert(sizeof(struct vv_tally) == 3 * sizeof(int64_t), "tallies reduce as integers");
    vv_comm_sum_i64(c, &it->tallies[0].n, 3 * (int64_t)it->n_ks * it->n_layers * it->n_others);
    return VV_OK;
}
