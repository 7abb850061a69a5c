/* SPDX-License-Identifier: MIT */
/* Lists of neighbors of all spaces first; then one space after the other takes the part of B, for all A at once:
 * one pass over its rows tells the ranks of everybody's neighbors. */
#include "stages/imbalance/compare.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/reduce.h"

/* One group of pairs: those with the same samples in common. */
struct group {
    struct vv_comm *comm;
    struct vv_comparison *all;
    const struct vv_groups *groups;
    int number;
    int64_t *samples;
    struct vv_parts parts;
    int64_t n_local; /* rows of each part here */
    int k;           /* neighbors that matter */
    int32_t **lists; /* [spaces][n_parts][n_local][k] places in the part; NULL: not needed */
    double done, total; /* passes, for progress */
};

static bool concerns(const struct group *g, int a, int b)
{
    const int n = g->all->n;
    return a != b && g->all->wanted[a * n + b] && g->groups->of[a * n + b] == g->number;
}

static bool is_source(const struct group *g, int a)
{
    for (int b = 0; b < g->all->n; b++)
        if (concerns(g, a, b)) return true;
    return false;
}

static int count_sources(const struct group *g, int b)
{
    int n = 0;
    for (int a = 0; a < g->all->n; a++) n += concerns(g, a, b);
    return n;
}

static void advance(struct group *g)
{
    g->done += 1.0;
    if (g->all->how.progress) vv_progress_tell(g->all->how.progress, g->done, g->total);
}

/* Collective. The neighbors in one space, in all parts. */
static enum vv_status make_lists(struct group *g, int a)
{
    const int64_t size = g->n_local * g->k;
    struct vv_part_space s = {.space = &g->all->spaces[a]};
    g->lists[a] = vv_mem_new(g->parts.n_parts * size, sizeof **g->lists, "neighbors in parts");
    enum vv_status st = g->lists[a] ? VV_OK : VV_MEMORY;
    if (!st) st = vv_part_space_open(&s, &g->parts);
    st = vv_agree(g->comm, st);
    for (int part = 0; !st && part < g->parts.n_parts; part++)
        st = vv_part_lists(g->comm, &s, &g->parts, part, g->k, &g->all->how, g->lists[a] + part * size);
    if (!st && g->all->log)
        vv_log_detail(g->all->log, "imbalance: space %d: lists of %lld of %d parts searched anew", a,
                      (long long)s.n_searched, g->parts.n_parts);
    vv_part_space_close(&s);
    advance(g);
    return st;
}

/* The neighbors in all spaces A that are compared with B, side by side. target: [n_local][n_sources k] */
static void collect_targets(const struct group *g, int b, int part, int n_sources, int32_t *target)
{
    int column = 0;
    for (int a = 0; a < g->all->n; a++) {
        if (!concerns(g, a, b)) continue;
        const int32_t *const list = g->lists[a] + part * g->n_local * g->k;
        for (int64_t i = 0; i < g->n_local; i++)
            memcpy(target + (i * n_sources + column) * g->k, list + i * g->k, (size_t)g->k * sizeof *list);
        column++;
    }
}

/* Work arrays of one space B. */
struct meeting {
    int n_sources;
    int32_t *target, *rank;        /* [n_local][n_sources][k] */
    struct vv_rank_tally *tallies; /* [n_sources][n_ks] */
    struct vv_imbalance *values;   /* [n_sources][n_ks][n_parts] */
};

static enum vv_status open_meeting(const struct group *g, int n_sources, struct meeting *m)
{
    const int64_t n = (int64_t)n_sources * g->n_local * g->k;
    *m = (struct meeting){.n_sources = n_sources};
    m->target = vv_mem_new(n, sizeof *m->target, "neighbors to be ranked");
    m->rank = vv_mem_new(n, sizeof *m->rank, "ranks");
    m->tallies = vv_mem_new((int64_t)n_sources * g->all->n_ks, sizeof *m->tallies, "sums of ranks");
    m->values = vv_mem_new((int64_t)n_sources * g->all->n_ks * g->parts.n_parts, sizeof *m->values,
                           "imbalances of parts");
    return m->target && m->rank && m->tallies && m->values ? VV_OK : VV_MEMORY;
}

static void close_meeting(struct meeting *m)
{
    vv_mem_free(m->target);
    vv_mem_free(m->rank);
    vv_mem_free(m->tallies);
    vv_mem_free(m->values);
}

/* Collective. One part of one space B. */
static enum vv_status rank_part(struct group *g, struct vv_part_space *s, int b, int part, struct meeting *m)
{
    const struct vv_comparison *const all = g->all;
    const int n_tallies = m->n_sources * all->n_ks;
    collect_targets(g, b, part, m->n_sources, m->target);
    VV_TRY(vv_part_ranks(g->comm, s, &g->parts, part, m->n_sources * g->k, &all->how, m->target, m->rank));
    memset(m->tallies, 0, (size_t)n_tallies * sizeof *m->tallies);
    for (int64_t i = 0; i < g->n_local; i++)
        for (int a = 0; a < m->n_sources; a++)
            vv_rank_tally_add(m->tallies + a * all->n_ks, m->rank + (i * m->n_sources + a) * g->k, g->k,
                              all->ks, all->n_ks);
    _Static_assert(sizeof(struct vv_rank_tally) == 2 * sizeof(struct vv_sum), "tallies are pairs of sums");
    vv_reduce_sums(g->comm, &m->tallies[0].sum, 2 * (int64_t)n_tallies);
    for (int t = 0; t < n_tallies; t++)
        m->values[t * g->parts.n_parts + part] = vv_imbalance_of(&m->tallies[t], g->parts.n_rows);
    return VV_OK;
}

static void keep_results(const struct group *g, int b, const struct meeting *m)
{
    const struct vv_comparison *const all = g->all;
    const int n = all->n;
    int column = 0;
    for (int a = 0; a < n; a++) {
        if (!concerns(g, a, b)) continue;
        for (int q = 0; q < all->n_ks; q++) {
            const struct vv_imbalance *const parts =
                m->values + (column * all->n_ks + q) * g->parts.n_parts;
            if (all->ks[q] <= g->k)
                all->result[(q * n + a) * n + b] = vv_imbalance_mean(parts, g->parts.n_parts);
        }
        column++;
    }
}

/* Collective. All wanted spaces A to one space B. */
static enum vv_status meet(struct group *g, int b)
{
    const int n_sources = count_sources(g, b);
    struct vv_part_space s = {.space = &g->all->spaces[b]};
    struct meeting m;
    enum vv_status st = open_meeting(g, n_sources, &m);
    if (!st) st = vv_part_space_open(&s, &g->parts);
    st = vv_agree(g->comm, st);
    for (int part = 0; !st && part < g->parts.n_parts; part++) st = rank_part(g, &s, b, part, &m);
    if (!st) keep_results(g, b, &m);
    if (!st && g->all->log)
        vv_log_detail(g->all->log, "imbalance: to space %d: ranks of %lld of %d parts counted", b,
                      (long long)s.n_counted, g->parts.n_parts);
    vv_part_space_close(&s);
    close_meeting(&m);
    advance(g);
    return st;
}

/* What is known without looking at rows: sizes, and the way from a space to itself. */
static void note_sizes(const struct group *g)
{
    const struct vv_comparison *const all = g->all;
    const int n = all->n;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            if (!all->wanted[a * n + b] || g->groups->of[a * n + b] != g->number) continue;
            all->n_rows[a * n + b] = g->parts.n_rows;
            all->n_parts[a * n + b] = g->parts.n_parts;
            for (int q = 0; a == b && q < all->n_ks; q++)
                all->result[(q * n + a) * n + b] = vv_imbalance_to_itself(all->ks[q], g->parts.n_rows);
        }
}

/* Collective. */
static enum vv_status compare_group(struct group *g)
{
    const struct vv_comparison *const all = g->all;
    int64_t n = 0;
    enum vv_status st = vv_groups_samples(g->groups, all->spaces, g->number, &g->samples, &n);
    if (!st) st = vv_parts_init(&g->parts, g->samples, n, all->part_rows, all->seed);
    VV_TRY(vv_agree(g->comm, st));
    g->parts.layout = vv_comm_layout(g->comm, g->parts.n_rows);
    g->n_local = vv_layout_local(&g->parts.layout);
    const int64_t others = g->parts.n_rows - 1;
    for (int q = 0; q < all->n_ks && all->ks[q] <= others; q++) g->k = (int)all->ks[q];
    note_sizes(g);
    if (g->k == 0) return VV_OK; /* nobody has so many neighbors */
    for (int a = 0; a < all->n; a++) g->total += is_source(g, a) + (count_sources(g, a) > 0);
    for (int a = 0; a < all->n; a++)
        if (is_source(g, a)) VV_TRY(make_lists(g, a));
    for (int b = 0; b < all->n; b++)
        if (count_sources(g, b) > 0) VV_TRY(meet(g, b));
    return VV_OK;
}

/* Collective. */
static enum vv_status compare_groups(struct vv_comm *c, struct vv_comparison *it, const struct vv_groups *groups)
{
    for (int number = 0; number < groups->n; number++) {
        struct group g = {.comm = c, .all = it, .groups = groups, .number = number};
        g.lists = vv_mem_new(it->n, sizeof *g.lists, "neighbors in parts");
        enum vv_status st = vv_agree(c, g.lists ? VV_OK : VV_MEMORY);
        if (!st) st = compare_group(&g);
        for (int a = 0; g.lists && a < it->n; a++) vv_mem_free(g.lists[a]);
        vv_mem_free(g.lists);
        vv_mem_free(g.samples);
        vv_parts_release(&g.parts);
        VV_TRY(st);
    }
    return VV_OK;
}

enum vv_status vv_imbalance_compare(struct vv_comm *c, struct vv_comparison *it)
{
    struct vv_groups groups;
    for (int i = 0; i < it->n_ks * it->n * it->n; i++)
        it->result[i] = (struct vv_imbalance){NAN, NAN};
    enum vv_status st = vv_agree(c, vv_groups_init(&groups, it->spaces, it->n, it->wanted));
    if (!st) st = compare_groups(c, it, &groups);
    vv_groups_release(&groups);
    return st;
}
