/* SPDX-License-Identifier: MIT */
#include "io/widen.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool vv_number_valid(struct vv_number n)
{
    const bool power = n.bytes == 1 || n.bytes == 2 || n.bytes == 4 || n.bytes == 8;
    switch (n.kind) {
    case 'f': return power && n.bytes >= 2;
    case 'i':
    case 'u': return power;
    case 'b': return n.bytes == 1;
    default: return false;
    }
}

void vv_number_name(struct vv_number n, char text[16])
{
    if (n.kind == 'b') snprintf(text, 16, "bool");
    else if (n.kind == 'B') snprintf(text, 16, "bfloat16");
    else
        snprintf(text, 16, "%s%d",
                 n.kind == 'f' ? "float" : n.kind == 'i' ? "int" : "uint", 8 * n.bytes);
}

enum vv_real vv_number_held(struct vv_number n)
{
    return n.bytes <= 2 || (n.kind == 'f' && n.bytes == 4) ? VV_FLOAT32 : VV_FLOAT64;
}

/* IEEE 754 half precision: 1 sign, 5 exponent, 10 fraction bits. */
static double half_to_double(uint16_t h)
{
    const int exponent = h >> 10 & 31, fraction = h & 1023;
    double v;
    if (exponent == 0) v = ldexp(fraction, -24);
    else if (exponent == 31) v = fraction ? (double)NAN : (double)INFINITY;
    else v = ldexp(fraction + 1024, exponent - 25);
    return h & 0x8000 ? -v : v;
}

/* The bits of one number, whatever their order in the file. */
static uint64_t load_bits(struct vv_number n, const unsigned char *raw)
{
    uint64_t bits = 0;
    for (int b = 0; b < n.bytes; b++)
        bits = bits << 8 | raw[n.big_endian ? b : n.bytes - 1 - b];
    return bits;
}

static double to_double(struct vv_number n, uint64_t bits)
{
    if (n.kind == 'b') return bits != 0;
    if (n.kind == 'u') return (double)bits;
    if (n.kind == 'i') {
        const int unused = 64 - 8 * n.bytes;
        return (double)((int64_t)(bits << unused) >> unused);
    }
    if (n.kind == 'B') bits <<= 16; /* the upper half of a float32 */
    else if (n.bytes == 2) return half_to_double((uint16_t)bits);
    if (n.bytes == 8) {
        double v;
        memcpy(&v, &bits, sizeof v);
        return v;
    }
    const uint32_t low = (uint32_t)bits;
    float v;
    memcpy(&v, &low, sizeof v);
    return (double)v;
}

void vv_number_widen(struct vv_number n, const unsigned char *raw, int64_t count, enum vv_real type,
                     void *out)
{
    if (n.kind == 'f' && !n.big_endian && (size_t)n.bytes == vv_real_bytes(type)) {
        memcpy(out, raw, (size_t)count * (size_t)n.bytes);
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        const double v = to_double(n, load_bits(n, raw + i * n.bytes));
        if (type == VV_FLOAT32) ((float *)out)[i] = (float)v;
        else ((double *)out)[i] = v;
    }
}
