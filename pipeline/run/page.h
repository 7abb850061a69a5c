/* SPDX-License-Identifier: MIT */
/* report.html: what a run found, on one page to read and to send. It is made from the run directory alone, report.h5
 * and the drawings in figures/, and holds all it needs; nothing is loaded, and no script but its own can run. It knows
 * no stage: the table of layers and the verdict are what stages say on the terminal, the rest is what their tables
 * hold. Parts that vary between runs of the same analysis carry the attribute data-varies. */
#ifndef VV_RUN_PAGE_H
#define VV_RUN_PAGE_H

#include "data/table.h"
#include "dist/comm.h"

/* Collective. Writes <directory>/report.html. all: the tables of the report, on rank 0 at least. */
enum vv_status vv_page_write(struct vv_comm *c, const char *directory, const struct vv_table *all);

#endif
