/* SPDX-License-Identifier: MIT */
/* varve cite: what to cite, for all stages, or those of a run or configuration. */
#include <stdio.h>
#include <sys/stat.h>

#include "config/tree.h"
#include "run/cite.h"
#include "run/commands.h"

/* Local. Marks the stages that a configuration switches on. */
static enum vv_status find_stages(const char *path, bool stages[VV_N_STAGES])
{
    struct vv_diagnostics d = {0};
    struct vv_node *root = NULL;
    enum vv_status st = vv_tree_read(path, &d, &root);
    const struct vv_node *const section = vv_node_get(root, "stages");
    if (!st && d.n > 0) st = vv_fail(VV_USAGE, "%s", d.lines[0]);
    if (!st && (!section || section->kind != VV_NODE_MAP))
        st = vv_fail(VV_USAGE, "'%s' names no stages: it is no configuration", path);
    for (int i = 0; !st && i < section->n_children; i++) {
        const char *const name = section->children[i]->key;
        const int s = vv_registry_find(name);
        if (s >= 0) {
            stages[s] = true;
            continue;
        }
        st = vv_fail(VV_USAGE, "'%s' has a stage '%s', which does not exist", path, name);
        const char *const near = vv_registry_suggest(name);
        if (near) vv_error_hint("did you mean '%s'?", near);
    }
    if (root) vv_tree_release(&root);
    vv_diagnostics_release(&d);
    return st;
}

/* A run's folder stands for the effective configuration in it. */
static enum vv_status find_stages_of(const char *path, bool stages[VV_N_STAGES])
{
    struct stat info;
    struct vv_strbuf file;
    const bool folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    vv_strbuf_init(&file);
    vv_strbuf_addf(&file, "%s%s", path, folder ? "/config.yml" : "");
    const enum vv_status st = file.failed ? VV_MEMORY : find_stages(file.text, stages);
    vv_strbuf_release(&file);
    return st;
}

enum vv_status vv_command_cite(const struct vv_call *call)
{
    const struct vv_cli *const cli = call->cli;
    bool stages[VV_N_STAGES] = {false};
    struct vv_strbuf text;
    if (cli->n_arguments > 1) {
        vv_fail(VV_USAGE, "cite takes one run or configuration");
        return vv_error_hint("usage: varve cite [RUN | CONFIG.yml]");
    }
    if (cli->n_arguments == 1) VV_TRY(find_stages_of(cli->arguments[0], stages));
    vv_strbuf_init(&text);
    if (cli->n_arguments == 1) vv_cite_write(stages, &text);
    else vv_cite_all(&text);
    const enum vv_status st = text.failed ? VV_MEMORY : VV_OK;
    if (!st) fputs(text.text, stdout);
    vv_strbuf_release(&text);
    return st;
}
