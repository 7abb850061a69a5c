/* SPDX-License-Identifier: MIT */
#include "run/sweep.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "dist/signals.h"
#include "run/directory.h"
#include "run/manifest.h"
#include "run/merge.h"
#include "run/sweep_points.h"

/* ---- what came of it */

struct tally {
    int64_t n[VV_N_ENDINGS];
    int64_t first_failed, first_stopped; /* in the order of points; -1: none */
};

static struct tally count(const struct vv_sweeping *s)
{
    struct tally t = {.first_failed = -1, .first_stopped = -1};
    for (int64_t p = s->points->sweep.n_points - 1; p >= 0; p--) {
        if (!vv_sweeping_wants(s, p)) continue;
        t.n[s->outcomes[p].ending]++;
        if (s->outcomes[p].ending == VV_POINT_FAILED) t.first_failed = p;
        if (s->outcomes[p].ending == VV_POINT_STOPPED) t.first_stopped = p;
    }
    return t;
}

/* Collective. One line a point, with what failed and why. */
static void list_points(const struct vv_sweeping *s)
{
    static const char *const words[] = {"not begun", "computed", "finished before", "failed", "stopped"};
    const bool speaks = vv_comm_rank(s->call->comm) == 0;
    struct vv_strbuf text, name;
    vv_strbuf_init(&text);
    vv_strbuf_init(&name);
    for (int64_t p = 0; p < s->points->sweep.n_points; p++) {
        const struct vv_outcome *const o = &s->outcomes[p];
        char span[32] = "";
        if (!vv_sweeping_wants(s, p)) continue;
        vv_strbuf_reset(&name);
        vv_sweep_name(&s->points->sweep, p, &name);
        if (o->ending == VV_COMPUTED) vv_clock_span(o->seconds, span, sizeof span);
        vv_strbuf_addf(&text, "%4lld %s: %s%s%s", (long long)p + 1, name.text, words[o->ending],
                       span[0] ? ", " : "", span);
        if (o->ending == VV_POINT_FAILED) vv_strbuf_addf(&text, ": %s", vv_sweeping_error(s, p).message);
        vv_strbuf_puts(&text, "\n");
    }
    if (speaks) printf("\n%s", text.text);
    vv_strbuf_release(&text);
    vv_strbuf_release(&name);
}

/* Collective. Records how the sweep ended, for main to tell. */
static enum vv_status conclude(struct vv_sweeping *s, const struct tally *t)
{
    const int64_t p = t->first_failed, n = s->points->sweep.n_points;
    struct vv_strbuf name;
    if (p >= 0 && !s->keep_going) {
        const struct vv_error error = vv_sweeping_error(s, p);
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
        const struct vv_error error = vv_sweeping_error(s, t->first_stopped);
        vv_error_restore(&error);
        return VV_STOPPED;
    }
    if (t->n[VV_NOT_BEGUN] > 0) { /* stopped between two points */
        if (s->stopped.code != VV_OK) vv_error_restore(&s->stopped);
        return vv_agree_to_finish(s->call->comm, s->stopped.code);
    }
    if (p >= 0) {
        vv_fail(VV_FAILED, "%lld of %lld points failed", (long long)t->n[VV_POINT_FAILED],
                (long long)(t->n[VV_POINT_FAILED] + t->n[VV_COMPUTED] + t->n[VV_REUSED]));
        return vv_error_hint("the same command tries them again, and leaves the others as they are");
    }
    return VV_OK;
}

static void print_ending(const struct vv_sweeping *s, const struct tally *t, const char *sentences)
{
    char span[32];
    vv_clock_span(vv_clock_seconds() - s->begin, span, sizeof span);
    if (sentences[0]) printf("\n%s\n", sentences);
    printf("\nsweep: %s/sweep.h5  (%lld point%s computed", s->directory, (long long)t->n[VV_COMPUTED],
           t->n[VV_COMPUTED] == 1 ? "" : "s");
    if (t->n[VV_REUSED] > 0) printf(", %lld finished before", (long long)t->n[VV_REUSED]);
    if (t->n[VV_POINT_FAILED] > 0) printf(", %lld failed", (long long)t->n[VV_POINT_FAILED]);
    printf(", %s)\n", span);
}

/* Collective. The tables over all points that have results. */
static enum vv_status merge(struct vv_sweeping *s, struct vv_strbuf *sentences)
{
    const int64_t n = s->points->sweep.n_points;
    bool *const finished = vv_mem_new(n, sizeof *finished, "points of a sweep");
    enum vv_status st = vv_agree(s->call->comm, finished ? VV_OK : VV_MEMORY);
    for (int64_t p = 0; !st && p < n; p++)
        finished[p] = s->outcomes[p].ending == VV_COMPUTED || s->outcomes[p].ending == VV_REUSED;
    if (!st) st = vv_merge_points(s->call->comm, s->points, s->directory, finished, &s->log, sentences);
    vv_mem_free(finished);
    return st;
}

/* Local. Whether any point was begun, for --resume. */
static enum vv_status find_begun(const struct vv_sweeping *s)
{
    struct vv_strbuf name, path;
    bool begun = false;
    vv_strbuf_init(&name);
    vv_strbuf_init(&path);
    for (int64_t p = 0; !begun && p < s->points->sweep.n_points; p++) {
        if (!vv_sweeping_wants(s, p)) continue;
        vv_strbuf_reset(&name);
        vv_strbuf_reset(&path);
        vv_sweep_name(&s->points->sweep, p, &name);
        vv_strbuf_addf(&path, "%s/%s", s->directory, name.text);
        begun = !path.failed && vv_directory_holds_run(path.text);
    }
    vv_strbuf_release(&name);
    vv_strbuf_release(&path);
    if (begun) return VV_OK;
    vv_fail(VV_USAGE, "there is no sweep in '%s' to go on with", s->directory);
    return vv_error_hint("leave --resume out to begin one");
}

/* ---- the whole */

/* Collective. All points are looked at. */
static enum vv_status look_at_points(struct vv_sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    struct vv_diagnostics d = {0};
    struct vv_cache cache;
    const int size = vv_comm_size(c) / s->n_groups; /* the smallest group */
    enum vv_status st =
        vv_cache_open(c, s->common.cache.length > 0 ? s->common.cache.text : NULL, s->call->cli->fresh != NULL, &cache);
    const unsigned wishes = VV_SURVEY_FIT | (s->keep_going ? VV_SURVEY_TOLERANT : 0);
    if (!st) st = vv_survey_make(s->call, s->points, size, &cache, wishes, &s->survey, &d);
    if (!st) st = vv_agree(c, vv_points_verdict(&d, s->call->cli, vv_comm_rank(c) == 0));
    vv_cache_close(&cache);
    vv_diagnostics_release(&d);
    return st;
}

/* Collective. Everything before the first point. */
static enum vv_status prepare(struct vv_sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    const int64_t n = s->points->sweep.n_points;
    vv_points_warn(s->points, &s->log);
    VV_TRY(vv_agree(c, vv_points_common_init(&s->common, s->points)));
    s->directory = s->common.directory.text;
    s->outcomes = vv_mem_new(n, sizeof *s->outcomes, "points of a sweep");
    s->group_of = vv_mem_new(n, sizeof *s->group_of, "points of a sweep");
    VV_TRY(vv_agree(c, s->outcomes && s->group_of ? VV_OK : VV_MEMORY));
    if (s->call->cli->resume) VV_TRY(vv_agree(c, vv_comm_rank(c) == 0 ? find_begun(s) : VV_OK));
    vv_sweeping_count_groups(s);
    VV_TRY(look_at_points(s));
    return vv_sweeping_form_groups(s);
}

static void tell_beginning(struct vv_sweeping *s)
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
static enum vv_status run_all(struct vv_sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    VV_TRY(vv_directory_write(c, s->directory, "STATUS", "running\n"));
    VV_TRY(vv_manifest_forget(c, s->directory)); /* of an earlier sweep, or a single run */
    VV_TRY(vv_sweeping_run(s));
    const struct tally t = count(s);
    list_points(s);
    enum vv_status st = conclude(s, &t);
    if (st && st != VV_FAILED) return st;
    if (st && !s->keep_going) return st;
    const struct vv_error failed = *vv_error_last();
    vv_error_clear();
    struct vv_strbuf sentences;
    vv_strbuf_init(&sentences);
    const enum vv_status merged = merge(s, &sentences);
    if (!merged && vv_comm_rank(c) == 0) print_ending(s, &t, sentences.text);
    vv_strbuf_release(&sentences);
    if (!merged && st) vv_error_restore(&failed);
    return merged ? merged : st;
}

/* Collective. One point alone, as one task of an array. */
static enum vv_status run_one(struct vv_sweeping *s)
{
    VV_TRY(vv_sweeping_run(s));
    const struct tally t = count(s);
    return conclude(s, &t);
}

/* Collective. In a directory that is claimed, with an eye on the file STOP there. */
static enum vv_status run_whole(struct vv_sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    const bool first = vv_comm_rank(c) == 0;
    struct vv_claim claim;
    struct vv_strbuf stop;
    vv_strbuf_init(&stop);
    enum vv_status st = vv_agree(c, vv_directory_path(s->directory, "STOP", &stop));
    if (!st) st = vv_directory_claim(c, s->directory, false, &s->log, &claim);
    if (!st) {
        if (first) unlink(stop.text); /* of an earlier sweep */
        vv_comm_barrier(c);           /* nobody looks before it is gone */
        if (vv_comm_rank(s->part) == 0) vv_signals_watch_also(stop.text);
        tell_beginning(s);
        st = run_all(s);
        vv_signals_watch_also(NULL);
        if (first) unlink(stop.text);
        vv_directory_end(c, s->directory, st);
        vv_claim_give(&claim);
    }
    vv_strbuf_release(&stop);
    return st;
}

enum vv_status vv_sweep_run(const struct vv_call *call, struct vv_points *points)
{
    const bool first = vv_comm_rank(call->comm) == 0;
    struct vv_sweeping s = {.call = call,
                            .points = points,
                            .begin = vv_clock_seconds(),
                            .keep_going = call->cli->keep_going != NULL};
    vv_log_init(&s.log, call->cli->quiet ? VV_LOG_WARNING : VV_LOG_INFO, first);
    enum vv_status st = vv_points_verdict(&points->diagnostics, call->cli, first);
    if (!st) st = prepare(&s);
    if (!st) st = points->only == VV_NO_POINT ? run_whole(&s) : run_one(&s);
    vv_sweeping_release(&s);
    vv_survey_release(&s.survey);
    vv_points_common_release(&s.common);
    vv_log_release(&s.log);
    return st;
}
