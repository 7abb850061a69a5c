/* SPDX-License-Identifier: MIT */
#include "dist/watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { GRACE = 2 }; /* seconds for the other ranks to say where they are */

/* One thread writes, the watching one reads. */
static struct {
    pthread_mutex_t lock; /* of `step` */
    char step[256];
    atomic_long moves, percent, sync_points;
    atomic_bool waiting;
    int rank;
    double seconds;
    double waited, waits_since; /* of the thread that writes alone */
    vv_last_word_fn tell;
} watch = {.lock = PTHREAD_MUTEX_INITIALIZER, .step = "the beginning"};

static void bark(double since)
{
    char text[512], step[256];
    pthread_mutex_lock(&watch.lock);
    snprintf(step, sizeof step, "%s", watch.step);
    pthread_mutex_unlock(&watch.lock);
    snprintf(text, sizeof text, "watchdog: rank %d has not moved for %.0f s: %s, %ld %% done, %s sync point %ld",
             watch.rank, since, step, atomic_load(&watch.percent),
             atomic_load(&watch.waiting) ? "waiting for other ranks at" : "working after",
             atomic_load(&watch.sync_points));
    watch.tell(text);
    sleep(GRACE);
    _exit(1);
}

static void *run(void *nothing)
{
    long last = -1;
    double since = vv_clock_seconds();
    (void)nothing;
    for (;;) {
        const double pause = watch.seconds < 4.0 ? watch.seconds / 8.0 : 0.5;
        nanosleep(&(struct timespec){.tv_sec = 0, .tv_nsec = (long)(pause * 1e9)}, NULL);
        const long moves = atomic_load(&watch.moves);
        const double now = vv_clock_seconds();
        if (moves != last) since = now;
        last = moves;
        if (now - since >= watch.seconds) bark(now - since);
    }
    return NULL;
}

void vv_watch_start(int rank, double seconds, vv_last_word_fn tell)
{
    pthread_t thread;
    watch.rank = rank;
    watch.seconds = seconds;
    watch.tell = tell;
    if (pthread_create(&thread, NULL, run, NULL) == 0) pthread_detach(thread);
}

void vv_watch_step(const char *step)
{
    pthread_mutex_lock(&watch.lock);
    snprintf(watch.step, sizeof watch.step, "%s", step);
    pthread_mutex_unlock(&watch.lock);
    vv_watch_move(0.0);
}

void vv_watch_move(double share)
{
    atomic_store(&watch.percent, (long)(100.0 * share));
    atomic_fetch_add(&watch.moves, 1);
}

void vv_watch_wait(void)
{
    atomic_fetch_add(&watch.sync_points, 1);
    atomic_store(&watch.waiting, true);
    watch.waits_since = vv_clock_seconds();
}

void vv_watch_met(void)
{
    watch.waited += vv_clock_seconds() - watch.waits_since;
    atomic_store(&watch.waiting, false);
    atomic_fetch_add(&watch.moves, 1);
}

double vv_watch_waited(void)
{
    return watch.waited;
}
