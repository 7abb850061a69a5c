/* SPDX-License-Identifier: MIT */
#include "io/h5_error.h"

#include <hdf5.h>
#include <stdarg.h>
#include <stdio.h>

void vv_h5_quiet(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* Walking upward visits the innermost failure first. */
static herr_t innermost(unsigned n, const H5E_error2_t *error, void *text)
{
    if (n == 0) snprintf(text, 256, "%s", error->desc ? error->desc : "unknown HDF5 error");
    return 0;
}

enum vv_status vv_h5_fail(enum vv_status code, const char *format, ...)
{
    char what[700], why[256] = "unknown HDF5 error";
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, why);
    H5Eclear2(H5E_DEFAULT);
    return vv_fail(code, "%s: %s", what, why);
}
