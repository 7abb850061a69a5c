/* SPDX-License-Identifier: MIT */
/* What is inside a communicator; for dist/ and io/h5.c only. */
#ifndef VV_DIST_COMM_MPI_H
#define VV_DIST_COMM_MPI_H

#include <mpi.h>

#include "dist/comm.h"

struct vv_comm {
    MPI_Comm mpi;
    int rank, size;
    bool told;   /* this rank has called off */
    int n_heard; /* others that have, as far as this rank has looked */
};

/* Largest number of bytes in one message. */
enum { VV_MESSAGE_BYTES = 1 << 30 };

/* What messages are. */
enum { VV_TAG_BLOCK, VV_TAG_LETTER, VV_TAG_SWAP, VV_TAG_CALL_OFF };

/* Local. The fault point of exchanges: fails as the library would. */
void vv_comm_exchange_fault(struct vv_comm *c);

#endif
