/* SPDX-License-Identifier: MIT */
/* The plan: which stages run, where each input comes from, when each product can be released, and
 * what it will cost. Made from configuration and input headers, before any data are read. */
#ifndef VV_RUN_PLAN_H
#define VV_RUN_PLAN_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "run/settings.h"

/* Where an input port is wired to. */
enum { VV_FROM_NOWHERE = -1, VV_FROM_SOURCE = -2, VV_FROM_LABELS = -3, VV_FROM_TABLES = -4, VV_FROM_OTHERS = -5 };

struct vv_wire {
    int stage; /* position of the producing step in the plan, or one of the constants above */
    int port;  /* its output port */
};

struct vv_step {
    const struct vv_stage *stage;
    const void *config;
    struct vv_wire inputs[VV_MAX_PORTS];
    char key[64]; /* dotted path of its parameters */
    int n_inputs, n_outputs;
    int last_use[VV_MAX_PORTS]; /* per output: last PER_LAYER step that reads it, or itself */
    bool used_by_all[VV_MAX_PORTS]; /* per output: an ALL_LAYERS step reads it */
    struct vv_cost cost;
};

struct vv_plan {
    int n_steps;
    struct vv_step *steps; /* [n_steps] in order; PER_LAYER steps come before ALL_LAYERS steps */
    struct vv_shape shape; /* after all refinements */
    double bytes_peak;     /* estimated peak memory of one rank, beyond the program's own */
    double bytes_scratch;  /* files of one rank, when rows do not fit in memory; an upper bound */
};

/* Local. Wires the enabled stages and checks them. shape: from the source's headers, size set.
 * until: name of the last stage to keep besides the report, or NULL. Problems go to `d`. */
enum vv_status vv_plan_init(struct vv_plan *plan, const struct vv_settings *s, const char *until,
                            const struct vv_shape *shape, struct vv_diagnostics *d);
void vv_plan_release(struct vv_plan *plan);

/* Local. The plan as a table for people: steps, where inputs come from, cost, memory. */
void vv_plan_write(const struct vv_plan *plan, const struct vv_settings *s, bool verbose,
                   struct vv_strbuf *out);

/* Local. How wide the input is, for people: "up to 768 features", or "up to 31 stored neighbors". text: [64] */
const char *vv_plan_width(const struct vv_shape *shape, char text[64]);

/* Local. VV_MEMORY with a hint when the estimate exceeds the budget per rank. */
enum vv_status vv_plan_fits(const struct vv_plan *plan, int64_t memory);

#endif
