/* SPDX-License-Identifier: MIT */
#include "io/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "dist/agree.h"

enum vv_status vv_publish_make_directory(const char *path)
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
    return vv_agree_to_finish(c, vv_comm_rank(c) == 0 ? vv_publish_make_directory(path) : VV_OK);
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

enum vv_status vv_publish_temporary_of_process(const char *path, struct vv_strbuf *temporary)
{
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    const char *const slash = strrchr(path, '/');
    const char *const name = slash ? slash + 1 : path;
    vv_strbuf_reset(temporary);
    vv_strbuf_add(temporary, path, (size_t)(name - path));
    vv_strbuf_addf(temporary, ".%s.%s.%ld.partial", name, host, (long)getpid());
    return temporary->failed ? VV_MEMORY : VV_OK;
}

static void sync_path(const char *path)
{
    const int fd = open(path, O_RDONLY);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

enum vv_status vv_publish_rename(const char *temporary, const char *path, enum vv_status st)
{
    if (!st) sync_path(temporary);
    if (!st && (vv_fault("rename") ? (errno = EIO, true) : rename(temporary, path) != 0))
        st = vv_fail(VV_OUTPUT, "cannot rename to '%s': %s", path, strerror(errno));
    if (st) {
        unlink(temporary);
        return st;
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
    return vv_agree_to_finish(c, first ? vv_publish_rename(temporary, path, st) : st);
}

/* nftw has no argument of the caller's. */
static size_t n_above;

/* ".name.partial", and not in folders that other runs may use. */
static int clear_file(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    static const char ending[] = ".partial";
    const char *const name = path + place->base, *const inside = path + n_above;
    const size_t n = strlen(name), n_ending = sizeof ending - 1;
    (void)info;
    const bool where = place->level == 1 || strncmp(inside, "/artifacts/", 11) == 0 ||
                       strncmp(inside, "/tables/", 8) == 0 || strncmp(inside, "/figures/", 9) == 0;
    if (kind == FTW_F && where && name[0] == '.' && n > n_ending && strcmp(name + n - n_ending, ending) == 0)
        unlink(path);
    return 0;
}

enum vv_status vv_publish_clear(const char *directory)
{
    n_above = strlen(directory);
    if (nftw(directory, clear_file, 16, FTW_PHYS) == 0) return VV_OK;
    return vv_fail(VV_OUTPUT, "cannot look through '%s': %s", directory, strerror(errno));
}

static bool copy_file(const char *from, const char *to)
{
    char piece[1 << 16];
    FILE *const in = fopen(from, "r");
    FILE *const out = in ? fopen(to, "w") : NULL;
    bool ok = out != NULL;
    for (size_t n; ok && (n = fread(piece, 1, sizeof piece, in)) > 0;)
        ok = fwrite(piece, 1, n, out) == n;
    if (in && (ferror(in) || fclose(in) != 0)) ok = false;
    if (out && fclose(out) != 0) ok = false;
    return ok;
}

enum vv_status vv_publish_link(const char *from, const char *path)
{
    struct vv_strbuf temporary;
    vv_strbuf_init(&temporary);
    enum vv_status st = vv_publish_temporary_of_process(path, &temporary);
    if (!st && link(from, temporary.text) != 0 && !copy_file(from, temporary.text))
        st = vv_fail(VV_OUTPUT, "cannot copy '%s' to '%s': %s", from, path, strerror(errno));
    if (!st) st = vv_publish_rename(temporary.text, path, VV_OK);
    unlink(temporary.text); /* where both were the same file, renaming does nothing */
    vv_strbuf_release(&temporary);
    return st;
}

static enum vv_status write_text(const char *path, const char *text)
{
    FILE *const file = fopen(path, "w");
    if (!file) return vv_fail(VV_OUTPUT, "cannot write '%s': %s", path, strerror(errno));
    const size_t n = strlen(text);
    const bool written = vv_fault("disk-full") ? (errno = ENOSPC, false) : fwrite(text, 1, n, file) == n;
    if (fclose(file) != 0 || !written)
        return vv_fail(VV_OUTPUT, "cannot write '%s': %s", path, strerror(errno));
    return VV_OK;
}

enum vv_status vv_publish_file(const char *path, const char *text)
{
    struct vv_strbuf temporary;
    vv_strbuf_init(&temporary);
    enum vv_status st = vv_publish_temporary(path, &temporary);
    if (!st) st = vv_publish_rename(temporary.text, path, write_text(temporary.text, text));
    vv_strbuf_release(&temporary);
    return st;
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
