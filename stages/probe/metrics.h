/* SPDX-License-Identifier: MIT */
/* How good predictions are, and how sure that is. Classes are 0 .. n_classes - 1; a prediction of -1 is none
 * and wrong. Conventions of scikit-learn: balanced accuracy is the mean over the classes that occur of their
 * recall; macro-F1 the mean over the classes that occur or are predicted of 2 tp / (occur + predicted). */
#ifndef VV_PROBE_METRICS_H
#define VV_PROBE_METRICS_H

#include <stdint.h>

#include "base/error.h"
#include "dist/comm.h"

enum vv_metric_of_probe { VV_ACCURACY, VV_BALANCED, VV_MACRO_F1, VV_LOG_LOSS, VV_R2, VV_N_SCORES };

struct vv_predictions {
    int64_t n;
    int n_classes;
    const int32_t *truth, *predicted; /* [n] */
    const double *loss;               /* [n], - ln p of the true class; NULL: none (NaN) */
    const double *squares;            /* [n], squared error of a regression on the classes; NULL: none (NaN) */
    const double *values;             /* [n_classes] the number that each class is; NULL: a unit vector each */
};

/* Local. scores: [VV_N_SCORES], NaN where n = 0. Of all, or of a bootstrap sample, n draws with replacement
 * that are a function of (seed, replicate). counts: [3 n_classes], scratch */
void vv_probe_score(const struct vv_predictions *p, int64_t *counts, double *scores);
void vv_probe_score_resampled(const struct vv_predictions *p, uint64_t seed, int64_t replicate, int64_t *counts,
                              double *scores);

struct vv_scored {
    double value[VV_N_SCORES], low[VV_N_SCORES], high[VV_N_SCORES];
};

/* All scores NaN. */
struct vv_scored vv_scored_none(void);

struct vv_bootstrap {
    int64_t replicates; /* 0: no intervals */
    double confidence;  /* of the intervals between percentiles, such as 0.95 */
    uint64_t seed;
    int threads;
};

/* Collective. The scores and their intervals; replicates are shared by the ranks. */
enum vv_status vv_probe_bootstrap(struct vv_comm *c, const struct vv_predictions *p,
                                  const struct vv_bootstrap *how, struct vv_scored *out);

/* Local. The q-quantile of ascending values, linear between them; NaN for none. */
double vv_probe_quantile(const double *sorted, int64_t n, double q);

#endif
