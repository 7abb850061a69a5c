/* SPDX-License-Identifier: MIT */
/* The products of a run: what each step made for each layer, until nobody needs it any more. Neighbor
 * tables are published as files and leave memory; tables stay. */
#ifndef VV_RUN_STORE_H
#define VV_RUN_STORE_H

#include "pipeline.h"
#include "run/plan.h"

struct vv_store {
    const struct vv_plan *plan;
    const char *directory;
    int n_layers;
    char *const *layer_names;
    struct vv_artifact *(*products)[VV_MAX_PORTS]; /* [n_steps][ports]: [n_layers] or [1]; owned */
    struct vv_artifact *stacked; /* [n_steps] each step's table, stacked over layers; owned */
};

/* Local. Room for all products of the plan; strings and plan are borrowed. */
enum vv_status vv_store_init(struct vv_store *s, const struct vv_plan *plan, const char *directory,
                             int n_layers, char *const *layer_names);
void vv_store_release(struct vv_store *s);

/* Local. The product of a step's output port; layer is ignored when the step runs once. */
struct vv_artifact *vv_store_product(struct vv_store *s, int step, int port, int layer);

/* Collective. After a step has run for a layer (-1: for all): publishes what is kept as files. */
enum vv_status vv_store_publish(struct vv_store *s, struct vv_comm *c, int step, int layer);

/* Local. Releases what no step after `step` reads of that layer. */
void vv_store_tidy(struct vv_store *s, int step, int layer);

/* Local. The step's table over all layers, or NULL if it has none; made on first use. */
enum vv_status vv_store_table(struct vv_store *s, int step, const struct vv_artifact **table);

#endif
