/* SPDX-License-Identifier: MIT */
/* The run directory: claimed while a run goes on, with its small files. */
#ifndef VV_RUN_DIRECTORY_H
#define VV_RUN_DIRECTORY_H

#include "base/log.h"
#include "base/strbuf.h"
#include "dist/comm.h"
#include "run/claim.h"

/* Local. Cuts the slashes that a path of a directory may end in. */
void vv_directory_trim(struct vv_strbuf *directory);

/* What a run or a sweep writes into its directory, where a user may have other files: these files, and all in these
 * folders (which end in a slash). Its log, STATUS and manifest besides. Both end in NULL. */
extern const char *const vv_directory_files[], *const vv_directory_folders[];

/* Local. Whether a name, relative to the directory, is among them. */
bool vv_directory_is_own(const char *name);

/* Local. "<directory>/<name>", replacing what is in the buffer. */
enum vv_status vv_directory_path(const char *directory, const char *name, struct vv_strbuf *path);

/* Collective. Writes a small text file there. Stop requests do not keep it from that. */
enum vv_status vv_directory_write(struct vv_comm *c, const char *directory, const char *name, const char *text);

/* Local. Whether a run was begun in the directory: it has a file STATUS. / The first line of that, without the newline;
 * false when there is none. */
bool vv_directory_holds_run(const char *directory);
bool vv_directory_status(const char *directory, char *line, int size);

/* Collective. Claims the directory, made if need be, and removes what an earlier run left there unfinished. With
 * `resume` VV_USAGE when no run was begun in it; VV_OUTPUT when none was but files or folders of a run's names are
 * there. */
enum vv_status vv_directory_claim(struct vv_comm *c, const char *directory, bool resume, struct vv_log *log,
                                  struct vv_claim *claim);

/* Collective. The last word, in the file STATUS: done, stopped, or failed and why. A failure here does not hide the
 * error that is recorded. */
void vv_directory_end(struct vv_comm *c, const char *directory, enum vv_status st);

#endif
