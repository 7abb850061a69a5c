/* SPDX-License-Identifier: MIT */
/* The program: parse the command line, start MPI if the command needs it, dispatch, and speak last:
 * the one place that prints the final error and chooses the exit code. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "dist/signals.h"
#include "dist/watch.h"
#include "run/cite.h"
#include "run/commands.h"
#include "run/provenance.h"

typedef enum vv_status (*command_fn)(const struct vv_call *);

static const command_fn commands[] = {
#define VV_COMMAND(name, arguments, needs_mpi, summary) vv_command_##name,
#include "run/commands.def"
#undef VV_COMMAND
};

static int speak(int rank)
{
    const struct vv_error *e = vv_error_last();
    if (rank != 0 || e->code == VV_OK || !e->message[0]) return (int)e->code; /* no message: told by the command */
    fflush(stdout);
    fprintf(stderr, "varve: %s%s", e->code == VV_STOPPED ? "" : "error: ", e->message);
    if (e->rank > 0 && e->code != VV_STOPPED) fprintf(stderr, " (rank %d)", e->rank);
    fputc('\n', stderr);
    if (e->hint[0]) fprintf(stderr, "hint: %s\n", e->hint);
    if (e->code == VV_BUG && e->file) fprintf(stderr, "detected at %s:%d\n", e->file, e->line);
    return (int)e->code;
}

/* --version, --cite and --help, which work everywhere. */
static int answer(const struct vv_cli *cli, int rank)
{
    if (rank != 0) return 0;
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    if (cli->version)
        vv_strbuf_addf(&text, "varve %s (%s)\n", vv_provenance_version(),
                       vv_provenance_commit());
    else if (cli->cite)
        vv_cite_all(&text);
    else
        vv_cli_help(cli->command, &text);
    fputs(text.text, stdout);
    vv_strbuf_release(&text);
    return 0;
}

/* For those that end the process themselves: any rank may have to. */
static void last_word(const char *text)
{
    fprintf(stderr, "varve: error: %s\n", text);
}

/* Starts the watchdog, if it is asked for. */
static enum vv_status start_watch(const struct vv_cli *cli, int rank)
{
    double seconds;
    if (!cli->watchdog) return VV_OK;
    if (!vv_text_to_time(cli->watchdog, &seconds) || seconds < 1.0)
        return vv_fail(VV_USAGE, "option '--watchdog' needs a time of at least 1 s, not '%s'", cli->watchdog);
    vv_watch_start(rank, seconds, last_word);
    return VV_OK;
}

/* Without MPI nothing keeps the ranks together, and a launcher kills those that still work when one
 * leaves with an error: nobody leaves before rank 0 has spoken. */
static int leave_together(int code, int *argc, char ***argv)
{
    struct vv_comm *comm;
    if (vv_comm_launch_rank() >= 0 && vv_comm_start(argc, argv, &comm) == VV_OK) {
        vv_comm_barrier(comm);
        vv_comm_finish(&comm);
    }
    return code;
}

static int dispatch(const struct vv_cli *cli, int *argc, char ***argv, const char *typed, int rank)
{
    struct vv_call call = {.cli = cli, .typed = typed};
    if (cli->command == VV_N_COMMANDS) {
        vv_fail(VV_USAGE, "no command given");
        vv_error_hint("see 'varve --help', or try 'varve run configs/quickstart.yml'");
        return leave_together(speak(rank), argc, argv);
    }
    if (!vv_cli_needs_mpi(cli->command)) {
        if (rank == 0) commands[cli->command](&call);
        return leave_together(speak(rank), argc, argv);
    }
    if (vv_comm_start(argc, argv, &call.comm) != VV_OK) return speak(rank);
    vv_comm_on_failure(call.comm, last_word);
    if (start_watch(cli, rank) == VV_OK) commands[cli->command](&call);
    const int code = speak(vv_comm_rank(call.comm));
    vv_comm_finish(&call.comm);
    return code;
}

int main(int argc, char **argv)
{
    const int rank = vv_comm_launch_rank() > 0 ? vv_comm_launch_rank() : 0;
    struct vv_strbuf typed;
    vv_strbuf_init(&typed);
    for (int i = 0; i < argc; i++) {
        if (i) vv_strbuf_puts(&typed, " ");
        vv_strbuf_add_word(&typed, argv[i]);
    }
    struct vv_cli cli;
    int code = 0;
    if (vv_cli_parse(argc, argv, &cli) != VV_OK) code = leave_together(speak(rank), &argc, &argv);
    else if (cli.version || cli.cite || cli.help) code = leave_together(answer(&cli, rank), &argc, &argv);
    else code = dispatch(&cli, &argc, &argv, typed.text, rank);
    vv_strbuf_release(&typed);
#ifndef NDEBUG
    if (vv_mem_in_use() > 0) fprintf(stderr, "varve: %zu bytes leaked\n", vv_mem_in_use());
#endif
    if (code == VV_STOPPED) vv_signals_pass_on();
    return code;
}
