/* SPDX-License-Identifier: MIT */
/* Many networks in a sweep: the depths that each point reports for its series, one observation a row. */
#include <stdio.h>
#include <string.h>

#include "stages/depth/correlate.h"
#include "stages/depth/points.h"

static const char SHEET[] = "depth_across", RULE[] = "relative_id_rule";

static const struct vv_tidy_sheet *find_sheet(const struct vv_tidy *points)
{
    for (int s = 0; s < points->n_sheets; s++)
        if (strcmp(points->sheets[s].name, SHEET) == 0) return &points->sheets[s];
    return NULL;
}

static const struct vv_tidy_column *find_column(const struct vv_tidy_sheet *sheet, const char *name)
{
    for (int c = 0; c < sheet->n_columns; c++)
        if (strcmp(sheet->columns[c].name, name) == 0 && sheet->columns[c].type == VV_F64) return &sheet->columns[c];
    return NULL;
}

/* What a column of depths by labels is called in words; false for other columns. */
static bool by_labels(const char *name, char words[256], const char **of)
{
    static const struct { const char *head, *words; } kinds[] = {{"relative_probe_", "the probe of"},
                                                                 {"relative_overlap_", "the overlap with"}};
    for (int k = 0; k < 2; k++) {
        if (strncmp(name, kinds[k].head, strlen(kinds[k].head)) != 0) continue;
        snprintf(words, 256, "%s '%.200s'", kinds[k].words, name + strlen(kinds[k].head));
        *of = name + strlen("relative_");
        return true;
    }
    return false;
}

enum vv_status vv_depth_conclude(const struct vv_tidy *points, struct vv_table *out, struct vv_strbuf *sentences)
{
    const struct vv_tidy_sheet *const sheet = find_sheet(points);
    const struct vv_tidy_column *const rule = sheet ? find_column(sheet, RULE) : NULL;
    if (!rule || sheet->n_rows < 2 || sheet->n_rows > INT32_MAX) return VV_OK;
    for (int c = 0; c < sheet->n_columns; c++) {
        const struct vv_tidy_column *const labels = &sheet->columns[c];
        struct vv_depth_pair pair = {.among = "networks", .n = (int)sheet->n_rows, .rule = rule->f64,
                                     .labels = labels->f64};
        char words[256];
        if (labels->type != VV_F64 || !by_labels(labels->name, words, &pair.of)) continue;
        pair.words = words;
        VV_TRY(vv_depth_correlate(&pair, out, sentences));
    }
    return VV_OK;
}
