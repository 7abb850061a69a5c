/* SPDX-License-Identifier: MIT */
/* Matrices over ranks: gathering rows, statistics of columns.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "data/columns.h"
#include "vv_data.h"

static void gathered_rows_are_those_asked_for(void **state)
{
    enum { N = 53, D = 3 };
    double x[N * D];
    int64_t rows[N], again[N];
    (void)state;
    for (int i = 0; i < N * D; i++) x[i] = i;
    struct vv_matrix m = vv_test_matrix(x, N, D, VV_FLOAT32), part, rest;
    for (int n = 0; n <= N; n += 13) {
        for (int i = 0; i < n; i++) rows[i] = (int64_t)i * N / (n ? n : 1);
        vv_assert_ok(vv_matrix_gather(vv_world, &m, rows, n, &part));
        assert_int_equal(part.layout.n, n);
        for (int64_t i = 0; i < part.n_local; i++) {
            const int64_t row = vv_layout_first(&part.layout) + i;
            assert_int_equal(part.sample[row], rows[row]);
            for (int j = 0; j < D; j++)
                assert_true(vv_matrix_value(&part, i, j) == x[rows[row] * D + j]);
        }
        /* gathering from what was gathered keeps the input samples */
        for (int i = 0; i < n / 2; i++) again[i] = 2 * i;
        vv_assert_ok(vv_matrix_gather(vv_world, &part, again, n / 2, &rest));
        for (int i = 0; i < n / 2; i++) assert_int_equal(rest.sample[i], rows[2 * i]);
        vv_matrix_release(&rest);
        vv_matrix_release(&part);
    }
    vv_matrix_release(&m);
}

static void column_statistics_are_exact(void **state)
{
    enum { N = 41, D = 1100 }; /* more columns than a panel */
    double *x = vv_mem_new(N * D, sizeof *x, "data"), *mean = vv_mem_new(D, sizeof *mean, "m");
    double *variance = vv_mem_new(D, sizeof *variance, "v"), *low = vv_mem_new(D, sizeof *low, "l");
    double *high = vv_mem_new(D, sizeof *high, "h");
    (void)state;
    for (int64_t i = 0; i < N * D; i++) /* 10^8 deviations from the origin */
        x[i] = 1e8 + vv_rng_normal(1, 1, (uint64_t)i, 0);
    for (int i = 0; i < N; i++) x[i * D + 7] = 3.0; /* a constant feature */
    struct vv_matrix m = vv_test_matrix(x, N, D, VV_FLOAT64);
    vv_assert_ok(vv_columns_mean(vv_world, &m, mean));
    vv_assert_ok(vv_columns_variance(vv_world, &m, mean, variance));
    vv_columns_range(vv_world, &m, low, high);
    for (int j = 0; j < D; j++) {
        long double sum = 0, squares = 0, least = INFINITY, most = -INFINITY;
        for (int i = 0; i < N; i++) {
            sum += (long double)x[i * D + j];
            least = fminl(least, (long double)x[i * D + j]);
            most = fmaxl(most, (long double)x[i * D + j]);
        }
        for (int i = 0; i < N; i++)
            squares += ((long double)x[i * D + j] - sum / N) * ((long double)x[i * D + j] - sum / N);
        vv_assert_close(mean[j], (double)(sum / N), 1e-15);
        if (j != 7) vv_assert_close(variance[j], (double)(squares / N), 1e-6);
        assert_true(low[j] == (double)least && high[j] == (double)most);
    }
    assert_true(variance[7] == 0.0 && mean[7] == 3.0);
    vv_matrix_release(&m);
    vv_mem_free(x);
    vv_mem_free(mean);
    vv_mem_free(variance);
    vv_mem_free(low);
    vv_mem_free(high);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(gathered_rows_are_those_asked_for),
    cmocka_unit_test(column_statistics_are_exact),
};
VV_TEST_MAIN(tests)
