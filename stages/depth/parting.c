/* SPDX-License-Identifier: MIT */
#include "stages/depth/parting.h"

#include <math.h>

static double known(double error)
{
    return isnan(error) ? 0.0 : error;
}

/* The first layer behind the most alike from which on value + sign * z * error is below the threshold; -1: none. */
static int first_below(const struct vv_profile *s, int most, double fraction, double z)
{
    int first = -1;
    for (int i = s->n - 1; i > most; i--) {
        if (isnan(s->value[i])) continue;
        const double error = hypot(known(s->error[i]), fraction * known(s->error[most]));
        if (!(s->value[i] + z * error < fraction * s->value[most])) break;
        first = i;
    }
    return first;
}

/* The largest similarity from `from` on, as a share of that at the most alike; NaN: none. */
static double most_beyond(const struct vv_profile *s, int most, int from)
{
    double found = NAN;
    for (int i = from; i < s->n; i++)
        if (!isnan(s->value[i]) && !(s->value[i] <= found * s->value[most])) found = s->value[i] / s->value[most];
    return found;
}

struct vv_parting vv_parting_of(const struct vv_profile *similarity, double fraction, double z)
{
    const struct vv_profile *const s = similarity;
    struct vv_parting out = {-1, -1, -1, -1, NAN, NAN};
    const int most = vv_profile_most(s, 1);
    if (most < 0 || !(s->value[most] > 0.0)) return out;
    out.most = most;
    out.layer = first_below(s, most, fraction, 0.0);
    out.earliest = first_below(s, most, fraction, -z);
    out.latest = first_below(s, most, fraction, z);
    if (out.layer >= 0) {
        int before = out.layer - 1;
        out.low = most_beyond(s, most, out.layer);
        while (before > most && isnan(s->value[before])) before--;
        out.high = before > most ? most_beyond(s, most, before) : 1.0;
    } else {
        for (int i = s->n - 1; i > most && isnan(out.high); i--)
            if (!isnan(s->value[i])) out.high = s->value[i] / s->value[most];
    }
    return out;
}
