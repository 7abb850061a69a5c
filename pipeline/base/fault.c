/* SPDX-License-Identifier: MIT */
#include "base/fault.h"

#ifdef VV_FAULTS
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int my_rank = -1;
static long passes;

void vv_fault_rank(int rank)
{
    my_rank = rank;
}

bool vv_fault(const char *point)
{
    const char *const spec = getenv("VARVE_FAULT");
    const size_t n = strlen(point);
    if (!spec || my_rank < 0 || strncmp(spec, point, n) != 0 || (spec[n] != ':' && spec[n] != '\0'))
        return false;
    const char *const rank = spec[n] == ':' ? spec + n + 1 : NULL;
    const char *const number = rank ? strchr(rank, ':') : NULL;
    if (rank && *rank != ':' && *rank != '\0' && strtol(rank, NULL, 10) != my_rank) return false;
    long pass;
#pragma omp atomic capture
    pass = ++passes;
    if (pass != (number ? strtol(number + 1, NULL, 10) : 1)) return false;
    static const char said[] = "(fault)\n"; /* a test sees that it came so far */
    return write(STDERR_FILENO, said, sizeof said - 1) >= 0;
}
#else
typedef int vv_fault_unused; /* no file may be empty */
#endif
