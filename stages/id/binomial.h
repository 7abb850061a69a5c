/* SPDX-License-Identifier: MIT */
/* The binomial estimator of the dimension with a neighborhood of its own for each row, and its validation:
 * pure functions of histograms. */
#ifndef VV_ID_BINOMIAL_H
#define VV_ID_BINOMIAL_H

#include <stdint.h>

/* What the rows found: how many have each k*, and how many have each number of neighbors strictly within
 * ratio * r_k*. */
struct vv_binomial {
    int k;             /* neighbors stored: both counts are below */
    int64_t n_rows;
    int64_t *kstars;   /* [k] rows with this k* */
    int64_t *inside;   /* [k] rows with so many neighbors inside */
};

/* Local. The ratio of radii of smallest variance, min(0.975, 0.2032^(1/d)). */
double vv_binomial_ratio(double dimension);

/* Local. Neighbors at a distance below ratio * r_k*. length: [kstar] ascending */
int vv_binomial_inside(const double *length, int kstar, double ratio);

/* Local. d = ln(mean inside / (mean k* - 1)) / ln ratio; infinite when no row has a neighbor inside. */
double vv_binomial_dimension(const struct vv_binomial *b, double ratio);

/* Local. Its standard error, from the Cramer-Rao bound: sqrt((ratio^-d - 1) / (sum (k* - 1) ln^2 ratio)). */
double vv_binomial_error(const struct vv_binomial *b, double ratio, double dimension);

/* Local. Mean and standard deviation of the dimension when ratio^d has a flat prior, given how many neighbors in all
 * are inside and how many of the k - 1 of each row are not: (psi(a) - psi(a + b)) / ln ratio, a = 1 + inside,
 * b = 1 + outside. */
void vv_binomial_posterior(int64_t inside, int64_t outside, double ratio, double *mean, double *deviation);

/* Local. Mean of k*. */
double vv_binomial_mean_kstar(const struct vv_binomial *b);

/* Local. Kolmogorov-Smirnov distance between the numbers inside and what the model says: the mixture over rows
 * of Binomial(k* - 1, ratio^d). / The probability of a larger one, asymptotic for n rows that are independent
 * of each other (Stephens' correction); conservative, as the numbers are integers. */
double vv_binomial_distance(const struct vv_binomial *b, double ratio, double dimension);
double vv_binomial_p_value(double distance, int64_t n_rows);

#endif
