/* SPDX-License-Identifier: MIT */
#include "stages/depth/plateau.h"

#include <math.h>
#include <stdbool.h>

static double known(double error)
{
    return isnan(error) ? 0.0 : error;
}

int vv_plateaus(const struct vv_profile *step, double share, double significance, int64_t *number)
{
    const struct vv_profile steps = {.n = step->n - 1, .value = step->value, .error = step->error};
    const int most = vv_profile_most(&steps, 1);
    int n = 0, begin = 0;
    for (int i = 0; i < step->n; i++) number[i] = 0;
    for (int i = 0; most >= 0 && i < step->n; i++) {
        const double error = hypot(known(step->error[i]), share * known(step->error[most]));
        const bool high = i < steps.n && step->value[i] >= 0.5 &&
                          step->value[i] + significance * error >= share * step->value[most];
        if (high) continue;
        if (i - begin >= 2) {
            n++;
            for (int l = begin; l <= i; l++) number[l] = n;
        }
        begin = i + 1;
    }
    return n;
}

void vv_plateau_longest(const int64_t *number, int n, int *first, int *last)
{
    *first = *last = -1;
    for (int i = 0; i < n;) {
        int end = i + 1;
        while (end < n && number[end] == number[i]) end++;
        if (number[i] > 0 && (*first < 0 || end - i > *last - *first + 1)) {
            *first = i;
            *last = end - 1;
        }
        i = end;
    }
}
