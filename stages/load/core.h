/* SPDX-License-Identifier: MIT */
/* What is looked for in rows as they arrive. */
#ifndef VV_LOAD_CORE_H
#define VV_LOAD_CORE_H

#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

/* Values that cannot be used (NaN, infinities, too large) and where the first of them is. */
struct vv_load_bad {
    int64_t n;
    int64_t row, column; /* of the first; INT64_MAX when there is none */
};

/* Local. Turns -0 into +0, so that equal rows have equal bytes, and counts values whose magnitude
 * is not below `limit` (infinity: those that are not finite) in rows `row`.. of a layer.
 * values: [n_rows][n_cols] */
void vv_load_scan_f32(float *values, int64_t row, int64_t n_rows, int64_t n_cols, double limit,
                      struct vv_load_bad *bad);
void vv_load_scan_f64(double *values, int64_t row, int64_t n_rows, int64_t n_cols, double limit,
                      struct vv_load_bad *bad);

/* Local. Rows with equal digests are duplicates (128 bits: the chance that two different rows among
 * 10^9 agree is below 10^-20). kept: [n] the first row of each group, ascending; *n_kept of them.
 * twin, of: the first duplicate in row order and the row it repeats; -1 when all are distinct. */
enum vv_status vv_load_distinct(const struct vv_digest *digests, int64_t n, int64_t *kept,
                                int64_t *n_kept, int64_t *twin, int64_t *of);

#endif
