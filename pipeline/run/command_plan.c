/* SPDX-License-Identifier: MIT */
/* varve plan: stages, cost and memory for any number of ranks; nothing is computed. */
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "dist/agree.h"
#include "run/commands.h"
#include "run/identity.h"
#include "run/job.h"
#include "run/plan_sweep.h"
#include "run/reuse.h"

/* Local. Whether anything is known of a layer's values, with the reason for what is to be computed. */
struct outlook {
    int n_kept, n_new, n_unknown;
};

/* Collective. What the cache has of each step. */
static enum vv_status look(struct vv_job *job, const struct vv_cache *cache, struct vv_strbuf *out)
{
    struct vv_keys keys;
    enum vv_status st = vv_identity_recall(job, cache, &keys);
    vv_strbuf_addf(out, "\ncache: %s\n", cache->folder);
    for (int s = 0; !st && s < job->plan.n_steps; s++) {
        const struct vv_step *const it = &job->plan.steps[s];
        const bool once = it->stage->scope == VV_ALL_LAYERS;
        const int times = once ? 1 : job->n_layers;
        struct outlook o = {0, 0, 0};
        if (!vv_reuse_possible(it)) continue;
        for (int l = 0; l < times; l++) {
            if (vv_reuse_look(cache, &keys, s, once ? -1 : l)) o.n_kept++;
            else if (vv_keys_of(&keys, s, l)->known) o.n_new++;
            else o.n_unknown++;
        }
        vv_strbuf_addf(out, "  %-13s %d of %d to be reused", it->stage->name, o.n_kept, times);
        if (o.n_new > 0)
            vv_strbuf_addf(out, "; %d to compute: never done with these parameters and inputs", o.n_new);
        if (o.n_unknown > 0)
            vv_strbuf_addf(out, "; %d to compute, unless the input turns out to be known: not read before, or "
                           "changed since", o.n_unknown);
        vv_strbuf_puts(out, "\n");
    }
    vv_keys_release(&keys);
    return st;
}

/* Collective. The same, with the cache that a run would use. */
static enum vv_status look_into_cache(struct vv_job *job, const struct vv_points *points, struct vv_strbuf *out)
{
    struct vv_points_common common;
    struct vv_cache cache;
    enum vv_status st = vv_agree(job->comm, vv_points_common_init(&common, points));
    const char *const folder = common.cache.length > 0 ? common.cache.text : NULL;
    if (!st) st = vv_cache_open(job->comm, folder, false, &cache);
    if (!st) {
        int64_t there = folder && access(folder, F_OK) == 0;
        vv_comm_min_i64(job->comm, &there, 1);
        if (there) st = vv_job_read_labels(job);
        if (!st && there) st = look(job, &cache, out);
        vv_cache_close(&cache);
    }
    vv_points_common_release(&common);
    return st;
}

/* Collective. A single run, or a point of a sweep. */
static enum vv_status plan_one(const struct vv_call *call, struct vv_points *points, int64_t point, int size)
{
    const bool speaks = vv_comm_rank(call->comm) == 0;
    struct vv_job job;
    enum vv_status st = vv_job_open_point(&job, call->comm, call->cli, points, point, size, true);
    if (!st) st = vv_job_verdict(&job, speaks);
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    if (!st) {
        vv_plan_write(&job.plan, &job.settings, call->cli->verbose != NULL, &text);
        st = look_into_cache(&job, points, &text);
    }
    if (!st && speaks) fputs(text.text, stdout);
    vv_strbuf_release(&text);
    if (!st) st = vv_plan_fits(&job.plan, vv_settings_head(&job.settings)->resources.memory);
    vv_job_close(&job);
    return st;
}

enum vv_status vv_command_plan(const struct vv_call *call)
{
    const bool speaks = vv_comm_rank(call->comm) == 0;
    int64_t size = vv_comm_size(call->comm);
    if (call->cli->ranks && (!vv_text_to_int(call->cli->ranks, &size) || size < 1 || size > 1 << 24))
        return vv_fail(VV_USAGE, "option '--ranks' needs a number from 1 to %d, not '%s'", 1 << 24,
                       call->cli->ranks);
    struct vv_points points;
    struct vv_log log;
    vv_log_init(&log, VV_LOG_WARNING, speaks);
    enum vv_status st = vv_points_open(&points, call->comm, call->cli);
    if (!st && points.swept) st = vv_points_verdict(&points.diagnostics, call->cli, speaks);
    if (!st && call->cli->count) {
        if (speaks) printf("%lld\n", points.swept ? (long long)points.sweep.n_points : 1ll);
    } else if (!st) {
        vv_points_warn(&points, &log);
        const bool one = !points.swept || points.only != VV_NO_POINT;
        st = one ? plan_one(call, &points, points.only, (int)size) : vv_plan_sweep(call, &points, (int)size);
    }
    vv_points_close(&points);
    vv_log_release(&log);
    return st;
}
