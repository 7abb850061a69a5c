/* SPDX-License-Identifier: MIT */
#include "run/directory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dist/agree.h"
#include "io/publish.h"

const char *const vv_directory_files[] = {"config.yml", "report.h5", "report.html", "summary.txt", "sweep.h5", NULL};
const char *const vv_directory_folders[] = {"artifacts/", "figures/", "tables/", NULL};

bool vv_directory_is_own(const char *name)
{
    for (int i = 0; vv_directory_files[i]; i++)
        if (strcmp(name, vv_directory_files[i]) == 0) return true;
    for (int i = 0; vv_directory_folders[i]; i++)
        if (strncmp(name, vv_directory_folders[i], strlen(vv_directory_folders[i])) == 0) return true;
    return false;
}

void vv_directory_trim(struct vv_strbuf *directory)
{
    while (directory->length > 1 && directory->text[directory->length - 1] == '/')
        directory->text[--directory->length] = '\0';
}

enum vv_status vv_directory_path(const char *directory, const char *name, struct vv_strbuf *path)
{
    vv_strbuf_reset(path);
    vv_strbuf_addf(path, "%s/%s", directory, name);
    return path->failed ? VV_MEMORY : VV_OK;
}

enum vv_status vv_directory_write(struct vv_comm *c, const char *directory, const char *name, const char *text)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    enum vv_status st = vv_agree_to_finish(c, vv_directory_path(directory, name, &path));
    if (!st) st = vv_publish_text(c, path.text, text);
    vv_strbuf_release(&path);
    return st;
}

bool vv_directory_holds_run(const char *directory)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    const bool there = !vv_directory_path(directory, "STATUS", &path) && access(path.text, F_OK) == 0;
    vv_strbuf_release(&path);
    return there;
}

bool vv_directory_status(const char *directory, char *line, int size)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    FILE *const file = vv_directory_path(directory, "STATUS", &path) ? NULL : fopen(path.text, "r");
    const bool read = file && fgets(line, size, file);
    if (file) fclose(file);
    if (read) line[strcspn(line, "\n")] = '\0';
    vv_strbuf_release(&path);
    return read;
}

/* Local. Refuses a name that a run would replace or empty where there is no run: it is somebody's. An empty folder is
 * nobody's. */
static enum vv_status refuse_taken(const char *directory, const char *name, struct vv_strbuf *path)
{
    VV_TRY(vv_directory_path(directory, name, path));
    if (access(path->text, F_OK) != 0 || rmdir(path->text) == 0) return VV_OK;
    vv_fail(VV_OUTPUT, "'%s' is there, but no run: a run would replace it", path->text);
    return vv_error_hint("choose another place with output=DIRECTORY");
}

static enum vv_status find_room(const char *directory)
{
    struct vv_strbuf path;
    enum vv_status st = VV_OK;
    if (vv_directory_holds_run(directory)) return VV_OK;
    vv_strbuf_init(&path);
    for (int i = 0; !st && vv_directory_files[i]; i++) st = refuse_taken(directory, vv_directory_files[i], &path);
    for (int i = 0; !st && vv_directory_folders[i]; i++) st = refuse_taken(directory, vv_directory_folders[i], &path);
    vv_strbuf_release(&path);
    return st;
}

/* Local. Whether the directory holds a run that there is to go on with. */
static enum vv_status find_run(const char *directory)
{
    if (vv_directory_holds_run(directory)) return VV_OK;
    vv_fail(VV_USAGE, "there is no run in '%s' to go on with", directory);
    return vv_error_hint("leave --resume out to begin one");
}

enum vv_status vv_directory_claim(struct vv_comm *c, const char *directory, bool resume, struct vv_log *log,
                                  struct vv_claim *claim)
{
    const bool first = vv_comm_rank(c) == 0;
    if (resume) VV_TRY(vv_agree(c, first ? find_run(directory) : VV_OK));
    VV_TRY(vv_agree(c, first ? find_room(directory) : VV_OK));
    VV_TRY(vv_publish_directory(c, directory));
    VV_TRY(vv_claim_take(c, directory, log, claim));
    return vv_agree(c, first ? vv_publish_clear(directory) : VV_OK);
}

void vv_directory_end(struct vv_comm *c, const char *directory, enum vv_status st)
{
    char text[1200] = "done\n";
    const struct vv_error first = *vv_error_last();
    if (st == VV_STOPPED) snprintf(text, sizeof text, "stopped\n");
    else if (st) snprintf(text, sizeof text, "failed: %s\n", first.message);
    vv_error_clear();
    vv_directory_write(c, directory, "STATUS", text);
    if (st) vv_error_restore(&first);
}
