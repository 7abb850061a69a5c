/* SPDX-License-Identifier: MIT */
#include "neighbors/blas_memory.h"

#include <stdlib.h>

enum { BUFFER = 136 << 20 };

enum vv_status vv_blas_memory_probe(int threads)
{
    void *const probe = malloc((size_t)threads * BUFFER);
    free(probe);
    if (probe) return VV_OK;
    return vv_fail(VV_MEMORY, "no memory for the buffers of BLAS (%d x %d MiB of address space)",
                   threads, BUFFER >> 20);
}
