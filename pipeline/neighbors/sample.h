/* SPDX-License-Identifier: MIT */
/* A few of the rows that are searched among, drawn at random and known to all ranks: where to centre
 * the data, and what limits the rows may start with. */
#ifndef VV_NEIGHBORS_SAMPLE_H
#define VV_NEIGHBORS_SAMPLE_H

#include "data/matrix.h"
#include "dist/comm.h"

struct vv_sample {
    int n;
    void *rows;      /* [n][n_cols] of the matrix's type */
    int64_t *number; /* [n] global rows, ascending */
};

/* How large a sample is worth its while, and what is read from it. */
struct vv_sample_plan {
    int n;     /* rows */
    int order; /* a row starts with the limit of its neighbor of this order in the sample; 0: with none */
};

/* Local. The plan for n_rows rows of n_cols features and k neighbors: weighs the products with the sample
 * against the candidates that a low limit spares. The limit is too low for one row in ten thousand,
 * which is noticed and mended. */
struct vv_sample_plan vv_sample_plan_for(int64_t n_rows, int64_t n_cols, int k);

/* Local. About how many candidates will be offered to a row's list. */
double vv_sample_candidates(int64_t n_rows, int k, struct vv_sample_plan plan);

/* Collective. Draws n rows of m; independent of the number of ranks. */
enum vv_status vv_sample_draw(struct vv_comm *c, const struct vv_matrix *m, int n,
                              struct vv_sample *s);
void vv_sample_release(struct vv_sample *s);

/* Local. The mean of the sample. center: [m->n_cols] */
void vv_sample_mean(const struct vv_sample *s, const struct vv_matrix *m, double *center);

#endif
