/* SPDX-License-Identifier: MIT */
/* Hubert, Arabie, J. Classification 2:193 (1985), adjusted Rand index; Rosenberg, Hirschberg, EMNLP (2007), homogeneity
 * and completeness. The sums run over the entries in their order, so the bits depend on nothing else. */
#include "stages/peaks/scores.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static int compare(const void *x, const void *y)
{
    const struct vv_count *const a = x, *const b = y;
    if (a->cluster != b->cluster) return a->cluster < b->cluster ? -1 : 1;
    return (a->cls > b->cls) - (a->cls < b->cls);
}

int64_t vv_counts_reduce(struct vv_count *counts, int64_t n)
{
    int64_t kept = 0;
    qsort(counts, (size_t)n, sizeof *counts, compare);
    for (int64_t i = 0; i < n; i++) {
        if (kept > 0 && compare(&counts[i], &counts[kept - 1]) == 0) counts[kept - 1].n += counts[i].n;
        else counts[kept++] = counts[i];
    }
    return kept;
}

static double pairs(int64_t n)
{
    return 0.5 * (double)n * (double)(n - 1);
}

/* Entropy and pairs of a partition. sizes: [n] */
static void measure(const int64_t *sizes, int64_t n, double total, double *entropy, double *n_pairs)
{
    *entropy = *n_pairs = 0.0;
    for (int64_t i = 0; i < n; i++) {
        if (sizes[i] == 0) continue;
        const double share = (double)sizes[i] / total;
        *entropy -= share * log(share);
        *n_pairs += pairs(sizes[i]);
    }
}

/* a - b(a|other) over a; 1 where there is nothing to tell. */
static double explained(double information, double entropy)
{
    return entropy > 0.0 ? information / entropy : 1.0;
}

enum vv_status vv_scores_make(const struct vv_count *counts, int64_t n_counts, int64_t n_clusters, int64_t n_classes,
                              struct vv_scores *scores)
{
    int64_t *const clusters = vv_mem_new(n_clusters, sizeof *clusters, "sizes of clusters");
    int64_t *const most = vv_mem_new(n_clusters, sizeof *most, "largest classes");
    int64_t *const classes = vv_mem_new(n_classes, sizeof *classes, "sizes of classes");
    const enum vv_status st = clusters && most && classes ? VV_OK : VV_MEMORY;
    *scores = (struct vv_scores){NAN, NAN, NAN, NAN, NAN, 0};
    for (int64_t i = 0; !st && i < n_counts; i++) {
        clusters[counts[i].cluster] += counts[i].n;
        classes[counts[i].cls] += counts[i].n;
        scores->n += counts[i].n;
        if (counts[i].n > most[counts[i].cluster]) most[counts[i].cluster] = counts[i].n;
    }
    if (!st && scores->n > 0) {
        const double n = (double)scores->n, all = pairs(scores->n);
        double h_cluster, h_class, in_clusters, in_classes, both = 0.0, information = 0.0, pure = 0.0;
        measure(clusters, n_clusters, n, &h_cluster, &in_clusters);
        measure(classes, n_classes, n, &h_class, &in_classes);
        for (int64_t i = 0; i < n_counts; i++) {
            const double x = (double)counts[i].n;
            both += pairs(counts[i].n);
            information += x / n * log(x * n / ((double)clusters[counts[i].cluster] * (double)classes[counts[i].cls]));
        }
        for (int64_t i = 0; i < n_clusters; i++) pure += (double)most[i];
        if (information < 0.0) information = 0.0; /* rounding */
        const double chance = all > 0.0 ? in_clusters * in_classes / all : 0.0;
        const double best = 0.5 * (in_clusters + in_classes);
        scores->ari = best > chance ? (both - chance) / (best - chance) : 1.0;
        scores->homogeneity = explained(information, h_class);
        scores->completeness = explained(information, h_cluster);
        scores->nmi = explained(information, 0.5 * (h_class + h_cluster));
        scores->purity = pure / n;
    }
    vv_mem_free(clusters);
    vv_mem_free(most);
    vv_mem_free(classes);
    return st;
}
