/* SPDX-License-Identifier: MIT */
#include "dist/agree.h"

#include <unistd.h>

#include "base/fault.h"
#include "dist/signals.h"
#include "dist/watch.h"

static enum vv_status stopped(enum vv_stop why)
{
    static const char *const said[] = {"", ": the time limit is over", ": there is a file STOP",
                                       " on request"};
    vv_fail(VV_STOPPED, "stopped%s", said[why]);
    return vv_error_hint("what was finished is kept; the same command goes on from there");
}

static enum vv_status agree(struct vv_comm *c, enum vv_status st, enum vv_stop stop)
{
    const int rank = vv_comm_rank(c), size = vv_comm_size(c);
    /* One reduction carries both: the lowest failing rank, and whether anybody wants to stop. */
    if (vv_fault("stall"))
        for (;;) pause();
    int64_t lowest[2] = {st == VV_OK ? size : rank, -(int64_t)stop};
    vv_watch_wait();
    vv_comm_min_i64(c, lowest, 2);
    vv_watch_met();
    if (lowest[0] == size) {
        return lowest[1] < 0 ? stopped((enum vv_stop)-lowest[1]) : VV_OK;
    }
    struct vv_error error = *vv_error_last();
    if (lowest[0] == rank) {
        if (error.code == VV_OK) {
            vv_fail(st, "%s", vv_status_meaning(st));
            error = *vv_error_last();
        }
        if (error.rank < 0) error.rank = rank;
    }
    const char *const file = error.file; /* pointers do not travel */
    vv_comm_bcast(c, &error, sizeof error, (int)lowest[0]);
    error.file = file;
    vv_error_restore(&error);
    return error.code;
}

#undef vv_agree
#undef vv_agree_to_finish
enum vv_status vv_agree(struct vv_comm *c, enum vv_status st)
{
    return agree(c, st, vv_signals_stop_requested());
}

enum vv_status vv_agree_to_finish(struct vv_comm *c, enum vv_status st)
{
    return agree(c, st, VV_GO_ON);
}
