/* SPDX-License-Identifier: MIT */
/* Any processor: products by BLAS, then a pass over the tile. */
#include <cblas.h>

#include "neighbors/direct_sums.inc"
#include "neighbors/kernel.h"

enum { GROUP = 192, RUN = 16 };
_Static_assert(VV_TILE_ROWS % GROUP == 0 && 2 * GROUP <= VV_TILE_ROWS, "tiles are whole groups");

static bool runs(void)
{
    return true;
}

/* product: [GROUP rows of b][GROUP rows of a]; part: as much again */
static void multiply(const float *a, const float *b, int64_t n_cols, float *product, float *part)
{
    for (int64_t k0 = 0; k0 < n_cols; k0 += VV_PANEL) {
        const int kc = n_cols - k0 < VV_PANEL ? (int)(n_cols - k0) : VV_PANEL;
        float *const to = k0 == 0 ? product : part;
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, GROUP, GROUP, kc, 1.0f,
                    b + k0 * GROUP, GROUP, a + k0 * GROUP, GROUP, 0.0f, to, GROUP);
        if (k0 > 0)
            for (int i = 0; i < GROUP * GROUP; i++) product[i] += part[i];
    }
}

static inline void add(struct vv_hits *hits, float h, int i, int j)
{
    hits->value[hits->n] = h;
    hits->pair[hits->n++] = (uint32_t)i | (uint32_t)j << 16;
}

static void keep_all(const struct vv_tile *t, int i0, int j0, const float *product)
{
    for (int j = 0; j < GROUP; j++)
        for (int i = 0; i < GROUP; i++)
            t->all[(j0 + j) * t->ld + i0 + i] =
                (t->half_a[i0 + i] + t->half_b[j0 + j]) - product[j * GROUP + i];
}

static void filter(const struct vv_tile *t, int i0, int j0, const float *product)
{
    for (int j = 0; j < GROUP; j++) {
        const float half = t->half_b[j0 + j], limit = t->limit_b[j0 + j];
        const float *const g = product + j * GROUP, *const half_a = t->half_a + i0,
                    *const limit_a = t->limit_a + i0;
        for (int begin = 0; begin < GROUP; begin += RUN) {
            float h[RUN];
            int n_pass = 0;
            for (int l = 0; l < RUN; l++) {
                const int i = begin + l;
                const float most = limit_a[i] > limit ? limit_a[i] : limit;
                h[l] = (half_a[i] + half) - g[i];
                n_pass += h[l] <= most;
            }
            if (n_pass == 0) continue;
            for (int l = 0; l < RUN; l++) {
                const int i = begin + l;
                if (h[l] <= limit_a[i]) add(t->hits_a, h[l], i0 + i, j0 + j);
                if (h[l] <= limit) add(t->hits_b, h[l], i0 + i, j0 + j);
            }
        }
    }
}

static void tile(const struct vv_tile *t)
{
    if (!t->all) t->hits_a->n = t->hits_b->n = 0;
    for (int j = 0; j < t->n_b; j += GROUP)
        for (int i = 0; i < (t->diagonal ? j + GROUP : t->n_a); i += GROUP) {
            multiply(t->a + i * t->width, t->b + j * t->width, t->width, t->product,
                     t->product + GROUP * GROUP);
            (t->all ? keep_all : filter)(t, i, j, t->product);
        }
}

const struct vv_kernel vv_kernel_portable = {.name = "portable",
                                             .group = GROUP,
                                             .columns = 1,
                                             .needs_blas = true,
                                             .runs = runs,
                                             .tile = tile,
                                           .lay = vv_rows_interleave,
                                           .error = vv_float32_error,
                                           .order = vv_candidates_order,
                                           .select = vv_values_select,
                                           .keep = vv_candidates_keep,
                                             VV_KERNEL_SUMS};
