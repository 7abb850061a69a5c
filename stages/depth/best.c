/* SPDX-License-Identifier: MIT */
/* Multiple comparisons with the best, as Hsu (1996) calls them. Which layer looks best depends on the same outcomes,
 * so the comparisons with it are taken as some of those of all pairs: then Holm's (1979) procedure holds for layers
 * that are truly alike, too. */
#include "stages/depth/best.h"

#include <math.h>
#include <stdbool.h>

#include "base/significance.h"

/* p_value: unadjusted; NaN where not compared, and at the best. */
static void conclude(int n, int best, double confidence, double *p_value, int64_t *in_set)
{
    double n_compared = 0.0;
    for (int i = 0; i < n; i++) n_compared += !isnan(p_value[i]);
    vv_holm(p_value, n, 0.5 * n_compared * (n_compared + 1.0));
    for (int i = 0; i < n; i++) in_set[i] = isnan(p_value[i]) ? -1 : p_value[i] > 1.0 - confidence;
    if (best < 0) return;
    p_value[best] = 1.0;
    in_set[best] = 1;
}

void vv_set_unpaired(const struct vv_profile *p, int layer, int from, double confidence, double *p_value,
                     int64_t *in_set)
{
    for (int i = 0; i < p->n; i++)
        p_value[i] = i < from || i == layer || layer < 0
                         ? NAN
                         : vv_difference_p(p->value[i], p->error[i], p->value[layer], p->error[layer]);
    conclude(p->n, layer, confidence, p_value, in_set);
}

struct vv_best vv_best_unpaired(const struct vv_profile *p, int sign, int from, double confidence, double *p_value,
                                int64_t *in_set)
{
    struct vv_best b = {-1, -1};
    for (int i = from; i < p->n; i++)
        if (!isnan(p->value[i]) && (b.layer < 0 || sign * p->value[i] > sign * p->value[b.layer])) b.layer = i;
    for (int i = from; i < p->n; i++)
        if (i != b.layer && !isnan(p->value[i]) &&
            (b.runner_up < 0 || sign * p->value[i] > sign * p->value[b.runner_up]))
            b.runner_up = i;
    vv_set_unpaired(p, b.layer, from, confidence, p_value, in_set);
    return b;
}

static bool compared(const struct vv_paired *p, int64_t most, int i)
{
    return p->n_tested[i] > 0 && 2 * p->n_tested[i] >= most;
}

static double share(const struct vv_paired *p, int i)
{
    return (double)p->n_right[i] / (double)p->n_tested[i];
}

struct vv_best vv_best_paired(const struct vv_paired *p, double confidence, double *p_value, int64_t *in_set)
{
    struct vv_best b = {-1, -1};
    int64_t most = 0;
    for (int i = 0; i < p->n; i++)
        if (p->n_tested[i] > most) most = p->n_tested[i];
    for (int i = 0; i < p->n; i++)
        if (compared(p, most, i) && (b.layer < 0 || share(p, i) > share(p, b.layer))) b.layer = i;
    for (int i = 0; i < p->n; i++) {
        p_value[i] = NAN;
        if (!compared(p, most, i) || i == b.layer) continue;
        p_value[i] = vv_mcnemar_p(p->n_only[i * p->stride + b.layer], p->n_only[b.layer * p->stride + i]);
        if (b.runner_up < 0 || share(p, i) > share(p, b.runner_up)) b.runner_up = i;
    }
    conclude(p->n, b.layer, confidence, p_value, in_set);
    return b;
}
