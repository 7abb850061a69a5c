/* SPDX-License-Identifier: MIT */
#include "dist/ring.h"

#include "base/clock.h"
#include "base/mem.h"
#include "dist/comm_mpi.h"

struct vv_ring {
    struct vv_comm *comm;
    struct vv_layout layout;
    size_t row_bytes;
    int multiple, n_blocks;
    int64_t window, first;
    const void *current; /* the own rows, or one of the buffers */
    char *buffer[2];
    MPI_Request *requests; /* [2 * most_pieces] */
    int n_requests;
    int step; /* blocks met before the current one */
    double waited, sent;
};

/* Messages a block of `bytes` bytes is cut into. */
static int pieces(size_t bytes)
{
    return (int)((bytes + VV_MESSAGE_BYTES - 1) / VV_MESSAGE_BYTES);
}

static size_t bytes_of(const struct vv_ring *r, int64_t rows)
{
    return (size_t)((rows + r->multiple - 1) / r->multiple * r->multiple) * r->row_bytes;
}

static int64_t rows_of(const struct vv_ring *r, int owner)
{
    const int64_t left = vv_layout_count(&r->layout, owner) - r->first;
    return left < 0 ? 0 : left < r->window ? left : r->window;
}

static size_t block_bytes(const struct vv_ring *r, int owner)
{
    return bytes_of(r, rows_of(r, owner));
}

enum vv_status vv_ring_create(struct vv_comm *c, const struct vv_layout *layout, size_t row_bytes,
                              int multiple, int n_blocks, int64_t window, struct vv_ring **ring)
{
    struct vv_ring *r = vv_mem_new(1, sizeof *r, "ring");
    if (!(*ring = r)) return VV_MEMORY;
    *r = (struct vv_ring){.comm = c,
                          .layout = *layout,
                          .row_bytes = row_bytes,
                          .multiple = multiple,
                          .n_blocks = n_blocks,
                          .window = window};
    if (n_blocks == 1) return VV_OK;
    const int64_t largest = vv_layout_most(layout);
    const size_t most = bytes_of(r, largest < window ? largest : window);
    for (int b = 0; b < (n_blocks > 2 ? 2 : 1); b++)
        if (!(r->buffer[b] = vv_mem_new_raw(1, most, "a visiting block"))) return VV_MEMORY;
    r->requests = vv_mem_new(2 * pieces(most), sizeof *r->requests, "requests");
    return r->requests ? VV_OK : VV_MEMORY;
}

void vv_ring_destroy(struct vv_ring **ring)
{
    struct vv_ring *r = *ring;
    if (!r) return;
    vv_mem_free(r->buffer[0]);
    vv_mem_free(r->buffer[1]);
    vv_mem_free(r->requests);
    vv_mem_free(r);
    *ring = NULL;
}

void vv_ring_begin(struct vv_ring *r, const void *own, int64_t first)
{
    r->current = own;
    r->first = first;
    r->step = 0;
}

int64_t vv_ring_rows(const struct vv_ring *r)
{
    return rows_of(r, vv_ring_owner(r));
}

const void *vv_ring_block(const struct vv_ring *r)
{
    return r->current;
}

int vv_ring_owner(const struct vv_ring *r)
{
    return (r->layout.rank + r->step) % r->layout.size;
}

/* Blocks travel to the left: block of rank q is with rank q - s after s steps. */
void vv_ring_post(struct vv_ring *r)
{
    r->n_requests = 0;
    if (r->step + 1 >= r->n_blocks) return;
    const int left = (r->layout.rank + r->layout.size - 1) % r->layout.size;
    const int right = (r->layout.rank + 1) % r->layout.size;
    const size_t n_send = block_bytes(r, vv_ring_owner(r));
    r->sent += (double)n_send;
    const size_t n_receive = block_bytes(r, (vv_ring_owner(r) + 1) % r->layout.size);
    char *const to = r->buffer[r->step % 2];
    for (size_t at = 0; at < n_receive; at += VV_MESSAGE_BYTES) {
        const size_t n = n_receive - at < VV_MESSAGE_BYTES ? n_receive - at : VV_MESSAGE_BYTES;
        MPI_Irecv(to + at, (int)n, MPI_BYTE, right, VV_TAG_BLOCK, r->comm->mpi,
                  &r->requests[r->n_requests++]);
    }
    for (size_t at = 0; at < n_send; at += VV_MESSAGE_BYTES) {
        const size_t n = n_send - at < VV_MESSAGE_BYTES ? n_send - at : VV_MESSAGE_BYTES;
        MPI_Isend((const char *)r->current + at, (int)n, MPI_BYTE, left, VV_TAG_BLOCK, r->comm->mpi,
                  &r->requests[r->n_requests++]);
    }
}

void vv_ring_progress(struct vv_ring *r)
{
    int done;
    if (r->n_requests > 0) MPI_Testall(r->n_requests, r->requests, &done, MPI_STATUSES_IGNORE);
}

bool vv_ring_turn(struct vv_ring *r)
{
    if (r->step + 1 >= r->n_blocks) return false;
    const double begin = vv_clock_seconds();
    vv_comm_exchange_fault(r->comm);
    if (r->n_requests > 0) MPI_Waitall(r->n_requests, r->requests, MPI_STATUSES_IGNORE);
    r->waited += vv_clock_seconds() - begin;
    r->current = r->buffer[r->step % 2];
    r->step++;
    return true;
}

double vv_ring_seconds_waited(const struct vv_ring *r)
{
    return r->waited;
}

double vv_ring_bytes_sent(const struct vv_ring *r)
{
    return r->sent;
}
