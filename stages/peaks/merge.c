/* SPDX-License-Identifier: MIT */
/* Advanced Density Peaks: d'Errico, Facco, Laio, Rodriguez, Inf. Sci. 560:476 (2021), section 2.3.
 *
 * The pair to merge next is the qualifying one with the highest saddle. Whether a pair qualifies depends on its own
 * saddle and peaks only, so a queue of qualifying pairs will do: when a cluster goes, its saddles change over to the
 * survivor (the higher one where both have one with a third), and those that changed come into the queue anew.
 * Cost: O(E log E) for E saddles, and the sum over merges of the saddles of the cluster that goes. */
#include "stages/peaks/merge.h"

#include <stdlib.h>

#include "base/mem.h"
#include "stages/peaks/graph.h"

struct work {
    const struct vv_peak *peaks;
    struct vv_saddle *saddles; /* [n_edges] current */
    uint32_t *stamps;          /* [n_edges] */
    int32_t *into;             /* [n] the peak that a peak went into; itself while it lives */
    struct vv_graph graph;
    struct vv_queue queue;
    double z;
    enum vv_survivor rule;
};

static int qualifies(const struct work *w, const struct vv_saddle *s)
{
    const struct vv_peak *const a = &w->peaks[s->a], *const b = &w->peaks[s->b];
    return a->height - s->height < w->z * (a->std_error + s->std_error) ||
           b->height - s->height < w->z * (b->std_error + s->std_error);
}

static enum vv_status consider(struct work *w, int64_t edge)
{
    struct vv_saddle *const s = &w->saddles[edge];
    const int32_t x = w->graph.ends[edge][0], y = w->graph.ends[edge][1];
    s->a = x < y ? x : y;
    s->b = x < y ? y : x;
    w->stamps[edge]++;
    if (!qualifies(w, s)) return VV_OK;
    return vv_queue_add(&w->queue, (struct vv_queued){.height = s->height, .a = s->a, .b = s->b, .edge = edge,
                                                      .stamp = w->stamps[edge]});
}

static int32_t survivor_of(const struct work *w, const struct vv_saddle *s)
{
    const struct vv_peak *const a = &w->peaks[s->a], *const b = &w->peaks[s->b];
    if (w->rule == VV_BY_DENSITY) return b->height > a->height ? s->b : s->a;
    const double margin_a = (a->height - s->height) / (a->std_error + s->std_error);
    const double margin_b = (b->height - s->height) / (b->std_error + s->std_error);
    return margin_b > margin_a ? s->b : s->a;
}

/* The saddles of `gone` become those of `survivor`. */
static enum vv_status hand_over(struct work *w, int32_t gone, int32_t survivor)
{
    struct vv_graph *const g = &w->graph;
    int64_t next;
    for (int64_t link = g->head[gone]; link >= 0; link = next) {
        const int64_t edge = link / 2;
        next = g->next[link];
        if (!g->alive[edge]) continue;
        const int64_t known = vv_graph_find(g, survivor, g->ends[edge][1 - link % 2]);
        if (known < 0) {
            vv_graph_move(g, link, survivor);
            VV_TRY(consider(w, edge));
            continue;
        }
        vv_graph_kill(g, edge);
        if (!(w->saddles[edge].height > w->saddles[known].height)) continue;
        w->saddles[known] = w->saddles[edge];
        VV_TRY(consider(w, known));
    }
    g->head[gone] = -1;
    return VV_OK;
}

static enum vv_status merge_all(struct work *w)
{
    struct vv_queued q;
    for (int64_t e = 0; e < w->graph.n_edges; e++) VV_TRY(consider(w, e));
    while (vv_queue_take(&w->queue, &q)) {
        if (!w->graph.alive[q.edge] || w->stamps[q.edge] != q.stamp) continue;
        const int32_t survivor = survivor_of(w, &w->saddles[q.edge]);
        const int32_t gone = survivor == q.a ? q.b : q.a;
        w->into[gone] = survivor;
        vv_graph_kill(&w->graph, q.edge);
        VV_TRY(hand_over(w, gone, survivor));
    }
    return VV_OK;
}

static enum vv_status allocate(struct work *w, int64_t n, const struct vv_saddle *saddles, int64_t n_saddles)
{
    int32_t (*const ends)[2] = vv_mem_new(n_saddles, sizeof *ends, "saddles");
    w->saddles = vv_mem_new(n_saddles, sizeof *w->saddles, "saddles");
    w->stamps = vv_mem_new(n_saddles, sizeof *w->stamps, "saddles");
    w->into = vv_mem_new(n, sizeof *w->into, "peaks");
    enum vv_status st = ends && w->saddles && w->stamps && w->into ? VV_OK : VV_MEMORY;
    for (int64_t e = 0; !st && e < n_saddles; e++) {
        w->saddles[e] = saddles[e];
        ends[e][0] = saddles[e].a;
        ends[e][1] = saddles[e].b;
    }
    for (int64_t i = 0; !st && i < n; i++) w->into[i] = (int32_t)i;
    if (!st) st = vv_graph_init(&w->graph, n, n_saddles, ends);
    vv_mem_free(ends);
    return st;
}

static int by_pair(const void *x, const void *y)
{
    const struct vv_saddle *const s = x, *const t = y;
    if (s->a != t->a) return s->a < t->a ? -1 : 1;
    return (s->b > t->b) - (s->b < t->b);
}

/* Numbers what is left by the index of its peak. */
static enum vv_status conclude(struct work *w, int64_t n, struct vv_merged *m)
{
    for (int64_t i = 0; i < n; i++) m->n += w->into[i] == i;
    for (int64_t e = 0; e < w->graph.n_edges; e++) m->n_saddles += w->graph.alive[e];
    m->cluster = vv_mem_new(n, sizeof *m->cluster, "clusters of peaks");
    m->peak = vv_mem_new(m->n, sizeof *m->peak, "peaks of clusters");
    m->saddles = vv_mem_new(m->n_saddles, sizeof *m->saddles, "saddles that are left");
    if (!m->cluster || !m->peak || !m->saddles) return VV_MEMORY;
    int32_t n_clusters = 0;
    for (int64_t i = 0; i < n; i++)
        if (w->into[i] == i) {
            m->peak[n_clusters] = (int32_t)i;
            m->cluster[i] = n_clusters++;
        }
    for (int64_t i = 0; i < n; i++) {
        int32_t end = (int32_t)i;
        while (w->into[end] != end) end = w->into[end];
        for (int32_t at = (int32_t)i, next; w->into[at] != at; at = next) { /* shorter ways for those to come */
            next = w->into[at];
            w->into[at] = end;
        }
        m->cluster[i] = m->cluster[end];
    }
    int64_t at = 0;
    for (int64_t e = 0; e < w->graph.n_edges; e++) {
        if (!w->graph.alive[e]) continue;
        m->saddles[at] = w->saddles[e];
        m->saddles[at].a = m->cluster[w->saddles[e].a];
        m->saddles[at++].b = m->cluster[w->saddles[e].b];
    }
    qsort(m->saddles, (size_t)m->n_saddles, sizeof *m->saddles, by_pair);
    return VV_OK;
}

enum vv_status vv_peaks_merge(const struct vv_peak *peaks, int64_t n, const struct vv_saddle *saddles,
                              int64_t n_saddles, double z, enum vv_survivor rule, struct vv_merged *merged)
{
    struct work w = {.peaks = peaks, .z = z, .rule = rule};
    *merged = (struct vv_merged){.n = 0};
    enum vv_status st = allocate(&w, n, saddles, n_saddles);
    if (!st) st = merge_all(&w);
    if (!st) st = conclude(&w, n, merged);
    if (st) vv_merged_release(merged);
    vv_graph_release(&w.graph);
    vv_mem_free(w.queue.items);
    vv_mem_free(w.saddles);
    vv_mem_free(w.stamps);
    vv_mem_free(w.into);
    return st;
}

void vv_merged_release(struct vv_merged *merged)
{
    vv_mem_free(merged->cluster);
    vv_mem_free(merged->peak);
    vv_mem_free(merged->saddles);
    *merged = (struct vv_merged){.n = 0};
}

static int by_pair_and_rank(const void *x, const void *y)
{
    const struct vv_border *const s = x, *const t = y;
    const int pair = by_pair(&s->saddle, &t->saddle);
    if (pair) return pair;
    if (s->saddle.g != t->saddle.g) return s->saddle.g > t->saddle.g ? -1 : 1;
    if (s->from != t->from) return s->from < t->from ? -1 : 1;
    return (s->saddle.row > t->saddle.row) - (s->saddle.row < t->saddle.row);
}

int64_t vv_saddles_reduce(struct vv_border *borders, int64_t n)
{
    int64_t kept = 0;
    qsort(borders, (size_t)n, sizeof *borders, by_pair_and_rank);
    for (int64_t i = 0; i < n; i++)
        if (kept == 0 || by_pair(&borders[i].saddle, &borders[kept - 1].saddle) != 0)
            borders[kept++] = borders[i];
    return kept;
}
