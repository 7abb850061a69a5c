/* SPDX-License-Identifier: MIT */
#include "run/libraries.h"

#include <stddef.h>

#include "dist/comm.h"

#ifndef VV_HDF5_VERSION
#define VV_HDF5_VERSION "unknown"
#endif
#ifndef VV_YAML_VERSION
#define VV_YAML_VERSION "unknown"
#endif

/* OpenBLAS's own calls; weak, because another BLAS does not have them. */
extern char *openblas_get_config(void) __attribute__((weak));
extern void openblas_set_num_threads(int n) __attribute__((weak));

const char *vv_library_mpi(void)
{
    return vv_comm_library();
}

const char *vv_library_hdf5(void)
{
    return "HDF5 " VV_HDF5_VERSION;
}

const char *vv_library_blas(void)
{
    return openblas_get_config ? openblas_get_config() : "unknown BLAS";
}

const char *vv_library_yaml(void)
{
    return "libyaml " VV_YAML_VERSION;
}

void vv_library_set_threads(int n)
{
    if (openblas_set_num_threads) openblas_set_num_threads(n);
}
