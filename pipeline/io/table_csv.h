/* SPDX-License-Identifier: MIT */
/* Tables as tidy CSV: one observation a row, '#' lines on top that explain the columns. */
#ifndef VV_IO_TABLE_CSV_H
#define VV_IO_TABLE_CSV_H

#include "base/strbuf.h"
#include "data/table.h"

/* One file: the columns of one group that share their dimensions. */
struct vv_csv_sheet {
    const struct vv_table *table;
    int n_columns;
    const struct vv_column **columns; /* [n_columns] borrowed; the array is owned */
    char name[256];                   /* such as "id_gride", without ".csv" */
};

/* Local. Divides a table into sheets, in order of first appearance. *sheets: [*n], to be freed with
 * vv_csv_release. Coordinates are not sheets of their own. */
enum vv_status vv_csv_sheets(const struct vv_table *t, struct vv_csv_sheet **sheets, int *n);
void vv_csv_release(struct vv_csv_sheet **sheets, int n);

/* Local. Appends a sheet as CSV: first the dimensions (for "layer" the number and, from layers/name,
 * the name), then the values. Numbers read back to the same bits; NaN is "nan"; texts are quoted as in
 * RFC 4180 where needed. provenance: one line for the header, without anything that varies from run
 * to run. */
void vv_csv_write(const struct vv_csv_sheet *sheet, const char *provenance, struct vv_strbuf *out);

/* Local. The pieces such files are made of: a text, quoted where needed (NULL: empty); a number; a line of the header
 * that explains a column. */
void vv_csv_put_text(const char *text, struct vv_strbuf *out);
void vv_csv_put_number(double value, struct vv_strbuf *out);
void vv_csv_put_comment(const char *name, const char *units, const char *description, struct vv_strbuf *out);

#endif
