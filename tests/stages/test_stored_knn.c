/* SPDX-License-Identifier: MIT */
/* Rows of stored neighbor tables, made lists: by hand, and against a search that knows the sample by its number. */
#include <math.h>

#include "stages/stored_knn/core.h"
#include "vv_test.h"

enum { MOST = 16 };

static int32_t list[MOST];
static double length[MOST];
static struct vv_stored_counts counts;
static int column;

static enum vv_stored_fault take(const struct vv_stored *s, int64_t row, const double *distance, const double *index)
{
    memset(&counts, 0, sizeof counts);
    return vv_stored_list(s, row, distance, index, list, length, &counts, &column);
}

static void expect(const int32_t *indices, const double *distances, int k)
{
    for (int j = 0; j < k; j++)
        if (list[j] != indices[j] || length[j] != distances[j])
            fail_msg("neighbor %d is %d at %g, not %d at %g", j, list[j], length[j], indices[j], distances[j]);
}
#define EXPECT(indices, distances) expect(indices, distances, sizeof(indices) / sizeof(int32_t))
#define I(...) ((const int32_t[]){__VA_ARGS__})
#define D(...) ((const double[]){__VA_ARGS__})

static const struct vv_stored with = {.n_rows = 10, .n_columns = 5, .has_self = true};
static const struct vv_stored without = {.n_rows = 10, .n_columns = 4};
static const struct vv_stored products = {.n_rows = 10, .n_columns = 4, .has_self = true, .may_be_signed = true};

static void the_sample_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(vv_stored_k(&with), 4);
    assert_int_equal(take(&with, 3, D(0, 1, 2, 3, 4), D(3, 5, 0, 9, 1)), VV_STORED_FINE);
    EXPECT(I(5, 0, 9, 1), D(1, 2, 3, 4));
    assert_int_equal(counts.n_ties + counts.n_zero + counts.n_self_elsewhere + counts.n_self_missing, 0);
    assert_int_equal(take(&without, 3, D(1, 2, 3, 4), D(5, 0, 9, 1)), VV_STORED_FINE);
    EXPECT(I(5, 0, 9, 1), D(1, 2, 3, 4));
    /* Float32 products leave something of the distance to oneself. */
    assert_int_equal(take(&with, 3, D(1e-4, 1, 2, 3, 4), D(3, 5, 0, 9, 1)), VV_STORED_FINE);
    EXPECT(I(5, 0, 9, 1), D(1, 2, 3, 4));
}

/* Whoever takes column 0 for the sample counts it among its own neighbors and loses its twin. */
static void the_sample_is_known_by_its_number_among_duplicates(void **state)
{
    (void)state;
    assert_int_equal(take(&with, 3, D(0, 0, 2, 3, 4), D(5, 3, 0, 9, 1)), VV_STORED_FINE);
    EXPECT(I(5, 0, 9, 1), D(0, 2, 3, 4));
    assert_int_equal(counts.n_self_elsewhere, 1);
    assert_int_equal(counts.n_zero, 1);
    assert_int_equal(take(&with, 3, D(0, 0, 0, 3, 4), D(7, 5, 3, 9, 1)), VV_STORED_FINE);
    EXPECT(I(5, 7, 9, 1), D(0, 0, 3, 4)); /* in the order of their numbers */
    assert_int_equal(counts.n_reordered, 1);
    assert_int_equal(counts.n_ties, 1);
    /* More twins than columns: the sample itself is not there. */
    assert_int_equal(take(&with, 3, D(0, 0, 0, 0, 0), D(7, 5, 4, 9, 1)), VV_STORED_FINE);
    EXPECT(I(1, 4, 5, 7), D(0, 0, 0, 0));
    assert_int_equal(counts.n_self_missing, 1);
    assert_int_equal(counts.n_zero, 4);
    assert_int_equal(take(&with, 3, D(0, 0, 0, 0, 1e-9), D(7, 5, 4, 9, 1)), VV_STORED_NO_SELF);
    assert_int_equal(take(&with, 3, D(0, 1, 2, 3, 4), D(2, 5, 0, 9, 1)), VV_STORED_NO_SELF);
}

static void ties_are_ordered_by_index(void **state)
{
    (void)state;
    assert_int_equal(take(&without, 3, D(1, 1, 2, 2), D(1, 2, 9, 0)), VV_STORED_FINE);
    EXPECT(I(1, 2, 0, 9), D(1, 1, 2, 2));
    assert_int_equal(counts.n_ties, 1);
    assert_int_equal(counts.n_reordered, 1);
    assert_int_equal(take(&without, 3, D(1, 1, 2, 2), D(1, 2, 0, 9)), VV_STORED_FINE);
    assert_int_equal(counts.n_reordered, 0);
    assert_int_equal(take(&without, 3, D(-0.0, 0.0, 2, 2), D(4, 2, 0, 9)), VV_STORED_FINE);
    assert_int_equal(list[0], 2);
    assert_false(signbit(length[1]));
}

static void products_descend_from_anywhere(void **state)
{
    (void)state;
    assert_int_equal(take(&products, 3, D(-9, -7, -7, 0), D(5, 3, 1, 0)), VV_STORED_FINE);
    EXPECT(I(5, 1, 0), D(-9, -7, 0));
    assert_int_equal(counts.n_zero, 0); /* no distance */
    assert_int_equal(take(&products, 3, D(-9, -7, -6, 1), D(5, 4, 1, 0)), VV_STORED_FINE); /* longer rows hide it */
    EXPECT(I(5, 4, 1), D(-9, -7, -6));
    assert_int_equal(counts.n_self_missing, 1);
}

static void what_cannot_be_is_told_with_its_column(void **state)
{
    static const struct { enum vv_stored_fault fault; int column; double distance[4], index[4]; } rows[] = {
        {VV_STORED_NOT_FINITE, 2, {1, 2, NAN, 4}, {5, 0, 9, 1}},
        {VV_STORED_NOT_FINITE, 3, {1, 2, 3, INFINITY}, {5, 0, 9, 1}},
        {VV_STORED_NEGATIVE, 0, {-1e-300, 2, 3, 4}, {5, 0, 9, 1}},
        {VV_STORED_DESCENDS, 2, {1, 3, 2, 4}, {5, 0, 9, 1}},
        {VV_STORED_NO_ROW, 1, {1, 2, 3, 4}, {5, 10, 9, 1}},
        {VV_STORED_NO_ROW, 0, {1, 2, 3, 4}, {-1, 0, 9, 1}},
        {VV_STORED_NO_ROW, 3, {1, 2, 3, 4}, {5, 0, 9, 1.5}},
        {VV_STORED_NO_ROW, 3, {1, 2, 3, 4}, {5, 0, 9, NAN}},
        {VV_STORED_TWICE, 2, {1, 2, 3, 4}, {5, 0, 5, 1}},
        {VV_STORED_SELF, 2, {1, 2, 3, 4}, {5, 0, 3, 1}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const enum vv_stored_fault fault = take(&without, 3, rows[i].distance, rows[i].index);
        if (fault != rows[i].fault || column != rows[i].column)
            fail_msg("row %zu: fault %d in column %d", i, fault, column);
        assert_true(strlen(vv_stored_fault_text(fault)) > 10);
    }
    assert_int_equal(take(&with, 3, D(0, 0, 2, 3, 4), D(3, 3, 0, 9, 1)), VV_STORED_TWICE);
}

/* All pairs of points on a line with many ties and twins, as a tool would store them that finds the sample by distance
 * and breaks ties backwards: the lists must be those of the rule. */
static void tables_found_by_distance_become_the_lists_of_the_rule(void **state)
{
    enum { N = 40 };
    const struct vv_stored s = {.n_rows = N, .n_columns = N, .has_self = true};
    static int32_t index[N];
    double x[N];
    (void)state;
    for (int i = 0; i < N; i++) x[i] = (double)((i * 7) % 13);
    for (int r = 0; r < N; r++) {
        double stored[N], numbers[N], lengths[N];
        int n = 0;
        for (int d = 0; d < 13; d++)
            for (int i = N - 1; i >= 0; i--)
                if ((int)fabs(x[i] - x[r]) == d) {
                    stored[n] = d;
                    numbers[n++] = i;
                }
        assert_int_equal(n, N);
        memset(&counts, 0, sizeof counts);
        assert_int_equal(vv_stored_list(&s, r, stored, numbers, index, lengths, &counts, &column), VV_STORED_FINE);
        n = 0;
        for (int d = 0; d < 13; d++)
            for (int i = 0; i < N; i++)
                if (i != r && (int)fabs(x[i] - x[r]) == d) {
                    assert_int_equal(index[n], i);
                    assert_true(lengths[n] == (double)d);
                    n++;
                }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_left_out),
        cmocka_unit_test(the_sample_is_known_by_its_number_among_duplicates),
        cmocka_unit_test(ties_are_ordered_by_index),
        cmocka_unit_test(products_descend_from_anywhere),
        cmocka_unit_test(what_cannot_be_is_told_with_its_column),
        cmocka_unit_test(tables_found_by_distance_become_the_lists_of_the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
