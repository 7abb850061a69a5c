/* SPDX-License-Identifier: MIT */
/* Counter-based random numbers (Philox 4x32-10 of Random123; Salmon et al., SC 2011): each number
 * is a function of (seed, stream, row, column), so it does not depend on who asks, in which order,
 * or on how many ranks. */
#ifndef VV_BASE_RNG_H
#define VV_BASE_RNG_H

#include <stdint.h>

#include "base/error.h"

/* Local. A stream number from its name, such as "id/decimation": streams never collide by habit. */
uint32_t vv_rng_stream(const char *name);

/* Local. 64 random bits; a number in the open interval (0, 1); a standard normal deviate. */
uint64_t vv_rng_bits(uint64_t seed, uint32_t stream, uint64_t row, uint32_t column);
double vv_rng_uniform(uint64_t seed, uint32_t stream, uint64_t row, uint32_t column);
double vv_rng_normal(uint64_t seed, uint32_t stream, uint64_t row, uint32_t column);

/* Local. Draws m of the rows 0..n-1 without replacement, each subset equally likely: the rows with
 * the m smallest random keys. `subset` numbers the draw within the stream (below 2^32).
 * chosen: [m], ascending. VV_BUG unless 0 <= m <= n. */
enum vv_status vv_rng_choose(uint64_t seed, uint32_t stream, uint32_t subset, int64_t n, int64_t m,
                             int64_t *chosen);

/* Local. A random order of n things: positions 0..n-1 sorted by random keys that are functions of the things'
 * numbers, so that the order of things that stay does not change when others leave. number: [n], distinct, or NULL
 * for 0..n-1; order: [n] */
enum vv_status vv_rng_order(uint64_t seed, uint32_t stream, int64_t n, const int64_t *number, int64_t *order);

#endif
