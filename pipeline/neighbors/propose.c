/* SPDX-License-Identifier: MIT */
#include "neighbors/propose.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "dist/mail.h"
#include "dist/ring.h"
#include "dist/signals.h"
#include "neighbors/blas_memory.h"
#include "neighbors/guess.h"
#include "neighbors/pairs.h"

/* Candidates for visiting rows are kept for a strip of the block at a time. */
static const double STRIP_BYTES = 24.0 * 1048576.0;

/* Seconds of a sweep that are saved when it is stopped. */
static const double WORTH_SAVING = 0.2;

enum { CUT = -2 }; /* first count of a letter that holds nothing */

struct proposal {
    struct vv_task *task;
    struct vv_bound bound;
    struct vv_crew crew;
    struct vv_guess guess;
    struct vv_panels own, references; /* the latter: only if they are other rows */
    struct vv_panels sent; /* the window of this rank's references that others meet, if not all at once */
    struct vv_shortlist *list;                /* of the own rows */
    struct vv_shortlist strip;                /* of a strip of visiting rows */
    int64_t strip_rows;                       /* a multiple of VV_TILE_ROWS */
    float *limit;                             /* [window] of visiting rows, as their owner has it now */
    struct vv_ring *ring;
    struct vv_mail *mail;
    double done, all; /* pairs of blocks, for progress */
    struct vv_met met; /* what has met, if the state is to be saved */
    double saved; /* when that was done last */
};

static int64_t strip_rows(int64_t most, int capacity)
{
    int64_t rows = (int64_t)(STRIP_BYTES / (double)vv_shortlist_row_bytes(capacity));
    if (rows > most) rows = most;
    rows = (rows + VV_TILE_ROWS - 1) / VV_TILE_ROWS * VV_TILE_ROWS;
    return rows > 0 ? rows : VV_TILE_ROWS;
}

/* A letter: the strip's counts, then all its candidates. */
static size_t letter_bytes(int64_t rows, int capacity)
{
    return (size_t)rows * (sizeof(int) + (size_t)capacity * sizeof(struct vv_candidate));
}

/* Blocks a rank meets, its own included: half the ring when both rows of a pair are fed. */
static int blocks_to_meet(const struct vv_task *t)
{
    const int size = t->references->layout.size;
    return t->same ? size / 2 + 1 : size;
}

static void save(struct proposal *p)
{
    vv_checkpoint_save(p->task->checkpoint, &p->task->queries->layout, &p->met, p->list, p->own.limit);
    p->saved = vv_clock_seconds();
}

static bool to_be_saved(const struct proposal *p)
{
    const struct vv_checkpoint *const how = p->task->checkpoint;
    return how && vv_clock_seconds() - p->saved > how->period;
}

/* Also tells whether to go on. */
static bool tick(void *owner, double done)
{
    struct proposal *const p = owner;
    vv_ring_progress(p->ring);
    if (p->mail) vv_mail_progress(p->mail);
    if (p->task->progress) vv_progress_tell(p->task->progress, VV_PROPOSING * (p->done + done), p->all);
    return vv_signals_stop_requested() == VV_GO_ON && !to_be_saved(p);
}

/* All pairs of two sides; false when the run is to stop before. */
static bool pair(struct proposal *p, const struct vv_side *a, const struct vv_side *b, bool same,
                 enum vv_share share)
{
    int64_t next = 0;
    while (!vv_crew_pair(&p->crew, a, b, same, share, &next, tick, p)) {
        if (vv_signals_stop_requested() != VV_GO_ON) return false;
        save(p);
    }
    return true;
}

static enum vv_status allocate(struct proposal *p, struct vv_sample_plan plan)
{
    struct vv_task *const t = p->task;
    const int capacity = vv_shortlist_capacity(t->k), group = t->kernel->group;
    const int64_t d = t->frame.n_cols, most = vv_layout_most(&t->references->layout);
    if (t->kernel->needs_blas) VV_TRY(vv_blas_memory_probe(t->threads));
    VV_TRY(vv_panels_init(&p->own, t->scratch, t->queries->n_local, d, t->kernel));
    if (!t->same)
        VV_TRY(vv_panels_init(&p->references, t->scratch, t->references->n_local, d, t->kernel));
    VV_TRY(vv_guess_init(&p->guess, t->kernel, plan, d, t->threads));
    VV_TRY(vv_crew_init(&p->crew, t->kernel, t->threads, VV_SELECT_SCRATCH(capacity)));
    VV_TRY(vv_shortlist_init(p->list, t->scratch, t->queries->n_local, capacity));
    if (t->checkpoint) {
        VV_TRY(vv_met_init(&p->met, t->queries->layout.n, t->references->layout.n,
                           vv_layout_first(&t->queries->layout), t->queries->n_local));
        p->crew.met = &p->met;
    }
    const size_t row_bytes = vv_panels_bytes(group, d, t->kernel) / (size_t)group;
    VV_TRY(vv_ring_create(t->comm, &t->references->layout, row_bytes, group, blocks_to_meet(t),
                          t->window, &p->ring));
    if (t->same && blocks_to_meet(t) == 1) return VV_OK;
    if (t->window < most) VV_TRY(vv_panels_init(&p->sent, NULL, t->window, d, t->kernel));
    if (!t->same) return VV_OK;
    p->strip_rows = strip_rows(t->window < most ? t->window : most, capacity);
    VV_TRY(vv_shortlist_init(&p->strip, NULL, p->strip_rows, capacity));
    p->limit = vv_mem_new(t->window < most ? t->window : most, sizeof *p->limit, "limits of visiting rows");
    if (!p->limit) return VV_MEMORY;
    return vv_mail_create(t->comm, letter_bytes(p->strip_rows, capacity), &p->mail);
}

static void set_bound(struct proposal *p)
{
    struct vv_task *const t = p->task;
    vv_bound_set(&p->bound, t->metric, t->frame.n_cols, t->kernel->error(t->frame.n_cols));
    if (t->metric != VV_INNER_PRODUCT) return;
    const struct vv_panels *const sets[] = {&p->own, &p->references};
    double most[2] = {0.0, 0.0}, center = 0.0;
    for (int s = 0; s < 2; s++)
        for (int64_t i = 0; i < sets[s]->n; i++) {
            most[0] = fmax(most[0], (double)sets[s]->length[i] * (1.0 + 0x1p-20));
            most[1] = fmax(most[1], fabs((double)sets[s]->half[i]));
        }
    vv_comm_max_f64(t->comm, most, 2);
    for (int64_t j = 0; j < t->frame.n_cols; j++)
        center += t->frame.center[j] * t->frame.scale * t->frame.center[j] * t->frame.scale;
    p->bound.most_length = most[0];
    p->bound.most_half = most[1];
    p->bound.center_length = sqrt(center) * (1.0 + 0x1p-20);
}

static void settle_row(void *owner, int64_t i, int thread)
{
    struct proposal *const p = owner;
    vv_shortlist_settle(p->list, i, p->own.limit[i], vv_crew_scratch(&p->crew, thread));
}

/* Writes the strip's candidates into the outgoing letter; returns its bytes. Not those of a strip that was left
 * before all of it had met. */
static size_t write_letter(struct proposal *p, int64_t n, bool whole)
{
    int *const count = vv_mail_outgoing(p->mail);
    struct vv_candidate *to = (struct vv_candidate *)(count + n + n % 2); /* 8-byte aligned */
    if (!whole && n > 0) count[0] = CUT;
    for (int64_t i = 0; whole && i < n; i++) {
        count[i] = vv_shortlist_gave_up(&p->strip, i) ? VV_CROWDED : p->strip.count[i];
        if (count[i] <= 0) continue;
        memcpy(to, p->strip.items + i * p->strip.capacity, (size_t)count[i] * sizeof *to);
        to += count[i];
    }
    return (size_t)((char *)to - (char *)count);
}

/* Takes in the letter about own rows [begin, begin + n). */
static void read_letter(struct proposal *p, const void *letter, int64_t begin, int64_t n)
{
    const int *const count = letter;
    const struct vv_candidate *from = (const struct vv_candidate *)(count + n + n % 2);
    float *const scratch = vv_crew_scratch(&p->crew, 0);
    for (int64_t i = 0; i < n; i++) {
        if (count[i] == VV_CROWDED) vv_shortlist_give_up(p->list, begin + i);
        if (count[i] <= 0) continue;
        vv_shortlist_take(p->list, begin + i, from, count[i], scratch);
        from += count[i];
    }
}

/* Rows of strip s in a block of n rows. */
static int64_t rows_in_strip(const struct proposal *p, int64_t n, int64_t s)
{
    const int64_t left = n - s * p->strip_rows;
    return left < 0 ? 0 : left < p->strip_rows ? left : p->strip_rows;
}

/* The letter under way: about rows [begin, begin + n) of this rank's window, which met those of a rank. */
struct expected {
    int64_t window, begin, n;
    int from;
    enum vv_share share; /* of the tiles */
};

/* Own rows have met those of another rank there: all, or in every other tile (pairs.c). */
static void met_there(struct proposal *p, struct expected e)
{
    const struct vv_layout *const l = &p->task->queries->layout;
    const int64_t own = vv_layout_first(l) + e.window, others = vv_layout_offset(l, e.from);
    const int64_t n_others = vv_layout_count(l, e.from), step = e.share == VV_ALL_TILES ? INT32_MAX : VV_TILE_ROWS;
    for (int64_t a = 0; a < n_others; a += step)
        for (int64_t b = e.begin; b < e.begin + e.n; b += step) {
            const bool odd = (a / VV_TILE_ROWS + b / VV_TILE_ROWS) % 2;
            if (e.share == (odd ? VV_EVEN_TILES : VV_ODD_TILES)) continue;
            const int64_t n_a = n_others - a, n_b = e.begin + e.n - b;
            vv_met_add(&p->met, own + b, n_b < step ? n_b : step, others + a, n_a < step ? n_a : step);
        }
}

static void receive(struct proposal *p, struct expected e)
{
    const int *const letter = vv_mail_wait(p->mail);
    if (!letter || e.n == 0 || letter[0] == CUT) return;
    read_letter(p, letter, e.window + e.begin, e.n);
    if (p->task->checkpoint) met_there(p, e);
}

/* Of two ranks whose rows meet on both, each takes half of the tiles. */
static enum vv_share share_of(const struct vv_layout *l, int rank, int visited)
{
    const int step = (visited - rank + l->size) % l->size;
    if (2 * step != l->size) return VV_ALL_TILES;
    return rank < visited ? VV_EVEN_TILES : VV_ODD_TILES;
}

/* Rows with candidates to spare: others should know what they no longer need. */
static void tighten_row(void *owner, int64_t i, int thread)
{
    struct proposal *const p = owner;
    if (p->list->count[i] > p->task->k + p->task->k / 2)
        vv_shortlist_tighten(p->list, i, vv_crew_scratch(&p->crew, thread));
}

static int64_t rows_in_window(const struct vv_task *t, int rank, int64_t window)
{
    const int64_t left = vv_layout_count(&t->references->layout, rank) - window;
    return left < 0 ? 0 : left < t->window ? left : t->window;
}

/* Limits fall after rows were sent: those of the visiting window now; own ones go to the rank it visits. */
static void swap_limits(struct proposal *p, int owner, int visited, int64_t window)
{
    struct vv_task *const t = p->task;
    const double begin = vv_clock_seconds();
    const int64_t n = rows_in_window(t, t->references->layout.rank, window);
    vv_comm_swap(t->comm, visited, p->list->limit + (n > 0 ? window : 0), (size_t)n * sizeof *p->limit, owner,
                 p->limit, (size_t)rows_in_window(t, owner, window) * sizeof *p->limit);
    t->stats.seconds_wait += vv_clock_seconds() - begin;
    t->stats.bytes_sent += (double)n * sizeof *p->limit;
}

/* The own rows against a visiting window that starts at local row `window` of its owner, strip by strip;
 * candidates of the strip before travel home meanwhile. */
static struct expected meet(struct proposal *p, const struct vv_panels *visiting, int owner,
                            int64_t window, struct expected under_way)
{
    struct vv_task *const t = p->task;
    const struct vv_layout *const l = &t->queries->layout;
    const int step = (owner - l->rank + l->size) % l->size, from = (l->rank - step + l->size) % l->size;
    const int64_t left = vv_layout_most(l) - window, most = left < t->window ? left : t->window;
    const int64_t expected = p->own.n - window < most ? p->own.n - window : most;
    const struct vv_side own = {
        .panels = &p->own, .end = p->own.n, .first = vv_layout_first(l), .list = p->list};
    swap_limits(p, owner, from, window);
    for (int64_t s = 0; s * p->strip_rows < most; s++) {
        const int64_t begin = s * p->strip_rows, n = rows_in_strip(p, visiting->n, s);
        const struct vv_side strip = {.panels = visiting,
                                      .begin = begin,
                                      .end = begin + n,
                                      .first = vv_layout_offset(l, owner) + window,
                                      .list = &p->strip};
        p->strip.length = visiting->length + begin;
        p->strip.half = visiting->half + begin;
        vv_shortlist_begin(&p->strip, n, p->limit + begin);
        const bool whole = pair(p, &own, &strip, false, share_of(l, l->rank, owner));
        receive(p, under_way);
        under_way = (struct expected){.window = window,
                                      .begin = begin,
                                      .n = rows_in_strip(p, expected, s),
                                      .from = from,
                                      .share = share_of(l, from, l->rank)};
        vv_mail_post(p->mail, owner, write_letter(p, n, whole), from);
    }
    return under_way;
}

/* Starts the ring with this rank's window from local row `window` on. */
static void begin_round(struct proposal *p, int64_t window)
{
    const struct vv_panels *const all = p->task->same ? &p->own : &p->references;
    if (!p->sent.block) {
        vv_ring_begin(p->ring, all->block, window);
        return;
    }
    const int64_t n = rows_in_window(p->task, p->task->references->layout.rank, window);
    if (n > 0) vv_panels_copy(all, window, n, &p->sent);
    vv_ring_begin(p->ring, p->sent.block, window);
}

/* One round: the window of every rank that there is to meet. Between two of them ranks agree on whether to go
 * on: no exchange is under way then but that of letters. */
static enum vv_status meet_round(struct proposal *p, int64_t window, struct expected *under_way)
{
    struct vv_task *const t = p->task;
    const struct vv_layout *const l = &t->references->layout;
    const struct vv_side own = {.panels = &p->own,
                                .end = p->own.n,
                                .first = vv_layout_first(&t->queries->layout),
                                .list = p->list};
    bool more;
    begin_round(p, window);
    do {
        const int owner = vv_ring_owner(p->ring);
        struct vv_panels visiting;
        vv_panels_lay_out(&visiting, vv_ring_rows(p->ring), t->frame.n_cols, t->kernel,
                          (void *)(uintptr_t)vv_ring_block(p->ring));
        vv_ring_post(p->ring);
        if (!t->same) {
            const struct vv_side others = {
                .panels = &visiting, .end = visiting.n, .first = vv_layout_offset(l, owner) + window};
            pair(p, &own, &others, false, VV_ALL_TILES);
        } else if (owner != l->rank) {
            *under_way = meet(p, &visiting, owner, window, *under_way);
        } else if (window == 0) { /* the own rows meet among themselves all at once */
            pair(p, &own, &own, true, VV_ALL_TILES);
            if (l->size > 1) vv_shortlist_each(p->list, t->threads, tighten_row, p);
        }
        p->done += 1.0;
        more = vv_ring_turn(p->ring);
        VV_TRY(vv_agree(t->comm, VV_OK));
    } while (more);
    return VV_OK;
}

static enum vv_status meet_all(struct proposal *p)
{
    const int64_t most = vv_layout_most(&p->task->references->layout), step = p->task->window;
    struct expected under_way = {.n = 0};
    p->all = (double)blocks_to_meet(p->task) * (double)((most + step - 1) / step);
    enum vv_status st = VV_OK;
    for (int64_t window = 0; !st && window < most; window += step)
        st = meet_round(p, window, &under_way);
    if (p->mail) receive(p, under_way);
    return st;
}

/* Puts every row to the test and counts those that fail it. */
static void settle(struct proposal *p)
{
    struct vv_search_stats *const stats = &p->task->stats;
    vv_shortlist_each(p->list, p->task->threads, settle_row, p);
    for (int64_t i = 0; i < p->list->n; i++) {
        if (p->list->count[i] != VV_CROWDED) continue;
        if (vv_shortlist_gave_up(p->list, i)) stats->n_crowded++;
        else stats->n_missed++;
    }
}

enum vv_status vv_propose(struct vv_task *t, const struct vv_sample *sample,
                          struct vv_sample_plan plan, struct vv_shortlist *list)
{
    struct proposal p = {.task = t, .list = list};
    *list = (struct vv_shortlist){.k = t->k, .bound = &p.bound, .kernel = t->kernel};
    p.strip = *list;
    const double begin = vv_clock_seconds();
    enum vv_status st = vv_agree(t->comm, allocate(&p, plan));
    if (!st) {
        vv_panels_fill(&p.own, &t->frame, t->metric, t->queries, t->threads);
        if (!t->same) vv_panels_fill(&p.references, &t->frame, t->metric, t->references, t->threads);
        set_bound(&p);
        list->length = p.own.length;
        list->half = p.own.half;
        vv_guess_limits(&p.guess, sample, &t->frame, &p.bound, &p.own,
                        t->same ? vv_layout_first(&t->queries->layout) : INT64_MAX / 2);
        vv_guess_release(&p.guess);
        vv_shortlist_begin(list, p.own.n, p.own.limit);
        if (t->checkpoint)
            st = vv_checkpoint_load(t->comm, t->checkpoint, &t->queries->layout, &p.met, list, &p.bound, p.own.limit);
        const double guessed = p.saved = vv_clock_seconds();
        if (!st) st = meet_all(&p);
        if (st == VV_STOPPED && t->checkpoint && guessed + WORTH_SAVING < vv_clock_seconds()) save(&p);
        if (!st) settle(&p);
        t->stats.seconds_prepare += guessed - begin;
        t->stats.seconds_propose += vv_clock_seconds() - guessed;
        t->stats.seconds_kernel += p.crew.seconds_kernel;
        t->stats.seconds_wait += vv_ring_seconds_waited(p.ring);
        t->stats.bytes_sent += vv_ring_bytes_sent(p.ring);
        if (p.mail) t->stats.seconds_wait += vv_mail_seconds_waited(p.mail);
        if (p.mail) t->stats.bytes_sent += vv_mail_bytes_sent(p.mail);
    }
    list->length = list->half = NULL;
    list->bound = NULL;
    vv_mail_destroy(&p.mail);
    vv_ring_destroy(&p.ring);
    vv_shortlist_release(&p.strip);
    vv_crew_release(&p.crew);
    vv_panels_release(&p.own);
    vv_panels_release(&p.references);
    vv_guess_release(&p.guess);
    vv_panels_release(&p.sent);
    vv_met_release(&p.met);
    vv_mem_free(p.limit);
    return st;
}

double vv_propose_memory(const struct vv_search_size *size)
{
    const bool same = size->n_others == 0;
    const int capacity = vv_shortlist_capacity(size->k), met = same ? size->ranks / 2 + 1 : size->ranks;
    const int64_t n = size->n_local, d = size->n_cols, most = same ? n : size->n_others;
    const int64_t window = size->on_disk && size->window < most ? size->window : most;
    const double strip = (double)strip_rows(window, capacity);
    const double row = vv_panels_most_bytes(d), list = (double)vv_shortlist_row_bytes(capacity);
    double bytes = vv_crew_memory(size->threads, VV_SELECT_SCRATCH(capacity)) +
                   vv_met_memory(n * size->ranks, most * size->ranks);
    if (!size->on_disk) {
        bytes += row * (double)(n + size->n_others + 2 * VV_MOST_GROUP) + list * (double)n;
    } else {
        /* what is touched before it is given back: tiles of two sides, and their lists */
        const double tile = row + list, side = (double)(n < VV_TILE_ROWS ? n : VV_TILE_ROWS);
        bytes += 2.0 * size->threads * tile * side + 3.0 * VV_COOL_BYTES +
                 (16.0 + list - 8.0 * capacity) * (double)n + VV_SLICE * list;
        if (met > 1) bytes += row * (double)window; /* the window of its own that a rank sends */
    }
    if (met > 1)
        bytes += (met > 2 ? 2.0 : 1.0) * row * (double)(window + VV_MOST_GROUP);
    if (met > 1 && same)
        bytes += 4.0 * (double)window + strip * list + 2.0 * (double)letter_bytes((int64_t)strip, capacity);
    return bytes;
}
