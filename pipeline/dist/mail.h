/* SPDX-License-Identifier: MIT */
/* Letters of varying length between two partners, one each way at a time, on their way while the
 * caller computes. Everything is allocated at creation. */
#ifndef VV_DIST_MAIL_H
#define VV_DIST_MAIL_H

#include <stddef.h>

#include "base/error.h"
#include "dist/comm.h"

struct vv_mail; /* opaque */

/* Local. Letters of up to `most` bytes (at most 2^30). */
enum vv_status vv_mail_create(struct vv_comm *c, size_t most, struct vv_mail **mail);
void vv_mail_destroy(struct vv_mail **mail);

/* Local. Where to write the next letter: [most] bytes; only while none is under way. */
void *vv_mail_outgoing(struct vv_mail *m);

/* Collective. Sends the first `bytes` bytes of the outgoing letter to rank `to` and expects one from
 * rank `from`. */
void vv_mail_post(struct vv_mail *m, int to, size_t bytes, int from);

/* Local. Lets the exchange make progress. */
void vv_mail_progress(struct vv_mail *m);

/* Collective. Waits for both; the letter that came, or NULL when none was expected. */
const void *vv_mail_wait(struct vv_mail *m);

/* Local. Seconds spent waiting, and bytes sent, so far. */
double vv_mail_seconds_waited(const struct vv_mail *m);
double vv_mail_bytes_sent(const struct vv_mail *m);

#endif
