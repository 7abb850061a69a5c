/* SPDX-License-Identifier: MIT */
/* What the author of a stage needs: the stage constant, what run() is given, and the data that flow.
 * stages/README.md tells how to write one in five steps. */
#ifndef VV_PIPELINE_H
#define VV_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rng.h"
#include "config/schema.h"
#include "data/artifact.h"
#include "data/figure.h"
#include "data/summary.h"
#include "dist/agree.h"
#include "dist/comm.h"
#include "dist/progress.h"
#include "dist/reduce.h"

enum vv_scope { VV_PER_LAYER, VV_ALL_LAYERS };

enum { VV_MAX_PORTS = 6 };

/* A further input, `input.others`. */
struct vv_other {
    const char *name;
    int64_t n;         /* rows of each of its layers */
    int n_layers;
    int64_t n_cols;    /* features of its widest layer */
    enum vv_real type; /* of its rows, float64 if any layer is */
    int *match;        /* [layers of the run] its layer that corresponds; -1: none */
    const char **layer_name; /* [layers of the run] the name of that; NULL: none */
    char unlike[256];  /* why rows cannot be compared with those of the run feature by feature; empty: they can */
};

/* A port names a product, such as "activations" or "neighbors". An input is wired to the nearest
 * enabled earlier stage with an output of that name; "source", "stored_tables", "others" and "labels" come from the
 * runner.
 * A PER_LAYER stage gets this layer's product; an ALL_LAYERS stage gets one item per layer, in
 * order, of a per-layer product, but a single item of a per-layer table: stacked over the layers.
 * The input "labels" has one item per label set, "tables" one (stacked) per earlier stage. */
struct vv_port {
    const char *name; /* NULL ends the list */
    enum vv_kind kind;
    bool optional;    /* the stage runs without it */
};

/* The shapes that are known before data are read. Earlier stages' check() may refine it. */
struct vv_shape {
    int64_t n;          /* samples per layer, after the limit, before duplicates are dropped */
    int64_t n_samples;  /* samples per layer in the input, before the limit */
    int64_t n_cols;     /* features of the widest layer */
    enum vv_real type;  /* as held in memory */
    int n_layers;
    int n_label_sets;
    const char *const *label_sets; /* [n_label_sets] their names */
    int n_others;
    const struct vv_other *others; /* [n_others] further inputs */
    bool prepared;      /* rows are not those of the input */
    int n_stored;       /* columns of the stored neighbor tables, where the input is such: then there are no rows of
                         * activations, and n_cols is 0. Else 0 */
    int k;              /* neighbors per row, once knn has set it; else 0 */
    enum vv_metric metric; /* of those neighbors */
    bool dimension;     /* an earlier stage gives each layer's intrinsic dimension */
    int size;           /* ranks */
    int threads;        /* of each rank */
    bool on_disk;       /* rows are in files, because they do not fit in memory */
    int64_t memory;     /* budget of each rank, bytes; 0: none */
    const struct vv_rates *rates; /* what this machine can do (neighbors/forecast.h); NULL: not known */
};

/* What a stage will need, per layer for PER_LAYER stages, in all for ALL_LAYERS stages. */
struct vv_cost {
    double flops;          /* over all ranks */
    double bytes_memory;   /* peak working memory of one rank, beyond its inputs */
    double bytes_output;   /* memory of one rank that the outputs keep */
    double bytes_kept;     /* of which stays until the end of the run, for each layer */
    double seconds;        /* where the shape has rates and the stage can tell; else 0 */
    double bytes_scratch;  /* files of one rank while it runs */
    double bytes_sent;     /* by one rank */
    double bytes_read, bytes_written; /* files, over all ranks */
};

struct vv_checkpoint;

struct vv_stage;

/* Everything run() may touch besides its inputs and outputs. */
struct vv_context {
    struct vv_comm *comm;
    struct vv_log *log;
    struct vv_progress *progress;
    int threads;           /* this rank may use */
    int64_t memory;        /* budget of this rank in bytes; 0: none given */
    const char *scratch;   /* folder for rows that do not fit in it; NULL: everything fits */
    const struct vv_checkpoint *checkpoint; /* for searches (neighbors/checkpoint.h); NULL: not to be saved */
    uint64_t seed;
    const char *directory; /* run directory, for stages that write files through io/ */
    int n_layers;
    char *const *layer_names; /* [n_layers] */
    const struct vv_other *others; /* the further inputs, in the order of the port "others" */
    int n_others;
    const struct vv_stage *const *stages; /* [n_stages] of the run, in order */
    int n_stages;
};

/* The inputs of one call, in the order of the stage's `inputs`. */
struct vv_inputs {
    int n[VV_MAX_PORTS];                              /* items per port; 0: absent */
    const struct vv_artifact *const *items[VV_MAX_PORTS];
};

struct vv_tidy;

struct vv_stage {
    const char *name;     /* folder, YAML key, HDF5 group */
    const char *summary;  /* one line for `varve stages` */
    const char *cite;     /* reference printed in the report; NULL when none */
    int version;          /* bumped when the numbers would change */
    enum vv_scope scope;  /* the runner loops over layers, the stage does not */
    bool seeded;          /* draws random numbers from the seed of the run */
    const char *section;  /* dotted path of its parameters; NULL: "stages.<name>" */
    const struct vv_port *inputs, *outputs; /* NULL: none */
    const struct vv_param *params;          /* NULL: none */
    size_t config_size;                     /* sizeof its configuration struct */

    /* Local. Whether it runs although its key is absent, as stages do that take the input. NULL: never. */
    bool (*needed)(const void *config);
    const struct vv_figure_wish *figures;   /* what to draw of its tables; NULL: what they suggest (data/figure.h) */

    /* Local. Rules across fields, from shapes alone; may refine *shape for later stages. NULL: none.
     * Messages name the key: vv_diagnostics_add_key(d, "stages.knn.k", "..."). */
    void (*check)(const void *config, struct vv_shape *shape, struct vv_diagnostics *d);

    /* Local. Adds the needs to a zeroed *cost. NULL: negligible. */
    void (*estimate)(const void *config, const struct vv_shape *shape, struct vv_cost *cost);

    /* Collective. Borrows inputs, fills outputs: [number of outputs], kind and layer already set,
     * payload zeroed. On failure the runner releases whatever was filled. */
    enum vv_status (*run)(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out);

    /* Collective. Completes outputs whose neighbor table came from the cache, perhaps cut to the k that is
     * asked for: the other outputs are still empty. NULL: the table must have been made with the same k. */
    enum vv_status (*complete)(struct vv_context *ctx, const void *config, struct vv_artifact *out);

    /* Collective. Cheap invariants of the outputs; VV_BUG when one is broken. NULL: none. */
    enum vv_status (*verify)(struct vv_context *ctx, const struct vv_artifact *out);

    /* Local. Adds to the summary on the terminal, from the stage's table (stacked over layers).
     * NULL: nothing. */
    enum vv_status (*summarize)(const struct vv_table *table, struct vv_summary *summary);

    /* Local. What the tables over all points of a sweep (io/tidy.h) tell together: scalars for them, and sentences.
     * NULL: nothing. */
    enum vv_status (*conclude)(const struct vv_tidy *points, struct vv_table *out, struct vv_strbuf *sentences);
};

#endif
