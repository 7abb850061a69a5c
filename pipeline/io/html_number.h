/* SPDX-License-Identifier: MIT */
/* Numbers in a column of an HTML table, so that they stand under each other: one number of decimals for all, as many
 * as the errors (two digits of the middle one) or the largest value (four digits) call for, and the error with its
 * value in one cell. */
#ifndef VV_IO_HTML_NUMBER_H
#define VV_IO_HTML_NUMBER_H

#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/* How the numbers of a column are written. */
struct vv_html_number {
    int decimals;    /* after the point; -1: four digits of each by itself, where sizes differ too much */
    int error_width; /* characters of the widest error; 0: none is shown */
};

/* What is known of a number: NaN for what is not. */
struct vv_html_value {
    double value, std_error, low, high;
};

/* Local. The style of a column. values: [n] */
enum vv_status vv_html_number_style(const struct vv_html_value *values, int64_t n, struct vv_html_number *style);

/* Local. The same with the number of decimals given. */
void vv_html_number_fix(const struct vv_html_value *values, int64_t n, int decimals, struct vv_html_number *style);

/* Local. Appends "6.54 ± 0.02", "0.83 [0.70, 0.97]", "6.54", or a dash for a value that is missing. */
void vv_html_number_write(const struct vv_html_number *style, const struct vv_html_value *v, struct vv_strbuf *out);

#endif
