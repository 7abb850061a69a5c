/* SPDX-License-Identifier: MIT */
#include "dist/reduce.h"

void vv_reduce_sums(struct vv_comm *c, struct vv_sum *sums, int64_t n)
{
    _Static_assert(sizeof(struct vv_sum) % sizeof(int64_t) == 0, "sums are arrays of int64_t");
    for (int64_t i = 0; i < n; i++) vv_sum_carry(&sums[i]);
    vv_comm_sum_i64(c, sums->limb, n * (int64_t)(sizeof *sums / sizeof(int64_t)));
    for (int64_t i = 0; i < n; i++) vv_sum_carry(&sums[i]);
}

double vv_reduce_sum(struct vv_comm *c, const double *values, int64_t n_local)
{
    struct vv_sum sum = {{0}, 0, 0, 0, 0};
    for (int64_t i = 0; i < n_local; i++) vv_sum_add(&sum, values[i]);
    vv_reduce_sums(c, &sum, 1);
    return vv_sum_value(&sum);
}
