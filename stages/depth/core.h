/* SPDX-License-Identifier: MIT */
/* Which layer to transfer from, judged from profiles over depth: quantities with standard errors, one
 * value a layer, NaN where a layer has none. */
#ifndef VV_DEPTH_CORE_H
#define VV_DEPTH_CORE_H

#include "base/error.h"

struct vv_profile {
    int n;
    const double *value, *error; /* [n]; an error that is NaN counts as 0, but in sets (best.h) */
};

enum vv_depth_rule {
    VV_DEPTH_MINIMUM,   /* lowest of the pronounced minima after the first peak */
    VV_DEPTH_FALLING,   /* no minimum after the peak: the lowest layer after it */
    VV_DEPTH_NO_PEAK,   /* no pronounced maximum after the input: no suggestion */
    VV_DEPTH_NO_PROFILE /* fewer than three layers have an ID */
};

/* The minimum rule. Positions count from 0 within the profile; -1: none. */
struct vv_depth_verdict {
    enum vv_depth_rule rule;
    int first_peak, suggested;
};

/* Local. A phrase for people. */
const char *vv_depth_rule_text(enum vv_depth_rule rule);

/* Local. Prominence of every local maximum (sign 1) or minimum (sign -1), NaN elsewhere: how far one
 * must descend from a maximum before a higher one can be reached, or the end. A plateau counts at its
 * first layer; the first and last layer with a value are no extrema. prominence: [n] */
void vv_profile_prominence(const struct vv_profile *p, int sign, double *prominence);

/* Local. 1 at pronounced maxima, -1 at pronounced minima, else 0: the prominence exceeds `fraction` of
 * the range of the profile, and `significance` standard errors of the extremum. kind: [n] */
enum vv_status vv_profile_extrema(const struct vv_profile *p, double fraction,
                                  double significance, int *kind);

/* Local. Unmarks extrema that chance could have made: on the way to a higher layer (base) on either side, some layer
 * must differ from the extremum by z errors of the difference, z being that of a one-sided test at 1 - confidence
 * divided by the number of pairs of layers (Bonferroni). So a profile that truly only rises, only falls or is flat gets
 * a suggestion with probability 1 - confidence at most, as far as the errors are right: its peak would need both a rise
 * and a fall. kind: [n], from vv_profile_extrema */
void vv_profile_confirm(const struct vv_profile *p, double confidence, int *kind);

/* Local. Applies the minimum rule. kind: [n], from vv_profile_extrema */
struct vv_depth_verdict vv_depth_judge(const struct vv_profile *p, const int *kind);

/* Local. Marks the layers from `from` on whose value cannot be told from that at `best`: the difference
 * is at most `significance` times the error of the difference. tied: [n], 1 at `best` itself.
 * Returns how many besides it. */
int vv_profile_ties(const struct vv_profile *p, int from, int best, double significance,
                    int *tied);

/* Local. Position of the largest (sign 1) or smallest (-1) value, the first of equals; -1 without. */
int vv_profile_most(const struct vv_profile *p, int sign);

/* Local. order[i] = 1 for the lowest value from `from` on, 2 for the next, ..; equal values in order
 * of depth; 0 before `from` and where there is no value. order: [n] */
void vv_profile_order(const struct vv_profile *p, int from, int *order);

#endif
