/* SPDX-License-Identifier: MIT */
#include "neighbors/best.h"

#include <stdbool.h>
#include <string.h>

static inline bool before(const struct vv_pick *a, const struct vv_pick *b)
{
    return a->value < b->value || (a->value == b->value && a->index < b->index);
}

enum { SMALL = 12 };

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
void vv_pick_sort(struct vv_pick *picks, struct vv_pick *scratch, int n)
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

static inline void swap_values(double *a, double *b)
{
    const double t = *a;
    *a = *b;
    *b = t;
}

/* Hoare's selection with the middle of three as pivot. */
double vv_pick_select(double *v, int n, int k)
{
    int low = 0, high = n - 1;
    const int want = k - 1;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (v[middle] < v[low]) swap_values(&v[middle], &v[low]);
        if (v[high] < v[low]) swap_values(&v[high], &v[low]);
        if (v[high] < v[middle]) swap_values(&v[high], &v[middle]);
        const double pivot = v[middle];
        int i = low, j = high;
        while (i <= j) {
            while (v[i] < pivot) i++;
            while (pivot < v[j]) j--;
            if (i <= j) swap_values(&v[i++], &v[j--]);
        }
        if (want <= j) high = j;
        else if (want >= i) low = i;
        else break;
    }
    return v[want];
}

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
