/* SPDX-License-Identifier: MIT */
/* Raw numbers of a file as float32 or float64. Widening is exact for floats of any width, for integers
 * up to 32 bits in float64 and up to 16 bits in float32; 64-bit integers round to the nearest double. */
#ifndef VV_IO_WIDEN_H
#define VV_IO_WIDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/matrix.h"

/* Kinds: 'f' float, 'i' signed, 'u' unsigned, 'b' boolean; bytes 1, 2, 4 or 8. 'B' is bfloat16, of 2 bytes, the upper
 * half of a float32. */
struct vv_number {
    char kind;
    int bytes;
    bool big_endian;
};

/* Local. Whether such numbers exist in NumPy (there is no 1-byte float, nor bfloat16). */
bool vv_number_valid(struct vv_number n);

/* Local. "float16", "uint8", "bool". text: [16] */
void vv_number_name(struct vv_number n, char text[16]);

/* Local. The type that holds them: float32 up to 16-bit integers and float32, else float64. */
enum vv_real vv_number_held(struct vv_number n);

/* Local. Converts `count` numbers. raw: [count * n.bytes]; out: [count] of `type` */
void vv_number_widen(struct vv_number n, const unsigned char *raw, int64_t count, enum vv_real type,
                     void *out);

#endif
