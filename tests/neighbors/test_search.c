/* SPDX-License-Identifier: MIT */
/* The exact search against brute force over directly evaluated distances.   ranks: 1 2 3 4 7
 * The witness knows nothing of tiles, centring or lists: it evaluates every pair in long double and
 * sorts. Indices must agree exactly wherever the witness can tell candidates apart, and by index
 * where two distances are the same number. */
#include "neighbors/witness.h"

static void random_points_of_both_types(void **state)
{
    (void)state;
    check_and_free(normal_data(700, 17, VV_FLOAT32, 0, 1, 1), 20, VV_EUCLIDEAN, 1e-13);
    check_and_free(normal_data(600, 33, VV_FLOAT64, 0, 1, 2), 15, VV_EUCLIDEAN, 1e-13);
    check_and_free(normal_data(300, 1, VV_FLOAT64, 0, 1, 3), 299, VV_EUCLIDEAN, 1e-13);
    check_and_free(normal_data(60, 3000, VV_FLOAT32, 0, 1, 4), 10, VV_EUCLIDEAN, 1e-13);
}

/* Distances of float64 data at 10^8 standard deviations have only 8 digits in an expansion about the
 * origin; float32 data at 10^4 none. */
static void far_from_the_origin(void **state)
{
    (void)state;
    check_and_free(normal_data(500, 8, VV_FLOAT64, 1e6, 1, 5), 20, VV_EUCLIDEAN, 1e-12);
    check_and_free(normal_data(500, 8, VV_FLOAT64, -1e8, 1, 6), 20, VV_EUCLIDEAN, 1e-12);
    check_and_free(normal_data(500, 16, VV_FLOAT32, 1e4, 1, 7), 20, VV_EUCLIDEAN, 1e-12);
}

static void ties_are_ordered_by_index(void **state)
{
    (void)state;
    struct data x = data_new(729, 3, VV_FLOAT32); /* integer lattice: 6 neighbors at 1, 12 at sqrt 2 */
    for (int64_t i = 0; i < 729; i++)
        for (int64_t j = 0; j < 3; j++)
            x.values[i * 3 + j] = (double)(j == 0 ? i / 81 : j == 1 ? i / 9 % 9 : i % 9);
    struct vv_matrix m = shard(&x);
    struct vv_neighbors nb;
    const struct vv_search how = {.k = 18};
    vv_assert_ok(vv_neighbors_search(vv_world, &m, &how, &nb, NULL));
    const int64_t first = vv_layout_first(&nb.layout);
    const int64_t middle = 4 * 81 + 4 * 9 + 4; /* its nearest, in order of index */
    const int32_t expected[] = {-81, -9, -1, 1, 9, 81};
    if (middle >= first && middle < first + m.n_local)
        for (int p = 0; p < 6; p++)
            assert_int_equal(nb.index[(middle - first) * 18 + p], middle + expected[p]);
    vv_neighbors_release(&nb);
    vv_matrix_release(&m);
    check_and_free(x, 18, VV_EUCLIDEAN, 0.0); /* integer squares: bits of the distances too */
}

/* Copies of the same point, many more than k: the row itself never appears, ties go by index. */
static void duplicates_leave_out_only_the_row_itself(void **state)
{
    (void)state;
    struct data x = normal_data(900, 6, VV_FLOAT32, 0, 1, 8);
    for (int64_t i = 0; i < 900; i++)
        if (i % 3) memcpy(x.values + i * 6, x.values + (i % 6) * 6, 6 * sizeof(double));
    check_and_free(x, 12, VV_EUCLIDEAN, 1e-13);
}

static void a_feature_ten_thousand_times_larger(void **state)
{
    (void)state;
    struct data x = normal_data(500, 12, VV_FLOAT32, 0, 1, 9);
    for (int64_t i = 0; i < 500; i++)
        x.values[i * 12 + 3] = (double)(float)(1e4 * x.values[i * 12 + 3] + 3e5);
    check_and_free(x, 20, VV_EUCLIDEAN, 1e-12);
}

/* Rows that differ in the last bit only, and clusters a millionth of the spread wide. */
static void rows_equal_up_to_the_last_bit_and_tight_clusters(void **state)
{
    (void)state;
    struct data x = normal_data(400, 10, VV_FLOAT64, 0, 1, 10);
    for (int64_t i = 0; i < 400; i++)
        for (int64_t j = 0; j < 10; j++) {
            const double c = 1000.0 * vv_rng_normal(1, 1, (uint64_t)(i % 8), (uint32_t)j);
            double *v = &x.values[i * 10 + j];
            *v = i % 2 ? c + 1e-3 * *v : nextafter(c, j == i % 10 ? INFINITY : -INFINITY);
        }
    check_and_free(x, 60, VV_EUCLIDEAN, 1e-12);
}

static void extreme_magnitudes(void **state)
{
    (void)state;
    check_and_free(normal_data(120, 5, VV_FLOAT64, 0, 1e200, 11), 10, VV_EUCLIDEAN, 1e-12);
    check_and_free(normal_data(120, 5, VV_FLOAT64, 0, 1e-200, 12), 10, VV_EUCLIDEAN, 1e-12);
    struct data x = normal_data(120, 5, VV_FLOAT64, 0, 1e-170, 13); /* a tiny cluster and one giant */
    for (int j = 0; j < 5; j++) x.values[7 * 5 + j] = 1e150;
    check_and_free(x, 10, VV_EUCLIDEAN, 1e-12);
    x = normal_data(100, 4, VV_FLOAT64, 0, 1, 35); /* differences of some rows exceed float64 */
    for (int64_t i = 0; i < 400; i++) x.values[i] *= i < 8 ? (i < 4 ? 1e307 : -1e307) : 1e306;
    check_and_free(x, 40, VV_EUCLIDEAN, 1e-12);
    x = normal_data(300, 2, VV_FLOAT64, 0, 1e-170, 36); /* angles whose squares are zero: ties */
    for (int64_t i = 0; i < 300; i++) x.values[2 * i] = 1.0;
    struct vv_matrix m = shard(&x);
    struct vv_neighbors nb;
    const struct vv_search how = {.k = 3, .metric = VV_COSINE};
    vv_assert_ok(vv_neighbors_search(vv_world, &m, &how, &nb, NULL));
    for (int64_t i = 0; i < m.n_local; i++)
        for (int32_t p = 0; p < 3; p++)
            assert_int_equal(nb.index[i * 3 + p], p + (vv_layout_first(&nb.layout) + i <= p));
    vv_neighbors_release(&nb);
    vv_matrix_release(&m);
    vv_mem_free(x.values);
}

/* Sizes at which tiles, groups and strips are just full, and all neighbors asked for. */
static void sizes_just_above_those_of_tiles(void **state)
{
    static const int64_t sizes[] = {48, 49, 97, 193, 384, 385, 769, 1537};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const int k = s % 2 ? 30 : (int)(sizes[s] < 400 ? sizes[s] - 1 : 60);
        check_and_free(normal_data(sizes[s], s % 3 ? 5 : 300, VV_FLOAT32, 1, 1, 20), k, VV_EUCLIDEAN,
                       1e-12);
    }
}

/* More features than a panel; sums taken in parts. */
static void more_features_than_a_panel(void **state)
{
    (void)state;
    check_and_free(normal_data(130, 257, VV_FLOAT32, 0, 1, 21), 12, VV_EUCLIDEAN, 1e-12);
    check_and_free(normal_data(60, 4099, VV_FLOAT64, 2, 1, 22), 12, VV_EUCLIDEAN, 1e-12);
    check_and_free(normal_data(40, 9000, VV_FLOAT32, 2, 1, 23), 39, VV_EUCLIDEAN, 1e-12);
}

/* A few features with tails as heavy as Cauchy's, as outlier features of transformers. */
static void heavy_tails(void **state)
{
    (void)state;
    struct data x = normal_data(800, 20, VV_FLOAT32, 0, 1, 24);
    for (int64_t i = 0; i < 800; i++)
        for (int64_t j = 0; j < 4; j++) {
            double *const v = &x.values[i * 20 + j];
            *v = (double)(float)(*v / (1e-4 + fabs(vv_rng_normal(5, 25, (uint64_t)i, (uint32_t)j))));
        }
    check_and_free(x, 25, VV_EUCLIDEAN, 1e-12);
}

/* Clusters a hundred-millionth of their distances wide: float32 sees only clusters, and says so. */
static void what_float32_cannot_decide_is_counted_and_decided(void **state)
{
    (void)state;
    struct data x = normal_data(1200, 16, VV_FLOAT64, 0, 1e-5, 26);
    for (int64_t i = 0; i < 1200; i++)
        for (int64_t j = 0; j < 16; j++)
            x.values[i * 16 + j] += 1000.0 * vv_rng_normal(5, 27, (uint64_t)(i % 4), (uint32_t)j);
    static const enum vv_metric metrics[] = {VV_EUCLIDEAN, VV_COSINE, VV_INNER_PRODUCT};
    struct vv_search_stats stats;
    for (int i = 0; i < 3; i++) {
        check(&x, 10, metrics[i], metrics[i] == VV_COSINE ? 1e-6 : 1e-12, &stats);
        assert_int_equal(stats.n_crowded, 1200);
        assert_int_equal(stats.n_wide, 1200);
    }
    vv_mem_free(x.values);
    x = normal_data(1200, 16, VV_FLOAT64, 0, 1, 26); /* usual data need nothing of the kind */
    check(&x, 10, VV_EUCLIDEAN, 1e-12, &stats);
    assert_int_equal(stats.n_crowded, 0);
    assert_in_range(stats.n_evaluated, 12000, 13000);
    vv_mem_free(x.values);
}

/* The kernel that a search of these data takes by itself, and whether a row was crowded. */
static const struct vv_kernel *kernel_for(struct data x, int k, bool *crowded)
{
    const struct vv_search how = {.k = k};
    struct vv_search_stats stats;
    struct vv_neighbors nb;
    struct vv_matrix m = shard(&x);
    vv_assert_ok(vv_neighbors_search(vv_world, &m, &how, &nb, &stats));
    *crowded = stats.n_crowded > 0;
    vv_neighbors_release(&nb);
    vv_matrix_release(&m);
    vv_mem_free(x.values);
    return vv_kernel_find(stats.kernel, x.d);
}

/* A line through 40 dimensions, where neighbors are much nearer than rows usually are: a kernel whose error is coarse
 * would find most rows crowded. And normal rows, many and few, short and long. */
static void a_kernel_is_as_sharp_as_the_data_want(void **state)
{
    const int64_t n = 4000, d = 40;
    bool crowded;
    (void)state;
    for (int tight = 0; tight < 2; tight++) { /* a third of the rows on it, or all */
        struct data line = normal_data(n, d, VV_FLOAT32, 0.0, 1.0, 14);
        for (int64_t i = 0; i < n; i += tight ? 1 : 3)
            for (int64_t j = 0; j < d; j++)
                line.values[i * d + j] = (float)(vv_rng_uniform(3, 5, (uint64_t)i, 0) * (double)(j % 5 + 1));
        const struct vv_kernel *const kernel = kernel_for(line, 5, &crowded);
        assert_false(crowded);
        if (tight) assert_true(kernel->error(d) <= vv_float32_error(d));
    }
    struct data clusters = normal_data(6000, 64, VV_FLOAT32, 0.0, 0.03, 15); /* four, 30 times as far as wide */
    for (int64_t i = 0; i < 6000 * 64; i++)
        clusters.values[i] = (double)(float)(clusters.values[i] + vv_rng_normal(3, 6, (uint64_t)(i / 64 % 4),
                                                                                (uint32_t)(i % 64)));
    kernel_for(clusters, 50, &crowded);
    assert_false(crowded);
    static const int64_t shapes[][2] = {{4000, 40}, {4000, 10}, {300, 700}, {20, 3}, {2000, 1500}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const int64_t width = shapes[i][1];
        assert_ptr_equal(kernel_for(normal_data(shapes[i][0], width, VV_FLOAT32, 0.0, 1.0, 12), 5, &crowded),
                         vv_kernel_find("auto", width));
        assert_false(crowded);
    }
}

/* Ranks on processors of different kinds take what all of them can run. */
static void ranks_take_the_same_kernel(void **state)
{
    struct data x = normal_data(1000, 70, VV_FLOAT32, 0.0, 1.0, 13);
    struct vv_matrix m = shard(&x);
    const bool other = vv_comm_rank(vv_world) == vv_comm_size(vv_world) / 2;
    const struct vv_search plain = {.k = 7}, mixed = {.k = 7, .kernel = other ? "portable" : "auto"};
    struct vv_search_stats stats;
    struct vv_neighbors nb;
    (void)state;
    vv_assert_ok(vv_neighbors_search(vv_world, &m, &mixed, &nb, &stats));
    assert_string_equal(stats.kernel, "portable");
    assert_true(vv_digest_equal(digest_of(&nb), digest_by(&m, &plain)));
    vv_neighbors_release(&nb);
    vv_matrix_release(&m);
    vv_mem_free(x.values);
}

/* Limits guessed from a sample: rows sorted by cluster, so that no part of the rows is like the rest. */
static void rows_in_order_of_their_clusters(void **state)
{
    (void)state;
    struct data x = normal_data(4100, 10, VV_FLOAT32, 0, 1, 28);
    for (int64_t i = 0; i < 4100; i++)
        for (int64_t j = 0; j < 10; j++) {
            double *const v = &x.values[i * 10 + j];
            const double c = 4.0 * vv_rng_normal(5, 29, (uint64_t)(i / 150), (uint32_t)j);
            *v = (double)(float)(c + *v * (i / 150 % 2 ? 0.1 : 1.0));
        }
    struct vv_search_stats stats;
    check(&x, 20, VV_EUCLIDEAN, 1e-12, &stats);
    assert_in_range(stats.n_missed, 0, 30);
    vv_mem_free(x.values);
}

static void few_rows_and_all_neighbors(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 6; n++) /* fewer rows than ranks, ranks without rows */
        check_and_free(normal_data(n, 3, VV_FLOAT32, 0, 1, 16), (int)n - 1, VV_EUCLIDEAN, 1e-13);
}

/* One table, whatever the memory for tiles; and the same on any number of ranks: the digest of the
 * lattice, all of whose arithmetic is exact, is known from any run. */
static void the_table_does_not_depend_on_tiles_or_ranks(void **state)
{
    (void)state;
    struct data x = normal_data(1500, 40, VV_FLOAT32, 3, 1, 17);
    for (int64_t i = 100; i < 120; i++) memcpy(x.values + i * 40, x.values, 40 * sizeof(double));
    const struct vv_digest large = check(&x, 50, VV_EUCLIDEAN, 1e-12, NULL);
    /* rank-independence: every rank computes the serial table by direct evaluation alone */
    const int k = 50;
    struct pair *pairs = vv_mem_new(x.n, sizeof *pairs, "test");
    float *rows = vv_mem_new(x.n * x.d, sizeof *rows, "test");
    int32_t *index = vv_mem_new(x.n * k, sizeof *index, "test");
    double *distance = vv_mem_new(x.n * k, sizeof *distance, "test");
    for (int64_t i = 0; i < x.n * x.d; i++) rows[i] = (float)x.values[i];
    for (int64_t i = 0; i < x.n; i++) {
        int n = 0;
        for (int64_t j = 0; j < x.n; j++)
            if (j != i)
                pairs[n++] = (struct pair){vv_direct_distance(VV_EUCLIDEAN, VV_FLOAT32,
                                                              rows + i * x.d, rows + j * x.d, x.d),
                                           (int32_t)j};
        qsort(pairs, (size_t)n, sizeof *pairs, compare);
        for (int p = 0; p < k; p++) {
            index[i * k + p] = pairs[p].index;
            distance[i * k + p] = (double)pairs[p].distance;
        }
    }
    const struct vv_digest serial =
        vv_hash_join(vv_hash_bytes(index, (size_t)(x.n * k) * sizeof *index),
                     vv_hash_bytes(distance, (size_t)(x.n * k) * sizeof *distance));
    assert_true(vv_digest_equal(large, serial));
    vv_mem_free(index);
    vv_mem_free(distance);
    vv_mem_free(rows);
    vv_mem_free(pairs);
    vv_mem_free(x.values);
}

/* Two squared distances that differ in the last bit can have one square root: then the index
 * decides, because the table is sorted by the stored distance. */
static void equal_roots_of_unequal_squares_go_by_index(void **state)
{
    (void)state;
    double far = 1.0, near = 1.0; /* on the axes x and y: squares 1 + 2 ulp.. with equal roots */
    const double a = 1.0 + 0x1p-52;
    struct data x = data_new(3, 2, VV_FLOAT64);
    far = sqrt(a);                 /* rounds to 1.0 although a > 1 */
    assert_true(far == near);
    x.values[2] = 1.0;             /* row 1 = (1, 2^-27): square 1 + 2^-54 rounds to 1 */
    x.values[3] = 0x1.8p-27;       /* with this, the square is 1 + 2.25 * 2^-54 -> 1 + 2^-52 or 1 */
    x.values[4] = 1.0;             /* row 2 = (1, 0): square exactly 1 */
    struct vv_matrix m = shard(&x);
    struct vv_neighbors nb;
    const struct vv_search how = {.k = 2};
    vv_assert_ok(vv_neighbors_search(vv_world, &m, &how, &nb, NULL));
    if (vv_layout_first(&nb.layout) == 0 && m.n_local > 0) {
        assert_true(nb.distance[0] == nb.distance[1]);
        assert_int_equal(nb.index[0], 1);
        assert_int_equal(nb.index[1], 2);
    }
    vv_neighbors_release(&nb);
    vv_matrix_release(&m);
    vv_mem_free(x.values);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(random_points_of_both_types),
    cmocka_unit_test(far_from_the_origin),
    cmocka_unit_test(ties_are_ordered_by_index),
    cmocka_unit_test(duplicates_leave_out_only_the_row_itself),
    cmocka_unit_test(a_feature_ten_thousand_times_larger),
    cmocka_unit_test(rows_equal_up_to_the_last_bit_and_tight_clusters),
    cmocka_unit_test(extreme_magnitudes),
    cmocka_unit_test(sizes_just_above_those_of_tiles),
    cmocka_unit_test(more_features_than_a_panel),
    cmocka_unit_test(heavy_tails),
    cmocka_unit_test(what_float32_cannot_decide_is_counted_and_decided),
    cmocka_unit_test(a_kernel_is_as_sharp_as_the_data_want),
    cmocka_unit_test(ranks_take_the_same_kernel),
    cmocka_unit_test(rows_in_order_of_their_clusters),
    cmocka_unit_test(few_rows_and_all_neighbors),
    cmocka_unit_test(the_table_does_not_depend_on_tiles_or_ranks),
    cmocka_unit_test(equal_roots_of_unequal_squares_go_by_index),
};
VV_TEST_MAIN(tests)
