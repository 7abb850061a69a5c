/* SPDX-License-Identifier: MIT */
/* The profiles of the points of a sweep side by side, as small multiples: <directory>/figures/<name>.gp, .dat and
 * drawings, named as in the reports of the points and in their formats. */
#ifndef VV_RUN_MULTIPLES_H
#define VV_RUN_MULTIPLES_H

#include "data/table.h"
#include "io/figure.h"
#include "run/points.h"

enum { VV_MULTIPLES_MOST = 24 }; /* points in a figure */

/* One figure of the reports: its chart for each point that has it. */
struct vv_multiple {
    char *name, *title;
    int n;
    struct vv_chart charts[VV_MULTIPLES_MOST];
    int point[VV_MULTIPLES_MOST]; /* positions among the names of points */
};

struct vv_multiples {
    unsigned formats;             /* as in io/figure_files.h */
    int64_t n_points;             /* added, though only the first ones are shown */
    char *names[VV_MULTIPLES_MOST]; /* of points */
    int n_multiples;
    struct vv_multiple *multiples; /* in the order in which they came */
};

/* Local. An empty one is a zeroed struct. */
void vv_multiples_release(struct vv_multiples *c);

/* Local. Adds the profiles of a point, from all columns of its report. */
enum vv_status vv_multiples_add(struct vv_multiples *c, const struct vv_table *report, const char *point);

/* Local. Writes and draws the figures that several points have, and calls list() with the name of each file, from the
 * directory on. What cannot be written or drawn is a warning; VV_MEMORY. */
enum vv_status vv_multiples_write(struct vv_multiples *c, const char *directory, struct vv_log *log,
                                   void (*list)(void *whom, const char *name), void *whom);

/* Local. Whether figures are wanted, and in which formats: as by the first point that has finished. finished:
 * [n_points] */
bool vv_multiples_wanted(const struct vv_points *points, const bool *finished, unsigned *formats);

#endif
