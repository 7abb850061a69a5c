/* SPDX-License-Identifier: MIT */
/* Neighbor tables as files: artifacts/<stage>/<layer>.h5 with /index (n, k), /distance (n, k) and
 * /sample (n). The same table gives the same bytes on any number of ranks. */
#ifndef VV_IO_NEIGHBORS_FILE_H
#define VV_IO_NEIGHBORS_FILE_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "data/neighbors.h"
#include "dist/comm.h"

/* Local. "<directory>/artifacts/<stage>/<layer>.h5"; a '/' in the layer's name makes folders. */
enum vv_status vv_neighbors_file_path(const char *directory, const char *stage, const char *layer,
                                      struct vv_strbuf *path);

/* Collective. Reads the table that was published at `path`, k neighbors of each row (fewer if it has fewer),
 * each rank its share. *whole: false when that cannot be read, then *nb is empty; *stored: neighbors there
 * are. Not published: nb->path is NULL. Fails for lack of memory only. */
enum vv_status vv_neighbors_file_read(struct vv_comm *c, const char *path, int k,
                                      struct vv_neighbors *nb, int64_t *stored, bool *whole);

/* Local. Whether a published file holds k neighbors for each row, or all there are. */
bool vv_neighbors_file_serves(const char *path, int k);

/* Local. Whether the neighbors of a published table are rows of another input. */
bool vv_neighbors_file_is_among(const char *path);

/* Collective. Makes an existing file, such as one of the cache, the published file of the table: by a link,
 * or a copy where that is not possible. */
enum vv_status vv_neighbors_file_adopt(struct vv_comm *c, struct vv_neighbors *nb, const char *from,
                                       const char *directory, const char *stage, const char *layer);

/* Collective. Writes the table and sets nb->path and nb->fetch, so that its arrays may be released
 * and any rank can read any rows. */
enum vv_status vv_neighbors_file_publish(struct vv_comm *c, struct vv_neighbors *nb,
                                         const char *directory, const char *stage,
                                         const char *layer);

#endif
