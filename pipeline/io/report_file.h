/* SPDX-License-Identifier: MIT */
/* report.h5: the tables of a run in one self-describing file, written by all ranks and read back as it was, columns in
 * their order. The tables as CSV, too. */
#ifndef VV_IO_REPORT_FILE_H
#define VV_IO_REPORT_FILE_H

#include "data/table.h"
#include "dist/comm.h"

/* The names of all columns in their order, a line each: an attribute of the group that tells where numbers come from,
 * so that what a stage reports has the same bits whatever other stages do. */
#define VV_REPORT_ORDERED "provenance"
#define VV_REPORT_COLUMNS "columns"

/* Collective. Writes <directory>/report.h5. */
enum vv_status vv_report_write(struct vv_comm *c, const char *directory, const struct vv_table *all);

/* Collective. Writes <directory>/tables/<sheet>.csv for every sheet but those of the provenance. */
enum vv_status vv_report_write_csv(struct vv_comm *c, const char *directory, const struct vv_table *all);

/* Local. Reads the report of a run directory into *all, an empty table: the columns in their order; texts that were
 * NULL are empty. VV_INPUT when there is none, when it is damaged, or comes from a version that did not keep the order.
 * HDF5 itself may come to no end with a damaged file: check its digest before (run/manifest.h). */
enum vv_status vv_report_read(const char *directory, struct vv_table *all);

/* Local. Reads every dataset of a file like report.h5, of whatever version: those that have a place in the order come
 * first, then the others by path. A path is the name; dimensions without a scale are "axis 0", .. Else as above. */
enum vv_status vv_report_read_any(const char *path, struct vv_table *all);

#endif
