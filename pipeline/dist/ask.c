/* SPDX-License-Identifier: MIT */
#include "dist/ask.h"

#include "base/mem.h"
#include "dist/agree.h"

struct exchange {
    int64_t *counts, *theirs, *ones, *at; /* [size] questions to and from each rank; next free place */
    int64_t n_theirs;
    struct vv_question *out, *in;         /* [n] in order of ranks; [n_theirs] */
    int64_t *place;                       /* [n] where a question went */
    double *back, *replies;               /* [n]; [n_theirs] */
};

static void release(struct exchange *x)
{
    vv_mem_free(x->counts);
    vv_mem_free(x->theirs);
    vv_mem_free(x->ones);
    vv_mem_free(x->at);
    vv_mem_free(x->out);
    vv_mem_free(x->in);
    vv_mem_free(x->place);
    vv_mem_free(x->back);
    vv_mem_free(x->replies);
}

static enum vv_status allocate(struct exchange *x, int size, int64_t n)
{
    static const char what[] = "questions to other ranks";
    *x = (struct exchange){.n_theirs = 0};
    x->counts = vv_mem_new(size, sizeof *x->counts, what);
    x->theirs = vv_mem_new(size, sizeof *x->theirs, what);
    x->ones = vv_mem_new(size, sizeof *x->ones, what);
    x->at = vv_mem_new(size, sizeof *x->at, what);
    x->out = vv_mem_new_raw(n, sizeof *x->out, what);
    x->place = vv_mem_new_raw(n, sizeof *x->place, what);
    x->back = vv_mem_new_raw(n, sizeof *x->back, what);
    return x->counts && x->theirs && x->ones && x->at && x->out && x->place && x->back ? VV_OK : VV_MEMORY;
}

/* Puts the questions in the order of the ranks that answer them. */
static void sort_questions(struct exchange *x, const struct vv_layout *layout, int64_t n,
                           const struct vv_question *questions)
{
    for (int64_t q = 0; q < n; q++) x->counts[vv_layout_owner(layout, questions[q].row)]++;
    for (int r = 1; r < layout->size; r++) x->at[r] = x->at[r - 1] + x->counts[r - 1];
    for (int64_t q = 0; q < n; q++) {
        x->place[q] = x->at[vv_layout_owner(layout, questions[q].row)]++;
        x->out[x->place[q]] = questions[q];
    }
}

enum vv_status vv_ask(struct vv_comm *c, const struct vv_layout *layout, int64_t n,
                      const struct vv_question *questions, vv_answer_fn answer, void *state, double *answers)
{
    struct exchange x;
    enum vv_status st = allocate(&x, layout->size, n);
    if ((st = vv_agree(c, st))) goto done;
    sort_questions(&x, layout, n, questions);
    for (int r = 0; r < layout->size; r++) x.ones[r] = 1;
    vv_comm_exchange_rows(c, x.counts, x.ones, x.theirs, x.ones, sizeof *x.counts);
    for (int r = 0; r < layout->size; r++) x.n_theirs += x.theirs[r];
    x.in = vv_mem_new_raw(x.n_theirs, sizeof *x.in, "questions of other ranks");
    x.replies = vv_mem_new_raw(x.n_theirs, sizeof *x.replies, "answers to other ranks");
    if ((st = vv_agree(c, x.in && x.replies ? VV_OK : VV_MEMORY))) goto done;
    vv_comm_exchange_rows(c, x.out, x.counts, x.in, x.theirs, sizeof *x.in);
    if ((st = vv_agree(c, answer(state, x.n_theirs, x.in, x.replies)))) goto done;
    vv_comm_exchange_rows(c, x.replies, x.theirs, x.back, x.counts, sizeof *x.replies);
    for (int64_t q = 0; q < n; q++) answers[q] = x.back[x.place[q]];
done:
    release(&x);
    return st;
}
