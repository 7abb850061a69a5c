/* SPDX-License-Identifier: MIT */
/* The tables of several reports as one: an observation a row, with the keys in front that tell the reports apart.
 * Reports may have other coordinates, more columns or more layers than each other: what one does not have is NaN or
 * empty text there. Integers that are missing somewhere become floating-point numbers, for there is no integer that
 * means missing. Sheets are those of io/table_csv.h. */
#ifndef VV_IO_TIDY_H
#define VV_IO_TIDY_H

#include "base/strbuf.h"
#include "data/table.h"
#include "io/h5.h"

/* A value in front of each row of a report. Texts are copied. */
struct vv_tidy_key {
    const char *name, *units, *description;
    enum vv_value type;
    double f64;
    int64_t i64;
    const char *text;
};

/* What a column is to its sheet. */
enum vv_tidy_role { VV_TIDY_KEY, VV_TIDY_POSITION, VV_TIDY_VALUE };

struct vv_tidy_column {
    char *name, *long_name, *units, *description;
    enum vv_tidy_role role;
    char *source; /* name before columns of one name were told apart */
    enum vv_value type;
    double *f64;  /* [n_rows], the one of the three that `type` names */
    int64_t *i64;
    char **text;
    bool filled;  /* has a value in the row that is being added */
};

struct vv_tidy_sheet {
    char *name;
    int64_t n_rows, capacity;
    int n_columns;
    struct vv_tidy_column *columns; /* [n_columns] */
};

struct vv_tidy {
    int n_sheets;
    struct vv_tidy_sheet *sheets; /* [n_sheets] in the order in which they came */
};

/* Local. An empty one is a zeroed struct. */
void vv_tidy_release(struct vv_tidy *t);

/* Local. Appends all sheets of a report but those whose name begins with "provenance". */
enum vv_status vv_tidy_add(struct vv_tidy *t, const struct vv_table *report, const struct vv_tidy_key *keys,
                           int n_keys);

/* Local. Appends one row of keys alone to a sheet. */
enum vv_status vv_tidy_add_row(struct vv_tidy *t, const char *sheet, const struct vv_tidy_key *keys, int n_keys);

/* Local. Appends a sheet as CSV, as vv_csv_write does. */
void vv_tidy_write_csv(const struct vv_tidy_sheet *sheet, const char *provenance, struct vv_strbuf *out);

/* Collective. Writes each sheet as a group of columns along the scale <sheet>/observation. Every rank holds all. */
enum vv_status vv_tidy_write_h5(const struct vv_tidy *t, struct vv_h5_file *file);

#endif
