/* SPDX-License-Identifier: MIT */
/* report: every table of the run in one self-describing HDF5 file, the same as tidy CSV, and figures. It knows no
 * stage: what a table holds, the report shows. The page is the runner's (run/page.h): it is made from that file. */
#include "io/figure_files.h"
#include "io/report_file.h"
#include "pipeline.h"

struct report_config {
    bool csv, figures, html;
    unsigned formats;
    double figure_time;
};

static const struct vv_param params[] = {
    {.key = "csv", .type = VV_PARAM_BOOL, .offset = offsetof(struct report_config, csv),
     .standard = "true", .help = "also write the tables as CSV files"},
    {.key = "html", .type = VV_PARAM_BOOL, .offset = offsetof(struct report_config, html),
     .standard = "true", .help = "also write report.html, one page to read and to send"}, /* by the runner */
    {.key = "figures", .type = VV_PARAM_BOOL, .offset = offsetof(struct report_config, figures), .standard = "true",
     .help = "also write figures: scripts for gnuplot with their data, and what it makes of them where installed"},
    {.key = "formats", .type = VV_PARAM_CHOICES, .offset = offsetof(struct report_config, formats), .standard = "svg",
     .choices = vv_figure_formats, .help = "of the figures; an empty list leaves it at scripts and data"},
    {.key = "figure_time", .type = VV_PARAM_TIME, .offset = offsetof(struct report_config, figure_time),
     .standard = "30 s", .minimum = 0.1, .maximum = 86400,
     .help = "gnuplot is ended when it takes longer for a figure, and not asked for others"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "tables", .kind = VV_TABLE}, {.name = NULL}};

static enum vv_status merge(const struct vv_inputs *in, struct vv_table *all)
{
    for (int i = 0; i < in->n[0]; i++) VV_TRY(vv_table_append(all, &in->items[0][i]->table));
    return VV_OK;
}

static enum vv_status write_figures(struct vv_context *ctx, const struct report_config *c, const struct vv_table *all)
{
    struct vv_figure_stage *const stages = vv_mem_new(ctx->n_stages, sizeof *stages, "stages with figures");
    enum vv_status st = vv_agree(ctx->comm, stages ? VV_OK : VV_MEMORY);
    for (int i = 0; !st && i < ctx->n_stages; i++)
        stages[i] = (struct vv_figure_stage){ctx->stages[i]->name, ctx->stages[i]->figures};
    const struct vv_figure_task task = {.directory = ctx->directory, .table = all, .stages = stages,
                                        .n_stages = ctx->n_stages, .formats = c->formats, .limit = c->figure_time,
                                        .log = ctx->log, .progress = ctx->progress};
    if (!st) st = vv_figures_write(ctx->comm, &task);
    vv_mem_free(stages);
    return st;
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct report_config *c = config;
    struct vv_table all = {.n_columns = 0};
    (void)out;
    enum vv_status st = vv_agree(ctx->comm, merge(in, &all));
    if (!st) st = vv_report_write(ctx->comm, ctx->directory, &all);
    if (!st && c->csv) st = vv_report_write_csv(ctx->comm, ctx->directory, &all);
    if (!st && c->figures) st = write_figures(ctx, c, &all);
    vv_table_release(&all);
    return st;
}

extern const struct vv_stage vv_stage_report;
const struct vv_stage vv_stage_report = {
    .name = "report",
    .summary = "report.h5, CSV tables and figures of everything computed",
    .version = 1,
    .scope = VV_ALL_LAYERS,
    .inputs = inputs,
    .params = params,
    .config_size = sizeof(struct report_config),
    .run = run,
};
