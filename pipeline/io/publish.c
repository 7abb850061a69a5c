/* SPDX-License-Identifier: MIT */
#include "io/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "dist/agree.h"

static enum vv_status make_directories(const char *path)
{
    char *const copy = vv_mem_string(path);
    if (!copy) return VV_MEMORY;
    enum vv_status st = VV_OK;
    for (char *p = copy; !st && *p; p++) {
        const bool last = p[1] == '\0';
        if (*p == '/' ? p == copy : !last) continue;
        const char kept = *p;
        if (kept == '/') *p = '\0';
        struct stat info;
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            st = vv_fail(VV_OUTPUT, "cannot make the directory '%s': %s", copy, strerror(errno));
        else if (stat(copy, &info) == 0 && !S_ISDIR(info.st_mode))
            st = vv_fail(VV_OUTPUT, "cannot make the directory '%s': a file is in the way", copy);
        *p = kept;
    }
    vv_mem_free(copy);
    if (st) return vv_error_hint("choose another place with output=DIRECTORY");
    return VV_OK;
}

enum vv_status vv_publish_directory(struct vv_comm *c, const char *path)
{
    return vv_agree_to_finish(c, vv_comm_rank(c) == 0 ? make_directories(path) : VV_OK);
}

enum vv_status vv_publish_temporary(const char *path, struct vv_strbuf *temporary)
{
    const char *const slash = strrchr(path, '/');
    const char *const name = slash ? slash + 1 : path;
    vv_strbuf_reset(temporary);
    vv_strbuf_add(temporary, path, (size_t)(name - path));
    vv_strbuf_addf(temporary, ".%s.partial", name);
    return temporary->failed ? VV_MEMORY : VV_OK;
}

static void sync_path(const char *path)
{
    const int fd = open(path, O_RDONLY);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

static enum vv_status rename_synced(const char *temporary, const char *path)
{
    sync_path(temporary);
    if (rename(temporary, path) != 0) {
        vv_fail(VV_OUTPUT, "cannot rename to '%s': %s", path, strerror(errno));
        unlink(temporary);
        return VV_OUTPUT;
    }
    char *const folder = vv_mem_string(path);
    if (!folder) return VV_MEMORY;
    char *const slash = strrchr(folder, '/');
    if (slash) *slash = '\0';
    sync_path(slash ? folder : ".");
    vv_mem_free(folder);
    return VV_OK;
}

enum vv_status vv_publish_finish(struct vv_comm *c, const char *temporary, const char *path,
                                 enum vv_status st)
{
    st = vv_agree_to_finish(c, st);
    const bool first = vv_comm_rank(c) == 0;
    if (st) {
        if (first) unlink(temporary);
        return st;
    }
    return vv_agree_to_finish(c, first ? rename_synced(temporary, path) : VV_OK);
}

static enum vv_status write_text(const char *path, const char *text)
{
    FILE *const file = fopen(path, "w");
    if (!file) return vv_fail(VV_OUTPUT, "cannot write '%s': %s", path, strerror(errno));
    const size_t n = strlen(text);
    const bool written = fwrite(text, 1, n, file) == n;
    if (fclose(file) != 0 || !written)
        return vv_fail(VV_OUTPUT, "cannot write '%s': %s", path, strerror(errno));
    return VV_OK;
}

enum vv_status vv_publish_text(struct vv_comm *c, const char *path, const char *text)
{
    struct vv_strbuf temporary;
    vv_strbuf_init(&temporary);
    enum vv_status st = vv_agree_to_finish(c, vv_publish_temporary(path, &temporary));
    if (!st) {
        if (vv_comm_rank(c) == 0) st = write_text(temporary.text, text);
        st = vv_publish_finish(c, temporary.text, path, st);
    }
    vv_strbuf_release(&temporary);
    return st;
}
