/* SPDX-License-Identifier: MIT */
/* The figures of a run: <directory>/figures/<name>.gp and .dat, and what gnuplot makes of them. Rank 0 writes; figures
 * are an extra, so that whatever is wrong with them or with gnuplot is a warning and never ends a run. */
#ifndef VV_IO_FIGURE_FILES_H
#define VV_IO_FIGURE_FILES_H

#include "base/log.h"
#include "data/figure.h"
#include "data/table.h"
#include "dist/comm.h"
#include "dist/progress.h"
#include "io/figure.h"

enum { VV_FORMAT_SVG, VV_FORMAT_PDF, VV_FORMAT_PNG, VV_N_FORMATS };

/* Their names, which are the endings of the files; ended by NULL. */
extern const char *const vv_figure_formats[];

/* A stage of the run. */
struct vv_figure_stage {
    const char *name;
    const struct vv_figure_wish *wishes; /* ended by a name that is NULL; NULL: what its columns suggest */
};

struct vv_figure_task {
    const char *directory;              /* of the run */
    const struct vv_table *table;       /* all that the report has */
    const struct vv_figure_stage *stages; /* [n_stages] */
    int n_stages;
    unsigned formats;                   /* bit i: vv_figure_formats[i] is drawn, too */
    double limit;                       /* seconds for each run of gnuplot */
    struct vv_log *log;
    struct vv_progress *progress;       /* or NULL */
};

/* Collective. Writes all figures. Where the script or the data of one are not as before, its drawings of before go, of
 * all formats. Fails for lack of memory, or when the run is to stop. */
enum vv_status vv_figures_write(struct vv_comm *c, const struct vv_figure_task *task);

/* One figure after the other, by one rank: for figures that do not come from the tables of one run. */
struct vv_figure_writer {
    const struct vv_figure_task *task; /* table and stages are not looked at */
    struct vv_comm *comm;              /* whose other ranks are kept informed; NULL: there are none */
    char *folder;
    int n_names;
    char **names;        /* [n_names] in use */
    int n_drawn, n_undrawn, n_written;
    bool absent, gave_up;
    char trouble[512];   /* the first one */
};

/* Local. Makes <directory>/figures. VV_OUTPUT when that cannot be. / Adds a figure under its name, or one with a number
 * behind where that is taken; runs gnuplot. VV_OUTPUT when files cannot be written. / Tells in the log what was not as
 * it should be, once; releases the writer. */
enum vv_status vv_figure_writer_open(struct vv_figure_writer *w, const struct vv_figure_task *task);
enum vv_status vv_figure_writer_add_chart(struct vv_figure_writer *w, struct vv_chart *chart);
void vv_figure_writer_close(struct vv_figure_writer *w);

#endif
