/* SPDX-License-Identifier: MIT */
/* The test at order j needs the distance of neighbor j to its own neighbor j - 1, which another rank may hold: rows ask
 * for a few orders at a time, and only while they have not ended. Communication: 16 bytes a row and order asked for.
 * Memory: some 16 MB for the questions of a block of rows. */
#include "stages/density/adaptive.h"

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/ask.h"
#include "stages/density/core.h"

enum { WAVE = 16, MOST_QUESTIONS = 1 << 18 };

/* The rows of a block of this rank that have not ended yet. */
struct block {
    const struct vv_neighbors *nb;
    int64_t *k_star;    /* [n_local] 0: not ended */
    int64_t *open;      /* [most] local rows */
    int64_t n_open;
    struct vv_question *questions; /* [most * WAVE] */
    double *answers;
};

static enum vv_status answer(void *state, int64_t n, const struct vv_question *questions, double *answers)
{
    const struct vv_neighbors *const nb = ((const struct block *)state)->nb;
    const int64_t first = vv_layout_first(&nb->layout);
    if (n > 0 && !nb->distance) return vv_fail(VV_BUG, "the neighbor table is not in memory");
    for (int64_t q = 0; q < n; q++)
        answers[q] = vv_neighbors_length(
            nb->metric, nb->distance[(questions[q].row - first) * nb->k + questions[q].what - 1]);
    return VV_OK;
}

/* Questions for the orders from `begin` to before `end`, row by row. */
static int64_t pose(const struct block *b, int begin, int end)
{
    int64_t n = 0;
    for (int64_t o = 0; o < b->n_open; o++)
        for (int j = begin; j < end; j++)
            b->questions[n++] = (struct vv_question){
                .row = b->nb->index[b->open[o] * b->nb->k + j - 1], .what = j - 1};
    return n;
}

/* Rows end at the first test that fails; the others stay open. */
static void judge(struct block *b, int begin, int end, double dimension, const double *thresholds)
{
    int64_t n_left = 0;
    for (int64_t o = 0; o < b->n_open; o++) {
        const int64_t i = b->open[o];
        const double *const own = b->nb->distance + i * b->nb->k;
        const double *const theirs = b->answers + o * (end - begin);
        for (int j = begin; j < end && b->k_star[i] == 0; j++)
            if (vv_density_changes(dimension, j, vv_neighbors_length(b->nb->metric, own[j - 2]),
                                   theirs[j - begin], thresholds[j]))
                b->k_star[i] = j - 1;
        if (b->k_star[i] == 0) b->open[n_left++] = i;
    }
    b->n_open = n_left;
}

/* Collective. */
static enum vv_status adapt_block(struct vv_comm *c, struct block *b, double dimension, const double *thresholds)
{
    const int k = b->nb->k;
    for (int begin = 4; begin < k; begin += WAVE) {
        const int end = begin + WAVE < k ? begin + WAVE : k;
        int64_t any = b->n_open;
        vv_comm_max_i64(c, &any, 1);
        if (any == 0) break;
        const int64_t n = pose(b, begin, end);
        VV_TRY(vv_ask(c, &b->nb->layout, n, b->questions, answer, b, b->answers));
        judge(b, begin, end, dimension, thresholds);
    }
    for (int64_t o = 0; o < b->n_open; o++) b->k_star[b->open[o]] = k - 1;
    return VV_OK;
}

enum vv_status vv_density_adapt(struct vv_comm *c, const struct vv_neighbors *nb, double dimension,
                                const double *thresholds, struct vv_progress *progress, int64_t *k_star)
{
    const int64_t n_local = vv_layout_local(&nb->layout), most = MOST_QUESTIONS / WAVE;
    const int64_t all = vv_layout_most(&nb->layout), rows = most < all ? most : all;
    struct block b = {.nb = nb, .k_star = k_star};
    for (int64_t i = 0; i < n_local; i++) k_star[i] = 0;
    if (nb->k < 4) return VV_OK;
    b.open = vv_mem_new_raw(rows, sizeof *b.open, "rows without k*");
    b.questions = vv_mem_new_raw(rows * WAVE, sizeof *b.questions, "questions about distances");
    b.answers = vv_mem_new_raw(rows * WAVE, sizeof *b.answers, "distances asked for");
    enum vv_status st = vv_agree(c, b.open && b.questions && b.answers ? VV_OK : VV_MEMORY);
    for (int64_t i0 = 0; !st && i0 < all; i0 += rows) {
        b.n_open = 0;
        for (int64_t i = i0; i < i0 + rows && i < n_local; i++) b.open[b.n_open++] = i;
        st = adapt_block(c, &b, dimension, thresholds);
        vv_progress_tell(progress, (double)(i0 + rows), (double)all);
    }
    vv_mem_free(b.open);
    vv_mem_free(b.questions);
    vv_mem_free(b.answers);
    return st;
}
