/* SPDX-License-Identifier: MIT */
/* Rows that repeat others. */
#ifndef VV_LOAD_CORE_H
#define VV_LOAD_CORE_H

#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

/* Local. Rows with equal digests are duplicates (128 bits: the chance that two different rows among
 * 10^9 agree is below 10^-20). kept: [n] the first row of each group, ascending; *n_kept of them.
 * twin, of: the first duplicate in row order and the row it repeats; -1 when all are distinct. */
enum vv_status vv_load_distinct(const struct vv_digest *digests, int64_t n, int64_t *kept,
                                int64_t *n_kept, int64_t *twin, int64_t *of);

#endif
