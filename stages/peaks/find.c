/* SPDX-License-Identifier: MIT */
/* Advanced Density Peaks up to the saddles (d'Errico, Facco, Laio, Rodriguez, Inf. Sci. 560:476, 2021). With
 * g = log density - its error:
 *   1. Putative center: no row among its first k* neighbors has a larger g.
 *   2. It is removed if it is among the first k* neighbors of a row of larger g; of these, the one of largest g is
 *      its heir (ties: the first). Here each row looks through its own neighbors, and one reduction over centers
 *      finds heirs: no lists are inverted, and memory is one entry a center.
 *   3. Rows, in order of decreasing g, ties by index, take the cluster of the first of all their neighbors that has
 *      one. What has one at that turn are the rows that precede, and all centers: so the first such neighbor is
 *      known at once, a parent, and clusters follow by going up a forest. A row without a parent has no larger g
 *      around: it is a removed center. It goes with the heir of largest g of the removed centers among its neighbors
 *      and itself; where an heir is a removed center, with that one's heir. Heirs have larger g: there is no circle.
 *   4. A row of cluster a, not a center, whose first neighbor of another cluster b among its first k* is q, is on the
 *      border if, among the neighbors of q, it comes before all other rows of a. The saddle of a and b is the border
 *      row of largest g from either side.
 * g is not shifted to be positive, as in the reference, so nothing depends on Z.
 * Communication: g, parents and centers to all ranks, 13 bytes a row; one question a row about q. */
#include "stages/peaks/find.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/ask.h"

/* Everything of a layer while its peaks are sought. Centers are putative ones, numbered by row. */
struct search {
    struct vv_comm *comm;
    const struct vv_neighbors *nb;
    const struct vv_heights *heights;
    int64_t n, n_local, first;
    double *g;         /* [n] NaN: no density */
    int32_t *parent;   /* [n] */
    int32_t *center;   /* [n] number of the center at a row, -1: none; later the cluster of a row */
    int64_t n_centers;
    int64_t *row;      /* [n_centers] */
    int64_t *heir;     /* [n_centers] row; -1: not removed */
};

static int reach(const struct search *s, int64_t i)
{
    return s->heights->k[i] < s->nb->k ? (int)s->heights->k[i] : s->nb->k;
}

static const int32_t *neighbors_of(const struct search *s, int64_t i)
{
    return s->nb->index + i * s->nb->k;
}

static bool defined(const struct search *s, int64_t row)
{
    return !isnan(s->g[row]);
}

/* Collective. g of all rows. */
static enum vv_status share_g(struct search *s, int64_t *n_undefined)
{
    double *const mine = vv_mem_new(s->n_local, sizeof *mine, "g of this rank's rows");
    s->g = vv_mem_new_raw(s->n, sizeof *s->g, "g of all rows");
    const enum vv_status st = vv_agree(s->comm, mine && s->g ? VV_OK : VV_MEMORY);
    for (int64_t i = 0; !st && i < s->n_local; i++) mine[i] = s->heights->value[i] - s->heights->std_error[i];
    if (!st) vv_comm_allgather_rows(s->comm, &s->nb->layout, mine, sizeof *mine, s->g);
    for (int64_t i = 0; !st && i < s->n; i++) *n_undefined += !defined(s, i);
    vv_mem_free(mine);
    return st;
}

static bool is_maximum(const struct search *s, int64_t i)
{
    const int32_t *const others = neighbors_of(s, i);
    if (!defined(s, s->first + i)) return false;
    for (int j = 0; j < reach(s, i); j++)
        if (s->g[others[j]] > s->g[s->first + i]) return false;
    return true;
}

/* Collective. Step 1. */
static enum vv_status find_centers(struct search *s)
{
    uint8_t *const mine = vv_mem_new(s->n_local, sizeof *mine, "centers"), *all = vv_mem_new(s->n, 1, "centers");
    s->center = vv_mem_new_raw(s->n, sizeof *s->center, "centers");
    enum vv_status st = vv_agree(s->comm, mine && all && s->center ? VV_OK : VV_MEMORY);
    for (int64_t i = 0; !st && i < s->n_local; i++) mine[i] = is_maximum(s, i);
    if (!st) vv_comm_allgather_rows(s->comm, &s->nb->layout, mine, 1, all);
    for (int64_t i = 0; !st && i < s->n; i++) s->center[i] = all[i] ? (int32_t)s->n_centers++ : -1;
    if (!st) {
        s->row = vv_mem_new(s->n_centers, sizeof *s->row, "rows of centers");
        s->heir = vv_mem_new(s->n_centers, sizeof *s->heir, "heirs of centers");
        st = vv_agree(s->comm, s->row && s->heir ? VV_OK : VV_MEMORY);
    }
    for (int64_t i = 0; !st && i < s->n; i++)
        if (all[i]) s->row[s->center[i]] = i;
    vv_mem_free(mine);
    vv_mem_free(all);
    return st;
}

/* The best heirs that this rank's rows offer. best: [n_centers] g, -infinity: none */
static void offer_heirs(const struct search *s, double *best, int64_t *heir)
{
    for (int64_t c = 0; c < s->n_centers; c++) {
        best[c] = -INFINITY;
        heir[c] = INT64_MAX;
    }
    for (int64_t i = 0; i < s->n_local; i++) {
        const double g = s->g[s->first + i];
        const int32_t *const others = neighbors_of(s, i);
        if (!defined(s, s->first + i)) continue;
        for (int j = 0; j < reach(s, i); j++) {
            const int32_t c = s->center[others[j]];
            if (c < 0 || !(g > s->g[others[j]]) || !(g > best[c])) continue;
            best[c] = g;
            heir[c] = s->first + i;
        }
    }
}

/* Collective. Step 2. */
static enum vv_status remove_centers(struct search *s)
{
    double *const mine = vv_mem_new(s->n_centers, sizeof *mine, "g of heirs");
    double *const best = vv_mem_new(s->n_centers, sizeof *best, "g of heirs");
    const enum vv_status st = vv_agree(s->comm, mine && best ? VV_OK : VV_MEMORY);
    if (!st) {
        offer_heirs(s, mine, s->heir);
        memcpy(best, mine, (size_t)s->n_centers * sizeof *best);
        vv_comm_max_f64(s->comm, best, s->n_centers);
        for (int64_t c = 0; c < s->n_centers; c++)
            if (mine[c] != best[c]) s->heir[c] = INT64_MAX;
        vv_comm_min_i64(s->comm, s->heir, s->n_centers);
        for (int64_t c = 0; c < s->n_centers; c++)
            if (isinf(best[c])) s->heir[c] = -1;
    }
    vv_mem_free(mine);
    vv_mem_free(best);
    return st;
}

/* The heir of a removed center that is no removed center itself. */
static int64_t last_heir(const struct search *s, int32_t center)
{
    int64_t p = s->heir[center];
    while (s->center[p] >= 0 && s->heir[s->center[p]] >= 0) p = s->heir[s->center[p]];
    return p;
}

static bool is_peak(const struct search *s, int64_t row)
{
    return s->center[row] >= 0 && s->heir[s->center[row]] < 0;
}

static bool precedes(const struct search *s, int64_t a, int64_t b)
{
    if (s->g[a] != s->g[b]) return s->g[a] > s->g[b];
    return a < b;
}

/* Step 3, for a row that nothing around it precedes. */
static int64_t parent_by_heirs(const struct search *s, int64_t i)
{
    const int64_t row = s->first + i;
    int64_t best = last_heir(s, s->center[row]);
    for (int j = 0; j < s->nb->k; j++) {
        const int32_t c = s->center[neighbors_of(s, i)[j]];
        if (c < 0 || s->heir[c] < 0) continue;
        const int64_t p = last_heir(s, c);
        if (precedes(s, p, best)) best = p;
    }
    return best;
}

static int64_t parent_of(const struct search *s, int64_t i)
{
    const int64_t row = s->first + i;
    const int32_t *const others = neighbors_of(s, i);
    if (!defined(s, row)) return -1;
    if (is_peak(s, row)) return row;
    for (int j = 0; j < s->nb->k; j++)
        if (precedes(s, others[j], row) || is_peak(s, others[j])) return others[j];
    return parent_by_heirs(s, i);
}

/* Collective. Parents of all rows; a peak is its own. */
static enum vv_status share_parents(struct search *s)
{
    int32_t *const mine = vv_mem_new(s->n_local, sizeof *mine, "parents of this rank's rows");
    s->parent = vv_mem_new_raw(s->n, sizeof *s->parent, "parents of all rows");
    const enum vv_status st = vv_agree(s->comm, mine && s->parent ? VV_OK : VV_MEMORY);
    for (int64_t i = 0; !st && i < s->n_local; i++) mine[i] = (int32_t)parent_of(s, i);
    if (!st) vv_comm_allgather_rows(s->comm, &s->nb->layout, mine, sizeof *mine, s->parent);
    vv_mem_free(mine);
    return st;
}

/* Numbers the peaks by row, and turns `center` into clusters by going up the forest; what was met on the way up takes
 * the cluster on a second walk, so every row is walked over twice at most. */
static void climb(struct search *s, int64_t *n_peaks)
{
    int32_t *const cluster = s->center;
    for (int64_t i = 0; i < s->n; i++) cluster[i] = -1; /* centers are known by their rows */
    for (int64_t c = 0; c < s->n_centers; c++)
        if (s->heir[c] < 0) cluster[s->row[c]] = (int32_t)(*n_peaks)++;
    for (int64_t i = 0; i < s->n; i++) {
        int64_t top = i;
        if (s->parent[i] < 0) continue;
        while (cluster[top] < 0) top = s->parent[top];
        for (int64_t at = i; cluster[at] < 0; at = s->parent[at]) cluster[at] = cluster[top];
    }
}

/* Collective. Heights of the peaks, which one rank each knows. */
static enum vv_status share_peaks(const struct search *s, struct vv_topography *t)
{
    double *const values = vv_mem_new(2 * t->n_peaks, sizeof *values, "peaks");
    t->peaks = vv_mem_new(t->n_peaks, sizeof *t->peaks, "peaks");
    const enum vv_status st = vv_agree(s->comm, values && t->peaks ? VV_OK : VV_MEMORY);
    int64_t at = 0;
    for (int64_t c = 0; !st && c < s->n_centers; c++) {
        if (s->heir[c] >= 0) continue;
        const int64_t i = s->row[c] - s->first;
        const bool here = i >= 0 && i < s->n_local;
        t->peaks[at].row = s->row[c];
        values[2 * at] = here ? s->heights->value[i] : -INFINITY;
        values[2 * at + 1] = here ? s->heights->std_error[i] : -INFINITY;
        at++;
    }
    if (!st) vv_comm_max_f64(s->comm, values, 2 * t->n_peaks);
    for (int64_t p = 0; !st && p < t->n_peaks; p++) {
        t->peaks[p].height = values[2 * p];
        t->peaks[p].std_error = values[2 * p + 1];
    }
    vv_mem_free(values);
    return st;
}

/* Whether row `what` comes before all other rows of its cluster among the neighbors of the row asked about. */
static enum vv_status answer(void *state, int64_t n, const struct vv_question *questions, double *answers)
{
    const struct search *const s = state;
    for (int64_t q = 0; q < n; q++) {
        const int32_t row = questions[q].what, *const others = neighbors_of(s, questions[q].row - s->first);
        int j = 0;
        while (j < s->nb->k && others[j] != row && s->center[others[j]] != s->center[row]) j++;
        answers[q] = j == s->nb->k || others[j] == row;
    }
    return VV_OK;
}

/* The first neighbor within k* in another cluster; -1: none. `center` holds clusters by now. */
static int64_t across(const struct search *s, int64_t i)
{
    const int32_t own = s->center[s->first + i], *const others = neighbors_of(s, i);
    if (own < 0 || s->parent[s->first + i] == s->first + i) return -1;
    for (int j = 0; j < reach(s, i); j++)
        if (s->center[others[j]] >= 0 && s->center[others[j]] != own) return others[j];
    return -1;
}

static struct vv_border border_at(const struct search *s, int32_t row, int32_t other)
{
    const int64_t i = row - s->first;
    const int32_t own = s->center[row], theirs = s->center[other];
    return (struct vv_border){.from = own,
                              .saddle = {.a = own < theirs ? own : theirs,
                                         .b = own < theirs ? theirs : own,
                                         .row = row,
                                         .height = s->heights->value[i],
                                         .std_error = s->heights->std_error[i],
                                         .g = s->g[row]}};
}

/* Collective. Step 4 on this rank: the best border row of each pair. borders: [n_local] */
static enum vv_status find_borders(struct search *s, struct vv_border *borders, int64_t *n)
{
    enum { BLOCK = 1 << 18 };
    const int64_t all = vv_layout_most(&s->nb->layout), most = all < BLOCK ? all : BLOCK;
    struct vv_question *const questions = vv_mem_new_raw(most, sizeof *questions, "questions about borders");
    double *const answers = vv_mem_new_raw(most, sizeof *answers, "answers about borders");
    enum vv_status st = vv_agree(s->comm, questions && answers ? VV_OK : VV_MEMORY);
    *n = 0;
    for (int64_t i0 = 0; !st && i0 < all; i0 += most) {
        int64_t m = 0;
        for (int64_t i = i0; i < i0 + most && i < s->n_local; i++) {
            const int64_t other = across(s, i);
            if (other < 0) continue;
            questions[m++] = (struct vv_question){.row = (int32_t)other, .what = (int32_t)(s->first + i)};
        }
        st = vv_ask(s->comm, &s->nb->layout, m, questions, answer, s, answers);
        for (int64_t q = 0; !st && q < m; q++)
            if (answers[q] != 0.0) borders[(*n)++] = border_at(s, questions[q].what, questions[q].row);
    }
    vv_mem_free(questions);
    vv_mem_free(answers);
    if (!st) *n = vv_saddles_reduce(borders, *n);
    return st;
}

/* Collective. The borders of all ranks. */
static enum vv_status gather(struct vv_comm *c, const struct vv_border *mine, int64_t n, struct vv_border **all,
                             int64_t *n_all)
{
    const int size = vv_comm_size(c);
    int64_t *const counts = vv_mem_new(size, sizeof *counts, "numbers of saddles");
    enum vv_status st = vv_agree(c, counts ? VV_OK : VV_MEMORY);
    *n_all = 0;
    if (!st) vv_comm_allgather(c, &n, sizeof n, counts);
    for (int r = 0; !st && r < size; r++) *n_all += counts[r];
    if (!st) {
        *all = vv_mem_new_raw(*n_all, sizeof **all, "saddles of all ranks");
        st = vv_agree(c, *all ? VV_OK : VV_MEMORY);
    }
    int64_t at = 0;
    for (int r = 0; !st && r < size; r++) {
        if (r == vv_comm_rank(c)) memcpy(*all + at, mine, (size_t)n * sizeof *mine);
        if (counts[r] > 0) vv_comm_bcast(c, *all + at, (size_t)counts[r] * sizeof **all, r);
        at += counts[r];
    }
    vv_mem_free(counts);
    return st;
}

/* Collective. */
static enum vv_status find_saddles(struct search *s, struct vv_topography *t)
{
    struct vv_border *const mine = vv_mem_new_raw(s->n_local, sizeof *mine, "border rows"), *all = NULL;
    int64_t n = 0, n_all = 0;
    enum vv_status st = vv_agree(s->comm, mine ? VV_OK : VV_MEMORY);
    if (!st) st = find_borders(s, mine, &n);
    if (!st) st = gather(s->comm, mine, n, &all, &n_all);
    vv_mem_free(mine);
    if (!st) {
        t->n_saddles = vv_saddles_reduce(all, n_all);
        t->saddles = vv_mem_new(t->n_saddles, sizeof *t->saddles, "saddles");
        st = vv_agree(s->comm, t->saddles ? VV_OK : VV_MEMORY);
    }
    for (int64_t e = 0; !st && e < t->n_saddles; e++) t->saddles[e] = all[e].saddle;
    vv_mem_free(all);
    return st;
}

enum vv_status vv_topography_find(struct vv_comm *c, const struct vv_neighbors *nb, const struct vv_heights *heights,
                                  struct vv_topography *t)
{
    struct search s = {.comm = c, .nb = nb, .heights = heights, .n = nb->layout.n,
                       .n_local = vv_layout_local(&nb->layout), .first = vv_layout_first(&nb->layout)};
    *t = (struct vv_topography){.n_peaks = 0};
    enum vv_status st = s.n_local > 0 && nb->k > 0 && !nb->index
                            ? vv_fail(VV_BUG, "the neighbor table is not in memory") : VV_OK;
    st = vv_agree(c, st);
    if (!st) st = share_g(&s, &t->n_undefined);
    if (!st) st = find_centers(&s);
    if (!st) st = remove_centers(&s);
    if (!st) st = share_parents(&s);
    if (!st) climb(&s, &t->n_peaks);
    if (!st) st = share_peaks(&s, t);
    if (!st) st = find_saddles(&s, t);
    t->n_putative = s.n_centers;
    t->cluster = s.center;
    vv_mem_free(s.g);
    vv_mem_free(s.parent);
    vv_mem_free(s.row);
    vv_mem_free(s.heir);
    if (st) vv_topography_release(t);
    return st;
}

void vv_topography_release(struct vv_topography *t)
{
    vv_mem_free(t->peaks);
    vv_mem_free(t->saddles);
    vv_mem_free(t->cluster);
    *t = (struct vv_topography){.n_peaks = 0};
}
