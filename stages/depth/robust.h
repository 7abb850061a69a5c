/* SPDX-License-Identifier: MIT */
/* How sure the minimum rule is of its layer, and what would change its mind. */
#ifndef VV_DEPTH_ROBUST_H
#define VV_DEPTH_ROBUST_H

#include <stdint.h>

#include "stages/depth/core.h"

/* When an extremum of the profile counts; see vv_profile_extrema and vv_profile_confirm. */
struct vv_minimum_rule {
    double prominence, significance, confidence;
};

/* Local. The whole rule. kind: [n], filled; p: not NULL */
enum vv_status vv_minimum_rule_apply(const struct vv_minimum_rule *rule, const struct vv_profile *p, int *kind,
                                     struct vv_depth_verdict *out);

/* Local. The rule on profiles resampled within their errors (each value plus its error times a normal deviate, which
 * is a function of (seed, first + i, draw)): how many of the draws suggest each layer; the others suggest none. Errors
 * count twice, in the profile and in the draw, so it errs towards doubt. n_suggested: [n] */
enum vv_status vv_minimum_resample(const struct vv_minimum_rule *rule, const struct vv_profile *p, int first,
                                   uint64_t seed, int n_draws, int64_t *n_suggested);

/* The suggestion is the same for prominence in (low, high]; NaN: no bound. `below` and `above` are the suggestions
 * beyond, -1: none. */
struct vv_prominence_range {
    double low, high;
    int below, above;
};

/* Local. suggested: that of the rule as it is. */
enum vv_status vv_minimum_range(const struct vv_minimum_rule *rule, const struct vv_profile *p, int suggested,
                                struct vv_prominence_range *out);

/* The smallest change of the ID of one layer that changes the suggestion. */
struct vv_flip {
    int layer;     /* -1: no change up to VV_MOST_ERRORS does */
    double errors; /* of that layer, in steps of a tenth; negative: lower */
    int suggested; /* afterwards; -1: none */
};

enum { VV_MOST_ERRORS = 10 };

/* Local. Layers without an error are left alone. Cost: 200 n applications of the rule at most. */
enum vv_status vv_minimum_flip(const struct vv_minimum_rule *rule, const struct vv_profile *p, int suggested,
                               struct vv_flip *out);

#endif
