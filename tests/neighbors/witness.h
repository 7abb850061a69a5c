/* SPDX-License-Identifier: MIT */
/* The witness of the search: every pair in long double, sorted. It knows nothing of tiles, centring or
 * lists. */
#ifndef VV_TEST_WITNESS_H
#define VV_TEST_WITNESS_H

#include <math.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/rng.h"
#include "dist/signals.h"
#include "neighbors/checkpoint.h"
#include "neighbors/direct.h"
#include "neighbors/search.h"
#include "vv_data.h"

struct data {
    int64_t n, d;
    enum vv_real type;
    double *values; /* [n][d], exactly representable in `type` */
};

static inline struct data data_new(int64_t n, int64_t d, enum vv_real type)
{
    struct data x = {n, d, type, vv_mem_new(n * d, sizeof(double), "test data")};
    return x;
}

static inline double as_stored(enum vv_real type, double v)
{
    return type == VV_FLOAT32 ? (double)(float)v : v;
}

static inline struct data normal_data(int64_t n, int64_t d, enum vv_real type, double offset,
                               double scale, uint32_t stream)
{
    struct data x = data_new(n, d, type);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < d; j++)
            x.values[i * d + j] = as_stored(
                type, offset + scale * vv_rng_normal(11, stream, (uint64_t)i, (uint32_t)j));
    return x;
}

static inline struct vv_matrix shard(const struct data *x)
{
    return vv_test_matrix(x->values, x->n, x->d, x->type);
}

struct pair {
    long double distance;
    int32_t index;
};

static inline int compare(const void *a, const void *b)
{
    const struct pair *p = a, *q = b;
    if (p->distance != q->distance) return p->distance < q->distance ? -1 : 1;
    return (p->index > q->index) - (p->index < q->index);
}

static inline long double exact_distance(const struct data *x, int64_t a, const struct data *y, int64_t b,
                                  enum vv_metric metric)
{
    const double *p = x->values + a * x->d, *q = y->values + b * y->d;
    long double sum = 0, pp = 0, qq = 0, pq = 0;
    for (int64_t j = 0; j < x->d; j++) {
        pp += (long double)p[j] * p[j];
        qq += (long double)q[j] * q[j];
        pq += (long double)p[j] * q[j];
    }
    if (metric == VV_INNER_PRODUCT) return -pq;
    for (int64_t j = 0; j < x->d; j++) {
        const long double diff = metric == VV_COSINE
                                     ? (long double)p[j] / sqrtl(pp) - (long double)q[j] / sqrtl(qq)
                                     : (long double)p[j] - (long double)q[j];
        sum += diff * diff;
    }
    return metric == VV_COSINE ? sum / 2 : sqrtl(sum);
}

/* Compares every list of this rank with the witness: rows of x among all rows of y. */
static inline void compare_with_witness(const struct data *x, const struct data *y,
                                 const struct vv_neighbors *nb, double tolerance)
{
    const int k = nb->k;
    struct pair *pairs = vv_mem_new(y->n, sizeof *pairs, "test");
    const int64_t first = vv_layout_first(&nb->layout), n_local = vv_layout_local(&nb->layout);
    for (int64_t i = 0; i < n_local; i++) {
        int n = 0;
        for (int64_t j = 0; j < y->n; j++)
            if (x != y || j != first + i)
                pairs[n++] =
                    (struct pair){exact_distance(x, first + i, y, j, nb->metric), (int32_t)j};
        qsort(pairs, (size_t)n, sizeof *pairs, compare);
        for (int p = 0; p < k; p++) {
            const double got = nb->distance[i * k + p];
            const int32_t index = nb->index[i * k + p];
            if (x == y) assert_int_not_equal(index, first + i);
            vv_assert_close(got, (double)exact_distance(x, first + i, y, index, nb->metric),
                            tolerance);
            /* another index than the witness's is right only if the two distances cannot be told
             * apart in float64 */
            if (index != pairs[p].index)
                vv_assert_close(got, (double)pairs[p].distance, tolerance);
            if (p > 0) {
                const double before = nb->distance[i * k + p - 1];
                assert_true(before < got ||
                            (before == got && nb->index[i * k + p - 1] < index));
            }
        }
    }
    vv_mem_free(pairs);
}

/* The whole table, gathered: what must not depend on anything. */
static inline struct vv_digest digest_of(const struct vv_neighbors *nb)
{
    const int64_t n = nb->layout.n, k = nb->k;
    int32_t *index = vv_mem_new(n * k, sizeof *index, "test");
    double *distance = vv_mem_new(n * k, sizeof *distance, "test");
    vv_comm_allgather_rows(vv_world, &nb->layout, nb->index, (size_t)k * sizeof *index, index);
    vv_comm_allgather_rows(vv_world, &nb->layout, nb->distance, (size_t)k * sizeof *distance,
                           distance);
    const struct vv_digest digest =
        vv_hash_join(vv_hash_bytes(index, (size_t)(n * k) * sizeof *index),
                     vv_hash_bytes(distance, (size_t)(n * k) * sizeof *distance));
    vv_mem_free(index);
    vv_mem_free(distance);
    return digest;
}

static inline struct vv_digest digest_by(struct vv_matrix *m, const struct vv_search *how)
{
    struct vv_neighbors nb;
    vv_assert_ok(vv_neighbors_search(vv_world, m, how, &nb, NULL));
    const struct vv_digest digest = digest_of(&nb);
    vv_neighbors_release(&nb);
    return digest;
}

/* A kernel this processor has, each in turn. */
static inline const char *kernel_in_turn(int turn)
{
    for (int i = 0;; i++) {
        if (!vv_kernel_at(i)) i = 0;
        if (vv_kernel_at(i)->runs() && turn-- == 0) return vv_kernel_at(i)->name;
    }
}

/* The same table by a search that is stopped again and again, each time a little later, and goes on from the
 * state it saved between any two tiles, each time with another kernel. Returns how often it was stopped. */
static inline int check_interrupted(struct vv_matrix *m, struct vv_search how, struct vv_digest expected)
{
    char path[64] = "";
    if (vv_comm_rank(vv_world) == 0)
        snprintf(path, sizeof path, "%.40s/varve-test-%ld", vv_test_scratch(), (long)getpid());
    vv_comm_bcast(vv_world, path, sizeof path, 0);
    const struct vv_checkpoint checkpoint = {.path = path, .key = expected, .period = 1e-4, .step = "test"};
    struct vv_neighbors nb;
    enum vv_status st = VV_STOPPED;
    int stops = 0;
    how.checkpoint = &checkpoint;
    for (; st == VV_STOPPED; stops++) {
        vv_error_clear();
        vv_signals_watch(NULL, 1e-3 * (1 << stops));
        how.kernel = kernel_in_turn(stops);
        st = vv_neighbors_search(vv_world, m, &how, &nb, NULL);
        vv_signals_watch(NULL, 0.0);
    }
    vv_assert_ok(st);
    assert_true(vv_digest_equal(digest_of(&nb), expected));
    vv_neighbors_release(&nb);
    if (vv_comm_rank(vv_world) == 0) vv_checkpoint_remove(path, 0);
    return stops - 1;
}

/* Searches, compares with the witness, and finds the same table by every kernel this processor has, by
 * several threads, with interruptions, and with rows in files. */
static inline struct vv_digest check(const struct data *x, int k, enum vv_metric metric, double tolerance,
                              struct vv_search_stats *stats)
{
    struct vv_search how = {.k = k, .metric = metric};
    struct vv_matrix m = shard(x), filed;
    struct vv_neighbors nb;
    vv_assert_ok(vv_neighbors_search(vv_world, &m, &how, &nb, stats));
    assert_int_equal(nb.k, k);
    compare_with_witness(x, x, &nb, tolerance);
    const struct vv_digest digest = digest_of(&nb);
    for (int i = 0; vv_kernel_at(i); i++) {
        how.kernel = vv_kernel_at(i)->name;
        how.threads = i + 1;
        if (vv_kernel_at(i)->runs()) assert_true(vv_digest_equal(digest, digest_by(&m, &how)));
    }
    check_interrupted(&m, (struct vv_search){.k = k, .metric = metric, .threads = 2}, digest);
    vv_assert_ok(vv_matrix_init_in(&filed, vv_test_scratch(), m.layout, m.n_cols, m.type));
    memcpy(filed.rows, m.rows, (size_t)m.n_local * vv_matrix_row_bytes(&m));
    how = (struct vv_search){.k = k, .metric = metric, .scratch = vv_test_scratch(), .memory = 1};
    assert_true(vv_digest_equal(digest, digest_by(&filed, &how)));
    check_interrupted(&filed, how, digest);
    vv_neighbors_release(&nb);
    vv_matrix_release(&filed);
    vv_matrix_release(&m);
    return digest;
}

static inline void check_and_free(struct data x, int k, enum vv_metric metric, double tolerance)
{
    check(&x, k, metric, tolerance, NULL);
    vv_mem_free(x.values);
}

#endif
