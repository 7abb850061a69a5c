/* SPDX-License-Identifier: MIT */
/* The command line: varve COMMAND ARGUMENTS OPTIONS, from two lists (commands.def, options.def). */
#ifndef VV_RUN_CLI_H
#define VV_RUN_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"

enum vv_command {
#define VV_COMMAND(name, arguments, needs_mpi, summary) VV_COMMAND_##name,
#include "run/commands.def"
#undef VV_COMMAND
    VV_N_COMMANDS /* also: no command given */
};

enum { VV_CLI_SWEEPS = 32 };

struct vv_cli_command {
    const char *name, *arguments;
    bool needs_mpi;
    const char *summary;
};

struct vv_cli_option {
    char letter; /* 0: none */
    const char *name, *argument, *commands, *help;
    size_t offset; /* of its field in struct vv_cli */
};

struct vv_cli {
    enum vv_command command;
    int n_arguments;
    char **arguments; /* [n_arguments] borrowed from argv: what is neither command nor option */
    /* options, by the field names of options.def; NULL or the text given ("" for switches) */
#define VV_OPTION(field, letter, name, argument, commands, help) const char *field;
#include "run/options.def"
#undef VV_OPTION
    int n_sweeps;
    const char *sweeps[VV_CLI_SWEEPS]; /* [n_sweeps] every --sweep; the one option that may be repeated */
};

/* Local. Parses; VV_USAGE with hint when something is wrong. Arguments may follow options. argv is
 * reordered. */
enum vv_status vv_cli_parse(int argc, char **argv, struct vv_cli *cli);

/* Local. Whether a command needs MPI. */
bool vv_cli_needs_mpi(enum vv_command command);

/* Local. The lists, for what is made of them: the i-th option, NULL after the last; a command; whether it takes an
 * option. */
const struct vv_cli_option *vv_cli_option(int i);
const struct vv_cli_command *vv_cli_command(enum vv_command command);
bool vv_cli_accepts(enum vv_command command, const struct vv_cli_option *option);

/* Local. Help of a command, or of the program when command is VV_N_COMMANDS. */
void vv_cli_help(enum vv_command command, struct vv_strbuf *out);

#endif
