/* SPDX-License-Identifier: MIT */
/* varve cache: what the cache holds, and making it smaller. Only files that look like its own are touched. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "run/cache.h"
#include "run/commands.h"

enum { MOST_STAGES = 64, DAY = 86400, DEFAULT_DAYS = 30 };

struct stage_sum {
    char name[64];
    int64_t n_files, n_pruned;
    double bytes, bytes_pruned;
    time_t last; /* use of any */
};

/* nftw has no argument of the caller's. */
static struct stage_sum sums[MOST_STAGES];
static int n_sums;
static time_t older_than; /* files last used before are removed; 0: none */

/* "<stage>/<32 digits>.<ending>", as the cache names its files, or what a killed run left of one. */
static bool is_ours(const char *path, int base, char *stage, size_t size)
{
    static const char *const endings[] = {"h5", "sum", "table", "digest"};
    const char *const name = path + base + (path[base] == '.');
    int begin = base - 1;
    if (strspn(name, "0123456789abcdef") != 32 || name[32] != '.' || begin < 1) return false;
    const size_t n = strcspn(name + 33, ".");
    bool known = name[33 + n] == '\0' || (strlen(name) > 8 && strcmp(name + strlen(name) - 8, ".partial") == 0);
    bool ending = false;
    for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
        ending = ending || (strlen(endings[e]) == n && strncmp(endings[e], name + 33, n) == 0);
    while (begin > 0 && path[begin - 1] != '/') begin--;
    snprintf(stage, size, "%.*s", base - 1 - begin, path + begin);
    return known && ending;
}

static int visit(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    char stage[64];
    if (kind != FTW_F || place->level != 2 || !is_ours(path, place->base, stage, sizeof stage)) return 0;
    int s = 0;
    while (s < n_sums && strcmp(sums[s].name, stage) != 0) s++;
    if (s == MOST_STAGES) return 0;
    if (s == n_sums) {
        sums[n_sums] = (struct stage_sum){.last = 0};
        snprintf(sums[n_sums++].name, sizeof sums->name, "%s", stage);
    }
    /* A table that a run directory links to takes no more room for being here. */
    const double bytes = info->st_nlink > 1 ? 0.0 : (double)info->st_size;
    if (info->st_mtime < older_than && unlink(path) == 0) {
        sums[s].n_pruned++;
        sums[s].bytes_pruned += bytes;
        return 0;
    }
    sums[s].n_files++;
    sums[s].bytes += bytes;
    if (info->st_mtime > sums[s].last) sums[s].last = info->st_mtime;
    return 0;
}

static void print(const char *folder, bool prune)
{
    double bytes = 0.0, pruned = 0.0;
    char size[32];
    printf("%s\n\n%-13s %9s %12s  %-10s\n", folder, "stage", "files", "own size", "last used");
    for (int s = 0; s < n_sums; s++) {
        char date[16] = "";
        struct tm when;
        if (sums[s].n_files > 0 && gmtime_r(&sums[s].last, &when)) strftime(date, sizeof date, "%Y-%m-%d", &when);
        vv_text_from_size(sums[s].bytes, size, sizeof size);
        printf("%-13s %9lld %12s  %-10s\n", sums[s].name, (long long)sums[s].n_files, size, date);
        bytes += sums[s].bytes;
        pruned += sums[s].bytes_pruned;
    }
    vv_text_from_size(bytes, size, sizeof size);
    printf("\n%s in files that no run directory has as well\n", size);
    if (!prune) return;
    int64_t n = 0;
    for (int s = 0; s < n_sums; s++) n += sums[s].n_pruned;
    vv_text_from_size(pruned, size, sizeof size);
    printf("%lld files removed, %s\n", (long long)n, size);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct stage_sum *)a)->name, ((const struct stage_sum *)b)->name);
}

enum vv_status vv_command_cache(const struct vv_call *call)
{
    const struct vv_cli *const cli = call->cli;
    const char *const what = cli->n_arguments > 0 ? cli->arguments[0] : "list";
    const bool prune = strcmp(what, "prune") == 0;
    int64_t days = DEFAULT_DAYS;
    if (cli->n_arguments > 2 || (!prune && strcmp(what, "list") != 0)) {
        vv_fail(VV_USAGE, "varve cache takes list or prune, and a folder, not '%s'", what);
        return vv_error_hint("try 'varve cache list'");
    }
    if (cli->days && !prune) return vv_fail(VV_USAGE, "--days belongs to 'varve cache prune'");
    if (cli->days && (!vv_text_to_int(cli->days, &days) || days < 0 || days > 100000))
        return vv_fail(VV_USAGE, "option '--days' needs a number from 0 to 100000, not '%s'", cli->days);
    struct vv_strbuf beside;
    vv_strbuf_init(&beside);
    const char *folder = cli->n_arguments > 1 ? cli->arguments[1]
                                              : vv_cache_folder(NULL, "results/run", &beside);
    enum vv_status st = VV_OK;
    n_sums = 0;
    older_than = prune ? (days == 0 ? time(NULL) + DAY : time(NULL) - days * DAY) : 0;
    if (!folder) st = vv_fail(VV_USAGE, "VARVE_CACHE is none: there is no cache");
    else if (access(folder, F_OK) != 0) {
        vv_fail(VV_USAGE, "there is no cache in '%s'", folder);
        st = vv_error_hint("name the folder: varve cache list FOLDER");
    } else if (nftw(folder, visit, 16, FTW_PHYS) != 0)
        st = vv_fail(VV_OUTPUT, "cannot look through '%s'", folder);
    if (!st) {
        qsort(sums, (size_t)n_sums, sizeof *sums, by_name);
        print(folder, prune);
    }
    vv_strbuf_release(&beside);
    return st;
}
