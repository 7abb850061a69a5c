/* SPDX-License-Identifier: MIT */
/* Edges are found by a hash of their ends with linear probing, where removal closes the gap, so that edges may move any
 * number of times in a table of fixed size. */
#include "stages/peaks/graph.h"

#include "base/mem.h"

static int64_t home(const struct vv_graph *g, int32_t a, int32_t b)
{
    const uint64_t low = (uint64_t)(a < b ? a : b), high = (uint64_t)(a < b ? b : a);
    uint64_t x = (high << 32 | low) * 0x9E3779B97F4A7C15u;
    x ^= x >> 29;
    x *= 0xBF58476D1CE4E5B9u;
    return (int64_t)((x >> 32) & (uint64_t)g->mask);
}

static bool joins(const struct vv_graph *g, int64_t edge, int32_t a, int32_t b)
{
    const int32_t *const e = g->ends[edge];
    return (e[0] == a && e[1] == b) || (e[0] == b && e[1] == a);
}

static void insert(struct vv_graph *g, int64_t edge)
{
    int64_t at = home(g, g->ends[edge][0], g->ends[edge][1]);
    while (g->slots[at] >= 0) at = (at + 1) & g->mask;
    g->slots[at] = edge;
}

static void erase(struct vv_graph *g, int64_t edge)
{
    int64_t gap = home(g, g->ends[edge][0], g->ends[edge][1]);
    while (g->slots[gap] != edge) gap = (gap + 1) & g->mask;
    for (int64_t at = (gap + 1) & g->mask; g->slots[at] >= 0; at = (at + 1) & g->mask) {
        const int64_t from = home(g, g->ends[g->slots[at]][0], g->ends[g->slots[at]][1]);
        if (((at - from) & g->mask) < ((at - gap) & g->mask)) continue; /* its home is behind the gap */
        g->slots[gap] = g->slots[at];
        gap = at;
    }
    g->slots[gap] = -1;
}

static void link_to(struct vv_graph *g, int64_t link, int32_t node)
{
    g->next[link] = g->head[node];
    g->head[node] = link;
}

enum vv_status vv_graph_init(struct vv_graph *g, int64_t n_nodes, int64_t n_edges, int32_t (*ends)[2])
{
    static const char what[] = "graph of saddles";
    *g = (struct vv_graph){.n_nodes = n_nodes, .n_edges = n_edges, .mask = 1};
    while (g->mask + 1 < 2 * n_edges) g->mask = 2 * g->mask + 1;
    g->ends = vv_mem_new(n_edges, sizeof *g->ends, what);
    g->alive = vv_mem_new(n_edges, sizeof *g->alive, what);
    g->head = vv_mem_new(n_nodes, sizeof *g->head, what);
    g->next = vv_mem_new(2 * n_edges, sizeof *g->next, what);
    g->slots = vv_mem_new(g->mask + 1, sizeof *g->slots, what);
    if (!g->ends || !g->alive || !g->head || !g->next || !g->slots) {
        vv_graph_release(g);
        return VV_MEMORY;
    }
    for (int64_t i = 0; i < n_nodes; i++) g->head[i] = -1;
    for (int64_t i = 0; i <= g->mask; i++) g->slots[i] = -1;
    for (int64_t e = n_edges - 1; e >= 0; e--) {
        g->alive[e] = true;
        for (int s = 0; s < 2; s++) {
            g->ends[e][s] = ends[e][s];
            link_to(g, 2 * e + s, ends[e][s]);
        }
        insert(g, e);
    }
    return VV_OK;
}

void vv_graph_release(struct vv_graph *g)
{
    vv_mem_free(g->ends);
    vv_mem_free(g->alive);
    vv_mem_free(g->head);
    vv_mem_free(g->next);
    vv_mem_free(g->slots);
    *g = (struct vv_graph){.n_nodes = 0};
}

int64_t vv_graph_find(const struct vv_graph *g, int32_t a, int32_t b)
{
    int64_t at = home(g, a, b);
    while (g->slots[at] >= 0 && !joins(g, g->slots[at], a, b)) at = (at + 1) & g->mask;
    return g->slots[at];
}

void vv_graph_kill(struct vv_graph *g, int64_t edge)
{
    erase(g, edge);
    g->alive[edge] = false;
}

void vv_graph_move(struct vv_graph *g, int64_t link, int32_t node)
{
    const int64_t edge = link / 2;
    erase(g, edge);
    g->ends[edge][link % 2] = node;
    insert(g, edge);
    link_to(g, link, node);
}

static bool before(const struct vv_queued *x, const struct vv_queued *y)
{
    if (x->height != y->height) return x->height > y->height;
    if (x->a != y->a) return x->a < y->a;
    return x->b != y->b ? x->b < y->b : x->edge < y->edge;
}

enum vv_status vv_queue_add(struct vv_queue *q, struct vv_queued item)
{
    if (q->n == q->room) {
        const int64_t room = q->room ? 2 * q->room : 64;
        struct vv_queued *const grown = vv_mem_resize(q->items, room, sizeof *grown, "queue of saddles");
        if (!grown) return VV_MEMORY;
        q->items = grown;
        q->room = room;
    }
    int64_t at = q->n++;
    for (; at > 0 && before(&item, &q->items[(at - 1) / 2]); at = (at - 1) / 2) q->items[at] = q->items[(at - 1) / 2];
    q->items[at] = item;
    return VV_OK;
}

bool vv_queue_take(struct vv_queue *q, struct vv_queued *item)
{
    if (q->n == 0) return false;
    *item = q->items[0];
    const struct vv_queued last = q->items[--q->n];
    int64_t at = 0;
    for (int64_t child = 1; child < q->n; child = 2 * at + 1) {
        if (child + 1 < q->n && before(&q->items[child + 1], &q->items[child])) child++;
        if (!before(&q->items[child], &last)) break;
        q->items[at] = q->items[child];
        at = child;
    }
    q->items[at] = last;
    return true;
}
