/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "dist/agree.h"
#include "io/table_csv.h"
#include "io/tidy.h"

void vv_tidy_write_csv(const struct vv_tidy_sheet *sheet, const char *provenance, struct vv_strbuf *out)
{
    vv_strbuf_addf(out, "# %s\n", provenance);
    for (int c = 0; c < sheet->n_columns; c++)
        if (sheet->columns[c].role != VV_TIDY_POSITION)
            vv_csv_put_comment(sheet->columns[c].name, sheet->columns[c].units, sheet->columns[c].description, out);
    for (int c = 0; c < sheet->n_columns; c++) {
        vv_csv_put_text(sheet->columns[c].name, out);
        vv_strbuf_puts(out, c + 1 < sheet->n_columns ? "," : "\n");
    }
    for (int64_t i = 0; i < sheet->n_rows; i++)
        for (int c = 0; c < sheet->n_columns; c++) {
            const struct vv_tidy_column *const column = &sheet->columns[c];
            if (column->type == VV_TEXT) vv_csv_put_text(column->text[i], out);
            else if (column->type == VV_I64) vv_strbuf_addf(out, "%lld", (long long)column->i64[i]);
            else vv_csv_put_number(column->f64[i], out);
            vv_strbuf_puts(out, c + 1 < sheet->n_columns ? "," : "\n");
        }
}

static enum vv_status write_column(const struct vv_tidy_sheet *sheet, const struct vv_tidy_column *c,
                                   struct vv_h5_file *file)
{
    struct vv_strbuf name, scale;
    vv_strbuf_init(&name);
    vv_strbuf_init(&scale);
    vv_strbuf_addf(&name, "%s/%s", sheet->name, c->name);
    vv_strbuf_addf(&scale, "%s/observation", sheet->name);
    const struct vv_h5_spec spec = {.name = name.text,
                                    .long_name = c->long_name,
                                    .units = c->units,
                                    .description = c->description,
                                    .type = c->type == VV_F64 ? VV_H5_F64 : c->type == VV_I64 ? VV_H5_I64 : VV_H5_TEXT,
                                    .n_dims = 1,
                                    .length = {sheet->n_rows},
                                    .scale = {scale.text}};
    const void *const values = c->type == VV_F64   ? (const void *)c->f64
                               : c->type == VV_I64 ? (const void *)c->i64
                                                   : (const void *)c->text;
    enum vv_status st = vv_agree_to_finish(vv_h5_comm(file), name.failed || scale.failed ? VV_MEMORY : VV_OK);
    if (!st) st = vv_h5_write(file, &spec, values);
    vv_strbuf_release(&name);
    vv_strbuf_release(&scale);
    return st;
}

static enum vv_status write_scale(const struct vv_tidy_sheet *sheet, struct vv_h5_file *file)
{
    struct vv_strbuf name;
    int64_t *const counts = vv_mem_new(sheet->n_rows, sizeof *counts, "a coordinate");
    vv_strbuf_init(&name);
    vv_strbuf_addf(&name, "%s/observation", sheet->name);
    for (int64_t i = 0; counts && i < sheet->n_rows; i++) counts[i] = i;
    const struct vv_h5_spec spec = {.name = name.text,
                                    .long_name = "observation",
                                    .units = "1",
                                    .description = "number of the row, from 0",
                                    .type = VV_H5_I64,
                                    .n_dims = 1,
                                    .length = {sheet->n_rows},
                                    .is_scale = true};
    enum vv_status st = vv_agree_to_finish(vv_h5_comm(file), counts && !name.failed ? VV_OK : VV_MEMORY);
    if (!st) st = vv_h5_write(file, &spec, counts);
    vv_mem_free(counts);
    vv_strbuf_release(&name);
    return st;
}

enum vv_status vv_tidy_write_h5(const struct vv_tidy *t, struct vv_h5_file *file)
{
    for (int s = 0; s < t->n_sheets; s++) {
        VV_TRY(write_scale(&t->sheets[s], file));
        for (int c = 0; c < t->sheets[s].n_columns; c++)
            VV_TRY(write_column(&t->sheets[s], &t->sheets[s].columns[c], file));
    }
    return VV_OK;
}
