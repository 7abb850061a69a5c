/* SPDX-License-Identifier: MIT */
/* What a run left, as plain arrays for other programs. */
#ifndef VV_IO_EXPORT_H
#define VV_IO_EXPORT_H

#include <stdbool.h>

#include "base/error.h"

struct vv_export {
    const char *run, *to; /* run directory; folder for the arrays */
    bool with_self;       /* neighbor tables begin with the sample itself, at distance 0 */
    int n_files;          /* written so far */
    int n_tables;         /* neighbor tables among the rows of their own layer, of stage `tables` */
    char tables[64];      /* the stage whose neighbor tables can be read again */
    bool leaves_out;      /* some of them leave samples out */
};

/* Local. Writes .npy files below e->to:
 *   report/<path>.npy               each dataset of report.h5
 *   <stage>/distances/<layer>.npy   neighbor tables (float64, int64): (n, k), or (n, k + 1) with the sample itself in
 *   <stage>/indices/<layer>.npy     column 0
 *   <stage>/<dataset>/<layer>.npy   what a stage found for each sample
 *   <stage>/samples/<layer>.npy     the input sample of each row
 * VV_INPUT when `run` is no run directory, or a file of it cannot be read. */
enum vv_status vv_export_npy(struct vv_export *e);

#endif
