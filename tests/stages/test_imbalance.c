/* SPDX-License-Identifier: MIT */
/* Information Imbalance against published values, closed forms, and sorting by brute force.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "stages/imbalance/compare.h"
#include "stages/imbalance/core.h"
#include "vv_layers.h"

enum { N = 200 };

static void compare(struct vv_test_layers *l, const int64_t *ks, int n_ks, int64_t part_rows,
                    struct vv_imbalance *result, int64_t *n_parts)
{
    bool wanted[16];
    int64_t n_rows[16] = {0};
    for (int i = 0; i < l->n * l->n; i++) wanted[i] = true;
    struct vv_comparison c = {.spaces = l->spaces, .n = l->n, .wanted = wanted, .ks = ks, .n_ks = n_ks,
                              .part_rows = part_rows, .seed = 3, .how = {.metric = VV_EUCLIDEAN, .threads = 1},
                              .result = result, .n_rows = n_rows, .n_parts = n_parts};
    vv_assert_ok(vv_imbalance_compare(vv_world, &c));
}

/* The values of the method notes, with tables of any length: full, short, none. */
static void published_values(void **state)
{
    static double X[200][5], Z[200][3], Y[200][2];
    const double *const x[] = {&X[0][0], &Y[0][0], &Z[0][0]};
    const int d[] = {5, 2, 3}, lengths[][3] = {{199, 199, 199}, {1, 2, 5}, {20, 0, 7}, {0, 0, 0}};
    const int64_t k = 1;
    (void)state;
    vv_common_set(X, Z);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < 2; j++) Y[i][j] = X[i][j];
    for (int way = 0; way < 4; way++) {
        struct vv_test_layers l = {.n = 0};
        struct vv_imbalance r[9];
        int64_t n_parts[16] = {0};
        vv_test_folder(l.folder);
        for (int i = 0; i < 3; i++) vv_test_layers_add(&l, x[i], N, d[i]);
        vv_test_layers_open(&l, x, d, N, lengths[way]);
        compare(&l, &k, 1, 0, r, n_parts);
        vv_assert_close(r[0].value, 0.01, 1e-14);     /* X -> X */
        vv_assert_close(r[1].value, 0.1224, 1e-12);   /* X -> Y */
        vv_assert_close(r[3].value, 0.51435, 1e-12);  /* Y -> X */
        vv_assert_close(r[2].value, 1.02125, 1e-12);  /* X -> Z */
        vv_test_layers_close(&l);
    }
}

/* The k nearest of each row in a, their mean rank in b, within the given rows; sorted by brute force. */
static double witness(const double *a, int d_a, const double *b, int d_b, const int64_t *rows, int n, int k)
{
    double total = 0.0;
    for (int i = 0; i < n; i++) {
        double da[N], db[N];
        for (int j = 0; j < n; j++) {
            da[j] = db[j] = 0.0;
            for (int c = 0; c < d_a; c++) da[j] += pow(a[rows[i] * d_a + c] - a[rows[j] * d_a + c], 2);
            for (int c = 0; c < d_b; c++) db[j] += pow(b[rows[i] * d_b + c] - b[rows[j] * d_b + c], 2);
        }
        for (int j = 0; j < n; j++) {
            int order = 0, rank = 1;
            for (int m = 0; m < n; m++) {
                order += m != i && (da[m] < da[j] || (da[m] == da[j] && m < j));
                rank += m != i && (db[m] < db[j] || (db[m] == db[j] && m < j));
            }
            if (j != i && order < k) total += rank;
        }
    }
    return 2.0 / n * total / n / k;
}

/* Integers: ties and duplicates; several ks; all ways to come by lists and ranks. */
static void ties_and_several_sizes(void **state)
{
    static double a[N * 3], b[N * 2];
    const double *const x[] = {a, b};
    const int d[] = {3, 2}, lengths[][2] = {{199, 30}, {4, 4}, {30, 0}};
    const int64_t ks[] = {1, 4, 17};
    int64_t everybody[N];
    (void)state;
    for (int i = 0; i < N; i++) {
        everybody[i] = i;
        for (int j = 0; j < 3; j++) a[3 * i + j] = (double)(vv_rng_bits(1, 1, (uint64_t)i, (uint32_t)j) % 5);
        for (int j = 0; j < 2; j++) b[2 * i + j] = a[3 * i + j];
    }
    for (int way = 0; way < 3; way++) {
        struct vv_test_layers l = {.n = 0};
        struct vv_imbalance r[12];
        int64_t n_parts[16] = {0};
        vv_test_folder(l.folder);
        for (int i = 0; i < 2; i++) vv_test_layers_add(&l, x[i], N, d[i]);
        vv_test_layers_open(&l, x, d, N, lengths[way]);
        compare(&l, ks, 3, 0, r, n_parts);
        for (int q = 0; q < 3; q++) {
            vv_assert_close(r[4 * q].value, (double)(ks[q] + 1) / N, 1e-14);
            vv_assert_close(r[4 * q + 1].value, witness(a, 3, b, 2, everybody, N, (int)ks[q]), 1e-12);
            vv_assert_close(r[4 * q + 2].value, witness(b, 2, a, 3, everybody, N, (int)ks[q]), 1e-12);
        }
        vv_test_layers_close(&l);
    }
}

/* Parts are disjoint, of equal size, the same for all layers; mean and error over them. */
static void parts_are_averaged(void **state)
{
    static double a[N * 3], b[N * 2];
    const double *const x[] = {a, b};
    const int d[] = {3, 2}, lengths[][2] = {{199, 199}, {9, 0}};
    const int64_t k = 2;
    int64_t everybody[N];
    (void)state;
    for (int i = 0; i < N; i++) {
        everybody[i] = i;
        for (int j = 0; j < 3; j++) a[3 * i + j] = vv_rng_normal(1, 1, (uint64_t)i, (uint32_t)j);
        for (int j = 0; j < 2; j++) b[2 * i + j] = a[3 * i + j] + 0.3 * vv_rng_normal(1, 2, (uint64_t)i, (uint32_t)j);
    }
    struct vv_parts parts;
    vv_assert_ok(vv_parts_init(&parts, everybody, N, 60, 3));
    assert_int_equal(parts.n_parts, 3);
    double values[3], mean = 0.0, squares = 0.0;
    int met[N] = {0};
    for (int p = 0; p < 3; p++) {
        values[p] = witness(a, 3, b, 2, parts.position + 60 * p, 60, 2);
        mean += values[p] / 3.0;
        for (int i = 0; i < 60; i++) met[parts.position[60 * p + i]]++;
    }
    for (int i = 0; i < N; i++) assert_true(met[i] <= 1);
    for (int p = 0; p < 3; p++) squares += (values[p] - mean) * (values[p] - mean);
    vv_parts_release(&parts);
    for (int way = 0; way < 2; way++) {
        struct vv_test_layers l = {.n = 0};
        struct vv_imbalance r[4];
        int64_t n_parts[16] = {0};
        vv_test_folder(l.folder);
        for (int i = 0; i < 2; i++) vv_test_layers_add(&l, x[i], N, d[i]);
        vv_test_layers_open(&l, x, d, N, lengths[way]);
        compare(&l, &k, 1, 60, r, n_parts);
        assert_int_equal(n_parts[1], 3);
        vv_assert_close(r[1].value, mean, 1e-12);
        vv_assert_close(r[1].std_error, sqrt(squares / 2.0 / 3.0), 1e-9);
        vv_assert_close(r[0].value, 3.0 / 60.0, 1e-14);
        vv_test_layers_close(&l);
    }
}

/* A layer that lacks some samples is compared on those that both have. */
static void layers_of_different_samples(void **state)
{
    static double a[N * 3], b[N * 2], kept[N * 2];
    int64_t of_b[N], *owned;
    int n_b = 0;
    const int64_t k = 1;
    (void)state;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < 3; j++) a[3 * i + j] = vv_rng_normal(1, 1, (uint64_t)i, (uint32_t)j);
        for (int j = 0; j < 2; j++) b[2 * i + j] = a[3 * i + j];
        if (i % 3 == 1) continue;
        for (int j = 0; j < 2; j++) kept[2 * n_b + j] = b[2 * i + j];
        of_b[n_b++] = i;
    }
    const double *const x[] = {a, b};
    const int d[] = {3, 2}, lengths[] = {40, 0};
    struct vv_test_layers l = {.n = 0};
    struct vv_imbalance r[4];
    int64_t n_parts[16] = {0};
    vv_test_folder(l.folder);
    for (int i = 0; i < 2; i++) vv_test_layers_add(&l, x[i], N, d[i]);
    vv_test_layers_open(&l, x, d, N, lengths);
    l.tables[1] = vv_test_neighbors(kept, n_b, 2, 9, VV_EUCLIDEAN);
    owned = vv_mem_new(n_b, sizeof *owned, "test");
    memcpy(owned, of_b, (size_t)n_b * sizeof *owned);
    l.tables[1].sample = owned;
    l.spaces[1].table = &l.tables[1];
    vv_assert_ok(vv_neighbors_file_publish(vv_world, &l.tables[1], l.folder, "knn", "b"));
    compare(&l, &k, 1, 0, r, n_parts);
    vv_assert_close(r[1].value, witness(a, 3, b, 2, of_b, n_b, 1), 1e-12);
    vv_assert_close(r[2].value, witness(b, 2, a, 3, of_b, n_b, 1), 1e-12);
    vv_assert_close(r[0].value, 2.0 / N, 1e-14);
    vv_assert_close(r[3].value, 2.0 / n_b, 1e-14);
    vv_test_layers_close(&l);
}

static void too_few_rows_give_nothing(void **state)
{
    const double a[] = {0.0, 1.0, 5.0, 2.0};
    const double *const x[] = {a, a};
    const int d[] = {1, 1}, lengths[] = {1, 0};
    const int64_t ks[] = {2, 3};
    struct vv_test_layers l = {.n = 0};
    struct vv_imbalance r[8];
    int64_t n_parts[16] = {0};
    (void)state;
    vv_test_folder(l.folder);
    for (int i = 0; i < 2; i++) vv_test_layers_add(&l, a, 3, 1);
    vv_test_layers_open(&l, x, d, 3, lengths);
    compare(&l, ks, 2, 0, r, n_parts);
    vv_assert_close(r[1].value, 1.0, 1e-14); /* (k + 1)/N: the two layers are equal */
    assert_true(isnan(r[5].value) && isnan(r[4].value));
    vv_test_layers_close(&l);
}

static void small_formulas(void **state)
{
    const double forward[] = {0.01, 0.05, 0.2, 0.03};
    const struct vv_imbalance parts[] = {{0.2, 0.1}, {0.4, 0.1}};
    (void)state;
    assert_int_equal(vv_imbalance_scope(forward, 4, 0.1), 2);
    assert_int_equal(vv_imbalance_scope(forward, 0, 0.1), 0);
    assert_int_equal(vv_imbalance_scope(forward, 4, 0.5), 4);
    vv_assert_close(vv_imbalance_asymmetry(0.3, 0.1), 1.0, 1e-14);
    vv_assert_close(vv_imbalance_mean(parts, 2).value, 0.3, 1e-14);
    vv_assert_close(vv_imbalance_mean(parts, 2).std_error, 0.1, 1e-12);
    vv_assert_close(vv_imbalance_mean(parts, 1).std_error, 0.1, 0.0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(published_values),
    cmocka_unit_test(ties_and_several_sizes),
    cmocka_unit_test(parts_are_averaged),
    cmocka_unit_test(layers_of_different_samples),
    cmocka_unit_test(too_few_rows_give_nothing),
    cmocka_unit_test(small_formulas),
};
VV_TEST_MAIN(tests)
