/* SPDX-License-Identifier: MIT */
#include "neighbors/shortlist.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

int vv_shortlist_capacity(int k)
{
    return 2 * k + k / 2 + 100; /* not a multiple of 512, where rows would share cache sets */
}

size_t vv_shortlist_row_bytes(int capacity)
{
    return (size_t)capacity * sizeof(struct vv_candidate) + 2 * sizeof(int) + sizeof(float);
}

enum vv_status vv_shortlist_init(struct vv_shortlist *s, const char *folder, int64_t n, int capacity)
{
    s->n = n;
    s->capacity = capacity;
    const char *const what = "candidates of the neighbor search";
    const bool ok =
        (s->items = vv_mem_new_in(folder, n, (size_t)capacity * sizeof *s->items, what)) &&
        (s->full = vv_mem_new(n, sizeof *s->full, what)) &&
        (s->count = vv_mem_new(n, sizeof *s->count, what)) &&
        (s->limit = vv_mem_new(n, sizeof *s->limit, what)) &&
        (s->locks = vv_mem_new(n / VV_TILE_ROWS + 1, sizeof *s->locks, what));
    if (!ok) return vv_error_last()->code;
    for (; s->n_locks < n / VV_TILE_ROWS + 1; s->n_locks++) omp_init_lock(&s->locks[s->n_locks]);
    return VV_OK;
}

void vv_shortlist_cool(const struct vv_shortlist *s, int64_t i, int64_t n)
{
    if (i + n > s->n) n = s->n - i;
    if (n > 0)
        vv_mem_cool(s->items, s->items + i * s->capacity,
                    (size_t)n * (size_t)s->capacity * sizeof *s->items);
}

void vv_shortlist_each(const struct vv_shortlist *s, int threads, vv_row_fn what, void *owner)
{
    for (int64_t first = 0; first < s->n; first += VV_SLICE) {
        const int64_t last = first + VV_SLICE < s->n ? first + VV_SLICE : s->n;
#pragma omp parallel for schedule(static) num_threads(threads)
        for (int64_t i = first; i < last; i++) {
            vv_shortlist_prefetch(s, i + 1);
            what(owner, i, omp_get_thread_num());
        }
        vv_shortlist_cool(s, first, VV_SLICE);
    }
}

void vv_shortlist_release(struct vv_shortlist *s)
{
    for (int64_t l = 0; l < s->n_locks; l++) omp_destroy_lock(&s->locks[l]);
    vv_mem_free(s->locks);
    vv_mem_free(s->items);
    vv_mem_free(s->full);
    vv_mem_free(s->count);
    vv_mem_free(s->limit);
    *s = (struct vv_shortlist){.items = NULL};
}

/* After the k nearest as many more again, but never beyond the capacity. */
static int when_full(const struct vv_shortlist *s, int kept)
{
    const int full = (kept > s->k ? kept : s->k) + s->k + 32;
    return full < s->capacity ? full : s->capacity;
}

void vv_shortlist_begin(struct vv_shortlist *s, int64_t n, const float *limit)
{
    for (int64_t i = 0; i < n; i++) {
        s->count[i] = 0;
        s->full[i] = when_full(s, 0);
        s->limit[i] = limit[i];
    }
}

void vv_shortlist_restore(struct vv_shortlist *s, int64_t i, const struct vv_candidate *from, int n, float limit)
{
    if (limit == -INFINITY) {
        vv_shortlist_give_up(s, i);
        return;
    }
    const float wider = isfinite(limit) ? vv_bound_limit(s->bound, limit, s->length[i], s->half[i]) : INFINITY;
    if (n > 0) memcpy(s->items + i * s->capacity, from, (size_t)n * sizeof *from);
    s->count[i] = n;
    s->full[i] = when_full(s, n);
    if (wider < s->limit[i]) s->limit[i] = wider;
}

void vv_shortlist_give_up(struct vv_shortlist *s, int64_t i)
{
    s->count[i] = 0;
    s->limit[i] = -INFINITY;
}

bool vv_shortlist_gave_up(const struct vv_shortlist *s, int64_t i)
{
    return s->limit[i] == -INFINITY;
}

/* The limit that the k-th of the candidates of row i allows. */
static float allowed(const struct vv_shortlist *s, int64_t i, float *scratch)
{
    const float kth = s->kernel->order(s->items + i * s->capacity, s->count[i], s->k, scratch);
    return vv_bound_limit(s->bound, kth, s->length[i], s->half[i]);
}

static void drop_above(struct vv_shortlist *s, int64_t i)
{
    s->count[i] = s->kernel->keep(s->items + i * s->capacity, s->count[i], s->limit[i]);
}

void vv_shortlist_tighten(struct vv_shortlist *s, int64_t i, float *scratch)
{
    if (s->count[i] < s->k) return;
    const float limit = allowed(s, i, scratch);
    if (limit < s->limit[i]) s->limit[i] = limit;
    drop_above(s, i);
}

void vv_shortlist_squeeze(struct vv_shortlist *s, int64_t i, float *scratch)
{
    vv_shortlist_tighten(s, i, scratch);
    if (s->count[i] > s->capacity - s->capacity / 8) vv_shortlist_give_up(s, i);
    s->full[i] = when_full(s, s->count[i]);
}

void vv_shortlist_take(struct vv_shortlist *s, int64_t i, const struct vv_candidate *from, int n, float *scratch)
{
    if (s->count[i] + n >= s->capacity || vv_shortlist_gave_up(s, i)) {
        for (int c = 0; c < n; c++) vv_shortlist_offer(s, i, from[c].value, from[c].index, scratch);
        return;
    }
    memcpy(s->items + i * s->capacity + s->count[i], from, (size_t)n * sizeof *from);
    s->count[i] += n;
    if (s->count[i] >= s->full[i]) s->full[i] = when_full(s, s->count[i]);
}

bool vv_shortlist_settle(struct vv_shortlist *s, int64_t i, float guess, float *scratch)
{
    const bool enough = s->count[i] >= s->k; /* not if it gave up */
    const float limit = enough ? allowed(s, i, scratch) : INFINITY;
    if (!(limit <= guess)) { /* also what is not a number */
        s->count[i] = VV_CROWDED;
        return false;
    }
    s->limit[i] = limit;
    drop_above(s, i);
    return true;
}
