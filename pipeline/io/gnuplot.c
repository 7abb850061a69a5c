/* SPDX-License-Identifier: MIT */
#include "io/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"

extern char **environ;

enum { SAID = 8192, NOT_FOUND = 127 }; /* bytes that are kept; the shell's answer */

/* Changes folder, then becomes gnuplot: posix_spawn itself cannot change folders everywhere. */
static char command[] = "CDPATH= cd -- \"$1\" && exec gnuplot -d -e \"$2\" \"$3\"";

/* A process group of its own, and the signals as they were before this program caught any. */
static bool set_up(posix_spawnattr_t *attributes, posix_spawn_file_actions_t *actions, const int pipe_ends[2])
{
    sigset_t none, caught;
    sigemptyset(&none);
    sigemptyset(&caught);
    const int signals[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGPIPE, SIGCHLD};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaddset(&caught, signals[i]);
    return posix_spawnattr_setpgroup(attributes, 0) == 0 && posix_spawnattr_setsigmask(attributes, &none) == 0 &&
           posix_spawnattr_setsigdefault(attributes, &caught) == 0 &&
           posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF) == 0 &&
           posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_adddup2(actions, pipe_ends[1], 1) == 0 &&
           posix_spawn_file_actions_adddup2(actions, pipe_ends[1], 2) == 0;
}

static bool start(const char *folder, const char *settings, const char *script, const int pipe_ends[2], pid_t *child)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    char name[] = "sh", option[] = "-c", self[] = "varve";
    /* posix_spawn promises not to write to these */
    char *const arguments[] = {name, option, command, self, (char *)(size_t)folder, (char *)(size_t)settings,
                               (char *)(size_t)script, NULL};
    if (posix_spawnattr_init(&attributes) != 0) return false;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        posix_spawnattr_destroy(&attributes);
        return false;
    }
    const bool started = set_up(&attributes, &actions, pipe_ends) &&
                         posix_spawn(child, "/bin/sh", &actions, &attributes, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return started;
}

/* Keeps the beginning of what the child says until it has closed its end; false: it takes too long. */
static bool listen_until(int from, double deadline, char *text, size_t size)
{
    char piece[1024];
    size_t n = 0;
    for (;;) {
        struct pollfd what = {.fd = from, .events = POLLIN};
        const double left = deadline - vv_clock_seconds();
        if (left <= 0.0) return false;
        const int ready = poll(&what, 1, left < 1.0 ? (int)(1000.0 * left) + 1 : 1000);
        if (ready < 0 && errno != EINTR) return true;
        if (ready <= 0) continue;
        const ssize_t got = read(from, piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return true;
        for (ssize_t i = 0; i < got && n + 1 < size; i++) text[n++] = piece[i];
        text[n] = '\0';
    }
}

/* Its exit code; -1: it was ended by a signal, or cannot be known; -2: it takes too long. */
static int await(pid_t child, double deadline)
{
    int status = 0;
    for (;;) {
        const pid_t got = waitpid(child, &status, WNOHANG);
        if (got == child) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        if (got < 0 && errno != EINTR) return -1;
        if (vv_clock_seconds() > deadline) return -2;
        const struct timespec moment = {.tv_nsec = 5000000};
        nanosleep(&moment, NULL);
    }
}

/* The line that tells what is wrong: gnuplot's begins with the script's name and "line N:". */
static void pick_line(char *text, char *said, size_t size)
{
    char *rest = text;
    for (char *line = strtok_r(rest, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        while (*line == ' ' || *line == '\t') line++;
        if (!*line || strcmp(line, "^") == 0) continue;
        const bool telling = strstr(line, "line ") && strchr(line, ':');
        if (!said[0] || telling) snprintf(said, size, "%s", line);
        if (telling) return;
    }
}

enum vv_gnuplot vv_gnuplot_run(const char *folder, const char *script, const char *format, const char *file,
                               double limit, char *said, size_t size)
{
    char settings[512], text[SAID] = "";
    int ends[2];
    pid_t child;
    said[0] = '\0';
    snprintf(settings, sizeof settings, "format='%s'; file='%s'", format, file);
    if (pipe(ends) != 0) {
        snprintf(said, size, "no pipe: %s", strerror(errno));
        return VV_GNUPLOT_FAILED;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    const double deadline = vv_clock_seconds() + limit;
    const bool started = start(folder, settings, script, ends, &child);
    close(ends[1]);
    const bool heard = started && listen_until(ends[0], deadline, text, sizeof text);
    close(ends[0]);
    if (!started) {
        snprintf(said, size, "/bin/sh cannot be started");
        return VV_GNUPLOT_FAILED;
    }
    const int code = heard ? await(child, deadline) : -2;
    if (code == -2) {
        kill(-child, SIGKILL);
        waitpid(child, NULL, 0);
        return VV_GNUPLOT_LATE;
    }
    if (code == 0) return VV_GNUPLOT_DONE;
    if (code == NOT_FOUND) return VV_GNUPLOT_ABSENT;
    pick_line(text, said, size);
    return VV_GNUPLOT_FAILED;
}
