/* SPDX-License-Identifier: MIT */
#include "neighbors/guess.h"

#include <math.h>
#include <omp.h>

#include "base/mem.h"

enum {
    CHUNK = VV_MOST_GROUP, /* rows compared with the whole sample at a time */
    PRODUCT = CHUNK * VV_TILE_ROWS,
    PANEL = VV_TILE_ROWS * VV_PANEL,
};

/* Values of a row and a vector more, as selecting writes past their end; not a multiple of 512, where rows
 * would share cache sets. */
static int64_t row_values(int n)
{
    return (n + VV_MOST_GROUP - 1) / VV_MOST_GROUP * VV_MOST_GROUP + 16;
}

/* Values of a chunk, panel sums of a tile, a panel, and what selecting needs. */
static int64_t space_size(int n)
{
    return row_values(n) * CHUNK + PRODUCT + PANEL + row_values(n);
}

enum vv_status vv_guess_init(struct vv_guess *g, const struct vv_kernel *kernel,
                             struct vv_sample_plan plan, int64_t n_cols, int threads)
{
    *g = (struct vv_guess){
        .kernel = kernel, .threads = threads, .order = plan.order, .space_size = space_size(plan.n)};
    if (plan.order == 0) return VV_OK;
    g->space = vv_mem_new_raw(threads, (size_t)g->space_size * sizeof *g->space, "distances to a sample");
    if (!g->space) return VV_MEMORY;
    return vv_panels_init(&g->sample, NULL, plan.n, n_cols, kernel);
}

void vv_guess_release(struct vv_guess *g)
{
    vv_panels_release(&g->sample);
    vv_mem_free(g->space);
    g->space = NULL;
}

double vv_guess_memory(struct vv_sample_plan plan, int64_t n_cols, int threads)
{
    if (plan.order == 0) return 0.0;
    return vv_panels_most_bytes(n_cols) * (double)(plan.n + VV_MOST_GROUP) +
           4.0 * threads * (double)space_size(plan.n);
}

/* Half squared distances of rows [at, at + n) to the whole sample. values: [CHUNK][row_values] */
static void compare(const struct vv_guess *g, const struct vv_panels *rows, int64_t at, int n,
                    float *values, float *product)
{
    const struct vv_panels *const s = &g->sample;
    const int group = g->kernel->group;
    for (int begin = 0; begin < s->n_padded; begin += VV_TILE_ROWS) {
        const int64_t left = s->n_padded - begin;
        const struct vv_tile t = {.a = s->rows + begin * s->width,
                                  .b = rows->rows + at * rows->width,
                                  .n_a = left < VV_TILE_ROWS ? (int)left : VV_TILE_ROWS,
                                  .n_b = (n + group - 1) / group * group,
                                  .width = rows->width,
                                  .half_a = s->half + begin,
                                  .half_b = rows->half + at,
                                  .product = product,
                                  .panel = product + PRODUCT,
                                  .all = values + begin,
                                  .ld = row_values((int)s->n)};
        g->kernel->tile(&t);
    }
}

void vv_guess_limits(struct vv_guess *g, const struct vv_sample *sample, const struct vv_frame *frame,
                     const struct vv_bound *bound, struct vv_panels *rows, int64_t first)
{
    if (g->order == 0) return;
    const int64_t ld = row_values(sample->n);
    vv_panels_fill_from(&g->sample, frame, bound->metric, sample->rows, g->threads);
#pragma omp parallel for schedule(dynamic) num_threads(g->threads)
    for (int64_t at = 0; at < rows->n; at += CHUNK) {
        float *const values = g->space + omp_get_thread_num() * g->space_size;
        float *const product = values + ld * CHUNK, *const rest = product + PRODUCT + PANEL;
        const int n = rows->n - at < CHUNK ? (int)(rows->n - at) : CHUNK;
        compare(g, rows, at, n, values, product);
        for (int s = 0; s < sample->n; s++) { /* no row is its own neighbor */
            const int64_t i = sample->number[s] - first - at;
            if (i >= 0 && i < n) values[i * ld + s] = INFINITY;
        }
        for (int i = 0; i < n; i++) {
            const float kth = g->kernel->select(values + i * ld, sample->n, g->order, rest);
            const float limit = vv_bound_limit(bound, kth, rows->length[at + i], rows->half[at + i]);
            if (limit < rows->limit[at + i]) rows->limit[at + i] = limit;
        }
        vv_panels_cool(rows, at, n);
    }
}
