/* SPDX-License-Identifier: MIT */
/* A sparse graph whose nodes merge, and a queue of its edges by height. Memory is linear in nodes and edges, so that
 * 10^5 peaks need no square matrix. */
#ifndef VV_PEAKS_GRAPH_H
#define VV_PEAKS_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct vv_graph {
    int64_t n_nodes, n_edges;
    int32_t (*ends)[2];  /* [n_edges] two different nodes; at most one edge between any two */
    bool *alive;         /* [n_edges] */
    int64_t *head;       /* [n_nodes] first link of a node's list, -1: none */
    int64_t *next;       /* [2 n_edges] link 2 e + s is edge e in the list of its end s */
    int64_t *slots;      /* [mask + 1] edges by their ends; -1: free */
    int64_t mask;
};

/* Local. Ends are copied. ends: [n_edges] */
enum vv_status vv_graph_init(struct vv_graph *g, int64_t n_nodes, int64_t n_edges, int32_t (*ends)[2]);
void vv_graph_release(struct vv_graph *g);

/* Local. The edge between two nodes, or -1. */
int64_t vv_graph_find(const struct vv_graph *g, int32_t a, int32_t b);

/* Local. Removes an edge; it stays in lists, not alive. */
void vv_graph_kill(struct vv_graph *g, int64_t edge);

/* Local. Link 2 e + s changes over to the list of `node`, which becomes that end of the edge; no edge may join it to
 * the other end yet. The list that it was in is to be given up: its links must be taken from `next` before they
 * move. */
void vv_graph_move(struct vv_graph *g, int64_t link, int32_t node);

/* An edge as it was when it came into the queue; out of date if its stamp has changed since. */
struct vv_queued {
    double height;
    int32_t a, b; /* for ties: lexicographic */
    int64_t edge;
    uint32_t stamp;
};

struct vv_queue {
    struct vv_queued *items;
    int64_t n, room;
};

/* Local. Adds one; takes out the highest, false when there is none. Zero-initialize; release with
 * vv_mem_free(items). */
enum vv_status vv_queue_add(struct vv_queue *q, struct vv_queued item);
bool vv_queue_take(struct vv_queue *q, struct vv_queued *item);

#endif
