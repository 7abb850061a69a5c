/* SPDX-License-Identifier: MIT */
/* What a probe got right in each layer, sample by sample, so that layers can be compared on the same samples. */
#ifndef VV_DEPTH_OUTCOMES_H
#define VV_DEPTH_OUTCOMES_H

#include <stdint.h>

#include "data/artifact.h"
#include "dist/comm.h"

/* Bits of this rank's share of the samples, one row of words a layer. */
struct vv_outcomes {
    int n_layers;
    int64_t n_words;          /* of a layer */
    uint64_t *tested, *right; /* [n_layers][n_words]; right only where tested */
};

/* Local. n_samples: of this rank. */
enum vv_status vv_outcomes_init(struct vv_outcomes *o, int n_layers, int64_t n_samples);
void vv_outcomes_release(struct vv_outcomes *o);

/* Local. outcome: 1 right, 0 wrong, less: not tested. sample: of this rank, from 0 */
void vv_outcomes_set(struct vv_outcomes *o, int layer, int64_t sample, int outcome);

/* Local. Adds up over this rank's samples: right and tested in a layer; and of the samples tested in both of two layers
 * how many there are, and how many of these are right in the first and wrong in the second. Cost: n_layers^2 n_words.
 * n_right, n_tested: [n_layers]; n_common, n_only: [n_layers][n_layers] */
void vv_outcomes_count(const struct vv_outcomes *o, int64_t *n_right, int64_t *n_tested, int64_t *n_common,
                       int64_t *n_only);

/* Collective. Reads a column of every layer, whose rows may be different samples, and brings each sample to its rank.
 * The samples are divided over the ranks by their numbers. layers: [n_layers] of kind VV_SAMPLES, published or in
 * memory */
enum vv_status vv_outcomes_gather(struct vv_comm *c, const struct vv_artifact *const *layers, int n_layers,
                                  const char *column, struct vv_outcomes *o);

#endif
