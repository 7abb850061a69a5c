/* SPDX-License-Identifier: MIT */
/* AVX-512: 48 x 8 pairs in 24 of 32 registers. */
#include "neighbors/kernel.h"

#if defined(__x86_64__) && defined(__GNUC__) && (!defined(__clang__) || defined(__AVX512F__))
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,fma,popcnt")
#include "neighbors/avx512.inc"

#define VV_NR 8
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
                                           .columns = 1,
                                           .runs = runs,
                                           .tile = tile,
                                           .lay = vv_rows_interleave,
                                           .error = vv_float32_error,
                                           .order = order,
                                           .select = select_value,
                                           .keep = keep,
                                           VV_KERNEL_SUMS};
#else
static bool runs(void)
{
    return false;
}
const struct vv_kernel vv_kernel_avx512 = {.name = "avx512", .group = 48, .columns = 1, .runs = runs};
#endif
