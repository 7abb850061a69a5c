/* SPDX-License-Identifier: MIT */
/* Seconds for the exact neighbor table beside the bare matrix product of the same BLAS: 2 n^2 D flops in
 * tiles of 1024 x 1024, nothing kept. Both are taken in turn, several times, in the same run; the
 * ratio of each pair is what counts on a shared machine.
 * usage: bench_knn N D K [PAIRS] */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "neighbors/search.h"

enum { TILE = 1024, MOST_PAIRS = 32 };

/* This rank's rows against all rows, as the search has to do. */
static double product_f32(const float *mine, int n_local, const float *all, int n, int d)
{
    static float tile[TILE * TILE];
    const double begin = vv_clock_seconds();
    for (int i = 0; i < n_local; i += TILE)
        for (int j = 0; j < n; j += TILE)
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, i + TILE < n_local ? TILE : n_local - i,
                        j + TILE < n ? TILE : n - j, d, 1.0f, mine + (size_t)i * (size_t)d, d,
                        all + (size_t)j * (size_t)d, d, 0.0f, tile, TILE);
    return vv_clock_seconds() - begin;
}

static double product_f64(const double *mine, int n_local, const double *all, int n, int d)
{
    static double tile[TILE * TILE];
    const double begin = vv_clock_seconds();
    for (int i = 0; i < n_local; i += TILE)
        for (int j = 0; j < n; j += TILE)
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, i + TILE < n_local ? TILE : n_local - i,
                        j + TILE < n ? TILE : n - j, d, 1.0, mine + (size_t)i * (size_t)d, d,
                        all + (size_t)j * (size_t)d, d, 0.0, tile, TILE);
    return vv_clock_seconds() - begin;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, ascending);
    return n % 2 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

int main(int argc, char **argv)
{
    struct vv_comm *c;
    if (vv_comm_start(&argc, &argv, &c) != VV_OK || argc < 4) return 2;
    int64_t number[4] = {0, 0, 0, 3};
    for (int i = 1; i < argc && i <= 4; i++)
        if (!vv_text_to_int(argv[i], &number[i - 1]) || number[i - 1] < 1) return 2;
    const int n = (int)number[0], d = (int)number[1], k = (int)number[2];
    const int pairs = number[3] < MOST_PAIRS ? (int)number[3] : MOST_PAIRS;
    double single[MOST_PAIRS], twofold[MOST_PAIRS], search[MOST_PAIRS];
    double ratio_single[MOST_PAIRS], ratio_double[MOST_PAIRS];
    struct vv_matrix m;
    float *all = vv_mem_new((int64_t)n * d, sizeof *all, "bench");
    double *wide = vv_mem_new((int64_t)n * d, sizeof *wide, "bench");
    if (!all || !wide || vv_matrix_init(&m, vv_comm_layout(c, n), d, VV_FLOAT32)) return 5;
    for (int64_t i = 0; i < (int64_t)n * d; i++)
        wide[i] = all[i] = (float)vv_rng_normal(1, 1, (uint64_t)i, 0);
    const int64_t first = vv_layout_first(&m.layout);
    for (int64_t i = 0; i < m.n_local * d; i++) ((float *)m.rows)[i] = all[first * d + i];
    for (int p = 0; p < pairs; p++) {
        const struct vv_search how = {.k = k, .metric = VV_EUCLIDEAN};
        struct vv_neighbors nb;
        vv_comm_barrier(c);
        single[p] = product_f32(m.rows, (int)m.n_local, all, n, d);
        twofold[p] = product_f64(wide + first * d, (int)m.n_local, wide, n, d);
        vv_comm_barrier(c);
        const double begin = vv_clock_seconds();
        if (vv_neighbors_search(c, &m, &how, &nb, NULL) != VV_OK) return 1;
        search[p] = vv_clock_seconds() - begin;
        double slowest[3] = {single[p], twofold[p], search[p]};
        vv_comm_max_f64(c, slowest, 3);
        single[p] = slowest[0];
        twofold[p] = slowest[1];
        search[p] = slowest[2];
        ratio_single[p] = search[p] / single[p];
        ratio_double[p] = search[p] / twofold[p];
        vv_neighbors_release(&nb);
    }
    if (vv_comm_rank(c) == 0)
        printf("%8d %6d %5d %6d %10.2f %10.2f %10.2f %9.2f %9.2f\n", n, d, k, vv_comm_size(c),
               median(search, pairs), median(single, pairs), median(twofold, pairs),
               median(ratio_single, pairs), median(ratio_double, pairs));
    vv_matrix_release(&m);
    vv_mem_free(all);
    vv_mem_free(wide);
    vv_comm_finish(&c);
    return 0;
}
