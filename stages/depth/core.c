/* SPDX-License-Identifier: MIT */
/* The minimum rule (Valeriani et al., NeurIPS 2023, "strategy"): the ID rises from the input to a first
 * peak; the representation to transfer is at the relative minimum of the ID after that peak. Which
 * maxima and minima count is decided by their prominence. */
#include "stages/depth/core.h"

#include <math.h>
#include <stdbool.h>

#include "base/mem.h"
#include "base/significance.h"

const char *vv_depth_rule_text(enum vv_depth_rule rule)
{
    switch (rule) {
    case VV_DEPTH_MINIMUM: return "the lowest relative minimum of the ID after its first peak";
    case VV_DEPTH_FALLING: return "no relative minimum after the first peak: the lowest ID there";
    case VV_DEPTH_NO_PEAK: return "no suggestion: the ID has no pronounced peak after the input";
    case VV_DEPTH_NO_PROFILE: return "no suggestion: fewer than three layers have an ID";
    }
    return "unknown";
}

/* The next layer with a value in the direction of `step`; -1 or n beyond the end. */
static int next(const struct vv_profile *p, int i, int step)
{
    for (i += step; i >= 0 && i < p->n && isnan(p->value[i]);) i += step;
    return i;
}

static bool inside(const struct vv_profile *p, int i)
{
    return i >= 0 && i < p->n;
}

/* The lowest of sign * value on the way from i to something higher, or to the end. */
static double base(const struct vv_profile *p, int i, int step, int sign)
{
    const double top = sign * p->value[i];
    double low = top;
    for (int j = next(p, i, step); inside(p, j); j = next(p, j, step)) {
        const double v = sign * p->value[j];
        if (v > top) break;
        if (v < low) low = v;
    }
    return low;
}

void vv_profile_prominence(const struct vv_profile *p, int sign, double *prominence)
{
    for (int i = 0; i < p->n; i++) {
        prominence[i] = NAN;
        if (isnan(p->value[i])) continue;
        const double v = sign * p->value[i];
        const int before = next(p, i, -1);
        int after = next(p, i, 1);
        while (inside(p, after) && sign * p->value[after] == v) after = next(p, after, 1);
        if (!inside(p, before) || !inside(p, after)) continue;
        if (sign * p->value[before] >= v || sign * p->value[after] >= v) continue;
        prominence[i] = v - fmax(base(p, i, -1, sign), base(p, i, 1, sign));
    }
}

static double error_of(const struct vv_profile *p, int i)
{
    return isnan(p->error[i]) ? 0.0 : p->error[i];
}

static double range(const struct vv_profile *p)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < p->n; i++) {
        if (isnan(p->value[i])) continue;
        low = fmin(low, p->value[i]);
        high = fmax(high, p->value[i]);
    }
    return high > low ? high - low : 0.0;
}

enum vv_status vv_profile_extrema(const struct vv_profile *p, double fraction,
                                  double significance, int *kind)
{
    double *prominence = vv_mem_new(p->n, sizeof *prominence, "prominences");
    if (!prominence) return VV_MEMORY;
    const double least = fraction * range(p);
    for (int i = 0; i < p->n; i++) kind[i] = 0;
    for (int sign = 1; sign >= -1; sign -= 2) {
        vv_profile_prominence(p, sign, prominence);
        for (int i = 0; i < p->n; i++)
            if (prominence[i] >= least && prominence[i] > significance * error_of(p, i))
                kind[i] = sign;
    }
    vv_mem_free(prominence);
    return VV_OK;
}

/* Whether a layer on the way from i to something higher is surely lower. */
static bool surely_lower(const struct vv_profile *p, int i, int step, int sign, double z)
{
    for (int j = next(p, i, step); inside(p, j); j = next(p, j, step)) {
        const double drop = sign * (p->value[i] - p->value[j]);
        if (drop < 0.0) return false;
        if (drop > z * hypot(error_of(p, i), error_of(p, j))) return true;
    }
    return false;
}

void vv_profile_confirm(const struct vv_profile *p, double confidence, int *kind)
{
    double n = 0.0;
    for (int i = 0; i < p->n; i++) n += !isnan(p->value[i]);
    const double z = -vv_normal_quantile((1.0 - confidence) / fmax(1.0, 0.5 * n * (n - 1.0)));
    for (int i = 0; i < p->n; i++)
        if (kind[i] != 0 && !(surely_lower(p, i, -1, kind[i], z) && surely_lower(p, i, 1, kind[i], z))) kind[i] = 0;
}

struct vv_depth_verdict vv_depth_judge(const struct vv_profile *p, const int *kind)
{
    struct vv_depth_verdict v = {.rule = VV_DEPTH_NO_PROFILE, .first_peak = -1, .suggested = -1};
    int n_values = 0, lowest = -1;
    for (int i = 0; i < p->n; i++) n_values += !isnan(p->value[i]);
    if (n_values < 3) return v;
    v.rule = VV_DEPTH_NO_PEAK;
    for (int i = 0; i < p->n && v.first_peak < 0; i++)
        if (kind[i] > 0) v.first_peak = i;
    if (v.first_peak < 0) return v;
    for (int i = v.first_peak + 1; i < p->n; i++) {
        if (isnan(p->value[i])) continue;
        if (lowest < 0 || p->value[i] < p->value[lowest]) lowest = i;
        if (kind[i] < 0 && (v.suggested < 0 || p->value[i] < p->value[v.suggested]))
            v.suggested = i;
    }
    v.rule = v.suggested >= 0 ? VV_DEPTH_MINIMUM : VV_DEPTH_FALLING;
    if (v.suggested < 0) v.suggested = lowest;
    return v;
}

int vv_profile_ties(const struct vv_profile *p, int from, int best, double significance, int *tied)
{
    int n = 0;
    for (int i = 0; i < p->n; i++) {
        tied[i] = i == best;
        if (best < 0 || i < from || i == best || isnan(p->value[i])) continue;
        const double error = hypot(error_of(p, i), error_of(p, best));
        tied[i] = fabs(p->value[i] - p->value[best]) <= significance * error;
        n += tied[i];
    }
    return n;
}

int vv_profile_most(const struct vv_profile *p, int sign)
{
    int best = -1;
    for (int i = 0; i < p->n; i++)
        if (!isnan(p->value[i]) && (best < 0 || sign * p->value[i] > sign * p->value[best]))
            best = i;
    return best;
}

void vv_profile_order(const struct vv_profile *p, int from, int *order)
{
    for (int i = 0; i < p->n; i++) {
        order[i] = i >= from && !isnan(p->value[i]);
        for (int j = from; order[i] && j < p->n; j++)
            order[i] += p->value[j] < p->value[i] || (j < i && p->value[j] == p->value[i]);
    }
}
