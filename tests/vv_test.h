/* SPDX-License-Identifier: MIT */
/* For unit tests: cmocka, a communicator, the common data set of the method notes, real fixtures.
 * A test program declares on how many ranks it runs in a comment that tests/run.sh reads:
 *     ranks: 1 2 3 4
 * (absent: 1). Every rank executes every test; assertions must hold on each. */
#ifndef VV_TEST_H
#define VV_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "dist/comm.h"

/* The communicator of all ranks, started by VV_TEST_MAIN. */
static struct vv_comm *vv_world __attribute__((unused));

#define vv_assert_ok(expr)                                                                         \
    do {                                                                                           \
        const enum vv_status vv_got = (expr);                                                      \
        if (vv_got != VV_OK)                                                                       \
            fail_msg("%s: status %d: %s", #expr, (int)vv_got, vv_error_last()->message);           \
    } while (0)

/* |a - b| <= tolerance * max(|a|, |b|), or both NaN. */
static inline int vv_close(double a, double b, double tolerance)
{
    if (a != a || b != b) return a != a && b != b;
    const double x = a < 0 ? -a : a, y = b < 0 ? -b : b, d = a < b ? b - a : a - b;
    return d <= tolerance * (x > y ? x : y);
}

#define vv_assert_close(a, b, tolerance)                                                           \
    do {                                                                                           \
        const double vv_a = (a), vv_b = (b);                                                       \
        if (!vv_close(vv_a, vv_b, tolerance))                                                      \
            fail_msg("%s = %.17g is not %s = %.17g", #a, vv_a, #b, vv_b);                          \
    } while (0)

/* Where tests put their temporary files. */
static inline const char *vv_test_scratch(void)
{
    const char *folder = getenv("TMPDIR");
    return folder ? folder : "/tmp";
}

/* A name there for mkstemp and mkdtemp to complete. path: [64] */
static inline void vv_test_template(char path[64])
{
    snprintf(path, 64, "%.40s/varve-test-XXXXXX", vv_test_scratch());
}

/* The generator of the common data set (methods, section 6): state starts at 12345. */
static inline double vv_lcg(uint64_t *state)
{
    *state = (1103515245u * *state + 12345u) & 0x7fffffffu;
    return (double)*state / 2147483648.0;
}

/* X [200][5], then Z [200][3]; Y is the first two columns of X. */
static inline void vv_common_set(double X[200][5], double Z[200][3])
{
    uint64_t s = 12345;
    for (int i = 0; i < 200; i++)
        for (int j = 0; j < 5; j++) X[i][j] = vv_lcg(&s);
    for (int i = 0; i < 200; i++)
        for (int j = 0; j < 3; j++) Z[i][j] = vv_lcg(&s);
}

#define VV_TEST_MAIN(tests)                                                                        \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        if (vv_comm_start(&argc, &argv, &vv_world) != VV_OK) return 99;                            \
        const int failed = cmocka_run_group_tests(tests, NULL, NULL);                              \
        vv_comm_finish(&vv_world);                                                                 \
        return failed ? 1 : 0;                                                                     \
    }

#endif
