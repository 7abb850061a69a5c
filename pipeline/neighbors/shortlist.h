/* SPDX-License-Identifier: MIT */
/* The candidates of a set of rows: for each row a bounded list of pairs the kernels proposed, and the
 * limit that values must stay below to be worth keeping. A limit only falls, and never so far that
 * one of the k nearest could be lost (bound.h), with one exception: the limit a row starts with may be
 * a guess from a sample, which vv_shortlist_settle puts to the test. */
#ifndef VV_NEIGHBORS_SHORTLIST_H
#define VV_NEIGHBORS_SHORTLIST_H

#include <omp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "neighbors/bound.h"
#include "neighbors/kernel.h"

enum { VV_SLICE = 4096 };  /* rows dealt with before their memory may be given back */
enum { VV_CROWDED = -1 }; /* count of a settled row whose candidates are not to be relied on */

struct vv_shortlist {
    int64_t n;
    int k;         /* order that limits are taken from; may be smaller than the k of the search */
    int capacity;  /* candidates a row can hold */
    struct vv_candidate *items; /* [n][capacity] */
    int *full;     /* [n] the count that makes it worth while to lower the limit */
    int *count;    /* [n]; VV_CROWDED only once settled */
    float *limit;  /* [n]; -infinity: the row has given up and takes nothing */
    const float *length, *half; /* [n] of the rows, borrowed */
    const struct vv_bound *bound;
    const struct vv_kernel *kernel;
    omp_lock_t *locks; /* [tiles of VV_TILE_ROWS rows] held while a tile's rows change */
    int64_t n_locks;
};

/* Local. Room for n rows, in a file of `folder` unless that is NULL; the members borrowed and k are set by
 * the caller. */
enum vv_status vv_shortlist_init(struct vv_shortlist *s, const char *folder, int64_t n, int capacity);
void vv_shortlist_release(struct vv_shortlist *s);

/* Local. Bytes a row of a shortlist takes; capacity for k neighbors. */
size_t vv_shortlist_row_bytes(int capacity);
int vv_shortlist_capacity(int k);

/* Local. Gives the memory of rows [i, i + n) back if they are in a file. */
void vv_shortlist_cool(const struct vv_shortlist *s, int64_t i, int64_t n);

/* Local. Asks for the candidates of row i, soon to be read: rows lie too far apart for the processor to see
 * them coming. */
static inline void vv_shortlist_prefetch(const struct vv_shortlist *s, int64_t i)
{
    const int line = 64 / sizeof(struct vv_candidate);
    for (int c = 0; i < s->n && c < s->count[i]; c += line)
        __builtin_prefetch(s->items + i * s->capacity + c, 1);
}

/* Local. Calls what(owner, i, thread) for all rows, by several threads, giving memory back as it goes. */
typedef void (*vv_row_fn)(void *owner, int64_t i, int thread);
void vv_shortlist_each(const struct vv_shortlist *s, int threads, vv_row_fn what, void *owner);

/* Local. Empties rows [0, n) and gives them these limits. limit: [n] */
void vv_shortlist_begin(struct vv_shortlist *s, int64_t n, const float *limit);

/* Local. Lowers the limit of row i to what its k-th candidate allows and drops what lies above.
 * scratch: [VV_SELECT_SCRATCH(capacity)] */
void vv_shortlist_tighten(struct vv_shortlist *s, int64_t i, float *scratch);

/* Local. Lowers the limit of row i, which is full. */
void vv_shortlist_squeeze(struct vv_shortlist *s, int64_t i, float *scratch);

/* Local. Row i has these candidates and accepts what it accepted when they were saved, or what another kernel may
 * make of that. from: [n], n < capacity */
void vv_shortlist_restore(struct vv_shortlist *s, int64_t i, const struct vv_candidate *from, int n, float limit);

/* Local. Offers row i candidates that another list kept for it, unseen where there is room for all. from: [n];
 * scratch: as above */
void vv_shortlist_take(struct vv_shortlist *s, int64_t i, const struct vv_candidate *from, int n, float *scratch);

/* Local. Row i has more candidates than float32 can tell apart: it forgets them and takes no more. / Has
 * it? */
void vv_shortlist_give_up(struct vv_shortlist *s, int64_t i);
bool vv_shortlist_gave_up(const struct vv_shortlist *s, int64_t i);

/* Local. At the end: tightens row i and tells whether its candidates are sure to contain the k nearest,
 * `guess` being the limit the row began with, the lowest if it began several times; if not, its count becomes
 * VV_CROWDED. */
bool vv_shortlist_settle(struct vv_shortlist *s, int64_t i, float guess, float *scratch);

/* Local. Offers a candidate to row i, whose tile is locked; without a branch, as there is no telling what a
 * candidate will be. scratch: [VV_SELECT_SCRATCH(capacity)] */
static inline void vv_shortlist_offer(struct vv_shortlist *s, int64_t i, float value, int32_t index,
                                      float *scratch)
{
    const int n = s->count[i];
    s->items[i * s->capacity + n] = (struct vv_candidate){value, index};
    s->count[i] = n + (value <= s->limit[i]);
    if (s->count[i] == s->full[i]) vv_shortlist_squeeze(s, i, scratch);
}

#endif
