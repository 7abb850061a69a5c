/* SPDX-License-Identifier: MIT */
/* Files appear complete or not at all: written under a temporary name beside the final one, synced,
 * renamed by rank 0 once all ranks agree. */
#ifndef VV_IO_PUBLISH_H
#define VV_IO_PUBLISH_H

#include "base/error.h"
#include "base/strbuf.h"
#include "dist/comm.h"

/* Collective. Makes a directory and those above it. VV_OUTPUT naming the path when it cannot. */
enum vv_status vv_publish_directory(struct vv_comm *c, const char *path);

/* Local. The same, by one rank alone. */
enum vv_status vv_publish_make_directory(const char *path);

/* Local. The temporary name of a file: "<folder>/.<name>.partial". */
enum vv_status vv_publish_temporary(const char *path, struct vv_strbuf *temporary);

/* Local. One that no other process uses, for folders that runs share: "<folder>/.<name>.<host>.<process>.partial". */
enum vv_status vv_publish_temporary_of_process(const char *path, struct vv_strbuf *temporary);

/* Local. Ends the writing of `temporary`, a file of this rank, which is closed: with VV_OK it becomes `path`, else
 * it is removed. */
enum vv_status vv_publish_rename(const char *temporary, const char *path, enum vv_status st);

/* Collective. Ends the writing of `temporary`, which is closed on all ranks: with VV_OK from all it
 * becomes `path`; else it is removed and the agreed status is returned. */
enum vv_status vv_publish_finish(struct vv_comm *c, const char *temporary, const char *path,
                                 enum vv_status st);

/* Local. Writes a text file, by one rank alone. */
enum vv_status vv_publish_file(const char *path, const char *text);

/* Local. Removes the temporary files that a run which was killed left in its directory: those named as here, in
 * it and in its folders `artifacts`, `tables` and `figures`. */
enum vv_status vv_publish_clear(const char *directory);

/* Local. Makes `path` another name of the file `from`, or a copy of it on another file system, replacing what
 * is there in one step. */
enum vv_status vv_publish_link(const char *from, const char *path);

/* Collective. Writes a text file (rank 0's text counts). */
enum vv_status vv_publish_text(struct vv_comm *c, const char *path, const char *text);

#endif
