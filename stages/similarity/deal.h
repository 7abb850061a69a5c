/* SPDX-License-Identifier: MIT */
/* Rows dealt into batches: in a random order that is a function of the samples and the seed, cut into batches of
 * equal size (the last may be short), whole batches to each rank. A batch has the same members in all spaces, on
 * any number of ranks. */
#ifndef VV_SIMILARITY_DEAL_H
#define VV_SIMILARITY_DEAL_H

#include "io/spaces.h"

struct vv_deck {
    int64_t n;                /* samples */
    const int64_t *samples;   /* [n] ascending; borrowed */
    int batch;                /* rows of each */
    struct vv_layout batches; /* over the ranks */
    int64_t *position;        /* [n] place of each sample in the random order */
    int64_t first, n_local;   /* positions of this rank */
};

/* Local. batch: at most n is used. */
enum vv_status vv_deck_init(struct vv_deck *d, struct vv_comm *c, const int64_t *samples, int64_t n, int64_t batch,
                            uint64_t seed);
void vv_deck_release(struct vv_deck *d);

/* Local. Rows of the batch with local number b; batches that are full, of this rank. */
int vv_deck_rows(const struct vv_deck *d, int64_t b);
int64_t vv_deck_full(const struct vv_deck *d);

/* One space, dealt. */
struct vv_hand {
    const struct vv_space *space; /* NULL: empty */
    int64_t n_cols;
    enum vv_real type;
    void *rows;      /* [n_local][n_cols] in the order of positions */
    double *mean;    /* [n_cols] of each feature over all samples */
    double *scale;   /* [n_cols] power of two above every |value - mean|, in units of the largest; 0: constant */
    double unit;     /* that largest, a power of two */
    bool on_disk;
};

/* Collective. Reads a space and deals its rows. To be released in any case. */
enum vv_status vv_hand_deal(struct vv_comm *c, const struct vv_space *s, const struct vv_deck *d,
                            const char *scratch, struct vv_hand *h);
void vv_hand_release(struct vv_hand *h);

/* Local. Copies n rows from local position i on, features [k, k + n_k), centred and divided by their scale (zero
 * where that is zero); / divided by the unit; / as they are, whole rows. to: [n][n_k] */
void vv_hand_scaled(const struct vv_hand *h, int64_t i, int n, int64_t k, int n_k, double *to);
void vv_hand_centered(const struct vv_hand *h, int64_t i, int n, int64_t k, int n_k, double *to);
void vv_hand_row(const struct vv_hand *h, int64_t i, double *to);

/* Local. Gives the memory of rows in files back. */
void vv_hand_cool(const struct vv_hand *h, int64_t i, int64_t n);

#endif
