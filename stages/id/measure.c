/* SPDX-License-Identifier: MIT */
#include "stages/id/measure.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/reduce.h"
#include "stages/id/gride.h"
#include "stages/id/twonn.h"

enum { ROWS_AT_ONCE = 256, MOST_STEPS = 100 };

enum vv_status vv_radii_init(struct vv_radii *r, const struct vv_neighbors *nb, int64_t most)
{
    *r = (struct vv_radii){.layout = nb->layout};
    while (r->n_orders <= VV_ID_MOST_SCALES && (int64_t)1 << r->n_orders <= most &&
           1 << r->n_orders <= nb->k)
        r->n_orders++;
    const int k = r->n_orders > 0 ? 1 << (r->n_orders - 1) : 0;
    const int64_t n_local = vv_layout_local(&nb->layout), first = vv_layout_first(&nb->layout);
    double *rows = vv_mem_new((int64_t)ROWS_AT_ONCE * k, sizeof *rows, "neighbor distances");
    r->length = vv_mem_new(n_local * r->n_orders, sizeof *r->length, "neighbor distances");
    enum vv_status st = rows && r->length ? VV_OK : VV_MEMORY;
    for (int64_t i0 = 0; !st && k > 0 && i0 < n_local; i0 += ROWS_AT_ONCE) {
        const int64_t n = i0 + ROWS_AT_ONCE < n_local ? ROWS_AT_ONCE : n_local - i0;
        if ((st = vv_neighbors_read(nb, first + i0, n, k, NULL, rows))) break;
        for (int o = 0; o < r->n_orders; o++)
            for (int64_t i = 0; i < n; i++)
                r->length[o * n_local + i0 + i] =
                    vv_neighbors_length(nb->metric, rows[i * k + (1 << o) - 1]);
    }
    vv_mem_free(rows);
    if (st) vv_radii_release(r);
    return st;
}

void vv_radii_release(struct vv_radii *r)
{
    vv_mem_free(r->length);
    *r = (struct vv_radii){.n_orders = 0};
}

/* Collective. The ratios of radius `scale` + 1 to radius `scale` of all rows, on all ranks, and the
 * mean of both radii over the rows used. mine: [n_local], all: [n] */
static void gather(struct vv_comm *c, const struct vv_radii *r, int scale, double *mine,
                   double *all, struct vv_id_estimate *e)
{
    const int64_t n_local = vv_layout_local(&r->layout);
    const double *const inner = r->length + scale * n_local, *const outer = inner + n_local;
    struct vv_sum sum = {.n_nan = 0};
    vv_id_excess(inner, outer, n_local, mine);
    e->n_used = 0;
    for (int64_t i = 0; i < n_local; i++) {
        if (mine[i] < 0.0) continue;
        vv_sum_add(&sum, inner[i]);
        vv_sum_add(&sum, outer[i]);
        e->n_used++;
    }
    vv_reduce_sums(c, &sum, 1);
    vv_comm_sum_i64(c, &e->n_used, 1);
    vv_comm_allgather_rows(c, &r->layout, mine, sizeof *mine, all);
    e->n_excluded = r->layout.n - e->n_used;
    e->distance = e->n_used > 0 ? vv_sum_value(&sum) / (2.0 * (double)e->n_used) : NAN;
}

/* Collective. Room for `gather`. */
static enum vv_status allocate(struct vv_comm *c, const struct vv_radii *r, double **mine,
                               double **all)
{
    *mine = vv_mem_new(vv_layout_local(&r->layout), sizeof **mine, "ratios");
    *all = vv_mem_new(r->layout.n, sizeof **all, "ratios of all rows");
    return vv_agree(c, *mine && *all ? VV_OK : VV_MEMORY);
}

static void miss_all(const struct vv_radii *r, struct vv_id_estimate *e)
{
    *e = (struct vv_id_estimate){.distance = NAN, .n_excluded = r->layout.n};
    vv_id_estimate_miss(e, VV_ID_FEW_NEIGHBORS);
}

enum vv_status vv_radii_twonn(struct vv_comm *c, const struct vv_radii *r, double fraction,
                              int n_groups, struct vv_id_estimate *fit, struct vv_id_estimate *ml)
{
    double *mine = NULL, *all = NULL;
    miss_all(r, fit);
    miss_all(r, ml);
    if (r->n_orders < 2) return VV_OK;
    enum vv_status st = allocate(c, r, &mine, &all);
    if (st) goto done;
    gather(c, r, 0, mine, all, fit);
    ml->distance = fit->distance;
    st = vv_agree(c, vv_twonn_estimate(all, r->layout.n, fraction, n_groups, fit, ml));
done:
    vv_mem_free(mine);
    vv_mem_free(all);
    return st;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Puts the kept rows first and turns all into ln mu; returns the number kept. excess: [n] */
static int64_t keep(double *excess, int64_t n, double limit)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!(excess[i] < limit)) continue;
        const double e = excess[i];
        excess[i] = excess[kept];
        excess[kept++] = e;
    }
    for (int64_t i = 0; i < n; i++) excess[i] = log1p(excess[i]);
    return kept;
}

/* Collective. The sums at d over all ranks: sums[0] score, sums[1] curvature. log_mu: [n] */
static void sums_at(struct vv_comm *c, const double *log_mu, int64_t n, double d, double sums[2])
{
    struct vv_gride_sums s = {.score = {.n_nan = 0}};
    vv_gride_add(log_mu, n, d, &s);
    _Static_assert(sizeof s == 2 * sizeof(struct vv_sum), "two sums without a gap");
    vv_reduce_sums(c, &s.score, 2);
    sums[0] = vv_sum_value(&s.score);
    sums[1] = vv_sum_value(&s.curvature);
}

/* Collective. The root; NaN when the iteration does not settle. log_mu: [n] of this rank's kept rows */
static double solve(struct vv_comm *c, const struct vv_gride *g, const double *log_mu, int64_t n)
{
    double d = vv_gride_begin(g);
    if (g->order == 1) return d;
    for (int step = 0; step < MOST_STEPS; step++) {
        double sums[2];
        sums_at(c, log_mu, n, d, sums);
        const double next = vv_gride_next(g, d, sums[0], sums[1]);
        if (!(fabs(next - d) > 1e-13 * d)) return next;
        d = next;
    }
    return NAN;
}

/* Collective. From the ratios of this rank and, sorted, of all. mine: [n_local], sorted: [n_used] */
static void estimate(struct vv_comm *c, int order, double *mine, int64_t n_local,
                     const double *sorted, struct vv_id_estimate *e, int64_t *n_filtered)
{
    int spreads = 0;
    const double limit = e->n_used >= 2 ? vv_gride_limit(sorted, e->n_used, &spreads) : 0.0;
    if (!spreads) {
        vv_id_estimate_miss(e, e->n_used < 2 ? VV_ID_FEW_ROWS : VV_ID_SAME_RATIOS);
        return;
    }
    const int64_t n = vv_id_excess_pack(mine, n_local), n_kept = keep(mine, n, limit);
    struct vv_gride g = {.order = order, .n_kept = n_kept};
    vv_comm_sum_i64(c, &g.n_kept, 1);
    g.c = (double)g.n_kept - 1.0;
    g.sum_logs = vv_reduce_sum(c, mine, n_kept);
    if (n_filtered) *n_filtered = e->n_used - g.n_kept;
    const double d = solve(c, &g, mine, n_kept);
    double sums[2];
    sums_at(c, mine, n, d, sums);
    vv_id_estimate_set(e, d, vv_gride_error(order, d, e->n_used, sums[1]));
}

enum vv_status vv_radii_gride(struct vv_comm *c, const struct vv_radii *r, int scale,
                              struct vv_id_estimate *e, int64_t *n_filtered)
{
    double *mine = NULL, *all = NULL;
    miss_all(r, e);
    if (n_filtered) *n_filtered = 0;
    if (scale + 1 >= r->n_orders) return VV_OK;
    const enum vv_status st = allocate(c, r, &mine, &all);
    if (st) goto done;
    gather(c, r, scale, mine, all, e);
    vv_id_excess_pack(all, r->layout.n);
    qsort(all, (size_t)e->n_used, sizeof *all, compare);
    estimate(c, 1 << scale, mine, vv_layout_local(&r->layout), all, e, n_filtered);
done:
    vv_mem_free(mine);
    vv_mem_free(all);
    return st;
}
