/* SPDX-License-Identifier: MIT */
#include "run/sweep.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "dist/signals.h"
#include "io/publish.h"
#include "run/directory.h"
#include "run/manifest.h"
#include "run/merge.h"
#include "run/once.h"
#include "run/survey.h"

enum ending { NOT_BEGUN, COMPUTED, REUSED, FAILED, STOPPED };

struct outcome {
    int64_t ending; /* enum ending; integers, because they are exchanged */
    int64_t status; /* enum vv_status */
    double seconds;
    struct vv_error *error; /* of one that failed, on the ranks that ran it; owned */
};

struct sweeping {
    const struct vv_call *call;
    struct vv_points *points;
    struct vv_log log;
    struct vv_points_common common;
    const char *directory;      /* of the sweep */
    struct vv_strbuf stop;      /* the file STOP in it */
    struct vv_survey survey;
    struct vv_comm *part;       /* the ranks that run points together with this one */
    bool split;                 /* part is not all ranks */
    int n_groups, group;
    int *group_of;              /* [n_points] which part runs it */
    struct outcome *outcomes;   /* [n_points] */
    double begin;               /* seconds */
    struct vv_error stopped;    /* why this rank was told to stop between two points */
    bool keep_going;
};

static bool wanted(const struct sweeping *s, int64_t point)
{
    return s->points->only == VV_NO_POINT || s->points->only == point;
}

/* ---- who runs what */

/* Group g of n has the ranks from floor(g size / n) on. */
static int first_rank(int group, int n_groups, int size)
{
    return (int)((int64_t)group * size / n_groups);
}

static void count_groups(struct sweeping *s)
{
    const int size = vv_comm_size(s->call->comm);
    s->n_groups = vv_points_groups(s->points, &s->common, size);
    while (s->group + 1 < s->n_groups && first_rank(s->group + 1, s->n_groups, size) <= vv_comm_rank(s->call->comm))
        s->group++;
}

/* Each point, in its turn, goes to the group that has the least to do in its wave. The same on all ranks. */
static enum vv_status assign(struct sweeping *s)
{
    const struct vv_survey *const survey = &s->survey;
    double *const load = vv_mem_new(s->n_groups, sizeof *load, "groups of ranks");
    if (!load) return VV_MEMORY;
    for (int wave = 0; wave < survey->n_waves; wave++) {
        for (int g = 0; g < s->n_groups; g++) load[g] = 0.0;
        for (int64_t t = 0; t < survey->n; t++) {
            const int64_t p = s->points->sweep.turn[t];
            int least = 0;
            if (survey->points[p].wave != wave || !wanted(s, p)) continue;
            for (int g = 1; g < s->n_groups; g++)
                if (load[g] < load[least]) least = g;
            s->group_of[p] = least;
            load[least] += survey->points[p].flops + 1.0;
        }
    }
    vv_mem_free(load);
    return VV_OK;
}

/* ---- one point */

static double seconds_left(const struct sweeping *s)
{
    if (s->common.time_limit == 0.0) return 0.0;
    const double left = s->common.time_limit - (vv_clock_seconds() - s->begin);
    return left > 1e-9 ? left : 1e-9;
}

/* Collective over the part. Whether it is to go on with another point. */
static bool go_on(struct sweeping *s)
{
    int64_t off = 0;
    vv_signals_watch(NULL, seconds_left(s));
    if (vv_agree(s->part, VV_OK) == VV_STOPPED) {
        s->stopped = *vv_error_last();
        vv_error_clear();
        if (vv_comm_rank(s->part) == 0) vv_comm_call_off(s->call->comm);
        return false;
    }
    if (vv_comm_rank(s->part) == 0) off = vv_comm_called_off(s->call->comm);
    vv_comm_bcast(s->part, &off, sizeof off, 0);
    return !off;
}

/* Collective over the part. Keeps the error that is recorded, and calls the others off if this ends the sweep. */
static void note_failure(struct sweeping *s, struct outcome *o, enum vv_status st, const char *name)
{
    o->ending = st == VV_STOPPED ? STOPPED : FAILED;
    o->status = st;
    if ((o->error = vv_mem_new(1, sizeof *o->error, "the error of a point"))) *o->error = *vv_error_last();
    if (o->error && o->error->rank >= 0) o->error->rank += first_rank(s->group, s->n_groups, vv_comm_size(s->call->comm));
    if (st == VV_STOPPED || !s->keep_going) {
        if (vv_comm_rank(s->part) == 0) vv_comm_call_off(s->call->comm);
    } else if (vv_comm_rank(s->part) == 0) {
        struct vv_log log = {.terminal = stderr, .level = VV_LOG_WARNING, .speaks = true};
        vv_log_warning(&log, "point %s failed: %s", name, vv_error_last()->message);
        vv_log_release(&log);
    }
    vv_error_clear();
}

/* Collective over the part. */
static enum vv_status run_point(struct sweeping *s, int64_t point)
{
    struct outcome *const o = &s->outcomes[point];
    const double begin = vv_clock_seconds();
    struct vv_log log = {.terminal = stderr, .level = s->log.level, .speaks = vv_comm_rank(s->part) == 0};
    struct vv_strbuf name, title;
    vv_strbuf_init(&name);
    vv_strbuf_init(&title);
    vv_sweep_name(&s->points->sweep, point, &name);
    vv_strbuf_addf(&title, "point %lld of %lld", (long long)point + 1, (long long)s->points->sweep.n_points);
    if (!s->split) vv_strbuf_addf(&title, ": %s", name.text);
    log.prefix = s->split ? name.text : NULL;
    struct vv_once how = {.point = point,
                          .summary = s->points->only != VV_NO_POINT,
                          .seconds = seconds_left(s),
                          .beside = s->directory,
                          .announcement = title.text,
                          .prefix = log.prefix};
    enum vv_status st = vv_agree(s->part, name.failed || title.failed ? VV_MEMORY : VV_OK);
    if (!st) st = vv_run_once(s->call, s->part, s->points, &how);
    o->seconds = vv_clock_seconds() - begin;
    o->ending = how.reused ? REUSED : COMPUTED;
    if (st) {
        note_failure(s, o, st, name.text);
    } else {
        char span[32];
        vv_clock_span(o->seconds, span, sizeof span);
        vv_log_info(&log, "%s: %s", title.text, how.reused ? "finished before, left as it is" : span);
    }
    vv_strbuf_release(&title);
    vv_strbuf_release(&name);
    return st;
}

/* ---- all points */

/* Collective. All ranks learn how the points ended. Who did not run a point knows nothing of it: zeros. */
static enum vv_status exchange(struct sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    const int64_t n = s->points->sweep.n_points;
    int64_t *const counts = vv_mem_new(2 * n, sizeof *counts, "outcomes");
    double *const seconds = vv_mem_new(n, sizeof *seconds, "outcomes");
    const enum vv_status st = vv_agree_to_finish(c, counts && seconds ? VV_OK : VV_MEMORY);
    for (int64_t p = 0; !st && p < n; p++) {
        counts[2 * p] = s->outcomes[p].ending;
        counts[2 * p + 1] = s->outcomes[p].status;
        seconds[p] = s->outcomes[p].seconds;
    }
    if (!st) vv_comm_max_i64(c, counts, 2 * n);
    if (!st) vv_comm_max_f64(c, seconds, n);
    for (int64_t p = 0; !st && p < n; p++) {
        s->outcomes[p].ending = counts[2 * p];
        s->outcomes[p].status = counts[2 * p + 1];
        s->outcomes[p].seconds = seconds[p];
    }
    vv_mem_free(counts);
    vv_mem_free(seconds);
    return st;
}

/* Collective. The error of a point, from those who ran it. */
static struct vv_error error_of(const struct sweeping *s, int64_t point)
{
    struct vv_error error = {.code = VV_FAILED, .rank = -1};
    const struct outcome *const o = &s->outcomes[point];
    if (o->error) error = *o->error;
    error.file = NULL;
    vv_comm_bcast(s->call->comm, &error, sizeof error,
                  first_rank(s->group_of[point], s->n_groups, vv_comm_size(s->call->comm)));
    return error;
}

/* Collective. Runs what is wanted, wave after wave; returns the status of exchanging what came of it. */
static enum vv_status run_points(struct sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    enum vv_status st = VV_OK;
    bool on = true;
    for (int wave = 0; on && wave < s->survey.n_waves; wave++) {
        for (int64_t t = 0; on && t < s->survey.n; t++) {
            const int64_t p = s->points->sweep.turn[t];
            if (!wanted(s, p) || s->survey.points[p].wave != wave || s->group_of[p] != s->group) continue;
            on = go_on(s);
            if (on && run_point(s, p) != VV_OK && !s->keep_going) on = false;
            if (s->outcomes[p].ending == STOPPED) on = false;
        }
        if (s->split) vv_comm_rest(c);
        int64_t all_on = on && !vv_comm_called_off(c);
        vv_comm_min_i64(c, &all_on, 1);
        on = all_on;
    }
    vv_comm_call_settle(c);
    if (s->points->sweep.n_points > 0) st = exchange(s);
    return st;
}

/* ---- what came of it */

struct tally {
    int64_t n[STOPPED + 1];
    int64_t first_failed, first_stopped; /* in the order of points; -1: none */
};

static struct tally count(const struct sweeping *s)
{
    struct tally t = {.first_failed = -1, .first_stopped = -1};
    for (int64_t p = s->points->sweep.n_points - 1; p >= 0; p--) {
        if (!wanted(s, p)) continue;
        t.n[s->outcomes[p].ending]++;
        if (s->outcomes[p].ending == FAILED) t.first_failed = p;
        if (s->outcomes[p].ending == STOPPED) t.first_stopped = p;
    }
    return t;
}

/* Collective. One line a point, with what failed and why. */
static void list_points(const struct sweeping *s)
{
    static const char *const words[] = {"not begun", "computed", "finished before", "failed", "stopped"};
    const bool speaks = vv_comm_rank(s->call->comm) == 0;
    struct vv_strbuf text, name;
    vv_strbuf_init(&text);
    vv_strbuf_init(&name);
    for (int64_t p = 0; p < s->points->sweep.n_points; p++) {
        const struct outcome *const o = &s->outcomes[p];
        char span[32] = "";
        if (!wanted(s, p)) continue;
        vv_strbuf_reset(&name);
        vv_sweep_name(&s->points->sweep, p, &name);
        if (o->ending == COMPUTED) vv_clock_span(o->seconds, span, sizeof span);
        vv_strbuf_addf(&text, "%4lld %s: %s%s%s", (long long)p + 1, name.text, words[o->ending], span[0] ? ", " : "", span);
        if (o->ending == FAILED) vv_strbuf_addf(&text, ": %s", error_of(s, p).message);
        vv_strbuf_puts(&text, "\n");
    }
    if (speaks) printf("\n%s", text.text);
    vv_strbuf_release(&text);
    vv_strbuf_release(&name);
}

/* Collective. Records how the sweep ended, for main to tell. */
static enum vv_status conclude(struct sweeping *s, const struct tally *t)
{
    const int64_t p = t->first_failed, n = s->points->sweep.n_points;
    struct vv_strbuf name;
    if (p >= 0 && !s->keep_going) {
        const struct vv_error error = error_of(s, p);
        vv_error_restore(&error);
        vv_strbuf_init(&name);
        vv_sweep_name(&s->points->sweep, p, &name);
        vv_error_context("point %lld of %lld, %s", (long long)p + 1, (long long)n, name.text);
        vv_strbuf_release(&name);
        return s->points->only == VV_NO_POINT
                   ? vv_error_hint("--keep-going goes on with the other points; the same command goes on from there")
                   : error.code;
    }
    if (t->first_stopped >= 0) {
        const struct vv_error error = error_of(s, t->first_stopped);
        vv_error_restore(&error);
        return VV_STOPPED;
    }
    if (t->n[NOT_BEGUN] > 0) { /* stopped between two points */
        if (s->stopped.code != VV_OK) vv_error_restore(&s->stopped);
        return vv_agree_to_finish(s->call->comm, s->stopped.code);
    }
    if (p >= 0) {
        vv_fail(VV_FAILED, "%lld of %lld points failed", (long long)t->n[FAILED],
                (long long)(t->n[FAILED] + t->n[COMPUTED] + t->n[REUSED]));
        return vv_error_hint("the same command tries them again, and leaves the others as they are");
    }
    return VV_OK;
}

static void print_ending(const struct sweeping *s, const struct tally *t)
{
    char span[32];
    vv_clock_span(vv_clock_seconds() - s->begin, span, sizeof span);
    printf("\nsweep: %s/sweep.h5  (%lld point%s computed", s->directory, (long long)t->n[COMPUTED],
           t->n[COMPUTED] == 1 ? "" : "s");
    if (t->n[REUSED] > 0) printf(", %lld finished before", (long long)t->n[REUSED]);
    if (t->n[FAILED] > 0) printf(", %lld failed", (long long)t->n[FAILED]);
    printf(", %s)\n", span);
}

/* Collective. The tables over all points that have results. */
static enum vv_status merge(const struct sweeping *s)
{
    const int64_t n = s->points->sweep.n_points;
    bool *const finished = vv_mem_new(n, sizeof *finished, "points of a sweep");
    enum vv_status st = vv_agree(s->call->comm, finished ? VV_OK : VV_MEMORY);
    for (int64_t p = 0; !st && p < n; p++)
        finished[p] = s->outcomes[p].ending == COMPUTED || s->outcomes[p].ending == REUSED;
    if (!st) st = vv_merge_points(s->call->comm, s->points, s->directory, finished);
    vv_mem_free(finished);
    return st;
}

/* Collective. Whether any point was begun, for --resume. */
static enum vv_status find_begun(const struct sweeping *s)
{
    struct vv_strbuf name, path;
    bool begun = false;
    vv_strbuf_init(&name);
    vv_strbuf_init(&path);
    for (int64_t p = 0; !begun && p < s->points->sweep.n_points; p++) {
        if (!wanted(s, p)) continue;
        vv_strbuf_reset(&name);
        vv_strbuf_reset(&path);
        vv_sweep_name(&s->points->sweep, p, &name);
        vv_strbuf_addf(&path, "%s/%s/STATUS", s->directory, name.text);
        begun = access(path.text, F_OK) == 0;
    }
    vv_strbuf_release(&name);
    vv_strbuf_release(&path);
    if (begun) return VV_OK;
    vv_fail(VV_USAGE, "there is no sweep in '%s' to go on with", s->directory);
    return vv_error_hint("leave --resume out to begin one");
}

/* ---- the whole */

/* Collective. All points are looked at. */
static enum vv_status look_at_points(struct sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    struct vv_diagnostics d = {0};
    struct vv_cache cache;
    const int size = vv_comm_size(c) / s->n_groups; /* the smallest group */
    enum vv_status st =
        vv_cache_open(c, s->common.cache.length > 0 ? s->common.cache.text : NULL, s->call->cli->fresh != NULL, &cache);
    if (!st) st = vv_survey_make(s->call, s->points, size, &cache, false, s->keep_going, &s->survey, &d);
    if (!st) st = vv_points_verdict(&d, s->call->cli, vv_comm_rank(c) == 0);
    vv_cache_close(&cache);
    vv_diagnostics_release(&d);
    return st;
}

/* Collective. Everything before the first point. */
static enum vv_status prepare(struct sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    const int64_t n = s->points->sweep.n_points;
    vv_points_warn(s->points, &s->log);
    VV_TRY(vv_agree(c, vv_points_common_init(&s->common, s->points)));
    s->directory = s->common.directory.text;
    s->outcomes = vv_mem_new(n, sizeof *s->outcomes, "points of a sweep");
    s->group_of = vv_mem_new(n, sizeof *s->group_of, "points of a sweep");
    VV_TRY(vv_agree(c, s->outcomes && s->group_of ? vv_directory_path(s->directory, "STOP", &s->stop) : VV_MEMORY));
    if (s->call->cli->resume) VV_TRY(vv_agree(c, vv_comm_rank(c) == 0 ? find_begun(s) : VV_OK));
    count_groups(s);
    VV_TRY(look_at_points(s));
    VV_TRY(vv_agree(c, assign(s)));
    s->split = s->n_groups > 1;
    if (!s->split) s->part = c;
    else VV_TRY(vv_comm_split(c, s->group, &s->part));
    return VV_OK;
}

static void tell_beginning(struct sweeping *s)
{
    const int64_t n = s->points->sweep.n_points;
    const int size = vv_comm_size(s->call->comm);
    if (s->points->only != VV_NO_POINT) return;
    vv_log_info(&s->log, "sweep of %lld point%s, %d at a time on %d rank%s%s, into %s", (long long)n, n == 1 ? "" : "s",
                s->n_groups, size / s->n_groups, size / s->n_groups == 1 ? "" : "s",
                size % s->n_groups ? " or one more" : "", s->directory);
    if (s->common.cache.length == 0) vv_log_info(&s->log, "without a cache the points share nothing");
    else if (s->call->cli->fresh) vv_log_info(&s->log, "with --fresh the points share nothing");
}

/* Collective. The points, and what is made of them, in a directory that is claimed. */
static enum vv_status run_all(struct sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    VV_TRY(vv_manifest_forget(c, s->directory)); /* of an earlier sweep, or a single run */
    VV_TRY(vv_directory_write(c, s->directory, "STATUS", "running\n"));
    VV_TRY(run_points(s));
    const struct tally t = count(s);
    list_points(s);
    enum vv_status st = conclude(s, &t);
    if (st && st != VV_FAILED) return st;
    if (st && !s->keep_going) return st;
    const struct vv_error failed = *vv_error_last();
    vv_error_clear();
    VV_TRY(merge(s));
    if (vv_comm_rank(c) == 0) print_ending(s, &t);
    if (st) vv_error_restore(&failed);
    return st;
}

/* Collective. One point alone, as one task of an array. */
static enum vv_status run_one(struct sweeping *s)
{
    VV_TRY(run_points(s));
    const struct tally t = count(s);
    return conclude(s, &t);
}

enum vv_status vv_sweep_run(const struct vv_call *call, struct vv_points *points)
{
    struct vv_comm *const c = call->comm;
    const bool first = vv_comm_rank(c) == 0, whole = points->only == VV_NO_POINT;
    struct vv_claim claim = {.file = -1};
    struct sweeping s = {.call = call, .points = points, .begin = vv_clock_seconds(), .keep_going = call->cli->keep_going};
    bool claimed = false;
    vv_log_init(&s.log, call->cli->quiet ? VV_LOG_WARNING : VV_LOG_INFO, first);
    vv_strbuf_init(&s.stop);
    enum vv_status st = vv_points_verdict(&points->diagnostics, call->cli, first);
    if (!st) st = prepare(&s);
    if (!st && whole) {
        st = vv_directory_claim(c, s.directory, false, &s.log, &claim);
        claimed = !st;
    }
    if (!st) {
        if (claimed && first) unlink(s.stop.text); /* of an earlier sweep */
        if (vv_comm_rank(s.part) == 0) vv_signals_watch_also(s.stop.text);
        tell_beginning(&s);
        st = whole ? run_all(&s) : run_one(&s);
        vv_signals_watch_also(NULL);
    }
    if (claimed && first) unlink(s.stop.text);
    vv_claim_give(&claim);
    if (claimed) vv_directory_end(c, s.directory, st);
    if (s.split) vv_comm_release(&s.part);
    for (int64_t p = 0; s.outcomes && p < points->sweep.n_points; p++) vv_mem_free(s.outcomes[p].error);
    vv_mem_free(s.outcomes);
    vv_mem_free(s.group_of);
    vv_survey_release(&s.survey);
    vv_points_common_release(&s.common);
    vv_strbuf_release(&s.stop);
    vv_log_release(&s.log);
    return st;
}
