/* SPDX-License-Identifier: MIT */
/* AVX2: 24 x 4 pairs in 12 of 16 registers. */
#include "neighbors/kernel.h"

#if defined(__x86_64__) && defined(__GNUC__) && (!defined(__clang__) || defined(__AVX2__))
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#include <immintrin.h>

#define VV_W 8
#define VV_NR 4
typedef __m256 vec;
#define vec_zero _mm256_setzero_ps
#define vec_load _mm256_load_ps
#define vec_store _mm256_store_ps
#define vec_all _mm256_set1_ps
#define vec_add _mm256_add_ps
#define vec_sub _mm256_sub_ps
#define vec_fma _mm256_fmadd_ps
#define vec_below_mask(x, y) ((unsigned)_mm256_movemask_ps(_mm256_cmp_ps(x, y, _CMP_LE_OQ)))

static inline int hand_out(__m256 h, unsigned mask, uint32_t pair, float *values, uint32_t *pairs)
{
    float all[VV_W] __attribute__((aligned(32)));
    int n = 0;
    if (!mask) return 0;
    _mm256_store_ps(all, h);
    for (; mask; mask &= mask - 1, n++) {
        const int lane = __builtin_ctz(mask);
        values[n] = all[lane];
        pairs[n] = pair + (uint32_t)lane;
    }
    return n;
}

#include "neighbors/direct_sums.inc"
#include "neighbors/kernel_x86.inc"
#pragma GCC pop_options

static bool runs(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

const struct vv_kernel vv_kernel_avx2 = {.name = "avx2",
                                           .group = GROUP,
                                           .columns = 1,
                                           .runs = runs,
                                           .tile = tile,
                                           .lay = vv_rows_interleave,
                                           .error = vv_float32_error,
                                           .order = vv_candidates_order,
                                           .select = vv_values_select,
                                           .keep = vv_candidates_keep,
                                           VV_KERNEL_SUMS};
#else
static bool runs(void)
{
    return false;
}
const struct vv_kernel vv_kernel_avx2 = {.name = "avx2", .group = 24, .columns = 1, .runs = runs};
#endif
