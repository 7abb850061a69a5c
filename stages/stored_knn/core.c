/* SPDX-License-Identifier: MIT */
#include "stages/stored_knn/core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int vv_stored_k(const struct vv_stored *s)
{
    return s->n_columns - s->has_self;
}

static int compare(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static enum vv_stored_fault check_distances(const struct vv_stored *s, const double *distance, int *column)
{
    for (int j = 0; j < s->n_columns; j++) {
        *column = j;
        if (!isfinite(distance[j])) return VV_STORED_NOT_FINITE;
        if (distance[j] < 0.0 && !s->may_be_signed) return VV_STORED_NEGATIVE;
    }
    return VV_STORED_FINE;
}

/* Indices as integers, and where the row itself is among them; -1: nowhere. */
static enum vv_stored_fault check_indices(const struct vv_stored *s, int64_t row, const double *index, int32_t *out,
                                          int *self, int *column)
{
    *self = -1;
    for (int j = 0; j < s->n_columns; j++) {
        *column = j;
        if (!(index[j] >= 0.0 && index[j] < (double)s->n_rows && index[j] == floor(index[j]))) return VV_STORED_NO_ROW;
        out[j] = (int32_t)index[j];
        if (out[j] != row) continue;
        if (*self >= 0) return VV_STORED_TWICE;
        *self = j;
    }
    return VV_STORED_FINE;
}

/* Indices of equal distances in ascending order. */
static void order_ties(int32_t *index, const double *distance, int k, struct vv_stored_counts *counts)
{
    bool ties = false, reordered = false;
    for (int j = 0, end; j < k; j = end) {
        for (end = j + 1; end < k && distance[end] == distance[j]; end++)
            reordered = reordered || index[end] < index[end - 1];
        if (end == j + 1) continue;
        ties = true;
        qsort(index + j, (size_t)(end - j), sizeof *index, compare);
    }
    counts->n_ties += ties;
    counts->n_reordered += reordered;
}

/* An index that occurs twice does so at any distance; -1: none does. sorted: [k], overwritten */
static int find_twice(const int32_t *index, int k, int32_t *sorted)
{
    memcpy(sorted, index, (size_t)k * sizeof *index);
    qsort(sorted, (size_t)k, sizeof *sorted, compare);
    for (int j = 1; j < k; j++) {
        if (sorted[j] != sorted[j - 1]) continue;
        int at = k - 1;
        while (index[at] != sorted[j]) at--;
        return at;
    }
    return -1;
}

enum vv_stored_fault vv_stored_list(const struct vv_stored *s, int64_t row, const double *distance, const double *index,
                                    int32_t *out_index, double *out_distance, struct vv_stored_counts *counts,
                                    int *column)
{
    const int n = s->n_columns, k = vv_stored_k(s);
    int self, m = 0;
    enum vv_stored_fault fault = check_distances(s, distance, column);
    if (!fault) fault = check_indices(s, row, index, out_index, &self, column);
    if (fault) return fault;
    /* Distances are written later: their room serves as scratch. */
    if ((*column = find_twice(out_index, n, (int32_t *)(void *)out_distance)) >= 0) return VV_STORED_TWICE;
    *column = self;
    if (self >= 0 && !s->has_self) return VV_STORED_SELF;
    for (int j = 0; j < n; j++) {
        if (j == self) continue;
        *column = j;
        out_index[m] = out_index[j];
        out_distance[m] = distance[j] + 0.0; /* no -0 */
        if (m > 0 && out_distance[m] < out_distance[m - 1]) return VV_STORED_DESCENDS;
        m++;
    }
    *column = 0;
    if (m > k && out_distance[n - 1] != 0.0 && !s->may_be_signed) return VV_STORED_NO_SELF;
    counts->n_self_elsewhere += self > 0;
    counts->n_self_missing += m > k;
    order_ties(out_index, out_distance, m, counts);
    for (int j = 0; j < k && !s->may_be_signed; j++) counts->n_zero += out_distance[j] == 0.0;
    return VV_STORED_FINE;
}

const char *vv_stored_fault_text(enum vv_stored_fault fault)
{
    switch (fault) {
    case VV_STORED_FINE: break;
    case VV_STORED_NOT_FINITE: return "the distance is not finite";
    case VV_STORED_NEGATIVE: return "the distance is negative";
    case VV_STORED_DESCENDS: return "the distance is smaller than the one before";
    case VV_STORED_NO_ROW: return "the index is no row of the table";
    case VV_STORED_TWICE: return "the index occurs twice in the row";
    case VV_STORED_SELF: return "the index is that of the row itself";
    case VV_STORED_NO_SELF: return "the row does not hold itself, though not all of its distances are 0";
    }
    return "nothing";
}
