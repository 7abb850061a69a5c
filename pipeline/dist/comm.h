/* SPDX-License-Identifier: MIT */
/* The communicator: ranks, and the few collective operations varve uses. MPI's own error handler
 * (abort the job) stays in force: a broken network is not a value. Transfers of any size are split
 * below MPI's count limit here and nowhere else. */
#ifndef VV_DIST_COMM_H
#define VV_DIST_COMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dist/layout.h"

struct vv_comm; /* opaque; see dist/comm_mpi.h for the MPI handle inside */

/* Collective. Starts MPI and returns the communicator of all ranks; finish ends MPI. Once each. */
enum vv_status vv_comm_start(int *argc, char ***argv, struct vv_comm **world);
/* Local. Who says the last word when the MPI library fails, before the run is ended with code 1; unless given,
 * the library does. */
void vv_comm_on_failure(struct vv_comm *c, void (*tell)(const char *text));

void vv_comm_finish(struct vv_comm **world);

/* Collective. The communicator of the ranks of c that give the same group (0, 1, ...), in the order of c. Its
 * collective operations concern nobody else. To be released by all of them. */
enum vv_status vv_comm_split(struct vv_comm *c, int group, struct vv_comm **part);
void vv_comm_release(struct vv_comm **part);

/* Calling off work that parts of c do side by side. Local. Tells all other ranks of c, at most once. / Local. Whether
 * this rank was told, or has told. / Collective. Ends it: nobody tells any more, and nothing is left on the way. */
void vv_comm_call_off(struct vv_comm *c);
bool vv_comm_called_off(struct vv_comm *c);
void vv_comm_call_settle(struct vv_comm *c);

/* Local. This process's rank as the launcher tells it in the environment, before MPI is started; -1
 * without a launcher. Lets only one of many ranks report a wrong command line. */
int vv_comm_launch_rank(void);

/* Local. Name and version of the MPI library, one line. */
const char *vv_comm_library(void);

/* Local. This rank and the number of ranks. */
int vv_comm_rank(const struct vv_comm *c);
int vv_comm_size(const struct vv_comm *c);

/* Collective. Threads a rank should start: OMP_NUM_THREADS where it is set, else the cores it may run on,
 * or its share of the node's where ranks share them; the smallest answer of all ranks. */
int vv_comm_cores(struct vv_comm *c);

/* Local. The division of n rows over the ranks of c. */
struct vv_layout vv_comm_layout(const struct vv_comm *c, int64_t n);

/* Collective. Waits for all ranks. */
void vv_comm_barrier(struct vv_comm *c);

/* Collective. The same for those who may have to wait long: they sleep, so that those who work have the cores, and
 * the watchdog does not mind. */
void vv_comm_rest(struct vv_comm *c);

/* Collective. Copies `bytes` bytes from rank `root` to all. */
void vv_comm_bcast(struct vv_comm *c, void *data, size_t bytes, int root);

/* Collective. Elementwise reductions in place; every rank gets the result. Integer sums are exact,
 * minima and maxima do not depend on order; for sums of doubles see dist/reduce.h. */
void vv_comm_sum_i64(struct vv_comm *c, int64_t *values, int64_t n);
void vv_comm_sum_u64(struct vv_comm *c, uint64_t *values, int64_t n); /* modulo 2^64 */
void vv_comm_min_i64(struct vv_comm *c, int64_t *values, int64_t n);
void vv_comm_max_i64(struct vv_comm *c, int64_t *values, int64_t n);
void vv_comm_min_f64(struct vv_comm *c, double *values, int64_t n);
void vv_comm_max_f64(struct vv_comm *c, double *values, int64_t n);

/* Collective. Each rank gives `bytes` bytes; all receive those of rank r at all + r * bytes. */
void vv_comm_allgather(struct vv_comm *c, const void *mine, size_t bytes, void *all);

/* Collective. Each rank gives the rows of its share of `layout`, `row_bytes` each; all receive all
 * n rows in order. mine: [n_local], all: [n]. */
void vv_comm_allgather_rows(struct vv_comm *c, const struct vv_layout *layout, const void *mine,
                            size_t row_bytes, void *all);

/* Collective. Bytes to one rank and bytes from one, of which both sides know how many there are. */
void vv_comm_swap(struct vv_comm *c, int to, const void *send, size_t n_send, int from, void *receive,
                  size_t n_receive);

/* Collective. Rows to and from every rank, packed in rank order. send_rows, receive_rows: [size]
 * number of rows for / from each rank. */
void vv_comm_exchange_rows(struct vv_comm *c, const void *send, const int64_t *send_rows,
                           void *receive, const int64_t *receive_rows, size_t row_bytes);

#endif
