/* SPDX-License-Identifier: MIT */
#include "stages/depth/robust.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

enum vv_status vv_minimum_rule_apply(const struct vv_minimum_rule *rule, const struct vv_profile *p, int *kind,
                                     struct vv_depth_verdict *out)
{
    VV_TRY(vv_profile_extrema(p, rule->prominence, rule->significance, kind));
    vv_profile_confirm(p, rule->confidence, kind);
    *out = vv_depth_judge(p, kind);
    return VV_OK;
}

/* A copy of a profile whose values may change. */
struct draft {
    struct vv_profile p;
    double *value; /* [n], those of p */
    int *kind;     /* [n] */
};

static enum vv_status draft_init(struct draft *d, const struct vv_profile *p)
{
    *d = (struct draft){.p = *p};
    d->value = vv_mem_new(p->n, sizeof *d->value, "a profile");
    d->kind = vv_mem_new(p->n, sizeof *d->kind, "extrema");
    d->p.value = d->value;
    if (!d->value || !d->kind) return VV_MEMORY;
    memcpy(d->value, p->value, (size_t)p->n * sizeof *d->value);
    return VV_OK;
}

static void draft_release(struct draft *d)
{
    vv_mem_free(d->value);
    vv_mem_free(d->kind);
}

enum vv_status vv_minimum_resample(const struct vv_minimum_rule *rule, const struct vv_profile *p, int first,
                                   uint64_t seed, int n_draws, int64_t *n_suggested)
{
    const uint32_t stream = vv_rng_stream("depth/resample");
    struct draft d;
    enum vv_status st = draft_init(&d, p);
    memset(n_suggested, 0, (size_t)p->n * sizeof *n_suggested);
    for (int draw = 0; !st && draw < n_draws; draw++) {
        struct vv_depth_verdict v;
        for (int i = 0; i < p->n; i++) {
            const double e = vv_rng_normal(seed, stream, (uint64_t)(first + i), (uint32_t)draw);
            d.value[i] = p->value[i] + (isnan(p->error[i]) ? 0.0 : p->error[i] * e);
        }
        st = vv_minimum_rule_apply(rule, &d.p, d.kind, &v);
        if (!st && v.suggested >= 0) n_suggested[v.suggested]++;
    }
    draft_release(&d);
    return st;
}

/* The next share beyond `from` in the direction of step; NaN: none. share: [n] */
static double next_share(const double *share, int n, double from, int step)
{
    double found = NAN;
    for (int i = 0; i < n; i++) {
        if (isnan(share[i]) || step * (share[i] - from) <= 0.0) continue;
        if (isnan(found) || step * (share[i] - found) < 0.0) found = share[i];
    }
    return found;
}

/* Prominences of peaks, then of minima, as shares of the range. share: [2 n] */
static void find_shares(const struct vv_profile *p, double *share)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < p->n; i++) {
        if (isnan(p->value[i])) continue;
        low = fmin(low, p->value[i]);
        high = fmax(high, p->value[i]);
    }
    vv_profile_prominence(p, 1, share);
    vv_profile_prominence(p, -1, share + p->n);
    for (int i = 0; i < 2 * p->n; i++) share[i] /= high - low;
}

/* Extrema drop out one by one as the parameter rises: between their shares the suggestion is one and the same. An
 * extremum of share s counts while the parameter is at most s. */
static enum vv_status scan(struct draft *d, const struct vv_minimum_rule *rule, const double *share, int suggested,
                           struct vv_prominence_range *out)
{
    struct vv_minimum_rule other = *rule;
    const int n = 2 * d->p.n;
    struct vv_depth_verdict v;
    for (double s = next_share(share, n, nextafter(rule->prominence, -1.0), 1); !isnan(s);
         s = next_share(share, n, s, 1)) {
        other.prominence = s * (1.0 + 1e-12);
        VV_TRY(vv_minimum_rule_apply(&other, &d->p, d->kind, &v));
        if (v.suggested == suggested) continue;
        out->high = s;
        out->above = v.suggested;
        break;
    }
    for (double s = next_share(share, n, rule->prominence, -1); !isnan(s); s = next_share(share, n, s, -1)) {
        other.prominence = s * (1.0 - 1e-12);
        VV_TRY(vv_minimum_rule_apply(&other, &d->p, d->kind, &v));
        if (v.suggested == suggested) continue;
        out->low = s;
        out->below = v.suggested;
        break;
    }
    return VV_OK;
}

enum vv_status vv_minimum_range(const struct vv_minimum_rule *rule, const struct vv_profile *p, int suggested,
                                struct vv_prominence_range *out)
{
    struct draft d;
    double *share = vv_mem_new(2 * (int64_t)p->n, sizeof *share, "prominences");
    enum vv_status st = draft_init(&d, p);
    *out = (struct vv_prominence_range){NAN, NAN, -1, -1};
    if (!share) st = VV_MEMORY;
    if (!st) find_shares(p, share);
    if (!st) st = scan(&d, rule, share, suggested, out);
    vv_mem_free(share);
    draft_release(&d);
    return st;
}

enum vv_status vv_minimum_flip(const struct vv_minimum_rule *rule, const struct vv_profile *p, int suggested,
                               struct vv_flip *out)
{
    struct draft d;
    enum vv_status st = draft_init(&d, p);
    *out = (struct vv_flip){.layer = -1, .suggested = -1};
    for (int step = 1; !st && out->layer < 0 && step <= 10 * VV_MOST_ERRORS; step++)
        for (int i = 0; !st && out->layer < 0 && i < p->n; i++)
            for (int sign = -1; !st && out->layer < 0 && sign <= 1; sign += 2) {
                const double errors = 0.1 * sign * step;
                struct vv_depth_verdict v;
                if (isnan(p->value[i]) || !(p->error[i] > 0.0)) continue;
                d.value[i] = p->value[i] + errors * p->error[i];
                st = vv_minimum_rule_apply(rule, &d.p, d.kind, &v);
                d.value[i] = p->value[i];
                if (!st && v.suggested != suggested) *out = (struct vv_flip){i, errors, v.suggested};
            }
    draft_release(&d);
    return st;
}
