/* SPDX-License-Identifier: MIT */
/* ranks: 1 2 3 4 7
 * Confidence sets of the best layer: cases by hand, how often they miss, and outcomes gathered from layers that hold
 * different samples. */
#include <math.h>

#include "base/rng.h"
#include "base/significance.h"
#include "stages/depth/best.h"
#include "stages/depth/outcomes.h"
#include "vv_test.h"

enum { MOST = 12 };

struct tested {
    struct vv_paired paired;
    int64_t right[MOST], tested[MOST], common[MOST * MOST], only[MOST * MOST];
    double p_value[MOST];
    int64_t in_set[MOST];
    struct vv_best best;
};

/* outcome: [n_samples][n], -1 not tested */
static struct tested *judge(const int8_t *outcome, int64_t n_samples, int n)
{
    static struct tested t;
    struct vv_outcomes o;
    vv_assert_ok(vv_outcomes_init(&o, n, n_samples));
    for (int64_t s = 0; s < n_samples; s++)
        for (int l = 0; l < n; l++) vv_outcomes_set(&o, l, s, outcome[s * n + l]);
    vv_outcomes_count(&o, t.right, t.tested, t.common, t.only);
    vv_outcomes_release(&o);
    t.paired = (struct vv_paired){n, n, t.right, t.tested, t.only};
    t.best = vv_best_paired(&t.paired, 0.95, t.p_value, t.in_set);
    return &t;
}

/* 100 rows. Layer 1 is right on 80; layer 0 has 2 it lacks and lacks 8; layer 2 lacks 20 of them and has none; layer 3
 * was tested on 49 rows only, always right. */
static void paired_sets_by_hand(void **state)
{
    int8_t outcome[100][4];
    (void)state;
    for (int s = 0; s < 100; s++) {
        outcome[s][1] = s < 80;
        outcome[s][0] = s < 72 || s == 90 || s == 91;
        outcome[s][2] = s < 60;
        outcome[s][3] = s < 49 ? 1 : -1;
    }
    const struct tested *t = judge(outcome[0], 100, 4);
    assert_int_equal(t->only[1 * 4 + 0], 8);
    assert_int_equal(t->only[0 * 4 + 1], 2);
    assert_int_equal(t->only[3 * 4 + 2], 0);
    assert_int_equal(t->common[3 * 4 + 2], 49);
    assert_int_equal(t->best.layer, 1);
    assert_int_equal(t->best.runner_up, 0);
    vv_assert_close(t->p_value[2], 3.0 * 2.0 / 1048576.0, 1e-12); /* the first of three pairs */
    vv_assert_close(t->p_value[0], 2.0 * 2.0 * (1 + 10 + 45) / 1024.0, 1e-12);
    assert_true(t->p_value[1] == 1.0 && isnan(t->p_value[3]));
    const int64_t expected[] = {1, 1, 0, -1};
    assert_memory_equal(t->in_set, expected, sizeof expected);
    for (int s = 49; s < 51; s++) outcome[s][3] = 1; /* 51 rows, all right: now it is the best */
    t = judge(outcome[0], 100, 4);
    assert_int_equal(t->best.layer, 3);
    assert_int_equal(t->in_set[0], 1); /* no row that both hold tells them apart */
}

static void sets_of_few_layers(void **state)
{
    const int8_t one[] = {1, 0, 1}, none[] = {-1, -1};
    const struct tested *t;
    (void)state;
    t = judge(one, 3, 1);
    assert_true(t->best.layer == 0 && t->best.runner_up == -1 && t->in_set[0] == 1);
    t = judge(none, 1, 2);
    assert_true(t->best.layer == -1 && t->in_set[0] == -1 && isnan(t->p_value[1]));
    t = judge(none, 0, 2);
    assert_int_equal(t->best.layer, -1);
}

/* Differences 1, 3 and 0.5 in errors of hypot(0.3, 0.4) = 0.5: p-values 0.0455, 2e-9, 0.317; six pairs. */
static void unpaired_sets_by_hand(void **state)
{
    const double value[] = {9.0, 7.0, NAN, 10.0, 9.5, 11.0}, error[] = {0.4, 0.4, 0.4, 0.3, 0.4, 0.3};
    const struct vv_profile p = {5, value, error};
    double p_value[6];
    int64_t in_set[6];
    (void)state;
    struct vv_best b = vv_best_unpaired(&p, 1, 0, 0.95, p_value, in_set);
    assert_true(b.layer == 3 && b.runner_up == 4);
    vv_assert_close(p_value[0], 5.0 * 0.04550026389635842, 1e-12);
    const int64_t expected[] = {1, 0, -1, 1, 1};
    assert_memory_equal(in_set, expected, sizeof expected);
    b = vv_best_unpaired(&p, -1, 2, 0.95, p_value, in_set); /* the lowest from layer 2 on */
    assert_true(b.layer == 4 && b.runner_up == 3 && in_set[0] == -1 && in_set[1] == -1);
    vv_assert_close(p_value[3], vv_normal_p(1.0), 1e-12);
    vv_set_unpaired(&p, 0, 0, 0.95, p_value, in_set); /* of another layer than the best */
    assert_true(in_set[0] == 1 && in_set[1] == 0 && in_set[3] == 1 && p_value[0] == 1.0);
    const double unknown[] = {0.4, NAN, 0.4, 0.3, 0.4}; /* of a layer that is far off: it is no surer for that */
    b = vv_best_unpaired(&(struct vv_profile){5, value, unknown}, 1, 0, 0.95, p_value, in_set);
    assert_true(b.layer == 3 && in_set[1] == -1 && isnan(p_value[1]) && in_set[0] == 1);
    vv_assert_close(p_value[0], 3.0 * 0.04550026389635842, 1e-12); /* Holm's correction is for those compared */
    const struct vv_profile empty = {0, value, error};
    assert_int_equal(vv_best_unpaired(&empty, 1, 0, 0.95, p_value, in_set).layer, -1);
}

/* Rows that are hard in one layer are hard in all: the share `common` of each row's luck is the same. */
static void draw(int8_t *outcome, int64_t n_samples, int n, const double *z, double common, uint64_t trial)
{
    for (int64_t s = 0; s < n_samples; s++)
        for (int l = 0; l < n; l++) {
            const uint64_t row = trial * (uint64_t)n_samples + (uint64_t)s;
            const double luck = sqrt(common) * vv_rng_normal(3, 1, row, 99) +
                                sqrt(1.0 - common) * vv_rng_normal(3, 1, row, (uint32_t)l);
            outcome[s * n + l] = luck < z[l];
        }
}

static void the_best_is_in_the_set_as_often_as_promised(void **state)
{
    enum { N = 8, ROWS = 400, TRIALS = 600 };
    static const double equal[N] = {0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8};
    static const double peak[N] = {0.0, 0.4, 0.7, 0.85, 0.9, 0.85, 0.8, 0.6}; /* 0.816 at layer 4, 0.802 beside it */
    static int8_t outcome[ROWS * N];
    int left = 0, held = 0, size = 0, unpaired_size = 0;
    (void)state;
    if (vv_comm_size(vv_world) > 1) return;
    for (int t = 0; t < TRIALS; t++) {
        draw(outcome, ROWS, N, equal, 0.7, (uint64_t)t);
        const struct tested *found = judge(outcome, ROWS, N);
        for (int l = 0; l < N; l++)
            if (found->in_set[l] != 1) {
                left++;
                break;
            }
        draw(outcome, ROWS, N, peak, 0.7, (uint64_t)t);
        found = judge(outcome, ROWS, N);
        held += found->in_set[4] == 1;
        double value[N], error[N], p_value[N];
        int64_t in_set[N];
        for (int l = 0; l < N; l++) {
            size += found->in_set[l] == 1;
            value[l] = (double)found->right[l] / ROWS;
            error[l] = sqrt(value[l] * (1.0 - value[l]) / ROWS);
        }
        vv_best_unpaired(&(struct vv_profile){N, value, error}, 1, 0, 0.95, p_value, in_set);
        for (int l = 0; l < N; l++) unpaired_size += in_set[l] == 1;
    }
    printf("equal layers: some layer left out in %d of %d; planted best in the set %d, mean size %.2f, unpaired %.2f\n",
           left, TRIALS, held, (double)size / TRIALS, (double)unpaired_size / TRIALS);
    assert_true(left <= 0.05 * TRIALS + 2.0 * sqrt(0.05 * 0.95 * TRIALS));
    assert_true(held >= 0.95 * TRIALS);
    assert_true(size < 0.9 * unpaired_size);
}

/* One layer: its samples in memory, as the probe leaves them. */
static struct vv_artifact layer_of(const int8_t *outcome, int64_t n_samples, int n, int l)
{
    struct vv_artifact a = {.kind = VV_SAMPLES};
    struct vv_column *column;
    int64_t *sample = vv_mem_new(n_samples, sizeof *sample, "samples"), n_rows = 0;
    for (int64_t s = 0; s < n_samples; s++)
        if (outcome[s * n + l] > -2) sample[n_rows++] = s;
    vv_assert_ok(vv_samples_init(&a.samples, vv_comm_layout(vv_world, n_rows), l > 0 ? sample : NULL));
    const struct vv_dim none = {NULL, 0};
    vv_assert_ok(vv_samples_add(&a.samples, "set/logistic", "1", "outcomes", VV_I64, none, &column));
    for (int64_t i = 0; i < vv_column_length(column); i++)
        column->i64[i] = outcome[sample[vv_layout_first(&a.samples.layout) + i] * n + l];
    vv_mem_free(sample);
    return a;
}

/* -2: the layer does not hold the sample. */
static void outcomes_meet_sample_by_sample(void **state)
{
    enum { N = 4 };
    static const int64_t sizes[] = {203, 64, 3, 1};
    (void)state;
    for (size_t q = 0; q < sizeof sizes / sizeof *sizes; q++) {
        const int64_t n_samples = sizes[q];
        int8_t outcome[203 * N];
        struct vv_artifact artifacts[N];
        const struct vv_artifact *layers[N];
        for (int64_t s = 0; s < n_samples; s++)
            for (int l = 0; l < N; l++) {
                const double u = vv_rng_uniform(5, (uint32_t)q, (uint64_t)s, (uint32_t)l);
                outcome[s * N + l] = (int8_t)(l > 0 && u < 0.3 ? -2 : u < 0.5 ? -1 : u < 0.8);
            }
        for (int64_t s = 0; s < n_samples; s++) outcome[s * N + 3] = -2; /* a layer without rows */
        struct vv_outcomes o;
        for (int l = 0; l < N; l++) {
            artifacts[l] = layer_of(outcome, n_samples, N, l);
            layers[l] = &artifacts[l];
        }
        int64_t counts[2 * N + 2 * N * N];
        vv_assert_ok(vv_outcomes_gather(vv_world, layers, N, "set/logistic", &o));
        vv_outcomes_count(&o, counts, counts + N, counts + 2 * N, counts + 2 * N + N * N);
        vv_comm_sum_i64(vv_world, counts, 2 * N + 2 * N * N);
        const struct tested *expected = judge(outcome, n_samples, N);
        assert_memory_equal(counts, expected->right, N * sizeof *counts);
        assert_memory_equal(counts + N, expected->tested, N * sizeof *counts);
        assert_memory_equal(counts + 2 * N, expected->common, N * N * sizeof *counts);
        assert_memory_equal(counts + 2 * N + N * N, expected->only, N * N * sizeof *counts);
        vv_outcomes_release(&o);
        for (int l = 0; l < N; l++) vv_artifact_release(&artifacts[l]);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(paired_sets_by_hand),
    cmocka_unit_test(sets_of_few_layers),
    cmocka_unit_test(unpaired_sets_by_hand),
    cmocka_unit_test(the_best_is_in_the_set_as_often_as_promised),
    cmocka_unit_test(outcomes_meet_sample_by_sample),
};
VV_TEST_MAIN(tests)
