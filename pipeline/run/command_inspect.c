/* SPDX-License-Identifier: MIT */
/* varve inspect: what is in an input or output file. */
#include <stdio.h>

#include "dist/agree.h"
#include "io/inspect.h"
#include "run/commands.h"

enum vv_status vv_command_inspect(const struct vv_call *call)
{
    if (call->cli->n_arguments != 1) {
        vv_fail(VV_USAGE, "inspect needs one file");
        return vv_error_hint("usage: varve inspect FILE");
    }
    enum vv_status st = VV_OK;
    if (vv_comm_rank(call->comm) == 0) {
        struct vv_strbuf text;
        vv_strbuf_init(&text);
        st = vv_inspect(call->cli->arguments[0], &text);
        fputs(text.text, stdout);
        vv_strbuf_release(&text);
    }
    return vv_agree(call->comm, st);
}
