/* SPDX-License-Identifier: MIT */
/* Which rows have been offered to which: the table of all rows by all others, in square cells, so that a search
 * can be left and gone on with on any number of ranks. A cell counts as met when all of its pairs have. Row and
 * other are not exchangeable: the lists of both rows of a pair may be on different ranks. */
#ifndef VV_NEIGHBORS_MET_H
#define VV_NEIGHBORS_MET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct vv_met {
    int64_t n_rows, n_others; /* all rows that have lists, and all that are offered to them */
    int64_t row_cell, other_cell; /* rows of a cell */
    int rows, others;         /* cells */
    int64_t first, n;         /* the rows of this rank */
    uint8_t *before;          /* [rows][others] 1: met by an earlier search; the same on all ranks */
    int64_t *pairs;           /* [cells of this rank's rows][others] met by this one */
};

enum vv_met_share { VV_NONE_MET, VV_SOME_MET, VV_ALL_MET };

/* Local. Nothing has met. / Bytes that takes. */
enum vv_status vv_met_init(struct vv_met *m, int64_t n_rows, int64_t n_others, int64_t first, int64_t n);
void vv_met_release(struct vv_met *m);
double vv_met_memory(int64_t n_rows, int64_t n_others);

/* Local. Whether rows [row, row + n) and others [other, other + n_other) had met before this search. */
enum vv_met_share vv_met_before(const struct vv_met *m, int64_t row, int64_t n, int64_t other,
                                int64_t n_other);

/* Local. The same for a single pair. */
static inline bool vv_met_pair_before(const struct vv_met *m, int64_t row, int64_t other)
{
    return m->before[row / m->row_cell * m->others + other / m->other_cell];
}

/* Local, by any thread. These have met now, but for the cells that had before; rows of this rank. */
void vv_met_add(struct vv_met *m, int64_t row, int64_t n, int64_t other, int64_t n_other);

/* Local. Whether this rank's rows in the cell of `row` have all been offered all rows in the cell of `other`. */
bool vv_met_now(const struct vv_met *m, int64_t row, int64_t other);

/* Local. The first cell of this rank's rows, and how many there are. */
int vv_met_first_cell(const struct vv_met *m);
int vv_met_own_cells(const struct vv_met *m);

/* Local. The share of all pairs that had met before. */
double vv_met_share_before(const struct vv_met *m);

#endif
