/* SPDX-License-Identifier: MIT */
/* The commands of the program, one function each: vv_command_run, vv_command_check, ... Those that
 * need no MPI get a NULL communicator. Results go to standard output on rank 0; errors are
 * recorded and returned, main prints them. */
#ifndef VV_RUN_COMMANDS_H
#define VV_RUN_COMMANDS_H

#include "dist/comm.h"
#include "run/cli.h"

struct vv_call {
    struct vv_comm *comm;
    const struct vv_cli *cli;
    const char *typed; /* the whole command line, for provenance */
};

/* Collective (those with a communicator). */
#define VV_COMMAND(name, arguments, needs_mpi, summary)                                            \
    enum vv_status vv_command_##name(const struct vv_call *call);
#include "run/commands.def"
#undef VV_COMMAND

#endif
