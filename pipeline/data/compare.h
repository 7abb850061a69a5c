/* SPDX-License-Identifier: MIT */
/* Two tables, such as those of two reports, value by value. Positions along a dimension are matched by its
 * coordinate (layers by their names), so that what both have is compared although one has more. What tells where
 * numbers come from ("provenance/...") is left aside.
 *
 * Equal are values of the same bits, any two NaN, and numbers that the rule allows. A number and a NaN differ. */
#ifndef VV_DATA_COMPARE_H
#define VV_DATA_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "data/table.h"

struct vv_compare_rule {
    double tolerance; /* a and b are equal when |a - b| <= tolerance * max(1, |a|, |b|) */
    double errors;    /* > 0: where both have standard errors e, when |a - b| <= errors * sqrt(e_a^2 + e_b^2);
                       * the errors themselves are not compared then */
};

/* By what a difference is measured: score of one is not comparable with that of another. */
enum vv_measure { VV_BY_ERRORS, VV_BY_SIZE, VV_BY_TEXT, VV_N_MEASURES };

/* What differs in one column and layer. */
struct vv_unequal {
    const struct vv_column *a, *b;
    int column;              /* position in table a */
    int64_t layer;           /* in table a; -1: the column has none */
    enum vv_measure measure;
    int64_t n, n_compared;   /* values that differ, of so many that both have */
    double score;            /* the largest difference: in standard errors, or over max(1, |a|, |b|); infinite
                              * when one is NaN; for texts 0 */
    int64_t at_a, at_b;      /* where it is: flat positions of the first that large */
};

/* A column that only one has, or of unlike shape or type (then both are set). */
struct vv_mismatch {
    const struct vv_column *a, *b;
};

/* Positions of a dimension that only one of the two has. */
struct vv_only_in {
    bool in_b;
    const struct vv_column *coordinate; /* of that table */
    int64_t n;
    int64_t *at; /* [n] owned */
};

struct vv_comparison {
    int n_mismatches, n_only_in, n_unequal;
    struct vv_mismatch *mismatches;
    struct vv_only_in *only_in;
    struct vv_unequal *unequal;  /* by measure, the largest score first, then in the order of table a */
    int64_t n_values, n_values_unequal; /* that both have; of these, beyond the rule */
    int n_columns, n_columns_unequal;
};

/* Local. Compares; *out borrows from both tables. Released in any case. Fails for lack of memory only. */
enum vv_status vv_compare_tables(const struct vv_table *a, const struct vv_table *b,
                                 const struct vv_compare_rule *rule, struct vv_comparison *out);
void vv_comparison_release(struct vv_comparison *c);

/* Local. Whether anything differs. */
bool vv_comparison_differs(const struct vv_comparison *c);

/* Local. The coordinate of a dimension: the column of its name, for layers that of their names; NULL when there is
 * none. */
const struct vv_column *vv_compare_coordinate(const struct vv_table *t, const char *dim);

#endif
