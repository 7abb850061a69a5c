/* SPDX-License-Identifier: MIT */
/* varve export: what a run left, as arrays for other programs. */
#include <stdio.h>

#include "dist/agree.h"
#include "io/export.h"
#include "run/commands.h"

/* How the neighbor tables are read again. */
static void tell_way_back(const struct vv_export *e)
{
    printf("\nneighbor tables can be read again with\n\n"
           "input:\n"
           "  neighbors:\n"
           "    distances: \"%s/%s/distances/{layer}.npy\"\n"
           "    indices: \"%s/%s/indices/{layer}.npy\"\n"
           "    self: %s\n",
           e->to, e->tables, e->to, e->tables, e->with_self ? "first" : "none");
    if (e->leaves_out)
        printf("    samples: \"%s/%s/samples/{layer}.npy\"\n"
               "    n_samples: N    # of the input, before any were left out\n", e->to, e->tables);
}

static enum vv_status export_npy(const struct vv_cli *cli)
{
    struct vv_strbuf to;
    vv_strbuf_init(&to);
    if (cli->to) vv_strbuf_puts(&to, cli->to);
    else vv_strbuf_addf(&to, "%s/npy", cli->arguments[0]);
    struct vv_export e = {.run = cli->arguments[0], .to = to.text, .with_self = cli->with_self != NULL};
    const enum vv_status st = to.failed ? VV_MEMORY : vv_export_npy(&e);
    if (!st) {
        printf("%d arrays in %s\n", e.n_files, e.to);
        if (e.n_tables > 0) tell_way_back(&e);
    }
    vv_strbuf_release(&to);
    return st;
}

enum vv_status vv_command_export(const struct vv_call *call)
{
    if (call->cli->n_arguments != 1 || !call->cli->npy) {
        vv_fail(VV_USAGE, call->cli->n_arguments == 1 ? "say as what: --npy" : "export needs one run directory");
        return vv_error_hint("usage: varve export RUN_DIR --npy [--self] [--to DIR]");
    }
    return vv_agree(call->comm, vv_comm_rank(call->comm) == 0 ? export_npy(call->cli) : VV_OK);
}
