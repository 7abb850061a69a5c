/* SPDX-License-Identifier: MIT */
/* The whole configuration of a run as values: the head below, and one struct per stage. The schema
 * is put together from the tables of the stages, so it cannot disagree with them. */
#ifndef VV_RUN_SETTINGS_H
#define VV_RUN_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "config/schema.h"
#include "config/sweep.h"
#include "config/tree.h"
#include "io/source.h"
#include "run/registry.h"

/* The parts that do not belong to a stage. */
struct vv_settings_head {
    char *name;    /* of the run; its results go to results/<name> */
    char *output;  /* run directory instead */
    int64_t seed;
    struct vv_input_config input;
    struct {
        int64_t memory;  /* bytes per rank; 0: no budget */
        char *scratch;   /* folder for rows that do not fit; NULL: the run directory */
        char *cache;     /* folder of products that later runs can use; NULL: see run/cache.h */
        double time_limit; /* seconds; 0: none */
        double checkpoint; /* seconds between two times a search saves its state; 0: never */
        int64_t threads; /* threads of each rank; 0: vv_comm_cores */
        int64_t ranks_per_point; /* of a sweep; 0: all */
    } resources;
    struct vv_sweep_config sweep; /* for help and defaults: the points of a sweep have none (run/points.h) */
};

struct vv_settings {
    struct vv_param *params;        /* the schema of the whole file; owned */
    struct vv_param *stage_params;  /* its section `stages:`; owned */
    size_t offset[VV_N_STAGES];     /* of each stage's struct in `values` */
    void *values;                   /* struct vv_settings_head, then the stages' structs; owned */
    struct vv_node *tree;           /* what was written, for origins; owned */
};

/* Local. Checks a configuration that was read against the schema. The tree is owned from here on (NULL: nothing to
 * check). What is wrong goes to `d`. */
enum vv_status vv_settings_parse(struct vv_settings *s, struct vv_node *tree, struct vv_diagnostics *d);

/* Local. All defaults, no file. */
enum vv_status vv_settings_init(struct vv_settings *s);
void vv_settings_release(struct vv_settings *s);

/* Local. Access. A stage is enabled when its key is written, or when the input needs it. */
const struct vv_settings_head *vv_settings_head(const struct vv_settings *s);
const void *vv_settings_stage(const struct vv_settings *s, int stage);
bool vv_settings_enabled(const struct vv_settings *s, int stage);

/* Local. Where the value of a parameter of a stage is, of the C type of its type; NULL when it has no such one. / The
 * value of a switch; false when there is none. */
const void *vv_settings_value(const struct vv_settings *s, int stage, const char *key, enum vv_param_type type);
bool vv_settings_flag(const struct vv_settings *s, int stage, const char *key);

/* Local. Appends the run directory. */
void vv_settings_directory(const struct vv_settings_head *head, struct vv_strbuf *out);

/* Local. The effective configuration as YAML; stages that are off are left out. With origins, every
 * line tells where its value comes from. */
void vv_settings_write(const struct vv_settings *s, bool with_origins, struct vv_strbuf *out);

/* Local. A complete file with every key at its default, and its help as comments. */
void vv_settings_write_defaults(struct vv_strbuf *out);

#endif
