/* SPDX-License-Identifier: MIT */
/* Seconds for the exact neighbor table beside the floor: the full matrix product in float32 by the same
 * BLAS, 2 n^2 D flops in tiles of 1024 x 1024, nothing kept, by as many ranks and threads. Both are
 * taken in turn, several times, in the same run, after one of each that does not count; the ratio of
 * each pair is what counts on a shared machine. Rows are normal numbers.
 * usage: bench_knn N D K PAIRS THREADS [KERNEL] */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "neighbors/forecast.h"
#include "neighbors/search.h"

enum { TILE = 1024, MOST_PAIRS = 32 };

extern void openblas_set_num_threads(int n) __attribute__((weak));

static void blas_threads(int n)
{
    if (openblas_set_num_threads) openblas_set_num_threads(n);
}

/* Idle threads of BLAS keep their cores busy for some time yet. */
static void rest(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
}

/* This rank's rows against all rows, as a search that does not know of symmetry has to do. */
static double product(const struct vv_matrix *m, const float *all)
{
    static float tile[TILE * TILE];
    const int n_local = (int)m->n_local, n = (int)m->layout.n, d = (int)m->n_cols;
    const float *const mine = m->rows;
    const double begin = vv_clock_seconds();
    for (int i = 0; i < n_local; i += TILE)
        for (int j = 0; j < n; j += TILE)
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, i + TILE < n_local ? TILE : n_local - i,
                        j + TILE < n ? TILE : n - j, d, 1.0f, mine + (size_t)i * (size_t)d, d,
                        all + (size_t)j * (size_t)d, d, 0.0f, tile, TILE);
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

/* Every row of the data, the same on all ranks, for the floor; and this rank's share of them. The former do
 * not count as memory of the search. */
static enum vv_status make_data(struct vv_comm *c, int64_t n, int64_t d, float **all,
                                struct vv_matrix *m)
{
    if (!(*all = vv_mem_new(n * d, sizeof **all, "bench"))) return VV_MEMORY;
    VV_TRY(vv_matrix_init(m, vv_comm_layout(c, n), d, VV_FLOAT32));
    const int64_t first = vv_layout_first(&m->layout);
    for (int64_t i = 0; i < m->n_local * d; i++)
        ((float *)m->rows)[i] = (float)vv_rng_normal(1, 1, (uint64_t)(first * d + i), 0);
    vv_comm_allgather_rows(c, &m->layout, m->rows, vv_matrix_row_bytes(m), *all);
    return VV_OK;
}

int main(int argc, char **argv)
{
    struct vv_comm *c;
    if (vv_comm_start(&argc, &argv, &c) != VV_OK || argc < 6) return 2;
    int64_t number[5];
    for (int i = 0; i < 5; i++)
        if (!vv_text_to_int(argv[i + 1], &number[i]) || number[i] < 1) return 2;
    const int k = (int)number[2], threads = (int)number[4];
    const int pairs = number[3] < MOST_PAIRS ? (int)number[3] : MOST_PAIRS;
    const struct vv_search how = {
        .k = k, .threads = threads, .kernel = argc > 6 ? argv[6] : "auto"};
    double floor_s[MOST_PAIRS], search_s[MOST_PAIRS], ratio[MOST_PAIRS];
    struct vv_search_stats stats;
    struct vv_matrix m;
    float *all;
    if (make_data(c, number[0], number[1], &all, &m)) return 5;
    for (int p = -1; p < pairs; p++) {
        struct vv_neighbors nb;
        blas_threads(threads);
        vv_comm_barrier(c);
        double seconds[2] = {product(&m, all), 0.0};
        blas_threads(1);
        rest();
        vv_comm_barrier(c);
        const double begin = vv_clock_seconds();
        if (vv_neighbors_search(c, &m, &how, &nb, &stats) != VV_OK) return 1;
        seconds[1] = vv_clock_seconds() - begin;
        vv_comm_max_f64(c, seconds, 2);
        vv_neighbors_release(&nb);
        if (p < 0) continue;
        floor_s[p] = seconds[0];
        search_s[p] = seconds[1];
        ratio[p] = seconds[1] / seconds[0];
    }
    struct vv_rates rates;
    if (vv_rates_measure(c, &rates) != VV_OK) return 1;
    const struct vv_forecast f =
        vv_forecast_search(number[0], 0, number[1], 4, k, vv_comm_size(c), threads, &rates);
    char forecast[16] = "-"; /* it is of the kernel that is chosen by itself */
    if (strcmp(how.kernel, "auto") == 0) snprintf(forecast, sizeof forecast, "%.3f", f.seconds);
    if (vv_comm_rank(c) == 0) {
        printf("%8d %6d %5d %5dx%-3d %8.3f %8.3f %7.2f %9s %9.1f %9.1f\n", (int)number[0],
               (int)number[1], k, vv_comm_size(c), threads, median(floor_s, pairs),
               median(search_s, pairs), median(ratio, pairs), forecast,
               ((double)vv_mem_peak_resident() - 4.0 * (double)(number[0] * number[1])) / 1048576.0,
               stats.bytes_sent / 1048576.0);
        if (getenv("VV_BENCH_PARTS"))
            printf("  %s: prepare %.3f propose %.3f (kernel %.3f) decide %.3f wide %.3f wait %.3f; %.1f "
                   "evaluated a row, %lld crowded, %lld missed\n",
                   stats.kernel, stats.seconds_prepare, stats.seconds_propose, stats.seconds_kernel,
                   stats.seconds_decide, stats.seconds_wide, stats.seconds_wait,
                   (double)stats.n_evaluated / (double)number[0], (long long)stats.n_crowded,
                   (long long)stats.n_missed);
    }
    vv_matrix_release(&m);
    vv_mem_free(all);
    vv_comm_finish(&c);
    return 0;
}
