/* SPDX-License-Identifier: MIT */
#include "run/sweep_points.h"

#include "base/clock.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "dist/signals.h"
#include "run/once.h"

bool vv_sweeping_wants(const struct vv_sweeping *s, int64_t point)
{
    return s->points->only == VV_NO_POINT || s->points->only == point;
}

/* ---- who runs what */

/* Group g of n has the ranks from floor(g size / n) on. */
static int first_rank(int group, int n_groups, int size)
{
    return (int)((int64_t)group * size / n_groups);
}

void vv_sweeping_count_groups(struct vv_sweeping *s)
{
    const int size = vv_comm_size(s->call->comm);
    s->n_groups = vv_points_groups(s->points, &s->common, size);
    while (s->group + 1 < s->n_groups && first_rank(s->group + 1, s->n_groups, size) <= vv_comm_rank(s->call->comm))
        s->group++;
}

/* Each point, in its turn, goes to the group that has the least to do in its wave. The same on all ranks. */
static enum vv_status assign(struct vv_sweeping *s)
{
    const struct vv_survey *const survey = &s->survey;
    double *const load = vv_mem_new(s->n_groups, sizeof *load, "groups of ranks");
    if (!load) return VV_MEMORY;
    for (int wave = 0; wave < survey->n_waves; wave++) {
        for (int g = 0; g < s->n_groups; g++) load[g] = 0.0;
        for (int64_t t = 0; t < survey->n; t++) {
            const int64_t p = s->points->sweep.turn[t];
            int least = 0;
            if (survey->points[p].wave != wave || !vv_sweeping_wants(s, p)) continue;
            for (int g = 1; g < s->n_groups; g++)
                if (load[g] < load[least]) least = g;
            s->group_of[p] = least;
            load[least] += survey->points[p].flops + 1.0;
        }
    }
    vv_mem_free(load);
    return VV_OK;
}

enum vv_status vv_sweeping_form_groups(struct vv_sweeping *s)
{
    VV_TRY(vv_agree(s->call->comm, assign(s)));
    if (s->n_groups > 1) return vv_comm_split(s->call->comm, s->group, &s->part);
    s->part = s->call->comm;
    return VV_OK;
}

void vv_sweeping_release(struct vv_sweeping *s)
{
    if (s->n_groups > 1) vv_comm_release(&s->part);
    for (int64_t p = 0; s->outcomes && p < s->points->sweep.n_points; p++) vv_mem_free(s->outcomes[p].error);
    vv_mem_free(s->outcomes);
    vv_mem_free(s->group_of);
}

/* ---- one point */

static double seconds_left(const struct vv_sweeping *s)
{
    if (s->common.time_limit == 0.0) return 0.0;
    const double left = s->common.time_limit - (vv_clock_seconds() - s->begin);
    return left > 1e-9 ? left : 1e-9;
}

/* Collective over the part. Whether it is to go on with another point. */
static bool go_on(struct vv_sweeping *s)
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
static void note_failure(struct vv_sweeping *s, struct vv_outcome *o, enum vv_status st, const char *name)
{
    o->ending = st == VV_STOPPED ? VV_POINT_STOPPED : VV_POINT_FAILED;
    if ((o->error = vv_mem_new(1, sizeof *o->error, "the error of a point"))) *o->error = *vv_error_last();
    if (o->error && o->error->rank >= 0)
        o->error->rank += first_rank(s->group, s->n_groups, vv_comm_size(s->call->comm));
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
static enum vv_status run_point(struct vv_sweeping *s, int64_t point)
{
    struct vv_outcome *const o = &s->outcomes[point];
    const double begin = vv_clock_seconds();
    struct vv_log log = {.terminal = stderr, .level = s->log.level, .speaks = vv_comm_rank(s->part) == 0};
    struct vv_strbuf name, title;
    vv_strbuf_init(&name);
    vv_strbuf_init(&title);
    vv_sweep_name(&s->points->sweep, point, &name);
    vv_strbuf_addf(&title, "point %lld of %lld", (long long)point + 1, (long long)s->points->sweep.n_points);
    if (s->n_groups == 1) vv_strbuf_addf(&title, ": %s", name.text);
    log.prefix = s->n_groups > 1 ? name.text : NULL;
    struct vv_once how = {.point = point,
                          .summary = s->points->only != VV_NO_POINT,
                          .seconds = seconds_left(s),
                          .beside = s->directory,
                          .announcement = title.text,
                          .prefix = log.prefix};
    enum vv_status st = vv_agree(s->part, name.failed || title.failed ? VV_MEMORY : VV_OK);
    if (!st) st = vv_run_once(s->call, s->part, s->points, &how);
    o->seconds = vv_clock_seconds() - begin;
    o->ending = how.reused ? VV_REUSED : VV_COMPUTED;
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
static enum vv_status exchange(struct vv_sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    const int64_t n = s->points->sweep.n_points;
    int64_t *const endings = vv_mem_new(n, sizeof *endings, "outcomes");
    double *const seconds = vv_mem_new(n, sizeof *seconds, "outcomes");
    const enum vv_status st = vv_agree_to_finish(c, endings && seconds ? VV_OK : VV_MEMORY);
    for (int64_t p = 0; !st && p < n; p++) {
        endings[p] = s->outcomes[p].ending;
        seconds[p] = s->outcomes[p].seconds;
    }
    if (!st) vv_comm_max_i64(c, endings, n);
    if (!st) vv_comm_max_f64(c, seconds, n);
    for (int64_t p = 0; !st && p < n; p++) {
        s->outcomes[p].ending = endings[p];
        s->outcomes[p].seconds = seconds[p];
    }
    vv_mem_free(endings);
    vv_mem_free(seconds);
    return st;
}

struct vv_error vv_sweeping_error(const struct vv_sweeping *s, int64_t point)
{
    struct vv_error error = {.code = VV_FAILED, .rank = -1};
    const struct vv_outcome *const o = &s->outcomes[point];
    if (o->error) error = *o->error;
    error.file = NULL;
    vv_comm_bcast(s->call->comm, &error, sizeof error,
                  first_rank(s->group_of[point], s->n_groups, vv_comm_size(s->call->comm)));
    return error;
}

enum vv_status vv_sweeping_run(struct vv_sweeping *s)
{
    struct vv_comm *const c = s->call->comm;
    bool on = true;
    for (int wave = 0; on && wave < s->survey.n_waves; wave++) {
        for (int64_t t = 0; on && t < s->survey.n; t++) {
            const int64_t p = s->points->sweep.turn[t];
            if (!vv_sweeping_wants(s, p) || s->survey.points[p].wave != wave || s->group_of[p] != s->group) continue;
            on = go_on(s);
            if (on && run_point(s, p) != VV_OK && !s->keep_going) on = false;
            if (s->outcomes[p].ending == VV_POINT_STOPPED) on = false;
        }
        if (s->n_groups > 1) vv_comm_rest(c);
        int64_t all_on = on && !vv_comm_called_off(c);
        vv_comm_min_i64(c, &all_on, 1);
        on = all_on;
    }
    vv_comm_call_settle(c);
    return exchange(s);
}
