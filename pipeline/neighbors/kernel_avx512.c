/* SPDX-License-Identifier: MIT */
/* AVX-512: 48 x 8 pairs in 24 of 32 registers. */
#include "neighbors/best.h"
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

/* The first n of 16 lanes. */
static inline __mmask16 first_lanes(int n)
{
    return (__mmask16)(n >= 16 ? 0xffffu : n <= 0 ? 0u : (1u << n) - 1u);
}

/* The values of 16 candidates from c on; those beyond the first n are infinite. */
static inline __m512 values_of(const struct vv_candidate *c, int n)
{
    const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512 infinite = _mm512_set1_ps(__builtin_inff());
    const __m512 a = _mm512_mask_loadu_ps(infinite, first_lanes(2 * n), c);
    const __m512 b = _mm512_mask_loadu_ps(infinite, first_lanes(2 * n - 16), c + 8);
    return _mm512_permutex2var_ps(a, even, b);
}

/* Parts v[0..n) about the pivot: smaller values go to its front, the others to `rest`; what else was in v is
 * lost. Both arrays are written past their ends by a vector. Returns the number of smaller ones. */
static inline int part(float *v, int n, float pivot, float *rest)
{
    const __m512 p = _mm512_set1_ps(pivot);
    int below = 0, others = 0;
    for (int i = 0; i < n; i += 16) {
        const __mmask16 here = first_lanes(n - i);
        const __m512 x = _mm512_loadu_ps(v + i);
        const __mmask16 smaller = _mm512_mask_cmp_ps_mask(here, x, p, _CMP_LT_OQ);
        const __mmask16 other = here & (__mmask16)~smaller;
        _mm512_storeu_ps(v + below, _mm512_maskz_compress_ps(smaller, x));
        _mm512_storeu_ps(rest + others, _mm512_maskz_compress_ps(other, x));
        below += __builtin_popcount(smaller);
        others += __builtin_popcount(other);
    }
    return below;
}

/* The one of the first n of 16 values, not all of them NaN, that has at most `order` of them before it. */
static inline float order_of_few(const float *few, int n, int order)
{
    const __m512 x = _mm512_mask_loadu_ps(_mm512_set1_ps(__builtin_inff()), first_lanes(n), few);
    float found = few[0];
    for (int i = 0; i < n; i++) {
        const __m512 one = _mm512_set1_ps(few[i]);
        const int low = __builtin_popcount(_mm512_cmp_ps_mask(x, one, _CMP_LT_OQ));
        const int high = __builtin_popcount(_mm512_cmp_ps_mask(x, one, _CMP_LE_OQ));
        if (low <= order && order < high) found = few[i];
    }
    return found;
}

/* Parts the values again and again about one of 16 spread over them. */
static float select(float *v, int n, int k, float *rest)
{
    while (n > 16) {
        float few[16];
        for (int i = 0; i < 16; i++) few[i] = v[i * (n - 1) / 15];
        const float pivot = order_of_few(few, 16, k * 16 / n);
        const int below = part(v, n, pivot, rest);
        if (k <= below) {
            n = below;
            continue;
        }
        if (below == 0) return vv_value_select(rest, n, k); /* the smallest, perhaps many times */
        float *const front = v;
        v = rest;
        rest = front;
        n -= below;
        k -= below;
    }
    return order_of_few(v, n, k - 1);
}

static float order(const struct vv_candidate *c, int n, int k, float *scratch)
{
    for (int i = 0; i < n; i += 16) _mm512_storeu_ps(scratch + i, values_of(c + i, n - i));
    return select(scratch, n, k, scratch + n + 32);
}

static int keep(struct vv_candidate *c, int n, float limit)
{
    const __m512 most = _mm512_set1_ps(limit);
    int kept = 0, i = 0;
    for (; i + 16 <= n; i += 16) {
        const __m512i a = _mm512_loadu_si512(c + i), b = _mm512_loadu_si512(c + i + 8);
        const unsigned mask = _mm512_cmp_ps_mask(values_of(c + i, 16), most, _CMP_LE_OQ);
        _mm512_storeu_si512(c + kept, _mm512_maskz_compress_epi64((__mmask8)(mask & 0xff), a));
        kept += __builtin_popcount(mask & 0xff);
        _mm512_storeu_si512(c + kept, _mm512_maskz_compress_epi64((__mmask8)(mask >> 8), b));
        kept += __builtin_popcount(mask >> 8);
    }
    for (; i < n; i++) {
        c[kept] = c[i];
        kept += c[i].value <= limit;
    }
    return kept;
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
    .order = order,
    .select = select,
    .keep = keep,
                                           VV_KERNEL_SUMS};
#else
static bool runs(void)
{
    return false;
}
const struct vv_kernel vv_kernel_avx512 = {.name = "avx512", .group = 48, .runs = runs};
#endif
