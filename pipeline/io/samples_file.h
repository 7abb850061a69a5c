/* SPDX-License-Identifier: MIT */
/* What a stage found for each sample, as a file: artifacts/<stage>/<layer>.h5 with /sample (n), the columns (n) or
 * (n, m), and whatever belongs beside them. The same results give the same bytes on any number of ranks. */
#ifndef VV_IO_SAMPLES_FILE_H
#define VV_IO_SAMPLES_FILE_H

#include "data/samples.h"
#include "dist/comm.h"

/* Collective. Writes the file and sets s->path and s->fetch, so that the arrays may be released. */
enum vv_status vv_samples_file_publish(struct vv_comm *c, struct vv_samples *s, const char *directory,
                                       const char *stage, const char *layer);

/* Collective. Makes an existing file, such as one of the cache, the published one: by a link, or a copy where that is
 * not possible. *s: empty; gets layout, path and fetch. */
enum vv_status vv_samples_file_adopt(struct vv_comm *c, struct vv_samples *s, const char *from, const char *directory,
                                     const char *stage, const char *layer);

#endif
