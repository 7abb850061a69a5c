/* SPDX-License-Identifier: MIT */
#include "neighbors/kernel.h"

#include <string.h>

#include "neighbors/best.h"

static const struct vv_kernel *const kernels[] = {&vv_kernel_avx512, &vv_kernel_avx2,
                                                  &vv_kernel_portable}; /* best first */

const struct vv_kernel *vv_kernel_find(const char *name)
{
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (kernels[i]->runs() && (strcmp(name, "auto") == 0 || strcmp(name, kernels[i]->name) == 0))
            return kernels[i];
    return NULL;
}

float vv_candidates_order(const struct vv_candidate *c, int n, int k, float *scratch)
{
    for (int i = 0; i < n; i++) scratch[i] = c[i].value;
    return vv_value_select(scratch, n, k);
}

float vv_values_select(float *v, int n, int k, float *rest)
{
    (void)rest;
    return vv_value_select(v, n, k);
}

int vv_candidates_keep(struct vv_candidate *c, int n, float limit)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        c[kept] = c[i];
        kept += c[i].value <= limit;
    }
    return kept;
}

double vv_kernel_chain(int64_t n_cols)
{
    const int64_t panels = (n_cols + VV_PANEL - 1) / VV_PANEL;
    return (double)(n_cols < VV_PANEL ? n_cols : VV_PANEL) + (double)panels;
}
