/* SPDX-License-Identifier: MIT */
/* Of the k - 1 rows within r_k of a row, each is within ratio * r_k with probability p = ratio^d where the
 * density is constant (Macocco, Glielmo, Grilli, Laio, PRL 130:067401, 2023). With k = k* of each row this is
 * ABIDE (Di Noia, Macocco, Glielmo, Laio, Mira, arXiv:2405.15132).
 *
 * The reference implementation compares the numbers inside with 100 000 unseeded random draws of the model; here
 * the distribution of the model is evaluated, so the p-value is the same each time. */
#include "stages/id/binomial.h"

#include <math.h>

double vv_binomial_ratio(double dimension)
{
    return fmin(0.975, pow(0.2032, 1.0 / dimension));
}

int vv_binomial_inside(const double *length, int kstar, double ratio)
{
    const double radius = ratio * length[kstar - 1];
    int low = 0, high = kstar;
    while (low < high) { /* the first that is not inside */
        const int middle = (low + high) / 2;
        if (length[middle] < radius) low = middle + 1;
        else high = middle;
    }
    return low;
}

static int64_t weighted(const int64_t *counts, int k, int minus)
{
    int64_t sum = 0;
    for (int i = 0; i < k; i++) sum += counts[i] * (i - minus);
    return sum;
}

double vv_binomial_dimension(const struct vv_binomial *b, double ratio)
{
    const double inside = (double)weighted(b->inside, b->k, 0);
    return log(inside / (double)weighted(b->kstars, b->k, 1)) / log(ratio);
}

double vv_binomial_error(const struct vv_binomial *b, double ratio, double dimension)
{
    const double l = log(ratio);
    return sqrt(expm1(-dimension * l) / ((double)weighted(b->kstars, b->k, 1) * l * l));
}

double vv_binomial_mean_kstar(const struct vv_binomial *b)
{
    return (double)weighted(b->kstars, b->k, 0) / (double)b->n_rows;
}

/* psi and psi' by recurrence up to 20, then their asymptotic series; x > 0 */
static double digamma(double x)
{
    double below = 0.0;
    while (x < 20.0) {
        below -= 1.0 / x;
        x += 1.0;
    }
    const double y = 1.0 / (x * x);
    return below + log(x) - 0.5 / x - y * (1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0 - y / 240.0)));
}

static double trigamma(double x)
{
    double below = 0.0;
    while (x < 20.0) {
        below += 1.0 / (x * x);
        x += 1.0;
    }
    const double y = 1.0 / (x * x);
    return below + 1.0 / x + 0.5 * y + y / x * (1.0 / 6.0 - y * (1.0 / 30.0 - y * (1.0 / 42.0 - y / 30.0)));
}

void vv_binomial_posterior(int64_t inside, int64_t outside, double ratio, double *mean, double *deviation)
{
    const double a = 1.0 + (double)inside, all = a + 1.0 + (double)outside, l = log(ratio);
    *mean = (digamma(a) - digamma(all)) / l;
    *deviation = sqrt(trigamma(a) - trigamma(all)) / -l;
}

/* ln of the probability of m out of n; 0 < p < 1 given by its logarithms. */
static double log_probability(int n, int m, double log_p, double log_q)
{
    return lgamma(n + 1.0) - lgamma(m + 1.0) - lgamma(n - m + 1.0) + m * log_p + (n - m) * log_q;
}

double vv_binomial_distance(const struct vv_binomial *b, double ratio, double dimension)
{
    const double log_p = dimension * log(ratio), log_q = log(-expm1(log_p));
    double model = 0.0, found = 0.0, most = 0.0;
    for (int m = 0; m < b->k; m++) {
        double probability = 0.0;
        for (int n = m; n + 1 < b->k; n++)
            if (b->kstars[n + 1] > 0)
                probability += (double)b->kstars[n + 1] * exp(log_probability(n, m, log_p, log_q));
        model += probability;
        found += (double)b->inside[m];
        most = fmax(most, fabs(found - model));
    }
    return most / (double)b->n_rows;
}

double vv_binomial_p_value(double distance, int64_t n_rows)
{
    const double root = sqrt((double)n_rows), x = (root + 0.12 + 0.11 / root) * distance;
    double sum = 0.0;
    if (x < 0.2) return 1.0; /* within 1e-12; the alternating series converges slowly there */
    for (int j = 1; j <= 100; j++) {
        const double term = exp(-2.0 * j * j * x * x);
        sum += j % 2 ? term : -term;
        if (term < 1e-17) break;
    }
    return fmin(1.0, fmax(0.0, 2.0 * sum));
}
