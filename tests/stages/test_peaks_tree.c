/* SPDX-License-Identifier: MIT */
/* Trees of peaks against linkage in square matrices, scores against values known, 10^5 peaks in linear memory. */
#include <math.h>

#include "base/clock.h"
#include "base/rng.h"
#include "stages/peaks/graph.h"
#include "stages/peaks/merge.h"
#include "stages/peaks/scores.h"
#include "stages/peaks/tree.h"
#include "vv_test.h"

enum { MOST = 60 };

/* Linkage of heights in a square matrix; left and right by node, ties by node. */
static void link_by_force(enum vv_linkage linkage, int n, const int64_t *population, const struct vv_saddle *saddles,
                          int64_t n_saddles, double lowest, struct vv_join *joins)
{
    static double h[2 * MOST][2 * MOST];
    int alive[2 * MOST];
    int64_t rows[2 * MOST];
    for (int a = 0; a < 2 * n; a++) {
        alive[a] = a < n;
        for (int b = 0; b < 2 * n; b++) h[a][b] = lowest;
    }
    for (int a = 0; a < n; a++) rows[a] = population[a];
    for (int64_t e = 0; e < n_saddles; e++)
        h[saddles[e].a][saddles[e].b] = h[saddles[e].b][saddles[e].a] = saddles[e].height;
    for (int i = 0; i < n - 1; i++) {
        int x = -1, y = -1;
        for (int a = 0; a < n + i; a++)
            for (int b = a + 1; b < n + i; b++)
                if (alive[a] && alive[b] && (x < 0 || h[a][b] > h[x][y])) {
                    x = a;
                    y = b;
                }
        rows[n + i] = rows[x] + rows[y];
        joins[i] = (struct vv_join){x, y, h[x][y], rows[n + i]};
        alive[x] = alive[y] = 0;
        for (int c = 0; c < n + i; c++) {
            const double p = h[x][c], q = h[y][c];
            h[n + i][c] = h[c][n + i] = linkage == VV_WEIGHTED ? 0.5 * (p + q) : p > q ? p : q;
        }
        alive[n + i] = 1;
    }
}

/* Random saddles between n peaks; each pair with the given probability. */
static int64_t make_saddles(int n, double probability, uint64_t seed, struct vv_saddle *saddles)
{
    int64_t m = 0;
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++) {
            const uint64_t pair = (uint64_t)(a * n + b);
            if (vv_rng_uniform(seed, 1, pair, 0) > probability) continue;
            saddles[m++] = (struct vv_saddle){.a = a, .b = b, .row = (int64_t)pair,
                                              .height = vv_rng_uniform(seed, 1, pair, 1), .std_error = 0.1};
        }
    return m;
}

static void trees_against_square_matrices(void **state)
{
    static struct vv_saddle saddles[MOST * MOST];
    struct vv_join ours[MOST], theirs[MOST];
    int64_t population[MOST];
    (void)state;
    for (int t = 0; t < 60; t++) {
        const int n = 1 + t % MOST;
        const int64_t m = make_saddles(n, t % 3 == 0 ? 1.0 : 3.0 / n, (uint64_t)t, saddles);
        for (int i = 0; i < n; i++) population[i] = 1 + i % 7;
        for (int linkage = VV_SINGLE; linkage <= VV_WEIGHTED; linkage++) {
            vv_assert_ok(vv_tree_make((enum vv_linkage)linkage, n, population, saddles, m, -5.0, ours));
            link_by_force((enum vv_linkage)linkage, n, population, saddles, m, -5.0, theirs);
            for (int i = 0; i < n - 1; i++) {
                vv_assert_close(ours[i].height, theirs[i].height, 1e-12);
                if (ours[i].height == -5.0) continue; /* groups that do not touch join in any order */
                assert_int_equal(ours[i].left, theirs[i].left);
                assert_int_equal(ours[i].right, theirs[i].right);
                assert_int_equal(ours[i].population, theirs[i].population);
            }
            if (n > 1) {
                int64_t all = 0;
                for (int i = 0; i < n; i++) all += population[i];
                assert_int_equal(ours[n - 2].population, all);
            }
        }
    }
}

static void a_tree_in_newick_form(void **state)
{
    const struct vv_saddle saddles[] = {{.a = 0, .b = 1, .height = 2.0}, {.a = 1, .b = 2, .height = 1.0}};
    const int64_t population[] = {5, 6, 7};
    const int32_t names[] = {4, 8, 9};
    const double heights[] = {3.0, 2.5, 4.0};
    struct vv_join joins[2];
    struct vv_strbuf text;
    (void)state;
    vv_strbuf_init(&text);
    vv_assert_ok(vv_tree_make(VV_SINGLE, 3, population, saddles, 2, 0.0, joins));
    vv_assert_ok(vv_tree_write(3, names, heights, joins, &text));
    assert_string_equal(text.text, "(c9:3,(c4:1,c8:0.5):1);");
    vv_strbuf_reset(&text);
    vv_assert_ok(vv_tree_make(VV_WEIGHTED, 3, population, saddles, 2, 0.0, joins));
    vv_assert_ok(vv_tree_write(3, names, heights, joins, &text));
    assert_string_equal(text.text, "(c9:3.5,(c4:1,c8:0.5):1.5);");
    vv_strbuf_reset(&text);
    vv_assert_ok(vv_tree_write(1, names, heights, joins, &text));
    assert_string_equal(text.text, "c4;");
    vv_strbuf_reset(&text);
    vv_assert_ok(vv_tree_write(0, names, heights, joins, &text));
    assert_string_equal(text.text, ";");
    vv_strbuf_release(&text);
}

static struct vv_scores scores_of(const int *clusters, const int *classes, int n)
{
    struct vv_count counts[64];
    struct vv_scores s;
    for (int i = 0; i < n; i++) counts[i] = (struct vv_count){clusters[i], classes[i], 1};
    vv_assert_ok(vv_scores_make(counts, vv_counts_reduce(counts, n), 10, 10, &s));
    assert_int_equal(s.n, n);
    return s;
}

static void scores_known(void **state)
{
    const int two[] = {0, 0, 1, 1}, split[] = {0, 0, 1, 2}, same[] = {0, 0, 0, 0}, own[] = {0, 1, 2, 3};
    const int crossed[] = {0, 1, 0, 1}, moved[] = {7, 7, 3, 3};
    (void)state;
    struct vv_scores s = scores_of(split, two, 4);
    vv_assert_close(s.ari, 4.0 / 7.0, 1e-14);
    vv_assert_close(s.homogeneity, 1.0, 1e-14);
    vv_assert_close(s.completeness, 2.0 / 3.0, 1e-14);
    vv_assert_close(s.nmi, 0.8, 1e-14);
    vv_assert_close(s.purity, 1.0, 0.0);
    s = scores_of(two, split, 4);
    vv_assert_close(s.homogeneity, 2.0 / 3.0, 1e-14);
    vv_assert_close(s.purity, 0.75, 0.0);
    s = scores_of(moved, two, 4);
    assert_true(s.ari == 1.0 && s.purity == 1.0);
    vv_assert_close(s.nmi, 1.0, 1e-15);
    s = scores_of(crossed, two, 4);
    vv_assert_close(s.ari, -0.5, 1e-14);
    assert_true(fabs(s.nmi) < 1e-15 && fabs(s.homogeneity) < 1e-15);
    s = scores_of(same, same, 4);
    assert_true(s.ari == 1.0 && s.nmi == 1.0 && s.homogeneity == 1.0 && s.completeness == 1.0);
    s = scores_of(same, two, 4);
    assert_true(s.ari == 0.0 && s.homogeneity == 0.0 && s.completeness == 1.0 && s.nmi == 0.0);
    s = scores_of(own, two, 4);
    assert_true(s.ari == 0.0);
    vv_assert_close(s.homogeneity, 1.0, 1e-14);
    s = scores_of(two, two, 0);
    assert_true(isnan(s.ari) && isnan(s.nmi) && isnan(s.purity));
}

/* Nodes merge at random; edges are where a square matrix has them. */
static void a_graph_keeps_its_edges(void **state)
{
    enum { N = 40 };
    static struct vv_saddle saddles[N * N];
    int32_t ends[N * N][2];
    int64_t matrix[N][N], next;
    struct vv_graph g;
    (void)state;
    const int64_t m = make_saddles(N, 0.2, 77, saddles);
    for (int i = 0; i < N * N; i++) matrix[i / N][i % N] = -1;
    for (int64_t e = 0; e < m; e++) {
        ends[e][0] = saddles[e].b;
        ends[e][1] = saddles[e].a;
        matrix[saddles[e].a][saddles[e].b] = matrix[saddles[e].b][saddles[e].a] = e;
    }
    vv_assert_ok(vv_graph_init(&g, N, m, ends));
    for (int32_t gone = N - 1; gone > 0; gone--) {
        const int32_t here = (int32_t)(vv_rng_bits(78, 1, (uint64_t)gone, 0) % (uint64_t)gone);
        if (vv_graph_find(&g, here, gone) >= 0) vv_graph_kill(&g, vv_graph_find(&g, here, gone));
        for (int64_t link = g.head[gone]; link >= 0; link = next) {
            next = g.next[link];
            if (!g.alive[link / 2]) continue;
            if (vv_graph_find(&g, here, g.ends[link / 2][1 - link % 2]) >= 0) vv_graph_kill(&g, link / 2);
            else vv_graph_move(&g, link, here);
        }
        matrix[here][gone] = matrix[gone][here] = -1;
        for (int c = 0; c < N; c++) {
            if (c != here && matrix[here][c] < 0) matrix[here][c] = matrix[c][here] = matrix[gone][c];
            matrix[gone][c] = matrix[c][gone] = -1;
        }
        for (int32_t a = 0; a < N; a++)
            for (int32_t b = 0; b < a; b++) assert_int_equal(vv_graph_find(&g, a, b), matrix[a][b]);
    }
    vv_graph_release(&g);
}

/* As Z grows without bound, one cluster is left of each group of peaks that touch. */
static void a_hundred_thousand_peaks(void **state)
{
    enum { N = 100000, GROUP = 1000 };
    struct vv_peak *peaks = vv_mem_new(N, sizeof *peaks, "peaks");
    struct vv_saddle *saddles = vv_mem_new(4 * N, sizeof *saddles, "saddles");
    struct vv_join *joins = vv_mem_new(N, sizeof *joins, "joins");
    int64_t *population = vv_mem_new(N, sizeof *population, "populations"), m = 0;
    struct vv_merged merged;
    (void)state;
    for (int i = 0; i < N; i++) {
        population[i] = 1;
        peaks[i] = (struct vv_peak){.row = i, .height = vv_rng_uniform(1, 1, (uint64_t)i, 0), .std_error = 0.1};
    }
    for (int32_t i = 0; i < N; i++) /* to the next ones and the first one of its group, which has very many */
        for (int32_t step = 1; step <= 4; step++) {
            const int32_t other = step < 4 ? i + step * step : i / GROUP * GROUP;
            const int32_t a = i < other ? i : other, b = i < other ? other : i;
            if (a == b || b >= N || a / GROUP != b / GROUP || (step == 4 && b - a < 10)) continue;
            saddles[m++] = (struct vv_saddle){.a = a, .b = b, .std_error = 0.1,
                                              .height = vv_rng_uniform(1, 2, (uint64_t)i, (uint32_t)step) - 1.0};
        }
    const size_t before = vv_mem_in_use();
    const double begin = vv_clock_seconds();
    vv_assert_ok(vv_peaks_merge(peaks, N, saddles, m, 0.0, VV_BY_MARGIN, &merged));
    assert_int_equal(merged.n, N);
    vv_merged_release(&merged);
    vv_assert_ok(vv_peaks_merge(peaks, N, saddles, m, 1e9, VV_BY_MARGIN, &merged));
    assert_int_equal(merged.n, N / GROUP);
    assert_int_equal(merged.n_saddles, 0);
    vv_merged_release(&merged);
    vv_assert_ok(vv_peaks_merge(peaks, N, saddles, m, 2.0, VV_BY_DENSITY, &merged));
    assert_in_range(merged.n, N / GROUP, N);
    vv_merged_release(&merged);
    vv_assert_ok(vv_tree_make(VV_SINGLE, N, population, saddles, m, -9.0, joins));
    for (int i = 1; i < N - 1; i++) assert_true(joins[i].height <= joins[i - 1].height);
    assert_int_equal(joins[N - 2].population, N);
    vv_assert_ok(vv_tree_make(VV_WEIGHTED, N, population, saddles, m, -9.0, joins));
    assert_int_equal(joins[N - 2].population, N);
    assert_true(vv_mem_peak() - before < 1500u * N); /* bytes; a square matrix of bits would take 12500 N */
    assert_true(vv_clock_seconds() - begin < 60.0);
    vv_mem_free(peaks);
    vv_mem_free(saddles);
    vv_mem_free(joins);
    vv_mem_free(population);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(trees_against_square_matrices),
    cmocka_unit_test(a_tree_in_newick_form),
    cmocka_unit_test(scores_known),
    cmocka_unit_test(a_graph_keeps_its_edges),
    cmocka_unit_test(a_hundred_thousand_peaks),
};
VV_TEST_MAIN(tests)
