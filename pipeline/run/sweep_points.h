/* SPDX-License-Identifier: MIT */
/* Running the points of a sweep on groups of ranks. The ranks are divided into groups once; each point has its wave
 * and its group, and within a wave the groups go through theirs without waiting for each other. Between waves all
 * wait, so that what one makes is there for the others. A group that fails or is stopped calls the others off: they
 * end the point they are at. */
#ifndef VV_RUN_SWEEP_POINTS_H
#define VV_RUN_SWEEP_POINTS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "run/commands.h"
#include "run/points.h"
#include "run/survey.h"

enum vv_ending { VV_NOT_BEGUN, VV_COMPUTED, VV_REUSED, VV_POINT_FAILED, VV_POINT_STOPPED, VV_N_ENDINGS };

struct vv_outcome {
    int64_t ending; /* enum vv_ending; integers, because they are exchanged */
    double seconds;
    struct vv_error *error; /* of one that did not end well, on the ranks that ran it; owned */
};

struct vv_sweeping {
    const struct vv_call *call;
    struct vv_points *points;
    struct vv_log log;
    struct vv_points_common common;
    const char *directory;      /* of the sweep */
    struct vv_survey survey;
    struct vv_comm *part;       /* the ranks that run points together with this one */
    int n_groups, group;        /* part is all ranks where there is one group */
    int *group_of;              /* [n_points] which group runs it */
    struct vv_outcome *outcomes; /* [n_points] */
    double begin;               /* seconds */
    struct vv_error stopped;    /* why this rank was told to stop between two points */
    bool keep_going;
};

/* Local. Whether a point is to be run at all: one of them with --index, else each. */
bool vv_sweeping_wants(const struct vv_sweeping *s, int64_t point);

/* Local. How many groups there are, and which is this rank's: before the survey, which needs to know. */
void vv_sweeping_count_groups(struct vv_sweeping *s);

/* Collective. Gives each point its group, by what the survey says of its cost, and forms the groups. */
enum vv_status vv_sweeping_form_groups(struct vv_sweeping *s);

/* Collective. Runs what is wanted; all ranks know the outcomes then. Returns the status of exchanging them. */
enum vv_status vv_sweeping_run(struct vv_sweeping *s);

/* Collective. The error with which a point ended, from those who ran it. */
struct vv_error vv_sweeping_error(const struct vv_sweeping *s, int64_t point);

/* Collective. Releases groups and outcomes. */
void vv_sweeping_release(struct vv_sweeping *s);

#endif
