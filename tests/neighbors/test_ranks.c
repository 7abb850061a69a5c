/* SPDX-License-Identifier: MIT */
/* Ranks against counting by brute force in the order (distance, index).   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "neighbors/direct.h"
#include "neighbors/ranks.h"
#include "neighbors/unit.h"
#include "vv_data.h"

/* Rank of j around i; rows: [n][d], as evaluated. */
static int32_t brute(const double *rows, int n, int d, enum vv_metric metric, int i, int j)
{
    const double limit = vv_direct_distance(metric, VV_FLOAT64, rows + i * d, rows + j * d, d);
    int32_t rank = 1;
    for (int m = 0; m < n; m++) {
        if (m == i || m == j) continue;
        const double v = vv_direct_distance(metric, VV_FLOAT64, rows + i * d, rows + m * d, d);
        rank += v < limit || (v == limit && m < j);
    }
    return rank;
}

/* Asks for `n_targets` random others of each row (some left out, some twice). */
static void compare_with_brute(const double *values, int n, int d, enum vv_metric metric, enum vv_real type,
                               int n_targets, int threads)
{
    struct vv_matrix m = vv_test_matrix(values, n, d, type);
    const int64_t first = vv_layout_first(&m.layout);
    int32_t *target = vv_mem_new(m.n_local * n_targets, sizeof *target, "test");
    int32_t *rank = vv_mem_new(m.n_local * n_targets, sizeof *rank, "test");
    double *rows = vv_mem_new((int64_t)n * d, sizeof *rows, "test");
    memcpy(rows, values, (size_t)(n * d) * sizeof *rows);
    for (int i = 0; i < n && metric == VV_COSINE; i++) {
        const double norm = vv_direct_norm(rows + i * d, d);
        for (int j = 0; j < d; j++) rows[i * d + j] /= norm;
    }
    for (int64_t i = 0; i < m.n_local; i++)
        for (int t = 0; t < n_targets; t++) {
            const uint64_t at = (uint64_t)((first + i) * n_targets + t);
            const int64_t j = (int64_t)(vv_rng_bits(5, 5, at, 0) % (uint64_t)n);
            const bool asked = j != first + i && (first + i) % 5 != 1;
            target[i * n_targets + t] = asked ? (int32_t)j : -1;
            rank[i * n_targets + t] = -7;
        }
    const struct vv_ranks how = {.metric = metric, .threads = threads, .n_targets = n_targets,
                                 .target = target, .rank = rank};
    vv_assert_ok(vv_neighbors_ranks(vv_world, &m, &how));
    for (int64_t i = 0; i < m.n_local; i++)
        for (int t = 0; t < n_targets; t++) {
            const int32_t j = target[i * n_targets + t];
            const int32_t expected = j < 0 ? -7 : brute(rows, n, d, metric, (int)(first + i), j);
            assert_int_equal(rank[i * n_targets + t], expected);
        }
    vv_mem_free(target);
    vv_mem_free(rank);
    vv_mem_free(rows);
    vv_matrix_release(&m);
}

enum { N = 400, D = 7 };

static void smooth_data(void **state)
{
    static double x[N * D];
    (void)state;
    for (int i = 0; i < N * D; i++) x[i] = (double)(float)vv_rng_normal(1, 1, (uint64_t)i, 0);
    compare_with_brute(x, N, D, VV_EUCLIDEAN, VV_FLOAT64, 3, 1);
    compare_with_brute(x, N, D, VV_EUCLIDEAN, VV_FLOAT32, 1, 2);
    compare_with_brute(x, N, D, VV_COSINE, VV_FLOAT64, 2, 1);
    compare_with_brute(x, N, D, VV_EUCLIDEAN, VV_FLOAT64, 70, 2);
}

/* A lattice: each distance occurs many times, many rows occur more than once. */
static void ties_and_duplicates_go_by_index(void **state)
{
    static double x[N * 3];
    (void)state;
    for (int i = 0; i < N * 3; i++) x[i] = (double)(vv_rng_bits(2, 2, (uint64_t)i, 0) % 4);
    compare_with_brute(x, N, 3, VV_EUCLIDEAN, VV_FLOAT64, 4, 1);
    compare_with_brute(x, N, 3, VV_EUCLIDEAN, VV_FLOAT64, 70, 1);
    for (int i = 0; i < N * 3; i++) x[i] += 1.0; /* no zero rows */
    compare_with_brute(x, N, 3, VV_COSINE, VV_FLOAT32, 3, 1);
    for (int i = 0; i < N * 3; i++) x[i] = 2.5;
    compare_with_brute(x, N, 3, VV_EUCLIDEAN, VV_FLOAT64, 2, 1);
}

/* Far from the origin, tight clusters, extreme units: what products alone cannot tell apart. */
static void hard_numbers(void **state)
{
    static double x[N * D];
    (void)state;
    for (int i = 0; i < N * D; i++) {
        const int cluster = i / D % 2;
        x[i] = 1e9 * cluster + 1e-6 * vv_rng_normal(3, 3, (uint64_t)i, 0);
    }
    compare_with_brute(x, N, D, VV_EUCLIDEAN, VV_FLOAT64, 2, 1);
    for (int i = 0; i < N * D; i++) x[i] = 1e-300 * vv_rng_normal(3, 4, (uint64_t)i, 0);
    compare_with_brute(x, N, D, VV_EUCLIDEAN, VV_FLOAT64, 2, 1);
    for (int i = 0; i < N * D; i++) x[i] = 1e307 * vv_rng_uniform(3, 5, (uint64_t)i, 0) * (i % 2 ? 9.0 : -9.0);
    compare_with_brute(x, N, D, VV_EUCLIDEAN, VV_FLOAT64, 2, 1); /* some distances exceed float64 */
}

static void more_ranks_than_rows_and_more_features_than_a_panel(void **state)
{
    static double few[3 * 2], wide[300 * 1100];
    (void)state;
    for (int i = 0; i < 6; i++) few[i] = vv_rng_normal(4, 1, (uint64_t)i, 0);
    compare_with_brute(few, 3, 2, VV_EUCLIDEAN, VV_FLOAT64, 2, 2);
    compare_with_brute(few, 2, 2, VV_EUCLIDEAN, VV_FLOAT64, 1, 1);
    for (int i = 0; i < 300 * 1100; i++) wide[i] = vv_rng_normal(4, 2, (uint64_t)i, 0);
    compare_with_brute(wide, 300, 1100, VV_EUCLIDEAN, VV_FLOAT64, 2, 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(smooth_data),
    cmocka_unit_test(ties_and_duplicates_go_by_index),
    cmocka_unit_test(hard_numbers),
    cmocka_unit_test(more_ranks_than_rows_and_more_features_than_a_panel),
};
VV_TEST_MAIN(tests)
