/* SPDX-License-Identifier: MIT */
/* Density peaks, saddles, merging, core and halo against the rules written out in plain loops.   ranks: 1 2 3 4 7 */
#include <math.h>

#include "base/rng.h"
#include "stages/peaks/cut.h"
#include "vv_data.h"

enum { MOST = 320, MOST_K = 24 };

/* A layer that every rank holds whole. */
struct layer {
    int64_t n;
    int k;
    int32_t index[MOST * MOST_K]; /* [n][k] */
    double value[MOST], std_error[MOST], reach[MOST], g[MOST];
};

/* What the rules give, in dense arrays: methods notes, density_and_peaks 5.1 to 5.4. */
struct witness {
    int64_t n_putative, n_peaks, n_fallbacks;
    int64_t peak[MOST];
    int32_t cluster[MOST];
    int64_t saddle[MOST][MOST]; /* border row of a pair of peaks, -1: none */
};

static int within(const struct layer *l, int64_t i, int64_t row)
{
    for (int j = 0; j < (int)l->reach[i] && j < l->k; j++)
        if (l->index[i * l->k + j] == row) return 1;
    return 0;
}

static void witness_clusters(const struct layer *l, struct witness *w)
{
    int center[MOST], removed[MOST];
    int64_t heir[MOST], order[MOST];
    w->n_putative = w->n_peaks = w->n_fallbacks = 0;
    for (int64_t i = 0; i < l->n; i++) {
        center[i] = !isnan(l->g[i]);
        for (int64_t j = 0; j < l->n; j++)
            if (within(l, i, j) && l->g[j] > l->g[i]) center[i] = 0;
        w->n_putative += center[i];
    }
    for (int64_t c = 0; c < l->n; c++) {
        removed[c] = 0;
        for (int64_t p = 0; p < l->n; p++)
            if (center[c] && within(l, p, c) && l->g[p] > l->g[c] && (!removed[c] || l->g[p] > l->g[heir[c]])) {
                heir[c] = p;
                removed[c] = 1;
            }
        w->cluster[c] = center[c] && !removed[c] ? (int32_t)w->n_peaks : -1;
        if (w->cluster[c] >= 0) w->peak[w->n_peaks++] = c;
    }
    int64_t n_order = 0; /* insertion by (g descending, index) */
    for (int64_t i = 0; i < l->n; i++) {
        int64_t at = n_order;
        if (isnan(l->g[i])) continue;
        for (; at > 0 && l->g[order[at - 1]] < l->g[i]; at--) order[at] = order[at - 1];
        order[at] = i;
        n_order++;
    }
    for (int64_t o = 0; o < n_order; o++) {
        const int64_t i = order[o];
        for (int j = 0; j < l->k && w->cluster[i] < 0; j++) w->cluster[i] = w->cluster[l->index[i * l->k + j]];
        if (w->cluster[i] >= 0) continue;
        int64_t best = -1;
        w->n_fallbacks++;
        for (int j = -1; j < l->k; j++) {
            const int64_t c = j < 0 ? i : l->index[i * l->k + j];
            if (!center[c] || !removed[c]) continue;
            int64_t p = heir[c];
            while (center[p] && removed[p]) p = heir[p];
            if (best < 0 || l->g[p] > l->g[best] || (l->g[p] == l->g[best] && p < best)) best = p;
        }
        w->cluster[i] = w->cluster[best];
        assert_true(w->cluster[i] >= 0);
    }
}

static void witness_saddles(const struct layer *l, struct witness *w)
{
    for (int64_t a = 0; a < w->n_peaks; a++)
        for (int64_t b = 0; b < w->n_peaks; b++) w->saddle[a][b] = -1;
    for (int64_t a = 0; a < w->n_peaks; a++)
        for (int64_t p = 0; p < l->n; p++) {
            int64_t q = -1;
            if (w->cluster[p] != a || w->peak[a] == p) continue;
            for (int j = 0; j < (int)l->reach[p] && j < l->k && q < 0; j++) {
                const int64_t other = l->index[p * l->k + j];
                if (w->cluster[other] >= 0 && w->cluster[other] != a) q = other;
            }
            if (q < 0) continue;
            int first = 1;
            for (int j = 0; j < l->k; j++) {
                const int64_t other = l->index[q * l->k + j];
                if (other == p) break;
                if (w->cluster[other] == a) first = 0;
            }
            const int32_t b = w->cluster[q];
            const int64_t known = w->saddle[a][b];
            if (first && (known < 0 || l->g[p] > l->g[known])) w->saddle[a][b] = w->saddle[b][a] = p;
        }
}

static struct vv_neighbors share(const struct layer *l, struct vv_heights *h)
{
    struct vv_neighbors nb;
    vv_assert_ok(vv_neighbors_init(&nb, vv_comm_layout(vv_world, l->n), l->k, VV_EUCLIDEAN, NULL));
    const int64_t first = vv_layout_first(&nb.layout);
    memcpy(nb.index, l->index + first * l->k,
           (size_t)(vv_layout_local(&nb.layout) * l->k) * sizeof *nb.index);
    *h = (struct vv_heights){.value = l->value + first, .std_error = l->std_error + first, .k = l->reach + first};
    return nb;
}

/* Merging in square matrices, as the rules say it. saddle: row of the border point of each pair; cluster: [n_peaks] */
static int64_t witness_merge(const struct layer *l, const struct witness *w, double z, enum vv_survivor rule,
                             int32_t *cluster)
{
    static int64_t s[MOST][MOST];
    int alive[MOST];
    const int64_t n = w->n_peaks;
    memcpy(s, w->saddle, sizeof s);
    for (int64_t a = 0; a < n; a++) {
        cluster[a] = (int32_t)a;
        alive[a] = 1;
    }
    for (;;) {
        int64_t x = -1, y = -1;
        for (int64_t a = 0; a < n; a++)
            for (int64_t b = a + 1; b < n; b++) {
                if (!alive[a] || !alive[b] || s[a][b] < 0) continue;
                const double h = l->value[s[a][b]], e = l->std_error[s[a][b]];
                const int64_t p = w->peak[a], q = w->peak[b];
                if (!(l->value[p] - h < z * (l->std_error[p] + e)) && !(l->value[q] - h < z * (l->std_error[q] + e)))
                    continue;
                if (x < 0 || h > l->value[s[x][y]]) {
                    x = a;
                    y = b;
                }
            }
        if (x < 0) break;
        const double h = l->value[s[x][y]], e = l->std_error[s[x][y]];
        const int64_t p = w->peak[x], q = w->peak[y];
        const double first = rule == VV_BY_DENSITY ? l->value[p] : (l->value[p] - h) / (l->std_error[p] + e);
        const double second = rule == VV_BY_DENSITY ? l->value[q] : (l->value[q] - h) / (l->std_error[q] + e);
        const int64_t stays = second > first ? y : x, goes = stays == x ? y : x;
        alive[goes] = 0;
        for (int64_t c = 0; c < n; c++) {
            if (cluster[c] == goes) cluster[c] = (int32_t)stays;
            if (c == stays || c == goes || s[goes][c] < 0) continue;
            if (s[stays][c] < 0 || l->value[s[goes][c]] > l->value[s[stays][c]])
                s[stays][c] = s[c][stays] = s[goes][c];
        }
        s[stays][goes] = s[goes][stays] = -1;
    }
    int64_t n_left = 0;
    int32_t number[MOST];
    for (int64_t a = 0; a < n; a++)
        if (alive[a]) number[a] = (int32_t)n_left++;
    for (int64_t a = 0; a < n; a++) cluster[a] = number[cluster[a]];
    return n_left;
}

static void compare_cut(const struct layer *l, const struct witness *w, const struct vv_topography *t, double z,
                        enum vv_survivor rule)
{
    const struct vv_layout layout = vv_comm_layout(vv_world, l->n);
    const int64_t first = vv_layout_first(&layout), n_local = vv_layout_local(&layout);
    int32_t expected[MOST];
    int64_t cluster[2 * MOST], core[2 * MOST], n_expected[MOST] = {0}, n_core[MOST] = {0};
    struct vv_cut cut;
    const int64_t n = witness_merge(l, w, z, rule, expected);
    vv_assert_ok(vv_cut_make(vv_world, &layout, t, l->value + first, z, rule, 2, cluster, core, &cut));
    assert_int_equal(cut.merged.n, n);
    for (int64_t p = 0; p < w->n_peaks; p++) assert_int_equal(cut.merged.cluster[p], expected[p]);
    double highest[MOST];
    for (int64_t c = 0; c < n; c++) highest[c] = -INFINITY;
    for (int64_t e = 0; e < cut.merged.n_saddles; e++) {
        const struct vv_saddle *s = &cut.merged.saddles[e];
        assert_true(s->a < s->b && s->b < n);
        /* the highest of all first saddles between members of the two */
        double best = -INFINITY;
        for (int64_t a = 0; a < w->n_peaks; a++)
            for (int64_t b = 0; b < w->n_peaks; b++)
                if (expected[a] == s->a && expected[b] == s->b && w->saddle[a][b] >= 0 &&
                    l->value[w->saddle[a][b]] > best)
                    best = l->value[w->saddle[a][b]];
        assert_true(s->height == best);
        assert_true(s->height == l->value[s->row] && s->std_error == l->std_error[s->row]);
        if (best > highest[s->a]) highest[s->a] = best;
        if (best > highest[s->b]) highest[s->b] = best;
    }
    for (int64_t i = 0; i < l->n; i++) {
        const int32_t own = w->cluster[i] < 0 ? -1 : expected[w->cluster[i]];
        const int inside = own >= 0 && l->value[i] >= highest[own];
        if (own >= 0) n_expected[own]++;
        if (inside) n_core[own]++;
        if (i < first || i >= first + n_local) continue;
        assert_int_equal(cluster[2 * (i - first)], own);
        assert_int_equal(core[2 * (i - first)], inside);
    }
    for (int64_t c = 0; c < n; c++) {
        assert_int_equal(cut.population[c], n_expected[c]);
        assert_int_equal(cut.core[c], n_core[c]);
    }
    if (n == 1) assert_int_equal(cut.core[0], cut.population[0]); /* a single cluster has no halo */
    vv_cut_release(&cut);
}

static struct witness witness; /* large */

/* Returns how many rows needed an heir. */
static int64_t compare(struct layer *l)
{
    static const double zs[] = {0.0, 0.5, 1.0, 1.65, 3.0, 1e6};
    struct vv_heights heights;
    struct vv_topography t;
    for (int64_t i = 0; i < l->n; i++) l->g[i] = l->value[i] - l->std_error[i];
    witness_clusters(l, &witness);
    witness_saddles(l, &witness);
    struct vv_neighbors nb = share(l, &heights);
    vv_assert_ok(vv_topography_find(vv_world, &nb, &heights, &t));
    assert_int_equal(t.n_putative, witness.n_putative);
    assert_int_equal(t.n_peaks, witness.n_peaks);
    for (int64_t i = 0; i < l->n; i++) assert_int_equal(t.cluster[i], witness.cluster[i]);
    int64_t n_saddles = 0;
    for (int64_t a = 0; a < t.n_peaks; a++) {
        assert_int_equal(t.peaks[a].row, witness.peak[a]);
        assert_true(t.peaks[a].height == l->value[witness.peak[a]]);
        for (int64_t b = a + 1; b < t.n_peaks; b++) {
            if (witness.saddle[a][b] < 0) continue;
            assert_true(n_saddles < t.n_saddles);
            assert_int_equal(t.saddles[n_saddles].a, a);
            assert_int_equal(t.saddles[n_saddles].b, b);
            assert_int_equal(t.saddles[n_saddles++].row, witness.saddle[a][b]);
        }
    }
    assert_int_equal(n_saddles, t.n_saddles);
    for (size_t z = 0; z < sizeof zs / sizeof *zs; z++) {
        compare_cut(l, &witness, &t, zs[z], VV_BY_MARGIN);
        compare_cut(l, &witness, &t, zs[z], VV_BY_DENSITY);
    }
    vv_topography_release(&t);
    vv_neighbors_release(&nb);
    return witness.n_fallbacks;
}

/* Neighbors and kNN densities of rows; reach: from `least` to k at random, k where it is 0. */
static void make_layer(struct layer *l, const double *x, int64_t n, int64_t d, int k, int least, uint64_t seed)
{
    static double distance[MOST * MOST_K];
    struct vv_neighbors nb = vv_test_neighbors(x, n, d, k, VV_EUCLIDEAN);
    l->n = n;
    l->k = k;
    vv_comm_allgather_rows(vv_world, &nb.layout, nb.index, (size_t)k * sizeof *nb.index, l->index);
    vv_comm_allgather_rows(vv_world, &nb.layout, nb.distance, (size_t)k * sizeof *distance, distance);
    for (int64_t i = 0; i < n; i++) {
        const int used = least ? least + (int)(vv_rng_bits(seed, 1, (uint64_t)i, 0) % (uint64_t)(k - least + 1)) : k;
        const double r = distance[i * k + used - 1];
        l->reach[i] = used;
        l->value[i] = r > 0.0 ? log((double)used) - (double)d * log(r) : NAN;
        l->std_error[i] = r > 0.0 ? 1.0 / sqrt((double)used) : NAN;
    }
    vv_neighbors_release(&nb);
}

static struct layer layer; /* large */

static void a_mixture(void **state)
{
    static double x[MOST * 2];
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        for (int64_t i = 0; i < MOST; i++)
            for (int j = 0; j < 2; j++)
                x[2 * i + j] = vv_rng_normal(seed, 2, (uint64_t)i, (uint32_t)j) + 3.0 * (double)((i >> j) % 3);
        make_layer(&layer, x, MOST, 2, 20, 0, seed);
        compare(&layer);
        make_layer(&layer, x, MOST, 2, 20, 5, seed);
        compare(&layer);
        make_layer(&layer, x, MOST, 2, 6, 3, seed);
        compare(&layer);
    }
}

/* Equal distances, equal densities; rows that coincide with all their neighbors have none. */
static void ties_and_duplicates(void **state)
{
    static double x[230 * 2];
    (void)state;
    for (int64_t i = 0; i < 230 * 2; i++) x[i] = floor(14.0 * vv_rng_uniform(5, 1, (uint64_t)i, 0));
    for (int64_t i = 40; i < 60; i++) x[2 * i] = x[2 * i + 1] = 3.0;
    for (int k = 4; k <= 16; k += 6) {
        make_layer(&layer, x, 230, 2, k, 0, 1);
        compare(&layer);
        make_layer(&layer, x, 230, 2, k, 3, 2);
        compare(&layer);
    }
    for (int64_t i = 0; i < 230; i++) layer.value[i] = 1.0; /* no structure at all: every row is a peak */
    for (int64_t i = 0; i < 230; i++) layer.std_error[i] = 0.25;
    compare(&layer);
    for (int64_t i = 0; i < 230; i++) layer.value[i] = NAN; /* nor any density */
    compare(&layer);
}

/* Lists that are no neighborhoods: removed centers that only heirs lead out of. */
static void heirs_lead_home(void **state)
{
    int64_t n_fallbacks = 0;
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        layer.n = 150;
        layer.k = 3;
        for (int64_t i = 0; i < layer.n; i++) {
            for (int j = 0; j < layer.k; j++) { /* three different others */
                const int64_t step = (int64_t)(vv_rng_bits(seed, 3, (uint64_t)i, (uint32_t)j) % 49);
                layer.index[i * layer.k + j] = (int32_t)((i + 1 + 49 * j + step) % layer.n);
            }
            layer.reach[i] = layer.k;
            layer.value[i] = 5.0 * vv_rng_uniform(seed, 4, (uint64_t)i, 0);
            layer.std_error[i] = 0.1 + vv_rng_uniform(seed, 4, (uint64_t)i, 1);
        }
        n_fallbacks += compare(&layer);
    }
    assert_true(n_fallbacks > 200);
}

static void few_rows(void **state)
{
    const double x[5] = {0.0, 1.0, 2.5, 10.0, 11.0};
    (void)state;
    for (int n = 2; n <= 5; n++) {
        make_layer(&layer, x, n, 1, n - 1, 0, 1);
        compare(&layer);
    }
}

/* Adding a constant to all log densities, or exact rescaling, changes no label. */
static void labels_do_not_depend_on_units(void **state)
{
    static double x[300 * 3];
    static int32_t before[300];
    struct vv_heights heights;
    struct vv_topography t;
    (void)state;
    for (int64_t i = 0; i < 300 * 3; i++) x[i] = vv_rng_normal(9, 1, (uint64_t)i, 0);
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < 300 * 3; i++) x[i] *= pass ? 1048576.0 : 1.0;
        make_layer(&layer, x, 300, 3, 12, 4, 7);
        struct vv_neighbors nb = share(&layer, &heights);
        vv_assert_ok(vv_topography_find(vv_world, &nb, &heights, &t));
        if (pass == 0) memcpy(before, t.cluster, sizeof before);
        assert_memory_equal(before, t.cluster, sizeof before);
        vv_topography_release(&t);
        vv_neighbors_release(&nb);
    }
}

static void compositions_of_clusters(void **state)
{
    const struct vv_layout layout = vv_comm_layout(vv_world, 100);
    const int64_t first = vv_layout_first(&layout), n_local = vv_layout_local(&layout);
    int64_t cluster[200], sample[100], witnessed[5][3] = {{0}};
    struct vv_labels labels;
    struct vv_count *counts;
    int64_t n, at = 0;
    (void)state;
    vv_assert_ok(vv_labels_init(&labels, "some", 200, 3));
    for (int64_t i = 0; i < 200; i++) labels.classes[i] = (int32_t)(i * i % 7 % 4) - 1;
    for (int64_t i = 0; i < 100; i++) {
        const int64_t own = (int64_t)(vv_rng_bits(3, 3, (uint64_t)i, 0) % 6) - 1;
        sample[i] = 2 * i + 1;
        if (i >= first && i < first + n_local) cluster[2 * (i - first)] = own;
        if (own >= 0 && labels.classes[2 * i + 1] >= 0) witnessed[own][labels.classes[2 * i + 1]]++;
    }
    vv_assert_ok(vv_cut_compose(vv_world, &layout, cluster, 2, &labels, sample, &counts, &n));
    for (int c = 0; c < 5; c++)
        for (int l = 0; l < 3; l++) {
            if (witnessed[c][l] == 0) continue;
            assert_true(at < n && counts[at].cluster == c && counts[at].cls == l);
            assert_int_equal(counts[at++].n, witnessed[c][l]);
        }
    assert_int_equal(at, n);
    vv_mem_free(counts);
    vv_labels_release(&labels);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_mixture),
    cmocka_unit_test(ties_and_duplicates),
    cmocka_unit_test(heirs_lead_home),
    cmocka_unit_test(few_rows),
    cmocka_unit_test(labels_do_not_depend_on_units),
    cmocka_unit_test(compositions_of_clusters),
};
VV_TEST_MAIN(tests)
