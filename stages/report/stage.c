/* SPDX-License-Identifier: MIT */
/* report: every table of the run in one self-describing HDF5 file, and the same as tidy CSV. It knows
 * no stage: what a table holds, the report shows. The page is the runner's (run/page.h): it is made from that file. */
#include "io/report_file.h"
#include "pipeline.h"

struct report_config {
    bool csv, html;
};

static const struct vv_param params[] = {
    {.key = "csv", .type = VV_PARAM_BOOL, .offset = offsetof(struct report_config, csv),
     .standard = "true", .help = "also write the tables as CSV files"},
    {.key = "html", .type = VV_PARAM_BOOL, .offset = offsetof(struct report_config, html),
     .standard = "true", .help = "also write report.html, one page to read and to send"}, /* by the runner */
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "tables", .kind = VV_TABLE}, {.name = NULL}};

static enum vv_status merge(const struct vv_inputs *in, struct vv_table *all)
{
    for (int i = 0; i < in->n[0]; i++) VV_TRY(vv_table_append(all, &in->items[0][i]->table));
    return VV_OK;
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
    vv_table_release(&all);
    return st;
}

extern const struct vv_stage vv_stage_report;
const struct vv_stage vv_stage_report = {
    .name = "report",
    .summary = "report.h5 and CSV tables of everything computed",
    .version = 1,
    .scope = VV_ALL_LAYERS,
    .inputs = inputs,
    .params = params,
    .config_size = sizeof(struct report_config),
    .run = run,
};
