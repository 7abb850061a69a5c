/* SPDX-License-Identifier: MIT */
/* Probes against brute force, closed forms and values worked out by hand.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "stages/probe/core.h"
#include "stages/probe/fit.h"
#include "stages/probe/metrics.h"
#include "stages/probe/split.h"
#include "stages/probe/votes.h"
#include "vv_data.h"

enum { N = 330, D = 11, CLASSES = 5 };

static struct vv_labels make_labels(int64_t n, int64_t missing_each)
{
    struct vv_labels l;
    const int64_t missing = -1;
    int64_t values[N];
    for (int64_t i = 0; i < n; i++) {
        const double u = vv_rng_uniform(5, 1, (uint64_t)i, 0);
        values[i] = missing_each && i % missing_each == 0 ? missing : u < 0.5 ? 0 : u < 0.8 ? 1 : u < 0.95 ? 2 : 3;
    }
    values[7] = 4; /* alone in its class */
    vv_assert_ok(vv_labels_from_integers(&l, "l", n, values, &missing));
    return l;
}

/* Rows whose features tell something of the class; correlated, off the origin, one constant. */
static void make_rows(const struct vv_labels *l, double *x)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < D; j++)
            x[i * D + j] = j == 3 ? 2.5
                                  : 10.0 + (j > 0 ? 0.7 * x[i * D + j - 1] : 0.0) +
                                        (l->classes[i] == j ? 1.0 : 0.0) +
                                        vv_rng_normal(6, 2, (uint64_t)i, (uint32_t)j);
}

static void a_split_is_stratified_and_knows_no_layer(void **state)
{
    struct vv_labels l = make_labels(N, 9);
    struct vv_split s;
    struct vv_probe_order whole, part;
    int64_t sample[N], n = 0;
    int counts[CLASSES][VV_N_PARTS] = {{0}}, totals[CLASSES] = {0};
    (void)state;
    vv_assert_ok(vv_split_draw(&l, 0.2, 0.3, 3, &s));
    for (int i = 0; i < N; i++) {
        assert_int_equal(s.part[i] == VV_NO_PART, l.classes[i] < 0);
        if (l.classes[i] < 0) continue;
        counts[l.classes[i]][s.part[i]]++;
        totals[l.classes[i]]++;
    }
    for (int c = 0; c < CLASSES; c++) {
        assert_int_equal(counts[c][VV_TEST], (int)floor(0.3 * totals[c] + 0.5));
        assert_int_equal(counts[c][VV_VALIDATION], (int)floor(0.2 * totals[c] + 0.5));
    }
    vv_assert_ok(vv_probe_order_init(&s, &l, NULL, N, &whole));
    int met[CLASSES] = {0}; /* any beginning has the shares of the whole, to within one */
    for (int64_t i = 0; i < whole.n[VV_TRAIN]; i++) {
        met[whole.truth[i]]++;
        for (int c = 0; c < CLASSES; c++) {
            const double share = (double)counts[c][VV_TRAIN] / (double)whole.n[VV_TRAIN];
            assert_true(fabs(met[c] - share * (double)(i + 1)) < 2.0);
        }
    }
    /* a layer without some of the samples: the others stay where they were, in the same order */
    for (int i = 0; i < N; i++)
        if (i % 4 != 1) sample[n++] = i;
    vv_assert_ok(vv_probe_order_init(&s, &l, sample, n, &part));
    const int64_t all = whole.n[0] + whole.n[1] + whole.n[2], some = part.n[0] + part.n[1] + part.n[2];
    int64_t at = 0;
    for (int64_t i = 0; i < all; i++)
        if (whole.row[i] % 4 != 1) {
            assert_true(at < some);
            assert_int_equal(sample[part.row[at++]], whole.row[i]);
        }
    assert_int_equal(at, some);
    /* a beginning of 40 rows lacks the class that has one sample, if that trains */
    int32_t target[N], kept[CLASSES];
    const int n_kept = vv_probe_order_begin(&whole, 40, target, kept);
    int of[CLASSES] = {0};
    for (int64_t i = 0; i < 40; i++) of[whole.truth[i]]++;
    for (int64_t i = 0; i < all; i++) {
        assert_int_equal(target[i] >= 0, of[whole.truth[i]] > 0);
        if (target[i] >= 0) assert_int_equal(kept[target[i]], whole.truth[i]);
    }
    assert_int_equal(n_kept, CLASSES - 1);
    assert_int_equal(of[4], 0);
    assert_int_equal(part.n_classes, s.part[7] == VV_TRAIN && 7 % 4 != 1 ? CLASSES : CLASSES - 1);
    vv_split_release(&s);
    vv_assert_ok(vv_split_draw(&l, 0.2, 0.3, 4, &s));
    int moved = 0;
    for (int64_t i = 0; i < whole.n[VV_TRAIN]; i++) moved += s.part[whole.row[i]] != VV_TRAIN;
    assert_true(moved > 20); /* another seed, another split */
    vv_probe_order_release(&whole);
    vv_probe_order_release(&part);
    vv_split_release(&s);
    vv_labels_release(&l);
}

/* n_classes classes of `size` samples each, and one class of one; counts of the parts */
static void split_small(int size, int n_classes, double validation, double test, int counts[VV_N_PARTS], int *n_left)
{
    int64_t values[N];
    int train[N] = {0};
    struct vv_labels l;
    struct vv_split s;
    const int n = size * n_classes + 1;
    for (int i = 0; i < n; i++) values[i] = i % n_classes + (i == n - 1 ? n_classes : 0);
    vv_assert_ok(vv_labels_from_integers(&l, "small", n, values, NULL));
    vv_assert_ok(vv_split_draw(&l, validation, test, 3, &s));
    for (int p = 0; p < VV_N_PARTS; p++) counts[p] = 0;
    for (int i = 0; i < n; i++) {
        counts[s.part[i]]++;
        train[l.classes[i]] += s.part[i] == VV_TRAIN;
    }
    *n_left = 0;
    for (int c = 0; c <= n_classes; c++) *n_left += train[c] > 0;
    vv_split_release(&s);
    vv_labels_release(&l);
}

static void small_classes_leave_no_part_empty(void **state)
{
    static const struct {
        int size, n_classes;
        double validation, test;
        int n_validation, n_test;
    } cases[] = {
        {2, 40, 0.15, 0.3, 12, 24}, /* by rounding 0 of 2 validate */
        {3, 40, 0.15, 0.3, 18, 36}, /* the same */
        {4, 40, 0.1, 0.3, 16, 48},
        {3, 40, 0.2, 0.1, 24, 12},  /* none is tested on */
        {3, 40, 0.1, 0.1, 12, 12},  /* neither */
        {3, 40, 0.2, 0.3, 40, 40},  /* rounded */
        {2, 40, 0.0, 0.3, 0, 40},   /* nothing wanted, rounded */
        {1, 40, 0.15, 0.3, 0, 0},   /* nothing to give away */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int counts[VV_N_PARTS], n_left;
        split_small(cases[i].size, cases[i].n_classes, cases[i].validation, cases[i].test, counts, &n_left);
        assert_true(abs(counts[VV_VALIDATION] - cases[i].n_validation) <= 1);
        assert_true(abs(counts[VV_TEST] - cases[i].n_test) <= 1);
        assert_int_equal(n_left, cases[i].n_classes + 1); /* each class trains */
    }
}

static void sums_of_blocks_are_those_of_single_rows(void **state)
{
    enum { ROWS = 61, C = 7 };
    const int64_t width = vv_probe_width(21);
    double *x = vv_mem_new(VV_PROBE_BLOCK * width, sizeof *x, "x"), *w = vv_mem_new(C * width, sizeof *w, "w");
    double scores[ROWS * C], *scale = vv_mem_new(width, sizeof *scale, "scale");
    int64_t *sums = vv_mem_new(width * width, sizeof *sums, "sums");
    (void)state;
    assert_int_equal(width, 24);
    assert_int_equal(vv_probe_width(24), 32); /* the intercept needs a place */
    for (int i = 0; i < ROWS; i++)
        for (int64_t j = 0; j < 22; j++) x[i * width + j] = vv_rng_normal(1, 1, (uint64_t)i, (uint32_t)j);
    for (int64_t j = 0; j < C * width; j++) w[j] = vv_rng_normal(1, 2, (uint64_t)j, 0);
    vv_probe_scores(x, ROWS, width, w, C, scores);
    for (int i = 0; i < ROWS; i++)
        for (int c = 0; c < C; c++) {
            double sum = 0.0;
            for (int64_t j = 0; j < width; j++) sum += x[i * width + j] * w[c * width + j];
            assert_true(fabs(scores[i * C + c] - sum) < 1e-12);
        }
    for (int64_t j = 0; j < width; j++) scale[j] = vv_probe_scale(1000.0, 10.0 + (double)j);
    vv_probe_gather(x, ROWS, width, scores, C, scale, sums);
    for (int c = 0; c < C; c++)
        for (int64_t j = 0; j < width; j++) {
            double sum = 0.0;
            for (int i = 0; i < ROWS; i++) sum += scores[i * C + c] * x[i * width + j];
            assert_true(fabs((double)sums[c * width + j] / scale[j] - sum) < 1e-11);
        }
    memset(sums, 0, (size_t)(width * width) * sizeof *sums);
    for (int64_t j = 0; j < width; j++) scale[j] = 0.125;
    for (int64_t j = 0; j < width; j += VV_PROBE_LANES)
        vv_probe_gram(x, ROWS, width, j, scale, 0x1p40, sums);
    double *a = vv_mem_new(width * width, sizeof *a, "a");
    for (int64_t i = 0; i < width; i++)
        for (int64_t j = i; j < width; j++) {
            double sum = 0.0;
            for (int r = 0; r < ROWS; r++) sum += x[r * width + i] * x[r * width + j];
            a[i * width + j] = (double)sums[i * width + j] / 0x1p34;
            assert_true(fabs(a[i * width + j] - sum) < 1e-9);
            if (i == j) a[i * width + j] += 0.5;
        }
    double *u = vv_mem_new(width * width, sizeof *u, "u");
    memcpy(u, a, (size_t)(width * width) * sizeof *u);
    assert_int_equal(vv_probe_cholesky(u, width), 0);
    double *b = vv_mem_new(width, sizeof *b, "b");
    for (int64_t j = 0; j < width; j++) b[j] = w[j];
    vv_probe_solve(u, width, b);
    for (int64_t i = 0; i < width; i++) {
        double sum = 0.0;
        for (int64_t j = 0; j < width; j++) sum += (j < i ? a[j * width + i] : a[i * width + j]) * b[j];
        assert_true(fabs(sum - w[i]) < 1e-10);
    }
    a[5 * width + 5] = -1.0;
    assert_int_equal(vv_probe_cholesky(a, width), -1);
    vv_mem_free(x);
    vv_mem_free(w);
    vv_mem_free(scale);
    vv_mem_free(sums);
    vv_mem_free(a);
    vv_mem_free(u);
    vv_mem_free(b);
}

/* The largest component of the gradient of C sum loss + |W|^2/2 over weights and intercepts, / (C n), at the
 * weights of a fit, row by row from the data. With one vector of weights, w1 - w0, for two classes. */
static double witness_gradient(const struct vv_probe_fit *fit, const struct vv_probe_order *o, const double *x,
                               double C)
{
    const int64_t width = fit->rows->width, n = fit->n_train;
    double g[CLASSES][D + 1] = {{0}}, most = 0.0;
    for (int64_t i = 0; i < n; i++) {
        double s[CLASSES], sum = 0.0, row[D + 1];
        for (int j = 0; j <= D; j++)
            row[j] = j == D ? 1.0 : (x[o->row[i] * D + j] - fit->scaler.shift[j]) * fit->scaler.factor[j];
        for (int c = 0; c < fit->n_classes; c++) {
            s[c] = 0.0;
            for (int j = 0; j <= D; j++) s[c] += row[j] * fit->weights[c * width + j];
            sum += exp(s[c]);
        }
        for (int c = 0; c < fit->n_classes; c++)
            for (int j = 0; j <= D; j++) g[c][j] += (exp(s[c]) / sum - (o->target[i] == c)) * row[j];
    }
    for (int c = fit->n_classes == 2; c < fit->n_classes; c++)
        for (int j = 0; j <= D; j++) {
            const double *const w = fit->weights;
            const double weight = fit->n_classes == 2 ? w[width + j] - w[j] : w[c * width + j];
            const double v = fabs(g[c][j] + (j < D ? weight / C : 0.0)) / (double)n;
            if (v > most) most = v;
        }
    return most;
}

static void check_fit(int n_classes, int standardize, int64_t n_train, bool with_gram)
{
    struct vv_labels l = make_labels(N, 9);
    for (int i = 0; i < N; i++)
        if (n_classes == 2 && l.classes[i] > 0) l.classes[i] = 1;
    double *x = vv_mem_new(N * D, sizeof *x, "x");
    make_rows(&l, x);
    struct vv_split s;
    struct vv_probe_order o;
    struct vv_probe_rows rows;
    struct vv_probe_fit fit;
    struct vv_minimum found;
    struct vv_matrix m = vv_test_matrix(x, N, D, VV_FLOAT64);
    vv_assert_ok(vv_split_draw(&l, 0.0, 0.25, 3, &s));
    vv_assert_ok(vv_probe_order_init(&s, &l, NULL, N, &o));
    const int64_t n = o.n[VV_TRAIN] + o.n[VV_TEST];
    if (n_train > o.n[VV_TRAIN]) n_train = o.n[VV_TRAIN];
    vv_assert_ok(vv_probe_rows_init(vv_world, &m, o.row, n, 2, &rows));
    vv_assert_ok(vv_probe_fit_init(&rows, o.target, o.n_classes, n_train, standardize, with_gram, &fit));
    fit.tolerance = 1e-9;
    for (int step = 0; step < 3; step++) {
        const double C = step == 0 ? 0.01 : step == 1 ? 1.0 : 0.1; /* to a stronger one, too */
        vv_assert_ok(vv_probe_fit_at(&fit, C, &found));
        assert_true(found.converged);
        assert_true(witness_gradient(&fit, &o, x, C) < 1e-8);
    }
    int32_t *predicted = vv_mem_new(n, sizeof *predicted, "predictions");
    double *loss = vv_mem_new(n, sizeof *loss, "losses");
    vv_assert_ok(vv_probe_fit_predict(&fit, 3, n, predicted, loss)); /* not at the edge of a block */
    for (int64_t i = 3; i < n; i++) {
        double score[CLASSES], sum = 0.0;
        int best = 0;
        for (int c = 0; c < o.n_classes; c++) {
            score[c] = fit.weights[c * rows.width + D];
            for (int j = 0; j < D; j++)
                score[c] += (x[o.row[i] * D + j] - fit.scaler.shift[j]) * fit.scaler.factor[j] *
                            fit.weights[c * rows.width + j];
            sum += exp(score[c]);
            if (score[c] > score[best]) best = c;
        }
        assert_int_equal(predicted[i - 3], best);
        if (o.target[i] >= 0) assert_true(fabs(loss[i - 3] - (log(sum) - score[o.target[i]])) < 1e-9);
        else vv_assert_close(loss[i - 3], 52.0 * log(2.0), 1e-12);
    }
    fit.most = 2;
    vv_probe_fit_restart(&fit, o.target);
    vv_assert_ok(vv_probe_fit_at(&fit, 100.0, &found)); /* too few steps are told */
    assert_false(found.converged);
    assert_int_equal(found.iterations, 2);
    vv_probe_fit_release(&fit);
    vv_probe_rows_release(&rows);
    vv_probe_order_release(&o);
    vv_split_release(&s);
    vv_matrix_release(&m);
    vv_labels_release(&l);
    vv_mem_free(x);
    vv_mem_free(predicted);
    vv_mem_free(loss);
}

static void fits_are_minima(void **state)
{
    (void)state;
    check_fit(CLASSES, 1, N, true);
    check_fit(CLASSES, 0, N, true);
    check_fit(2, 1, N, true);
    check_fit(CLASSES, 1, 70, true); /* a beginning: one block and a little */
    check_fit(2, 0, 20, true);
    check_fit(CLASSES, 1, N, false); /* without a first guess of the second derivatives */
}

/* Features that do not vary: the probabilities are the shares of the classes, the loss their entropy. */
static void constant_features_leave_the_shares(void **state)
{
    enum { ROWS = 90 };
    double x[ROWS * 2];
    int64_t row[ROWS];
    int32_t target[ROWS], predicted[ROWS];
    double loss[ROWS];
    struct vv_probe_rows rows;
    struct vv_probe_fit fit;
    struct vv_minimum found;
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        x[2 * i] = 0.1;
        x[2 * i + 1] = -1e5;
        row[i] = (i * 7) % ROWS;
        target[i] = i % 9 < 5 ? 0 : i % 9 < 8 ? 1 : 2;
    }
    struct vv_matrix m = vv_test_matrix(x, ROWS, 2, VV_FLOAT32);
    vv_assert_ok(vv_probe_rows_init(vv_world, &m, row, ROWS, 1, &rows));
    vv_assert_ok(vv_probe_fit_init(&rows, target, 3, ROWS, 1, true, &fit));
    fit.tolerance = 1e-10;
    vv_assert_ok(vv_probe_fit_at(&fit, 1.0, &found));
    vv_assert_ok(vv_probe_fit_predict(&fit, 0, ROWS, predicted, loss));
    const double share[] = {5.0 / 9.0, 3.0 / 9.0, 1.0 / 9.0};
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(predicted[i], 0);
        vv_assert_close(loss[i], -log(share[target[i]]), 1e-8);
    }
    vv_probe_fit_release(&fit);
    vv_probe_rows_release(&rows);
    vv_matrix_release(&m);
}

static void scores_worked_out_by_hand(void **state)
{
    /* class 3 neither occurs nor is predicted; one row has no prediction */
    const int32_t truth[] = {0, 0, 0, 0, 1, 1, 2, 2}, predicted[] = {0, 0, 0, 1, 1, -1, 0, 0};
    const double loss[] = {1, 2, 3, 4, 5, 6, 7, 8}, sorted[] = {1.0, 2.0, 4.0};
    const struct vv_predictions p = {8, 4, truth, predicted, loss, loss, NULL};
    const struct vv_bootstrap how = {500, 0.9, 1, 2};
    int64_t counts[12];
    double s[VV_N_SCORES], low = 9.0, high = -9.0;
    struct vv_scored scored;
    (void)state;
    vv_probe_score(&p, counts, s);
    vv_assert_close(s[VV_ACCURACY], 0.5, 1e-15);
    vv_assert_close(s[VV_BALANCED], (0.75 + 0.5 + 0.0) / 3.0, 1e-15);
    vv_assert_close(s[VV_MACRO_F1], (6.0 / 9.0 + 2.0 / 4.0 + 0.0) / 3.0, 1e-15);
    vv_assert_close(s[VV_LOG_LOSS], 4.5, 1e-15);
    vv_assert_close(s[VV_R2], 1.0 - 36.0 / (8.0 - (16.0 + 4.0 + 4.0) / 8.0), 1e-15);
    const double number[] = {1.0, 2.0, 4.0, 9.0}; /* mean 2, distances 1 1 1 1 0 0 4 4 */
    const struct vv_predictions numbers = {8, 4, truth, predicted, NULL, loss, number};
    vv_probe_score(&numbers, counts, s);
    vv_assert_close(s[VV_R2], 1.0 - 36.0 / 12.0, 1e-15);
    vv_assert_close(vv_probe_quantile(sorted, 3, 0.75), 3.0, 1e-15);
    assert_true(isnan(vv_probe_quantile(sorted, 0, 0.5)));
    vv_assert_ok(vv_probe_bootstrap(vv_world, &p, &how, &scored));
    double values[500];
    for (int r = 0; r < 500; r++) {
        vv_probe_score_resampled(&p, 1, r, counts, s);
        values[r] = s[VV_LOG_LOSS];
        low = fmin(low, s[VV_ACCURACY]);
        high = fmax(high, s[VV_ACCURACY]);
    }
    int below = 0, above = 0;
    for (int r = 0; r < 500; r++) {
        below += values[r] < scored.low[VV_LOG_LOSS];
        above += values[r] > scored.high[VV_LOG_LOSS];
    }
    assert_true(below > 15 && below <= 25 && above > 15 && above <= 25);
    assert_true(low < 0.2 && high > 0.8);
    const struct vv_predictions none = {0, 4, truth, predicted, loss, loss, NULL};
    vv_assert_ok(vv_probe_bootstrap(vv_world, &none, &how, &scored));
    assert_true(isnan(scored.value[VV_ACCURACY]) && isnan(scored.high[VV_LOG_LOSS]));
}

/* 400 predictions, 80 % right: the interval is that of a binomial share. */
static void intervals_have_their_width(void **state)
{
    int32_t truth[400], predicted[400];
    (void)state;
    for (int i = 0; i < 400; i++) {
        truth[i] = i % 2;
        predicted[i] = i % 5 == 0 ? 1 - truth[i] : truth[i];
    }
    const struct vv_predictions p = {.n = 400, .n_classes = 2, .truth = truth, .predicted = predicted};
    const struct vv_bootstrap how = {2000, 0.95, 7, 1};
    struct vv_scored s;
    vv_assert_ok(vv_probe_bootstrap(vv_world, &p, &how, &s));
    vv_assert_close(s.value[VV_ACCURACY], 0.8, 1e-15);
    vv_assert_close(s.high[VV_ACCURACY] - s.low[VV_ACCURACY], 2 * 1.96 * sqrt(0.8 * 0.2 / 400), 0.08);
    assert_true(isnan(s.value[VV_LOG_LOSS]) && isnan(s.low[VV_LOG_LOSS]));
}

static void votes_and_ties(void **state)
{
    const int32_t classes[] = {2, 1, -1, 1, 0, 0};
    const int64_t ks[] = {1, 2, 3, 4, 6};
    const int32_t expected[] = {2, 1, 1, 1, 0}, unlabelled[] = {-1, -1, -1, -1, -1, -1};
    int64_t counts[3] = {0};
    int32_t winners[5];
    (void)state;
    vv_probe_vote(classes, ks, 5, counts, winners);
    for (int q = 0; q < 5; q++) assert_int_equal(winners[q], expected[q]);
    for (int c = 0; c < 3; c++) assert_int_equal(counts[c], 0);
    vv_probe_vote(unlabelled, ks, 5, counts, winners);
    for (int q = 0; q < 5; q++) assert_int_equal(winners[q], -1);
}

static void permuted_labels_are_the_same_ones(void **state)
{
    int32_t target[200], permuted[200], counts[3] = {0};
    int same = 0;
    (void)state;
    for (int i = 0; i < 200; i++) target[i] = i % 10 == 0 ? 2 : i % 2;
    vv_assert_ok(vv_probe_permute(target, 200, 1, permuted));
    for (int i = 0; i < 200; i++) {
        counts[target[i]]++;
        counts[permuted[i]]--;
        same += target[i] == permuted[i];
    }
    for (int c = 0; c < 3; c++) assert_int_equal(counts[c], 0);
    assert_true(same < 120);
}

/* Rosenbrock's valley, without a preconditioner. */
static void valley(void *data, const double *x, double *value, double *g)
{
    const double a = x[1] - x[0] * x[0], b = 1.0 - x[0];
    (void)data;
    *value = 100.0 * a * a + b * b;
    memset(g, 0, VV_PROBE_LANES * sizeof *g);
    g[0] = -400.0 * x[0] * a - 2.0 * b;
    g[1] = 200.0 * a;
}

static void a_curved_valley_is_followed(void **state)
{
    const struct vv_objective f = {.n = VV_PROBE_LANES, .evaluate = valley};
    double *work = vv_mem_new(vv_lbfgs_workspace(f.n), sizeof *work, "w"), *x = vv_mem_new(f.n, sizeof *x, "x");
    struct vv_minimum found;
    (void)state;
    x[0] = -1.2;
    x[1] = 1.0;
    vv_lbfgs_minimize(&f, 1e-10, 200, work, x, &found);
    assert_true(found.converged && found.iterations < 80);
    vv_assert_close(x[0], 1.0, 1e-9);
    vv_assert_close(x[1], 1.0, 1e-9);
    vv_mem_free(work);
    vv_mem_free(x);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_split_is_stratified_and_knows_no_layer),
    cmocka_unit_test(small_classes_leave_no_part_empty),
    cmocka_unit_test(sums_of_blocks_are_those_of_single_rows),
    cmocka_unit_test(fits_are_minima),
    cmocka_unit_test(constant_features_leave_the_shares),
    cmocka_unit_test(scores_worked_out_by_hand),
    cmocka_unit_test(intervals_have_their_width),
    cmocka_unit_test(votes_and_ties),
    cmocka_unit_test(permuted_labels_are_the_same_ones),
    cmocka_unit_test(a_curved_valley_is_followed),
};

VV_TEST_MAIN(tests)
