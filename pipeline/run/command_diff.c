/* SPDX-License-Identifier: MIT */
/* varve diff: what differs between two reports. The exit code is that of diff(1): 0 they agree, 1 they differ. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "dist/agree.h"
#include "io/report_file.h"
#include "run/commands.h"
#include "run/differences.h"

/* A run's folder stands for the report in it. */
static enum vv_status find_report(const char *path, struct vv_strbuf *report)
{
    struct stat info;
    const bool folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    vv_strbuf_addf(report, "%s%s", path, folder ? "/report.h5" : "");
    if (report->failed) return VV_MEMORY;
    if (access(report->text, F_OK) == 0) return VV_OK;
    vv_fail(VV_INPUT, folder ? "there is no report in '%s'" : "there is no file '%s'", path);
    return folder ? vv_error_hint("a run with the stage report leaves one when it is done") : VV_INPUT;
}

/* The effective configuration that the report carries. */
static enum vv_status read_configuration(struct vv_side *side)
{
    const struct vv_column *const c = vv_table_find(&side->table, "provenance/configuration");
    struct vv_diagnostics ignored = {0};
    if (!c || c->type != VV_TEXT || vv_column_length(c) != 1 || !c->text[0]) return VV_OK;
    const enum vv_status st = vv_tree_parse(c->text[0], side->path, &ignored, &side->configuration);
    vv_diagnostics_release(&ignored);
    return st;
}

static enum vv_status read_side(const char *path, struct vv_strbuf *report, struct vv_side *side)
{
    VV_TRY(find_report(path, report));
    side->path = report->text;
    VV_TRY(vv_report_read_any(side->path, &side->table));
    const struct vv_column *const names = vv_table_find(&side->table, "layers/name");
    if (!names || names->type != VV_TEXT) {
        vv_fail(VV_INPUT, "'%s' is not a report: it has no /layers/name", side->path);
        return vv_error_hint("'varve inspect %s' tells what is in it", side->path);
    }
    return read_configuration(side);
}

static enum vv_status read_rule(const struct vv_cli *cli, struct vv_compare_rule *rule)
{
    *rule = (struct vv_compare_rule){.tolerance = 0.0};
    if (cli->tolerance && (!vv_text_to_float(cli->tolerance, &rule->tolerance) || rule->tolerance < 0.0))
        return vv_fail(VV_USAGE, "option '--tolerance' needs a number from 0, not '%s'", cli->tolerance);
    if (cli->errors && (!vv_text_to_float(cli->errors, &rule->errors) || rule->errors <= 0.0))
        return vv_fail(VV_USAGE, "option '--errors' needs a number above 0, not '%s'", cli->errors);
    return VV_OK;
}

/* Local. Tells on standard output; *differ: the verdict. */
static enum vv_status tell(const struct vv_cli *cli, const struct vv_compare_rule *rule, const struct vv_side side[2],
                           bool *differ)
{
    struct vv_comparison comparison;
    struct vv_changes changes;
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    enum vv_status st = vv_compare_tables(&side[0].table, &side[1].table, rule, &comparison);
    const enum vv_status found = vv_changes_find(side[0].configuration, side[1].configuration, &changes);
    if (!st) st = found;
    if (!st) {
        if (!cli->quiet) vv_differences_write(side, &changes, &comparison, rule, cli->verbose != NULL, &text);
        vv_differences_verdict(&comparison, rule, &text);
        if (text.failed) st = VV_MEMORY;
        else fputs(text.text, stdout);
        *differ = vv_comparison_differs(&comparison);
    }
    vv_changes_release(&changes);
    vv_comparison_release(&comparison);
    vv_strbuf_release(&text);
    return st;
}

static enum vv_status diff(const struct vv_cli *cli)
{
    struct vv_compare_rule rule;
    struct vv_side side[2] = {{.path = NULL}, {.path = NULL}};
    struct vv_strbuf report[2];
    bool differ = false;
    if (cli->n_arguments != 2) {
        vv_fail(VV_USAGE, "diff needs two reports");
        return vv_error_hint("usage: varve diff A B, folders of runs or report.h5 files");
    }
    VV_TRY(read_rule(cli, &rule));
    vv_strbuf_init(&report[0]);
    vv_strbuf_init(&report[1]);
    enum vv_status st = read_side(cli->arguments[0], &report[0], &side[0]);
    if (!st) st = read_side(cli->arguments[1], &report[1], &side[1]);
    if (!st) st = tell(cli, &rule, side, &differ);
    for (int s = 0; s < 2; s++) {
        vv_table_release(&side[s].table);
        if (side[s].configuration) vv_tree_release(&side[s].configuration);
        vv_strbuf_release(&report[s]);
    }
    if (!st && differ) st = vv_fail(VV_FAILED, "%s", ""); /* the verdict has been told */
    return st;
}

enum vv_status vv_command_diff(const struct vv_call *call)
{
    return vv_agree(call->comm, vv_comm_rank(call->comm) == 0 ? diff(call->cli) : VV_OK);
}
