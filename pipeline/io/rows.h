/* SPDX-License-Identifier: MIT */
/* The rows of a layer as a matrix: each rank reads its own and looks at every value. */
#ifndef VV_IO_ROWS_H
#define VV_IO_ROWS_H

#include "data/matrix.h"
#include "dist/comm.h"
#include "dist/progress.h"
#include "io/source.h"

enum { VV_ROWS_READ_BYTES = 8 << 20 }; /* at a time */

/* Collective. Reads n samples of a layer: `samples` (taken over, also on failure), or all if NULL. In a file
 * of `scratch` unless that is NULL; progress may be NULL. Refused with VV_INPUT, naming file, row and feature:
 * values that are not finite, integers of 2^53 or more. *m: uninitialised; to be released also on failure. */
enum vv_status vv_rows_read(struct vv_comm *c, struct vv_source *source, int layer, int64_t *samples,
                            int64_t n, const char *scratch, struct vv_progress *progress,
                            struct vv_matrix *m);

/* Values that cannot be used (NaN, infinities, too large) and where the first of them is. */
struct vv_bad_values {
    int64_t n;
    int64_t row, column; /* of the first; INT64_MAX when there is none */
};

/* Local. Turns -0 into +0, so that equal rows have equal bytes, and counts values whose magnitude
 * is not below `limit` (infinity: those that are not finite) in rows `row`.. of a layer.
 * values: [n_rows][n_cols] */
void vv_rows_scan_f32(float *values, int64_t row, int64_t n_rows, int64_t n_cols, double limit,
                      struct vv_bad_values *bad);
void vv_rows_scan_f64(double *values, int64_t row, int64_t n_rows, int64_t n_cols, double limit,
                      struct vv_bad_values *bad);

#endif
