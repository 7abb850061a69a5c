/* SPDX-License-Identifier: MIT */
/* Neighbor tables as files: artifacts/<stage>/<layer>.h5 with /index (n, k), /distance (n, k) and
 * /sample (n). The same table gives the same bytes on any number of ranks. */
#ifndef VV_IO_NEIGHBORS_FILE_H
#define VV_IO_NEIGHBORS_FILE_H

#include "base/strbuf.h"
#include "data/neighbors.h"
#include "dist/comm.h"

/* Local. "<directory>/artifacts/<stage>/<layer>.h5"; a '/' in the layer's name makes folders. */
enum vv_status vv_neighbors_file_path(const char *directory, const char *stage, const char *layer,
                                      struct vv_strbuf *path);

/* Collective. Writes the table and sets nb->path and nb->fetch, so that its arrays may be released
 * and any rank can read any rows. */
enum vv_status vv_neighbors_file_publish(struct vv_comm *c, struct vv_neighbors *nb,
                                         const char *directory, const char *stage,
                                         const char *layer);

#endif
