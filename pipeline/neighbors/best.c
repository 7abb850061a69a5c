/* SPDX-License-Identifier: MIT */
#include "neighbors/best.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static inline bool before(const struct vv_pick *a, const struct vv_pick *b)
{
    return a->value < b->value || (a->value == b->value && a->index < b->index);
}

enum { SMALL = 12, BUCKETS = 256, FEW = 15 };

static void insertion_sort(struct vv_pick *p, int n)
{
    for (int i = 1; i < n; i++) {
        const struct vv_pick x = p[i];
        int j = i;
        for (; j > 0 && before(&x, &p[j - 1]); j--) p[j] = p[j - 1];
        p[j] = x;
    }
}

/* Bottom-up merge sort over insertion-sorted runs: no worst case, comparisons inlined. */
static void merge_sort(struct vv_pick *picks, struct vv_pick *scratch, int n)
{
    for (int i = 0; i < n; i += SMALL) insertion_sort(picks + i, n - i < SMALL ? n - i : SMALL);
    struct vv_pick *from = picks, *to = scratch;
    for (int width = SMALL; width < n; width *= 2) {
        for (int low = 0; low < n; low += 2 * width) {
            const int middle = n - low < width ? n : low + width;
            const int high = n - low < 2 * width ? n : low + 2 * width;
            int a = low, b = middle;
            for (int i = low; i < high; i++) {
                const bool left = a < middle && (b >= high || !before(&from[b], &from[a]));
                to[i] = left ? from[a++] : from[b++];
            }
        }
        struct vv_pick *const swap = from;
        from = to;
        to = swap;
    }
    if (from != picks) memcpy(picks, from, (size_t)n * sizeof *picks);
}

/* Values are dealt into buckets in proportion first, which leaves a few in each for the usual ones;
 * whatever comes together is sorted by merging. */
void vv_pick_sort(struct vv_pick *picks, struct vv_pick *scratch, int n)
{
    int end[BUCKETS + 1] = {0};
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < n; i++) {
        low = picks[i].value < low ? picks[i].value : low;
        high = picks[i].value > high ? picks[i].value : high;
    }
    const double per_value = (BUCKETS - 1) / (high - low);
    if (n <= SMALL || !(per_value > 0.0) || !(per_value < 0x1p900)) {
        merge_sort(picks, scratch, n);
        return;
    }
#define BUCKET(pick) ((int)(((pick).value - low) * per_value))
    for (int i = 0; i < n; i++) end[BUCKET(picks[i]) + 1]++;
    int most = 0;
    for (int b = 0; b < BUCKETS; b++) {
        most = end[b + 1] > most ? end[b + 1] : most;
        end[b + 1] += end[b];
    }
    for (int i = 0; i < n; i++) scratch[end[BUCKET(picks[i])]++] = picks[i];
    if (most <= SMALL) {
        insertion_sort(scratch, n); /* only neighbors in a bucket change places */
    } else {
        for (int b = 0, begin = 0; b < BUCKETS; begin = end[b++])
            if (end[b] - begin > 1) merge_sort(scratch + begin, picks + begin, end[b] - begin);
    }
    memcpy(picks, scratch, (size_t)n * sizeof *picks);
}

/* Selection by partition without a branch on the data: every value moves to the front or stays, and the
 * front grows by the comparison's result. The pivot is a little beyond the wanted order among a few. */
#define DEFINE_SELECT(name, real)                                                                  \
    static real pivot_of_##name(const real *v, int n, int k)                                       \
    {                                                                                              \
        real few[FEW] = {0};                                                                            \
        const int n_few = n < 4 * FEW ? 3 : FEW;                                                   \
        for (int i = 0; i < n_few; i++) {                                                          \
            const real x = v[(int)((int64_t)i * (n - 1) / (n_few - 1))];                           \
            int j = i;                                                                             \
            for (; j > 0 && x < few[j - 1]; j--) few[j] = few[j - 1];                              \
            few[j] = x;                                                                            \
        }                                                                                          \
        const int wanted = (int)((int64_t)k * n_few / n);                                          \
        const int beyond = 2 * k < n ? wanted + 1 : wanted - 1;                                    \
        return few[beyond < 0 ? 0 : beyond >= n_few ? n_few - 1 : n_few == 3 ? 1 : beyond];        \
    }                                                                                              \
    real name(real *v, int n, int k)                                                               \
    {                                                                                              \
        while (n > 1) {                                                                            \
            const real pivot = pivot_of_##name(v, n, k);                                           \
            int below = 0;                                                                         \
            for (int i = 0; i < n; i++) {                                                          \
                const real x = v[i];                                                               \
                v[i] = v[below];                                                                   \
                v[below] = x;                                                                      \
                below += x < pivot;                                                                \
            }                                                                                      \
            if (k <= below) {                                                                      \
                n = below;                                                                         \
                continue;                                                                          \
            }                                                                                      \
            int up_to = below; /* values equal to the pivot come next */                           \
            for (int i = below; i < n; i++) {                                                      \
                const real x = v[i];                                                               \
                v[i] = v[up_to];                                                                   \
                v[up_to] = x;                                                                      \
                up_to += x == pivot;                                                               \
            }                                                                                      \
            if (k <= up_to || up_to == 0) return pivot; /* the latter: not a number */             \
            v += up_to;                                                                            \
            n -= up_to;                                                                            \
            k -= up_to;                                                                            \
        }                                                                                          \
        return v[0];                                                                               \
    }

DEFINE_SELECT(vv_pick_select, double)
DEFINE_SELECT(vv_value_select, float)

void vv_pick_merge(const struct vv_pick *picks, int n, int k, int *n_list, int32_t *index,
                   double *distance, struct vv_pick *scratch)
{
    int a = 0, b = 0, m = 0;
    while (m < k && (a < *n_list || b < n)) {
        struct vv_pick old = {0.0, 0};
        if (a < *n_list) old = (struct vv_pick){distance[a], index[a]};
        const bool take_old = a < *n_list && (b >= n || before(&old, &picks[b]));
        scratch[m++] = take_old ? old : picks[b];
        if (take_old) a++;
        else b++;
    }
    for (int i = 0; i < m; i++) {
        distance[i] = scratch[i].value;
        index[i] = scratch[i].index;
    }
    *n_list = m;
}
