/* SPDX-License-Identifier: MIT */
/* Tables of results as HTML tables. What a sheet holds is shown, whatever stage it comes from: layers (or else the
 * first dimension) downwards; across, the quantities, or with a second dimension its values, one table a quantity; what
 * is left of dimensions tells such tables apart. Errors stand in the cell of their value. */
#ifndef VV_IO_HTML_TABLE_H
#define VV_IO_HTML_TABLE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "data/summary.h"
#include "io/table_csv.h"

/* Local. Numbers and texts that vv_html_sheet would show. */
int64_t vv_html_sheet_cells(const struct vv_csv_sheet *sheet);

/* Local. Whether all of a sheet is shown elsewhere, with the values that it belongs to. */
bool vv_html_sheet_elsewhere(const struct vv_csv_sheet *sheet);

/* Local. Appends a sheet: its tables, and what each quantity means. */
enum vv_status vv_html_sheet(const struct vv_csv_sheet *sheet, struct vv_strbuf *out);

/* Local. Appends the names of the quantities of a sheet, separated by commas. */
void vv_html_sheet_quantities(const struct vv_csv_sheet *sheet, struct vv_strbuf *out);

/* Local. Appends the summary, one row a layer. */
enum vv_status vv_html_summary(const struct vv_summary *s, struct vv_strbuf *out);

#endif
