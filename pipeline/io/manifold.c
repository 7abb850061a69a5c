/* SPDX-License-Identifier: MIT */
/* hypercube      uniform on [-1/2, 1/2]^d; classes are slabs along the first coordinate
 * sphere         uniform on the unit sphere S^d; classes are sectors of the angle in the first two
 *                coordinates
 * swiss_roll     (t cos t, h, t sin t), t uniform on [1.5 pi, 4.5 pi], h on [0, 21], less its mean
 *                height; classes are stretches of t
 * mixture        unit normal clouds about class centres; superclass centres are normal with the
 *                asked typical distance, class centres scatter about theirs with a third of it
 *
 * Classes are equally likely. Every number is counter-based: (seed, stream, row, column). */
#include "io/manifold.h"

#include <math.h>

#include "base/rng.h"

static const double pi = 3.14159265358979323846;
static const double roll_begin = 1.5, roll_end = 4.5, roll_height = 21.0; /* t in units of pi */
static const double class_scatter = 1.0 / 3.0;

int vv_manifold_coordinates(const struct vv_synthetic_config *c)
{
    switch ((enum vv_manifold)c->manifold) {
    case VV_SPHERE: return (int)c->dimension + 1;
    case VV_SWISS_ROLL: return 3;
    default: return (int)c->dimension;
    }
}

double vv_manifold_size(const struct vv_synthetic_config *c)
{
    const double d = (double)c->dimension, a = roll_begin * pi, b = roll_end * pi;
    switch ((enum vv_manifold)c->manifold) {
    case VV_HYPERCUBE: return d / 12.0;
    case VV_SPHERE: return 1.0;
    case VV_SWISS_ROLL:
        return (b * b * b - a * a * a) / (3.0 * (b - a)) + roll_height * roll_height / 12.0;
    case VV_GAUSSIAN_MIXTURE: break;
    }
    return d + 0.5 * c->separation * c->separation * (1.0 + class_scatter * class_scatter);
}

int vv_manifold_superclass(const struct vv_synthetic_config *c, int cls)
{
    return (int)((int64_t)cls * c->n_superclasses / c->n_classes);
}

static double uniform(const struct vv_synthetic_config *c, const char *stream, int64_t row, int j)
{
    return vv_rng_uniform((uint64_t)c->seed, vv_rng_stream(stream), (uint64_t)row, (uint32_t)j);
}

static double normal(const struct vv_synthetic_config *c, const char *stream, int64_t row, int j)
{
    return vv_rng_normal((uint64_t)c->seed, vv_rng_stream(stream), (uint64_t)row, (uint32_t)j);
}

static void roll(double along, double across, double *point)
{
    const double t = pi * (roll_begin + along * (roll_end - roll_begin));
    point[0] = t * cos(t);
    point[1] = roll_height * (across - 0.5);
    point[2] = t * sin(t);
}

/* Class of a point at fraction `at` (0..1) along the coordinate that is cut into classes. */
static int slab(const struct vv_synthetic_config *c, double at)
{
    const int cls = (int)(at * (double)c->n_classes);
    return cls < c->n_classes ? cls : (int)c->n_classes - 1;
}

static double middle(const struct vv_synthetic_config *c, int cls)
{
    return ((double)cls + 0.5) / (double)c->n_classes;
}

static int sphere_point(const struct vv_synthetic_config *c, int64_t row, double *point)
{
    const int n = vv_manifold_coordinates(c);
    double squares = 0.0;
    for (int j = 0; j < n; j++) {
        point[j] = normal(c, "synthetic/point", row, j);
        squares += point[j] * point[j];
    }
    for (int j = 0; j < n; j++) point[j] /= sqrt(squares);
    return slab(c, 0.5 + atan2(point[1], point[0]) / (2.0 * pi));
}

int vv_manifold_point(const struct vv_synthetic_config *c, int64_t row, double *point)
{
    const int n = vv_manifold_coordinates(c);
    const double first = uniform(c, "synthetic/class", row, 0);
    switch ((enum vv_manifold)c->manifold) {
    case VV_SPHERE: return sphere_point(c, row, point);
    case VV_SWISS_ROLL:
        roll(first, uniform(c, "synthetic/point", row, 0), point);
        return slab(c, first);
    case VV_HYPERCUBE:
        point[0] = first - 0.5;
        for (int j = 1; j < n; j++) point[j] = uniform(c, "synthetic/point", row, j) - 0.5;
        return slab(c, first);
    case VV_GAUSSIAN_MIXTURE: break;
    }
    const int cls = slab(c, first);
    vv_manifold_center(c, cls, point);
    for (int j = 0; j < n; j++) point[j] += normal(c, "synthetic/point", row, j);
    return cls;
}

void vv_manifold_center(const struct vv_synthetic_config *c, int cls, double *point)
{
    const int n = vv_manifold_coordinates(c);
    const double angle = 2.0 * pi * (middle(c, cls) - 0.5);
    const double scale = c->separation / sqrt(2.0 * (double)c->dimension);
    for (int j = 0; j < n; j++) point[j] = 0.0;
    switch ((enum vv_manifold)c->manifold) {
    case VV_HYPERCUBE: point[0] = middle(c, cls) - 0.5; return;
    case VV_SPHERE:
        point[0] = cos(angle);
        point[1] = sin(angle);
        return;
    case VV_SWISS_ROLL: roll(middle(c, cls), 0.5, point); return;
    case VV_GAUSSIAN_MIXTURE: break;
    }
    const int super = vv_manifold_superclass(c, cls);
    for (int j = 0; j < n; j++)
        point[j] = scale * (normal(c, "synthetic/superclass", super, j) +
                            class_scatter * normal(c, "synthetic/center", cls, j));
}
