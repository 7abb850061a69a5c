/* SPDX-License-Identifier: MIT */
/* Questions about rows to the ranks that own them, such as the distance to a neighbor of a neighbor: for what is
 * needed of a few rows anywhere, where passing all blocks round a ring (dist/ring.h) would move too much. */
#ifndef VV_DIST_ASK_H
#define VV_DIST_ASK_H

#include <stdint.h>

#include "base/error.h"
#include "dist/comm.h"
#include "dist/layout.h"

struct vv_question {
    int32_t row;  /* global; its owner answers */
    int32_t what; /* as the two sides understand it */
};

/* Local. Answers questions about rows of this rank. questions, answers: [n] */
typedef enum vv_status (*vv_answer_fn)(void *state, int64_t n, const struct vv_question *questions,
                                       double *answers);

/* Collective. Sends each question to the owner of its row and brings the answers back in the same order. Memory: 32
 * bytes a question, on both sides. questions, answers: [n]; n may differ between ranks, and be 0. */
enum vv_status vv_ask(struct vv_comm *c, const struct vv_layout *layout, int64_t n,
                      const struct vv_question *questions, vv_answer_fn answer, void *state, double *answers);

#endif
