/* SPDX-License-Identifier: MIT */
#include "run/cli.h"

#include <string.h>

#include "base/text.h"

static const struct vv_cli_command commands[] = {
#define VV_COMMAND(name, arguments, needs_mpi, summary) {#name, arguments, needs_mpi, summary},
#include "run/commands.def"
#undef VV_COMMAND
};

static const struct vv_cli_option options[] = {
#define VV_OPTION(field, letter, name, argument, commands, help)                                   \
    {letter, name, argument, commands, help, offsetof(struct vv_cli, field)},
#include "run/options.def"
#undef VV_OPTION
};

enum { N_OPTIONS = sizeof options / sizeof *options };

bool vv_cli_needs_mpi(enum vv_command command)
{
    return command < VV_N_COMMANDS && commands[command].needs_mpi;
}

/* Whether the blank-separated list holds the word. */
static bool lists(const char *list, const char *word)
{
    if (strcmp(list, "*") == 0) return true;
    const size_t n = strlen(word);
    for (const char *p = list; (p = strstr(p, word)); p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0')) return true;
    return false;
}

const struct vv_cli_option *vv_cli_option(int i)
{
    return i < N_OPTIONS ? &options[i] : NULL;
}

const struct vv_cli_command *vv_cli_command(enum vv_command command)
{
    return &commands[command];
}

bool vv_cli_accepts(enum vv_command command, const struct vv_cli_option *option)
{
    return lists(option->commands, commands[command].name);
}

static enum vv_status unknown_option(const char *text)
{
    const char *names[N_OPTIONS];
    for (int i = 0; i < N_OPTIONS; i++) names[i] = options[i].name;
    const size_t n = strcspn(text + 2, "=");
    char word[64];
    vv_fail(VV_USAGE, "unknown option '%s'", text);
    if (text[1] != '-' || n >= sizeof word) return vv_error_hint("see 'varve --help'");
    memcpy(word, text + 2, n);
    word[n] = '\0';
    const char *near = vv_text_suggest(word, names, N_OPTIONS);
    if (near) return vv_error_hint("did you mean '--%s'?", near);
    return vv_error_hint("see 'varve --help'");
}

static const struct vv_cli_option *find_long(const char *name, size_t length)
{
    for (int i = 0; i < N_OPTIONS; i++)
        if (strlen(options[i].name) == length && strncmp(options[i].name, name, length) == 0)
            return &options[i];
    return NULL;
}

static const struct vv_cli_option *find_short(char letter)
{
    for (int i = 0; i < N_OPTIONS; i++)
        if (letter && options[i].letter == letter) return &options[i];
    return NULL;
}

static enum vv_status set(struct vv_cli *cli, const struct vv_cli_option *o, const char *value)
{
    if (o->offset == offsetof(struct vv_cli, sweep)) {
        if (cli->n_sweeps == VV_CLI_SWEEPS)
            return vv_fail(VV_USAGE, "option '--sweep' is given more than %d times", VV_CLI_SWEEPS);
        cli->sweeps[cli->n_sweeps++] = value;
    }
    *(const char **)(void *)((char *)cli + o->offset) = value;
    return VV_OK;
}

/* Takes argv[*at], an option, and its value if it wants one. */
static enum vv_status take_option(struct vv_cli *cli, int argc, char **argv, int *at)
{
    const char *const text = argv[*at];
    if (text[1] != '-') {
        for (const char *p = text + 1; *p; p++) {
            const struct vv_cli_option *o = find_short(*p);
            if (!o) return unknown_option(text);
            VV_TRY(set(cli, o, ""));
        }
        return VV_OK;
    }
    const char *const equals = strchr(text, '=');
    const size_t length = equals ? (size_t)(equals - text - 2) : strlen(text + 2);
    const struct vv_cli_option *o = find_long(text + 2, length);
    if (!o) return unknown_option(text);
    if (!o->argument[0]) {
        if (equals) return vv_fail(VV_USAGE, "option '--%s' takes no value", o->name);
        return set(cli, o, "");
    }
    if (equals) return set(cli, o, equals + 1);
    if (*at + 1 >= argc) return vv_fail(VV_USAGE, "option '--%s' needs %s", o->name, o->argument);
    return set(cli, o, argv[++*at]);
}

static enum vv_status take_command(struct vv_cli *cli, const char *word)
{
    const char *names[VV_N_COMMANDS];
    for (int i = 0; i < VV_N_COMMANDS; i++) {
        names[i] = commands[i].name;
        if (strcmp(word, names[i]) == 0) {
            cli->command = (enum vv_command)i;
            return VV_OK;
        }
    }
    vv_fail(VV_USAGE, "unknown command '%s'", word);
    const char *near = vv_text_suggest(word, names, VV_N_COMMANDS);
    if (near) return vv_error_hint("did you mean 'varve %s'?", near);
    if (strchr(word, '.')) return vv_error_hint("to run a configuration: varve run %s", word);
    return vv_error_hint("see 'varve --help'");
}

static enum vv_status check_options(const struct vv_cli *cli)
{
    if (cli->command == VV_N_COMMANDS) return VV_OK;
    for (int i = 0; i < N_OPTIONS; i++) {
        const char *value = *(const char *const *)(const void *)((const char *)cli + options[i].offset);
        if (value && !lists(options[i].commands, commands[cli->command].name))
            return vv_fail(VV_USAGE, "option '--%s' does not belong to 'varve %s'",
                           options[i].name, commands[cli->command].name);
    }
    return VV_OK;
}

enum vv_status vv_cli_parse(int argc, char **argv, struct vv_cli *cli)
{
    *cli = (struct vv_cli){.command = VV_N_COMMANDS, .arguments = argv + 1};
    bool only_arguments = false;
    for (int i = 1; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0) only_arguments = true;
        else if (!only_arguments && argv[i][0] == '-' && argv[i][1])
            VV_TRY(take_option(cli, argc, argv, &i));
        else if (cli->command == VV_N_COMMANDS) VV_TRY(take_command(cli, argv[i]));
        else cli->arguments[cli->n_arguments++] = argv[i];
    }
    return check_options(cli);
}

void vv_cli_help(enum vv_command command, struct vv_strbuf *out)
{
    if (command == VV_N_COMMANDS) {
        vv_strbuf_puts(out, "varve: how the geometry of a network's representations changes with "
                            "depth\n\nusage: [mpirun -n RANKS] varve COMMAND [ARGUMENTS] "
                            "[OPTIONS]\n\ncommands:\n");
        for (int i = 0; i < VV_N_COMMANDS; i++)
            vv_strbuf_addf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    } else {
        vv_strbuf_addf(out, "usage: varve %s %s [OPTIONS]\n%s\n", commands[command].name,
                       commands[command].arguments, commands[command].summary);
    }
    vv_strbuf_puts(out, "\noptions:\n");
    for (int i = 0; i < N_OPTIONS; i++) {
        const struct vv_cli_option *o = &options[i];
        const bool applies =
            command == VV_N_COMMANDS || lists(o->commands, commands[command].name);
        if (!applies) continue;
        char left[32] = "";
        struct vv_strbuf name;
        vv_strbuf_init(&name);
        if (o->letter) vv_strbuf_addf(&name, "-%c, ", o->letter);
        else vv_strbuf_puts(&name, "    ");
        vv_strbuf_addf(&name, "--%s%s%s", o->name, o->argument[0] ? " " : "", o->argument);
        strncpy(left, name.text, sizeof left - 1);
        vv_strbuf_addf(out, "  %-20s %s", left, o->help);
        if (command == VV_N_COMMANDS && strcmp(o->commands, "*") != 0)
            vv_strbuf_addf(out, " (%s)", o->commands);
        vv_strbuf_puts(out, "\n");
        vv_strbuf_release(&name);
    }
    vv_strbuf_puts(out, "\nexit codes:\n");
#define VV_STATUS(name, value, meaning) vv_strbuf_addf(out, "  %-3d %s\n", value, meaning);
#include "base/status.def"
#undef VV_STATUS
}
