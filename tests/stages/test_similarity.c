/* SPDX-License-Identifier: MIT */
/* Similarities against published values, closed forms, and their definitions written out.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "stages/similarity/compare.h"
#include "stages/similarity/core.h"
#include "stages/similarity/networks.h"
#include "vv_layers.h"

enum { N = 200, SEED = 11 };

/* All measures of all pairs of layers. value: [VV_N_SIMILARITIES][n][n] */
static void compare(struct vv_test_layers *l, int64_t batch, double bandwidth, double *value, double *widths,
                    int64_t *n_rows)
{
    bool wanted[16];
    int64_t n_batches[16] = {0};
    struct vv_groups groups;
    for (int i = 0; i < l->n * l->n; i++) wanted[i] = true;
    vv_assert_ok(vv_groups_init(&groups, l->spaces, l->n, wanted));
    struct vv_similarities s = {.spaces = l->spaces, .n = l->n, .wanted = wanted, .groups = &groups,
                                .how = {.linear = true, .unbiased = true, .rbf = true, .cosine = true,
                                        .bandwidth = bandwidth, .threads = 2},
                                .batch = batch, .seed = SEED, .value = value, .bandwidth = widths,
                                .n_rows = n_rows, .n_batches = n_batches};
    vv_assert_ok(vv_similarities_compare(vv_world, &s));
    vv_groups_release(&groups);
}

static double at(const double *value, int n, int measure, int a, int b)
{
    assert_true(vv_close(value[(measure * n + a) * n + b], value[(measure * n + b) * n + a], 0.0));
    return value[(measure * n + a) * n + b];
}

static double squared(const double *x, int d, int64_t i, int64_t j)
{
    double s = 0.0;
    for (int c = 0; c < d; c++) s += (x[i * d + c] - x[j * d + c]) * (x[i * d + c] - x[j * d + c]);
    return s;
}

/* |X^T Y|_F^2 by products of samples: sums over i, j of <x_i, x_j><y_i, y_j>, centred. */
static double gram_form(const double *x, int d_x, const double *y, int d_y, int n)
{
    double *c = vv_mem_new((int64_t)n * (d_x + d_y), sizeof *c, "test"), total = 0.0;
    for (int w = 0; w < 2; w++) {
        const double *from = w ? y : x;
        double *to = w ? c + n * d_x : c;
        const int d = w ? d_y : d_x;
        for (int j = 0; j < d; j++) {
            double mean = 0.0;
            for (int i = 0; i < n; i++) mean += from[i * d + j] / n;
            for (int i = 0; i < n; i++) to[i * d + j] = from[i * d + j] - mean;
        }
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double a = 0.0, b = 0.0;
            for (int k = 0; k < d_x; k++) a += c[i * d_x + k] * c[j * d_x + k];
            for (int k = 0; k < d_y; k++) b += c[n * d_x + i * d_y + k] * c[n * d_x + j * d_y + k];
            total += a * b;
        }
    vv_mem_free(c);
    return total;
}

static double gram_cka(const double *x, int d_x, const double *y, int d_y, int n)
{
    return gram_form(x, d_x, y, d_y, n) /
           sqrt(gram_form(x, d_x, x, d_x, n) * gram_form(y, d_y, y, d_y, n));
}

/* X, Y, Z of the method notes, and 3 X turned by a rotation and moved. */
static void published_values_and_invariance(void **state)
{
    static double X[200][5], Z[200][3], Y[200][2], R[200][5];
    const double *const x[] = {&X[0][0], &Y[0][0], &Z[0][0], &R[0][0]};
    const int d[] = {5, 2, 3, 5}, lengths[] = {3, 3, 0, 0};
    const int64_t batches[] = {16, 64, 200, 1000};
    (void)state;
    vv_common_set(X, Z);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < 2; j++) Y[i][j] = X[i][j];
        for (int j = 0; j < 5; j++) R[i][j] = 7.0 + 3.0 * X[i][j];
        for (int j = 0; j < 4; j++) { /* turns in the planes (j, j + 1) */
            const double a = R[i][j], b = R[i][j + 1];
            R[i][j] = 0.6 * a - 0.8 * b;
            R[i][j + 1] = 0.8 * a + 0.6 * b;
        }
    }
    for (int way = 0; way < 4; way++) {
        struct vv_test_layers l = {.n = 0};
        double value[VV_N_SIMILARITIES * 16], widths[4];
        int64_t n_rows[16] = {0};
        vv_test_folder(l.folder);
        for (int i = 0; i < 4; i++) vv_test_layers_add(&l, x[i], N, d[i]);
        vv_test_layers_open(&l, x, d, N, lengths);
        compare(&l, batches[way], 1.0, value, widths, n_rows);
        assert_true(fabs(at(value, 4, VV_LINEAR_CKA, 0, 1) - 0.636289) < 5e-7);
        assert_true(fabs(at(value, 4, VV_LINEAR_CKA, 0, 2) - 0.013623) < 5e-7);
        vv_assert_close(at(value, 4, VV_LINEAR_CKA, 0, 1), gram_cka(&X[0][0], 5, &Y[0][0], 2, N), 1e-10);
        for (int m = VV_LINEAR_CKA; m <= VV_RBF_CKA; m++) {
            vv_assert_close(at(value, 4, m, 0, 3), 1.0, 1e-10);
            assert_true(fabs(at(value, 4, m, 0, 1) - at(value, 4, m, 3, 1)) < 1e-9);
            vv_assert_close(at(value, 4, m, 2, 2), 1.0, 0.0);
        }
        assert_true(fabs(at(value, 4, VV_LINEAR_CKA_UNBIASED, 0, 2)) < 0.03); /* unrelated: around 0 */
        vv_assert_close(widths[3], 3.0 * widths[0], 1e-10);
        assert_true(isnan(at(value, 4, VV_COSINE_MEAN, 0, 1))); /* other features */
        assert_int_equal(n_rows[1], N);
        vv_test_layers_close(&l);
    }
}

/* HSIC_1 as what it estimates without bias: means over distinct samples. */
static double hsic_by_tuples(const double *k, const double *l, int n)
{
    double pairs = 0.0, triples = 0.0, quadruples = 0.0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            if (j == i) continue;
            pairs += k[i * n + j] * l[i * n + j];
            for (int q = 0; q < n; q++) {
                if (q == i || q == j) continue;
                triples += k[i * n + j] * l[i * n + q];
                for (int r = 0; r < n; r++)
                    if (r != i && r != j && r != q) quadruples += k[i * n + j] * l[q * n + r];
            }
        }
    const double m = n;
    return pairs / (m * (m - 1)) + quadruples / (m * (m - 1) * (m - 2) * (m - 3)) -
           2.0 * triples / (m * (m - 1) * (m - 2));
}

static void hsic_is_the_mean_over_distinct_samples(void **state)
{
    double k[49], l[49], sums[14];
    (void)state;
    for (int n = 4; n <= 7; n++) {
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++) {
                k[i * n + j] = k[j * n + i] = vv_rng_normal(1, 1, (uint64_t)i, (uint32_t)j);
                l[i * n + j] = l[j * n + i] = vv_rng_normal(1, 2, (uint64_t)i, (uint32_t)j);
            }
        vv_assert_close(vv_hsic(k, l, n, sums), hsic_by_tuples(k, l, n), 1e-12);
    }
}

static int compare_values(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The Gaussian or linear kernel of the samples at positions first.. of the random order. */
static void kernel_of(const double *x, int d, const int64_t *order, int n, double sigma, double *k)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double dot = 0.0;
            for (int c = 0; c < d; c++) dot += x[order[i] * d + c] * x[order[j] * d + c];
            k[i * n + j] = sigma > 0.0 ? exp(-0.5 * squared(x, d, order[i], order[j]) / (sigma * sigma)) : dot;
        }
}

static double median_of(const double *x, int d, const int64_t *order, int n)
{
    double v[N];
    int m = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) v[m++] = sqrt(squared(x, d, order[i], order[j]));
    qsort(v, (size_t)m, sizeof *v, compare_values);
    return 0.5 * (v[(m - 1) / 2] + v[m / 2]);
}

/* Minibatches of 9: 22 full ones and 2 samples that are left out. */
static void minibatches_are_those_of_the_random_order(void **state)
{
    enum { B = 9 };
    static double x[N * 4], y[N * 3];
    const double *const all[] = {x, y};
    const int d[] = {4, 3}, lengths[] = {3, 0};
    const double bandwidth = 0.7;
    int64_t everybody[N], order[N];
    double mean[2][3] = {{0.0}}, k[B * B], l[B * B];
    (void)state;
    for (int i = 0; i < N; i++) {
        everybody[i] = i;
        for (int j = 0; j < 4; j++) x[4 * i + j] = vv_rng_normal(1, 1, (uint64_t)i, (uint32_t)j);
        for (int j = 0; j < 3; j++) y[3 * i + j] = sin(2.0 * x[4 * i + j]) + 0.1 * x[4 * i];
    }
    vv_assert_ok(vv_rng_order(SEED, vv_rng_stream("similarity/batches"), N, everybody, order));
    for (int kind = 0; kind < 2; kind++)
        for (int b = 0; b < N / B; b++)
            for (int p = 0; p < 3; p++) { /* xy, xx, yy */
                const double *const first = p == 2 ? y : x, *const second = p == 1 ? x : y;
                const int d1 = p == 2 ? 3 : 4, d2 = p == 1 ? 4 : 3;
                kernel_of(first, d1, order + b * B, B, kind * bandwidth * median_of(first, d1, order, B), k);
                kernel_of(second, d2, order + b * B, B, kind * bandwidth * median_of(second, d2, order, B), l);
                mean[kind][p] += hsic_by_tuples(k, l, B) / (N / B);
            }
    struct vv_test_layers t = {.n = 0};
    double value[VV_N_SIMILARITIES * 4], widths[2];
    int64_t n_rows[4] = {0};
    vv_test_folder(t.folder);
    for (int i = 0; i < 2; i++) vv_test_layers_add(&t, all[i], N, d[i]);
    vv_test_layers_open(&t, all, d, N, lengths);
    compare(&t, B, bandwidth, value, widths, n_rows);
    for (int kind = 0; kind < 2; kind++)
        vv_assert_close(at(value, 2, kind ? VV_RBF_CKA : VV_LINEAR_CKA_UNBIASED, 0, 1),
                        mean[kind][0] / sqrt(mean[kind][1] * mean[kind][2]), 1e-9);
    vv_assert_close(widths[0], bandwidth * median_of(x, 4, order, B), 1e-10);
    vv_test_layers_close(&t);
}

/* More features than a tile and a panel, far from the origin, very different scales. */
static void wide_layers(void **state)
{
    enum { M = 90, D1 = 530, D2 = 300 };
    static double x[M * D1], y[M * D2];
    const double *const all[] = {x, y, x};
    const int d[] = {D1, D2, D1}, lengths[] = {3, 0, 0};
    (void)state;
    for (int i = 0; i < M; i++) {
        for (int j = 0; j < D1; j++)
            x[D1 * i + j] = 100.0 + ldexp(vv_rng_normal(1, 1, (uint64_t)i, (uint32_t)j), j % 9 - 4);
        for (int j = 0; j < D2; j++) y[D2 * i + j] = 1e-20 * (x[D1 * i + j] + x[D1 * i + D1 - 1 - j]);
    }
    struct vv_test_layers l = {.n = 0};
    double value[VV_N_SIMILARITIES * 9], widths[3];
    int64_t n_rows[9] = {0};
    vv_test_folder(l.folder);
    for (int i = 0; i < 3; i++) vv_test_layers_add(&l, all[i], M, d[i]);
    vv_test_layers_open(&l, all, d, M, lengths);
    compare(&l, 32, 1.0, value, widths, n_rows);
    vv_assert_close(at(value, 3, VV_LINEAR_CKA, 0, 1), gram_cka(x, D1, y, D2, M), 1e-10);
    for (int m = VV_LINEAR_CKA; m <= VV_RBF_CKA; m++) vv_assert_close(at(value, 3, m, 0, 2), 1.0, 1e-12);
    vv_assert_close(at(value, 3, VV_COSINE_MEAN, 0, 2), 1.0, 1e-15);
    vv_test_layers_close(&l);
}

/* A quarter turn, the opposite, a zero row that has no direction. */
static void angles(void **state)
{
    double x[5 * 2], turned[5 * 2], opposite[5 * 2];
    const double *const all[] = {x, turned, opposite};
    const int d[] = {2, 2, 2}, lengths[] = {1, 0, 0};
    (void)state;
    for (int i = 0; i < 5; i++) {
        x[2 * i] = i;
        x[2 * i + 1] = 0.5 * i * i;
        turned[2 * i] = -3.0 * x[2 * i + 1];
        turned[2 * i + 1] = 3.0 * x[2 * i];
        for (int j = 0; j < 2; j++) opposite[2 * i + j] = -1e200 * x[2 * i + j];
    }
    struct vv_test_layers l = {.n = 0};
    double value[VV_N_SIMILARITIES * 9], widths[3];
    int64_t n_rows[9] = {0};
    vv_test_folder(l.folder);
    for (int i = 0; i < 3; i++) vv_test_layers_add(&l, all[i], 5, 2);
    vv_test_layers_open(&l, all, d, 5, lengths);
    compare(&l, 256, 1.0, value, widths, n_rows);
    assert_true(fabs(at(value, 3, VV_COSINE_MEAN, 0, 1)) < 1e-15);
    vv_assert_close(at(value, 3, VV_ANGULAR_DISTANCE, 0, 1), 0.5, 1e-14);
    vv_assert_close(at(value, 3, VV_COSINE_MEAN, 0, 2), -1.0, 1e-15);
    vv_assert_close(at(value, 3, VV_ANGULAR_DISTANCE, 0, 2), 1.0, 1e-15);
    assert_true(at(value, 3, VV_ANGULAR_DISTANCE, 1, 1) == 0.0);
    vv_test_layers_close(&l);
    const double nearly[] = {1.0, 1e-12};
    double cosine, angle;
    assert_true(vv_row_angle(nearly, (const double[]){2.0, 0.0}, 2, &cosine, &angle));
    vv_assert_close(angle, 1e-12 / 3.14159265358979323846, 1e-12);
    assert_true(vv_row_angle(nearly, nearly, 2, &cosine, &angle) && angle == 0.0);
}

/* Constant layers, fewer samples than the estimator needs, a single sample: no number, no error. */
static void no_number_where_there_is_none(void **state)
{
    const double x[] = {1.0, 2.0, 4.0}, constant[] = {0.1, 0.1, 0.1};
    const double *const all[] = {x, constant, x};
    const int d[] = {1, 1, 1}, lengths[] = {1, 0, 0}, none[] = {0, 0, 0};
    (void)state;
    for (int n = 1; n <= 3; n += 2) {
        struct vv_test_layers l = {.n = 0};
        double value[VV_N_SIMILARITIES * 9], widths[3];
        int64_t n_rows[9] = {0};
        vv_test_folder(l.folder);
        for (int i = 0; i < 3; i++) vv_test_layers_add(&l, all[i], n, 1);
        vv_test_layers_open(&l, all, d, n, n == 3 ? lengths : none);
        compare(&l, 256, 1.0, value, widths, n_rows);
        assert_true(isnan(at(value, 3, VV_LINEAR_CKA, 0, 1)) && isnan(at(value, 3, VV_LINEAR_CKA, 1, 1)));
        assert_true(isnan(at(value, 3, VV_LINEAR_CKA_UNBIASED, 0, 2)) && isnan(at(value, 3, VV_RBF_CKA, 0, 2)));
        vv_assert_close(at(value, 3, VV_LINEAR_CKA, 0, 2), n == 3 ? 1.0 : NAN, 1e-12);
        vv_test_layers_close(&l);
    }
}

/* A layer that lacks some samples: pairs are compared on those that both hold; neighborhoods likewise. */
static void layers_of_different_samples(void **state)
{
    enum { K = 6 };
    static double a[N * 3], b[N * 3], kept_a[N * 3], kept_b[N * 3];
    const double *const x[] = {a, b};
    const int d[] = {3, 3}, lengths[] = {0, 0};
    int64_t n_kept = 0, *owned = vv_mem_new(N, sizeof *owned, "test");
    (void)state;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < 3; j++) {
            a[3 * i + j] = vv_rng_normal(1, 1, (uint64_t)i, (uint32_t)j);
            b[3 * i + j] = a[3 * i + j] + 0.5 * vv_rng_normal(1, 2, (uint64_t)i, (uint32_t)j);
        }
        if (i % 4 == 2) continue;
        memcpy(kept_a + 3 * n_kept, a + 3 * i, 3 * sizeof *a);
        memcpy(kept_b + 3 * n_kept, b + 3 * i, 3 * sizeof *a);
        owned[n_kept++] = i;
    }
    struct vv_test_layers l = {.n = 0};
    double value[VV_N_SIMILARITIES * 4], widths[2];
    int64_t n_rows[4] = {0};
    vv_test_folder(l.folder);
    for (int i = 0; i < 2; i++) vv_test_layers_add(&l, x[i], N, d[i]);
    vv_test_layers_open(&l, x, d, N, lengths);
    l.tables[0] = vv_test_neighbors(kept_a, n_kept, 3, K, VV_EUCLIDEAN);
    l.tables[0].sample = owned;
    l.spaces[0].table = &l.tables[0];
    compare(&l, 32, 1.0, value, widths, n_rows);
    assert_int_equal(n_rows[1], n_kept);
    assert_int_equal(n_rows[3], N);
    vv_assert_close(at(value, 2, VV_LINEAR_CKA, 0, 1), gram_cka(kept_a, 3, kept_b, 3, (int)n_kept), 1e-10);

    const bool wanted[] = {false, true, false, false};
    const int64_t ks[] = {1, K};
    struct vv_groups groups;
    struct vv_tally tallies[2] = {{0}};
    vv_assert_ok(vv_groups_init(&groups, l.spaces, 2, wanted));
    const struct vv_network_overlap o = {.spaces = l.spaces, .n_layers = 1, .n_others = 1, .groups = &groups,
                                         .ks = ks, .n_ks = 2, .how = {.threads = 1}, .tallies = tallies};
    vv_assert_ok(vv_network_overlap(vv_world, &o));
    for (int q = 0; q < 2; q++) {
        int64_t shared = 0;
        for (int i = 0; i < n_kept; i++)
            for (int j = 0; j < n_kept; j++) {
                int nearer_a = 0, nearer_b = 0;
                for (int m = 0; m < n_kept && j != i; m++) {
                    nearer_a += m != i && squared(kept_a, 3, i, m) < squared(kept_a, 3, i, j);
                    nearer_b += m != i && squared(kept_b, 3, i, m) < squared(kept_b, 3, i, j);
                }
                shared += j != i && nearer_a < ks[q] && nearer_b < ks[q];
            }
        assert_int_equal(tallies[q].n, n_kept);
        assert_int_equal(tallies[q].sum, shared);
    }
    vv_groups_release(&groups);
    vv_test_layers_close(&l);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(published_values_and_invariance),
    cmocka_unit_test(hsic_is_the_mean_over_distinct_samples),
    cmocka_unit_test(minibatches_are_those_of_the_random_order),
    cmocka_unit_test(wide_layers),
    cmocka_unit_test(angles),
    cmocka_unit_test(no_number_where_there_is_none),
    cmocka_unit_test(layers_of_different_samples),
};
VV_TEST_MAIN(tests)
