/* SPDX-License-Identifier: MIT */
/* The cache: products by their key, shared by all runs that use the folder.
 *
 *   <folder>/<stage>/<key>.h5      neighbor tables and results for each sample, the very files of artifacts/ (links),
 *   <folder>/<stage>/<key>.sum     and their checksums
 *   <folder>/<stage>/<key>.table   tables
 *   <folder>/inputs/<key>.digest   the digest of an input that was read, by path, size and time
 *
 * Files appear complete or not at all and carry checksums. Nothing in a name says where or on how many ranks
 * it was made. */
#ifndef VV_RUN_CACHE_H
#define VV_RUN_CACHE_H

#include "base/hash.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "data/artifact.h"
#include "dist/comm.h"

struct vv_cache {
    struct vv_comm *comm;
    char *folder; /* NULL: no cache */
    bool fresh;   /* nothing is taken from it, but products are put into it */
};

/* Collective. folder: NULL is none. / Frees. */
enum vv_status vv_cache_open(struct vv_comm *c, const char *folder, bool fresh, struct vv_cache *cache);
void vv_cache_close(struct vv_cache *cache);

/* Local. The folder to use: `configured`, else VARVE_CACHE, else .varve-cache beside the run directory; NULL
 * for "none". Set out->failed without memory. */
const char *vv_cache_folder(const char *configured, const char *directory, struct vv_strbuf *out);

/* Collective. Whether a table is there, or a neighbor table of at least k neighbors, without reading them. */
bool vv_cache_has_table(const struct vv_cache *cache, const char *stage, struct vv_digest key);
bool vv_cache_has_neighbors(const struct vv_cache *cache, const char *stage, struct vv_digest key, int k);
bool vv_cache_has_samples(const struct vv_cache *cache, const char *stage, struct vv_digest key);

/* Collective. Reads a table into an empty artifact; *found is false when it is not there, or damaged, which
 * is said. */
enum vv_status vv_cache_get_table(const struct vv_cache *cache, const char *stage, struct vv_digest key,
                                  struct vv_log *log, struct vv_artifact *a, bool *found);

/* Collective. The same for a neighbor table of k or more neighbors, cut to k; *path: the file, if it has
 * exactly k, else empty. */
enum vv_status vv_cache_get_neighbors(const struct vv_cache *cache, const char *stage,
                                      struct vv_digest key, int k, struct vv_log *log,
                                      struct vv_artifact *a, struct vv_strbuf *path, bool *found);

/* Collective. Looks for the results for each sample; *path: their file, whole. */
enum vv_status vv_cache_get_samples(const struct vv_cache *cache, const char *stage, struct vv_digest key,
                                    struct vv_log *log, struct vv_strbuf *path, bool *found);

/* Collective. Keeps a product: a table, or the published file of another one, unless the cache has a neighbor table of
 * more neighbors. What cannot be kept is a warning, never the end of the run. */
enum vv_status vv_cache_put(const struct vv_cache *cache, const char *stage, struct vv_digest key,
                            const struct vv_artifact *a, struct vv_log *log);

/* Collective. The digest remembered for an input, and remembering it. identity: whatever tells that it has not
 * changed. */
bool vv_cache_recall(const struct vv_cache *cache, struct vv_digest identity, struct vv_digest *digest);
void vv_cache_remember(const struct vv_cache *cache, struct vv_digest identity, struct vv_digest digest);

#endif
