/* SPDX-License-Identifier: MIT */
#include "neighbors/decide.h"

#include <omp.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "dist/ring.h"
#include "neighbors/best.h"
#include "neighbors/blas_memory.h"
#include "neighbors/direct.h"
#include "neighbors/wide.h"

enum { PANEL = 4096 }; /* features evaluated at a time: whole chunks, so that sums can go on */
enum { FEW_OWNERS = 4 }; /* so many can be told apart in a pass each */
_Static_assert(PANEL % VV_CHUNK == 0, "sums may only be interrupted between chunks");

static const double CACHE = 12.0 * 1048576.0; /* bytes of visiting rows to keep in the last cache */

struct decision {
    struct vv_task *task;
    struct vv_shortlist *list;
    struct vv_neighbors *out;
    struct vv_ring *ring;
    char *all;               /* all references, where there are few; NULL: they pass by in blocks */
    struct vv_pick **picks;  /* [threads] each [capacity] and as much scratch */
    int32_t *crowded;        /* [n_crowded] local rows to be searched in float64 */
    int64_t n_crowded;
    int *n_list;             /* [n_crowded] */
    struct vv_wide **wide;   /* [threads]; NULL entries while no rank needs them */
    enum { AS_FOUND, BY_OWNER, BY_ROW } order; /* of candidates: so that those of a part lie together */
    int64_t n_evaluated;
    int64_t n_met; /* references that have passed by */
    double done, n_blocks;
};

/* Once a row is settled, its room is laid out anew: sums, then rows. */
static int most_candidates(const struct vv_shortlist *s)
{
    return (int)((size_t)s->capacity * sizeof(struct vv_candidate) /
                 (sizeof(double) + sizeof(int32_t)));
}

static double *sums_of(const struct vv_shortlist *s, int64_t i)
{
    return (double *)(void *)(s->items + i * s->capacity);
}

static int32_t *rows_of(const struct vv_shortlist *s, int64_t i)
{
    return (int32_t *)(void *)(sums_of(s, i) + most_candidates(s));
}

/* Picks rank after rank, as few as there are. rows: [n] */
static void lay_out_by_owner(const struct vv_layout *l, const struct vv_pick *picks, int n, int32_t *rows)
{
    for (int owner = 0, m = 0; owner < l->size; owner++) {
        const int64_t first = vv_layout_offset(l, owner), end = vv_layout_offset(l, owner + 1);
        for (int c = 0; c < n && m < n; c++) { /* written over until one belongs there */
            rows[m] = picks[c].index;
            m += picks[c].index >= first && picks[c].index < end;
        }
    }
}

/* Candidates of row i with empty sums, in the order that parts need. */
static void lay_out_row(const struct decision *d, int64_t i, struct vv_pick *picks)
{
    const struct vv_shortlist *const s = d->list;
    const int n = s->count[i];
    for (int c = 0; c < n; c++) {
        const int32_t row = s->items[i * s->capacity + c].index;
        picks[c] = (struct vv_pick){row, row};
    }
    if (d->order == BY_ROW) vv_pick_sort(picks, picks + s->capacity, n);
    double *const sums = sums_of(s, i);
    int32_t *const rows = rows_of(s, i);
    for (int c = 0; c < n; c++) sums[c] = 0.0;
    if (d->order == BY_OWNER) lay_out_by_owner(&d->task->references->layout, picks, n, rows);
    else
        for (int c = 0; c < n; c++) rows[c] = picks[c].index;
}

/* Visiting rows treated at a time. */
static int64_t rows_in_cache(const struct vv_task *t, int64_t n_cols)
{
    const double panel = (double)(n_cols < PANEL ? n_cols : PANEL);
    const double rows = CACHE / (panel * (double)vv_real_bytes(t->frame.type));
    return rows < 1.0 ? 1 : (int64_t)rows;
}

/* Whether all references stay in the cache: then every rank has them all, and goes through its lists once. */
static bool few(int64_t n, int64_t n_cols, enum vv_real type, bool on_disk)
{
    return !on_disk && (double)n * (double)n_cols * (double)vv_real_bytes(type) <= CACHE;
}

static bool few_references(const struct vv_task *t)
{
    return few(t->references->layout.n, t->frame.n_cols, t->frame.type, t->scratch != NULL);
}

/* Before anything is evaluated. */
static void prepare_rows(struct decision *d)
{
    const struct vv_task *const t = d->task;
    const struct vv_layout *const l = &t->references->layout;
    const int64_t most = vv_layout_most(l);
    const bool whole = rows_in_cache(t, t->frame.n_cols) >= most && t->window >= most; /* parts are blocks */
    d->order = few_references(t) ? AS_FOUND : whole && l->size <= FEW_OWNERS ? BY_OWNER : BY_ROW;
    d->n_crowded = 0;
    for (int64_t i = 0; i < d->list->n; i++) {
        if (d->list->count[i] > most_candidates(d->list)) {
            d->list->count[i] = VV_CROWDED;
            d->task->stats.n_crowded++;
        }
        d->n_crowded += d->list->count[i] == VV_CROWDED;
    }
}

static enum vv_status allocate(struct decision *d, bool any_crowded)
{
    struct vv_task *const t = d->task;
    const struct vv_layout *const l = &t->references->layout;
    const char *const what = "rows searched in float64";
    if (!(d->crowded = vv_mem_new(d->n_crowded, sizeof *d->crowded, what))) return VV_MEMORY;
    if (!(d->n_list = vv_mem_new(d->n_crowded, sizeof *d->n_list, what))) return VV_MEMORY;
    for (int64_t i = 0, n = 0; i < d->list->n; i++)
        if (d->list->count[i] == VV_CROWDED) d->crowded[n++] = (int32_t)i;
    const bool gather = l->size > 1 && few_references(t);
    const int64_t block = gather ? l->n : vv_layout_most(l), most = t->window < block ? t->window : block;
    if (any_crowded) VV_TRY(vv_blas_memory_probe(t->threads));
    for (int w = 0; any_crowded && w < t->threads; w++)
        VV_TRY(vv_wide_create(t->frame.n_cols, t->k, most, &d->wide[w]));
    if (gather && !(d->all = vv_mem_new_raw(l->n, vv_matrix_row_bytes(t->references), "all rows")))
        return VV_MEMORY;
    return vv_ring_create(t->comm, l, vv_matrix_row_bytes(t->references), 1, gather ? 1 : l->size, t->window,
                          &d->ring);
}

/* First candidate of a row that names row `number` or a later one. */
static int lower_bound(const int32_t *rows, int n, int64_t number)
{
    int low = 0, high = n;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (rows[middle] < number) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Rows [first, first + n) of the visiting block, features [k, k + n_k). */
struct part {
    const char *rows; /* row `first`, feature k */
    int64_t first, n; /* global */
    int64_t k, n_k;
    bool is_first, is_last; /* of all */
};

/* Adds the candidates of row i in a part; with the last of the features, sums become distances. Returns
 * the number that did. */
static int add_part(const struct decision *d, int64_t i, const struct part *part)
{
    const struct vv_task *const t = d->task;
    const struct vv_sums add = vv_direct_sums(t->kernel, t->metric);
    const size_t row_bytes = vv_matrix_row_bytes(t->references);
    const char *const x = (const char *)vv_matrix_row(t->queries, i) +
                          (size_t)part->k * vv_real_bytes(t->frame.type);
    const int32_t *const rows = rows_of(d->list, i);
    double *const sums = sums_of(d->list, i);
    const int n = d->list->count[i];
    const int begin = lower_bound(rows, n, part->first),
              end = lower_bound(rows, n, part->first + part->n);
    for (int c = begin, batch; c < end; c += batch) {
        batch = end - c < VV_BATCH ? end - c : VV_BATCH;
        const void *y[VV_BATCH] = {NULL};
        for (int b = 0; b < batch; b++)
            y[b] = part->rows + (size_t)(rows[c + b] - part->first) * row_bytes;
        if (t->frame.type == VV_FLOAT32)
            add.f32((const float *)(const void *)x,
                    (const float *const[VV_BATCH]){y[0], y[1], y[2], y[3]}, batch, part->n_k,
                    sums + c);
        else
            add.f64((const double *)(const void *)x,
                    (const double *const[VV_BATCH]){y[0], y[1], y[2], y[3]}, batch, part->n_k,
                    sums + c);
    }
    if (part->k + part->n_k < t->frame.n_cols) return 0;
    const size_t back = (size_t)part->k * vv_real_bytes(t->frame.type);
    for (int c = begin; c < end; c++)
        sums[c] = vv_direct_finish(t->metric, t->frame.type, x - back,
                                   part->rows + (size_t)(rows[c] - part->first) * row_bytes - back,
                                   t->frame.n_cols, sums[c]);
    return end - begin;
}

/* The candidates of row i with all their distances, in order. */
static void rank_row(const struct decision *d, int64_t i, struct vv_pick *picks)
{
    const int k = d->out->k, n = d->list->count[i];
    for (int c = 0; c < n; c++)
        picks[c] = (struct vv_pick){sums_of(d->list, i)[c], rows_of(d->list, i)[c]};
    vv_pick_sort(picks, picks + d->list->capacity, n);
    for (int p = 0; p < k; p++) {
        d->out->distance[i * k + p] = picks[p].value;
        d->out->index[i * k + p] = picks[p].index;
    }
}

/* All that a part has for row i, while its candidates are at hand. Returns the number that became distances. */
static int meet_part(const struct decision *d, int64_t i, const struct part *part, struct vv_pick *picks)
{
    if (d->list->count[i] == VV_CROWDED) return 0;
    if (part->is_first) lay_out_row(d, i, picks);
    const int n_evaluated = add_part(d, i, part);
    if (part->is_last) rank_row(d, i, picks);
    return n_evaluated;
}

static void tick(struct decision *d, double done)
{
    vv_ring_progress(d->ring);
    const double share = (d->done + done) / d->n_blocks;
    if (d->task->progress)
        vv_progress_tell(d->task->progress, VV_PROPOSING + (1.0 - VV_PROPOSING) * share, 1.0);
}

/* The own rows [begin, end) meet a part; returns the number of candidates that became distances. */
static int64_t meet_slice(const struct decision *d, int64_t begin, int64_t end, const struct part *part)
{
    int64_t n_evaluated = 0;
#pragma omp parallel for schedule(dynamic, 64) num_threads(d->task->threads) reduction(+ : n_evaluated)
    for (int64_t i = begin; i < end; i++) {
        vv_shortlist_prefetch(d->list, i + 1);
        n_evaluated += meet_part(d, i, part, d->picks[omp_get_thread_num()]);
    }
    vv_matrix_cool(d->task->queries, begin, end - begin);
    vv_shortlist_cool(d->list, begin, end - begin);
    return n_evaluated;
}

/* Evaluates all candidates in the visiting block, in parts that stay in the cache. */
static void evaluate(struct decision *d, const char *block, int64_t first, int64_t n)
{
    struct vv_task *const t = d->task;
    const int64_t d_cols = t->frame.n_cols, n_all = t->references->layout.n;
    const size_t value = vv_real_bytes(t->frame.type), row_bytes = (size_t)d_cols * value;
    for (int64_t k = 0; k < d_cols; k += PANEL) {
        const int64_t n_k = d_cols - k < PANEL ? d_cols - k : PANEL;
        const int64_t step = rows_in_cache(t, d_cols);
        const int64_t slice = t->queries->folder ? vv_matrix_stride(t->queries) : d->list->n;
        for (int64_t at = 0; at < n; at += step) {
            const int64_t n_at = n - at < step ? n - at : step;
            const struct part part = {.rows = block + (size_t)at * row_bytes + (size_t)k * value,
                                      .first = first + at,
                                      .n = n_at,
                                      .k = k,
                                      .n_k = n_k,
                                      .is_first = d->n_met + at + k == 0,
                                      .is_last = d->n_met + at + n_at == n_all && k + n_k == d_cols};
            for (int64_t i = 0; i < d->list->n; i += slice)
                d->n_evaluated += meet_slice(d, i, i + slice < d->list->n ? i + slice : d->list->n, &part);
            tick(d, (double)(k * n + (at + n_at) * n_k) / (double)(n * d_cols));
        }
    }
    d->n_met += n;
}

/* Rows [first, first + n) of all. */
static void meet_block(struct decision *d, const struct vv_wide_queries *queries, const char *rows, int64_t first,
                       int64_t n)
{
    evaluate(d, rows, first, n);
    const double begin = vv_clock_seconds();
    const struct vv_wide_block wide = {.rows = rows, .n = n, .first = first};
    d->n_evaluated += vv_wide_search(d->wide, d->task->threads, queries, &wide);
    d->task->stats.seconds_wide += vv_clock_seconds() - begin;
}

static void gather_all(struct decision *d)
{
    struct vv_task *const t = d->task;
    const struct vv_matrix *const m = t->references;
    const double begin = vv_clock_seconds();
    vv_comm_allgather_rows(t->comm, &m->layout, m->rows, vv_matrix_row_bytes(m), d->all);
    t->stats.seconds_wait += vv_clock_seconds() - begin;
    t->stats.bytes_sent += (double)(m->layout.size - 1) * (double)m->n_local * (double)vv_matrix_row_bytes(m);
}

/* One round: a window of the rows of every rank passes by. */
static void meet_round(struct decision *d, const struct vv_wide_queries *queries, int64_t window)
{
    struct vv_task *const t = d->task;
    const struct vv_matrix *const m = t->references;
    vv_ring_begin(d->ring, window < m->n_local ? vv_matrix_row(m, window) : m->rows, window);
    do {
        const int64_t first = vv_layout_offset(&m->layout, vv_ring_owner(d->ring)) + window;
        const int64_t n = vv_ring_rows(d->ring);
        const char *const block = vv_ring_block(d->ring);
        vv_ring_post(d->ring);
        meet_block(d, queries, block, first, n);
        d->done += 1.0;
    } while (vv_ring_turn(d->ring));
    if (window < m->n_local) vv_matrix_cool(m, window, t->window);
}

static void meet_all(struct decision *d)
{
    struct vv_task *const t = d->task;
    const struct vv_layout *const l = &t->references->layout;
    const int64_t most = vv_layout_most(l);
    const struct vv_wide_queries queries = {
        .frame = &t->wide_frame,
        .metric = t->metric,
        .sums = vv_direct_sums(t->kernel, t->metric),
        .rows = t->queries->rows,
        .row = d->crowded,
        .n = d->n_crowded,
        .first = t->same ? vv_layout_first(l) : -1,
        .n_list = d->n_list,
        .lists = d->out};
    d->n_blocks = d->all ? 1.0 : (double)l->size * (double)((most + t->window - 1) / t->window);
    if (d->all) {
        gather_all(d);
        meet_block(d, &queries, d->all, 0, l->n);
        return;
    }
    for (int64_t window = 0; window < most; window += t->window) meet_round(d, &queries, window);
}

enum vv_status vv_decide(struct vv_task *t, struct vv_shortlist *list, struct vv_neighbors *out)
{
    struct decision d = {.task = t, .list = list, .out = out};
    const double begin = vv_clock_seconds();
    const char *const what = "ranking of candidates";
    enum vv_status st = VV_OK;
    d.picks = vv_mem_new(t->threads, sizeof *d.picks, what);
    d.wide = vv_mem_new(t->threads, sizeof *d.wide, what);
    if (!d.picks || !d.wide) st = VV_MEMORY;
    for (int w = 0; !st && w < t->threads; w++)
        if (!(d.picks[w] = vv_mem_new(2 * (int64_t)list->capacity, sizeof **d.picks, what)))
            st = VV_MEMORY;
    if ((st = vv_agree(t->comm, st))) goto done;
    prepare_rows(&d);
    int64_t any_crowded = d.n_crowded;
    vv_comm_max_i64(t->comm, &any_crowded, 1);
    if ((st = vv_agree(t->comm, allocate(&d, any_crowded > 0)))) goto done;
    meet_all(&d);
    t->stats.n_evaluated += d.n_evaluated;
    t->stats.n_wide += d.n_crowded;
    t->stats.seconds_wait += vv_ring_seconds_waited(d.ring);
    t->stats.bytes_sent += vv_ring_bytes_sent(d.ring);
    t->stats.seconds_decide += vv_clock_seconds() - begin;
done:
    for (int w = 0; w < t->threads; w++) {
        if (d.picks) vv_mem_free(d.picks[w]);
        if (d.wide) vv_wide_destroy(&d.wide[w]);
    }
    vv_ring_destroy(&d.ring);
    vv_mem_free(d.all);
    vv_mem_free(d.picks);
    vv_mem_free(d.wide);
    vv_mem_free(d.crowded);
    vv_mem_free(d.n_list);
    return st;
}

double vv_decide_memory(const struct vv_search_size *size)
{
    const int64_t n_all = (size->n_others ? size->n_others : size->n_local) * size->ranks;
    const bool gather = few(n_all, size->n_cols, size->type, size->on_disk);
    const double blocks = size->ranks == 1 ? 0.0 : gather ? (double)size->ranks : size->ranks == 2 ? 1.0 : 2.0;
    const double row = (double)size->n_cols * (double)vv_real_bytes(size->type);
    const int capacity = vv_shortlist_capacity(size->k);
    const double list = (double)vv_shortlist_row_bytes(capacity);
    const int64_t met = size->n_others ? size->n_others : size->n_local;
    const int64_t window = size->on_disk && size->window < met ? size->window : met;
    const double spaces = size->threads * (2.0 * capacity * (double)sizeof(struct vv_pick) +
                                           vv_wide_memory(size->n_cols, size->k, window));
    const double n = (double)size->n_local;
    if (!size->on_disk) return spaces + blocks * (double)met * row + n * list;
    return spaces + (blocks + 1.0) * (double)window * row + 2.0 * VV_COOL_BYTES + VV_SLICE * list +
           n * (list - 8.0 * capacity);
}
