/* SPDX-License-Identifier: MIT */
/* One body for several instruction sets, chosen when the program starts: wider registers do the same operations
 * (nothing is contracted, see the Makefile), so that the bits are the same. Sanitizers cannot do with it. */
#ifndef VV_BASE_EVERY_WIDTH_H
#define VV_BASE_EVERY_WIDTH_H

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define VV_EVERY_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VV_EVERY_WIDTH
#endif

#endif
