/* SPDX-License-Identifier: MIT */
/* AVX-512: 48 x 8 pairs in 24 of 32 registers. */
#include "neighbors/kernel.h"

#if defined(__x86_64__) && defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,fma,popcnt")
#include <immintrin.h>

#define VV_W 16
#define VV_NR 8
typedef __m512 vec;
#define vec_zero _mm512_setzero_ps
#define vec_load _mm512_load_ps
#define vec_store _mm512_store_ps
#define vec_all _mm512_set1_ps
#define vec_add _mm512_add_ps
#define vec_sub _mm512_sub_ps
#define vec_fma _mm512_fmadd_ps
#define vec_max _mm512_max_ps
#define vec_below_mask(x, y) ((unsigned)_mm512_cmp_ps_mask(x, y, _CMP_LE_OQ))

#define VV_WIDEN(from) ((lanes)_mm512_cvtps_pd(_mm256_loadu_ps(from)))

static inline int hand_out(__m512 h, unsigned mask, uint32_t pair, float *values, uint32_t *pairs)
{
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i number = _mm512_add_epi32(_mm512_set1_epi32((int)pair), lane);
    _mm512_storeu_ps(values, _mm512_maskz_compress_ps((__mmask16)mask, h));
    _mm512_storeu_si512(pairs, _mm512_maskz_compress_epi32((__mmask16)mask, number));
    return __builtin_popcount(mask);
}

#include "neighbors/direct_sums.inc"
#include "neighbors/kernel_x86.inc"
#pragma GCC pop_options

static bool runs(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("fma");
}

const struct vv_kernel vv_kernel_avx512 = {.name = "avx512",
                                           .group = GROUP,
                                           .runs = runs,
                                           .tile = tile,
                                           VV_KERNEL_SUMS};
#else
static bool runs(void)
{
    return false;
}
const struct vv_kernel vv_kernel_avx512 = {.name = "avx512", .group = 48, .runs = runs};
#endif
