/* SPDX-License-Identifier: MIT */
/* manifest.json: what a run directory holds and where it comes from, for programs. */
#ifndef VV_RUN_MANIFEST_H
#define VV_RUN_MANIFEST_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "data/table.h"
#include "dist/comm.h"

/* Collective. Writes <directory>/manifest.json: the scalars provenance/... of the table, and every file
 * of the run below the directory with its size in bytes, and the digest of report.h5. */
enum vv_status vv_manifest_write(struct vv_comm *c, const char *directory,
                                 const struct vv_table *provenance);

/* Local. Appends a line of the list of files, in the object "files", that the functions below read: its name below the
 * directory and its size. first: of the list */
void vv_manifest_put_file(const char *name, int64_t bytes, bool first, struct vv_strbuf *out);

/* Collective. VV_INPUT unless <directory>/report.h5 has the digest that the manifest tells: it is that of the run. */
enum vv_status vv_manifest_check_report(struct vv_comm *c, const char *directory);

/* Collective. Removes the files that the manifest of an earlier run in this directory lists, and the
 * manifest: the results of two runs must not be mixed. Without a manifest nothing is removed. */
enum vv_status vv_manifest_forget(struct vv_comm *c, const char *directory);

/* Local. Whether the directory holds the finished run of that identity (run/identity.h): STATUS says done, and every
 * file that the manifest lists is there with its size. */
bool vv_manifest_whole(const char *directory, const char *identity);

#endif
