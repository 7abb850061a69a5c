/* SPDX-License-Identifier: MIT */
/* Many networks in a sweep: the depths that each point reports for its series, one observation a row. A rank
 * correlation takes the rows as independent, so a network may have one only: a sweep that also varies how networks are
 * looked at (stages.knn.k, rows, labels) repeats them, which would make p-values too small; it gives none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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

/* Whether a column tells networks apart: a swept key that leads to other layers, or the series. Other labels or rows
 * make no other network. */
static bool of_network(const struct vv_tidy_column *c)
{
    static const char *const sections[] = {"input.layers.", "input.neighbors.", "input.synthetic."};
    if (c->role != VV_TIDY_KEY) return strcmp(c->name, "series_name") == 0;
    if (strcmp(c->name, "input.synthetic.n_samples") == 0) return false;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strncmp(c->name, sections[i], strlen(sections[i])) == 0) return true;
    return false;
}

struct row {
    const struct vv_tidy_sheet *sheet;
    int64_t at;
};

static int compare_cells(const struct vv_tidy_column *c, int64_t a, int64_t b)
{
    switch (c->type) {
    case VV_F64: return (c->f64[a] > c->f64[b]) - (c->f64[a] < c->f64[b]);
    case VV_I64: return (c->i64[a] > c->i64[b]) - (c->i64[a] < c->i64[b]);
    default: return strcmp(c->text[a] ? c->text[a] : "", c->text[b] ? c->text[b] : "");
    }
}

/* By network; 0: the same one. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *const x = a, *const y = b;
    int order = 0;
    for (int c = 0; order == 0 && c < x->sheet->n_columns; c++)
        if (of_network(&x->sheet->columns[c])) order = compare_cells(&x->sheet->columns[c], x->at, y->at);
    return order;
}

static enum vv_status count_networks(const struct vv_tidy_sheet *sheet, int64_t *n_networks)
{
    struct row *const rows = vv_mem_new(sheet->n_rows, sizeof *rows, "networks of a sweep");
    if (!rows) return VV_MEMORY;
    for (int64_t i = 0; i < sheet->n_rows; i++) rows[i] = (struct row){sheet, i};
    qsort(rows, (size_t)sheet->n_rows, sizeof *rows, compare_rows);
    *n_networks = sheet->n_rows > 0;
    for (int64_t i = 1; i < sheet->n_rows; i++) *n_networks += compare_rows(&rows[i - 1], &rows[i]) != 0;
    vv_mem_free(rows);
    return VV_OK;
}

static bool is_pair(const struct vv_tidy_column *c, char words[256], const char **of)
{
    return c->type == VV_F64 && by_labels(c->name, words, of);
}

/* Fewer than 3 networks would have no rank correlation anyway. */
static enum vv_status say_repeated(const struct vv_tidy_sheet *sheet, int64_t n_networks, struct vv_strbuf *sentences)
{
    const char *of;
    char words[256];
    bool any = false;
    for (int c = 0; c < sheet->n_columns; c++) any = any || is_pair(&sheet->columns[c], words, &of);
    if (!any || n_networks < 3) return VV_OK;
    vv_strbuf_addf(sentences, "%sNo rank correlation between the ID rule and labels: the %lld observations are of %lld "
                   "networks only, and those of the same network are not independent. For one, sweep input.layers or "
                   "input.synthetic alone.",
                   sentences->length > 0 ? " " : "", (long long)sheet->n_rows, (long long)n_networks);
    return sentences->failed ? VV_MEMORY : VV_OK;
}

enum vv_status vv_depth_conclude(const struct vv_tidy *points, struct vv_table *out, struct vv_strbuf *sentences)
{
    int64_t n_networks;
    const struct vv_tidy_sheet *const sheet = find_sheet(points);
    const struct vv_tidy_column *const rule = sheet ? find_column(sheet, RULE) : NULL;
    if (!rule || sheet->n_rows < 2 || sheet->n_rows > INT32_MAX) return VV_OK;
    VV_TRY(count_networks(sheet, &n_networks));
    if (n_networks < sheet->n_rows) return say_repeated(sheet, n_networks, sentences);
    for (int c = 0; c < sheet->n_columns; c++) {
        const struct vv_tidy_column *const labels = &sheet->columns[c];
        struct vv_depth_pair pair = {.among = "networks", .n = (int)sheet->n_rows, .rule = rule->f64,
                                     .labels = labels->f64};
        char words[256];
        if (!is_pair(labels, words, &pair.of)) continue;
        pair.words = words;
        VV_TRY(vv_depth_correlate(&pair, out, sentences));
    }
    return VV_OK;
}
