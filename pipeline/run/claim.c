/* SPDX-License-Identifier: MIT */
#include "run/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "dist/agree.h"

/* Who is here, in one line. */
static void describe(char *text, size_t size)
{
    char host[64] = "", date[32];
    const char *const slurm = getenv("SLURM_JOB_ID"), *const pbs = getenv("PBS_JOBID");
    const char *const job = slurm ? slurm : pbs;
    gethostname(host, sizeof host - 1);
    vv_clock_date(date, sizeof date);
    snprintf(text, size, "host %s, process %ld%s%.60s, since %s", host, (long)getpid(), job ? ", job " : "",
             job ? job : "", date);
}

/* How long ago the claim was made, for people. */
static void age_of(const struct stat *info, char *text, size_t size)
{
    const double seconds = difftime(time(NULL), info->st_mtime);
    vv_clock_span(seconds > 0.0 ? seconds : 0.0, text, size);
}

static void read_line(int file, char *text, size_t size)
{
    const ssize_t n = pread(file, text, size - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

enum outcome { CLAIMED, HELD, AGAIN, FAILED };

/* Some file systems have no locks: there the process is looked for, if it was on this host. */
static bool looks_alive(const char *holder)
{
    char host[64] = "", theirs[64] = "";
    long process = 0;
    gethostname(host, sizeof host - 1);
    if (sscanf(holder, "host %63[^,], process %ld", theirs, &process) != 2) return false;
    return strcmp(host, theirs) != 0 || kill((pid_t)process, 0) == 0 || errno == EPERM;
}

static enum outcome try_lock(const char *path, int *file, char *holder, size_t size)
{
    struct stat here, there;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if ((*file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)) < 0) return FAILED;
    const bool locked = fcntl(*file, F_SETLK, &lock) == 0;
    const bool refused = !locked && (errno == EACCES || errno == EAGAIN);
    read_line(*file, holder, size);
    fstat(*file, &here);
    if (refused || (!locked && looks_alive(holder))) {
        char age[32];
        age_of(&here, age, sizeof age);
        const size_t n = strlen(holder);
        snprintf(holder + n, size - n, " (%s ago)", age);
        close(*file);
        return HELD;
    }
    /* The file may have been given back, and removed, between opening and locking it. */
    if (stat(path, &there) == 0 && here.st_ino == there.st_ino) return CLAIMED;
    close(*file);
    return AGAIN;
}

/* Rank 0 only. */
static enum vv_status take(struct vv_claim *claim, const char *directory, struct vv_log *log)
{
    char holder[400], mine[256];
    enum outcome outcome = AGAIN;
    for (int i = 0; outcome == AGAIN && i < 100; i++)
        outcome = try_lock(claim->path, &claim->file, holder, sizeof holder);
    if (outcome == HELD) {
        claim->file = -1;
        vv_fail(VV_OUTPUT, "another run is going on in '%s': %s", directory, holder);
        return vv_error_hint("wait for it, or choose another place with output=DIRECTORY");
    }
    if (outcome != CLAIMED) {
        claim->file = -1;
        return vv_fail(VV_OUTPUT, "cannot claim '%s': %s", claim->path, strerror(errno));
    }
    if (holder[0]) vv_log_warning(log, "took over from a run that ended without a word: %s", holder);
    describe(mine, sizeof mine);
    const size_t n = strlen(mine);
    mine[n] = '\n';
    if (ftruncate(claim->file, 0) != 0 || pwrite(claim->file, mine, n + 1, 0) != (ssize_t)n + 1)
        return vv_fail(VV_OUTPUT, "cannot write '%s': %s", claim->path, strerror(errno));
    return VV_OK;
}

enum vv_status vv_claim_take(struct vv_comm *c, const char *directory, struct vv_log *log,
                             struct vv_claim *claim)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/.claim", directory);
    *claim = (struct vv_claim){.comm = c, .file = -1};
    enum vv_status st = path.failed || !(claim->path = vv_mem_string(path.text)) ? VV_MEMORY : VV_OK;
    vv_strbuf_release(&path);
    if (!st && vv_comm_rank(c) == 0) st = take(claim, directory, log);
    st = vv_agree(c, st);
    if (st) vv_claim_give(claim);
    return st;
}

void vv_claim_give(struct vv_claim *claim)
{
    if (claim->path && claim->file >= 0) {
        unlink(claim->path);
        close(claim->file);
    }
    vv_mem_free(claim->path);
    *claim = (struct vv_claim){.file = -1};
}
