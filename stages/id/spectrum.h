/* SPDX-License-Identifier: MIT */
/* The PCA dimension of distributed rows: the participation ratio at any size, the number of components where the
 * spectrum can be had. The same bits on any number of ranks: see pca.h. */
#ifndef VV_ID_SPECTRUM_H
#define VV_ID_SPECTRUM_H

#include "data/matrix.h"
#include "dist/comm.h"
#include "dist/progress.h"
#include "stages/id/core.h"

struct vv_spectrum {
    double variance; /* share that the components are to carry */
    int64_t limit;   /* largest min(rows, columns) of which eigenvalues are computed */
    int threads;
};

struct vv_spectrum_result {
    double participation_ratio; /* NaN: missing */
    double n_components;        /* NaN: missing */
    enum vv_id_reason reason;   /* why one of them is */
};

/* Collective. From the covariance (D x D) when there are at least as many rows as columns, else from the products of
 * rows (n x n), which have the same spectrum. 2 n D min(n, D) flops or fewer, shared by the ranks; eigenvalues on
 * rank 0: 4/3 min^3 flops, 8 min^2 bytes. */
enum vv_status vv_spectrum_estimate(struct vv_comm *c, const struct vv_matrix *m, const struct vv_spectrum *how,
                                    struct vv_progress *progress, struct vv_spectrum_result *result);

/* Local. Bytes of one rank, of rank 0 when it holds the spectrum. / Flops over all ranks. */
double vv_spectrum_memory(int64_t n, int64_t n_cols, int64_t limit, int size);
double vv_spectrum_flops(int64_t n, int64_t n_cols, int64_t limit);

#endif
