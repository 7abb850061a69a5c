/* SPDX-License-Identifier: MIT */
/* Exact k nearest neighbors of all rows: brute force that is never brute where it matters. (Among other rows,
 * each query meets each of them once, blocks go all the way round the ring, and no candidates go home.)
 *
 * Float32 proposes (propose.c): each pair of rows meets once, in tiles of a matrix product whose
 * kernel compares its results with a limit for each row while they are at hand; the few below it
 * go into shortlists. Limits start at a guess from a random sample and fall as better candidates are
 * found; a rigorous bound on the float32 error (bound.h) sees to it that none of the k nearest is left
 * out, and rows where the guess or the bound fails are counted and searched in float64 (wide.c).
 * Float64 decides (decide.c): the shortlists are evaluated directly and ranked by (distance, index).
 * The table therefore does not depend on tiles, ranks, threads, kernels, BLAS or centring.
 *
 * A sweep that is stopped or killed can be gone on with, on any number of ranks (checkpoint.h).
 *
 * Cost: n^2 D flops in products over all ranks, a little over k direct evaluations a row.
 * Communication: each rank sends its float32 rows size / 2 times and its rows size - 1 times, while it
 * computes, and a few candidates for each of its rows.
 * Memory: a copy of the rows in 4 bytes a feature, two visiting blocks, shortlists of 2.5 k + 100 candidates a row. */
#include "neighbors/search.h"

#include <math.h>

#include "base/clock.h"
#include "base/every_width.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "neighbors/choose.h"
#include "neighbors/decide.h"
#include "neighbors/guess.h"
#include "neighbors/panels.h"
#include "neighbors/propose.h"
#include "neighbors/task.h"
#include "neighbors/unit.h"

enum { MOST_NEIGHBORS = 65536 }; /* so that letters between ranks stay messages */

/* The rows a search works on, and what it makes of them. */
struct search {
    struct vv_task task;
    struct vv_matrix unit[2]; /* for cosine: queries and references of unit length */
    struct vv_sample sample;
    struct vv_sample_plan plan;
    double *center, *zero; /* [n_cols] */
    struct vv_shortlist list;
    struct vv_checkpoint checkpoint;
};

/* The largest |x - c| of a row. */
VV_EVERY_WIDTH static double row_deviation(const void *row, enum vv_real type, int64_t n_cols, const double *center)
{
    enum { LANES = 8 };
    double lane[LANES] = {0.0};
    for (int64_t k = 0; k < n_cols; k += VV_STRIP) {
        double d[VV_STRIP] = {0.0};
        const int n = n_cols - k < VV_STRIP ? (int)(n_cols - k) : VV_STRIP;
        if (type == VV_FLOAT32)
            for (int j = 0; j < n; j++) d[j] = fabs((double)((const float *)row)[k + j] - center[k + j]);
        else
            for (int j = 0; j < n; j++) d[j] = fabs(((const double *)row)[k + j] - center[k + j]);
        for (int j = 0; j < VV_STRIP; j += LANES)
            for (int l = 0; l < LANES; l++) lane[l] = d[j + l] > lane[l] ? d[j + l] : lane[l];
    }
    for (int l = 1; l < LANES; l++)
        if (lane[l] > lane[0]) lane[0] = lane[l];
    return lane[0];
}

/* Local. The largest |x - c| of all features of all rows here. */
static double largest_deviation(const struct vv_matrix *m, const double *center, int threads)
{
    double most = 0.0;
#pragma omp parallel for schedule(static) num_threads(threads) reduction(max : most)
    for (int64_t i = 0; i < m->n_local; i++) {
        const double d = row_deviation(vv_matrix_row(m, i), m->type, m->n_cols, center);
        if (d > most) most = d;
        vv_matrix_passed(m, i);
    }
    vv_matrix_cool(m, 0, m->n_local); /* threads share the megabytes between them */
    return most;
}

/* Collective. The frame about a centre whose unit is a power of two near the largest deviation; also tells
 * that deviation. Squares of cosine and inner products may underflow where they are evaluated directly, so
 * their unit must not be so small that the tiles would tell apart what the evaluation does not. */
static struct vv_frame frame_about(const struct vv_task *t, const double *center, double *most)
{
    *most = largest_deviation(t->references, center, t->threads);
    if (!t->same) *most = fmax(*most, largest_deviation(t->queries, center, t->threads));
    vv_comm_max_f64(t->comm, most, 1);
    const int least = t->metric == VV_EUCLIDEAN ? -1000 : -400;
    int exponent = *most > 0.0 && isfinite(*most) ? ilogb(*most) : 0;
    if (exponent > 1000) exponent = 1000;
    if (exponent < least) exponent = least;
    return (struct vv_frame){.n_cols = t->references->n_cols,
                             .type = t->references->type,
                             .center = center,
                             .scale = ldexp(1.0, -exponent)};
}

/* Collective. */
static enum vv_status set_frames(struct search *s)
{
    struct vv_task *const t = &s->task;
    const int64_t d = t->references->n_cols;
    double most;
    s->center = vv_mem_new(d, sizeof *s->center, "centre of the data");
    s->zero = vv_mem_new(d, sizeof *s->zero, "centre of the data");
    VV_TRY(vv_agree(t->comm, s->center && s->zero ? VV_OK : VV_MEMORY));
    vv_sample_mean(&s->sample, t->references, s->center);
    t->frame = frame_about(t, s->center, &most);
    if (!isfinite(most)) t->frame = frame_about(t, s->zero, &most); /* x - c exceeds float64 */
    t->wide_frame = t->frame;
    if (t->metric != VV_INNER_PRODUCT) return VV_OK;
    t->wide_frame = frame_about(t, s->zero, &most);
    if ((double)d * most * most < 0x1p1022) return VV_OK;
    vv_fail(VV_INPUT, "inner products of values as large as %.3g exceed float64", most);
    return vv_error_hint("scale the data, or use another metric");
}

static enum vv_status check(const struct vv_matrix *queries, const struct vv_matrix *references,
                            int k)
{
    const int64_t n = references->layout.n, others = queries == references ? n - 1 : n;
    if (k < 0 || (k > 0 && k > others))
        return vv_fail(VV_BUG, "k = %d neighbors of %lld rows were asked for", k, (long long)n);
    if (k > MOST_NEIGHBORS)
        return vv_fail(VV_INPUT, "%d neighbors are more than the search can treat (%d)", k,
                       MOST_NEIGHBORS);
    if (n > INT32_MAX)
        return vv_fail(VV_INPUT, "%lld rows are more than an exact search can treat (2^31 - 1)",
                       (long long)n);
    if (queries->n_cols != references->n_cols || queries->type != references->type)
        return vv_fail(VV_BUG, "queries and references differ in features or type");
    if (references->n_cols > INT32_MAX)
        return vv_fail(VV_INPUT, "%lld features are more than the search can treat (2^31 - 1)",
                       (long long)references->n_cols);
    return VV_OK;
}

/* Collective. Rows as they are evaluated. */
static enum vv_status set_rows(struct search *s, const struct vv_matrix *queries,
                               const struct vv_matrix *references)
{
    struct vv_task *const t = &s->task;
    t->same = queries == references;
    t->queries = queries;
    t->references = references;
    if (t->metric != VV_COSINE) return VV_OK;
    VV_TRY(vv_agree(t->comm, vv_unit_rows(queries, &s->unit[0])));
    t->queries = t->references = &s->unit[0];
    if (t->same) return VV_OK;
    const enum vv_status st = vv_agree(t->comm, vv_unit_rows(references, &s->unit[1]));
    if (st) return vv_error_context("rows to search among");
    t->references = &s->unit[1];
    return VV_OK;
}

static void gather_stats(const struct search *s, struct vv_search_stats *stats)
{
    const struct vv_task *const t = &s->task;
    const int64_t n = t->references->layout.n;
    int64_t counts[] = {t->stats.n_evaluated, t->stats.n_crowded, t->stats.n_missed,
                        t->stats.n_wide, (int64_t)t->stats.bytes_sent};
    double seconds[] = {t->stats.seconds_prepare, t->stats.seconds_propose, t->stats.seconds_decide,
                        t->stats.seconds_kernel,  t->stats.seconds_wide,    t->stats.seconds_wait};
    vv_comm_sum_i64(t->comm, counts, 5);
    vv_comm_max_f64(t->comm, seconds, 6);
    *stats = (struct vv_search_stats){.n_pairs = t->queries->layout.n * (t->same ? n - 1 : n),
                                      .n_evaluated = counts[0],
                                      .n_crowded = counts[1],
                                      .n_missed = counts[2],
                                      .n_wide = counts[3],
                                      .bytes_sent = (double)counts[4],
                                      .seconds_prepare = seconds[0],
                                      .seconds_propose = seconds[1],
                                      .seconds_decide = seconds[2],
                                      .seconds_kernel = seconds[3],
                                      .seconds_wide = seconds[4],
                                      .seconds_wait = seconds[5],
                                      .kernel = t->kernel ? t->kernel->name : "no"};
}

/* Rows of a shard that travel at a time when memory is short: a sixteenth of it for each of the blocks. Pairs
 * of tiles are shared out by the parity of their positions (pairs.h): windows hold an even number. */
static int64_t window_rows(int64_t n_cols, int64_t memory)
{
    const double rows = (double)memory / 16.0 / (8.0 * (double)n_cols);
    const int64_t pairs = (int64_t)(rows / (2.0 * VV_TILE_ROWS));
    return (pairs > 0 ? pairs : 1) * 2 * VV_TILE_ROWS;
}

/* Saved candidates mean something in the same frame only. */
static void set_checkpoint(struct search *s, const struct vv_checkpoint *how)
{
    struct vv_task *const t = &s->task;
    if (!how) return;
    const double frame[] = {t->frame.scale, (double)t->k, (double)t->metric, (double)t->frame.n_cols};
    const struct vv_digest center =
        vv_hash_bytes(t->frame.center, (size_t)t->frame.n_cols * sizeof *t->frame.center);
    s->checkpoint = *how;
    s->checkpoint.key = vv_hash_join(vv_hash_join(how->key, vv_hash_bytes(frame, sizeof frame)), center);
    t->checkpoint = &s->checkpoint;
}

static enum vv_status search(struct search *s, const struct vv_search *how, struct vv_neighbors *out)
{
    struct vv_task *const t = &s->task;
    const int64_t n = t->references->layout.n;
    s->plan = vv_sample_plan_for(n, t->references->n_cols, t->k);
    const double begin = vv_clock_seconds();
    VV_TRY(vv_sample_draw(t->comm, t->references, s->plan.n, &s->sample));
    VV_TRY(vv_choose_kernel(t->comm, how->kernel ? how->kernel : "auto", t->references, t->metric, &s->sample, s->plan,
                            &t->kernel));
    VV_TRY(set_frames(s));
    set_checkpoint(s, how->checkpoint);
    t->stats.seconds_prepare += vv_clock_seconds() - begin;
    VV_TRY(vv_propose(t, &s->sample, s->plan, &s->list));
    vv_sample_release(&s->sample);
    return vv_decide(t, &s->list, out);
}

enum vv_status vv_neighbors_search_among(struct vv_comm *c, const struct vv_matrix *queries,
                                         const struct vv_matrix *references,
                                         const struct vv_search *how, struct vv_neighbors *out,
                                         struct vv_search_stats *stats)
{
    struct search s = {.task = {.comm = c,
                                .k = how->k,
                                .metric = how->metric,
                                .threads = how->threads > 0 ? how->threads : 1,
                                .scratch = how->scratch,
                                .progress = how->progress}};
    struct vv_search_stats mine;
    *out = (struct vv_neighbors){.k = 0};
    enum vv_status st = check(queries, references, how->k);
    if (!st) st = set_rows(&s, queries, references);
    if (!st)
        st = vv_agree(c, vv_neighbors_init(out, queries->layout, how->k, how->metric,
                                           queries->sample));
    s.task.window = how->scratch ? window_rows(references->n_cols, how->memory) : INT32_MAX;
    if (!st && how->k > 0) st = search(&s, how, out);
    if (!st) gather_stats(&s, stats ? stats : &mine);
    if (st) vv_neighbors_release(out);
    vv_shortlist_release(&s.list);
    vv_sample_release(&s.sample);
    vv_matrix_release(&s.unit[0]);
    vv_matrix_release(&s.unit[1]);
    vv_mem_free(s.center);
    vv_mem_free(s.zero);
    return st;
}

enum vv_status vv_neighbors_search(struct vv_comm *c, const struct vv_matrix *m,
                                   const struct vv_search *how, struct vv_neighbors *out,
                                   struct vv_search_stats *stats)
{
    return vv_neighbors_search_among(c, m, m, how, out, stats);
}

double vv_neighbors_search_memory(int64_t n, int64_t n_cols, enum vv_real type, int k,
                                  enum vv_metric metric, int ranks, int threads, int64_t memory)
{
    return vv_neighbors_search_among_memory(n, 0, n_cols, type, k, metric, ranks, threads, memory);
}

double vv_neighbors_search_among_memory(int64_t n, int64_t n_references, int64_t n_cols,
                                        enum vv_real type, int k, enum vv_metric metric, int ranks,
                                        int threads, int64_t memory)
{
    const struct vv_search_size size = {.n_local = (n + ranks - 1) / ranks,
                                        .n_others = (n_references + ranks - 1) / ranks,
                                        .n_cols = n_cols,
                                        .type = metric == VV_COSINE ? VV_FLOAT64 : type,
                                        .k = k,
                                        .ranks = ranks,
                                        .threads = threads,
                                        .on_disk = memory > 0,
                                        .window = window_rows(n_cols, memory)};
    const double unit = metric != VV_COSINE ? 0.0
                        : size.on_disk      ? 2.0 * VV_COOL_BYTES
                                            : 8.0 * (double)(size.n_local + size.n_others) * (double)n_cols;
    const struct vv_sample_plan plan = vv_sample_plan_for(n_references ? n_references : n, n_cols, k);
    const double sample = (double)plan.n * (double)n_cols * (double)vv_real_bytes(size.type) +
                          vv_guess_memory(plan, n_cols, threads);
    const double propose = vv_propose_memory(&size) + sample, decide = vv_decide_memory(&size);
    return unit + 16.0 * (double)n_cols + (propose > decide ? propose : decide);
}

double vv_neighbors_search_scratch(int64_t n, int64_t n_references, int64_t n_cols, int k,
                                   enum vv_metric metric, int ranks)
{
    const double n_local = (double)((n + ranks - 1) / ranks), unit = metric == VV_COSINE ? 8.0 * (double)n_cols : 0.0;
    const double both = n_local + (double)((n_references + ranks - 1) / ranks);
    const double list = (double)vv_shortlist_row_bytes(vv_shortlist_capacity(k));
    return both * (vv_panels_most_bytes(n_cols) + unit) + n_local * list;
}
