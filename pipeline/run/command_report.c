/* SPDX-License-Identifier: MIT */
/* varve report: tables, figures and page of a finished run anew, from its report.h5. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "io/figure_files.h"
#include "io/report_file.h"
#include "run/commands.h"
#include "run/directory.h"
#include "run/manifest.h"
#include "run/page.h"
#include "run/registry.h"
#include "run/settings.h"

/* Local. Whether a run ended here as it should. */
static enum vv_status check_finished(const char *directory)
{
    static const char failed[] = "failed: ";
    char line[1200];
    if (!vv_directory_status(directory, line, sizeof line)) {
        vv_fail(VV_INPUT, "'%s' is not the folder of a run", directory);
        return vv_error_hint("give a folder that `varve run` made, such as results/quickstart");
    }
    if (strcmp(line, "done") == 0) return VV_OK;
    if (strncmp(line, failed, strlen(failed)) == 0)
        vv_fail(VV_INPUT, "the run in '%s' failed: %s", directory, line + strlen(failed));
    else
        vv_fail(VV_INPUT, "the run in '%s' is not finished: it is %s", directory, line);
    return vv_error_hint("the command that began it goes on with it");
}

/* Local. Whether the run wrote scripts of figures; it may have had no gnuplot to draw them. */
static bool has_scripts(const char *directory)
{
    static const char ending[] = ".gp";
    struct vv_strbuf path;
    bool found = false;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/figures", directory);
    DIR *const folder = path.failed ? NULL : opendir(path.text);
    for (const struct dirent *entry; !found && folder && (entry = readdir(folder));) {
        const size_t n = strlen(entry->d_name);
        found = n > strlen(ending) && strcmp(entry->d_name + n - strlen(ending), ending) == 0;
    }
    if (folder) closedir(folder);
    vv_strbuf_release(&path);
    return found;
}

/* Collective. */
static bool has_figures(struct vv_comm *c, const char *directory)
{
    int there = vv_comm_rank(c) == 0 && has_scripts(directory);
    vv_comm_bcast(c, &there, sizeof there, 0);
    return there != 0;
}

/* Local. What the run wished of its figures, from the configuration in its report. That of another version may hold
 * what is unknown here: the rest counts. */
static enum vv_status read_wishes(const struct vv_table *all, unsigned *formats, double *limit)
{
    const struct vv_column *const c = vv_table_find(all, "provenance/configuration");
    struct vv_diagnostics ignored = {0};
    struct vv_settings settings;
    struct vv_node *tree = NULL;
    enum vv_status st = VV_OK;
    if (c && c->type == VV_TEXT && vv_column_length(c) == 1 && c->text[0])
        st = vv_tree_parse(c->text[0], "report.h5", &ignored, &tree);
    if (!st && tree && !(st = vv_settings_parse(&settings, tree, &ignored))) {
        *formats = *(const unsigned *)vv_settings_value(&settings, VV_STAGE_report, "formats", VV_PARAM_CHOICES);
        *limit = *(const double *)vv_settings_value(&settings, VV_STAGE_report, "figure_time", VV_PARAM_TIME);
        vv_settings_release(&settings);
    }
    vv_diagnostics_release(&ignored);
    return st;
}

/* Collective. As the stage report draws them. */
static enum vv_status draw(struct vv_comm *c, const char *directory, const struct vv_table *all)
{
    const struct vv_column *const names = vv_table_find(all, "provenance/stage");
    const int64_t n = names && names->type == VV_TEXT ? vv_column_length(names) : 0;
    struct vv_figure_stage *const stages = vv_mem_new(n, sizeof *stages, "stages with figures");
    struct vv_figure_task task = {.directory = directory, .table = all, .stages = stages,
                                  .formats = 1u << VV_FORMAT_SVG, .limit = 30.0};
    struct vv_log log;
    enum vv_status st = vv_agree(c, stages ? read_wishes(all, &task.formats, &task.limit) : VV_MEMORY);
    for (int64_t i = 0; !st && i < n; i++) {
        const int s = names->text[i] ? vv_registry_find(names->text[i]) : -1;
        if (s >= 0) stages[task.n_stages++] = (struct vv_figure_stage){vv_registry[s]->name, vv_registry[s]->figures};
    }
    vv_log_init(&log, VV_LOG_INFO, vv_comm_rank(c) == 0);
    task.log = &log;
    if (!st) st = vv_figures_write(c, &task);
    vv_log_release(&log);
    vv_mem_free(stages);
    return st;
}

static enum vv_status rebuild(struct vv_comm *c, const char *directory)
{
    struct vv_table all = {.n_columns = 0};
    enum vv_status st = vv_agree(c, check_finished(directory));
    if (!st) st = vv_manifest_check_report(c, directory);
    if (!st) st = vv_agree(c, vv_report_read(directory, &all));
    if (!st) st = vv_report_write_csv(c, directory, &all);
    if (!st && has_figures(c, directory)) st = draw(c, directory, &all);
    if (!st) st = vv_page_write(c, directory, &all);
    if (!st) st = vv_manifest_write(c, directory, &all);
    vv_table_release(&all);
    return st;
}

enum vv_status vv_command_report(const struct vv_call *call)
{
    if (call->cli->n_arguments != 1) {
        vv_fail(VV_USAGE, "report needs one folder");
        return vv_error_hint("usage: varve report DIR");
    }
    struct vv_strbuf directory;
    vv_strbuf_init(&directory);
    vv_strbuf_puts(&directory, call->cli->arguments[0]);
    vv_directory_trim(&directory);
    enum vv_status st = vv_agree(call->comm, directory.failed ? VV_MEMORY : VV_OK);
    if (!st) st = rebuild(call->comm, directory.text);
    if (!st && vv_comm_rank(call->comm) == 0) printf("page: %s/report.html\n", directory.text);
    vv_strbuf_release(&directory);
    return st;
}
