/* SPDX-License-Identifier: MIT */
/* varve plan: stages, cost and memory for any number of ranks; nothing is computed. */
#include <stdio.h>

#include "base/text.h"
#include "run/commands.h"
#include "run/job.h"

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
    if (!st && speaks) {
        struct vv_strbuf text;
        vv_strbuf_init(&text);
        vv_plan_write(&job.plan, &job.settings, call->cli->verbose != NULL, &text);
        fputs(text.text, stdout);
        vv_strbuf_release(&text);
    }
    if (!st) st = vv_plan_fits(&job.plan, vv_settings_head(&job.settings)->resources.memory);
    vv_job_close(&job);
    return st;
}
