/* SPDX-License-Identifier: MIT */
/* k*NN: Rodriguez, d'Errico, Facco, Laio, J. Chem. Theory Comput. 14:1206 (2018): the neighborhood of a point grows
 * until the density of its next neighbor differs, by a likelihood ratio test. Two balls of k points with volumes V, W:
 *     D = -2 k [ln V + ln W - 2 ln(V + W) + ln 4] = 4 k ln cosh((ln V - ln W)/2) ,
 * so that only d (ln r - ln s) matters. The first k that fails is k* (reference implementation of 2026).
 *
 * PAk: in the same paper. For given a the best F is ln k - ln sum v_l exp(a l); what is left is a concave function of
 * a, whose derivative vanishes where the mean of l under weights v_l exp(a l) is (k + 1)/2. That mean grows with a,
 * so the root is unique, and Newton's method inside a bracket finds it to rounding. (The reference stops its
 * iteration at gradients of 1e-3 and caps volumes; it is met within a small part of the error.)
 *
 * Cost: a logarithm a shell and an exponential a shell and step, some 6 steps. */
#include "stages/density/core.h"

#include <math.h>

#include "neighbors/kstar.h"

static const double LN_PI = 1.14472988584940017414;

double vv_density_log_ball(double dimension)
{
    return 0.5 * dimension * LN_PI - lgamma(0.5 * dimension + 1.0);
}

double vv_density_ratio(double dimension, int64_t k, double a, double b)
{
    if (a == b) return 0.0; /* also where both are 0 */
    if (a == 0.0 || b == 0.0) return INFINITY;
    return vv_kstar_statistic((int)k, dimension * (log(a) - log(b)));
}

int vv_density_changes(double dimension, int64_t j, double inner, double other, double threshold)
{
    return inner > 0.0 && vv_density_ratio(dimension, j - 1, inner, other) > threshold;
}

struct vv_log_density vv_density_knn(double dimension, int64_t k, double r, int64_t n)
{
    if (!(r > 0.0) || k < 1) return (struct vv_log_density){NAN, NAN};
    return (struct vv_log_density){
        .value = log((double)k) - vv_density_log_ball(dimension) - dimension * log(r) - log((double)n),
        .std_error = 1.0 / sqrt((double)k)};
}

/* ln of the volumes of the shells; -infinity where two distances are equal. logs: [k] */
static void shells(double dimension, int64_t k, const double *r, double *logs)
{
    const double ball = vv_density_log_ball(dimension);
    for (int64_t l = 0; l < k; l++) {
        const double inner = l > 0 ? r[l - 1] : 0.0;
        if (!(r[l] > inner)) logs[l] = -INFINITY;
        else logs[l] = ball + dimension * log(r[l]) + log(-expm1(dimension * log1p(-(r[l] - inner) / r[l])));
    }
}

/* Under weights v_l exp(a l): ln of their sum, mean and variance of l. */
struct moments {
    double log_sum, mean, variance;
};

static struct moments moments_at(const double *logs, int64_t k, double a)
{
    double most = -INFINITY, sum = 0.0, first = 0.0, second = 0.0;
    for (int64_t l = 0; l < k; l++)
        if (logs[l] + a * (double)(l + 1) > most) most = logs[l] + a * (double)(l + 1);
    for (int64_t l = 0; l < k; l++) {
        const double w = exp(logs[l] + a * (double)(l + 1) - most), x = (double)(l + 1);
        sum += w;
        first += w * x;
        second += w * x * x;
    }
    const double mean = first / sum, variance = second / sum - mean * mean;
    return (struct moments){.log_sum = sum > 0.0 ? most + log(sum) : -INFINITY, .mean = mean, .variance = variance};
}

/* The a at which the mean is (k + 1)/2. */
static double slope_of(const double *logs, int64_t k)
{
    const double target = 0.5 * (double)(k + 1);
    double a = 0.0, low = -INFINITY, high = INFINITY, stride = 1.0;
    for (int step = 0; step < 300; step++) {
        const struct moments m = moments_at(logs, k, a);
        const double miss = target - m.mean;
        if (fabs(miss) <= 4e-16 * (double)k) break;
        if (miss > 0.0) low = a;
        else high = a;
        double next = m.variance > 0.0 ? a + miss / m.variance : miss > 0.0 ? INFINITY : -INFINITY;
        const int open = isinf(low) || isinf(high);
        if (open && !(fabs(next - a) <= stride)) {
            next = miss > 0.0 ? a + stride : a - stride;
            stride *= 2.0;
        } else if (!(next > low && next < high)) {
            next = 0.5 * (low + high);
        }
        if (fabs(next - a) <= 1e-16 * fabs(a)) break;
        a = next;
    }
    return a;
}

struct vv_log_density vv_density_pak(double dimension, int64_t k, const double *r, int64_t n, double *logs)
{
    struct vv_log_density d = vv_density_knn(dimension, k, k > 0 ? r[k - 1] : 0.0, n);
    const double x = (double)k;
    if (isnan(d.value) || k < 2) return (struct vv_log_density){NAN, NAN};
    d.std_error = sqrt((4.0 * x + 2.0) / (x * (x - 1.0)));
    shells(dimension, k, r, logs);
    int64_t first = 0, last = k - 1;
    while (first < k && isinf(logs[first])) first++;
    while (last >= 0 && isinf(logs[last])) last--;
    if (2 * (first + 1) >= k + 1 || 2 * (last + 1) <= k + 1) return d;
    d.value = log(x) - moments_at(logs, k, slope_of(logs, k)).log_sum - log((double)n);
    return d;
}
