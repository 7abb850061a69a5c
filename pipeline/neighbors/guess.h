/* SPDX-License-Identifier: MIT */
/* The limits that rows start with: a guess from the distances to a few rows drawn at random. A row that
 * has its neighbor of order `order` among m of n rows at some distance has most likely at least k
 * neighbors within it among all n, if order is sufficiently more than k m / n (sample.h). */
#ifndef VV_NEIGHBORS_GUESS_H
#define VV_NEIGHBORS_GUESS_H

#include "neighbors/panels.h"
#include "neighbors/sample.h"

/* The sample as tiles take it, and space for all threads. */
struct vv_guess {
    const struct vv_kernel *kernel;
    int threads, order; /* order 0: no guess is worth while */
    struct vv_panels sample;
    float *space; /* [threads][space_size] */
    int64_t space_size;
};

/* Local. Room for a sample. / Bytes that takes. */
enum vv_status vv_guess_init(struct vv_guess *g, const struct vv_kernel *kernel,
                             struct vv_sample_plan plan, int64_t n_cols, int threads);
void vv_guess_release(struct vv_guess *g);
double vv_guess_memory(struct vv_sample_plan plan, int64_t n_cols, int threads);

/* Local. Lowers the limits of the rows. first: the global number of row 0 if the sample is of the same rows,
 * none of which is compared with itself; else something far off. */
void vv_guess_limits(struct vv_guess *g, const struct vv_sample *sample, const struct vv_frame *frame,
                     const struct vv_bound *bound, struct vv_panels *rows, int64_t first);

#endif
