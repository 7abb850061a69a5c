/* SPDX-License-Identifier: MIT */
/* A look at every point of a sweep before any is run: all that is wrong with any of them, what each will cost, and
 * which products several have in common. A product is made by the first point, in the order of their turns, that
 * needs it; a neighbor table serves all that need as many neighbors or fewer. */
#ifndef VV_RUN_SURVEY_H
#define VV_RUN_SURVEY_H

#include "run/cache.h"
#include "run/commands.h"
#include "run/points.h"

struct vv_survey_step {
    const struct vv_stage *stage;
    struct vv_digest key;  /* equal keys: the same product */
    int64_t most;          /* of a neighbor table: neighbors; else 0 */
    double flops;          /* of all layers and ranks */
    int64_t from;          /* the point that makes it: this one or an earlier */
    bool kept;             /* the cache has it */
};

struct vv_survey_point {
    int n_steps; /* 0: its input cannot be opened */
    struct vv_survey_step *steps;
    double bytes_peak; /* of one rank */
    int wave;          /* once earlier waves are over, it finds all neighbor tables but those it makes itself */
    double flops;      /* that are left to it */
};

struct vv_survey {
    int64_t n;
    struct vv_survey_point *points; /* [n] by point */
    int n_waves;
};

/* What a survey may be asked for besides. */
enum vv_survey_wish {
    VV_SURVEY_LOOK = 1,     /* look into the cache for vv_survey_step.kept */
    VV_SURVEY_FIT = 2,      /* a plan that exceeds resources.memory is an error */
    VV_SURVEY_TOLERANT = 4, /* points with errors of their own are passed over */
};

/* Collective. size: ranks of each point; wishes: of enum vv_survey_wish. Without a cache, or with --fresh, nothing is
 * shared. What is wrong with the configuration of a point is collected in `d`, each message once. An input that cannot
 * be opened is an error with the point's name in front. To be released in any case. */
enum vv_status vv_survey_make(const struct vv_call *call, struct vv_points *points, int size,
                              const struct vv_cache *cache, unsigned wishes, struct vv_survey *survey,
                              struct vv_diagnostics *d);
void vv_survey_release(struct vv_survey *survey);

#endif
