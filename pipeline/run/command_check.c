/* SPDX-License-Identifier: MIT */
/* varve check: configuration, schema and input headers; no data are read. */
#include <stdio.h>

#include "run/commands.h"
#include "run/job.h"

enum vv_status vv_command_check(const struct vv_call *call)
{
    const bool speaks = vv_comm_rank(call->comm) == 0;
    struct vv_job job;
    enum vv_status st = vv_job_open(&job, call->comm, call->cli, vv_comm_size(call->comm), false);
    if (!st) st = vv_job_verdict(&job, speaks);
    if (!st) st = vv_job_read_labels(&job);
    if (!st && speaks) {
        const struct vv_shape *shape = &job.plan.shape;
        printf("%s: ok: %d layers, %lld samples, up to %lld features, %d label set%s, %d stages\n",
               call->cli->arguments[0], shape->n_layers, (long long)shape->n,
               (long long)shape->n_cols, job.n_labels, job.n_labels == 1 ? "" : "s",
               job.plan.n_steps);
    }
    vv_job_close(&job);
    return st;
}
