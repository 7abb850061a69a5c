/* SPDX-License-Identifier: MIT */
/* k*: how many neighbors a row has before its density stops being constant, by the likelihood-ratio test
 * of Rodriguez, d'Errico, Facco, Laio, J. Chem. Theory Comput. 14:1206 (2018). Pure functions of one
 * row, for stages that estimate the dimension and the density. */
#ifndef VV_NEIGHBORS_KSTAR_H
#define VV_NEIGHBORS_KSTAR_H

enum { VV_KSTAR_FIRST = 4 }; /* the first neighbor that is tested: k* is 3 or more */

/* Local. What the statistic must exceed: the upper `alpha` quantile of chi-square with one degree of freedom
 * (23.928 for 1e-6). 0 < alpha < 1 */
double vv_kstar_threshold(double alpha);

/* Local. The statistic D = 4 k ln cosh(u/2), u = d (ln r_J,k - ln r_i,k): twice the log likelihood ratio of two
 * densities against one, each from a ball of k rows; never overflows. NaN for 0/0 (both radii zero). */
double vv_kstar_statistic(int k, double u);

/* Local. k* of a row with k stored neighbors, 5 or more: the k = j - 1 of the first j = 4, 5, .., k - 1 whose
 * statistic exceeds the threshold, else k - 1. log_ratio: [k], entry j is ln r_J(j - 1) - ln r_i(j - 1), J the
 * j-th neighbor (counted from 1) of row i; entries before 4 are not used. A NaN goes on. */
int vv_kstar_of(const double *log_ratio, int k, double dimension, double threshold);

#endif
