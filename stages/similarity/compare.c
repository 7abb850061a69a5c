/* SPDX-License-Identifier: MIT */
#include "stages/similarity/compare.h"

#include <math.h>

#include "base/mem.h"
#include "dist/agree.h"

/* One group of pairs: those with the same samples in common. */
struct group {
    struct vv_comm *comm;
    struct vv_similarities *all;
    int number;
    int64_t *samples;
    struct vv_deck deck;
    struct vv_bench *bench;
    struct vv_hand hands[2];
    struct vv_similarity_self *self; /* [n] */
};

static bool concerns(const struct group *g, int a, int b)
{
    const int n = g->all->n;
    return (g->all->wanted[a * n + b] || g->all->wanted[b * n + a]) && g->all->groups->of[a * n + b] == g->number;
}

/* Collective. The rows of a space, and what concerns it alone; `other` is not to be given away. */
static enum vv_status hold(struct group *g, int space, const struct vv_hand *other, struct vv_hand **hand)
{
    const struct vv_space *const s = &g->all->spaces[space];
    *hand = &g->hands[0];
    if (*hand == other) *hand = &g->hands[1];
    for (int h = 0; h < 2; h++)
        if (g->hands[h].space == s) {
            *hand = &g->hands[h];
            return VV_OK;
        }
    vv_hand_release(*hand);
    VV_TRY(vv_hand_deal(g->comm, s, &g->deck, g->all->scratch, *hand));
    if (g->self[space].known) return VV_OK;
    return vv_similarity_alone(g->comm, &g->deck, *hand, &g->all->how, g->bench, &g->self[space]);
}

static void keep(const struct group *g, int a, int b, const double *value)
{
    const int n = g->all->n;
    for (int s = 0; s < VV_N_SIMILARITIES; s++)
        g->all->value[(s * n + a) * n + b] = g->all->value[(s * n + b) * n + a] = value[s];
    g->all->n_rows[a * n + b] = g->all->n_rows[b * n + a] = g->deck.n;
    g->all->n_batches[a * n + b] = g->all->n_batches[b * n + a] =
        g->deck.batch > 0 ? g->deck.n / g->deck.batch : 0;
}

/* A space and itself: by definition, unless it is constant. */
static void keep_itself(const struct group *g, int a)
{
    const struct vv_similarity_how *const how = &g->all->how;
    const struct vv_similarity_self *const self = &g->self[a];
    const double value[VV_N_SIMILARITIES] = {
        [VV_LINEAR_CKA] = how->linear && self->squares > 0.0 ? 1.0 : NAN,
        [VV_LINEAR_CKA_UNBIASED] = how->unbiased && self->hsic > 0.0 ? 1.0 : NAN,
        [VV_RBF_CKA] = how->rbf && self->hsic_rbf > 0.0 ? 1.0 : NAN,
        [VV_COSINE_MEAN] = how->cosine ? 1.0 : NAN,
        [VV_ANGULAR_DISTANCE] = how->cosine ? 0.0 : NAN};
    keep(g, a, a, value);
}

/* Collective. All pairs with space a that come after it. */
static enum vv_status compare_with(struct group *g, int a)
{
    struct vv_hand *x = NULL, *y;
    double value[VV_N_SIMILARITIES];
    for (int b = a; b < g->all->n; b++) {
        if (!concerns(g, a, b)) continue;
        if (!x) VV_TRY(hold(g, a, NULL, &x));
        if (b == a) {
            keep_itself(g, a);
            g->all->bandwidth[a] = g->all->how.rbf ? g->self[a].sigma * x->unit : NAN;
            continue;
        }
        VV_TRY(hold(g, b, x, &y));
        VV_TRY(vv_similarity_measure(g->comm, &g->deck, x, y, &g->self[a], &g->self[b], &g->all->how, g->bench,
                                     value));
        keep(g, a, b, value);
    }
    if (g->all->progress) vv_progress_tell(g->all->progress, a + 1, g->all->n);
    return VV_OK;
}

/* Collective. */
static enum vv_status compare_group(struct group *g)
{
    const struct vv_similarities *const all = g->all;
    int64_t n = 0, most_cols = 1;
    for (int a = 0; a < all->n; a++) {
        const struct vv_space *const s = &all->spaces[a];
        const int64_t n_cols = vv_source_layer(s->source, s->layer)->n_cols;
        if (n_cols > most_cols) most_cols = n_cols;
    }
    g->self = vv_mem_new(all->n, sizeof *g->self, "similarities");
    enum vv_status st = g->self ? VV_OK : VV_MEMORY;
    if (!st) st = vv_groups_samples(all->groups, all->spaces, g->number, &g->samples, &n);
    if (!st) st = vv_deck_init(&g->deck, g->comm, g->samples, n, all->batch, all->seed);
    if (!st) st = vv_bench_create(&g->deck, most_cols, all->how.threads, &g->bench);
    VV_TRY(vv_agree(g->comm, st));
    if (n == 0) return VV_OK; /* nothing in common */
    for (int a = 0; a < all->n; a++) VV_TRY(compare_with(g, a));
    return VV_OK;
}

enum vv_status vv_similarities_compare(struct vv_comm *c, struct vv_similarities *it)
{
    for (int i = 0; i < VV_N_SIMILARITIES * it->n * it->n; i++) it->value[i] = NAN;
    for (int a = 0; a < it->n; a++) it->bandwidth[a] = NAN;
    for (int number = 0; number < it->groups->n; number++) {
        struct group g = {.comm = c, .all = it, .number = number};
        const enum vv_status st = compare_group(&g);
        vv_hand_release(&g.hands[0]);
        vv_hand_release(&g.hands[1]);
        vv_bench_destroy(&g.bench);
        vv_deck_release(&g.deck);
        vv_mem_free(g.samples);
        vv_mem_free(g.self);
        VV_TRY(st);
    }
    return VV_OK;
}
