/* SPDX-License-Identifier: MIT */
/* Tables as files of the cache: all columns with everything they carry, a checksum in front. For varve to
 * read back, not for people: those have report.h5. */
#ifndef VV_IO_TABLE_FILE_H
#define VV_IO_TABLE_FILE_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "data/table.h"
#include "dist/comm.h"

/* Local. The bytes of a table, checksum included; sets out->failed without memory. */
void vv_table_pack(const struct vv_table *t, struct vv_strbuf *out);

/* Local. The table of these bytes; false when they are damaged or were packed otherwise, then *t is empty.
 * *t: an empty table. */
bool vv_table_unpack(const char *bytes, size_t n, struct vv_table *t);

/* Collective. Rank 0 writes the file, or replaces it; the others learn how it went. */
enum vv_status vv_table_file_write(struct vv_comm *c, const char *path, const struct vv_table *t);

/* Collective. Reads it on all ranks: *found is false, and *t empty, when there is no such file; *whole is
 * false when it is damaged. Fails for lack of memory only. */
enum vv_status vv_table_file_read(struct vv_comm *c, const char *path, struct vv_table *t,
                                  bool *found, bool *whole);

#endif
