/* SPDX-License-Identifier: MIT */
/* How long a search will take: what it has to do, counted, times what each of these things takes on this
 * machine, measured in a moment. Good to a fifth where the machine is the same and left alone; an
 * extrapolation to more ranks takes their processors to be like this one. */
#ifndef VV_NEIGHBORS_FORECAST_H
#define VV_NEIGHBORS_FORECAST_H

#include <stdint.h>

#include "base/error.h"
#include "dist/comm.h"

/* What depends on the kernel: of the narrowest rows, and of wide ones (kernel.h). */
enum { VV_NARROW, VV_WIDE, VV_WIDTHS };

/* Seconds of one thread for each, but for the last. */
struct vv_rates {
    double product[VV_WIDTHS]; /* a multiplication and an addition in the kernel */
    double pair[VV_WIDTHS];    /* a pair of rows, whatever their features */
    double value[VV_WIDTHS];   /* a value converted */
    double candidate; /* a candidate offered to a shortlist, and its share of the upkeep */
    double feature;   /* a feature of a direct evaluation */
    double evaluation;/* a direct evaluation, whatever its features, ranking included */
    double fresh;     /* a byte of memory met for the first time */
    double bytes;     /* per second, that a rank sends for each of its threads while it receives as many */
};

/* What a search has to do, over all ranks, and how long that takes. */
struct vv_forecast {
    double flops, candidates, evaluations;
    double bytes_sent;                /* by one rank */
    double seconds, seconds_exchange; /* in all; of the exchange, were it not hidden by the computation */
};

/* Collective. Measures for about a third of a second; the slowest rank counts. */
enum vv_status vv_rates_measure(struct vv_comm *c, struct vv_rates *r);

/* Local. VV_NARROW or VV_WIDE: whose kernel here takes rows of n_cols features, unless the data or the metric want a
 * sharper one (choose.h), which the forecast does not know. */
int vv_rates_width(int64_t n_cols);

/* Local. For n rows of n_cols, k neighbors of each, among n_references other rows (0: the same rows).
 * value_bytes: of the rows as evaluated. rates NULL: counts only. */
struct vv_forecast vv_forecast_search(int64_t n, int64_t n_references, int64_t n_cols, int value_bytes,
                                      int k, int ranks, int threads, const struct vv_rates *rates);

#endif
