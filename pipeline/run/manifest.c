/* SPDX-License-Identifier: MIT */
#include "run/manifest.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "dist/agree.h"
#include "io/checksum.h"
#include "io/json.h"
#include "io/publish.h"
#include "run/directory.h"

static const char DIGEST[] = "  \"report_digest\": \""; /* what its line begins with */

static void add_scalars(const struct vv_table *t, struct vv_strbuf *out)
{
    static const char group[] = "provenance/";
    const size_t prefix = strlen(group);
    for (int i = 0; i < t->n_columns; i++) {
        const struct vv_column *c = t->columns[i];
        if (c->n_dims != 0 || strncmp(c->name, group, prefix) != 0) continue;
        vv_strbuf_addf(out, ",\n  \"%s\": ", c->name + prefix);
        if (c->type == VV_TEXT) vv_json_put_string(c->text[0] ? c->text[0] : "", out);
        else if (c->type == VV_I64) vv_strbuf_addf(out, "%lld", (long long)c->i64[0]);
        else vv_strbuf_addf(out, "%.17g", c->f64[0]);
    }
}

/* nftw has no argument of the caller's: the list it fills is here while it runs. */
struct listed {
    char *name;
    long long bytes;
};
static struct listed *files;
static int n_files;
static size_t n_skip;

static int visit(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)place;
    if (kind != FTW_F) return 0;
    struct listed *grown = vv_mem_resize(files, n_files + 1, sizeof *grown, "list of files");
    if (!grown) return 1;
    files = grown;
    files[n_files] = (struct listed){vv_mem_string(path + n_skip), (long long)info->st_size};
    return files[n_files++].name ? 0 : 1;
}

/* Visits a file of the directory, or all below a folder of it; nothing where there is none. */
static int visit_own(const char *directory, const char *name)
{
    struct vv_strbuf path;
    struct stat info;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/%s", directory, name);
    int failed = path.failed;
    if (!failed && lstat(path.text, &info) == 0) failed = nftw(path.text, visit, 16, FTW_PHYS);
    vv_strbuf_release(&path);
    return failed;
}

void vv_manifest_put_file(const char *name, int64_t bytes, bool first, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, first ? "\n    " : ",\n    ");
    vv_json_put_string(name, out);
    vv_strbuf_addf(out, ": %lld", (long long)bytes);
}

static int compare(const void *a, const void *b)
{
    return vv_text_natural_compare(((const struct listed *)a)->name,
                                   ((const struct listed *)b)->name);
}

static enum vv_status add_files(const char *directory, struct vv_strbuf *out)
{
    files = NULL;
    n_files = 0;
    n_skip = strlen(directory) + 1;
    int failed = 0;
    for (int i = 0; !failed && vv_directory_files[i]; i++) failed = visit_own(directory, vv_directory_files[i]);
    for (int i = 0; !failed && vv_directory_folders[i]; i++) failed = visit_own(directory, vv_directory_folders[i]);
    if (!failed && n_files > 0) qsort(files, (size_t)n_files, sizeof *files, compare);
    vv_strbuf_puts(out, ",\n  \"files\": {");
    for (int i = 0; !failed && i < n_files; i++) vv_manifest_put_file(files[i].name, files[i].bytes, i == 0, out);
    vv_strbuf_puts(out, "\n  }\n}\n");
    for (int i = 0; i < n_files; i++) vv_mem_free(files[i].name);
    vv_mem_free(files);
    if (failed) return vv_fail(VV_OUTPUT, "cannot list the files of '%s'", directory);
    return out->failed ? VV_MEMORY : VV_OK;
}

/* Collective. The digest of the report as text; false when there is none. */
static bool digest_report(struct vv_comm *c, const char *directory, char text[33])
{
    struct vv_strbuf path;
    struct vv_digest digest = {0, 0};
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/report.h5", directory);
    const bool found = vv_checksum_file(c, path.failed ? "" : path.text, &digest);
    vv_digest_text(digest, text);
    vv_strbuf_release(&path);
    return found;
}

enum vv_status vv_manifest_write(struct vv_comm *c, const char *directory,
                                 const struct vv_table *provenance)
{
    char digest[33];
    struct vv_strbuf text, path;
    vv_strbuf_init(&text);
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/manifest.json", directory);
    vv_strbuf_puts(&text, "{\n  \"schema\": 1");
    add_scalars(provenance, &text);
    if (digest_report(c, directory, digest)) vv_strbuf_addf(&text, ",\n%s%s\"", DIGEST, digest);
    enum vv_status st = path.failed ? VV_MEMORY : VV_OK;
    if (!st && vv_comm_rank(c) == 0) st = add_files(directory, &text);
    st = vv_agree(c, st);
    if (!st) st = vv_publish_text(c, path.text, text.text);
    vv_strbuf_release(&text);
    vv_strbuf_release(&path);
    return st;
}

/* A line of the list, '    "name": 123,'; false for other lines and for names of what is not the run's. */
static bool read_file_line(const char *line, struct vv_strbuf *name, int64_t *bytes)
{
    struct vv_json j = {.text = line, .n = strlen(line)};
    bool first = true;
    return strncmp(line, "    \"", 5) == 0 && vv_json_next(&j, &first, name) && vv_json_whole(&j, bytes) &&
           vv_directory_is_own(name->text) && !strstr(name->text, "..");
}

static enum vv_status forget(const char *directory)
{
    char line[4096];
    int64_t bytes;
    struct vv_strbuf path, name;
    vv_strbuf_init(&path);
    vv_strbuf_init(&name);
    vv_strbuf_addf(&path, "%s/manifest.json", directory);
    FILE *const file = path.failed ? NULL : fopen(path.text, "r");
    while (file && fgets(line, sizeof line, file)) {
        if (!read_file_line(line, &name, &bytes)) continue;
        vv_strbuf_reset(&path);
        vv_strbuf_addf(&path, "%s/%s", directory, name.text);
        if (!path.failed) unlink(path.text);
    }
    if (file) fclose(file);
    vv_strbuf_reset(&path);
    vv_strbuf_addf(&path, "%s/manifest.json", directory);
    if (file && !path.failed) unlink(path.text);
    const enum vv_status st = path.failed || name.failed ? VV_MEMORY : VV_OK;
    vv_strbuf_release(&name);
    vv_strbuf_release(&path);
    return st;
}

enum vv_status vv_manifest_forget(struct vv_comm *c, const char *directory)
{
    return vv_agree(c, vv_comm_rank(c) == 0 ? forget(directory) : VV_OK);
}

/* The digest that the manifest tells; false when it does not. */
static bool read_digest(const char *directory, char digest[33])
{
    char line[4096];
    bool found = false;
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/manifest.json", directory);
    FILE *const file = path.failed ? NULL : fopen(path.text, "r");
    while (!found && file && fgets(line, sizeof line, file)) {
        found = strncmp(line, DIGEST, strlen(DIGEST)) == 0 && strlen(line) >= strlen(DIGEST) + 32;
        if (found) snprintf(digest, 33, "%.32s", line + strlen(DIGEST));
    }
    if (file) fclose(file);
    vv_strbuf_release(&path);
    return found;
}

enum vv_status vv_manifest_check_report(struct vv_comm *c, const char *directory)
{
    char now[33], then[33];
    enum vv_status st = VV_OK;
    const bool there = digest_report(c, directory, now);
    if (!there) {
        vv_fail(VV_INPUT, "cannot read '%s/report.h5'", directory);
        st = vv_error_hint("a run writes it when `report: {}` is among its stages");
    } else if (!read_digest(directory, then)) {
        vv_fail(VV_INPUT, "'%s/manifest.json' does not tell the digest of the report", directory);
        st = vv_error_hint("it is not of this version, or not whole: run the analysis again");
    } else if (strcmp(now, then) != 0) {
        vv_fail(VV_INPUT, "'%s/report.h5' is damaged or was changed: its digest is not that of the manifest",
                directory);
        st = vv_error_hint("run the analysis again; what the cache keeps is not computed again");
    }
    return vv_agree(c, st);
}

static bool says_done(const char *directory)
{
    char word[8];
    return vv_directory_status(directory, word, sizeof word) && strcmp(word, "done") == 0;
}

/* One line of the list: whether that file is there, of that size. Other lines are none of its business. */
static bool file_whole(const char *directory, const char *line)
{
    int64_t bytes;
    struct vv_strbuf name, path;
    struct stat info;
    vv_strbuf_init(&name);
    vv_strbuf_init(&path);
    bool whole = true;
    if (read_file_line(line, &name, &bytes))
        whole = !vv_directory_path(directory, name.text, &path) && stat(path.text, &info) == 0 && info.st_size == bytes;
    whole = whole && !name.failed;
    vv_strbuf_release(&name);
    vv_strbuf_release(&path);
    return whole;
}

bool vv_manifest_whole(const char *directory, const char *identity)
{
    char line[4096], wanted[64];
    struct vv_strbuf path;
    bool known = false, whole = true;
    if (!says_done(directory)) return false;
    snprintf(wanted, sizeof wanted, "  \"identity\": \"%.40s\",\n", identity);
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/manifest.json", directory);
    FILE *const file = path.failed ? NULL : fopen(path.text, "r");
    while (file && whole && fgets(line, sizeof line, file)) {
        if (strcmp(line, wanted) == 0) known = true;
        else whole = file_whole(directory, line);
    }
    if (file) fclose(file);
    vv_strbuf_release(&path);
    return known && whole;
}
