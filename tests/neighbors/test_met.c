/* SPDX-License-Identifier: MIT */
/* Cells of pairs that have met: against a table of all pairs. ranks: 1 */
#include "neighbors/met.h"
#include "vv_test.h"

enum { N = 1500, OTHERS = 700, FIRST = 400, OWN = 650 };

static uint8_t seen[N][OTHERS];

/* Whether all of this rank's rows in the cell of a row have met all others in the cell of another. */
static bool all_seen(const struct vv_met *m, int64_t row, int64_t other)
{
    for (int64_t i = FIRST; i < FIRST + OWN; i++)
        for (int64_t j = 0; j < OTHERS; j++)
            if (i / m->row_cell == row / m->row_cell && j / m->other_cell == other / m->other_cell && !seen[i][j])
                return false;
    return true;
}

static void cells_are_met_when_all_pairs_are(void **state)
{
    struct vv_met m;
    int n_met = 0;
    (void)state;
    vv_assert_ok(vv_met_init(&m, N, OTHERS, FIRST, OWN));
    assert_true(m.rows > 3 && m.others > 1);
    assert_true(vv_met_memory(N, OTHERS) >= (double)(m.rows * m.others) * 9.0);
    for (int64_t j = 0; j < 600; j += 37) /* tiles that are not aligned with cells */
        for (int64_t i = 0; i < OWN; i += 101) {
            const int64_t n = OWN - i < 101 ? OWN - i : 101, n_other = 600 - j < 37 ? 600 - j : 37;
            vv_met_add(&m, FIRST + i, n, j, n_other);
            for (int64_t a = 0; a < n; a++)
                for (int64_t b = 0; b < n_other; b++) seen[FIRST + i + a][j + b] = 1;
            if (i % 3 > 0) continue;
            for (int64_t row = FIRST; row < FIRST + OWN; row += 83)
                for (int64_t other = 0; other < OTHERS; other += 83) {
                    assert_int_equal(vv_met_now(&m, row, other), all_seen(&m, row, other));
                    n_met += vv_met_now(&m, row, other);
                }
        }
    assert_true(n_met > 0);
    assert_false(vv_met_now(&m, FIRST, OTHERS - 1));
    vv_met_release(&m);
}

static void what_had_met_before_is_left_out(void **state)
{
    struct vv_met m;
    (void)state;
    vv_assert_ok(vv_met_init(&m, N, N, 0, N));
    const int64_t cell = m.row_cell;
    assert_int_equal(vv_met_before(&m, 0, N, 0, N), VV_NONE_MET);
    m.before[1 * m.others + 2] = 1;
    assert_int_equal(vv_met_before(&m, cell, cell, 2 * cell, cell), VV_ALL_MET);
    assert_int_equal(vv_met_before(&m, cell, cell, 2 * cell, cell + 1), VV_SOME_MET);
    assert_int_equal(vv_met_before(&m, cell - 1, 2, 2 * cell, 1), VV_SOME_MET);
    assert_int_equal(vv_met_before(&m, 2 * cell, cell, cell, cell), VV_NONE_MET); /* the other way round */
    assert_true(vv_met_pair_before(&m, 2 * cell - 1, 2 * cell));
    assert_false(vv_met_pair_before(&m, 2 * cell - 1, 2 * cell - 1));
    assert_true(vv_met_now(&m, cell, 2 * cell));
    vv_met_add(&m, 0, N, 0, N); /* counts, but not what had met */
    assert_int_equal(m.pairs[1 * m.others + 2], 0);
    assert_int_equal(m.pairs[2 * m.others + 1], cell * cell);
    const double share = vv_met_share_before(&m);
    const double expected = (double)(cell * cell) / ((double)N * N);
    assert_true(share > 0.999 * expected && share < 1.001 * expected);
    vv_met_release(&m);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(cells_are_met_when_all_pairs_are),
    cmocka_unit_test(what_had_met_before_is_left_out),
};
VV_TEST_MAIN(tests)
