/* SPDX-License-Identifier: MIT */
/* Other metrics and other rows than one's own, against the witness.   ranks: 1 2 3 4 7 */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "neighbors/witness.h"

static void cosine_ignores_length_and_keeps_small_angles(void **state)
{
    (void)state;
    struct data x = normal_data(400, 9, VV_FLOAT32, 0.3, 1, 14);
    for (int64_t i = 0; i < 400; i++)
        for (int64_t j = 0; j < 9; j++)
            x.values[i * 9 + j] = (double)(float)(x.values[i * 9 + j] * (1.0 + (double)(i % 50)));
    check_and_free(x, 15, VV_COSINE, 1e-12);
}

static void a_zero_row_has_no_cosine(void **state)
{
    (void)state;
    struct data x = normal_data(50, 4, VV_FLOAT32, 0, 1, 15);
    for (int j = 0; j < 4; j++) x.values[33 * 4 + j] = 0.0;
    struct vv_matrix m = shard(&x);
    struct vv_neighbors nb;
    const struct vv_search how = {.k = 3, .metric = VV_COSINE};
    vv_error_clear();
    assert_int_equal(vv_neighbors_search(vv_world, &m, &how, &nb, NULL), VV_INPUT);
    assert_string_equal(vv_error_last()->message,
                        "sample 33 is zero in all features, so it has no direction");
    vv_error_clear();
    vv_matrix_release(&m);
    vv_mem_free(x.values);
}

static void inner_products_are_largest_first(void **state)
{
    (void)state;
    check_and_free(normal_data(700, 12, VV_FLOAT32, 0, 1, 30), 15, VV_INNER_PRODUCT, 1e-9);
    check_and_free(normal_data(400, 300, VV_FLOAT64, 3, 1, 31), 15, VV_INNER_PRODUCT, 1e-12);
    check_and_free(normal_data(300, 6, VV_FLOAT64, 1e5, 1, 32), 15, VV_INNER_PRODUCT, 1e-12);
}

static void inner_products_that_exceed_float64_are_refused(void **state)
{
    (void)state;
    struct data x = normal_data(60, 4, VV_FLOAT64, 0, 1e200, 37);
    struct vv_matrix m = shard(&x);
    struct vv_neighbors nb;
    const struct vv_search how = {.k = 3, .metric = VV_INNER_PRODUCT};
    vv_error_clear();
    assert_int_equal(vv_neighbors_search(vv_world, &m, &how, &nb, NULL), VV_INPUT);
    vv_error_clear();
    vv_matrix_release(&m);
    vv_mem_free(x.values);
}

/* Rows of one set among those of another, of another size; a row that is in both is its own nearest. */
static void queries_among_other_rows(void **state)
{
    static const enum vv_metric metrics[] = {VV_EUCLIDEAN, VV_COSINE, VV_INNER_PRODUCT};
    (void)state;
    struct data x = normal_data(500, 11, VV_FLOAT32, 1, 1, 33);
    struct data y = normal_data(1300, 11, VV_FLOAT32, 1, 1, 34);
    memcpy(x.values + 7 * 11, y.values + 900 * 11, 11 * sizeof(double));
    struct vv_matrix queries = shard(&x), references = shard(&y);
    for (int i = 0; i < 6; i++) {
        struct vv_search how = {.k = 14, .metric = metrics[i % 3], .threads = i % 3 + 1};
        struct vv_neighbors nb;
        if (i >= 3) { /* windows of the references, which need not be in a file for that */
            how.scratch = vv_test_scratch();
            how.memory = 1;
        }
        vv_assert_ok(
            vv_neighbors_search_among(vv_world, &queries, &references, &how, &nb, NULL));
        compare_with_witness(&x, &y, &nb, 1e-9);
        const int64_t at = 7 - vv_layout_first(&nb.layout);
        if (metrics[i % 3] == VV_EUCLIDEAN && at >= 0 && at < queries.n_local) {
            assert_int_equal(nb.index[at * 14], 900);
            assert_true(nb.distance[at * 14] == 0.0);
        }
        vv_neighbors_release(&nb);
    }
    vv_matrix_release(&queries);
    vv_matrix_release(&references);
    vv_mem_free(x.values);
    vv_mem_free(y.values);
}

/* OpenBLAS would try for ever to get its buffers. */
static void no_room_for_blas_is_an_error_and_no_hang(void **state)
{
    (void)state;
#ifndef __SANITIZE_ADDRESS__
    struct data x = normal_data(300, 4, VV_FLOAT32, 0, 1, 38);
    struct vv_matrix m = shard(&x);
    struct vv_neighbors nb;
    const struct vv_search how = {.k = 3, .kernel = "portable"};
    struct rlimit limit;
    long pages = 0;
    FILE *const statm = fopen("/proc/self/statm", "r");
    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%ld", &pages), 1);
    fclose(statm);
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    const struct rlimit little = {(rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + (64 << 20),
                                  limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &little), 0);
    vv_error_clear();
    const enum vv_status st = vv_neighbors_search(vv_world, &m, &how, &nb, NULL);
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    assert_int_equal(st, VV_MEMORY);
    vv_error_clear();
    vv_matrix_release(&m);
    vv_mem_free(x.values);
#endif
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(cosine_ignores_length_and_keeps_small_angles),
    cmocka_unit_test(a_zero_row_has_no_cosine),
    cmocka_unit_test(inner_products_are_largest_first),
    cmocka_unit_test(inner_products_that_exceed_float64_are_refused),
    cmocka_unit_test(no_room_for_blas_is_an_error_and_no_hang),
    cmocka_unit_test(queries_among_other_rows),
};
VV_TEST_MAIN(tests)
