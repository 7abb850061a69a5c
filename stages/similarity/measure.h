/* SPDX-License-Identifier: MIT */
/* The measures of one pair of spaces whose rows were dealt alike. */
#ifndef VV_SIMILARITY_MEASURE_H
#define VV_SIMILARITY_MEASURE_H

#include <stdbool.h>

#include "stages/similarity/deal.h"

enum vv_similarity {
    VV_LINEAR_CKA,
    VV_LINEAR_CKA_UNBIASED,
    VV_RBF_CKA,
    VV_COSINE_MEAN,
    VV_ANGULAR_DISTANCE,
    VV_N_SIMILARITIES
};

struct vv_similarity_how {
    bool linear, unbiased, rbf, cosine; /* what is measured */
    double bandwidth;                   /* of the Gaussian kernel, in medians of the distances */
    int threads;
};

/* What concerns one space alone, found when it is first needed. */
struct vv_similarity_self {
    bool known;
    double squares;      /* |X^T X|_F^2, in units of the hand */
    double sigma;        /* bandwidth; 0: all rows of the first batch are equal */
    double hsic, hsic_rbf; /* means over the full batches */
};

/* Work space: for every thread a tile, two panels and kernels of a batch. */
struct vv_bench;

/* Local. most_cols: the widest space. */
enum vv_status vv_bench_create(const struct vv_deck *d, int64_t most_cols, int threads, struct vv_bench **b);
void vv_bench_destroy(struct vv_bench **b);
double vv_bench_memory(int64_t batch, int64_t most_cols, int threads);

/* Collective. Fills *self. */
enum vv_status vv_similarity_alone(struct vv_comm *c, const struct vv_deck *d, const struct vv_hand *x,
                                   const struct vv_similarity_how *how, struct vv_bench *b,
                                   struct vv_similarity_self *self);

/* Collective. The measures asked for; the others are NaN. Cosine and angle are NaN where spaces differ in
 * features. value: [VV_N_SIMILARITIES] */
enum vv_status vv_similarity_measure(struct vv_comm *c, const struct vv_deck *d, const struct vv_hand *x,
                                     const struct vv_hand *y, const struct vv_similarity_self *self_x,
                                     const struct vv_similarity_self *self_y,
                                     const struct vv_similarity_how *how, struct vv_bench *b, double *value);

#endif
