/* SPDX-License-Identifier: MIT */
/* The lists of candidates: what must not be lost when a search is gone on with. ranks: 1 */
#include <math.h>

#include "neighbors/shortlist.h"
#include "vv_test.h"

enum { CAPACITY = 200, K = 2 };

/* A search by a sharp kernel is stopped and gone on with by a coarser one. In the first, the row begins with a guess
 * that is too low for its second neighbor, which is therefore dropped; in the second, a row farther away gets a value
 * that the coarser kernel's guess lets in. It must not pass for the second neighbor. */
static void a_guess_that_was_too_low_stays_one(void **state)
{
    const double sharp = 65 * 0x1p-24, coarse = 12 * sharp, s = 0.01; /* errors; half a squared distance */
    const float length = 1.0f, half = 0.5f;
    float scratch[VV_SELECT_SCRATCH(CAPACITY)];
    struct vv_bound first, second;
    struct vv_candidate saved[CAPACITY];
    struct vv_shortlist list = {.k = K, .bound = &first, .kernel = vv_kernel_find("auto", 64), .length = &length,
                                .half = &half};
    (void)state;
    vv_bound_set(&first, VV_EUCLIDEAN, 64, sharp);
    vv_bound_set(&second, VV_EUCLIDEAN, 64, coarse);
    const double unit = 2.0 * first.factor, most = 2.0 * second.factor;
    const double truth = s + 2.5 * unit, farther = s + 3.0 * unit; /* of the second neighbor, of the other row */
    const float proposed = (float)(s - 0.1 * unit);
    assert_true(farther - (double)proposed < most);
    const float guess[] = {vv_bound_limit(&first, (float)s, length, half),
                           vv_bound_limit(&second, (float)s, length, half)};
    assert_true(truth > (double)guess[0] && farther < (double)guess[1]);

    vv_assert_ok(vv_shortlist_init(&list, NULL, 1, CAPACITY));
    vv_shortlist_begin(&list, 1, &guess[0]);
    vv_shortlist_offer(&list, 0, (float)s, 1, scratch);
    vv_shortlist_offer(&list, 0, (float)truth, 2, scratch);
    assert_int_equal(list.count[0], 1);
    saved[0] = list.items[0];
    const float limit = list.limit[0];

    list.bound = &second;
    vv_bound_widen(&second, first.error);
    assert_true(second.error == coarse);
    vv_shortlist_begin(&list, 1, &guess[1]);
    vv_shortlist_restore(&list, 0, saved, 1, limit);
    vv_shortlist_offer(&list, 0, proposed, 3, scratch);
    assert_int_equal(list.count[0], 2);
    assert_false(vv_shortlist_settle(&list, 0, fminf(guess[0], guess[1]), scratch));
    assert_int_equal(list.count[0], VV_CROWDED);
    vv_shortlist_release(&list);
}

/* A bound made wider is that of the larger error; it never becomes narrower. */
static void bounds_widen(void **state)
{
    struct vv_bound b, wide;
    (void)state;
    for (int m = 0; m < 2; m++) {
        const enum vv_metric metric = m ? VV_INNER_PRODUCT : VV_EUCLIDEAN;
        vv_bound_set(&b, metric, 300, 1e-5);
        vv_bound_set(&wide, metric, 300, 3e-5);
        const double before = b.factor;
        vv_bound_widen(&b, 1e-6);
        assert_true(b.factor == before);
        vv_bound_widen(&b, 3e-5);
        assert_true(b.factor == wide.factor && b.error == wide.error && b.factor > before);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_guess_that_was_too_low_stays_one),
    cmocka_unit_test(bounds_widen),
};
VV_TEST_MAIN(tests)
