/* SPDX-License-Identifier: MIT */
/* The embedded input: manifolds of known dimension with known classes, rotated into a high ambient
 * dimension, with noise, pushed through a seeded random deep network. Every value is a function of
 * (seed, layer, row, column): the same on any number of ranks, and no rank holds more than it asks.
 *
 * Layer 0 is the manifold itself, embedded; layers 1..depth are the network's. See synthetic.c for
 * the formulas and for which truths are known. */
#ifndef VV_IO_SYNTHETIC_H
#define VV_IO_SYNTHETIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/schema.h"
#include "data/labels.h"

enum vv_manifold { VV_HYPERCUBE, VV_SPHERE, VV_SWISS_ROLL, VV_GAUSSIAN_MIXTURE };

struct vv_synthetic_config {
    int manifold;             /* enum vv_manifold */
    bool present;             /* `synthetic:` was given */
    int64_t n_samples;              /* samples */
    int64_t dimension;        /* intrinsic dimension d of the manifold (swiss roll: 2) */
    int64_t width;            /* ambient dimension of every layer */
    int64_t depth;            /* layers of the random network */
    int64_t n_classes;         /* fine classes ("class") */
    int64_t n_superclasses;    /* coarse classes ("superclass"), each a group of fine ones */
    double separation;        /* mixture: typical distance between superclass centres, in units of
                               * the standard deviation inside a class */
    double noise;             /* standard deviation of isotropic noise on every layer, relative to
                               * the root mean square of the layer's values */
    double noise_peak;        /* further noise that rises and falls with depth: the hunchback */
    double noise_peak_depth;  /* relative depth (0..1) of its maximum */
    double noise_end;         /* further noise that sets in over the last quarter of the depth */
    double gain;              /* of the random layers; above 1 they fold the manifold */
    double gather;            /* from gather_depth on, classes contract towards the images of their
                               * centres, down to this factor at gather_end, and then less and less */
    double gather_depth;      /* relative depth (0..1) where the contraction begins */
    double gather_end;        /* relative depth (0..1) where it is strongest */
    int64_t seed;
};

extern const struct vv_param vv_synthetic_params[];

/* Local. Bytes that the fixed parts take on every rank. */
double vv_synthetic_memory(const struct vv_synthetic_config *config);

struct vv_synthetic; /* opaque: the rotation, the network's weights, the class centres */

/* Local. Draws the fixed parts. */
enum vv_status vv_synthetic_create(const struct vv_synthetic_config *config,
                                   struct vv_synthetic **s);
void vv_synthetic_destroy(struct vv_synthetic **s);

/* Local. Values of the rows [row, row + n_rows) of a layer (0..depth). out: [n_rows][width] */
enum vv_status vv_synthetic_rows(const struct vv_synthetic *s, int layer, int64_t row,
                                 int64_t n_rows, float *out);

/* The names of its two label sets, fine and coarse. */
extern const char *const vv_synthetic_label_sets[];

/* Local. The label sets "class" and "superclass". labels: [2] */
enum vv_status vv_synthetic_labels(const struct vv_synthetic *s, struct vv_labels labels[2]);

#endif
