/* SPDX-License-Identifier: MIT */
/* The parts of the page; for run/page*.c only. */
#ifndef VV_RUN_PAGE_PARTS_H
#define VV_RUN_PAGE_PARTS_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "data/table.h"
#include "io/table_csv.h"
#include "pipeline.h"

/* Mail servers refuse large attachments: what would make the page larger than this is named instead of shown. */
enum { VV_PAGE_BYTES = 4500000, VV_PAGE_FIGURES_BYTES = 3000000 };

/* A drawing of the folder figures/. */
struct vv_figure {
    char *name;  /* of the file, without ".svg" */
    bool first;  /* to be seen at a glance */
    bool shown;
};

struct vv_page {
    const struct vv_table *all;
    const char *directory;
    struct vv_strbuf *out;
    int n_layers;
    char *const *layer_names; /* [n_layers] borrowed from `all` */
    int n_sheets;
    struct vv_csv_sheet *sheets; /* [n_sheets] owned */
    int n_figures;
    struct vv_figure *figures;   /* [n_figures] in natural order; owned */
    size_t figure_bytes;         /* so far */
};

/* Local. The i-th stage that ran, as this program has it; NULL when it has none of that name and version.
 * *name: as the report has it. */
const struct vv_stage *vv_page_stage(const struct vv_page *p, int64_t i, const char **name);
int64_t vv_page_n_stages(const struct vv_page *p);

/* Local. The text of a scalar of the provenance; "" when there is none. / Its value; -1. */
const char *vv_page_text(const struct vv_page *p, const char *name);
int64_t vv_page_count(const struct vv_page *p, const char *name);

/* Local. Appends a sheet, or where to find it when it is too large. */
enum vv_status vv_page_sheet(struct vv_page *p, const struct vv_csv_sheet *sheet);

/* Local. Finds the drawings; a folder that is not there has none. */
enum vv_status vv_page_find_figures(struct vv_page *p);
void vv_page_release_figures(struct vv_page *p);

/* Which drawings: those of a group of tables, by their names. */
typedef bool (*vv_figure_fn)(const struct vv_figure *figure, const char *group);

/* Local. How many of the drawings not shown so far are wanted. / Appends them, at most `most`. */
int vv_page_count_figures(const struct vv_page *p, vv_figure_fn wanted, const char *group);
enum vv_status vv_page_figures(struct vv_page *p, vv_figure_fn wanted, const char *group, int most);

/* Local. What varies: warnings; ranks and times; command and configuration; program and machine. */
void vv_page_warnings(struct vv_page *p);
enum vv_status vv_page_times(struct vv_page *p);
void vv_page_reproduce(struct vv_page *p);
void vv_page_provenance(struct vv_page *p);

#endif
