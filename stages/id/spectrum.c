/* SPDX-License-Identifier: MIT */
/* The covariance C is met in panels of its columns: each rank adds up its own rows, one sum of integers over the ranks
 * completes a panel, its squares go into tr C^2 and, if the spectrum is wanted, rank 0 keeps it. C itself is never
 * needed for the participation ratio, so neither is memory for it.
 *
 * The products of rows are met in panels, too: some rows travel to all ranks (a few thousand features at a time), and
 * each rank multiplies its own with them. By symmetry a panel begins at its own diagonal. */
#include "stages/id/spectrum.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "data/columns.h"
#include "dist/agree.h"
#include "dist/reduce.h"
#include "stages/id/pca.h"

enum { PANEL_VALUES = 1 << 22, MOST_PANEL = 512, ROWS_TOGETHER = 256, FEWEST_TERMS = 64 };

struct spectrum {
    struct vv_comm *comm;
    const struct vv_matrix *m;
    const struct vv_spectrum *how;
    struct vv_progress *progress;
    double *mean;            /* [n_cols] */
    int *exponent;           /* [n_cols] */
    int bits;
    int top;                 /* largest exponent */
    bool finite;             /* no difference from the mean overflows */
    double *full;            /* [order][order] on rank 0 when the spectrum is wanted */
    int64_t order;           /* min(rows, columns) */
    struct vv_sum trace, squares;
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Collective. Means and exponents. by_column: each column has its own unit; else all have the largest. */
static enum vv_status prepare(struct spectrum *s, bool by_column)
{
    const int64_t n_cols = s->m->n_cols;
    double *low = vv_mem_new(2 * n_cols, sizeof *low, "ranges of the features");
    s->mean = vv_mem_new(n_cols, sizeof *s->mean, "feature means");
    s->exponent = vv_mem_new(n_cols, sizeof *s->exponent, "feature exponents");
    enum vv_status st = vv_agree(s->comm, low && s->mean && s->exponent ? VV_OK : VV_MEMORY);
    if (!st) st = vv_columns_mean(s->comm, s->m, s->mean);
    if (!st) vv_columns_range(s->comm, s->m, low, low + n_cols);
    s->top = -1074;
    s->finite = true;
    for (int64_t j = 0; !st && j < n_cols; j++) {
        const double above = low[n_cols + j] - s->mean[j], below = s->mean[j] - low[j];
        /* the rounded mean of equal values may differ from them */
        s->exponent[j] = low[j] < low[n_cols + j] ? vv_pca_exponent(above > below ? above : below) : -1074;
        if (low[j] == low[n_cols + j]) s->mean[j] = low[j];
        s->finite = s->finite && isfinite(above) && isfinite(below);
        if (s->exponent[j] > s->top) s->top = s->exponent[j];
    }
    for (int64_t j = 0; !st && !by_column && j < n_cols; j++) s->exponent[j] = s->top;
    vv_mem_free(low);
    return st;
}

/* One entry of the matrix, twice unless on the diagonal. */
static void tally(struct spectrum *s, double value, bool diagonal)
{
    if (diagonal) vv_sum_add(&s->trace, value);
    vv_sum_add(&s->squares, (diagonal ? 1.0 : 2.0) * value * value);
}

/* Entries (p0 + p, q0 + q) from integer sums in units of the two exponents, relative to the largest. */
static double entry(const struct spectrum *s, int64_t sum, int e, int f)
{
    return ldexp((double)sum, e + f - 2 * s->top - 2 * s->bits);
}

/* Takes a complete panel: columns [p0, p0 + n_p) against [p0, n_cols). Ranks share the rows of it. */
static void take_columns(struct spectrum *s, const int64_t *sums, int64_t p0, int64_t n_p)
{
    const int64_t n_q = s->m->n_cols - p0;
    const int rank = vv_comm_rank(s->comm), size = vv_comm_size(s->comm);
    for (int64_t p = 0; p < n_p; p++)
        for (int64_t q = p; q < n_q && (p % size == rank || s->full); q++) {
            const double v = entry(s, sums[p * n_q + q], s->exponent[p0 + p], s->exponent[p0 + q]);
            if (p % size == rank) tally(s, v, p == q);
            if (s->full) s->full[(p0 + p) * s->order + p0 + q] = v; /* LAPACK's lower half */
        }
}

/* Collective. The covariance in panels. */
static enum vv_status add_covariance(struct spectrum *s)
{
    const int64_t n_cols = s->m->n_cols;
    const int64_t width = least(least(n_cols, MOST_PANEL), PANEL_VALUES / n_cols + 1);
    const int64_t rows = least(least(s->m->n_local, VV_PCA_MOST_TERMS), PANEL_VALUES / n_cols + FEWEST_TERMS);
    double *b = vv_mem_new(rows * n_cols, sizeof *b, "scaled rows");
    double *a = vv_mem_new(rows * width, sizeof *a, "scaled rows");
    double *product = vv_mem_new(width * n_cols, sizeof *product, "a panel of the covariance");
    int64_t *sums = vv_mem_new(width * n_cols, sizeof *sums, "a panel of the covariance");
    const enum vv_status st = vv_agree(s->comm, a && b && product && sums ? VV_OK : VV_MEMORY);
    for (int64_t p0 = 0; !st && p0 < n_cols; p0 += width) {
        const int64_t n_p = least(width, n_cols - p0), n_q = n_cols - p0;
        memset(sums, 0, (size_t)(n_p * n_q) * sizeof *sums);
        for (int64_t i = 0; i < s->m->n_local; i += rows) {
            const int64_t n = least(rows, s->m->n_local - i);
            vv_pca_scale(s->m, i, n, p0, n_q, s->mean, s->exponent, s->bits, b);
            for (int64_t r = 0; r < n; r++) memcpy(a + r * n_p, b + r * n_q, (size_t)n_p * sizeof *a);
            vv_pca_add_columns(a, n_p, b, n_q, n, s->how->threads, product, sums);
        }
        vv_comm_sum_i64(s->comm, sums, n_p * n_q);
        take_columns(s, sums, p0, n_p);
        vv_progress_tell(s->progress, (double)(p0 + n_p), (double)n_cols);
    }
    vv_mem_free(a);
    vv_mem_free(b);
    vv_mem_free(product);
    vv_mem_free(sums);
    return st;
}

/* Room for a panel of products of rows. */
struct row_panel {
    double *theirs, *mine, *product; /* [ROWS_TOGETHER][terms], [rows][terms], [rows][ROWS_TOGETHER] */
    int64_t *sums, *all;             /* [n_local][ROWS_TOGETHER]; [n][ROWS_TOGETHER] when rank 0 wants the matrix */
    int64_t terms, rows;
};

static enum vv_status row_panel_init(const struct spectrum *s, struct row_panel *p)
{
    p->terms = least(s->m->n_cols, VV_PCA_MOST_TERMS);
    p->rows = least(s->m->n_local, ROWS_TOGETHER);
    p->theirs = vv_mem_new(ROWS_TOGETHER * p->terms, sizeof *p->theirs, "scaled rows");
    p->mine = vv_mem_new(p->rows * p->terms, sizeof *p->mine, "scaled rows");
    p->product = vv_mem_new(p->rows * ROWS_TOGETHER, sizeof *p->product, "products of rows");
    p->sums = vv_mem_new(s->m->n_local * ROWS_TOGETHER, sizeof *p->sums, "products of rows");
    const bool gathers = s->order <= s->how->limit;
    p->all = vv_mem_new(gathers ? s->m->layout.n * ROWS_TOGETHER : 0, sizeof *p->all, "products of rows");
    return p->theirs && p->mine && p->product && p->sums && p->all ? VV_OK : VV_MEMORY;
}

static void row_panel_release(struct row_panel *p)
{
    vv_mem_free(p->theirs);
    vv_mem_free(p->mine);
    vv_mem_free(p->product);
    vv_mem_free(p->sums);
    vv_mem_free(p->all);
}

/* Collective. All local rows from i0 on against rows [first, first + n) of rank `owner`. sums: [n_local][n] */
static void multiply_rows(struct spectrum *s, struct row_panel *p, int owner, int64_t first, int64_t n, int64_t i0)
{
    const struct vv_matrix *const m = s->m;
    memset(p->sums, 0, (size_t)(m->n_local * n) * sizeof *p->sums);
    for (int64_t j = 0; j < m->n_cols; j += p->terms) {
        const int64_t terms = least(p->terms, m->n_cols - j);
        if (vv_comm_rank(s->comm) == owner)
            vv_pca_scale(m, first - vv_layout_first(&m->layout), n, j, terms, s->mean, s->exponent, s->bits,
                         p->theirs);
        vv_comm_bcast(s->comm, p->theirs, (size_t)(n * terms) * sizeof *p->theirs, owner);
        for (int64_t i = i0; i < m->n_local; i += p->rows) {
            const int64_t rows = least(p->rows, m->n_local - i);
            vv_pca_scale(m, i, rows, j, terms, s->mean, s->exponent, s->bits, p->mine);
            vv_pca_add_rows(p->mine, rows, p->theirs, n, terms, s->how->threads, p->product, p->sums + i * n);
        }
    }
}

/* Collective. Takes a complete panel: rows below the diagonal against rows [first, first + n). */
static void take_rows(struct spectrum *s, struct row_panel *p, int64_t first, int64_t n, int64_t i0)
{
    const struct vv_layout *const l = &s->m->layout;
    for (int64_t i = i0; i < s->m->n_local; i++)
        for (int64_t q = 0; q < n && first + q <= vv_layout_first(l) + i; q++)
            tally(s, entry(s, p->sums[i * n + q], s->top, s->top), first + q == vv_layout_first(l) + i);
    if (s->order > s->how->limit) return;
    vv_comm_allgather_rows(s->comm, l, p->sums, (size_t)n * sizeof *p->sums, p->all);
    for (int64_t i = first; s->full && i < l->n; i++)
        for (int64_t q = 0; q < n && first + q <= i; q++) /* LAPACK's lower half */
            s->full[(first + q) * s->order + i] = entry(s, p->all[i * n + q], s->top, s->top);
}

/* Collective. The products of rows in panels. */
static enum vv_status add_products(struct spectrum *s)
{
    const struct vv_layout *const l = &s->m->layout;
    struct row_panel p = {.theirs = NULL};
    const enum vv_status st = vv_agree(s->comm, row_panel_init(s, &p));
    for (int owner = 0; !st && owner < l->size; owner++) {
        const int64_t end = vv_layout_offset(l, owner + 1);
        for (int64_t first = vv_layout_offset(l, owner); first < end; first += ROWS_TOGETHER) {
            const int64_t n = least(ROWS_TOGETHER, end - first);
            const int64_t above = first - vv_layout_first(l); /* local rows before the panel's diagonal */
            const int64_t i0 = above < 0 ? 0 : least(above, s->m->n_local);
            multiply_rows(s, &p, owner, first, n, i0);
            take_rows(s, &p, first, n, i0);
            vv_progress_tell(s->progress, (double)(first + n), (double)l->n);
        }
    }
    row_panel_release(&p);
    return st;
}

/* Collective. Eigenvalues on rank 0, their number of components on all. */
static enum vv_status solve(struct spectrum *s, double *n_components)
{
    enum vv_status st = VV_OK;
    if (s->full) {
        double *values = vv_mem_new(s->order, sizeof *values, "eigenvalues");
        st = values ? vv_pca_eigenvalues(s->full, s->order, values) : VV_MEMORY;
        if (!st) *n_components = (double)vv_pca_components(values, s->order, s->how->variance);
        vv_mem_free(values);
    }
    VV_TRY(vv_agree(s->comm, st));
    vv_comm_bcast(s->comm, n_components, sizeof *n_components, 0);
    return VV_OK;
}

enum vv_status vv_spectrum_estimate(struct vv_comm *c, const struct vv_matrix *m, const struct vv_spectrum *how,
                                    struct vv_progress *progress, struct vv_spectrum_result *result)
{
    const int64_t n = m->layout.n;
    const bool by_column = n >= m->n_cols;
    struct spectrum s = {.comm = c, .m = m, .how = how, .progress = progress,
                         .order = by_column ? m->n_cols : n,
                         .bits = vv_pca_bits(by_column ? n : m->n_cols)};
    *result = (struct vv_spectrum_result){NAN, NAN, VV_ID_FEW_ROWS};
    if (n < 2) return VV_OK;
    const bool wanted = s.order <= how->limit;
    enum vv_status st = prepare(&s, by_column);
    if (!st && !s.finite) {
        result->reason = VV_ID_OUT_OF_RANGE;
        goto done;
    }
    if (!st && wanted && vv_comm_rank(c) == 0) {
        s.full = vv_mem_new(s.order * s.order, sizeof *s.full, "the covariance");
        if (!s.full) st = VV_MEMORY;
    }
    if (!(st = vv_agree(c, st))) st = by_column ? add_covariance(&s) : add_products(&s);
    if (!st) {
        struct vv_sum sums[2] = {s.trace, s.squares};
        vv_reduce_sums(c, sums, 2);
        const double trace = vv_sum_value(&sums[0]), squares = vv_sum_value(&sums[1]);
        result->reason = squares > 0.0 ? wanted ? VV_ID_FINE : VV_ID_TOO_LARGE : VV_ID_CONSTANT;
        if (squares > 0.0) result->participation_ratio = trace * trace / squares;
        if (squares > 0.0 && wanted) st = solve(&s, &result->n_components);
    }
done:
    vv_mem_free(s.mean);
    vv_mem_free(s.exponent);
    vv_mem_free(s.full);
    return st;
}

double vv_spectrum_memory(int64_t n, int64_t n_cols, int64_t limit, int size)
{
    const double rows = ceil((double)n / size), d = (double)n_cols, order = (double)least(n, n_cols);
    const double kept = order <= (double)limit ? 8.0 * order * order : 0.0;
    const double columns = 8.0 * 2.0 * d + 12.0 * d;
    if (n >= n_cols) {
        const double width = (double)least(least(n_cols, MOST_PANEL), PANEL_VALUES / n_cols + 1);
        const double terms = fmin(fmin(rows, VV_PCA_MOST_TERMS), (double)(PANEL_VALUES / n_cols) + FEWEST_TERMS);
        return kept + columns + 8.0 * (terms * (d + width) + 2.0 * width * d);
    }
    const double terms = fmin(d, VV_PCA_MOST_TERMS), sums = rows + (kept > 0.0 ? (double)n : 0.0);
    return kept + columns + 8.0 * ROWS_TOGETHER * (2.0 * terms + ROWS_TOGETHER + sums);
}

double vv_spectrum_flops(int64_t n, int64_t n_cols, int64_t limit)
{
    const double rows = (double)n, d = (double)n_cols, order = fmin(rows, d);
    return rows * d * order + 10.0 * rows * d + (order <= (double)limit ? 4.0 / 3.0 * order * order * order : 0.0);
}
