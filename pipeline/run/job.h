/* SPDX-License-Identifier: MIT */
/* A job: configuration read, input opened, plan made. What run, check and plan have in common. */
#ifndef VV_RUN_JOB_H
#define VV_RUN_JOB_H

#include "data/labels.h"
#include "dist/comm.h"
#include "io/source.h"
#include "run/cli.h"
#include "run/others.h"
#include "neighbors/forecast.h"
#include "run/plan.h"
#include "run/points.h"
#include "run/settings.h"

struct vv_job {
    struct vv_comm *comm;
    const struct vv_cli *cli;
    struct vv_points points;   /* of vv_job_open */
    struct vv_settings settings;
    struct vv_diagnostics diagnostics;
    struct vv_source *source;
    struct vv_others others;
    struct vv_plan plan;
    int threads;               /* of each rank */
    struct vv_rates rates;     /* of this machine, if they were asked for */
    int n_layers;
    char **layer_names;        /* [n_layers] */
    struct vv_artifact *labels; /* [n_labels] */
    int n_labels;
};

/* Collective. Reads the configuration and the input's headers, counts label sets, makes the plan for
 * `size` ranks, with times if rates are to be measured. Problems of the configuration go to
 * job->diagnostics: the caller tells them with
 * vv_job_verdict. Anything else is returned; so is VV_USAGE for a sweep. To be closed in any case. */
enum vv_status vv_job_open(struct vv_job *job, struct vv_comm *comm, const struct vv_cli *cli,
                           int size, bool with_rates);

/* Collective. The same for one point of a configuration that was read; VV_NO_POINT where there is no sweep: then what
 * is wrong with the text moves to job->diagnostics. */
enum vv_status vv_job_open_point(struct vv_job *job, struct vv_comm *comm, const struct vv_cli *cli,
                                 struct vv_points *points, int64_t point, int size, bool with_rates);

/* Collective. Reads the labels. */
enum vv_status vv_job_read_labels(struct vv_job *job);

void vv_job_close(struct vv_job *job);

/* Local. Prints all diagnostics to standard error (if this rank speaks) and returns VV_USAGE when
 * there are any. */
enum vv_status vv_job_verdict(const struct vv_job *job, bool speaks);

#endif
