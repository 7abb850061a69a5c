/* SPDX-License-Identifier: MIT */
/* The rows of a layer in the order of a probe: those to train on first, in an order of which any beginning is
 * a stratified subset (split.h), then those to validate on and to test. Positions are divided into blocks of
 * VV_PROBE_BLOCK, and whole blocks are dealt to the ranks in turn, so that every beginning is spread over all
 * of them and sums inside a block never cross ranks. Rows keep the type of the layer; they are standardized
 * when a block is unpacked. */
#ifndef VV_PROBE_ROWS_H
#define VV_PROBE_ROWS_H

#include "data/matrix.h"
#include "dist/comm.h"

struct vv_probe_rows {
    struct vv_comm *comm;
    int threads;
    int64_t n;            /* positions */
    int64_t n_cols, width; /* features; with intercept and padding (core.h) */
    struct vv_matrix held; /* this rank's blocks in ascending order; its layout is not used */
};

/* Collective. Deals out the rows of a layer. row: [n] the global row at each position, the same on all ranks.
 * Memory: the dealt rows, in files where those of the layer are, and a window of rows to send. */
enum vv_status vv_probe_rows_init(struct vv_comm *c, const struct vv_matrix *from, const int64_t *row, int64_t n,
                                  int threads, struct vv_probe_rows *rows);
void vv_probe_rows_release(struct vv_probe_rows *rows);

/* Features as a probe sees them: (value - shift) * factor. */
struct vv_probe_scaler {
    double *shift, *factor; /* [n_cols] */
    double *most;           /* [width] largest magnitude afterwards; 1 for the intercept, 0 for padding */
};

/* Collective. From the first n positions: mean and standard deviation (divided by n; a constant feature is
 * divided by 1, and all are where features are not to be standardized: shifts are taken up by the intercept and
 * change no probe, but its arithmetic for the better). `most` holds for the same rows. */
enum vv_status vv_probe_scaler_init(const struct vv_probe_rows *rows, int64_t n, int standardize,
                                    struct vv_probe_scaler *s);
void vv_probe_scaler_release(struct vv_probe_scaler *s);

/* Local. Blocks of this rank that meet the positions [from, to): local numbers *first .. *end - 1. */
void vv_probe_blocks(const struct vv_probe_rows *rows, int64_t from, int64_t to, int64_t *first, int64_t *end);

/* Local. The part of local block b that is in [from, to), standardized: its first position, and the number of
 * rows. x: [VV_PROBE_BLOCK][width] */
int vv_probe_unpack(const struct vv_probe_rows *rows, const struct vv_probe_scaler *s, int64_t b, int64_t from,
                    int64_t to, double *x, int64_t *position);

#endif
