/* SPDX-License-Identifier: MIT */
/* Exact k nearest neighbors of all rows, by brute force that is never brute where it matters.
 *
 * Every rank keeps its rows; the blocks of all ranks pass by on a ring (dist/ring.h). For each
 * visiting block, tiles of approximate squared distances come from one BLAS product of centred rows
 * (neighbors/tile.h, which derives the bound on their error). The bound rules out nearly all pairs;
 * the few that remain are evaluated directly in float64 (neighbors/direct.h) and decided by
 * (distance, index). The table therefore does not depend on tiles, ranks, BLAS or centring.
 *
 * Cost: 2 n^2 D flops in products over all ranks, about k (1 + ln size) direct evaluations a row.
 * Communication: size - 1 block transfers per rank, overlapped with the products.
 * Memory: two visiting blocks and the tiles, beyond matrix and table. */
#include "neighbors/search.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "data/columns.h"
#include "dist/agree.h"
#include "dist/ring.h"
#include "neighbors/sweep.h"
#include "neighbors/unit.h"

struct search {
    struct vv_comm *comm;
    const struct vv_matrix *matrix; /* the rows searched: the input, or its unit rows */
    struct vv_matrix unit;
    double *center;
    struct vv_sweep sweep;
    struct vv_ring *ring;
    struct vv_progress *progress;
};

/* Collective. The centre, and the power of two that brings the largest deviation near 1. */
static enum vv_status set_frame(struct search *s)
{
    const struct vv_matrix *m = s->matrix;
    struct vv_frame *const f = &s->sweep.frame;
    s->center = vv_mem_new(m->n_cols, sizeof *s->center, "centre of the data");
    VV_TRY(vv_agree(s->comm, s->center ? VV_OK : VV_MEMORY));
    VV_TRY(vv_columns_mean(s->comm, m, s->center));
    double most = 0.0;
    for (int64_t i = 0; i < m->n_local; i++)
        for (int64_t j = 0; j < m->n_cols; j++) {
            const double d = fabs(vv_matrix_value(m, i, j) - s->center[j]);
            if (d > most) most = d;
        }
    vv_comm_max_f64(s->comm, &most, 1);
    int exponent = most > 0.0 ? ilogb(most) : 0;
    if (exponent > 1000) exponent = 1000;
    if (exponent < -1000) exponent = -1000;
    *f = (struct vv_frame){.n_cols = m->n_cols,
                           .type = m->type,
                           .center = s->center,
                           .scale = ldexp(1.0, -exponent)};
    vv_frame_set_bound(f);
    return VV_OK;
}

/* OpenBLAS takes its buffers at the first product and, where the limit of the process refuses them, tries
 * again for ever. Better refused here, where the ranks can still agree. */
static enum vv_status probe_blas_memory(void)
{
    const size_t bytes = (size_t)136 << 20;
    void *const probe = malloc(bytes);
    free(probe);
    if (probe) return VV_OK;
    return vv_fail(VV_MEMORY, "no memory for the buffers of BLAS (136 MiB of address space)");
}

static enum vv_status prepare(struct search *s, const struct vv_matrix *m,
                              const struct vv_search *how, struct vv_neighbors *out)
{
    s->matrix = m;
    if (how->metric == VV_COSINE) {
        VV_TRY(vv_agree(s->comm, vv_unit_rows(m, &s->unit)));
        s->matrix = &s->unit;
    }
    VV_TRY(set_frame(s));
    s->sweep.metric = how->metric;
    s->sweep.k = how->k;
    enum vv_status st = vv_neighbors_init(out, m->layout, how->k, how->metric, m->sample);
    if (!st)
        st = vv_sweep_init(&s->sweep, m->n_local, vv_layout_most(&m->layout), how->memory);
    if (!st)
        st = vv_ring_create(s->comm, &m->layout, vv_matrix_row_bytes(s->matrix), s->matrix->rows,
                            &s->ring);
    if (!st) st = probe_blas_memory();
    return vv_agree(s->comm, st);
}

/* The share of all blocks that is done, for progress and for the exchange in flight. */
struct ticking {
    struct search *s;
    int blocks_done, blocks;
};

static void tick(void *owner, double done)
{
    struct ticking *t = owner;
    vv_ring_progress(t->s->ring);
    if (t->s->progress) vv_progress_tell(t->s->progress, t->blocks_done + done, t->blocks);
}

static void sweep_all(struct search *s, struct vv_neighbors *out)
{
    const struct vv_layout *layout = &s->matrix->layout;
    struct ticking t = {s, 0, layout->size};
    do {
        const int owner = vv_ring_owner(s->ring);
        vv_ring_post(s->ring);
        vv_sweep_block(&s->sweep, s->matrix->rows, s->matrix->n_local, vv_layout_first(layout),
                       vv_ring_block(s->ring), vv_layout_count(layout, owner),
                       vv_layout_offset(layout, owner), out, tick, &t);
        t.blocks_done++;
    } while (vv_ring_turn(s->ring));
}

static void gather_stats(const struct search *s, struct vv_search_stats *stats)
{
    const int64_t n = s->matrix->layout.n;
    double seconds[3] = {s->sweep.seconds_product, s->sweep.seconds_evaluate,
                         vv_ring_seconds_waited(s->ring)};
    int64_t evaluated = s->sweep.n_evaluated;
    vv_comm_sum_i64(s->comm, &evaluated, 1);
    vv_comm_max_f64(s->comm, seconds, 3);
    *stats = (struct vv_search_stats){.n_pairs = n * (n - 1),
                                      .n_evaluated = evaluated,
                                      .seconds_product = seconds[0],
                                      .seconds_evaluate = seconds[1],
                                      .seconds_wait = seconds[2]};
}

enum vv_status vv_neighbors_search(struct vv_comm *c, const struct vv_matrix *m,
                                   const struct vv_search *how, struct vv_neighbors *out,
                                   struct vv_search_stats *stats)
{
    struct search s = {.comm = c, .progress = how->progress};
    struct vv_search_stats mine;
    *out = (struct vv_neighbors){.k = 0};
    enum vv_status st = VV_OK;
    if (how->k < 0 || (how->k > 0 && how->k >= m->layout.n))
        st = vv_fail(VV_BUG, "k = %d neighbors of %lld rows were asked for", how->k,
                     (long long)m->layout.n);
    if (!st && m->layout.n > INT32_MAX)
        st = vv_fail(VV_INPUT, "%lld rows are more than an exact search can treat (2^31 - 1)",
                     (long long)m->layout.n);
    if (!st && m->n_cols > INT32_MAX)
        st = vv_fail(VV_INPUT, "%lld features are more than the search can treat (2^31 - 1)",
                     (long long)m->n_cols);
    if (!st) st = prepare(&s, m, how, out);
    if (!st) {
        sweep_all(&s, out);
        gather_stats(&s, stats ? stats : &mine);
    } else {
        vv_neighbors_release(out);
    }
    vv_ring_destroy(&s.ring);
    vv_sweep_release(&s.sweep);
    vv_matrix_release(&s.unit);
    vv_mem_free(s.center);
    return st;
}

double vv_neighbors_search_memory(int64_t n, int64_t n_cols, enum vv_real type, int k,
                                  enum vv_metric metric, int size, int64_t memory)
{
    const int64_t most = (n + size - 1) / size;
    const double rows = (double)most * (double)n_cols;
    const double value = metric == VV_COSINE ? 8.0 : (double)vv_real_bytes(type);
    const double blocks = size == 1 ? 0.0 : size == 2 ? 1.0 : 2.0;
    return blocks * rows * value + (metric == VV_COSINE ? 8.0 * rows : 0.0) +
           vv_sweep_memory(n_cols, k, most, most, memory);
}
