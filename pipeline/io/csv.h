/* SPDX-License-Identifier: MIT */
/* Reading CSV (RFC 4180: quotes, commas and line ends inside quotes) and plain text, one column. */
#ifndef VV_IO_CSV_H
#define VV_IO_CSV_H

#include <stdint.h>

#include "base/error.h"

struct vv_texts_read {
    int64_t n;
    char **text; /* [n] owned */
};

/* Local. One column of a CSV file: `column` is a heading (the first record is then not data) or a
 * position from 0; NULL: the only column. VV_INPUT naming the file and the line. */
enum vv_status vv_csv_read_column(const char *path, const char *column, struct vv_texts_read *out);

/* Local. The lines of a text file, line ends removed; a final empty line is not counted. */
enum vv_status vv_text_read_lines(const char *path, struct vv_texts_read *out);

void vv_texts_read_release(struct vv_texts_read *t);

#endif
