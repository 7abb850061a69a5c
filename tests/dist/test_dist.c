/* SPDX-License-Identifier: MIT */
/* Layout, collective operations, agreement, reductions.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "dist/agree.h"
#include "dist/reduce.h"
#include "vv_test.h"

static void layouts_tile_the_rows_without_overflow(void **state)
{
    (void)state;
    const int64_t sizes[] = {0, 1, 2, 5, 6, 7, 100, 1000003, INT64_MAX / 4};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int size = 1; size <= 13; size++) {
            const struct vv_layout l = {.n = sizes[s], .size = size, .rank = 0};
            assert_int_equal(vv_layout_offset(&l, 0), 0);
            assert_int_equal(vv_layout_offset(&l, size), l.n);
            for (int r = 0; r < size; r++) {
                const int64_t n = vv_layout_count(&l, r);
                assert_true(n >= l.n / size && n <= vv_layout_most(&l));
                if (n == 0) continue;
                assert_int_equal(vv_layout_owner(&l, vv_layout_offset(&l, r)), r);
                assert_int_equal(vv_layout_owner(&l, vv_layout_offset(&l, r + 1) - 1), r);
            }
        }
    const struct vv_layout seven = {.n = 10, .size = 4, .rank = 2}; /* floor(10 r / 4) */
    assert_int_equal(vv_layout_offset(&seven, 1), 2);
    assert_int_equal(vv_layout_first(&seven), 5);
    assert_int_equal(vv_layout_local(&seven), 2);
}

static void gathered_rows_come_in_order(void **state)
{
    (void)state;
    enum { N = 5 }; /* fewer than ranks at 7 */
    const struct vv_layout l = vv_comm_layout(vv_world, N);
    int64_t mine[N], all[N] = {0};
    for (int64_t i = 0; i < vv_layout_local(&l); i++) mine[i] = 10 * (vv_layout_first(&l) + i);
    vv_comm_allgather_rows(vv_world, &l, mine, sizeof *mine, all);
    for (int64_t i = 0; i < N; i++) assert_int_equal(all[i], 10 * i);
}

static void rows_are_exchanged_between_all_pairs(void **state)
{
    (void)state;
    enum { MOST = 16 };
    const int size = vv_comm_size(vv_world), rank = vv_comm_rank(vv_world);
    int64_t to[MOST], from[MOST];
    int send[MOST * MOST], received[MOST * MOST];
    int n = 0;
    for (int r = 0; r < size; r++) { /* rank a sends (a + b) mod 3 rows to rank b */
        to[r] = from[r] = (rank + r) % 3;
        for (int64_t i = 0; i < to[r]; i++) send[n++] = 1000 * rank + r;
    }
    vv_comm_exchange_rows(vv_world, send, to, received, from, sizeof *send);
    n = 0;
    for (int r = 0; r < size; r++)
        for (int64_t i = 0; i < from[r]; i++) assert_int_equal(received[n++], 1000 * r + rank);
}

static void integer_reductions_and_extremes(void **state)
{
    (void)state;
    const int size = vv_comm_size(vv_world), rank = vv_comm_rank(vv_world);
    int64_t v[2] = {rank, -rank};
    vv_comm_sum_i64(vv_world, v, 2);
    assert_int_equal(v[0], size * (size - 1) / 2);
    double m = rank == size - 1 ? -7.5 : rank;
    vv_comm_min_f64(vv_world, &m, 1);
    assert_true(m == -7.5);
}

static void the_lowest_failing_rank_speaks_for_all(void **state)
{
    (void)state;
    const int size = vv_comm_size(vv_world), rank = vv_comm_rank(vv_world);
    vv_error_clear();
    assert_int_equal(vv_agree(vv_world, VV_OK), VV_OK);
    const int first = size / 2;
    enum vv_status st = VV_OK;
    if (rank >= first) {
        st = vv_fail(VV_INPUT, "broken on rank %d", rank);
        vv_error_hint("hint %d", rank);
    }
    assert_int_equal(vv_agree(vv_world, st), VV_INPUT);
    char expected[64];
    snprintf(expected, sizeof expected, "broken on rank %d", first);
    assert_string_equal(vv_error_last()->message, expected);
    snprintf(expected, sizeof expected, "hint %d", first);
    assert_string_equal(vv_error_last()->hint, expected);
    assert_int_equal(vv_error_last()->rank, first);
    vv_error_clear();
}

/* The serial sum of ill-conditioned values, whoever owns them. */
static void sums_have_the_same_bits_on_any_number_of_ranks(void **state)
{
    (void)state;
    enum { N = 3001 };
    const struct vv_layout l = vv_comm_layout(vv_world, N);
    static double values[N];
    struct vv_sum serial = {.n_nan = 0};
    for (int i = 0; i < N; i++) {
        values[i] = vv_rng_normal(1, 2, (uint64_t)i, 3) * pow(10.0, i % 37 - 18);
        vv_sum_add(&serial, values[i]);
    }
    const double sum =
        vv_reduce_sum(vv_world, values + vv_layout_first(&l), vv_layout_local(&l));
    assert_true(sum == vv_sum_value(&serial));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(layouts_tile_the_rows_without_overflow),
    cmocka_unit_test(gathered_rows_come_in_order),
    cmocka_unit_test(rows_are_exchanged_between_all_pairs),
    cmocka_unit_test(integer_reductions_and_extremes),
    cmocka_unit_test(the_lowest_failing_rank_speaks_for_all),
    cmocka_unit_test(sums_have_the_same_bits_on_any_number_of_ranks),
};
VV_TEST_MAIN(tests)
