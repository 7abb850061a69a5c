/* SPDX-License-Identifier: MIT */
/* manifest.json: what a run directory holds and where it comes from, for programs. */
#ifndef VV_RUN_MANIFEST_H
#define VV_RUN_MANIFEST_H

#include <stdbool.h>

#include "data/table.h"
#include "dist/comm.h"

/* Collective. Writes <directory>/manifest.json: the scalars provenance/... of the table, and every file
 * below the directory with its size in bytes, and the digest of report.h5. */
enum vv_status vv_manifest_write(struct vv_comm *c, const char *directory,
                                 const struct vv_table *provenance);

/* Collective. VV_INPUT unless <directory>/report.h5 has the digest that the manifest tells: it is that of the run. */
enum vv_status vv_manifest_check_report(struct vv_comm *c, const char *directory);

/* Collective. Removes the files that the manifest of an earlier run in this directory lists, and the
 * manifest: the results of two runs must not be mixed. Without a manifest nothing is removed. */
enum vv_status vv_manifest_forget(struct vv_comm *c, const char *directory);

/* Local. Whether the directory holds the finished run of that identity (run/identity.h): STATUS says done, and every
 * file that the manifest lists is there with its size. */
bool vv_manifest_whole(const char *directory, const char *identity);

#endif
