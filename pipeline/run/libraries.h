/* SPDX-License-Identifier: MIT */
/* The libraries underneath: what they are called, and how many threads BLAS may use. */
#ifndef VV_RUN_LIBRARIES_H
#define VV_RUN_LIBRARIES_H

/* Local. Name and version of each, as it tells itself at run time where it can. */
const char *vv_library_mpi(void);
const char *vv_library_hdf5(void);
const char *vv_library_blas(void);
const char *vv_library_yaml(void);

/* Local. Sets the BLAS threads of this rank, where the library has a call for it. */
void vv_library_set_threads(int n);

#endif
