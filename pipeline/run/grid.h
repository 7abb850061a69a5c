/* SPDX-License-Identifier: MIT */
/* Text in columns: cells are added row after row, then written aligned. */
#ifndef VV_RUN_GRID_H
#define VV_RUN_GRID_H

#include "base/strbuf.h"

enum { VV_GRID_COLUMNS = 16 };

struct vv_grid {
    const char *alignment;  /* a letter a column: 'l' left, 'r' right; borrowed */
    int n_cells;
    struct vv_strbuf cells; /* one after the other, each with its terminator */
};

/* Local. An empty grid of as many columns (at most VV_GRID_COLUMNS) as there are letters. Released in any case. */
void vv_grid_init(struct vv_grid *g, const char *alignment);
void vv_grid_release(struct vv_grid *g);

/* Local. The next cell, from left to right. */
void vv_grid_add(struct vv_grid *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Local. Appends all rows, each after `indent` blanks, two blanks between columns; sets out->failed when memory ran
 * out on the way. */
void vv_grid_write(const struct vv_grid *g, int indent, struct vv_strbuf *out);

#endif
