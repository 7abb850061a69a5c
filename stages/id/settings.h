/* SPDX-License-Identifier: MIT */
/* The parameters of the id stage, their rules, and what it will need. */
#ifndef VV_ID_SETTINGS_H
#define VV_ID_SETTINGS_H

#include "pipeline.h"

enum estimator { TWONN = 1, GRIDE = 2, DECIMATION = 4, BLOCKS = 8, BAYES = 16, MLE = 32, ABIDE = 64, PCA = 128,
                 BINOMIAL = 256 };
enum reported { REPORT_TWONN, REPORT_TWONN_ML, REPORT_GRIDE, REPORT_BAYES, REPORT_ABIDE };
enum { MOST_ITERATIONS = 100 };

struct vv_id_config {
    unsigned estimators; /* of enum estimator */
    double fraction;
    int64_t range_max;
    struct {
        int64_t halvings, repetitions;
    } decimation;
    struct {
        struct vv_ints counts;
    } blocks;
    struct {
        double shape, rate;
    } prior;
    struct {
        struct vv_ints k;
    } mle;
    struct {
        struct vv_ints k;
        double ratio;
    } binomial;
    struct {
        int64_t iterations;
        double significance;
        double start, ratio; /* 0: from the data */
    } abide;
    struct {
        double variance;
        int64_t limit;
    } pca;
    struct {
        int estimator; /* enum reported */
        int64_t order;
    } reported;
};

extern const struct vv_param vv_id_params[];

/* Local. Neighbors that Gride looks at: range_max, or what the reported scale needs. / Its scales with lists of k
 * neighbors. / The scale to report: the one asked, or the largest there is. */
int64_t vv_id_most_neighbors(const struct vv_id_config *c);
int vv_id_count_scales(const struct vv_id_config *c, int64_t k);
int vv_id_reported_scale(const struct vv_id_config *c, int n_scales);

/* Local. See pipeline.h, vv_stage. */
void vv_id_check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d);
void vv_id_forecast(const void *config, const struct vv_shape *shape, struct vv_cost *cost);

/* Local. What a report calls the reported estimator. */
const char *vv_id_reported_name(const struct vv_id_config *c);

#endif
