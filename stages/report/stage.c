/* SPDX-License-Identifier: MIT */
/* report: every table of the run in one self-describing HDF5 file, and the same as tidy CSV. It knows
 * no stage: what a table holds, the report shows. */
#include <string.h>

#include "io/h5.h"
#include "io/publish.h"
#include "io/table_csv.h"
#include "io/table_h5.h"
#include "pipeline.h"

struct report_config {
    bool csv;
};

static const struct vv_param params[] = {
    {.key = "csv", .type = VV_PARAM_BOOL, .offset = offsetof(struct report_config, csv),
     .standard = "true", .help = "also write the tables as CSV files"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "tables", .kind = VV_TABLE}, {.name = NULL}};

static enum vv_status merge(const struct vv_inputs *in, struct vv_table *all)
{
    for (int i = 0; i < in->n[0]; i++) VV_TRY(vv_table_append(all, &in->items[0][i]->table));
    return VV_OK;
}

static enum vv_status write_h5(struct vv_context *ctx, const struct vv_table *all)
{
    struct vv_strbuf path, temporary;
    struct vv_h5_file *file = NULL;
    vv_strbuf_init(&path);
    vv_strbuf_init(&temporary);
    vv_strbuf_addf(&path, "%s/report.h5", ctx->directory);
    enum vv_status st = path.failed ? VV_MEMORY : vv_publish_temporary(path.text, &temporary);
    if ((st = vv_agree(ctx->comm, st))) goto done;
    if ((st = vv_h5_create(ctx->comm, temporary.text, &file))) goto done;
    st = vv_h5_write_text_attribute(file, "/", "title", "varve report");
    if (!st) st = vv_h5_write_int_attribute(file, "/", "schema", 1);
    if (!st)
        st = vv_h5_write_text_attribute(
            file, "/", "note",
            "every dataset carries long_name, units and description; only /provenance varies "
            "between runs of the same analysis");
    if (!st) st = vv_table_h5_write(file, all);
    const enum vv_status closed = vv_h5_close(&file);
    st = vv_publish_finish(ctx->comm, temporary.text, path.text, st ? st : closed);
done:
    vv_strbuf_release(&path);
    vv_strbuf_release(&temporary);
    return st;
}

static enum vv_status write_sheet(struct vv_context *ctx, const struct vv_csv_sheet *sheet)
{
    struct vv_strbuf path, text;
    vv_strbuf_init(&path);
    vv_strbuf_init(&text);
    vv_strbuf_addf(&path, "%s/tables/%s.csv", ctx->directory, sheet->name);
    vv_csv_write(sheet, "varve report, schema 1; the same numbers as in report.h5", &text);
    enum vv_status st = vv_agree(ctx->comm, path.failed || text.failed ? VV_MEMORY : VV_OK);
    if (!st) st = vv_publish_text(ctx->comm, path.text, text.text);
    vv_strbuf_release(&path);
    vv_strbuf_release(&text);
    return st;
}

static enum vv_status write_csv(struct vv_context *ctx, const struct vv_table *all)
{
    struct vv_strbuf folder;
    struct vv_csv_sheet *sheets = NULL;
    int n = 0;
    vv_strbuf_init(&folder);
    vv_strbuf_addf(&folder, "%s/tables", ctx->directory);
    enum vv_status st = vv_agree(ctx->comm, vv_csv_sheets(all, &sheets, &n));
    if (!st) st = vv_publish_directory(ctx->comm, folder.text);
    for (int i = 0; !st && i < n; i++)
        if (strncmp(sheets[i].name, "provenance", strlen("provenance")) != 0)
            st = write_sheet(ctx, &sheets[i]);
    vv_csv_release(&sheets, n);
    vv_strbuf_release(&folder);
    return st;
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct report_config *c = config;
    struct vv_table all = {.n_columns = 0};
    (void)out;
    enum vv_status st = vv_agree(ctx->comm, merge(in, &all));
    if (!st) st = write_h5(ctx, &all);
    if (!st && c->csv) st = write_csv(ctx, &all);
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
