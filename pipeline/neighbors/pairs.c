/* SPDX-License-Identifier: MIT */
#include "neighbors/pairs.h"

#include <math.h>
#include <omp.h>

#include "base/clock.h"
#include "base/mem.h"

enum { TILE_PAIRS = VV_TILE_ROWS * VV_TILE_ROWS, PANEL = VV_TILE_ROWS * VV_PANEL, TASKS_PER_THREAD = 16 };

struct vv_crew_member {
    float *product;           /* [TILE_PAIRS] */
    float *panel;             /* [PANEL] */
    struct vv_hits hits_a, hits_b;
    float *limit_a, *limit_b; /* [VV_TILE_ROWS] */
    float *scratch;           /* [scratch_size] */
    double seconds;
};

enum vv_status vv_crew_init(struct vv_crew *crew, const struct vv_kernel *kernel, int threads,
                            int scratch_size)
{
    const char *const what = "tiles of the neighbor search";
    *crew = (struct vv_crew){.kernel = kernel, .threads = threads, .scratch_size = scratch_size};
    crew->member = vv_mem_new(threads, sizeof *crew->member, what);
    if (!crew->member) return VV_MEMORY;
    for (int t = 0; t < threads; t++) {
        struct vv_crew_member *const m = &crew->member[t];
        const bool ok =
            (m->product = vv_mem_new_raw(TILE_PAIRS, sizeof(float), what)) &&
            (m->panel = vv_mem_new_raw(PANEL, sizeof(float), what)) &&
            (m->hits_a.value = vv_mem_new_raw(VV_MOST_HITS, sizeof(float), what)) &&
            (m->hits_a.pair = vv_mem_new_raw(VV_MOST_HITS, sizeof(uint32_t), what)) &&
            (m->hits_b.value = vv_mem_new_raw(VV_MOST_HITS, sizeof(float), what)) &&
            (m->hits_b.pair = vv_mem_new_raw(VV_MOST_HITS, sizeof(uint32_t), what)) &&
            (m->limit_a = vv_mem_new_raw(VV_TILE_ROWS, sizeof(float), what)) &&
            (m->limit_b = vv_mem_new_raw(VV_TILE_ROWS, sizeof(float), what)) &&
            (m->scratch = vv_mem_new_raw(scratch_size, sizeof(float), what));
        if (!ok) return VV_MEMORY;
    }
    return VV_OK;
}

void vv_crew_release(struct vv_crew *crew)
{
    for (int t = 0; crew->member && t < crew->threads; t++) {
        struct vv_crew_member *const m = &crew->member[t];
        void *const blocks[] = {m->product,      m->panel,       m->hits_a.value, m->hits_a.pair, m->hits_b.value,
                                m->hits_b.pair,  m->limit_a,     m->limit_b,      m->scratch};
        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) vv_mem_free(blocks[i]);
    }
    vv_mem_free(crew->member);
    crew->member = NULL;
}

double vv_crew_memory(int threads, int scratch_size)
{
    return threads * (20.0 * TILE_PAIRS + 4.0 * PANEL + 8.0 * VV_TILE_ROWS + 4.0 * scratch_size);
}

float *vv_crew_scratch(const struct vv_crew *crew, int t)
{
    return crew->member[t].scratch;
}

/* What all threads work on. */
struct work {
    struct vv_crew *crew;
    const struct vv_side *a, *b;
    bool same;
    enum vv_share share;
    int step;             /* rows of a tile */
    int64_t n_a, n_b;     /* tiles on each side */
    int64_t n_tasks;
};

static int64_t tiles_of(const struct vv_side *s, int step)
{
    return (s->end - s->begin + step - 1) / step;
}

/* Large tiles use the caches best; small ones keep all threads busy. */
static int choose_step(const struct work *w)
{
    int step = VV_TILE_ROWS;
    while (step / 2 % w->crew->kernel->group == 0 &&
           tiles_of(w->a, step) * tiles_of(w->b, step) < TASKS_PER_THREAD * w->crew->threads)
        step /= 2;
    return step;
}

/* The tile of a task; tasks in a row share their rows of b. */
static void tile_of(const struct work *w, int64_t task, int64_t *ta, int64_t *tb)
{
    if (!w->same) {
        *ta = task % w->n_a;
        *tb = task / w->n_a;
        return;
    }
    int64_t b = (int64_t)((sqrt(8.0 * (double)task + 1.0) - 1.0) / 2.0);
    while (b * (b + 1) / 2 > task) b--;
    while ((b + 1) * (b + 2) / 2 <= task) b++;
    *tb = b;
    *ta = task - b * (b + 1) / 2;
}

/* Rows of a tile with padding, and their limits now. */
static int open_side(const struct vv_side *s, int64_t row, int step, float *limit)
{
    const int group = s->panels->kernel->group;
    const int64_t left = s->end - row;
    const int n = left < step ? (int)left : step, all = (n + group - 1) / group * group;
    for (int i = 0; i < all; i++) limit[i] = -INFINITY;
    if (!s->list) return all;
    omp_lock_t *const lock = &s->list->locks[(row - s->begin) / VV_TILE_ROWS];
    omp_set_lock(lock);
    for (int i = 0; i < n; i++) limit[i] = s->list->limit[row - s->begin + i];
    omp_unset_lock(lock);
    return all;
}

/* Leaves the pairs of two different rows, once. */
static void drop_doubles(struct vv_hits *hits)
{
    int n = 0;
    for (int h = 0; h < hits->n; h++) {
        const uint32_t pair = hits->pair[h];
        hits->value[n] = hits->value[h];
        hits->pair[n] = pair;
        n += (pair & 0xffff) < pair >> 16;
    }
    hits->n = n;
}

/* Offers the hits to the rows of one side: `own` is where a pair keeps that side's row, in bits. */
static void deliver(const struct vv_hits *hits, const struct vv_side *side, int64_t row,
                    const struct vv_side *other, int64_t other_row, int own, float *scratch)
{
    struct vv_shortlist *const list = side->list;
    if (!list || hits->n == 0) return;
    const int64_t at = row - side->begin;
    const int32_t first = (int32_t)(other->first + other_row);
    omp_lock_t *const lock = &list->locks[at / VV_TILE_ROWS];
    omp_set_lock(lock);
    for (int h = 0; h < hits->n; h++) {
        const uint32_t pair = hits->pair[h], a = pair & 0xffff, b = pair >> 16;
        vv_shortlist_offer(list, at + (own ? b : a), hits->value[h], first + (int32_t)(own ? a : b),
                           scratch);
    }
    omp_unset_lock(lock);
}

static void cool(const struct vv_side *s, int64_t row, int step)
{
    vv_panels_cool(s->panels, row, step);
    if (s->list) vv_shortlist_cool(s->list, row - s->begin, step);
}

/* Rows of a tile on one side, numbered among all. */
struct span {
    int64_t first, n;
};

static struct span span_of(const struct vv_side *s, int64_t row, int step)
{
    const int64_t left = s->end - row;
    return (struct span){.first = s->first + row, .n = left < step ? left : step};
}

/* What the rows of a side had met of the others before this search; all, if they take nothing. */
static enum vv_met_share met_before(const struct vv_met *met, const struct vv_side *side, struct span rows,
                                    struct span others)
{
    if (!side->list) return VV_ALL_MET;
    return vv_met_before(met, rows.first, rows.n, others.first, others.n);
}

/* Leaves the pairs that had not met before; `own` as in deliver. */
static void drop_met(struct vv_hits *hits, const struct vv_met *met, enum vv_met_share share, struct span rows,
                     struct span others, int own)
{
    int n = 0;
    if (!met || share == VV_NONE_MET) return;
    for (int h = 0; h < hits->n && share == VV_SOME_MET; h++) {
        const uint32_t pair = hits->pair[h], a = pair & 0xffff, b = pair >> 16;
        hits->value[n] = hits->value[h];
        hits->pair[n] = pair;
        n += !vv_met_pair_before(met, rows.first + (own ? b : a), others.first + (own ? a : b));
    }
    hits->n = n;
}

static void do_task(const struct work *w, int64_t task, struct vv_crew_member *m)
{
    int64_t ta, tb;
    tile_of(w, task, &ta, &tb);
    const int64_t row_a = w->a->begin + ta * w->step, row_b = w->b->begin + tb * w->step;
    const bool odd = (row_a / VV_TILE_ROWS + row_b / VV_TILE_ROWS) % 2;
    if (w->share == (odd ? VV_EVEN_TILES : VV_ODD_TILES)) return;
    struct vv_met *const met = w->crew->met;
    const struct span a = span_of(w->a, row_a, w->step), b = span_of(w->b, row_b, w->step);
    const enum vv_met_share met_a = met ? met_before(met, w->a, a, b) : VV_NONE_MET;
    const enum vv_met_share met_b = met ? met_before(met, w->b, b, a) : VV_NONE_MET;
    if (met_a == VV_ALL_MET && met_b == VV_ALL_MET) return;
    const struct vv_panels *const pa = w->a->panels, *const pb = w->b->panels;
    const struct vv_tile t = {.a = pa->rows + row_a * pa->width,
                              .b = pb->rows + row_b * pb->width,
                              .n_a = open_side(w->a, row_a, w->step, m->limit_a),
                              .n_b = open_side(w->b, row_b, w->step, m->limit_b),
                              .width = pa->width,
                              .half_a = pa->half + row_a,
                              .half_b = pb->half + row_b,
                              .limit_a = m->limit_a,
                              .limit_b = m->limit_b,
                              .diagonal = w->same && ta == tb,
                              .product = m->product,
                              .panel = m->panel,
                              .hits_a = &m->hits_a,
                              .hits_b = &m->hits_b};
    const double begin = vv_clock_seconds();
    w->crew->kernel->tile(&t);
    m->seconds += vv_clock_seconds() - begin;
    if (t.diagonal) {
        drop_doubles(&m->hits_a);
        drop_doubles(&m->hits_b);
    }
    drop_met(&m->hits_a, met, met_a, a, b, 0);
    drop_met(&m->hits_b, met, met_b, b, a, 16);
    deliver(&m->hits_a, w->a, row_a, w->b, row_b, 0, m->scratch);
    deliver(&m->hits_b, w->b, row_b, w->a, row_a, 16, m->scratch);
    if (met) vv_met_add(met, a.first, a.n, b.first, b.n);
    if (met && w->same && !t.diagonal) vv_met_add(met, b.first, b.n, a.first, a.n);
    cool(w->a, row_a, w->step);
    if (ta == (w->same ? tb : w->n_a - 1)) cool(w->b, row_b, w->step); /* the last with these rows */
}

bool vv_crew_pair(struct vv_crew *crew, const struct vv_side *a, const struct vv_side *b, bool same,
                  enum vv_share share, int64_t *next, vv_tick_fn tick, void *owner)
{
    struct work w = {.crew = crew, .a = a, .b = b, .same = same, .share = share};
    if (a->end <= a->begin || b->end <= b->begin) return true;
    w.step = choose_step(&w);
    w.n_a = tiles_of(a, w.step);
    w.n_b = tiles_of(b, w.step);
    w.n_tasks = same ? w.n_a * (w.n_a + 1) / 2 : w.n_a * w.n_b;
    int64_t at = *next;
    bool go_on = true;
    for (int t = 0; t < crew->threads; t++) crew->member[t].seconds = 0.0;
#pragma omp parallel num_threads(crew->threads)
    {
        const int id = omp_get_thread_num();
        struct vv_crew_member *const m = &crew->member[id];
        for (;;) { /* a thread that has taken a tile does it: all before `at` are done in the end */
            bool others_go_on;
#pragma omp atomic read
            others_go_on = go_on;
            if (!others_go_on) break;
            int64_t task;
#pragma omp atomic capture
            task = at++;
            if (task >= w.n_tasks) break;
            do_task(&w, task, m);
            if (id == 0 && !tick(owner, (double)task / (double)w.n_tasks)) {
#pragma omp atomic write
                go_on = false;
            }
        }
    }
    double slowest = 0.0;
    for (int t = 0; t < crew->threads; t++)
        if (crew->member[t].seconds > slowest) slowest = crew->member[t].seconds;
    crew->seconds_kernel += slowest;
    *next = at;
    return at >= w.n_tasks;
}
