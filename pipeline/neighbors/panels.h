/* SPDX-License-Identifier: MIT */
/* Rows as the kernels take them: centred, scaled by a power of two, rounded to float32, and laid down in groups
 * as the kernel likes them, padded to whole groups by rows at infinity. One contiguous block holds all of it,
 * and the limit each row starts with, so that it can travel as it is. */
#ifndef VV_NEIGHBORS_PANELS_H
#define VV_NEIGHBORS_PANELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "neighbors/bound.h"
#include "neighbors/kernel.h"
#include "neighbors/frame.h"

struct vv_panels {
    int64_t n, n_padded; /* rows, and rounded up to whole groups */
    int64_t width; /* words of a row */
    const struct vv_kernel *kernel;
    void *block;   /* all that follows */
    float *rows;   /* [n_padded / group][width * group] */
    float *half;   /* [n_padded] |X|^2 / 2, +infinity for padding; see bound.h for inner products */
    float *length; /* [n_padded] |X| */
    float *limit;  /* [n_padded] what the row accepts at first; see shortlist.h */
};

/* Local. Bytes of a block of n rows; those of one padded row times n_padded. / The most that a row takes with any
 * kernel that is chosen by itself. */
size_t vv_panels_bytes(int64_t n, int64_t n_cols, const struct vv_kernel *kernel);
double vv_panels_most_bytes(int64_t n_cols);

/* Local. Lays the members out over a block of vv_panels_bytes. */
void vv_panels_lay_out(struct vv_panels *p, int64_t n, int64_t n_cols, const struct vv_kernel *kernel, void *block);

/* Local. Allocates for n rows, in a file of `folder` unless that is NULL. / Releases a block of its own. */
enum vv_status vv_panels_init(struct vv_panels *p, const char *folder, int64_t n, int64_t n_cols,
                              const struct vv_kernel *kernel);
void vv_panels_release(struct vv_panels *p);

/* Local. Fills rows, half and length from rows of a matrix, or of a plain array [n][n_cols] of frame->type;
 * limits are infinite. */
void vv_panels_fill(struct vv_panels *p, const struct vv_frame *f, enum vv_metric metric,
                    const struct vv_matrix *m, int threads);
void vv_panels_fill_from(struct vv_panels *p, const struct vv_frame *f, enum vv_metric metric,
                         const void *rows, int threads);

/* Local. Copies rows [first, first + n) of p into a block of its own; first: a multiple of the group. */
void vv_panels_copy(const struct vv_panels *p, int64_t first, int64_t n, struct vv_panels *to);

/* Local. Gives the memory of rows [first, first + n) back if they are in a file. */
void vv_panels_cool(const struct vv_panels *p, int64_t first, int64_t n);

#endif
