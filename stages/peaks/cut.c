/* SPDX-License-Identifier: MIT */
/* Communication: two integers a cluster, and the table of clusters and classes, as far as it is not empty, to all. */
#include "stages/peaks/cut.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"

/* The highest saddle of each cluster; -infinity without one. highest: [n] */
static void find_highest(const struct vv_merged *m, double *highest)
{
    for (int64_t i = 0; i < m->n; i++) highest[i] = -INFINITY;
    for (int64_t e = 0; e < m->n_saddles; e++) {
        const struct vv_saddle *const s = &m->saddles[e];
        if (s->height > highest[s->a]) highest[s->a] = s->height;
        if (s->height > highest[s->b]) highest[s->b] = s->height;
    }
}

enum vv_status vv_cut_make(struct vv_comm *c, const struct vv_layout *layout, const struct vv_topography *t,
                           const double *value, double z, enum vv_survivor rule, int64_t stride, int64_t *cluster,
                           int64_t *is_core, struct vv_cut *cut)
{
    const int64_t first = vv_layout_first(layout), n_local = vv_layout_local(layout);
    *cut = (struct vv_cut){.population = NULL};
    struct vv_merged *const m = &cut->merged;
    double *highest = NULL;
    enum vv_status st = vv_peaks_merge(t->peaks, t->n_peaks, t->saddles, t->n_saddles, z, rule, m);
    if (!st) {
        cut->population = vv_mem_new(m->n, sizeof *cut->population, "populations");
        cut->core = vv_mem_new(m->n, sizeof *cut->core, "populations");
        highest = vv_mem_new(m->n, sizeof *highest, "highest saddles");
        if (!cut->population || !cut->core || !highest) st = VV_MEMORY;
    }
    if ((st = vv_agree(c, st))) goto done;
    find_highest(m, highest);
    for (int64_t i = 0; i < n_local; i++) {
        const int32_t peak = t->cluster[first + i];
        const int32_t own = peak < 0 ? -1 : m->cluster[peak];
        const int inside = own >= 0 && !(value[i] < highest[own]);
        cluster[i * stride] = own;
        is_core[i * stride] = inside;
        if (own >= 0) cut->population[own]++;
        if (inside) cut->core[own]++;
    }
    vv_comm_sum_i64(c, cut->population, m->n);
    vv_comm_sum_i64(c, cut->core, m->n);
done:
    if (st) vv_cut_release(cut);
    vv_mem_free(highest);
    return st;
}

void vv_cut_release(struct vv_cut *cut)
{
    vv_merged_release(&cut->merged);
    vv_mem_free(cut->population);
    vv_mem_free(cut->core);
    *cut = (struct vv_cut){.population = NULL};
}

/* Collective. Everybody's entries, added up. */
static enum vv_status gather(struct vv_comm *c, const struct vv_count *mine, int64_t n, struct vv_count **counts,
                             int64_t *n_counts)
{
    const int size = vv_comm_size(c);
    int64_t *const lengths = vv_mem_new(size, sizeof *lengths, "lengths of tables");
    enum vv_status st = vv_agree(c, lengths ? VV_OK : VV_MEMORY);
    int64_t all = 0, at = 0;
    if (!st) vv_comm_allgather(c, &n, sizeof n, lengths);
    for (int r = 0; !st && r < size; r++) all += lengths[r];
    if (!st) {
        *counts = vv_mem_new_raw(all, sizeof **counts, "clusters and classes");
        st = vv_agree(c, *counts ? VV_OK : VV_MEMORY);
    }
    for (int r = 0; !st && r < size; r++) {
        if (r == vv_comm_rank(c)) memcpy(*counts + at, mine, (size_t)n * sizeof *mine);
        if (lengths[r] > 0) vv_comm_bcast(c, *counts + at, (size_t)lengths[r] * sizeof **counts, r);
        at += lengths[r];
    }
    vv_mem_free(lengths);
    if (!st) *n_counts = vv_counts_reduce(*counts, all);
    return st;
}

enum vv_status vv_cut_compose(struct vv_comm *c, const struct vv_layout *layout, const int64_t *cluster,
                              int64_t stride, const struct vv_labels *labels, const int64_t *sample,
                              struct vv_count **counts, int64_t *n_counts)
{
    const int64_t first = vv_layout_first(layout), n_local = vv_layout_local(layout);
    struct vv_count *const mine = vv_mem_new_raw(n_local, sizeof *mine, "clusters and classes");
    enum vv_status st = vv_agree(c, mine ? VV_OK : VV_MEMORY);
    int64_t n = 0;
    *counts = NULL;
    *n_counts = 0;
    for (int64_t i = 0; !st && i < n_local; i++) {
        const int32_t cls = labels->classes[sample ? sample[first + i] : first + i];
        if (cls < 0 || cluster[i * stride] < 0) continue;
        mine[n] = (struct vv_count){.cluster = (int32_t)cluster[i * stride], .cls = cls, .n = 1};
        n++;
    }
    if (!st) st = gather(c, mine, vv_counts_reduce(mine, n), counts, n_counts);
    vv_mem_free(mine);
    if (!st) return VV_OK;
    vv_mem_free(*counts);
    *counts = NULL;
    return st;
}
