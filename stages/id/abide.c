/* SPDX-License-Identifier: MIT */
/* k* needs, for row i and its j-th neighbor J, the distance of J to its own neighbor j - 1: one column of the
 * table at a time is gathered from all ranks, and the logarithms of the ratios are kept, for they do not depend
 * on the dimension. After that iterations are local, but for two small histograms. All sums are of integers. */
#include "stages/id/abide.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/reduce.h"
#include "neighbors/kstar.h"
#include "stages/id/binomial.h"

enum { ROWS_AT_ONCE = 256 };

struct lists {
    struct vv_layout layout;
    int64_t n_local;
    int k;
    double *length;    /* [n_local][k] */
    int32_t *index;    /* [n_local][k]; given back once the ratios are known */
    double *log_ratio; /* [n_local][k] as in kstar.h */
    int *kstar;        /* [n_local]; 0: left out */
    struct vv_binomial found;
};

static void release(struct lists *l)
{
    vv_mem_free(l->length);
    vv_mem_free(l->index);
    vv_mem_free(l->log_ratio);
    vv_mem_free(l->kstar);
    vv_mem_free(l->found.kstars);
    vv_mem_free(l->found.inside);
}

static enum vv_status load(const struct vv_neighbors *nb, struct lists *l)
{
    const int64_t n = l->n_local = vv_layout_local(&nb->layout), first = vv_layout_first(&nb->layout);
    const int k = l->k = l->found.k = nb->k;
    l->layout = nb->layout;
    l->length = vv_mem_new(n * k, sizeof *l->length, "neighbor distances");
    l->index = vv_mem_new(n * k, sizeof *l->index, "neighbors");
    l->log_ratio = vv_mem_new(n * k, sizeof *l->log_ratio, "ratios of neighbor distances");
    l->kstar = vv_mem_new(n, sizeof *l->kstar, "sizes of neighborhoods");
    l->found.kstars = vv_mem_new(k, sizeof(int64_t), "counts");
    l->found.inside = vv_mem_new(k, sizeof(int64_t), "counts");
    if (!l->length || !l->index || !l->log_ratio || !l->kstar || !l->found.kstars || !l->found.inside)
        return VV_MEMORY;
    for (int64_t i = 0; i < n; i += ROWS_AT_ONCE) {
        const int64_t rows = i + ROWS_AT_ONCE < n ? ROWS_AT_ONCE : n - i;
        VV_TRY(vv_neighbors_read(nb, first + i, rows, k, l->index + i * k, l->length + i * k));
    }
    for (int64_t i = 0; i < n * k; i++) l->length[i] = vv_neighbors_length(nb->metric, l->length[i]);
    return VV_OK;
}

/* Collective. Column after column; the logarithm of a zero distance is minus infinity, and says the right thing. */
static enum vv_status compare_radii(struct vv_comm *c, struct lists *l)
{
    double *mine = vv_mem_new(l->n_local, sizeof *mine, "logarithms of distances");
    double *all = vv_mem_new(l->layout.n, sizeof *all, "logarithms of distances of all rows");
    const enum vv_status st = vv_agree(c, mine && all ? VV_OK : VV_MEMORY);
    for (int j = VV_KSTAR_FIRST; !st && j < l->k; j++) {
        for (int64_t i = 0; i < l->n_local; i++) mine[i] = log(l->length[i * l->k + j - 2]);
        vv_comm_allgather_rows(c, &l->layout, mine, sizeof *mine, all);
        for (int64_t i = 0; i < l->n_local; i++)
            l->log_ratio[i * l->k + j] = all[l->index[i * l->k + j - 1]] - mine[i];
    }
    vv_mem_free(mine);
    vv_mem_free(all);
    vv_mem_free(l->index);
    l->index = NULL;
    return st;
}

/* Collective. The k* of all rows with this dimension; their histogram. */
static void choose(struct vv_comm *c, struct lists *l, double dimension, double threshold)
{
    memset(l->found.kstars, 0, (size_t)l->k * sizeof(int64_t));
    l->found.n_rows = 0;
    for (int64_t i = 0; i < l->n_local; i++) {
        l->kstar[i] = 0;
        if (!(l->length[i * l->k] > 0.0)) continue;
        l->kstar[i] = vv_kstar_of(l->log_ratio + i * l->k, l->k, dimension, threshold);
        l->found.kstars[l->kstar[i]]++;
        l->found.n_rows++;
    }
    vv_comm_sum_i64(c, l->found.kstars, l->k);
    vv_comm_sum_i64(c, &l->found.n_rows, 1);
}

/* Collective. The histogram of how many neighbors are inside. */
static void count(struct vv_comm *c, struct lists *l, double ratio)
{
    memset(l->found.inside, 0, (size_t)l->k * sizeof(int64_t));
    for (int64_t i = 0; i < l->n_local; i++)
        if (l->kstar[i] > 0)
            l->found.inside[vv_binomial_inside(l->length + i * l->k, l->kstar[i], ratio)]++;
    vv_comm_sum_i64(c, l->found.inside, l->k);
}

/* Collective. Mean of r_k* over the rows used. */
static double mean_radius(struct vv_comm *c, const struct lists *l)
{
    struct vv_sum sum = {.n_nan = 0};
    for (int64_t i = 0; i < l->n_local; i++)
        if (l->kstar[i] > 0) vv_sum_add(&sum, l->length[i * l->k + l->kstar[i] - 1]);
    vv_reduce_sums(c, &sum, 1);
    return vv_sum_value(&sum) / (double)l->found.n_rows;
}

/* Collective. From one dimension to the next. */
static struct vv_abide_step next(struct vv_comm *c, struct lists *l, double dimension, double ratio,
                                 double threshold, struct vv_id_estimate *e)
{
    struct vv_abide_step s = {.ratio = ratio > 0.0 ? ratio : vv_binomial_ratio(dimension)};
    count(c, l, s.ratio);
    const double d = vv_binomial_dimension(&l->found, s.ratio);
    const double error = vv_binomial_error(&l->found, s.ratio, d);
    vv_id_estimate_set(e, d, error);
    s.value = e->value;
    s.std_error = e->std_error;
    s.distance = s.p_value = s.mean_kstar = NAN;
    if (e->reason) return s;
    s.distance = vv_binomial_distance(&l->found, s.ratio, d);
    s.p_value = vv_binomial_p_value(s.distance, l->found.n_rows);
    choose(c, l, d, threshold);
    s.mean_kstar = vv_binomial_mean_kstar(&l->found);
    return s;
}

/* Collective. */
static void iterate(struct vv_comm *c, struct lists *l, const struct vv_abide *how,
                    struct vv_abide_step *steps, struct vv_id_estimate *e)
{
    const double threshold = vv_kstar_threshold(how->significance);
    choose(c, l, steps[0].value, threshold);
    e->n_used = l->found.n_rows;
    e->n_excluded = l->layout.n - e->n_used;
    vv_id_estimate_miss(e, VV_ID_FEW_ROWS);
    if (e->n_used < 2) return;
    steps[0].mean_kstar = vv_binomial_mean_kstar(&l->found);
    vv_id_estimate_set(e, steps[0].value, steps[0].std_error);
    for (int i = 1; i <= how->n_iterations && !e->reason; i++)
        steps[i] = next(c, l, steps[i - 1].value, how->ratio, threshold, e);
    e->distance = mean_radius(c, l);
}

enum vv_status vv_abide_estimate(struct vv_comm *c, const struct vv_neighbors *nb,
                                 const struct vv_id_estimate *start, const struct vv_abide *how,
                                 struct vv_abide_step *steps, struct vv_id_estimate *e)
{
    struct lists l = {.length = NULL};
    for (int i = 0; i <= how->n_iterations; i++)
        steps[i] = (struct vv_abide_step){NAN, NAN, NAN, NAN, NAN, NAN};
    *e = (struct vv_id_estimate){.distance = NAN, .n_excluded = nb->layout.n};
    steps[0].value = start->value;
    steps[0].std_error = start->std_error;
    vv_id_estimate_miss(e, start->reason ? start->reason : VV_ID_FEW_NEIGHBORS);
    if (start->reason || nb->k <= VV_KSTAR_FIRST) return VV_OK;
    enum vv_status st = vv_agree(c, load(nb, &l));
    if (!st) st = compare_radii(c, &l);
    if (!st) iterate(c, &l, how, steps, e);
    release(&l);
    return st;
}
