/* SPDX-License-Identifier: MIT */
/* Overlaps against sets compared by brute force, published values, and chance.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "stages/composition/pairs.h"
#include "vv_data.h"

enum { MOST_PAIRS = 64 };

/* Whether `row` is among the first k neighbors in a list. */
static int within(const int32_t *list, int k, int32_t row)
{
    for (int j = 0; j < k; j++)
        if (list[j] == row) return 1;
    return 0;
}

static struct vv_tally overlap_of(const struct vv_neighbors *a, const struct vv_neighbors *b,
                                  const int64_t *ks, int n_ks, int64_t n_samples, int at)
{
    const struct vv_neighbors *const tables[] = {a, b};
    const struct vv_layers l = {.n = 2, .tables = tables, .n_samples = n_samples, .ks = ks,
                                .n_ks = n_ks};
    struct vv_tally tallies[MOST_PAIRS] = {{0}};
    struct vv_progress progress = {.log = NULL, .interval = 1e9};
    vv_progress_begin(&progress, NULL, "test");
    progress.interval = 1e9;
    vv_assert_ok(vv_layers_overlap(vv_world, &l, &progress, tallies));
    return tallies[at * 4 + 1];
}

static void published_overlap_of_the_common_set(void **state)
{
    double X[200][5], Z[200][3], Y[200][2];
    const int64_t ks[] = {1, 10, 30};
    (void)state;
    vv_common_set(X, Z);
    for (int i = 0; i < 200; i++)
        for (int j = 0; j < 2; j++) Y[i][j] = X[i][j];
    struct vv_neighbors x = vv_test_neighbors(&X[0][0], 200, 5, 40, VV_EUCLIDEAN);
    struct vv_neighbors y = vv_test_neighbors(&Y[0][0], 200, 2, 30, VV_EUCLIDEAN);
    const struct vv_tally t = overlap_of(&x, &y, ks, 3, 200, 1);
    vv_assert_close(vv_tally_mean(&t, 10), 0.231, 1e-12);
    const struct vv_tally self = overlap_of(&x, &x, ks, 3, 200, 2);
    vv_assert_close(vv_tally_mean(&self, 30), 1.0, 0.0);
    vv_assert_close(vv_tally_error(&self, 30), 0.0, 0.0);
    const struct vv_tally back = overlap_of(&y, &x, ks, 3, 200, 1);
    assert_int_equal(back.sum, t.sum);
    vv_neighbors_release(&x);
    vv_neighbors_release(&y);
}

/* Two layers that hold different samples: dropped rows, compared by sample number. */
static void layers_of_different_samples(void **state)
{
    enum { N = 150, KA = 12, KB = 20 };
    const int64_t ks[] = {1, 3, 12};
    double a[N * 3], b[N * 2];
    int64_t of_a[N], of_b[N];
    int n_a = 0, n_b = 0;
    (void)state;
    for (int s = 0; s < N; s++) {
        if (s % 3 != 1) {
            for (int j = 0; j < 3; j++)
                a[n_a * 3 + j] = vv_rng_normal(1, 1, (uint64_t)s, (uint32_t)j);
            of_a[n_a++] = s;
        }
        if (s % 4 != 2) {
            for (int j = 0; j < 2; j++)
                b[n_b * 2 + j] = vv_rng_normal(1, 1, (uint64_t)s, (uint32_t)j);
            of_b[n_b++] = s;
        }
    }
    struct vv_neighbors x = vv_test_neighbors(a, n_a, 3, KA, VV_EUCLIDEAN);
    struct vv_neighbors y = vv_test_neighbors(b, n_b, 2, KB, VV_EUCLIDEAN);
    x.sample = of_a;
    y.sample = of_b;
    /* the witness needs whole tables: every rank gathers them */
    int32_t whole_x[N * KA], whole_y[N * KB];
    vv_comm_allgather_rows(vv_world, &x.layout, x.index, KA * sizeof(int32_t), whole_x);
    vv_comm_allgather_rows(vv_world, &y.layout, y.index, KB * sizeof(int32_t), whole_y);
    /* samples are divided otherwise than rows: a rank reads rows of others, from the files */
    char folder[64];
    vv_test_folder(folder);
    vv_assert_ok(vv_neighbors_file_publish(vv_world, &x, folder, "knn", "a"));
    vv_assert_ok(vv_neighbors_file_publish(vv_world, &y, folder, "knn", "series/b"));
    for (int q = 0; q < 3; q++) {
        struct vv_tally witness = {0};
        for (int i = 0; i < n_a; i++)
            for (int o = 0; o < n_b; o++) {
                if (of_a[i] != of_b[o]) continue;
                int64_t shared = 0;
                for (int j = 0; j < ks[q]; j++)
                    for (int m = 0; m < ks[q]; m++)
                        shared += of_a[whole_x[i * KA + j]] == of_b[whole_y[o * KB + m]];
                vv_tally_add(&witness, shared);
            }
        const struct vv_tally t = overlap_of(&x, &y, ks, 3, N, q);
        assert_int_equal(t.n, witness.n);
        assert_int_equal(t.sum, witness.sum);
        assert_int_equal(t.squares, witness.squares);
    }
    vv_test_folder_remove(folder);
    x.sample = y.sample = NULL;
    vv_neighbors_release(&x);
    vv_neighbors_release(&y);
}

static void random_neighborhoods_overlap_by_chance(void **state)
{
    enum { N = 400 };
    const int64_t ks[] = {20};
    double a[N * 5], b[N * 5];
    (void)state;
    for (int i = 0; i < N * 5; i++) {
        a[i] = vv_rng_normal(2, 1, (uint64_t)i, 0);
        b[i] = vv_rng_normal(2, 2, (uint64_t)i, 0);
    }
    struct vv_neighbors x = vv_test_neighbors(a, N, 5, 20, VV_EUCLIDEAN);
    struct vv_neighbors y = vv_test_neighbors(b, N, 5, 20, VV_EUCLIDEAN);
    const struct vv_tally t = overlap_of(&x, &y, ks, 1, N, 0);
    const double chance = vv_overlap_chance(20, N, N, N);
    vv_assert_close(chance, 20.0 / (N - 1), 1e-15);
    assert_true(fabs(vv_tally_mean(&t, 20) - chance) < 4.0 * vv_tally_error(&t, 20));
    assert_true(isnan(vv_overlap_chance(1, 1, 5, 1)));
    vv_neighbors_release(&x);
    vv_neighbors_release(&y);
}

static struct vv_label_overlap label_overlap_of(const struct vv_neighbors *nb, int64_t k,
                                                const struct vv_labels *labels)
{
    const struct vv_neighbors *const tables[] = {nb};
    const struct vv_layers l = {.n = 1, .tables = tables, .n_samples = labels->n, .ks = &k,
                                .n_ks = 1};
    struct vv_tally *t = vv_mem_new(labels->n_classes, sizeof *t, "tallies");
    vv_assert_ok(vv_layers_label_overlap(vv_world, &l, 0, labels, t));
    const struct vv_label_overlap o = vv_label_overlap_of(t, labels->n_classes, k, nb->layout.n);
    vv_mem_free(t);
    return o;
}

static void label_overlap_against_brute_force(void **state)
{
    enum { N = 210, K = 9, CLASSES = 3 };
    double x[N * 2];
    int64_t values[N];
    const int64_t missing = -7;
    struct vv_labels labels;
    (void)state;
    for (int i = 0; i < N; i++) {
        const double u = vv_rng_uniform(3, 1, (uint64_t)i, 0);
        values[i] = i % 11 == 0 ? missing : u < 0.6 ? 0 : u < 0.9 ? 1 : 2; /* unbalanced */
        for (int j = 0; j < 2; j++)
            x[2 * i + j] = (double)values[i] + vv_rng_normal(3, 2, (uint64_t)i, (uint32_t)j);
    }
    vv_assert_ok(vv_labels_from_integers(&labels, "l", N, values, &missing));
    assert_int_equal(labels.n_classes, CLASSES);
    struct vv_neighbors nb = vv_test_neighbors(x, N, 2, K, VV_EUCLIDEAN);
    int32_t whole[N * K];
    vv_comm_allgather_rows(vv_world, &nb.layout, nb.index, K * sizeof(int32_t), whole);
    double plain = 0.0, squares = 0.0, of_class[CLASSES] = {0}, weighted = 0.0, chance = 0.0;
    int n = 0, n_class[CLASSES] = {0};
    for (int i = 0; i < N; i++) {
        if (values[i] == missing) continue;
        int same = 0;
        for (int j = 0; j < N; j++)
            same += j != i && values[j] == values[i] && within(whole + i * K, K, j);
        plain += same / (double)K;
        squares += same * same / (double)(K * K);
        of_class[values[i]] += same / (double)K;
        n_class[values[i]]++;
        n++;
    }
    for (int c = 0; c < CLASSES; c++) {
        weighted += of_class[c] / n_class[c] / CLASSES;
        chance += (double)n_class[c] / n * (n_class[c] - 1) / (N - 1);
    }
    const struct vv_label_overlap o = label_overlap_of(&nb, K, &labels);
    vv_assert_close(o.plain, plain / n, 1e-12);
    vv_assert_close(o.plain_error, sqrt((squares / n - plain * plain / n / n) / (n - 1)), 1e-10);
    vv_assert_close(o.weighted, weighted, 1e-12);
    assert_true(fabs(o.weighted - o.plain) > 0.02); /* the two must be told apart */
    vv_assert_close(o.plain_chance, chance, 1e-12);
    vv_assert_close(o.weighted_chance,
                    (n_class[0] + n_class[1] + n_class[2] - 3) / 3.0 / (N - 1), 1e-12);
    vv_neighbors_release(&nb);
    vv_labels_release(&labels);
}

static void random_labels_overlap_by_chance_and_one_class_fully(void **state)
{
    enum { N = 500 };
    double x[N];
    int64_t random[N], one[N];
    struct vv_labels labels;
    (void)state;
    for (int i = 0; i < N; i++) {
        x[i] = vv_rng_normal(4, 1, (uint64_t)i, 0);
        random[i] = vv_rng_uniform(4, 2, (uint64_t)i, 0) < 0.8;
        one[i] = 5;
    }
    struct vv_neighbors nb = vv_test_neighbors(x, N, 1, 30, VV_EUCLIDEAN);
    vv_assert_ok(vv_labels_from_integers(&labels, "random", N, random, NULL));
    struct vv_label_overlap o = label_overlap_of(&nb, 30, &labels);
    assert_true(fabs(o.plain - o.plain_chance) < 4.0 * o.plain_error);
    assert_true(fabs(o.plain_chance - (0.64 + 0.04)) < 0.05);
    assert_true(fabs(o.weighted - o.weighted_chance) < 4.0 * o.weighted_error);
    assert_true(fabs(o.weighted_chance - 0.5) < 0.01);
    vv_labels_release(&labels);
    vv_assert_ok(vv_labels_from_integers(&labels, "one", N, one, NULL));
    o = label_overlap_of(&nb, 30, &labels);
    assert_true(o.plain == 1.0 && o.weighted == 1.0 && o.plain_chance == 1.0);
    vv_labels_release(&labels);
    vv_neighbors_release(&nb);
}

static void duplicates_do_not_count_themselves(void **state)
{
    double x[40]; /* 20 places, each twice; the labels of twins differ */
    int64_t values[40];
    struct vv_labels labels;
    (void)state;
    for (int i = 0; i < 40; i++) {
        x[i] = i / 2;
        values[i] = i % 2;
    }
    vv_assert_ok(vv_labels_from_integers(&labels, "twin", 40, values, NULL));
    struct vv_neighbors nb = vv_test_neighbors(x, 40, 1, 1, VV_EUCLIDEAN);
    assert_true(label_overlap_of(&nb, 1, &labels).plain == 0.0);
    vv_neighbors_release(&nb);
    vv_labels_release(&labels);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(published_overlap_of_the_common_set),
    cmocka_unit_test(layers_of_different_samples),
    cmocka_unit_test(random_neighborhoods_overlap_by_chance),
    cmocka_unit_test(label_overlap_against_brute_force),
    cmocka_unit_test(random_labels_overlap_by_chance_and_one_class_fully),
    cmocka_unit_test(duplicates_do_not_count_themselves),
};
VV_TEST_MAIN(tests)
