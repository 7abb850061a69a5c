/* SPDX-License-Identifier: MIT */
#include "run/cache.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "io/checksum.h"
#include "io/neighbors_file.h"
#include "io/publish.h"
#include "io/table_file.h"

static const char NEIGHBORS[] = "h5", SUM[] = "sum", TABLE[] = "table", INPUT[] = "digest";

const char *vv_cache_folder(const char *configured, const char *directory, struct vv_strbuf *out)
{
    const char *folder = configured ? configured : getenv("VARVE_CACHE");
    if (folder && folder[0] && strcmp(folder, "none") != 0) vv_strbuf_puts(out, folder);
    if (folder && folder[0]) return out->length > 0 ? out->text : NULL;
    size_t n = strlen(directory);
    while (n > 1 && directory[n - 1] == '/') n--;
    while (n > 0 && directory[n - 1] != '/') n--;
    vv_strbuf_add(out, directory, n);
    vv_strbuf_puts(out, ".varve-cache");
    return out->text;
}

enum vv_status vv_cache_open(struct vv_comm *c, const char *folder, bool fresh, struct vv_cache *cache)
{
    *cache = (struct vv_cache){.comm = c, .fresh = fresh};
    if (!folder) return VV_OK;
    cache->folder = vv_mem_string(folder);
    return vv_agree(c, cache->folder ? VV_OK : VV_MEMORY);
}

void vv_cache_close(struct vv_cache *cache)
{
    vv_mem_free(cache->folder);
    cache->folder = NULL;
}

/* "<folder>/<stage>/<key>.<ending>" */
static enum vv_status cache_path(const struct vv_cache *cache, const char *stage, struct vv_digest key,
                                 const char *ending, struct vv_strbuf *path)
{
    char text[33];
    vv_digest_text(key, text);
    vv_strbuf_reset(path);
    vv_strbuf_addf(path, "%s/%s/%s.%s", cache->folder, stage, text, ending);
    return path->failed ? VV_MEMORY : VV_OK;
}

/* Collective. Whether there is such a file, of enough neighbors unless k is 0. */
static bool has(const struct vv_cache *cache, const char *stage, struct vv_digest key,
                const char *ending, int k)
{
    struct vv_strbuf path;
    int64_t there = 0;
    vv_strbuf_init(&path);
    if (cache->folder && !cache->fresh && vv_comm_rank(cache->comm) == 0 &&
        cache_path(cache, stage, key, ending, &path) == VV_OK)
        there = access(path.text, R_OK) == 0 && (k == 0 || vv_neighbors_file_serves(path.text, k));
    vv_comm_bcast(cache->comm, &there, sizeof there, 0);
    vv_strbuf_release(&path);
    return there != 0;
}

bool vv_cache_has_table(const struct vv_cache *cache, const char *stage, struct vv_digest key)
{
    return has(cache, stage, key, TABLE, 0);
}

bool vv_cache_has_neighbors(const struct vv_cache *cache, const char *stage, struct vv_digest key, int k)
{
    return has(cache, stage, key, NEIGHBORS, k);
}

bool vv_cache_has_samples(const struct vv_cache *cache, const char *stage, struct vv_digest key)
{
    return has(cache, stage, key, NEIGHBORS, 0);
}

/* Rank 0 marks what was used, for pruning. */
static void mark_used(const struct vv_cache *cache, const char *path)
{
    if (vv_comm_rank(cache->comm) == 0) utimensat(AT_FDCWD, path, NULL, 0);
}

/* Collective. The digest in a small file of the cache. */
static bool read_digest(const struct vv_cache *cache, const char *folder, struct vv_digest name,
                        const char *ending, struct vv_digest *digest)
{
    struct vv_strbuf path;
    struct { struct vv_digest digest; int64_t found; } read = {{0, 0}, 0};
    vv_strbuf_init(&path);
    if (vv_comm_rank(cache->comm) == 0 && cache_path(cache, folder, name, ending, &path) == VV_OK) {
        unsigned long long high, low;
        char end = 0;
        FILE *const file = fopen(path.text, "r");
        if (file && fscanf(file, "%16llx%16llx%c", &high, &low, &end) == 3 && end == '\n') {
            read.digest = (struct vv_digest){.low = low, .high = high};
            read.found = 1;
        }
        if (file) fclose(file);
        if (read.found) utimensat(AT_FDCWD, path.text, NULL, 0);
    }
    vv_comm_bcast(cache->comm, &read, sizeof read, 0);
    vv_strbuf_release(&path);
    *digest = read.digest;
    return read.found != 0;
}

/* Collective. The folder of a file of the cache, made if need be. */
static enum vv_status make_folder(const struct vv_cache *cache, struct vv_strbuf *path)
{
    char *const slash = strrchr(path->text, '/');
    *slash = '\0';
    const enum vv_status st = vv_publish_directory(cache->comm, path->text);
    *slash = '/';
    return st;
}

static enum vv_status write_digest(const struct vv_cache *cache, const char *folder,
                                   struct vv_digest name, const char *ending, struct vv_digest digest)
{
    struct vv_strbuf path;
    char text[40];
    vv_digest_text(digest, text);
    memcpy(text + 32, "\n", 2);
    vv_strbuf_init(&path);
    enum vv_status st =
        vv_agree_to_finish(cache->comm, cache_path(cache, folder, name, ending, &path));
    if (!st) st = make_folder(cache, &path);
    if (!st) st = vv_publish_text(cache->comm, path.text, text);
    vv_strbuf_release(&path);
    return st;
}

/* Collective. Damaged files are not trusted, and not kept. */
static void drop_damaged(const struct vv_cache *cache, const char *path, struct vv_log *log)
{
    vv_log_warning(log, "'%s' is damaged; it is computed again", path);
    if (vv_comm_rank(cache->comm) == 0) unlink(path);
}

enum vv_status vv_cache_get_table(const struct vv_cache *cache, const char *stage, struct vv_digest key,
                                  struct vv_log *log, struct vv_artifact *a, bool *found)
{
    struct vv_strbuf path;
    bool there, whole;
    *found = false;
    if (!has(cache, stage, key, TABLE, 0)) return VV_OK;
    vv_strbuf_init(&path);
    enum vv_status st = vv_agree(cache->comm, cache_path(cache, stage, key, TABLE, &path));
    if (!st) st = vv_table_file_read(cache->comm, path.text, &a->table, &there, &whole);
    if (!st && there && !whole) drop_damaged(cache, path.text, log);
    *found = !st && there && whole;
    if (*found) mark_used(cache, path.text);
    vv_strbuf_release(&path);
    return st;
}

enum vv_status vv_cache_get_neighbors(const struct vv_cache *cache, const char *stage,
                                      struct vv_digest key, int k, struct vv_log *log,
                                      struct vv_artifact *a, struct vv_strbuf *path, bool *found)
{
    bool whole;
    int64_t stored = 0;
    struct vv_digest sum, now;
    *found = false;
    if (!has(cache, stage, key, NEIGHBORS, k) || !read_digest(cache, stage, key, SUM, &sum))
        return VV_OK;
    VV_TRY(vv_agree(cache->comm, cache_path(cache, stage, key, NEIGHBORS, path)));
    whole = vv_checksum_file(cache->comm, path->text, &now) && vv_digest_equal(sum, now);
    if (whole)
        VV_TRY(vv_neighbors_file_read(cache->comm, path->text, k, &a->neighbors, &stored, &whole));
    if (!whole) drop_damaged(cache, path->text, log);
    else mark_used(cache, path->text);
    *found = whole;
    if (stored != k) vv_strbuf_reset(path);
    return VV_OK;
}

enum vv_status vv_cache_get_samples(const struct vv_cache *cache, const char *stage, struct vv_digest key,
                                    struct vv_log *log, struct vv_strbuf *path, bool *found)
{
    struct vv_digest sum, now;
    *found = false;
    if (!vv_cache_has_samples(cache, stage, key) || !read_digest(cache, stage, key, SUM, &sum)) return VV_OK;
    VV_TRY(vv_agree(cache->comm, cache_path(cache, stage, key, NEIGHBORS, path)));
    *found = vv_checksum_file(cache->comm, path->text, &now) && vv_digest_equal(sum, now);
    if (*found) mark_used(cache, path->text);
    else drop_damaged(cache, path->text, log);
    return VV_OK;
}

/* Collective. Keeps a published file, unless one is there; of neighbor tables (k > 0), one of as many neighbors. */
static enum vv_status put_file(const struct vv_cache *cache, const char *stage, struct vv_digest key, int k,
                               const char *published, const char *path)
{
    struct vv_digest sum;
    struct vv_strbuf old;
    const bool first = vv_comm_rank(cache->comm) == 0;
    vv_strbuf_init(&old);
    if (has(cache, stage, key, NEIGHBORS, k) && read_digest(cache, stage, key, SUM, &sum)) return VV_OK;
    /* The old sum would make the new file seem damaged. */
    if (first && cache_path(cache, stage, key, SUM, &old) == VV_OK) unlink(old.text);
    vv_strbuf_release(&old);
    VV_TRY(vv_agree_to_finish(cache->comm, first ? vv_publish_link(published, path) : VV_OK));
    if (!vv_checksum_file(cache->comm, path, &sum)) return VV_OK;
    return write_digest(cache, stage, key, SUM, sum);
}

enum vv_status vv_cache_put(const struct vv_cache *cache, const char *stage, struct vv_digest key,
                            const struct vv_artifact *a, struct vv_log *log)
{
    struct vv_strbuf path;
    const bool table = a->kind == VV_TABLE;
    const bool samples = a->kind == VV_SAMPLES;
    if (!cache->folder || (!table && !samples && a->kind != VV_NEIGHBORS)) return VV_OK;
    vv_strbuf_init(&path);
    enum vv_status st = vv_agree_to_finish(
        cache->comm, cache_path(cache, stage, key, table ? TABLE : NEIGHBORS, &path));
    if (!st) st = make_folder(cache, &path);
    if (!st) st = table ? vv_table_file_write(cache->comm, path.text, &a->table)
                        : put_file(cache, stage, key, samples ? 0 : a->neighbors.k,
                                   samples ? a->samples.path : a->neighbors.path, path.text);
    if (st == VV_OUTPUT) {
        vv_log_warning(log, "not kept for later runs: %s", vv_error_last()->message);
        vv_error_clear();
        st = VV_OK;
    }
    vv_strbuf_release(&path);
    return st;
}

bool vv_cache_recall(const struct vv_cache *cache, struct vv_digest identity, struct vv_digest *digest)
{
    return cache->folder && !cache->fresh && read_digest(cache, "inputs", identity, INPUT, digest);
}

void vv_cache_remember(const struct vv_cache *cache, struct vv_digest identity, struct vv_digest digest)
{
    if (!cache->folder) return;
    if (write_digest(cache, "inputs", identity, INPUT, digest)) vv_error_clear(); /* read again next time */
}
