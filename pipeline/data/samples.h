/* SPDX-License-Identifier: MIT */
/* What a stage found for each sample of a layer (a log density, a cluster), and small results that belong beside it.
 * Published as a file, artifacts/<stage>/<layer>.h5, and kept in the cache; after publication the runner may release
 * the arrays, and readers go through vv_samples_read. */
#ifndef VV_DATA_SAMPLES_H
#define VV_DATA_SAMPLES_H

#include <stdint.h>

#include "base/error.h"
#include "data/table.h"
#include "dist/layout.h"

struct vv_samples;

/* Local. Supplies a column that is not in memory; same contract as vv_samples_read. */
typedef enum vv_status (*vv_samples_fetch_fn)(const struct vv_samples *s, const struct vv_layout *layout,
                                              const char *name, double *values);

struct vv_samples {
    struct vv_layout layout;   /* over the rows of the layer */
    int64_t *sample;           /* [layout.n] input sample of each row; NULL: row r is sample r. Owned */
    struct vv_table rows;      /* numbers: the first dimension is "sample", and holds this rank's rows */
    struct vv_table extra;     /* anything else, replicated */
    vv_samples_fetch_fn fetch; /* how to read what is not here; NULL: not possible */
    char *path;                /* the published file, or NULL */
};

/* Local. No columns yet; sample: copied, may be NULL. */
enum vv_status vv_samples_init(struct vv_samples *s, struct vv_layout layout, const int64_t *sample);

/* Local. Frees the arrays but keeps the path. / Frees everything. */
void vv_samples_release_arrays(struct vv_samples *s);
void vv_samples_release(struct vv_samples *s);

/* Local. Adds a column of one number a row, or (dim.name not NULL) of dim.length: [n_local][dim.length], to be filled
 * through *column; the name is its path in the file. */
enum vv_status vv_samples_add(struct vv_samples *s, const char *name, const char *units, const char *description,
                              enum vv_value type, struct vv_dim dim, struct vv_column **column);

/* Local. This rank's rows of a column of one number a row, as doubles, from memory or the published file; "sample"
 * gives the numbers of the input samples. layout: that of the layer. values: [n_local]. VV_INPUT when the file cannot
 * be read. */
enum vv_status vv_samples_read(const struct vv_samples *s, const struct vv_layout *layout, const char *name,
                               double *values);

#endif
