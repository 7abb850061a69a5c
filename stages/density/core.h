/* SPDX-License-Identifier: MIT */
/* Log densities from distances to neighbors. Everything is a natural logarithm, normalized to one over the rows of the
 * layer; powers of distances are never formed, so a dimension of 200 does not overflow. A density that does not exist
 * is NaN. */
#ifndef VV_DENSITY_CORE_H
#define VV_DENSITY_CORE_H

#include <stdint.h>

struct vv_log_density {
    double value, std_error;
};

/* Local. ln of the volume of the unit ball in `dimension` dimensions: d/2 ln pi - ln Gamma(d/2 + 1). */
double vv_density_log_ball(double dimension);

/* Local. D = 4 k ln cosh(u/2), u = d (ln a - ln b): twice the log likelihood ratio of two densities against one, for
 * two balls of k points and radii a, b >= 0. 0 where both are 0, infinite where one is. */
double vv_density_ratio(double dimension, int64_t k, double a, double b);

/* Local. The test of k* at order j >= 4 (compares balls of j - 1 points): whether the density has changed. The ball
 * around the point itself must have a radius: as long as it has none, it has not. inner: distance of the point to its
 * neighbor j - 1; other: of its neighbor j to that one's neighbor j - 1. */
int vv_density_changes(double dimension, int64_t j, double inner, double other, double threshold);

/* Local. ln k - ln omega - d ln r - ln n and 1/sqrt(k), from the distance r to neighbor k. NaN where r is 0. */
struct vv_log_density vv_density_knn(double dimension, int64_t k, double r, int64_t n);

/* Local. PAk: the maximum over (F, a) of sum over l = 1..k of F + a l - v_l exp(F + a l), v_l the volumes of the shells
 * between the distances to neighbors l - 1 and l; F - ln n and sqrt((4k + 2)/(k (k - 1))). Where there is no maximum
 * (only the outermost shells have a volume), the value of knn. r: [k] ascending; logs: [k] scratch. */
struct vv_log_density vv_density_pak(double dimension, int64_t k, const double *r, int64_t n, double *logs);

#endif
