/* SPDX-License-Identifier: MIT */
#include "base/rng.h"

#include <Random123/philox.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

uint32_t vv_rng_stream(const char *name)
{
    return (uint32_t)vv_hash_bytes(name, strlen(name)).low;
}

static void draw(uint64_t seed, uint32_t stream, uint64_t row, uint32_t column, uint64_t out[2])
{
    const philox4x32_ctr_t counter = {
        .v = {(uint32_t)row, (uint32_t)(row >> 32), column, stream}};
    const philox4x32_key_t key = {.v = {(uint32_t)seed, (uint32_t)(seed >> 32)}};
    const philox4x32_ctr_t r = philox4x32(counter, key);
    out[0] = (uint64_t)r.v[1] << 32 | r.v[0];
    out[1] = (uint64_t)r.v[3] << 32 | r.v[2];
}

/* The middle of one of 2^52 equal cells of (0, 1): never 0, never 1. */
static double to_unit(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

uint64_t vv_rng_bits(uint64_t seed, uint32_t stream, uint64_t row, uint32_t column)
{
    uint64_t r[2];
    draw(seed, stream, row, column, r);
    return r[0];
}

double vv_rng_uniform(uint64_t seed, uint32_t stream, uint64_t row, uint32_t column)
{
    return to_unit(vv_rng_bits(seed, stream, row, column));
}

double vv_rng_normal(uint64_t seed, uint32_t stream, uint64_t row, uint32_t column)
{
    const double two_pi = 6.283185307179586476925;
    uint64_t r[2];
    draw(seed, stream, row, column, r);
    return sqrt(-2.0 * log(to_unit(r[0]))) * cos(two_pi * to_unit(r[1]));
}

struct keyed_row {
    uint64_t key;
    int64_t row;
};

static int compare_keys(const void *a, const void *b)
{
    const struct keyed_row *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int compare_rows(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

enum vv_status vv_rng_choose(uint64_t seed, uint32_t stream, uint32_t subset, int64_t n, int64_t m,
                             int64_t *chosen)
{
    if (m < 0 || m > n)
        return vv_fail(VV_BUG, "cannot choose %lld of %lld rows", (long long)m, (long long)n);
    struct keyed_row *rows = vv_mem_new(n, sizeof *rows, "keys of a random subset");
    if (!rows) return VV_MEMORY;
    for (int64_t i = 0; i < n; i++)
        rows[i] = (struct keyed_row){vv_rng_bits(seed, stream, (uint64_t)i, subset), i};
    qsort(rows, (size_t)n, sizeof *rows, compare_keys);
    for (int64_t i = 0; i < m; i++) chosen[i] = rows[i].row;
    qsort(chosen, (size_t)m, sizeof *chosen, compare_rows);
    vv_mem_free(rows);
    return VV_OK;
}

enum vv_status vv_rng_order(uint64_t seed, uint32_t stream, int64_t n, const int64_t *number, int64_t *order)
{
    struct keyed_row *rows = vv_mem_new(n, sizeof *rows, "keys of a random order");
    if (!rows) return VV_MEMORY;
    for (int64_t i = 0; i < n; i++)
        rows[i] = (struct keyed_row){vv_rng_bits(seed, stream, (uint64_t)(number ? number[i] : i), 0), i};
    qsort(rows, (size_t)n, sizeof *rows, compare_keys);
    for (int64_t i = 0; i < n; i++) order[i] = rows[i].row;
    vv_mem_free(rows);
    return VV_OK;
}
