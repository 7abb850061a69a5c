/* SPDX-License-Identifier: MIT */
/* Batches are shared out among threads; what they give is added as integers (cross products) or exactly (kernels,
 * cosines), so nothing depends on who did which. */
#include "stages/similarity/measure.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/reduce.h"
#include "stages/similarity/core.h"

enum { TILE = VV_SIMILARITY_TILE, PANEL = VV_SIMILARITY_PANEL };

/* One thread's. */
struct place {
    double *x, *y;             /* [batch][TILE] or [batch][PANEL] of features; whole rows for cosines */
    double *product;           /* [TILE][TILE] */
    int64_t *sum;              /* [TILE][TILE] */
    double *gram, *other;      /* [batch][batch] */
    double *kernel, *kernel_of_other;
    double *sums;              /* [2 batch] */
    struct vv_sum added[2];
    int64_t n;
};

struct vv_bench {
    int threads;
    struct place *places; /* [threads] */
    double *distances;    /* [batch (batch - 1) / 2] */
};

static int64_t panel_values(int64_t batch, int64_t most_cols)
{
    const int64_t panel = batch * PANEL;
    return panel > most_cols ? panel : most_cols;
}

double vv_bench_memory(int64_t batch, int64_t most_cols, int threads)
{
    const double b = (double)batch;
    return threads * (16.0 * (double)panel_values(batch, most_cols) + 16.0 * TILE * TILE + 32.0 * b * b + 16.0 * b) +
           4.0 * b * b;
}

enum vv_status vv_bench_create(const struct vv_deck *d, int64_t most_cols, int threads, struct vv_bench **bench)
{
    const char *const what = "batches of the similarity";
    const int64_t batch = d->batch, values = panel_values(batch, most_cols);
    struct vv_bench *const b = vv_mem_new(1, sizeof *b, what);
    if (!(*bench = b)) return VV_MEMORY;
    b->threads = threads;
    b->places = vv_mem_new(threads, sizeof *b->places, what);
    b->distances = vv_mem_new(batch * batch / 2, sizeof(double), what);
    bool ok = b->places && b->distances;
    for (int t = 0; ok && t < threads; t++) {
        struct place *const p = &b->places[t];
        ok = (p->x = vv_mem_new(values, sizeof(double), what)) &&
             (p->y = vv_mem_new(values, sizeof(double), what)) &&
             (p->product = vv_mem_new(TILE * TILE, sizeof(double), what)) &&
             (p->sum = vv_mem_new(TILE * TILE, sizeof(int64_t), what)) &&
             (p->gram = vv_mem_new(batch * batch, sizeof(double), what)) &&
             (p->other = vv_mem_new(batch * batch, sizeof(double), what)) &&
             (p->kernel = vv_mem_new(batch * batch, sizeof(double), what)) &&
             (p->kernel_of_other = vv_mem_new(batch * batch, sizeof(double), what)) &&
             (p->sums = vv_mem_new(2 * batch, sizeof(double), what));
    }
    return ok ? VV_OK : VV_MEMORY;
}

void vv_bench_destroy(struct vv_bench **bench)
{
    struct vv_bench *const b = *bench;
    if (!b) return;
    for (int t = 0; b->places && t < b->threads; t++) {
        const struct place *const p = &b->places[t];
        void *const blocks[] = {p->x, p->y, p->product, p->sum, p->gram, p->other, p->kernel, p->kernel_of_other,
                                p->sums};
        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) vv_mem_free(blocks[i]);
    }
    vv_mem_free(b->places);
    vv_mem_free(b->distances);
    vv_mem_free(b);
    *bench = NULL;
}

static int width(int64_t n_cols, int64_t k, int most)
{
    return n_cols - k < most ? (int)(n_cols - k) : most;
}

/* Collective. One tile of the cross product, summed over all samples, in the first place's sum. */
static void cross_tile(struct vv_comm *c, const struct vv_deck *d, const struct vv_hand *x, const struct vv_hand *y,
                       int64_t i, int64_t j, struct vv_bench *b)
{
    const int n_x = width(x->n_cols, i, TILE), n_y = width(y->n_cols, j, TILE), bits = vv_cross_bits(d->n);
    const int64_t n_batches = vv_layout_local(&d->batches), n = (int64_t)n_x * n_y;
#pragma omp parallel for schedule(static, 1) num_threads(b->threads)
    for (int t = 0; t < b->threads; t++) {
        struct place *const p = &b->places[t];
        memset(p->sum, 0, (size_t)n * sizeof *p->sum);
        for (int64_t q = t; q < n_batches; q += b->threads) {
            const int rows = vv_deck_rows(d, q);
            vv_hand_scaled(x, q * d->batch, rows, i, n_x, p->x);
            vv_hand_scaled(y, q * d->batch, rows, j, n_y, p->y);
            vv_cross_add(p->x, p->y, rows, n_x, n_y, bits, p->product, p->sum);
        }
    }
    for (int t = 1; t < b->threads; t++)
        for (int64_t v = 0; v < n; v++) b->places[0].sum[v] += b->places[t].sum[v];
    vv_comm_sum_i64(c, b->places[0].sum, n);
}

/* Collective. |X^T Y|_F^2 in units of the hands; for x == y half of the tiles are enough. */
static double cross_squares(struct vv_comm *c, const struct vv_deck *d, const struct vv_hand *x,
                            const struct vv_hand *y, struct vv_bench *b)
{
    const int bits = vv_cross_bits(d->n);
    double total = 0.0;
    for (int64_t i = 0; i < x->n_cols; i += TILE)
        for (int64_t j = x == y ? i : 0; j < y->n_cols; j += TILE) {
            cross_tile(c, d, x, y, i, j, b);
            const double here = vv_cross_squares(b->places[0].sum, width(x->n_cols, i, TILE),
                                                 width(y->n_cols, j, TILE), bits, x->scale + i, y->scale + j);
            total += x == y && j > i ? 2.0 * here : here;
        }
    vv_hand_cool(x, 0, d->n_local);
    vv_hand_cool(y, 0, d->n_local);
    return total;
}

/* The Gram matrix of a full batch of this rank. */
static void gram_of(const struct vv_deck *d, const struct vv_hand *x, int64_t q, double *panel, double *gram)
{
    memset(gram, 0, (size_t)d->batch * (size_t)d->batch * sizeof *gram);
    for (int64_t k = 0; k < x->n_cols; k += PANEL) {
        const int n_k = width(x->n_cols, k, PANEL);
        vv_hand_centered(x, q * d->batch, d->batch, k, n_k, panel);
        vv_gram_add(panel, d->batch, n_k, gram);
    }
}

/* Collective. The median distance within the first batch, which one rank has. */
static double median_distance(struct vv_comm *c, const struct vv_deck *d, const struct vv_hand *x,
                              struct vv_bench *b)
{
    const int owner = vv_layout_owner(&d->batches, 0);
    double median = 0.0;
    if (owner == d->batches.rank) {
        gram_of(d, x, 0, b->places[0].x, b->places[0].gram);
        median = vv_gram_median(b->places[0].gram, d->batch, b->distances);
    }
    vv_comm_bcast(c, &median, sizeof median, owner);
    return median;
}

/* One batch: the criteria of the linear and of the Gaussian kernels. */
static void add_batch(const struct vv_deck *d, const struct vv_hand *x, const struct vv_hand *y, double sigma_x,
                      double sigma_y, const struct vv_similarity_how *how, int64_t q, struct place *p)
{
    const int m = d->batch;
    const double *const second = x == y ? p->gram : p->other;
    gram_of(d, x, q, p->x, p->gram);
    if (x != y) gram_of(d, y, q, p->y, p->other);
    if (how->unbiased) vv_sum_add(&p->added[0], vv_hsic(p->gram, second, m, p->sums));
    if (how->rbf && sigma_x > 0.0 && sigma_y > 0.0) {
        vv_gram_gaussian(p->gram, m, sigma_x, p->kernel);
        if (x != y) vv_gram_gaussian(p->other, m, sigma_y, p->kernel_of_other);
        vv_sum_add(&p->added[1], vv_hsic(p->kernel, x == y ? p->kernel : p->kernel_of_other, m, p->sums));
    }
}

static void begin_sums(struct vv_bench *b)
{
    for (int t = 0; t < b->threads; t++) {
        memset(b->places[t].added, 0, sizeof b->places[t].added);
        b->places[t].n = 0;
    }
}

/* Collective. The sums of all threads of all ranks, in the first place. */
static void end_sums(struct vv_comm *c, struct vv_bench *b)
{
    struct place *const first = &b->places[0];
    for (int t = 1; t < b->threads; t++) {
        for (int s = 0; s < 2; s++) vv_sum_merge(&first->added[s], &b->places[t].added[s]);
        first->n += b->places[t].n;
    }
    vv_reduce_sums(c, first->added, 2);
    vv_comm_sum_i64(c, &first->n, 1);
}

/* Collective. Means of the criteria over the full batches; NaN without a batch of 4. */
static void mean_criteria(struct vv_comm *c, const struct vv_deck *d, const struct vv_hand *x,
                          const struct vv_hand *y, double sigma_x, double sigma_y,
                          const struct vv_similarity_how *how, struct vv_bench *b, double mean[2])
{
    const int64_t n = vv_deck_full(d);
    mean[0] = mean[1] = NAN;
    if (d->batch < 4) return;
    begin_sums(b);
#pragma omp parallel for schedule(static, 1) num_threads(b->threads)
    for (int t = 0; t < b->threads; t++)
        for (int64_t q = t; q < n; q += b->threads)
            add_batch(d, x, y, sigma_x, sigma_y, how, q, &b->places[t]);
    end_sums(c, b);
    vv_hand_cool(x, 0, d->n_local);
    vv_hand_cool(y, 0, d->n_local);
    const double n_all = (double)(d->n / d->batch);
    mean[0] = vv_sum_value(&b->places[0].added[0]) / n_all;
    mean[1] = vv_sum_value(&b->places[0].added[1]) / n_all;
}

/* Collective. Mean cosine and angle between the two rows of each sample, where neither is zero. */
static void mean_angles(struct vv_comm *c, const struct vv_deck *d, const struct vv_hand *x,
                        const struct vv_hand *y, struct vv_bench *b, double mean[2])
{
    mean[0] = mean[1] = NAN;
    if (x->n_cols != y->n_cols) return;
    begin_sums(b);
#pragma omp parallel for schedule(static, 1) num_threads(b->threads)
    for (int t = 0; t < b->threads; t++) {
        struct place *const p = &b->places[t];
        for (int64_t i = t; i < d->n_local; i += b->threads) {
            vv_hand_row(x, i, p->x);
            vv_hand_row(y, i, p->y);
            double cosine, angle;
            if (!vv_row_angle(p->x, p->y, x->n_cols, &cosine, &angle)) continue;
            vv_sum_add(&p->added[0], cosine);
            vv_sum_add(&p->added[1], angle);
            p->n++;
        }
    }
    end_sums(c, b);
    vv_hand_cool(x, 0, d->n_local);
    vv_hand_cool(y, 0, d->n_local);
    if (b->places[0].n == 0) return;
    mean[0] = vv_sum_value(&b->places[0].added[0]) / (double)b->places[0].n;
    mean[1] = vv_sum_value(&b->places[0].added[1]) / (double)b->places[0].n;
}

enum vv_status vv_similarity_alone(struct vv_comm *c, const struct vv_deck *d, const struct vv_hand *x,
                                   const struct vv_similarity_how *how, struct vv_bench *b,
                                   struct vv_similarity_self *self)
{
    double mean[2] = {NAN, NAN};
    *self = (struct vv_similarity_self){.known = true};
    if (how->linear) self->squares = cross_squares(c, d, x, x, b);
    if (how->rbf && d->batch >= 4) self->sigma = how->bandwidth * median_distance(c, d, x, b);
    if (how->unbiased || how->rbf) mean_criteria(c, d, x, x, self->sigma, self->sigma, how, b, mean);
    self->hsic = mean[0];
    self->hsic_rbf = mean[1];
    return vv_agree(c, VV_OK);
}

enum vv_status vv_similarity_measure(struct vv_comm *c, const struct vv_deck *d, const struct vv_hand *x,
                                     const struct vv_hand *y, const struct vv_similarity_self *self_x,
                                     const struct vv_similarity_self *self_y,
                                     const struct vv_similarity_how *how, struct vv_bench *b, double *value)
{
    for (int s = 0; s < VV_N_SIMILARITIES; s++) value[s] = NAN;
    if (how->linear) value[VV_LINEAR_CKA] = vv_cka(cross_squares(c, d, x, y, b), self_x->squares, self_y->squares);
    if (how->unbiased || how->rbf) {
        double mean[2];
        mean_criteria(c, d, x, y, self_x->sigma, self_y->sigma, how, b, mean);
        if (how->unbiased) value[VV_LINEAR_CKA_UNBIASED] = vv_cka(mean[0], self_x->hsic, self_y->hsic);
        if (how->rbf) value[VV_RBF_CKA] = vv_cka(mean[1], self_x->hsic_rbf, self_y->hsic_rbf);
    }
    if (how->cosine) mean_angles(c, d, x, y, b, value + VV_COSINE_MEAN);
    return vv_agree(c, VV_OK);
}
