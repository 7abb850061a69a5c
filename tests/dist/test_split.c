/* SPDX-License-Identifier: MIT */
/* Groups of ranks: collective operations concern the group alone, and one can call off the work of all.
 * ranks: 1 2 3 4 7 */
#include <time.h>

#include "dist/agree.h"
#include "vv_test.h"

static void groups_keep_to_themselves(void **state)
{
    (void)state;
    const int rank = vv_comm_rank(vv_world), size = vv_comm_size(vv_world);
    for (int n = 1; n <= size; n++) {
        struct vv_comm *part;
        vv_assert_ok(vv_comm_split(vv_world, rank % n, &part));
        assert_int_equal(vv_comm_rank(part), rank / n);
        assert_int_equal(vv_comm_size(part), (size - rank % n + n - 1) / n);
        int64_t sum = rank;
        for (int i = 0; i <= rank % n; i++) vv_comm_bcast(part, &sum, sizeof sum, 0); /* groups take different ways */
        assert_int_equal(sum, rank % n);
        vv_comm_max_i64(part, &sum, 1);
        assert_int_equal(sum, rank % n);
        /* the error of one group is none of the others */
        const enum vv_status st = vv_agree(part, rank % n == 0 ? vv_fail(VV_INPUT, "group 0") : VV_OK);
        assert_int_equal(st, rank % n == 0 ? VV_INPUT : VV_OK);
        vv_error_clear();
        vv_comm_release(&part);
        assert_null(part);
    }
}

static void all_hear_when_work_is_called_off(void **state)
{
    (void)state;
    const int rank = vv_comm_rank(vv_world), size = vv_comm_size(vv_world);
    for (int n_callers = 0; n_callers <= 2; n_callers++)
        for (int again = 0; again < 2; again++) {
            assert_false(vv_comm_called_off(vv_world));
            vv_comm_barrier(vv_world); /* all have looked */
            const bool calls = n_callers > 0 && (rank == size - 1 || (n_callers == 2 && rank == 0));
            if (calls) vv_comm_call_off(vv_world);
            if (calls) vv_comm_call_off(vv_world); /* once is enough */
            if (calls) assert_true(vv_comm_called_off(vv_world));
            for (int i = 0; n_callers > 0 && !vv_comm_called_off(vv_world); i++) {
                assert_true(i < 100000);
                nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
            }
            vv_comm_rest(vv_world);
            vv_comm_call_settle(vv_world);
        }
    assert_false(vv_comm_called_off(vv_world)); /* nothing is left on the way */
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(groups_keep_to_themselves),
    cmocka_unit_test(all_hear_when_work_is_called_off),
};

VV_TEST_MAIN(tests)
