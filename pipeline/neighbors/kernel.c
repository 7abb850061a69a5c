/* SPDX-License-Identifier: MIT */
#include "neighbors/kernel.h"

#include <string.h>

#include "neighbors/best.h"

static const struct vv_kernel *const kernels[] = {&vv_kernel_amx, &vv_kernel_avx512, &vv_kernel_avx2,
                                                  &vv_kernel_portable};
enum { N_KERNELS = sizeof kernels / sizeof *kernels };

const struct vv_kernel *vv_kernel_at(int i)
{
    return i < N_KERNELS ? kernels[i] : NULL;
}

const struct vv_kernel *vv_kernel_find(const char *name, int64_t n_cols)
{
    const bool any = strcmp(name, "auto") == 0;
    for (int i = 0; i < N_KERNELS; i++)
        if ((any ? n_cols >= kernels[i]->least_cols : strcmp(name, kernels[i]->name) == 0) && kernels[i]->runs())
            return kernels[i];
    return NULL;
}

int64_t vv_kernel_width(const struct vv_kernel *kernel, int64_t n_cols)
{
    return (n_cols + kernel->columns - 1) / kernel->columns * kernel->columns;
}

void vv_rows_interleave(float *rows, int group, int i, int64_t k, int n, const float *value)
{
    float *const to = rows + k * group + i;
    for (int j = 0; j < n; j++) to[j * group] = value[j];
}

double vv_float32_error(int64_t n_cols)
{
    const int64_t panels = (n_cols + VV_PANEL - 1) / VV_PANEL;
    const double roundings = (double)(n_cols < VV_PANEL ? n_cols : VV_PANEL) + (double)panels, u = 0x1p-24;
    return roundings * u / (1.0 - roundings * u);
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
