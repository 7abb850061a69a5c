/* SPDX-License-Identifier: MIT */
/* AMX: tile registers of 16 x 16 sums, fed with bfloat16, sixteen times as fast as float32 in vectors.
 *
 * A value is laid down as two bfloat16, x = high + low + rest with |low| <= v |x| and |rest| <= v^2 |x| / 2, v = 2^-8,
 * and three of the four products of two values are summed; what is left out is at most
 * (2 + v) v^2 |x| |y|. An instruction takes 32 features: it sums 16 products in each of two chains, adds these,
 * and adds their sum to the tile, rounding to nearest each time, with subnormal numbers taken as zero (Intel SDM,
 * TDPBF16PS); a panel of VV_PANEL features needs 3 VV_PANEL / 32 of them.
 *
 * A group of 32 rows: [step of 32 features][high, low][row][32 features]. One side of a product is used as it lies;
 * the other needs two features of all rows next to each other, and is transposed a panel at a time. */
#define _DEFAULT_SOURCE /* syscall */
#include "neighbors/kernel.h"

#if defined(__x86_64__) && defined(__linux__) && (__GNUC__ >= 11 || defined(__AMX_BF16__))
#include <cpuid.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,fma,popcnt,amx-tile,amx-bf16")
#include "neighbors/avx512.inc"

enum {
    NV = 2,
    GROUP = NV * VV_W,
    STEP = 32,             /* features of an instruction */
    LINE = 16,             /* words of a row of a tile register, 64 bytes */
    REGISTER = 16 * LINE,
    PART = NV * REGISTER,  /* the high, or the low halves of a step of a group */
    FEWEST_COLS = 24,      /* below, vectors of what is really there are as fast */
};
_Static_assert(VV_TILE_ROWS % GROUP == 0 && VV_PANEL % STEP == 0 && VV_STRIP % STEP == 0, "whole groups and steps");

#include "neighbors/kernel_filter.inc"

/* The nearest bfloat16, ties to even, of what is not huge. */
static inline uint32_t rounded(uint32_t bits)
{
    return (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
}

static void lay(float *rows, int group, int i, int64_t k, int n, const float *value)
{
    (void)group;
    for (int begin = 0; begin < n; begin += STEP) {
        uint16_t high[STEP], low[STEP];
        for (int j = 0; j < STEP; j++) {
            uint32_t bits, part;
            float rest;
            memcpy(&bits, value + begin + j, sizeof bits);
            high[j] = (uint16_t)rounded(bits);
            part = (uint32_t)high[j] << 16;
            memcpy(&rest, &part, sizeof rest);
            rest = value[begin + j] - rest;
            memcpy(&bits, &rest, sizeof bits);
            low[j] = (uint16_t)rounded(bits);
        }
        float *const to = rows + (k + begin) * GROUP + i * LINE;
        memcpy(to, high, sizeof high);
        memcpy(to + PART, low, sizeof low);
    }
}

/* A register's words, rows for columns. */
static inline void transpose(const float *from, float *to)
{
    __m512i r[16], s[16];
    UNROLL for (int i = 0; i < 16; i++) r[i] = _mm512_load_si512(from + i * LINE);
    UNROLL for (int i = 0; i < 16; i += 2) {
        s[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        s[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    UNROLL for (int i = 0; i < 16; i += 4) { /* lane b of r[i + c]: column 4 b + c of rows i to i + 3 */
        r[i] = _mm512_unpacklo_epi64(s[i], s[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(s[i], s[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(s[i + 1], s[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(s[i + 1], s[i + 3]);
    }
    UNROLL for (int c = 0; c < 4; c++) {
        const __m512i even = _mm512_shuffle_i32x4(r[c], r[4 + c], 0x88),
                      odd = _mm512_shuffle_i32x4(r[c], r[4 + c], 0xdd);
        const __m512i even8 = _mm512_shuffle_i32x4(r[8 + c], r[12 + c], 0x88),
                      odd8 = _mm512_shuffle_i32x4(r[8 + c], r[12 + c], 0xdd);
        _mm512_store_si512(to + c * LINE, _mm512_shuffle_i32x4(even, even8, 0x88));
        _mm512_store_si512(to + (4 + c) * LINE, _mm512_shuffle_i32x4(odd, odd8, 0x88));
        _mm512_store_si512(to + (8 + c) * LINE, _mm512_shuffle_i32x4(even, even8, 0xdd));
        _mm512_store_si512(to + (12 + c) * LINE, _mm512_shuffle_i32x4(odd, odd8, 0xdd));
    }
}

/* The features [k0, k0 + kc) of a, transposed: [group of a][kc * GROUP]. */
static void transpose_panel(const struct vv_tile *t, int64_t k0, int kc)
{
    for (int i = 0; i < t->n_a; i += GROUP) {
        const float *const from = t->a + i * t->width + k0 * GROUP;
        float *const to = t->panel + i * kc;
        for (int at = 0; at < kc * GROUP; at += REGISTER) transpose(from + at, to + at);
    }
    __asm__ volatile("" ::: "memory"); /* tiles are loaded behind the compiler's back */
}

/* Adds the products of registers 4 and 5 (rows of b) and 6 and 7 (of a) to 0 to 3. */
#define MULTIPLY()                                                                                 \
    do {                                                                                           \
        _tile_dpbf16ps(0, 4, 6);                                                                   \
        _tile_dpbf16ps(1, 4, 7);                                                                   \
        _tile_dpbf16ps(2, 5, 6);                                                                   \
        _tile_dpbf16ps(3, 5, 7);                                                                   \
    } while (0)
#define LOAD(first, second, from)                                                                  \
    do {                                                                                           \
        _tile_loadd(first, (from), 64);                                                            \
        _tile_loadd(second, ((from) + REGISTER), 64);                                              \
    } while (0)

/* The products of kc features of a group of b and a transposed one of a. to: [2 halves of b][2 of a][16][16] */
static inline void multiply(const float *b, const float *a, int kc, float *to)
{
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (const float *const end = b + kc * GROUP; b < end; a += 2 * PART, b += 2 * PART) {
        LOAD(4, 5, b);
        LOAD(6, 7, a + PART);
        MULTIPLY();
        LOAD(6, 7, a);
        MULTIPLY();
        LOAD(4, 5, b + PART);
        MULTIPLY();
    }
    _tile_stored(0, to, 64); /* in brackets: older compilers' macros are without */
    _tile_stored(1, (to + REGISTER), 64);
    _tile_stored(2, (to + 2 * REGISTER), 64);
    _tile_stored(3, (to + 3 * REGISTER), 64);
}

/* Groups i of a and j of b, features [k0, k0 + kc). */
static inline void micro(const struct vv_tile *t, int i, int j, int64_t k0, int kc)
{
    float here[GROUP * GROUP] __attribute__((aligned(64)));
    float *const kept = t->product + ((int64_t)j * t->n_a + (int64_t)i * GROUP);
    const bool first = k0 == 0, last = k0 + kc == t->width;
    float *const sums = first && !last ? kept : here;
    multiply(t->b + j * t->width + k0 * GROUP, t->panel + i * kc, kc, sums);
    if (first && !last) return;
    if (!last) {
        for (int at = 0; at < GROUP * GROUP; at += VV_W)
            vec_store(kept + at, vec_add(vec_load(kept + at), vec_load(here + at)));
        return;
    }
    struct vv_hits ours = {0}, theirs = {0};
    if (!t->all) ours = *t->hits_a, theirs = *t->hits_b;
    for (int q = 0; q < GROUP; q++) {
        vec sum[NV];
        UNROLL for (int v = 0; v < NV; v++) {
            const int at = (q / 16 * NV + v) * REGISTER + q % 16 * LINE;
            sum[v] = vec_load(here + at);
            if (!first) sum[v] = vec_add(vec_load(kept + at), sum[v]);
        }
        filter(t, i, j + q, sum, &ours, &theirs);
    }
    if (!t->all) *t->hits_a = ours, *t->hits_b = theirs;
}

/* Eight registers of 16 rows of 64 bytes. */
static const struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} shape __attribute__((aligned(64))) = {.palette = 1,
                                        .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
                                        .rows = {16, 16, 16, 16, 16, 16, 16, 16}};

static void tile(const struct vv_tile *t)
{
    if (!t->all) t->hits_a->n = t->hits_b->n = 0;
    _tile_loadconfig(&shape);
    for (int64_t k0 = 0; k0 < t->width; k0 += VV_PANEL) {
        const int kc = t->width - k0 < VV_PANEL ? (int)(t->width - k0) : VV_PANEL;
        transpose_panel(t, k0, kc);
        for (int j = 0; j < t->n_b; j += GROUP)
            for (int i = 0; i < (t->diagonal ? j + GROUP : t->n_a); i += GROUP) micro(t, i, j, k0, kc);
    }
    _tile_release();
}

#include "neighbors/direct_sums.inc"
#pragma GCC pop_options

/* What the processor has, and what the system lets this process use. */
static bool runs(void)
{
    enum { BF16 = 1 << 22, TILE = 1 << 24, REQUEST = 0x1023, TILE_DATA = 18 };
    unsigned a, b, c, d;
    return vv_kernel_avx512.runs() && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & BF16) && (d & TILE) &&
           syscall(SYS_arch_prctl, REQUEST, TILE_DATA) == 0;
}

static double error(int64_t n_cols)
{
    const double u = 0x1p-24, split = 2.0 * 0x1p-16 * (1.0 + 0x1p-8);
    const double panels = (double)((n_cols + VV_PANEL - 1) / VV_PANEL);
    const double m = 16.0 + 1.0 + 3.0 * VV_PANEL / STEP + panels;
    return split + (1.0 + 0x1p-5) * m * u / (1.0 - m * u);
}

const struct vv_kernel vv_kernel_amx = {.name = "amx",
                                        .group = GROUP,
                                        .columns = STEP,
                                        .least_cols = FEWEST_COLS,
                                        .runs = runs,
                                        .tile = tile,
                                        .lay = lay,
                                        .error = error,
                                        .order = order,
                                        .select = select_value,
                                        .keep = keep,
                                        VV_KERNEL_SUMS};
#else
static bool runs(void)
{
    return false;
}
const struct vv_kernel vv_kernel_amx = {.name = "amx", .group = 32, .columns = 1, .runs = runs};
#endif
