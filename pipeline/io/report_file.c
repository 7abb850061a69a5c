/* SPDX-License-Identifier: MIT */
#include "io/report_file.h"

#include <string.h>

#include "base/strbuf.h"
#include "dist/agree.h"
#include "io/h5.h"
#include "io/publish.h"
#include "io/table_csv.h"
#include "io/table_h5.h"

/* Collective. What reading back needs: the place of every column. */
static enum vv_status write_order(struct vv_h5_file *file, const struct vv_table *all)
{
    static const char in[] = VV_REPORT_ORDERED "/";
    struct vv_strbuf names;
    bool told = false;
    vv_strbuf_init(&names);
    for (int i = 0; i < all->n_columns; i++) {
        vv_strbuf_addf(&names, "%s\n", all->columns[i]->name);
        told = told || strncmp(all->columns[i]->name, in, strlen(in)) == 0;
    }
    enum vv_status st = vv_agree_to_finish(vv_h5_comm(file), names.failed ? VV_MEMORY : VV_OK);
    if (!st && told) st = vv_h5_write_text_attribute(file, VV_REPORT_ORDERED, VV_REPORT_COLUMNS, names.text);
    vv_strbuf_release(&names);
    return st;
}

enum vv_status vv_report_write(struct vv_comm *c, const char *directory, const struct vv_table *all)
{
    struct vv_strbuf path, temporary;
    struct vv_h5_file *file = NULL;
    vv_strbuf_init(&path);
    vv_strbuf_init(&temporary);
    vv_strbuf_addf(&path, "%s/report.h5", directory);
    enum vv_status st = path.failed ? VV_MEMORY : vv_publish_temporary(path.text, &temporary);
    if ((st = vv_agree(c, st))) goto done;
    if ((st = vv_h5_create(c, temporary.text, &file))) goto done;
    st = vv_h5_write_text_attribute(file, "/", "title", "varve report");
    if (!st) st = vv_h5_write_int_attribute(file, "/", "schema", 1);
    if (!st)
        st = vv_h5_write_text_attribute(
            file, "/", "note",
            "every dataset carries long_name, units and description; only /provenance varies "
            "between runs of the same analysis");
    if (!st) st = vv_table_h5_write(file, all);
    if (!st) st = write_order(file, all);
    const enum vv_status closed = vv_h5_close(&file);
    st = vv_publish_finish(c, temporary.text, path.text, st ? st : closed);
done:
    vv_strbuf_release(&path);
    vv_strbuf_release(&temporary);
    return st;
}

static enum vv_status write_sheet(struct vv_comm *c, const char *directory, const struct vv_csv_sheet *sheet)
{
    struct vv_strbuf path, text;
    vv_strbuf_init(&path);
    vv_strbuf_init(&text);
    vv_strbuf_addf(&path, "%s/tables/%s.csv", directory, sheet->name);
    vv_csv_write(sheet, "varve report, schema 1; the same numbers as in report.h5", &text);
    enum vv_status st = vv_agree(c, path.failed || text.failed ? VV_MEMORY : VV_OK);
    if (!st) st = vv_publish_text(c, path.text, text.text);
    vv_strbuf_release(&path);
    vv_strbuf_release(&text);
    return st;
}

enum vv_status vv_report_write_csv(struct vv_comm *c, const char *directory, const struct vv_table *all)
{
    struct vv_strbuf folder;
    struct vv_csv_sheet *sheets = NULL;
    int n = 0;
    vv_strbuf_init(&folder);
    vv_strbuf_addf(&folder, "%s/tables", directory);
    enum vv_status st = vv_agree(c, folder.failed ? VV_MEMORY : vv_csv_sheets(all, &sheets, &n));
    if (!st) st = vv_publish_directory(c, folder.text);
    for (int i = 0; !st && i < n; i++)
        if (strncmp(sheets[i].name, "provenance", strlen("provenance")) != 0)
            st = write_sheet(c, directory, &sheets[i]);
    vv_csv_release(&sheets, n);
    vv_strbuf_release(&folder);
    return st;
}
