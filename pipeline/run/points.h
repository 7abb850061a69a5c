/* SPDX-License-Identifier: MIT */
/* What a command line asks for: the configuration as it is written, read once, and the points of its sweep. Without
 * a sweep there is one run, point VV_NO_POINT. */
#ifndef VV_RUN_POINTS_H
#define VV_RUN_POINTS_H

#include "base/log.h"
#include "config/sweep.h"
#include "dist/comm.h"
#include "run/cli.h"
#include "run/settings.h"

enum { VV_NO_POINT = -1 };

struct vv_points {
    bool swept;                /* there is a sweep, if perhaps a wrong one */
    struct vv_diagnostics diagnostics; /* what is wrong with the text or the sweep */
    struct vv_node *tree;      /* file and overrides, without `sweep`; owned */
    struct vv_node *section;   /* `sweep`; owned */
    struct vv_settings schema; /* that the keys of the sweep are looked up in */
    struct vv_sweep sweep;     /* n_points is 0: there is none */
    int64_t only;              /* the point that --index asks for, else VV_NO_POINT */
    int cores;                 /* threads for a rank when all ranks work */
};

/* Collective. Reads the configuration. What is wrong with its text or its sweep goes to p->diagnostics; the points
 * themselves are not looked at yet. VV_USAGE for a file that cannot be opened, and for an --index there is not.
 * To be closed in any case, after whatever uses it. */
enum vv_status vv_points_open(struct vv_points *p, struct vv_comm *c, const struct vv_cli *cli);
void vv_points_close(struct vv_points *p);

/* What holds for all points of a sweep, or for the one run there is. */
struct vv_points_common {
    struct vv_strbuf directory; /* of a sweep: the points have theirs in it */
    struct vv_strbuf cache;     /* folder of the cache that they share; empty: none */
    int64_t ranks_per_point;    /* 0: all */
    double time_limit;          /* seconds; 0: none */
};

/* Local. Some of it is at its default while there are mistakes in the configuration. To be released. */
enum vv_status vv_points_common_init(struct vv_points_common *common, const struct vv_points *p);
void vv_points_common_release(struct vv_points_common *common);

/* Local. How many points run side by side on `size` ranks. */
int vv_points_groups(const struct vv_points *p, const struct vv_points_common *common, int size);

/* Local. Tells what is odd about a sweep, but no mistake. */
void vv_points_warn(const struct vv_points *p, struct vv_log *log);

/* Local. The configuration of a point, with its own folder as `output`. What is wrong goes to `d`. */
enum vv_status vv_points_settings(const struct vv_points *p, int64_t point, struct vv_settings *s,
                                  struct vv_diagnostics *d);

/* Local. Prints diagnostics to standard error (if this rank speaks) and returns VV_USAGE when there are any. */
enum vv_status vv_points_verdict(const struct vv_diagnostics *d, const struct vv_cli *cli, bool speaks);

#endif
