/* SPDX-License-Identifier: MIT */
/* varve manual, varve completion: what `make install` puts where man and the shells find it. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "run/commands.h"
#include "run/manual.h"

static enum vv_status print(enum vv_status st, struct vv_strbuf *text)
{
    if (!st) fputs(text->text, stdout);
    vv_strbuf_release(text);
    return st;
}

enum vv_status vv_command_manual(const struct vv_call *call)
{
    struct vv_strbuf text;
    if (call->cli->n_arguments != 0) return vv_fail(VV_USAGE, "manual takes no argument");
    vv_strbuf_init(&text);
    return print(vv_manual_write(&text), &text);
}

enum vv_status vv_command_completion(const struct vv_call *call)
{
    const struct vv_cli *const cli = call->cli;
    struct vv_strbuf text;
    if (cli->n_arguments != 1) {
        vv_fail(VV_USAGE, "completion needs the name of a shell");
        return vv_error_hint("one of bash, zsh, fish");
    }
    for (int s = 0; s < VV_N_SHELLS; s++) {
        if (strcmp(cli->arguments[0], vv_shell_names[s]) != 0) continue;
        vv_strbuf_init(&text);
        return print(vv_completion_write((enum vv_shell)s, &text), &text);
    }
    vv_fail(VV_USAGE, "there is no completion for '%s'", cli->arguments[0]);
    return vv_error_hint("one of bash, zsh, fish");
}
