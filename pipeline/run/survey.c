/* SPDX-License-Identifier: MIT */
#include "run/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "run/identity.h"
#include "run/reuse.h"

enum { MOST_MESSAGES = 50 };

/* Each message once: points that differ elsewhere have the same mistakes. */
static void collect(const struct vv_diagnostics *from, struct vv_diagnostics *to)
{
    for (int i = 0; i < from->n; i++) {
        bool told = false;
        for (int j = 0; j < to->n && !told; j++) told = strcmp(from->lines[i], to->lines[j]) == 0;
        if (!told) vv_diagnostics_add(to, NULL, "%s", from->lines[i]);
    }
}

static bool gives(const struct vv_stage *stage, enum vv_kind kind)
{
    for (const struct vv_port *o = stage->outputs; o && o->name; o++)
        if (o->kind == kind) return true;
    return false;
}

static int64_t most_of(const struct vv_step *it)
{
    const struct vv_param *const most = vv_schema_most(it->stage->params);
    return most && gives(it->stage, VV_NEIGHBORS)
               ? *(const int64_t *)(const void *)((const char *)it->config + most->offset)
               : 0;
}

/* Local. What the steps of a job make. */
static enum vv_status list_steps(const struct vv_job *job, const struct vv_keys *keys, struct vv_survey_point *p)
{
    p->bytes_peak = job->plan.bytes_peak;
    p->steps = vv_mem_new(job->plan.n_steps, sizeof *p->steps, "steps of a point");
    if (!p->steps) return VV_MEMORY;
    p->n_steps = job->plan.n_steps;
    for (int s = 0; s < p->n_steps; s++) {
        const struct vv_step *const it = &job->plan.steps[s];
        const int times = it->stage->scope == VV_ALL_LAYERS ? 1 : job->n_layers;
        struct vv_digest all = vv_hash_bytes(it->stage->name, strlen(it->stage->name));
        for (int l = 0; l < times; l++) {
            const struct vv_key *const key = vv_keys_of(keys, s, l);
            all = vv_hash_join(all, gives(it->stage, VV_NEIGHBORS) ? key->stored : key->key);
        }
        p->steps[s] = (struct vv_survey_step){
            .stage = it->stage, .key = all, .most = most_of(it), .flops = times * it->cost.flops};
    }
    return VV_OK;
}

/* Collective. Which steps the cache has, for all layers. */
static enum vv_status look_into(const struct vv_cache *cache, struct vv_job *job, struct vv_survey_point *p)
{
    struct vv_keys keys;
    const enum vv_status st = vv_identity_recall(job, cache, &keys);
    for (int s = 0; !st && s < p->n_steps; s++) {
        const bool once = p->steps[s].stage->scope == VV_ALL_LAYERS;
        bool all = vv_reuse_possible(&job->plan.steps[s]);
        for (int l = 0; all && l < (once ? 1 : job->n_layers); l++)
            all = vv_reuse_look(cache, &keys, s, once ? -1 : l);
        p->steps[s].kept = all;
    }
    vv_keys_release(&keys);
    return st;
}

/* Collective. One point. */
static enum vv_status visit(const struct vv_call *call, struct vv_points *points, int64_t point, int size,
                            const struct vv_cache *cache, bool must_fit, struct vv_survey_point *p,
                            struct vv_diagnostics *d)
{
    struct vv_job job;
    struct vv_keys keys = {.plan = NULL};
    enum vv_status st = vv_job_open_point(&job, call->comm, call->cli, points, point, size, false);
    if (!st && job.diagnostics.n > 0) {
        collect(&job.diagnostics, d);
    } else if (!st) {
        if (must_fit) st = vv_plan_fits(&job.plan, vv_settings_head(&job.settings)->resources.memory);
        if (!st) st = vv_job_read_labels(&job);
        if (!st) st = vv_identity_keys(&job, &keys);
        if (!st) st = vv_agree(call->comm, list_steps(&job, &keys, p));
        if (!st && cache) st = look_into(cache, &job, p);
    }
    vv_keys_release(&keys);
    vv_job_close(&job);
    return st;
}

/* ---- what points share */

struct product {
    struct vv_survey_step *step;
    int64_t turn, point;
};

static int by_key_and_turn(const void *a, const void *b)
{
    const struct product *const x = a, *const y = b;
    const int order = vv_digest_compare(x->step->key, y->step->key);
    return order ? order : (x->turn > y->turn) - (x->turn < y->turn);
}

/* list: [n] equal products of points in the order of their turns */
static void find_makers(const struct product *list, int64_t n)
{
    int64_t maker = 0;
    for (int64_t i = 0; i < n; i++) {
        if (list[i].step->most > list[maker].step->most) maker = i; /* a larger table was not there yet */
        list[i].step->from = list[maker].point;
    }
}

static void share_nothing(struct vv_survey *survey)
{
    for (int64_t p = 0; p < survey->n; p++)
        for (int s = 0; s < survey->points[p].n_steps; s++) survey->points[p].steps[s].from = p;
}

static enum vv_status find_shared(const struct vv_points *points, struct vv_survey *survey)
{
    int64_t n = 0, first = 0;
    for (int64_t p = 0; p < survey->n; p++) n += survey->points[p].n_steps;
    struct product *const list = vv_mem_new(n, sizeof *list, "products of a sweep");
    if (!list) return VV_MEMORY;
    n = 0;
    for (int64_t t = 0; t < survey->n; t++) {
        const int64_t p = points->sweep.turn[t];
        for (int s = 0; s < survey->points[p].n_steps; s++)
            list[n++] = (struct product){&survey->points[p].steps[s], t, p};
    }
    if (n > 0) qsort(list, (size_t)n, sizeof *list, by_key_and_turn);
    for (int64_t end = 1; end <= n; end++) {
        if (end < n && vv_digest_equal(list[end].step->key, list[first].step->key)) continue;
        find_makers(list + first, end - first);
        first = end;
    }
    vv_mem_free(list);
    return VV_OK;
}

/* Only neighbor tables are worth waiting for; what else is shared mostly comes from the same points. */
static void find_waves(const struct vv_points *points, struct vv_survey *survey)
{
    survey->n_waves = 1;
    for (int64_t t = 0; t < survey->n; t++) {
        const int64_t p = points->sweep.turn[t];
        struct vv_survey_point *const it = &survey->points[p];
        for (int s = 0; s < it->n_steps; s++) {
            const struct vv_survey_step *const step = &it->steps[s];
            const int after = survey->points[step->from].wave + 1;
            if (step->from == p) it->flops += step->kept ? 0.0 : step->flops;
            else if (step->most > 0 && !step->kept && after > it->wave) it->wave = after;
        }
        if (it->wave >= survey->n_waves) survey->n_waves = it->wave + 1;
    }
}

enum vv_status vv_survey_make(const struct vv_call *call, struct vv_points *points, int size,
                              const struct vv_cache *cache, unsigned wishes, struct vv_survey *survey,
                              struct vv_diagnostics *d)
{
    const struct vv_sweep *const sweep = &points->sweep;
    const bool look = cache->folder && (wishes & VV_SURVEY_LOOK);
    struct vv_strbuf name;
    *survey = (struct vv_survey){
        .n = sweep->n_points, .points = vv_mem_new(sweep->n_points, sizeof *survey->points, "points of a sweep")};
    VV_TRY(vv_agree(call->comm, survey->points ? VV_OK : VV_MEMORY));
    vv_strbuf_init(&name);
    enum vv_status st = VV_OK;
    for (int64_t p = 0; !st && p < survey->n; p++) {
        if (points->only != VV_NO_POINT && p != points->only) continue;
        st = visit(call, points, p, size, look ? cache : NULL, wishes & VV_SURVEY_FIT, &survey->points[p], d);
        int64_t n_messages = d->n; /* for want of memory not the same on all ranks */
        vv_comm_max_i64(call->comm, &n_messages, 1);
        if (n_messages >= MOST_MESSAGES) break;
        if (!st || st == VV_STOPPED) continue;
        if (wishes & VV_SURVEY_TOLERANT) {
            vv_error_clear();
            st = VV_OK;
            continue;
        }
        vv_strbuf_reset(&name);
        vv_sweep_name(sweep, p, &name);
        vv_error_context("point %lld of %lld, %s", (long long)p + 1, (long long)survey->n, name.text);
    }
    vv_strbuf_release(&name);
    if (!st && (!cache->folder || cache->fresh)) share_nothing(survey);
    else if (!st) st = vv_agree(call->comm, find_shared(points, survey));
    if (!st) find_waves(points, survey);
    return st;
}

void vv_survey_release(struct vv_survey *survey)
{
    for (int64_t p = 0; survey->points && p < survey->n; p++) vv_mem_free(survey->points[p].steps);
    vv_mem_free(survey->points);
    *survey = (struct vv_survey){.n = 0};
}
