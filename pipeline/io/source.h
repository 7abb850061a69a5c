/* SPDX-License-Identifier: MIT */
/* Where layers come from: files of one of the known formats, or the synthetic generator. A source
 * knows the layers' names, shapes and types before any data are read; each rank then reads the rows
 * it wants. A format is one reader (io/readers.def); nobody else knows formats. */
#ifndef VV_IO_SOURCE_H
#define VV_IO_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "config/schema.h"
#include "data/labels.h"
#include "data/matrix.h"
#include "dist/comm.h"
#include "io/synthetic.h"

enum vv_duplicates { VV_DUPLICATES_ERROR, VV_DUPLICATES_KEEP, VV_DUPLICATES_DROP };

/* The section `input:` of the configuration. */
struct vv_layers_config {
    char *path;              /* file, or a pattern with {layer} */
    char *dataset;           /* files of several arrays: glob of their names, or a pattern with {layer} */
    struct vv_texts select;  /* names (globs) or positions ("0", "2..5", "-1"); empty: all */
    bool deep;               /* {layer} may stand for folders, too (not a parameter) */
    bool present;
};

enum vv_self { VV_SELF_FIRST, VV_SELF_NONE };

/* Neighbor tables that were computed elsewhere, instead of layers. Each a file, or a pattern with {layer}; the datasets
 * as in struct vv_layers_config. */
struct vv_tables_config {
    char *distances, *distances_dataset;
    char *indices, *indices_dataset;
    char *samples, *samples_dataset; /* input sample of each row; NULL: row r is sample r */
    int64_t n_samples;               /* where samples are given: how many the input had */
    int self;                        /* enum vv_self */
    int metric;                      /* enum vv_metric */
    bool present;
};

struct vv_samples_config {
    int64_t limit; /* 0: all */
    int64_t seed;  /* of the choice */
};

struct vv_input_config {
    struct vv_layers_config layers;
    struct vv_map labels; /* of struct vv_label_config */
    struct vv_map others; /* of struct vv_layers_config */
    struct vv_synthetic_config synthetic;
    struct vv_tables_config neighbors;
    int duplicates;       /* enum vv_duplicates */
    struct vv_samples_config samples;
};

struct vv_label_config {
    char *path;
    char *dataset;     /* name in a file of several arrays */
    char *column;      /* CSV: heading or 0-based position; default: the only or last column */
    char *missing;     /* value that means unlabelled */
};

/* The parameter table of `input:`, ended by a zeroed entry. */
extern const struct vv_param vv_input_params[];

/* Local. Rules across the keys of `input:`: exactly one of layers, synthetic and neighbors, ... */
void vv_input_check(const struct vv_input_config *config, struct vv_diagnostics *d);

struct vv_layer_shape {
    char *name;          /* dataset path or file-name part, such as "mean/layer_03" */
    int64_t n, n_cols;   /* rows, and the product of all other dimensions; of stored neighbor tables: samples, and
                          * columns */
    enum vv_real type;   /* as it will be held: float32 for float16, float32, 8- and 16-bit integers;
                          * else float64 */
    const char *stored;  /* as stored, such as "float16" */
};

struct vv_source; /* opaque */

/* Collective. Opens the input and reads headers only (no data): names in natural order after
 * selection, shapes. Refused with VV_INPUT, naming file and layer: nothing matches, unreadable or
 * truncated headers, Fortran order, layers of different n, no rows, no columns. */
enum vv_status vv_source_open(struct vv_comm *c, const struct vv_input_config *config,
                              struct vv_source **source);
void vv_source_close(struct vv_source **source);

/* Local. The layers. shapes: [n_layers], borrowed. */
int vv_source_n_layers(const struct vv_source *s);
const struct vv_layer_shape *vv_source_layer(const struct vv_source *s, int layer);

/* Local. File (or "synthetic") a layer is read from, for messages. */
const char *vv_source_path(const struct vv_source *s, int layer);

/* Local. Appends what tells that the values of a layer are the same as before, without reading them: file,
 * dataset, size and time of the last change; or how they are generated. */
void vv_source_identify(const struct vv_source *s, int layer, struct vv_strbuf *out);

/* Local. Reads the rows [row, row + n_rows) of a layer as the held type. out: [n_rows][n_cols].
 * VV_INPUT with file and layer named. */
enum vv_status vv_source_read(struct vv_source *s, int layer, int64_t row, int64_t n_rows,
                              void *out);

/* Local. Asks the system to read the rows [row, row + n_rows) of a layer ahead, while other things are
 * computed: a wish, without a result. Nothing for a layer that is not there. */
void vv_source_prefetch(const struct vv_source *s, int layer, int64_t row, int64_t n_rows);

/* Collective. Reads all label sets of the configuration (or the synthetic ones), replicated. Refused
 * with VV_INPUT: a number of labels other than the layers' rows, non-integers, empty classes.
 * *labels: [*n], each to be released, then freed with vv_mem_free. */
enum vv_status vv_source_labels(struct vv_comm *c, struct vv_source *s, struct vv_labels **labels,
                                int *n);

#endif
