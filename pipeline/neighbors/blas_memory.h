/* SPDX-License-Identifier: MIT */
/* OpenBLAS takes a buffer for each thread that calls it, at its first product, and where the limit of the
 * process refuses it, tries again for ever. Better refused where the ranks can still agree. */
#ifndef VV_NEIGHBORS_BLAS_MEMORY_H
#define VV_NEIGHBORS_BLAS_MEMORY_H

#include "base/error.h"

/* Local. VV_MEMORY when there is no address space for the buffers of that many threads. */
enum vv_status vv_blas_memory_probe(int threads);

#endif
