/* SPDX-License-Identifier: MIT */
#include "dist/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"

static volatile sig_atomic_t stop, interrupted;

/* What is watched, and when the file was last looked for: file systems of clusters are slow. */
static const char *watched, *watched_also;
static double deadline, looked;
static bool seen;
static const double LOOK_EVERY = 1.0;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

/* Ctrl-C without a launcher (those stop their ranks themselves). A second one finds the handler gone and ends the
 * program at once. */
static void on_interrupt(int number)
{
    static const char text[] = "\nvarve: stopping; Ctrl-C again ends at once\n";
    const ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
    interrupted = 1;
    on_signal(number);
}

/* Programs in the background are started without Ctrl-C, and stay so. */
static void handle_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART | (int)SA_RESETHAND}, before;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler == SIG_DFL) sigaction(SIGINT, &action, NULL);
}

static void handle_with(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void vv_signals_catch(bool alone)
{
    handle_with(on_signal);
    if (alone) handle_interrupt();
}

void vv_signals_ignore(void)
{
    handle_with(SIG_IGN);
    stop = 0;
    watched_also = NULL;
    vv_signals_watch(NULL, 0.0);
}

void vv_signals_watch(const char *path, double seconds)
{
    const double now = vv_clock_seconds();
    watched = path;
    deadline = seconds > 0.0 ? now + seconds : 0.0;
    looked = now - LOOK_EVERY;
    seen = false;
}

void vv_signals_watch_also(const char *path)
{
    watched_also = path;
}

void vv_signals_pass_on(void)
{
    if (!interrupted) return;
    signal(SIGINT, SIG_DFL);
    raise(SIGINT);
}

static bool is_there(const char *path)
{
    return path && access(path, F_OK) == 0;
}

enum vv_stop vv_signals_stop_requested(void)
{
    if (stop) return VV_STOP_SIGNAL;
    const bool files = watched || watched_also;
    if (!files && deadline == 0.0) return VV_GO_ON;
    const double now = vv_clock_seconds();
    if (files && !seen && now - looked >= LOOK_EVERY) {
        looked = now;
        seen = is_there(watched) || is_there(watched_also);
    }
    if (seen) return VV_STOP_FILE;
    return deadline > 0.0 && now >= deadline ? VV_STOP_TIME : VV_GO_ON;
}
