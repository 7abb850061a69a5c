/* SPDX-License-Identifier: MIT */
#include "neighbors/kernel.h"

#include <string.h>

static const struct vv_kernel *const kernels[] = {&vv_kernel_avx512, &vv_kernel_avx2,
                                                  &vv_kernel_portable}; /* best first */

const struct vv_kernel *vv_kernel_find(const char *name)
{
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (kernels[i]->runs() && (strcmp(name, "auto") == 0 || strcmp(name, kernels[i]->name) == 0))
            return kernels[i];
    return NULL;
}

double vv_kernel_chain(int64_t n_cols)
{
    const int64_t panels = (n_cols + VV_PANEL - 1) / VV_PANEL;
    return (double)(n_cols < VV_PANEL ? n_cols : VV_PANEL) + (double)panels;
}
