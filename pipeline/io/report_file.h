/* SPDX-License-Identifier: MIT */
/* report.h5: the tables of a run in one self-describing file, written by all ranks and read back as it was: each
 * dataset knows its place among the columns (attribute `order`), and /provenance carries a digest of them all. The tables
 * as CSV, too. */
#ifndef VV_IO_REPORT_FILE_H
#define VV_IO_REPORT_FILE_H

#include "data/table.h"
#include "dist/comm.h"

/* Collective. Writes <directory>/report.h5. all: with at least one column provenance/... */
enum vv_status vv_report_write(struct vv_comm *c, const char *directory, const struct vv_table *all);

/* Collective. Writes <directory>/tables/<sheet>.csv for every sheet but those of the provenance. */
enum vv_status vv_report_write_csv(struct vv_comm *c, const char *directory, const struct vv_table *all);

/* Local. Reads the report of a run directory into *all, an empty table; texts that were NULL are empty. VV_INPUT when
 * there is none, when it is damaged or was changed, or comes from a version that did not keep the order. */
enum vv_status vv_report_read(const char *directory, struct vv_table *all);

#endif
