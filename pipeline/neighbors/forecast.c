/* SPDX-License-Identifier: MIT */
#include "neighbors/forecast.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "dist/agree.h"
#include "neighbors/best.h"
#include "neighbors/direct.h"
#include "neighbors/kernel.h"
#include "neighbors/pairs.h"
#include "neighbors/sample.h"

enum {
    ROWS = VV_TILE_ROWS,
    WIDE = 512,   /* features of the tile that shows the rate of products, */
    NARROW = 32,  /* and of the one that shows what pairs cost */
    FAR_ROWS = 1536,
    FAR_COLS = 4096, /* rows that fill the last cache */
    K = 100,
};

/* Bytes that a rank sends, and receives as many, in a second for each of its threads: a link of 100 Gbit/s
 * shared by the 64 cores of a node. */
static const double LINK_BYTES = 12.5e9 / 64.0;

/* What the measurements work on. */
struct probe {
    const struct vv_kernel *kernel;
    struct vv_frame frame;
    double *center; /* [FAR_COLS] zeros */
    float *rows;    /* [FAR_ROWS][FAR_COLS] */
    struct vv_panels panels;
    struct vv_crew crew;
    struct vv_shortlist list;
    struct vv_bound bound;
    struct vv_pick *picks; /* [2 K] */
};

static enum vv_status probe_init(struct probe *p)
{
    const int capacity = vv_shortlist_capacity(K);
    p->kernel = vv_kernel_find("auto", 1);
    p->list = (struct vv_shortlist){.k = K, .bound = &p->bound, .kernel = p->kernel};
    vv_bound_set(&p->bound, VV_EUCLIDEAN, WIDE, p->kernel->error(WIDE));
    const bool ok = (p->center = vv_mem_new(FAR_COLS, sizeof *p->center, "measuring")) &&
                    (p->rows = vv_mem_new((int64_t)FAR_ROWS * FAR_COLS, sizeof *p->rows, "measuring")) &&
                    (p->picks = vv_mem_new(2 * K, sizeof *p->picks, "measuring"));
    if (!ok) return VV_MEMORY;
    for (int64_t i = 0; i < (int64_t)FAR_ROWS * FAR_COLS; i++)
        p->rows[i] = (float)((i * 2654435761u >> 7) % 4096u) / 4096.0f;
    VV_TRY(vv_panels_init(&p->panels, NULL, FAR_ROWS, FAR_COLS, p->kernel));
    VV_TRY(vv_crew_init(&p->crew, p->kernel, 1, VV_SELECT_SCRATCH(capacity)));
    return vv_shortlist_init(&p->list, NULL, ROWS, capacity);
}

static void probe_release(struct probe *p)
{
    vv_mem_free(p->center);
    vv_mem_free(p->rows);
    vv_mem_free(p->picks);
    vv_panels_release(&p->panels);
    vv_crew_release(&p->crew);
    vv_shortlist_release(&p->list);
}

static bool ignore(void *owner, double done)
{
    (void)owner;
    (void)done;
    return true;
}

enum { MOST_TIMES = 41 };

/* The median of several times: what the machine usually does, pauses left out. */
static double usual(void (*what)(struct probe *), struct probe *p, int times)
{
    double sorted[MOST_TIMES] = {0.0};
    for (int n = 0; n < times; n++) {
        const double begin = vv_clock_seconds();
        what(p);
        const double took = vv_clock_seconds() - begin;
        int at = n;
        for (; at > 0 && sorted[at - 1] > took; at--) sorted[at] = sorted[at - 1];
        sorted[at] = took;
    }
    return sorted[times / 2];
}

static void frame_of(struct probe *p, int64_t n_cols)
{
    p->frame = (struct vv_frame){
        .n_cols = n_cols, .type = VV_FLOAT32, .center = p->center, .scale = 1.0};
}

/* Rows in panels of n_cols features; no pair is near enough to be handed out. */
static void lay_out(struct probe *p, int64_t n, int64_t n_cols)
{
    frame_of(p, n_cols);
    vv_panels_lay_out(&p->panels, n, n_cols, p->kernel, p->panels.block);
    vv_panels_fill_from(&p->panels, &p->frame, VV_EUCLIDEAN, p->rows, 1);
    p->list.length = p->panels.length;
    p->list.half = p->panels.half;
    for (int64_t i = 0; i < ROWS; i++) p->list.limit[i] = -FLT_MAX;
}

static void tile(struct probe *p)
{
    const struct vv_side side = {.panels = &p->panels, .end = ROWS, .list = &p->list};
    const struct vv_side other = {
        .panels = &p->panels, .begin = ROWS, .end = 2 * ROWS, .first = ROWS};
    int64_t next = 0;
    vv_crew_pair(&p->crew, &side, &other, false, VV_ALL_TILES, &next, ignore, NULL);
}

static void convert(struct probe *p)
{
    vv_panels_fill_from(&p->panels, &p->frame, VV_EUCLIDEAN, p->rows, 1);
}

enum { OFFERS = 600 };

/* The lists of all rows of a search do not fit the caches, as those of a tile do. */
static const double OUT_OF_CACHE = 2.0;

/* Candidates in random order, as many for each row as it usually meets. */
static void offer(struct probe *p)
{
    for (int64_t i = 0; i < ROWS; i++) p->panels.limit[i] = FLT_MAX;
    vv_shortlist_begin(&p->list, ROWS, p->panels.limit);
    float *const scratch = vv_crew_scratch(&p->crew, 0);
    for (uint32_t o = 0; o < ROWS * OFFERS; o++) {
        const uint32_t hash = (o * 2654435761u) ^ (o >> 5) * 40503u;
        vv_shortlist_offer(&p->list, hash % ROWS, (float)(hash >> 8) * 0x1p-24f + 1.0f, (int32_t)o,
                           scratch);
    }
    for (int64_t i = 0; i < ROWS; i++) vv_shortlist_settle(&p->list, i, FLT_MAX, scratch);
}

/* Pairs far apart in memory, each row with several as in a search. */
static double evaluate(struct probe *p, int64_t n_cols, int n)
{
    const struct vv_sums add = vv_direct_sums(p->kernel, VV_EUCLIDEAN);
    const double begin = vv_clock_seconds();
    for (int i = 0; i < n; i++) {
        const float *y[VV_BATCH];
        double sums[VV_BATCH] = {0.0};
        for (int b = 0; b < VV_BATCH; b++)
            y[b] = p->rows + (uint32_t)(VV_BATCH * i + b) * 2654435761u % FAR_ROWS * (int64_t)FAR_COLS;
        add.f32(p->rows + i % FAR_ROWS * (int64_t)FAR_COLS, y, VV_BATCH, n_cols, sums);
        for (int b = 0; b < VV_BATCH; b++) p->center[b] += 0.0 * sums[b]; /* to be used, it is kept */
    }
    return (vv_clock_seconds() - begin) / (n * VV_BATCH);
}

enum { FRESH_BYTES = 32 << 20 };

/* Memory as it comes from the system. */
static void touch(struct probe *p)
{
    (void)p;
    volatile char *const block = vv_mem_new(1, FRESH_BYTES, "measuring");
    for (int64_t i = 0; block && i < FRESH_BYTES; i += 4096) block[i] = 1;
    vv_mem_free((void *)(uintptr_t)block);
}

static void rank(struct probe *p)
{
    for (int i = 0; i < K; i++)
        p->picks[i] = (struct vv_pick){sqrt(1.0 + (double)(i * 37 % K)), i};
    vv_pick_sort(p->picks, p->picks + K, K);
}

/* What the kernel for rows of n_cols features makes of a tile, and of its rows. */
static void measure_kernel(struct probe *p, int64_t n_cols, double *product, double *pair, double *value)
{
    p->kernel = p->crew.kernel = vv_kernel_find("auto", n_cols);
    const double pairs = (double)ROWS * ROWS;
    lay_out(p, FAR_ROWS, WIDE);
    *value = usual(convert, p, 5) / ((double)FAR_ROWS * WIDE);
    const double wide = usual(tile, p, 25);
    lay_out(p, 2 * ROWS, NARROW);
    const double narrow = usual(tile, p, 41);
    *product = (wide - narrow) / (pairs * (WIDE - NARROW));
    *pair = fmax(0.0, narrow / pairs - *product * NARROW);
}

enum vv_status vv_rates_measure(struct vv_comm *c, struct vv_rates *r)
{
    struct probe p = {.kernel = NULL};
    const enum vv_status st = vv_agree(c, probe_init(&p));
    if (!st) {
        measure_kernel(&p, WIDE, &r->product[VV_WIDE], &r->pair[VV_WIDE], &r->value[VV_WIDE]);
        measure_kernel(&p, 1, &r->product[VV_NARROW], &r->pair[VV_NARROW], &r->value[VV_NARROW]);
        r->candidate = OUT_OF_CACHE * usual(offer, &p, 5) / (ROWS * OFFERS);
        r->fresh = usual(touch, &p, 3) / FRESH_BYTES;
        const double few = fmin(evaluate(&p, NARROW, 4000), evaluate(&p, NARROW, 4000));
        const double many = fmin(evaluate(&p, FAR_COLS, 1000), evaluate(&p, FAR_COLS, 1000));
        r->feature = (many - few) / (FAR_COLS - NARROW);
        r->evaluation = few + 3.0 * usual(rank, &p, 41) / K; /* sorted by row, laid out, sorted */
        r->bytes = LINK_BYTES;
        vv_comm_max_f64(c, r->product, (int)(offsetof(struct vv_rates, bytes) / sizeof(double)));
    }
    probe_release(&p);
    return st;
}

int vv_rates_width(int64_t n_cols)
{
    return vv_kernel_find("auto", n_cols) == vv_kernel_find("auto", WIDE) ? VV_WIDE : VV_NARROW;
}

struct vv_forecast vv_forecast_search(int64_t n_rows, int64_t n_references, int64_t n_cols,
                                      int value_bytes, int k, int ranks, int threads,
                                      const struct vv_rates *r)
{
    const bool same = n_references == 0;
    const double n = (double)n_rows, m = same ? n : (double)n_references, d = (double)n_cols;
    const double workers = (double)ranks * threads, m_local = ceil(m / ranks);
    const struct vv_sample_plan plan = vv_sample_plan_for(same ? n_rows : n_references, n_cols, k);
    const int w = vv_rates_width(n_cols);
    const double width = (double)vv_kernel_width(vv_kernel_find("auto", n_cols), n_cols);
    const double met = same ? 0.5 * n * n : n * m;
    const double pairs = met + (plan.order > 0 ? n * plan.n : 0.0);
    struct vv_forecast f = {.flops = 2.0 * pairs * d,
                            .candidates = n * vv_sample_candidates((int64_t)m, k, plan),
                            .evaluations = n * (k + 1.0)};
    const double travels = same ? floor(ranks / 2.0) : ranks - 1.0;
    /* Candidates of a row that come home: it meets half of what other ranks have there. */
    const double letters = same ? 0.5 * (1.0 - 1.0 / ranks) * f.candidates / n : 0.0;
    f.bytes_sent = m_local * (travels * 4.0 * (width + 3.0) + (ranks - 1) * d * value_bytes + 8.0 * letters);
    if (!r) return f;
    const double list = (double)vv_shortlist_row_bytes(vv_shortlist_capacity(k));
    const double converted = same ? n : n + m;
    const double compute = pairs * (width * r->product[w] + r->pair[w]) + (f.candidates + n * letters) * r->candidate +
                           f.evaluations * (d * r->feature + r->evaluation) +
                           2.0 * converted * d * r->value[w] +
                           (4.0 * converted * d + n * (list + 12.0 * k)) * r->fresh;
    f.seconds_exchange = f.bytes_sent / (r->bytes * threads);
    f.seconds = fmax(compute / workers, f.seconds_exchange);
    return f;
}
