/* SPDX-License-Identifier: MIT */
#include "stages/imbalance/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "dist/agree.h"
#include "neighbors/ranks.h"

enum { ROWS_AT_ONCE = 2048 };

static int compare_positions(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

enum vv_status vv_parts_init(struct vv_parts *p, const int64_t *samples, int64_t n, int64_t size,
                             uint64_t seed)
{
    const bool whole = size == 0 || size >= n;
    *p = (struct vv_parts){.n = n, .samples = samples, .n_rows = whole ? n : size};
    p->n_parts = whole ? 1 : (int)(n / size);
    p->position = vv_mem_new(n, sizeof *p->position, "random parts");
    if (!p->position) return VV_MEMORY;
    for (int64_t i = 0; i < n; i++) p->position[i] = i;
    if (whole) return VV_OK;
    VV_TRY(vv_rng_order(seed, vv_rng_stream("imbalance/parts"), n, samples, p->position));
    for (int part = 0; part < p->n_parts; part++)
        qsort(p->position + part * size, (size_t)size, sizeof *p->position, compare_positions);
    return VV_OK;
}

void vv_parts_release(struct vv_parts *p)
{
    vv_mem_free(p->position);
    *p = (struct vv_parts){.n = 0};
}

enum vv_status vv_part_space_open(struct vv_part_space *s, const struct vv_parts *p)
{
    const struct vv_neighbors *const nb = s->space->table;
    if (!nb) return VV_OK;
    s->row = vv_mem_new(p->n, sizeof *s->row, "rows of samples");
    s->place = vv_mem_new(nb->layout.n, sizeof *s->place, "places in a part");
    if (!s->row || !s->place) return VV_MEMORY;
    for (int64_t i = 0, row = 0; i < p->n; i++) {
        while (vv_sample_of(nb->sample, row) < p->samples[i]) row++;
        s->row[i] = (int32_t)row;
    }
    return VV_OK;
}

void vv_part_space_close(struct vv_part_space *s)
{
    vv_mem_free(s->row);
    vv_mem_free(s->place);
    if (s->has_rows) vv_matrix_release(&s->rows);
    *s = (struct vv_part_space){.space = NULL};
}

static const int64_t *members(const struct vv_parts *p, int part)
{
    return p->position + part * p->n_rows;
}

static void mark_members(struct vv_part_space *s, const struct vv_parts *p, int part)
{
    const int64_t *const position = members(p, part);
    for (int64_t r = 0; r < s->space->table->layout.n; r++) s->place[r] = -1;
    for (int64_t i = 0; i < p->n_rows; i++) s->place[s->row[position[i]]] = (int32_t)i;
}

/* Whether a stored list can be expected to hold k members of a part, with a wide margin. */
static bool is_worth_reading(const struct vv_part_space *s, const struct vv_parts *p, int k)
{
    const struct vv_neighbors *const nb = s->space->table;
    if (!nb) return false;
    if (nb->k == nb->layout.n - 1) return true; /* a list of everybody */
    const double found = (double)nb->k * (double)p->n_rows / (double)nb->layout.n;
    return p->n_rows == nb->layout.n ? nb->k >= k : found >= k + 6.0 * sqrt(k) + 12.0;
}

/* What is done with the stored list of local row i of a part, turned into places: [n] members, nearest first. */
typedef void (*list_fn)(void *context, int64_t i, const int32_t *places, int n);

/* Local. Passes the stored lists of this rank's rows of a part on, a block of the table at a time. */
static enum vv_status each_list(struct vv_part_space *s, const struct vv_parts *p, int part, list_fn use,
                                void *context)
{
    const struct vv_neighbors *const nb = s->space->table;
    const int64_t *const position = members(p, part) + vv_layout_first(&p->layout);
    const int64_t n_local = vv_layout_local(&p->layout);
    int32_t *const index = vv_mem_new((int64_t)ROWS_AT_ONCE * nb->k, sizeof *index, "neighbors");
    enum vv_status st = index ? VV_OK : VV_MEMORY;
    if (!st) mark_members(s, p, part);
    for (int64_t i = 0; !st && i < n_local;) {
        const int64_t row = s->row[position[i]];
        int64_t end = i + 1;
        while (end < n_local && s->row[position[end]] < row + ROWS_AT_ONCE) end++;
        const int64_t n_rows = s->row[position[end - 1]] - row + 1;
        if ((st = vv_neighbors_read(nb, row, n_rows, nb->k, index, NULL))) break;
        for (; i < end; i++) {
            int32_t *const list = index + (s->row[position[i]] - row) * nb->k;
            int n = 0;
            for (int j = 0; j < nb->k; j++)
                if (s->place[list[j]] >= 0) list[n++] = s->place[list[j]];
            use(context, i, list, n);
        }
    }
    vv_mem_free(index);
    return st;
}

struct copying {
    int k;
    int32_t *list;
    int64_t complete;
};

static void copy_list(void *context, int64_t i, const int32_t *places, int n)
{
    struct copying *const it = context;
    if (n < it->k) it->complete = 0;
    else memcpy(it->list + i * it->k, places, (size_t)it->k * sizeof *places);
}

/* Collective. The rows of a part: the whole matrix itself, or gathered into *own. */
static enum vv_status rows_of(struct vv_comm *c, struct vv_part_space *s, const struct vv_parts *p, int part,
                              const char *scratch, struct vv_matrix *own, const struct vv_matrix **rows)
{
    *own = (struct vv_matrix){.rows = NULL};
    if (!s->has_rows) {
        s->has_rows = true; /* to be released also when reading fails */
        VV_TRY(vv_space_read(c, s->space, p->samples, p->n, scratch, &s->rows));
    }
    *rows = &s->rows;
    if (p->n_rows == p->n) return VV_OK;
    *rows = own;
    return vv_matrix_gather(c, &s->rows, members(p, part), p->n_rows, own);
}

/* Collective. */
static enum vv_status search(struct vv_comm *c, struct vv_part_space *s, const struct vv_parts *p, int part,
                             int k, const struct vv_parts_search *how, int32_t *list)
{
    const struct vv_search search = {.k = k, .metric = how->metric, .threads = how->threads,
                                     .scratch = how->scratch, .memory = how->memory};
    struct vv_matrix own;
    const struct vv_matrix *rows;
    struct vv_neighbors nb = {.k = 0};
    enum vv_status st = rows_of(c, s, p, part, how->scratch, &own, &rows);
    if (!st) st = vv_space_blame(s->space, vv_neighbors_search(c, rows, &search, &nb, NULL));
    if (!st) memcpy(list, nb.index, (size_t)(vv_layout_local(&p->layout) * k) * sizeof *list);
    s->n_searched++;
    vv_neighbors_release(&nb);
    vv_matrix_release(&own);
    return st;
}

enum vv_status vv_part_lists(struct vv_comm *c, struct vv_part_space *s, const struct vv_parts *p, int part,
                             int k, const struct vv_parts_search *how, int32_t *list)
{
    struct copying it = {.k = k, .list = list, .complete = 0};
    if (is_worth_reading(s, p, k)) {
        it.complete = 1;
        VV_TRY(vv_agree(c, each_list(s, p, part, copy_list, &it)));
        vv_comm_min_i64(c, &it.complete, 1);
    }
    return it.complete ? VV_OK : search(c, s, p, part, k, how, list);
}

struct looking {
    int n_targets;
    int32_t *target, *rank;
    int32_t *order; /* [n_rows] 1, 2, ... for those in the list at hand, else 0 */
};

static void look_up(void *context, int64_t i, const int32_t *places, int n)
{
    struct looking *const it = context;
    for (int j = 0; j < n; j++) it->order[places[j]] = j + 1;
    for (int t = 0; t < it->n_targets; t++) {
        const int64_t at = i * it->n_targets + t;
        if (it->order[it->target[at]] == 0) continue;
        it->rank[at] = it->order[it->target[at]];
        it->target[at] = -1; /* answered */
    }
    for (int j = 0; j < n; j++) it->order[places[j]] = 0;
}

enum vv_status vv_part_ranks(struct vv_comm *c, struct vv_part_space *s, const struct vv_parts *p, int part,
                             int n_targets, const struct vv_parts_search *how, int32_t *target, int32_t *rank)
{
    const struct vv_ranks ranks = {.metric = how->metric, .threads = how->threads, .n_targets = n_targets,
                                   .target = target, .rank = rank, .progress = NULL};
    struct looking it = {.n_targets = n_targets, .target = target, .rank = rank};
    struct vv_matrix own;
    const struct vv_matrix *rows;
    int64_t n_left = 0;
    if (is_worth_reading(s, p, 1)) {
        it.order = vv_mem_new(p->n_rows, sizeof *it.order, "orders of neighbors");
        enum vv_status st = it.order ? VV_OK : VV_MEMORY;
        if (!st) st = each_list(s, p, part, look_up, &it);
        vv_mem_free(it.order);
        VV_TRY(vv_agree(c, st));
    }
    for (int64_t t = 0; t < vv_layout_local(&p->layout) * n_targets; t++) n_left += target[t] >= 0;
    vv_comm_sum_i64(c, &n_left, 1);
    if (n_left == 0) return VV_OK;
    enum vv_status st = rows_of(c, s, p, part, how->scratch, &own, &rows);
    if (!st) st = vv_space_blame(s->space, vv_neighbors_ranks(c, rows, &ranks));
    s->n_counted++;
    vv_matrix_release(&own);
    return st;
}
