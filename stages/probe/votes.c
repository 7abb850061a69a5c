/* SPDX-License-Identifier: MIT */
#include "stages/probe/votes.h"

#include "base/mem.h"
#include "data/matrix.h"
#include "dist/agree.h"

enum { BLOCK = 1024 };

void vv_probe_vote(const int32_t *classes, const int64_t *ks, int n_ks, int64_t *counts, int32_t *winners)
{
    int32_t best = -1;
    int64_t j = 0;
    for (int q = 0; q < n_ks; q++) {
        for (; j < ks[q]; j++) {
            const int32_t c = classes[j];
            if (c < 0) continue;
            counts[c]++;
            const int64_t most = best < 0 ? 0 : counts[best];
            if (counts[c] > most || (c < best && counts[c] == most)) best = c;
        }
        winners[q] = best;
    }
    for (int64_t i = 0; i < j; i++)
        if (classes[i] >= 0) counts[classes[i]] = 0;
}

enum vv_status vv_probe_votes(struct vv_comm *c, const struct vv_neighbors *nb, const struct vv_labels *labels,
                              const int64_t *ks, int n_ks, int32_t *winners)
{
    const int64_t begin = vv_layout_first(&nb->layout), n_local = vv_layout_local(&nb->layout);
    const int k = (int)ks[n_ks - 1];
    int32_t *lists = vv_mem_new((int64_t)BLOCK * k, sizeof *lists, "neighbor lists");
    int64_t *counts = vv_mem_new(labels->n_classes, sizeof *counts, "votes");
    enum vv_status st = lists && counts ? VV_OK : VV_MEMORY;
    for (int64_t r0 = 0; !st && r0 < n_local; r0 += BLOCK) {
        const int64_t n = r0 + BLOCK < n_local ? BLOCK : n_local - r0;
        st = vv_neighbors_read(nb, begin + r0, n, k, lists, NULL);
        for (int64_t i = 0; !st && i < n * k; i++) lists[i] = labels->classes[vv_sample_of(nb->sample, lists[i])];
        for (int64_t i = 0; !st && i < n; i++)
            vv_probe_vote(lists + i * k, ks, n_ks, counts, winners + (r0 + i) * n_ks);
    }
    st = vv_agree(c, st);
    vv_mem_free(lists);
    vv_mem_free(counts);
    return st;
}
