/* SPDX-License-Identifier: MIT */
/* varve check: configuration, schema and input headers; no data are read. */
#include <stdio.h>

#include "dist/agree.h"
#include "run/commands.h"
#include "run/job.h"
#include "run/survey.h"

/* Collective. A single run, or a point of a sweep. */
static enum vv_status check_one(const struct vv_call *call, struct vv_points *points, int64_t point)
{
    const bool speaks = vv_comm_rank(call->comm) == 0;
    struct vv_job job;
    enum vv_status st =
        vv_job_open_point(&job, call->comm, call->cli, points, point, vv_comm_size(call->comm), false);
    if (!st) st = vv_job_verdict(&job, speaks);
    if (!st) st = vv_job_read_labels(&job);
    if (!st && speaks) {
        const struct vv_shape *shape = &job.plan.shape;
        char width[64];
        printf("%s: ok: %d layers, %lld samples, %s, %d label set%s, %d stages\n",
               call->cli->arguments[0], shape->n_layers, (long long)shape->n,
               vv_plan_width(shape, width), job.n_labels, job.n_labels == 1 ? "" : "s",
               job.plan.n_steps);
    }
    vv_job_close(&job);
    return st;
}

/* Collective. Every point. */
static enum vv_status check_sweep(const struct vv_call *call, struct vv_points *points)
{
    const bool speaks = vv_comm_rank(call->comm) == 0;
    const struct vv_sweep *const sweep = &points->sweep;
    const struct vv_cache none = {.comm = call->comm};
    struct vv_survey survey = {.n = 0};
    struct vv_diagnostics d = {0};
    enum vv_status st =
        vv_survey_make(call, points, vv_comm_size(call->comm), &none, 0, &survey, &d);
    if (!st) st = vv_agree(call->comm, vv_points_verdict(&d, call->cli, speaks));
    if (!st && speaks) {
        printf("%s: ok: %lld point%s of", call->cli->arguments[0], (long long)sweep->n_points,
               sweep->n_points == 1 ? "" : "s");
        for (int k = 0; k < sweep->n_keys; k++)
            printf("%s %s (%d)", k ? "," : "", sweep->keys[k].path, sweep->keys[k].n_values);
        printf("\n");
    }
    vv_survey_release(&survey);
    vv_diagnostics_release(&d);
    return st;
}

enum vv_status vv_command_check(const struct vv_call *call)
{
    const bool speaks = vv_comm_rank(call->comm) == 0;
    struct vv_points points;
    struct vv_log log;
    vv_log_init(&log, VV_LOG_WARNING, speaks);
    enum vv_status st = vv_points_open(&points, call->comm, call->cli);
    if (!st && points.swept) st = vv_points_verdict(&points.diagnostics, call->cli, speaks);
    if (!st) vv_points_warn(&points, &log);
    if (!st) st = points.swept && points.only == VV_NO_POINT ? check_sweep(call, &points)
                                                             : check_one(call, &points, points.only);
    vv_points_close(&points);
    vv_log_release(&log);
    return st;
}
