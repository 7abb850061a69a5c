/* SPDX-License-Identifier: MIT */
#include "neighbors/panels.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/every_width.h"
#include "base/mem.h"

enum { LANES = 8 };

static int64_t padded(int64_t n, int group)
{
    return (n + group - 1) / group * group;
}

static size_t row_bytes(int64_t n_cols, const struct vv_kernel *kernel)
{
    return ((size_t)vv_kernel_width(kernel, n_cols) + 3) * sizeof(float);
}

size_t vv_panels_bytes(int64_t n, int64_t n_cols, const struct vv_kernel *kernel)
{
    return (size_t)padded(n, kernel->group) * row_bytes(n_cols, kernel);
}

double vv_panels_most_bytes(int64_t n_cols)
{
    size_t most = 0;
    for (int i = 0; vv_kernel_at(i); i++) {
        const struct vv_kernel *const k = vv_kernel_at(i);
        if (n_cols >= k->least_cols && row_bytes(n_cols, k) > most) most = row_bytes(n_cols, k);
    }
    return (double)most;
}

void vv_panels_lay_out(struct vv_panels *p, int64_t n, int64_t n_cols, const struct vv_kernel *kernel, void *block)
{
    *p = (struct vv_panels){.n = n,
                            .n_padded = padded(n, kernel->group),
                            .width = vv_kernel_width(kernel, n_cols),
                            .kernel = kernel,
                            .block = block,
                            .rows = block};
    p->half = p->rows + p->n_padded * p->width;
    p->length = p->half + p->n_padded;
    p->limit = p->length + p->n_padded;
}

enum vv_status vv_panels_init(struct vv_panels *p, const char *folder, int64_t n, int64_t n_cols,
                              const struct vv_kernel *kernel)
{
    void *const block = vv_mem_new_in(folder, padded(n, kernel->group), row_bytes(n_cols, kernel),
                                      "float32 copy of the rows");
    *p = (struct vv_panels){.block = NULL};
    if (!block) return vv_error_last()->code;
    vv_panels_lay_out(p, n, n_cols, kernel, block);
    return VV_OK;
}

void vv_panels_release(struct vv_panels *p)
{
    vv_mem_free(p->block);
    *p = (struct vv_panels){.block = NULL};
}

/* Sums over the features converted so far of one row. */
struct sums {
    double square[LANES]; /* of X */
    double center[LANES]; /* of x~ times the scaled centre */
};

static double total(const double *lane)
{
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

/* Features [k, k + n) of row i of a group, converted. */
VV_EVERY_WIDTH static void convert(const struct vv_panels *p, const struct vv_frame *f, const void *row, int64_t k,
                                   float *to, int i, bool with_center, struct sums *s)
{
    double exact[VV_STRIP];
    float value[VV_STRIP];
    const int n = f->n_cols - k < VV_STRIP ? (int)(f->n_cols - k) : VV_STRIP;
    const double *const c = f->center + k;
    if (f->type == VV_FLOAT32)
        for (int j = 0; j < n; j++)
            exact[j] = ((double)((const float *)row)[k + j] - c[j]) * f->scale;
    else
        for (int j = 0; j < n; j++) exact[j] = (((const double *)row)[k + j] - c[j]) * f->scale;
    for (int j = 0; j < n; j++) value[j] = (float)exact[j];
    for (int j = n; j < VV_STRIP; j++) value[j] = 0.0f;
    for (int j = 0; j < VV_STRIP; j += LANES)
        for (int l = 0; l < LANES; l++)
            s->square[l] += (double)value[j + l] * (double)value[j + l];
    if (with_center)
        for (int j = 0; j < n; j++) s->center[j % LANES] += exact[j] * (c[j] * f->scale);
    const int64_t room = p->width - k;
    p->kernel->lay(to, p->kernel->group, i, k, room < VV_STRIP ? (int)room : VV_STRIP, value);
}

/* Groups [begin, end) from their rows. */
static void fill_groups(struct vv_panels *p, const struct vv_frame *f, bool inner, int64_t begin,
                        int64_t end, const void *rows, int threads)
{
    const int group = p->kernel->group;
    const size_t bytes = (size_t)f->n_cols * vv_real_bytes(f->type);
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t g = begin; g < end; g++) {
        const int64_t first = g * group;
        const int n = p->n - first < group ? (int)(p->n - first) : group;
        float *const to = p->rows + first * p->width;
        struct sums sums[VV_MOST_GROUP] = {{{0.0}, {0.0}}};
        if (n < group) memset(to, 0, (size_t)(group * p->width) * sizeof(float));
        for (int64_t k = 0; k < f->n_cols; k += VV_STRIP)
            for (int i = 0; i < n; i++)
                convert(p, f, (const char *)rows + (size_t)(first + i) * bytes, k, to, i, inner, &sums[i]);
        for (int i = 0; i < group; i++) {
            const double square = i < n ? total(sums[i].square) : 0.0;
            p->half[first + i] = i >= n  ? INFINITY
                                 : inner ? (float)-total(sums[i].center)
                                         : (float)(0.5 * square);
            p->length[first + i] = (float)sqrt(square);
            p->limit[first + i] = i < n ? FLT_MAX : -INFINITY;
        }
    }
}

void vv_panels_fill_from(struct vv_panels *p, const struct vv_frame *f, enum vv_metric metric,
                         const void *rows, int threads)
{
    fill_groups(p, f, metric == VV_INNER_PRODUCT, 0, p->n_padded / p->kernel->group, rows, threads);
}

void vv_panels_fill(struct vv_panels *p, const struct vv_frame *f, enum vv_metric metric,
                    const struct vv_matrix *m, int threads)
{
    const int group = p->kernel->group;
    const int64_t n_groups = p->n_padded / group;
    const int64_t step = m->folder ? threads + vv_matrix_stride(m) / group : n_groups;
    for (int64_t begin = 0; begin < n_groups; begin += step) {
        const int64_t end = begin + step < n_groups ? begin + step : n_groups;
        fill_groups(p, f, metric == VV_INNER_PRODUCT, begin, end, m->rows, threads);
        vv_matrix_cool(m, begin * group, (end - begin) * group);
        vv_panels_cool(p, begin * group, (end - begin) * group);
    }
}

void vv_panels_copy(const struct vv_panels *p, int64_t first, int64_t n, struct vv_panels *to)
{
    vv_panels_lay_out(to, n, p->width, p->kernel, to->block);
    const size_t floats = (size_t)to->n_padded * sizeof(float);
    memcpy(to->rows, p->rows + first * p->width, floats * (size_t)p->width);
    memcpy(to->half, p->half + first, floats);
    memcpy(to->length, p->length + first, floats);
    memcpy(to->limit, p->limit + first, floats);
    vv_panels_cool(p, first, n);
}

void vv_panels_cool(const struct vv_panels *p, int64_t first, int64_t n)
{
    if (first + n > p->n_padded) n = p->n_padded - first;
    if (n > 0)
        vv_mem_cool(p->block, p->rows + first * p->width,
                    (size_t)(n * p->width) * sizeof(float));
}
