/* SPDX-License-Identifier: MIT */
/* A sweep: the points that `sweep:` and --sweep a.b=1,2 describe.
 *
 *     sweep:
 *       grid: {stages.knn.k: [30, 100], stages.knn.metric: [euclidean, cosine]}   every combination
 *       zip: {input.layers.path: [{small: a.h5}, {large: b.h5}], seed: [1, 2]}    side by side: one axis of the grid
 *       skip: [{stages.knn.k: 100, stages.knn.metric: cosine}]                    but not these
 *
 * A point is one value for each swept key, to be set in the configuration. Keys are sorted by their path, so that
 * neither points nor their names depend on the order in which they were written; points count through the values
 * in the order written, the last key fastest. {label: value} gives a value another name. Nothing is read or run
 * here. */
#ifndef VV_CONFIG_SWEEP_H
#define VV_CONFIG_SWEEP_H

#include "config/schema.h"

enum { VV_SWEEP_POINTS = 1000000, VV_SWEEP_NAME = 120 };

/* The section `sweep` as written. */
struct vv_sweep_config {
    const struct vv_node *grid, *zip, *skip;
};
extern const struct vv_param vv_sweep_params[];

struct vv_sweep_value {
    struct vv_node *node; /* as written; owned */
    char *label;          /* given to it, or NULL */
    char *canonical;      /* as the schema writes it: equal for equal values */
    char *token;          /* what stands for it in names of points: letters, digits and _ . + - only */
};

struct vv_sweep_key {
    char *path;           /* such as "stages.knn.k" */
    const char *name;     /* its end, long enough to tell it from the other keys: "k"; part of path */
    struct vv_place place; /* where it was written; file borrowed from there, or static */
    const struct vv_param *param;
    bool zipped;
    bool named;           /* is part of the names of points */
    int n_values;
    struct vv_sweep_value *values; /* [n_values] */
};

struct vv_sweep {
    int n_keys;
    struct vv_sweep_key *keys; /* [n_keys] by path */
    int64_t n_points;          /* 0: there is no sweep */
    int *choice;               /* [n_points][n_keys] position among the values of the key */
    int64_t *turn;             /* [n_points] the points in the order in which they should run: what is made with the
                                * largest value of a parameter of role MOST serves those that come later */
    struct vv_diagnostics warnings; /* what is odd but no mistake */
};

/* Local. Reads the section (NULL: there is none) and the texts of --sweep ([n_texts] "a.b=1,2"; they replace lists
 * of `grid`) against the schema of the whole configuration. All that is wrong goes to `d`, and leaves no points.
 * The section and the schema must outlive the sweep. */
enum vv_status vv_sweep_read(struct vv_sweep *s, const struct vv_node *section, const char *const *texts,
                             int n_texts, const struct vv_param *params, struct vv_diagnostics *d);
void vv_sweep_release(struct vv_sweep *s);

/* Local. The value of a key at a point. */
const struct vv_sweep_value *vv_sweep_at(const struct vv_sweep *s, int64_t point, int key);

/* Local. Appends the name of a point, such as "k=30,metric=cosine": different for each, fit for a folder, at most
 * VV_SWEEP_NAME bytes; longer ones end in a digest. */
void vv_sweep_name(const struct vv_sweep *s, int64_t point, struct vv_strbuf *out);

/* Local. Appends the point as overrides for a command line: "stages.knn.k=30 stages.knn.metric=cosine". */
void vv_sweep_overrides(const struct vv_sweep *s, int64_t point, struct vv_strbuf *out);

/* Local. Sets the values of a point in a configuration. */
enum vv_status vv_sweep_apply(const struct vv_sweep *s, int64_t point, struct vv_node *root);

#endif
