/* SPDX-License-Identifier: MIT */
/* Samples are divided over the ranks; a rank reads the lists of its samples in every layer, a block of
 * samples at a time, and compares all pairs of layers there. Communication: one sum of integers at the
 * end. Reading: each table once. Memory: the lists of a block in all layers, two bytes a sample. */
#include "stages/composition/pairs.h"

#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/layout.h"

enum { BLOCK_BYTES = 32 << 20, MOST_ROWS = 4096 };

int vv_layers_most(const struct vv_layers *l, int layer)
{
    const int64_t most = l->n_ks > 0 ? l->ks[l->n_ks - 1] : 0;
    return (int)(most < l->tables[layer]->k ? most : l->tables[layer]->k);
}

/* The first row of a layer whose sample is `sample` or a later one. */
static int64_t find_row(const struct vv_neighbors *nb, int64_t sample)
{
    if (!nb->sample) return sample < nb->layout.n ? sample : nb->layout.n;
    int64_t low = 0, high = nb->layout.n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (nb->sample[middle] < sample) low = middle + 1;
        else high = middle;
    }
    return low;
}

static int64_t sample_of(const struct vv_neighbors *nb, int64_t row)
{
    return nb->sample ? nb->sample[row] : row;
}

/* Turns row numbers of a layer into sample numbers, in place. index: [n] */
static void to_samples(const struct vv_neighbors *nb, int64_t n, int32_t *index)
{
    for (int64_t i = 0; nb->sample && i < n; i++) index[i] = (int32_t)nb->sample[index[i]];
}

/* The lists of a block of samples in one layer. */
struct lists {
    int k;
    int64_t row, n_rows;  /* of the layer, those whose samples are in the block */
    int32_t *neighbors;   /* [n_rows][k] samples */
    int64_t at;           /* row now being looked at, from 0 */
};

static enum vv_status read_lists(const struct vv_neighbors *nb, int64_t begin, int64_t end,
                                 struct lists *it)
{
    it->row = find_row(nb, begin);
    it->n_rows = find_row(nb, end) - it->row;
    it->at = 0;
    if (it->n_rows == 0 || it->k == 0) return VV_OK;
    VV_TRY(vv_neighbors_read(nb, it->row, it->n_rows, it->k, it->neighbors, NULL));
    to_samples(nb, it->n_rows * it->k, it->neighbors);
    return VV_OK;
}

/* The list of a sample, or NULL when the layer does not hold it; samples come in ascending order. */
static const int32_t *list_of(const struct vv_neighbors *nb, struct lists *it, int64_t sample)
{
    while (it->at < it->n_rows && sample_of(nb, it->row + it->at) < sample) it->at++;
    if (it->at == it->n_rows || sample_of(nb, it->row + it->at) != sample) return NULL;
    return it->neighbors + it->at * it->k;
}

/* All pairs of layers at one sample. order: [n_samples], found: [n], counts: [n_ks] */
static void compare(const struct vv_layers *l, const struct lists *lists,
                    const int32_t *const *found, uint16_t *order, int64_t *counts,
                    struct vv_tally *tallies)
{
    for (int a = 0; a < l->n; a++) {
        if (!found[a]) continue;
        vv_overlap_mark(order, found[a], lists[a].k);
        for (int b = a + 1; b < l->n; b++) {
            if (!found[b]) continue;
            vv_overlap_count(order, found[b], lists[b].k, l->ks, l->n_ks, counts);
            for (int i = 0; i < l->n_ks; i++)
                vv_tally_add(&tallies[(i * l->n + a) * l->n + b], counts[i]);
        }
        vv_overlap_unmark(order, found[a], lists[a].k);
    }
}

/* Samples a block, so that the lists of all layers fit. */
static int64_t block_samples(const struct vv_layers *l)
{
    int64_t bytes = 1;
    for (int a = 0; a < l->n; a++) bytes += vv_layers_most(l, a) * (int64_t)sizeof(int32_t);
    const int64_t n = BLOCK_BYTES / bytes;
    return n < 1 ? 1 : n > MOST_ROWS ? MOST_ROWS : n;
}

_Static_assert(sizeof(struct vv_tally) == 3 * sizeof(int64_t), "tallies reduce as integers");

enum vv_status vv_layers_overlap(struct vv_comm *c, const struct vv_layers *l,
                                 struct vv_progress *progress, struct vv_tally *tallies)
{
    const struct vv_layout samples = vv_comm_layout(c, l->n_samples);
    const int64_t begin = vv_layout_first(&samples), end = begin + vv_layout_local(&samples);
    const int64_t block = block_samples(l);
    struct lists *lists = vv_mem_new(l->n, sizeof *lists, "neighbor lists");
    const int32_t **found = vv_mem_new(l->n, sizeof *found, "neighbor lists");
    uint16_t *order = vv_mem_new(l->n_samples, sizeof *order, "orders of neighbors");
    int64_t *counts = vv_mem_new(l->n_ks, sizeof *counts, "counts");
    enum vv_status st = lists && found && order && counts ? VV_OK : VV_MEMORY;
    for (int a = 0; !st && a < l->n; a++) {
        lists[a].k = vv_layers_most(l, a);
        lists[a].neighbors = vv_mem_new(block * lists[a].k, sizeof(int32_t), "neighbor lists");
        if (!lists[a].neighbors) st = VV_MEMORY;
    }
    for (int64_t s0 = begin; !st && s0 < end; s0 += block) {
        const int64_t s1 = s0 + block < end ? s0 + block : end;
        for (int a = 0; !st && a < l->n; a++) st = read_lists(l->tables[a], s0, s1, &lists[a]);
        for (int64_t s = s0; !st && s < s1; s++) {
            for (int a = 0; a < l->n; a++) found[a] = list_of(l->tables[a], &lists[a], s);
            compare(l, lists, found, order, counts, tallies);
        }
        vv_progress_tell(progress, (double)(s1 - begin), (double)(end - begin));
    }
    st = vv_agree(c, st);
    if (!st) vv_comm_sum_i64(c, &tallies[0].n, 3 * (int64_t)l->n_ks * l->n * l->n);
    for (int a = 0; lists && a < l->n; a++) vv_mem_free(lists[a].neighbors);
    vv_mem_free(lists);
    vv_mem_free(found);
    vv_mem_free(order);
    vv_mem_free(counts);
    return st;
}

enum vv_status vv_layers_label_overlap(struct vv_comm *c, const struct vv_layers *l, int layer,
                                       const struct vv_labels *labels, struct vv_tally *tallies)
{
    const struct vv_neighbors *nb = l->tables[layer];
    const int64_t begin = vv_layout_first(&nb->layout);
    const int64_t end = begin + vv_layout_local(&nb->layout), block = block_samples(l);
    const int k = vv_layers_most(l, layer);
    int32_t *neighbors = vv_mem_new(block * k, sizeof *neighbors, "neighbor lists");
    int64_t *counts = vv_mem_new(l->n_ks, sizeof *counts, "counts");
    enum vv_status st = neighbors && counts ? VV_OK : VV_MEMORY;
    for (int64_t r0 = begin; !st && k > 0 && r0 < end; r0 += block) {
        const int64_t n = r0 + block < end ? block : end - r0;
        if ((st = vv_neighbors_read(nb, r0, n, k, neighbors, NULL))) break;
        to_samples(nb, n * k, neighbors);
        for (int64_t i = 0; i < n; i++) {
            const int32_t cls = labels->classes[sample_of(nb, r0 + i)];
            if (cls < 0) continue;
            vv_label_count(cls, labels->classes, neighbors + i * k, k, l->ks, l->n_ks, counts);
            for (int q = 0; q < l->n_ks; q++)
                vv_tally_add(&tallies[(int64_t)q * labels->n_classes + cls], counts[q]);
        }
    }
    st = vv_agree(c, st);
    if (!st && labels->n_classes > 0)
        vv_comm_sum_i64(c, &tallies[0].n, 3 * (int64_t)l->n_ks * labels->n_classes);
    vv_mem_free(neighbors);
    vv_mem_free(counts);
    return st;
}
