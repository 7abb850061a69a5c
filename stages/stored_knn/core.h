/* SPDX-License-Identifier: MIT */
/* One row of a stored neighbor table, made the list that the search would have given: without the sample itself, which
 * is recognized by its index and never by its distance, and in the order of (distance, index).
 *
 * Tools that query the samples with themselves find the sample by distance: among duplicates it may stand behind its
 * twins, or (more of them than columns) nowhere. Taking column 0 for it, as they do, then counts it among its own
 * neighbors. */
#ifndef VV_STORED_KNN_CORE_H
#define VV_STORED_KNN_CORE_H

#include <stdbool.h>
#include <stdint.h>

struct vv_stored {
    int64_t n_rows;     /* of the table: indices are below */
    int n_columns;
    bool has_self;      /* the sample itself is in its row */
    bool may_be_signed; /* minus inner products: negative, and no sample is nearest to itself */
};

/* What is wrong with a row; the column is that of the table. */
enum vv_stored_fault {
    VV_STORED_FINE,
    VV_STORED_NOT_FINITE, /* a distance */
    VV_STORED_NEGATIVE,   /* a distance */
    VV_STORED_DESCENDS,   /* a distance is smaller than the one before */
    VV_STORED_NO_ROW,     /* an index is not whole, or no row of the table */
    VV_STORED_TWICE,      /* an index occurs twice */
    VV_STORED_SELF,       /* the sample is in its row, where it should not be */
    VV_STORED_NO_SELF     /* the sample is not in its row, though it should be and another stands for it */
};

/* Added up over rows. */
struct vv_stored_counts {
    int64_t n_ties;           /* rows with two neighbors at the same distance */
    int64_t n_reordered;      /* rows where such were not in the order of their indices */
    int64_t n_self_elsewhere; /* rows that hold their sample, but not first */
    int64_t n_self_missing;   /* rows full of duplicates of the sample, which is not among them */
    int64_t n_zero;           /* neighbors at distance 0 */
};

/* Local. Neighbors in a list. */
int vv_stored_k(const struct vv_stored *s);

/* Local. distance, index: [n_columns] as stored; out_index, out_distance: [n_columns], of which vv_stored_k are the
 * list. *column: where the fault is. */
enum vv_stored_fault vv_stored_list(const struct vv_stored *s, int64_t row, const double *distance, const double *index,
                                    int32_t *out_index, double *out_distance, struct vv_stored_counts *counts,
                                    int *column);

/* Local. The fault in words, such as "is not finite". */
const char *vv_stored_fault_text(enum vv_stored_fault fault);

#endif
