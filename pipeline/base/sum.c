/* SPDX-License-Identifier: MIT */
#include "base/sum.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { LIMB_BITS = 32, MAX_PENDING = 1 << 29 };

/* Leaves every limb but the last in [0, 2^32); the last carries the sign. */
void vv_sum_carry(struct vv_sum *s)
{
    int64_t carry = 0;
    for (int i = 0; i < VV_SUM_LIMBS - 1; i++) {
        const int64_t v = s->limb[i] + carry;
        s->limb[i] = v & 0xffffffff;
        carry = (v - s->limb[i]) / ((int64_t)1 << LIMB_BITS);
    }
    s->limb[VV_SUM_LIMBS - 1] += carry;
    s->n_pending = 0;
}

void vv_sum_add(struct vv_sum *s, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    const bool negative = bits >> 63;
    const int exponent = (int)(bits >> 52 & 0x7ff);
    uint64_t mantissa = bits & 0xfffffffffffff;
    if (exponent == 0x7ff) {
        if (mantissa) s->n_nan++;
        else if (negative) s->n_minus_infinity++;
        else s->n_plus_infinity++;
        return;
    }
    /* value = mantissa * 2^(place - 1074) */
    int place = 0;
    if (exponent > 0) {
        mantissa |= (uint64_t)1 << 52;
        place = exponent - 1;
    }
    const int i = place / LIMB_BITS, shift = place % LIMB_BITS;
    const uint64_t low = mantissa << shift;
    const uint64_t high = shift ? mantissa >> (64 - shift) : 0;
    const int64_t a = (int64_t)(low & 0xffffffff), b = (int64_t)(low >> 32), c = (int64_t)high;
    if (negative) {
        s->limb[i] -= a;
        s->limb[i + 1] -= b;
        s->limb[i + 2] -= c;
    } else {
        s->limb[i] += a;
        s->limb[i + 1] += b;
        s->limb[i + 2] += c;
    }
    if (++s->n_pending >= MAX_PENDING) vv_sum_carry(s);
}

void vv_sum_merge(struct vv_sum *s, const struct vv_sum *other)
{
    struct vv_sum o = *other;
    vv_sum_carry(&o);
    vv_sum_carry(s);
    for (int i = 0; i < VV_SUM_LIMBS; i++) s->limb[i] += o.limb[i];
    s->n_nan += o.n_nan;
    s->n_plus_infinity += o.n_plus_infinity;
    s->n_minus_infinity += o.n_minus_infinity;
    s->n_pending = 1;
}

/* Bit `place` of the carried, non-negative number. */
static bool bit_at(const int64_t *limb, int place)
{
    return place >= 0 && (limb[place / LIMB_BITS] >> (place % LIMB_BITS) & 1);
}

static bool any_below(const int64_t *limb, int place)
{
    for (int i = 0; i < place / LIMB_BITS; i++)
        if (limb[i]) return true;
    return (limb[place / LIMB_BITS] & (((int64_t)1 << place % LIMB_BITS) - 1)) != 0;
}

double vv_sum_value(const struct vv_sum *s)
{
    if (s->n_nan || (s->n_plus_infinity && s->n_minus_infinity)) return NAN;
    if (s->n_plus_infinity) return INFINITY;
    if (s->n_minus_infinity) return -INFINITY;
    struct vv_sum t = *s;
    vv_sum_carry(&t);
    const bool negative = t.limb[VV_SUM_LIMBS - 1] < 0;
    if (negative) {
        for (int i = 0; i < VV_SUM_LIMBS; i++) t.limb[i] = -t.limb[i];
        vv_sum_carry(&t);
    }
    int top = VV_SUM_LIMBS - 1;
    while (top >= 0 && t.limb[top] == 0) top--;
    if (top < 0) return 0.0;
    int first = top * LIMB_BITS; /* place of the leading one */
    for (int64_t v = t.limb[top]; v > 1; v >>= 1) first++;
    const int last = first > 52 ? first - 52 : 0; /* place of the last mantissa bit */
    uint64_t mantissa = 0;
    for (int place = first; place >= last; place--)
        mantissa = mantissa << 1 | (uint64_t)bit_at(t.limb, place);
    if (last > 0 && bit_at(t.limb, last - 1) &&
        ((mantissa & 1) || any_below(t.limb, last - 1)))
        mantissa++;
    const double value = ldexp((double)mantissa, last - 1074);
    return negative ? -value : value;
}
