/* SPDX-License-Identifier: MIT */
/* Memory: every block is zeroed, aligned to 64 bytes and counted, so that the peak can be compared
 * with the plan and a finished run can be seen to have given everything back. */
#ifndef VV_BASE_MEM_H
#define VV_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* Local. `count` elements of `size` bytes, zeroed, 64-byte aligned; a count of 0 gives a valid
 * pointer. On failure (negative count, overflow, no memory) records VV_MEMORY, naming `what` and
 * the bytes, and returns NULL: `if (!(x = vv_mem_new(n, sizeof *x, "ratios"))) return VV_MEMORY;` */
void *vv_mem_new(int64_t count, size_t size, const char *what) __attribute__((malloc));

/* Local. Grows (or shrinks) a block to `count` elements, keeping its contents; new bytes are zero.
 * On failure records VV_MEMORY, returns NULL and leaves the old block as it was. */
void *vv_mem_resize(void *block, int64_t count, size_t size, const char *what);

/* Local. A copy of a string, or NULL with VV_MEMORY recorded. */
char *vv_mem_string(const char *text);

/* Local. Releases a block of this module; NULL is allowed. */
void vv_mem_free(void *block);

/* Local. Bytes now in use and the largest value so far. */
size_t vv_mem_in_use(void);
size_t vv_mem_peak(void);

/* Local. Peak resident set of the process in bytes, as the operating system counts it. */
size_t vv_mem_peak_resident(void);

#endif
