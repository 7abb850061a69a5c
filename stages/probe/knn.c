/* SPDX-License-Identifier: MIT */
#include "stages/probe/label_set.h"

#include "stages/probe/votes.h"

/* The predictions for the rows that are labelled and have a labelled neighbor; returns how many have none. votes:
 * [n], the predictions afterwards; truth: [n] */
static int64_t predictions(const struct vv_neighbors *nb, const struct vv_labels *labels, int32_t *votes,
                           int32_t *truth, struct vv_predictions *p)
{
    int64_t n_undecided = 0;
    *p = (struct vv_predictions){.n_classes = labels->n_classes, .truth = truth, .predicted = votes};
    for (int64_t r = 0; r < nb->layout.n; r++) {
        const int32_t c = labels->classes[vv_sample_of(nb->sample, r)];
        if (c < 0) continue;
        if (votes[r] < 0) {
            n_undecided++;
            continue;
        }
        truth[p->n] = c;
        votes[p->n++] = votes[r];
    }
    return n_undecided;
}

/* Collective. All labelled rows, whatever their part. */
enum vv_status vv_probe_run_knn(struct vv_probe *it, const struct vv_neighbors *nb)
{
    const struct vv_ints *const ks = &it->config->k;
    const struct vv_probe_group g = {it->group.table, it->group.label, "probe/k", ks->n};
    const int64_t n = nb->layout.n, n_local = vv_layout_local(&nb->layout);
    struct vv_scored *scored = vv_mem_new(ks->n, sizeof *scored, "scores");
    int32_t *winners = vv_mem_new(n_local * ks->n, sizeof *winners, "votes");
    int32_t *mine = vv_mem_new(n_local, sizeof *mine, "votes"), *all = vv_mem_new(n, sizeof *all, "votes");
    int32_t *truth = vv_mem_new(n, sizeof *truth, "classes of rows");
    struct vv_column *undecided = NULL;
    int n_ks = 0;
    while (n_ks < ks->n && ks->v[n_ks] <= nb->k) n_ks++;
    enum vv_status st = scored && winners && mine && all && truth ? VV_OK : VV_MEMORY;
    if (!st)
        st = vv_probe_column(&g, "knn/n_undecided", "1", "labelled rows none of whose k nearest neighbors is labelled: "
                             "they do not count in the scores", VV_I64, &undecided);
    st = vv_agree(it->ctx->comm, st);
    if (!st && n_ks > 0) st = vv_probe_votes(it->ctx->comm, nb, it->labels, ks->v, n_ks, winners);
    for (int q = 0; !st && q < ks->n; q++) {
        struct vv_predictions p;
        scored[q] = vv_scored_none();
        if (q >= n_ks) continue;
        for (int64_t i = 0; i < n_local; i++) mine[i] = winners[i * n_ks + q];
        vv_comm_allgather_rows(it->ctx->comm, &nb->layout, mine, sizeof *mine, all);
        undecided->i64[q] = predictions(nb, it->labels, all, truth, &p);
        st = vv_probe_bootstrap(it->ctx->comm, &p, &it->bootstrap, &scored[q]);
    }
    if (!st)
        st = vv_probe_scores_columns(&g, "knn", "majority of the k nearest neighbors, all labelled rows that have a "
                                     "labelled neighbor, each left out of its own", scored, VV_CLASS_SCORES);
    vv_mem_free(scored);
    vv_mem_free(winners);
    vv_mem_free(mine);
    vv_mem_free(all);
    vv_mem_free(truth);
    return vv_agree(it->ctx->comm, st);
}
