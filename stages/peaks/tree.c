/* SPDX-License-Identifier: MIT */
/* With dissimilarity F - saddle, F any constant, linkage of dissimilarities is linkage of saddle heights upside down:
 * the lowest dissimilarity is the highest saddle, and means are means. A pair without a saddle stands at `lowest`
 * implicitly, so the weighted mean needs pairs that one of the two groups has only, never a square matrix. */
#include "stages/peaks/tree.h"

#include <math.h>

#include "base/mem.h"
#include "base/text.h"
#include "stages/peaks/graph.h"

struct work {
    enum vv_linkage linkage;
    double lowest;
    struct vv_graph graph; /* nodes are places; groups move between them */
    double *heights;       /* [n_edges] */
    uint32_t *stamps;      /* [n_edges] */
    int32_t *node;         /* [n] tree node of the group at a place; -1: gone */
    int64_t *population;   /* [n] at a place */
    struct vv_queue queue;
};

static enum vv_status push(struct work *w, int64_t edge)
{
    const int32_t a = w->node[w->graph.ends[edge][0]], b = w->node[w->graph.ends[edge][1]];
    return vv_queue_add(&w->queue, (struct vv_queued){.height = w->heights[edge], .a = a < b ? a : b,
                                                      .b = a < b ? b : a, .edge = edge, .stamp = ++w->stamps[edge]});
}

/* The height of a saddle that one of two united groups has, the other none. */
static double alone(const struct work *w, double height)
{
    return w->linkage == VV_WEIGHTED ? 0.5 * (height + w->lowest) : height;
}

/* The group at `gone` joins that at `here`: saddles of both with a third become one. */
static enum vv_status unite(struct work *w, int32_t here, int32_t gone)
{
    struct vv_graph *const g = &w->graph;
    int64_t next;
    if (w->linkage == VV_WEIGHTED)
        for (int64_t link = g->head[here]; link >= 0; link = g->next[link]) {
            const int64_t edge = link / 2;
            if (!g->alive[edge] || vv_graph_find(g, gone, g->ends[edge][1 - link % 2]) >= 0) continue;
            w->heights[edge] = alone(w, w->heights[edge]);
            VV_TRY(push(w, edge));
        }
    for (int64_t link = g->head[gone]; link >= 0; link = next) {
        const int64_t edge = link / 2;
        next = g->next[link];
        if (!g->alive[edge]) continue;
        const int64_t known = vv_graph_find(g, here, g->ends[edge][1 - link % 2]);
        if (known < 0) {
            w->heights[edge] = alone(w, w->heights[edge]);
            vv_graph_move(g, link, here);
            VV_TRY(push(w, edge));
            continue;
        }
        const double a = w->heights[known], b = w->heights[edge];
        vv_graph_kill(g, edge);
        w->heights[known] = w->linkage == VV_WEIGHTED ? 0.5 * (a + b) : a > b ? a : b;
        VV_TRY(push(w, known));
    }
    g->head[gone] = -1;
    return VV_OK;
}

static void note(struct work *w, int32_t here, int32_t gone, double height, int64_t n, int64_t i, struct vv_join *join)
{
    const int32_t a = w->node[here], b = w->node[gone];
    w->population[here] += w->population[gone];
    *join = (struct vv_join){.left = a < b ? a : b, .right = a < b ? b : a, .height = height,
                             .population = w->population[here]};
    w->node[here] = (int32_t)(n + i);
    w->node[gone] = -1;
}

static enum vv_status join_all(struct work *w, int64_t n, struct vv_join *joins)
{
    struct vv_queued q;
    int64_t i = 0;
    for (int64_t e = 0; e < w->graph.n_edges; e++) VV_TRY(push(w, e));
    while (vv_queue_take(&w->queue, &q)) {
        if (!w->graph.alive[q.edge] || w->stamps[q.edge] != q.stamp) continue;
        const int32_t x = w->graph.ends[q.edge][0], y = w->graph.ends[q.edge][1];
        const int32_t here = x < y ? x : y, gone = x < y ? y : x;
        vv_graph_kill(&w->graph, q.edge);
        note(w, here, gone, q.height, n, i, &joins[i]);
        i++;
        VV_TRY(unite(w, here, gone));
    }
    int32_t here = 0; /* place 0 is never given up */
    for (int32_t p = 1; p < n; p++)
        if (w->node[p] >= 0) {
            note(w, here, p, w->lowest, n, i, &joins[i]);
            i++;
        }
    return VV_OK;
}

enum vv_status vv_tree_make(enum vv_linkage linkage, int64_t n, const int64_t *populations,
                            const struct vv_saddle *saddles, int64_t n_saddles, double lowest, struct vv_join *joins)
{
    static const char what[] = "tree of peaks";
    struct work w = {.linkage = linkage, .lowest = lowest};
    if (n < 2) return VV_OK;
    int32_t (*const ends)[2] = vv_mem_new(n_saddles, sizeof *ends, what);
    w.heights = vv_mem_new(n_saddles, sizeof *w.heights, what);
    w.stamps = vv_mem_new(n_saddles, sizeof *w.stamps, what);
    w.node = vv_mem_new(n, sizeof *w.node, what);
    w.population = vv_mem_new(n, sizeof *w.population, what);
    enum vv_status st = ends && w.heights && w.stamps && w.node && w.population ? VV_OK : VV_MEMORY;
    for (int64_t e = 0; !st && e < n_saddles; e++) {
        ends[e][0] = saddles[e].a;
        ends[e][1] = saddles[e].b;
        w.heights[e] = saddles[e].height;
    }
    for (int64_t p = 0; !st && p < n; p++) {
        w.node[p] = (int32_t)p;
        w.population[p] = populations[p];
    }
    if (!st) st = vv_graph_init(&w.graph, n, n_saddles, ends);
    if (!st) st = join_all(&w, n, joins);
    vv_graph_release(&w.graph);
    vv_mem_free(w.queue.items);
    vv_mem_free(ends);
    vv_mem_free(w.heights);
    vv_mem_free(w.stamps);
    vv_mem_free(w.node);
    vv_mem_free(w.population);
    return st;
}

static void write_length(double length, struct vv_strbuf *out)
{
    char number[32];
    vv_text_from_float(length, number, sizeof number);
    vv_strbuf_addf(out, ":%s", number);
}

enum vv_status vv_tree_write(int64_t n, const int32_t *names, const double *heights, const struct vv_join *joins,
                             struct vv_strbuf *out)
{
    /* A stack of nodes to write, each with the height of its parent; a node comes back for its second branch and its
     * end. */
    struct step { int32_t node; int state; double above; };
    struct step *const stack = vv_mem_new(n + 1, sizeof *stack, "tree of peaks");
    if (!stack) return VV_MEMORY;
    int64_t top = 0;
    if (n > 0) stack[top++] = (struct step){.node = (int32_t)(2 * n - 2), .above = NAN};
    while (top > 0) {
        struct step *const s = &stack[top - 1];
        const bool leaf = s->node < n;
        const double height = leaf ? heights[s->node] : joins[s->node - n].height;
        if (leaf || s->state == 2) {
            if (leaf) vv_strbuf_addf(out, "c%d", (int)names[s->node]);
            else vv_strbuf_puts(out, ")");
            if (s->above == s->above) write_length(height - s->above, out);
            top--;
            continue;
        }
        vv_strbuf_puts(out, s->state == 0 ? "(" : ",");
        const int32_t child = s->state == 0 ? joins[s->node - n].left : joins[s->node - n].right;
        s->state++;
        stack[top++] = (struct step){.node = child, .above = height};
    }
    vv_strbuf_puts(out, ";");
    vv_mem_free(stack);
    return out->failed ? VV_MEMORY : VV_OK;
}
