/* SPDX-License-Identifier: MIT */
/* varve plan: stages, cost and memory for any number of ranks; nothing is computed. */
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "dist/agree.h"
#include "run/commands.h"
#include "run/job.h"
#include "run/reuse.h"

/* Local. Whether anything is known of a layer's values, with the reason for what is to be computed. */
struct outlook {
    int n_kept, n_new, n_unknown;
};

/* Collective. What the cache has of each step. */
static enum vv_status look(struct vv_job *job, const struct vv_cache *cache, struct vv_strbuf *out)
{
    const struct vv_settings_head *const head = vv_settings_head(&job->settings);
    struct vv_keys keys;
    struct vv_digest content;
    enum vv_status st = vv_keys_init(&keys, &job->plan, job->n_layers, job->layer_names, (uint64_t)head->seed,
                                     job->labels, job->n_labels, &job->others);
    st = vv_agree(job->comm, st);
    for (int l = 0; !st && l < job->n_layers; l++) {
        struct vv_digest identity;
        st = vv_agree(job->comm, vv_keys_identity(job->source, l, &head->input, &identity));
        if (!st && vv_cache_recall(cache, identity, &content)) st = vv_keys_set_content(&keys, l, content);
        st = vv_agree(job->comm, st);
    }
    if (!st) st = vv_agree(job->comm, vv_keys_finish(&keys));
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
static enum vv_status look_into_cache(struct vv_job *job, struct vv_strbuf *out)
{
    const struct vv_settings_head *const head = vv_settings_head(&job->settings);
    struct vv_strbuf directory, beside;
    struct vv_cache cache;
    vv_strbuf_init(&directory);
    vv_strbuf_init(&beside);
    vv_settings_directory(head, &directory);
    const char *const folder = vv_cache_folder(head->resources.cache, directory.text, &beside);
    enum vv_status st = vv_agree(job->comm, directory.failed || beside.failed ? VV_MEMORY : VV_OK);
    if (!st) st = vv_cache_open(job->comm, folder, false, &cache);
    if (!st) {
        int64_t there = folder && access(folder, F_OK) == 0;
        vv_comm_min_i64(job->comm, &there, 1);
        if (there) st = vv_job_read_labels(job);
        if (!st && there) st = look(job, &cache, out);
        vv_cache_close(&cache);
    }
    vv_strbuf_release(&directory);
    vv_strbuf_release(&beside);
    return st;
}

enum vv_status vv_command_plan(const struct vv_call *call)
{
    const bool speaks = vv_comm_rank(call->comm) == 0;
    int64_t size = vv_comm_size(call->comm);
    if (call->cli->ranks && (!vv_text_to_int(call->cli->ranks, &size) || size < 1 || size > 1 << 24))
        return vv_fail(VV_USAGE, "option '--ranks' needs a number from 1 to %d, not '%s'", 1 << 24,
                       call->cli->ranks);
    struct vv_job job;
    enum vv_status st = vv_job_open(&job, call->comm, call->cli, (int)size, true);
    if (!st) st = vv_job_verdict(&job, speaks);
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    if (!st) {
        vv_plan_write(&job.plan, &job.settings, call->cli->verbose != NULL, &text);
        st = look_into_cache(&job, &text);
    }
    if (!st && speaks) fputs(text.text, stdout);
    vv_strbuf_release(&text);
    if (!st) st = vv_plan_fits(&job.plan, vv_settings_head(&job.settings)->resources.memory);
    vv_job_close(&job);
    return st;
}
