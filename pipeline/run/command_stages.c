/* SPDX-License-Identifier: MIT */
/* varve stages: what exists, with parameters, defaults and references. */
#include <stdio.h>

#include "run/commands.h"
#include "run/registry.h"
#include "run/settings.h"

static void describe(const struct vv_stage *stage, struct vv_strbuf *out)
{
    vv_strbuf_addf(out, "%s: %s\n", stage->name, stage->summary);
    vv_strbuf_addf(out, "runs: %s\n", stage->scope == VV_PER_LAYER ? "for each layer"
                                                                    : "once, over all layers");
    for (const struct vv_port *p = stage->inputs; p && p->name; p++)
        vv_strbuf_addf(out, "reads: %s%s\n", p->name, p->optional ? " (optional)" : "");
    for (const struct vv_port *p = stage->outputs; p && p->name; p++)
        vv_strbuf_addf(out, "gives: %s\n", p->name);
    if (stage->cite) vv_strbuf_addf(out, "reference: %s\n", stage->cite);
    if (stage->params && stage->params[0].key) {
        vv_strbuf_addf(out, "\nparameters, under %s%s:\n", stage->section ? "" : "stages.",
                       stage->section ? stage->section : stage->name);
        vv_schema_help(stage->params, 2, out);
    }
}

enum vv_status vv_command_stages(const struct vv_call *call)
{
    const struct vv_cli *cli = call->cli;
    struct vv_strbuf out;
    vv_strbuf_init(&out);
    enum vv_status st = VV_OK;
    if (cli->defaults) {
        vv_settings_write_defaults(&out);
    } else if (cli->n_arguments == 0) {
        for (int i = 0; i < VV_N_STAGES; i++)
            vv_strbuf_addf(&out, "%-13s %s\n", vv_registry[i]->name, vv_registry[i]->summary);
    } else {
        const int i = vv_registry_find(cli->arguments[0]);
        if (i >= 0) {
            describe(vv_registry[i], &out);
        } else {
            const char *near = vv_registry_suggest(cli->arguments[0]);
            vv_fail(VV_USAGE, "no stage '%s'", cli->arguments[0]);
            st = near ? vv_error_hint("did you mean '%s'?", near)
                      : vv_error_hint("'varve stages' lists them");
        }
    }
    fputs(out.text, stdout);
    vv_strbuf_release(&out);
    return st;
}
