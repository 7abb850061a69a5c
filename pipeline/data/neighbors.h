/* SPDX-License-Identifier: MIT */
/* The neighbor table of a layer: for each row its k nearest other rows, or the k nearest rows of another
 * input. The row itself is excluded by identity, never by distance; each list is sorted by (distance, index),
 * so ties have one answer.
 * After publication the runner may release the arrays; readers go through vv_neighbors_read. */
#ifndef VV_DATA_NEIGHBORS_H
#define VV_DATA_NEIGHBORS_H

#include <stdint.h>

#include "base/error.h"
#include "dist/layout.h"

enum vv_metric { VV_EUCLIDEAN, VV_COSINE, VV_INNER_PRODUCT };

/* Their names, in this order; NULL ends the list. / What a stored distance is, for people. */
extern const char *const vv_metric_names[];
extern const char *const vv_metric_meanings[];

struct vv_neighbors;

/* Local. Supplies rows that are not in memory; same contract as vv_neighbors_read. */
typedef enum vv_status (*vv_neighbors_fetch_fn)(const struct vv_neighbors *nb, int64_t row,
                                                int64_t n_rows, int k, int32_t *index,
                                                double *distance);

struct vv_neighbors {
    struct vv_layout layout;     /* over the rows of the layer (n < 2^31) */
    int k;                       /* neighbors stored per row; k < n */
    enum vv_metric metric;
    char *among;                 /* the other input whose rows are the neighbors, owned; NULL: the same rows */
    int64_t n_references;        /* rows that the neighbors were found among, one's own included */
    int32_t *index;              /* [n_local][k] global rows of the layer; NULL when released */
    double *distance;            /* [n_local][k]: Euclidean distance, 1 - cos for VV_COSINE, minus the
                                  * product for VV_INNER_PRODUCT; NULL when released */
    int64_t *sample;             /* [layout.n] input sample of each row; NULL: row r is sample r */
    vv_neighbors_fetch_fn fetch; /* how to read rows that are not here; NULL: not possible */
    char *path;                  /* the published file, or NULL */
};

/* Local. Allocates the arrays of this rank's share, of neighbors among the same rows; sample: copied, may be
 * NULL. */
enum vv_status vv_neighbors_init(struct vv_neighbors *nb, struct vv_layout layout, int k,
                                 enum vv_metric metric, const int64_t *sample);

/* Local. Frees the arrays but keeps shape, samples and path. / Frees everything. */
void vv_neighbors_release_arrays(struct vv_neighbors *nb);
void vv_neighbors_release(struct vv_neighbors *nb);

/* Local. Copies the first k neighbors of the global rows [row, row + n_rows), from memory if this
 * rank holds them all, else from the published file. index, distance: [n_rows][k], either may be
 * NULL. k <= nb->k. VV_INPUT when the file cannot be read. */
enum vv_status vv_neighbors_read(const struct vv_neighbors *nb, int64_t row, int64_t n_rows, int k,
                                 int32_t *index, double *distance);

/* Local. The Euclidean length that belongs to a stored distance: itself, or for 1 - cos the chord
 * sqrt(2 (1 - cos)) between unit vectors. Dimension estimators need lengths. */
double vv_neighbors_length(enum vv_metric metric, double distance);

#endif
