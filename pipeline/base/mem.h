/* SPDX-License-Identifier: MIT */
/* Memory, for the main thread: every block is aligned to 64 bytes and counted, so that the peak can be
 * compared with the plan and a finished run can be seen to have given everything back. */
#ifndef VV_BASE_MEM_H
#define VV_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* Local. `count` elements of `size` bytes, zeroed, 64-byte aligned; a count of 0 gives a valid
 * pointer. On failure (negative count, overflow, no memory) records VV_MEMORY, naming `what` and
 * the bytes, and returns NULL: `if (!(x = vv_mem_new(n, sizeof *x, "ratios"))) return VV_MEMORY;` */
void *vv_mem_new(int64_t count, size_t size, const char *what) __attribute__((malloc));

/* Local. The same with undefined contents, for what will be written before it is read. */
void *vv_mem_new_raw(int64_t count, size_t size, const char *what) __attribute__((malloc));

/* Local. Grows (or shrinks) a block to `count` elements, keeping its contents; new bytes are zero.
 * On failure records VV_MEMORY, returns NULL and leaves the old block as it was. */
void *vv_mem_resize(void *block, int64_t count, size_t size, const char *what);

/* Local. A copy of a string, or NULL with VV_MEMORY recorded. */
char *vv_mem_string(const char *text);

/* Local. A block that lives in a nameless file in `folder` and is mapped into memory; the space is taken at
 * once. Does not count as memory in use. folder NULL: as vv_mem_new_raw. On failure also records
 * VV_OUTPUT, when the folder cannot take it. */
void *vv_mem_new_in(const char *folder, int64_t count, size_t size, const char *what);

enum { VV_COOL_BYTES = 2 << 20 }; /* a good amount to cool at a time */

/* Local. Lets the system take back the memory behind `bytes` bytes from `from` of a block in a file; they
 * will be read again when they are needed. Nothing for a block in memory. */
void vv_mem_cool(const void *block, const void *from, size_t bytes);

/* Local. Releases a block of this module; NULL is allowed. */
void vv_mem_free(void *block);

/* Local. Bytes now in use and the largest value so far. */
size_t vv_mem_in_use(void);
size_t vv_mem_peak(void);

/* Local. Peak resident set of the process in bytes, as the operating system counts it. */
size_t vv_mem_peak_resident(void);

#endif
