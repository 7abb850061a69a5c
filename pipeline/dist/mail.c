/* SPDX-License-Identifier: MIT */
#include "dist/mail.h"

#include "base/clock.h"
#include "base/mem.h"
#include "dist/comm_mpi.h"

struct vv_mail {
    struct vv_comm *comm;
    size_t most;
    void *outgoing, *incoming;
    MPI_Request requests[2];
    int n_requests; /* 0: nothing under way */
    double waited, sent;
};

enum vv_status vv_mail_create(struct vv_comm *c, size_t most, struct vv_mail **mail)
{
    struct vv_mail *const m = vv_mem_new(1, sizeof *m, "mail");
    if (!(*mail = m)) return VV_MEMORY;
    m->comm = c;
    m->most = most;
    if (most > VV_MESSAGE_BYTES) return vv_fail(VV_BUG, "a letter of %zu bytes", most);
    m->outgoing = vv_mem_new_raw(1, most, "letters between ranks");
    m->incoming = vv_mem_new_raw(1, most, "letters between ranks");
    return m->outgoing && m->incoming ? VV_OK : VV_MEMORY;
}

void vv_mail_destroy(struct vv_mail **mail)
{
    struct vv_mail *const m = *mail;
    if (!m) return;
    vv_mem_free(m->outgoing);
    vv_mem_free(m->incoming);
    vv_mem_free(m);
    *mail = NULL;
}

void *vv_mail_outgoing(struct vv_mail *m)
{
    return m->outgoing;
}

void vv_mail_post(struct vv_mail *m, int to, size_t bytes, int from)
{
    MPI_Irecv(m->incoming, (int)m->most, MPI_BYTE, from, VV_TAG_LETTER, m->comm->mpi, &m->requests[0]);
    MPI_Isend(m->outgoing, (int)bytes, MPI_BYTE, to, VV_TAG_LETTER, m->comm->mpi, &m->requests[1]);
    m->n_requests = 2;
    m->sent += (double)bytes;
}

void vv_mail_progress(struct vv_mail *m)
{
    int done;
    if (m->n_requests > 0) MPI_Testall(m->n_requests, m->requests, &done, MPI_STATUSES_IGNORE);
}

const void *vv_mail_wait(struct vv_mail *m)
{
    if (m->n_requests == 0) return NULL;
    const double begin = vv_clock_seconds();
    MPI_Waitall(m->n_requests, m->requests, MPI_STATUSES_IGNORE);
    m->waited += vv_clock_seconds() - begin;
    m->n_requests = 0;
    return m->incoming;
}

double vv_mail_seconds_waited(const struct vv_mail *m)
{
    return m->waited;
}

double vv_mail_bytes_sent(const struct vv_mail *m)
{
    return m->sent;
}
