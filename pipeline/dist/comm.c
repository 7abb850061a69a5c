/* SPDX-License-Identifier: MIT */
#include "dist/comm.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "dist/comm_mpi.h"
#include "dist/watch.h"

enum vv_status vv_comm_start(int *argc, char ***argv, struct vv_comm **world)
{
    int provided;
    /* Alone, Open MPI would start a daemon and look the host up, which takes seconds where names do not
     * resolve; this spares it both. */
    if (vv_comm_launch_rank() < 0) setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    /* The first copies file names into 256 bytes without a look at their length, the second complains when
     * runs start at the same time; nobody here uses the shared file pointers they are for. */
    setenv("OMPI_MCA_sharedfp", "^lockedfile,sm", 0);
    /* Blocks travel while ranks compute and look after MPI only now and then: in few large pieces, they
     * need looking after less often. */
    setenv("OMPI_MCA_btl_vader_max_send_size", "1048576", 0);
    if (MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
        return vv_fail(VV_FAILED, "MPI does not start");
    if (provided < MPI_THREAD_FUNNELED)
        return vv_fail(VV_FAILED, "this MPI library cannot be used beside threads");
    struct vv_comm *c = vv_mem_new(1, sizeof *c, "communicator");
    if (!c) return VV_MEMORY;
    MPI_Comm_dup(MPI_COMM_WORLD, &c->mpi);
    MPI_Comm_rank(c->mpi, &c->rank);
    MPI_Comm_size(c->mpi, &c->size);
    vv_fault_rank(c->rank);
    *world = c;
    return VV_OK;
}

static void (*tell_failure)(const char *text);

static void on_failure(MPI_Comm *mpi, int *code, ...)
{
    char why[MPI_MAX_ERROR_STRING] = "", text[MPI_MAX_ERROR_STRING + 128];
    int length, rank;
    MPI_Error_string(*code, why, &length);
    MPI_Comm_rank(*mpi, &rank);
    snprintf(text, sizeof text, "an exchange between ranks failed: %s (rank %d)", why, rank);
    tell_failure(text);
    MPI_Abort(*mpi, VV_FAILED);
}

void vv_comm_on_failure(struct vv_comm *c, void (*tell)(const char *text))
{
    MPI_Errhandler handler;
    tell_failure = tell;
    if (MPI_Comm_create_errhandler(on_failure, &handler) != MPI_SUCCESS) return;
    MPI_Comm_set_errhandler(c->mpi, handler);
    MPI_Errhandler_free(&handler);
}

enum vv_status vv_comm_split(struct vv_comm *c, int group, struct vv_comm **part)
{
    struct vv_comm *const p = vv_mem_new(1, sizeof *p, "communicator");
    MPI_Errhandler handler;
    int64_t ready = p != NULL; /* vv_agree stands above */
    vv_comm_min_i64(c, &ready, 1);
    *part = NULL;
    if (!ready || !p) {
        vv_mem_free(p);
        return vv_fail(VV_MEMORY, "no memory for a communicator");
    }
    MPI_Comm_split(c->mpi, group, c->rank, &p->mpi);
    MPI_Comm_get_errhandler(c->mpi, &handler);
    MPI_Comm_set_errhandler(p->mpi, handler);
    MPI_Errhandler_free(&handler);
    MPI_Comm_rank(p->mpi, &p->rank);
    MPI_Comm_size(p->mpi, &p->size);
    *part = p;
    return VV_OK;
}

void vv_comm_release(struct vv_comm **part)
{
    if (*part) MPI_Comm_free(&(*part)->mpi);
    vv_mem_free(*part);
    *part = NULL;
}

void vv_comm_call_off(struct vv_comm *c)
{
    for (int r = 0; !c->told && r < c->size; r++) {
        MPI_Request request;
        if (r == c->rank) continue;
        MPI_Isend(NULL, 0, MPI_BYTE, r, VV_TAG_CALL_OFF, c->mpi, &request);
        MPI_Request_free(&request); /* it is received in vv_comm_call_settle at the latest */
    }
    c->told = true;
}

static void hear(struct vv_comm *c)
{
    MPI_Recv(NULL, 0, MPI_BYTE, MPI_ANY_SOURCE, VV_TAG_CALL_OFF, c->mpi, MPI_STATUS_IGNORE);
    c->n_heard++;
}

bool vv_comm_called_off(struct vv_comm *c)
{
    for (;;) {
        int waiting = 0;
        MPI_Iprobe(MPI_ANY_SOURCE, VV_TAG_CALL_OFF, c->mpi, &waiting, MPI_STATUS_IGNORE);
        if (!waiting) return c->told || c->n_heard > 0;
        hear(c);
    }
}

void vv_comm_call_settle(struct vv_comm *c)
{
    int64_t n_told = c->told;
    vv_comm_sum_i64(c, &n_told, 1);
    while (c->n_heard + c->told < n_told) hear(c);
    c->told = false;
    c->n_heard = 0;
}

void vv_comm_exchange_fault(struct vv_comm *c)
{
    if (vv_fault("exchange")) MPI_Comm_call_errhandler(c->mpi, MPI_ERR_OTHER);
}

void vv_comm_finish(struct vv_comm **world)
{
    MPI_Comm_free(&(*world)->mpi);
    vv_mem_free(*world);
    *world = NULL;
    MPI_Finalize();
}

int vv_comm_launch_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK",
                                        "MV2_COMM_WORLD_RANK"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *const text = getenv(names[i]);
        if (text) return (int)strtol(text, NULL, 10);
    }
    return -1;
}

const char *vv_comm_library(void)
{
    static char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    MPI_Get_library_version(text, &length);
    text[strcspn(text, ",\n")] = '\0'; /* what follows the version is about the build */
    char *const tab = strchr(text, '\t'); /* MPICH's */
    if (tab) *tab = ' ';
    return text;
}

int vv_comm_rank(const struct vv_comm *c)
{
    return c->rank;
}

int vv_comm_size(const struct vv_comm *c)
{
    return c->size;
}

int vv_comm_cores(struct vv_comm *c)
{
    const char *const asked = getenv("OMP_NUM_THREADS");
    int64_t cores = asked ? strtol(asked, NULL, 10) : 0;
    MPI_Comm node;
    int n_ranks = 1;
    MPI_Comm_split_type(c->mpi, MPI_COMM_TYPE_SHARED, c->rank, MPI_INFO_NULL, &node);
    MPI_Comm_size(node, &n_ranks);
    MPI_Comm_free(&node);
    if (cores < 1) {
        const int64_t own = omp_get_num_procs(); /* of the affinity mask */
        const int64_t share = sysconf(_SC_NPROCESSORS_ONLN) / n_ranks;
        cores = own < share ? own : share;
    }
    if (cores < 1) cores = 1;
    if (cores > 1024) cores = 1024;
    vv_comm_min_i64(c, &cores, 1);
    return (int)cores;
}

struct vv_layout vv_comm_layout(const struct vv_comm *c, int64_t n)
{
    return (struct vv_layout){.n = n, .size = c->size, .rank = c->rank};
}

void vv_comm_barrier(struct vv_comm *c)
{
    MPI_Barrier(c->mpi);
}

void vv_comm_rest(struct vv_comm *c)
{
    static const struct timespec nap = {.tv_nsec = 2000000};
    MPI_Request request;
    int all = 0;
    MPI_Ibarrier(c->mpi, &request);
    for (;;) {
        MPI_Test(&request, &all, MPI_STATUS_IGNORE);
        if (all) return;
        nanosleep(&nap, NULL);
        vv_watch_move(0.0);
    }
}

void vv_comm_bcast(struct vv_comm *c, void *data, size_t bytes, int root)
{
    char *p = data;
    while (bytes > 0) {
        const int n = bytes > VV_MESSAGE_BYTES ? VV_MESSAGE_BYTES : (int)bytes;
        MPI_Bcast(p, n, MPI_BYTE, root, c->mpi);
        p += n;
        bytes -= (size_t)n;
    }
}

static void reduce(struct vv_comm *c, void *values, int64_t n, size_t size, MPI_Datatype type,
                   MPI_Op op)
{
    char *p = values;
    while (n > 0) {
        const int piece = n > VV_MESSAGE_BYTES / 8 ? VV_MESSAGE_BYTES / 8 : (int)n;
        MPI_Allreduce(MPI_IN_PLACE, p, piece, type, op, c->mpi);
        p += (size_t)piece * size;
        n -= piece;
    }
}

void vv_comm_sum_i64(struct vv_comm *c, int64_t *values, int64_t n)
{
    reduce(c, values, n, sizeof *values, MPI_INT64_T, MPI_SUM);
}

void vv_comm_sum_u64(struct vv_comm *c, uint64_t *values, int64_t n)
{
    reduce(c, values, n, sizeof *values, MPI_UINT64_T, MPI_SUM);
}

void vv_comm_min_i64(struct vv_comm *c, int64_t *values, int64_t n)
{
    reduce(c, values, n, sizeof *values, MPI_INT64_T, MPI_MIN);
}

void vv_comm_max_i64(struct vv_comm *c, int64_t *values, int64_t n)
{
    reduce(c, values, n, sizeof *values, MPI_INT64_T, MPI_MAX);
}

void vv_comm_min_f64(struct vv_comm *c, double *values, int64_t n)
{
    reduce(c, values, n, sizeof *values, MPI_DOUBLE, MPI_MIN);
}

void vv_comm_max_f64(struct vv_comm *c, double *values, int64_t n)
{
    reduce(c, values, n, sizeof *values, MPI_DOUBLE, MPI_MAX);
}

void vv_comm_allgather(struct vv_comm *c, const void *mine, size_t bytes, void *all)
{
    memcpy((char *)all + (size_t)c->rank * bytes, mine, bytes);
    for (int r = 0; r < c->size; r++) vv_comm_bcast(c, (char *)all + (size_t)r * bytes, bytes, r);
}

void vv_comm_swap(struct vv_comm *c, int to, const void *send, size_t n_send, int from, void *receive,
                  size_t n_receive)
{
    vv_comm_exchange_fault(c);
    while (n_send > 0 || n_receive > 0) { /* in pieces */
        const int ns = n_send > VV_MESSAGE_BYTES ? VV_MESSAGE_BYTES : (int)n_send;
        const int nr = n_receive > VV_MESSAGE_BYTES ? VV_MESSAGE_BYTES : (int)n_receive;
        MPI_Sendrecv(send, ns, MPI_BYTE, ns > 0 ? to : MPI_PROC_NULL, VV_TAG_SWAP, receive, nr, MPI_BYTE,
                     nr > 0 ? from : MPI_PROC_NULL, VV_TAG_SWAP, c->mpi, MPI_STATUS_IGNORE);
        send = (const char *)send + ns;
        receive = (char *)receive + nr;
        n_send -= (size_t)ns;
        n_receive -= (size_t)nr;
    }
}

void vv_comm_allgather_rows(struct vv_comm *c, const struct vv_layout *layout, const void *mine,
                            size_t row_bytes, void *all)
{
    char *const out = all;
    const size_t own = (size_t)vv_layout_local(layout) * row_bytes;
    if (own > 0) memcpy(out + (size_t)vv_layout_first(layout) * row_bytes, mine, own);
    for (int step = 1; step < c->size; step++) {
        const int to = (c->rank + step) % c->size, from = (c->rank - step + c->size) % c->size;
        vv_comm_swap(c, to, mine, own, from, out + (size_t)vv_layout_offset(layout, from) * row_bytes,
                     (size_t)vv_layout_count(layout, from) * row_bytes);
    }
}

static int64_t rows_before(const int64_t *rows, int r)
{
    int64_t sum = 0;
    for (int i = 0; i < r; i++) sum += rows[i];
    return sum;
}

void vv_comm_exchange_rows(struct vv_comm *c, const void *send, const int64_t *send_rows,
                           void *receive, const int64_t *receive_rows, size_t row_bytes)
{
    for (int step = 0; step < c->size; step++) {
        const int to = (c->rank + step) % c->size, from = (c->rank - step + c->size) % c->size;
        const char *s = (const char *)send + (size_t)rows_before(send_rows, to) * row_bytes;
        char *r = (char *)receive + (size_t)rows_before(receive_rows, from) * row_bytes;
        vv_comm_swap(c, to, s, (size_t)send_rows[to] * row_bytes, from, r, (size_t)receive_rows[from] * row_bytes);
    }
}
