/* SPDX-License-Identifier: MIT */
/* Scripts for three shells from one view of the command line: what each option and each command takes. Options and
 * commands are offered with their help where a shell shows it. Keys are offered once the configuration is named. */
#include <ctype.h>
#include <string.h>

#include "run/cli.h"
#include "run/manual.h"
#include "run/settings.h"

const char *const vv_shell_names[VV_N_SHELLS] = {"bash", "zsh", "fish"};

enum takes { TAKES_NOTHING, TAKES_ANYTHING, TAKES_FILES, TAKES_CONFIGURATION, TAKES_KEYS, TAKES_STAGES, TAKES_WORDS };

/* What the argument of a command or option stands for, by how the lists write it: small letters are the words. */
static enum takes takes_of(const char *argument)
{
    if (!argument[0]) return TAKES_NOTHING;
    if (strncmp(argument, "CONFIG", 6) == 0) return TAKES_CONFIGURATION;
    if (strstr(argument, "a.b=") || strstr(argument, "A.B=")) return TAKES_KEYS;
    if (strcmp(argument, "STAGE") == 0 || strcmp(argument, "[NAME]") == 0) return TAKES_STAGES;
    if (strstr(argument, "FILE") || strstr(argument, "RUN") || strcmp(argument, "A B") == 0) return TAKES_FILES;
    for (const char *p = argument; *p; p++)
        if (islower((unsigned char)*p)) return TAKES_WORDS;
    if (strstr(argument, "FOLDER") || strstr(argument, "DIR")) return TAKES_FILES;
    return TAKES_ANYTHING;
}

struct words {
    struct vv_strbuf keys, values, stages; /* "a.b=", "a.b=value", names; blanks between */
};

static void add_key(const char *path, const struct vv_param *p, void *data)
{
    struct words *const w = data;
    if (p->fields || p->type == VV_PARAM_SECTION || strstr(path, ".NAME")) return;
    vv_strbuf_addf(&w->keys, "%s%s=", w->keys.length ? " " : "", path);
    for (int i = 0; p->choices && p->choices[i]; i++)
        vv_strbuf_addf(&w->values, "%s%s=%s", w->values.length ? " " : "", path, p->choices[i]);
    if (p->type == VV_PARAM_BOOL)
        vv_strbuf_addf(&w->values, "%s%s=true %s=false", w->values.length ? " " : "", path, path);
}

static enum vv_status collect(struct words *w)
{
    struct vv_settings settings;
    vv_strbuf_init(&w->keys);
    vv_strbuf_init(&w->values);
    vv_strbuf_init(&w->stages);
    for (int i = 0; i < VV_N_STAGES; i++) vv_strbuf_addf(&w->stages, "%s%s", i ? " " : "", vv_registry[i]->name);
    const enum vv_status st = vv_settings_init(&settings);
    if (!st) vv_schema_visit(settings.params, "", add_key, w);
    vv_settings_release(&settings);
    return st;
}

static void release(struct words *w)
{
    vv_strbuf_release(&w->keys);
    vv_strbuf_release(&w->values);
    vv_strbuf_release(&w->stages);
}

/* The words in small letters of "[list | prune] [FOLDER]". */
static void literals(const char *argument, struct vv_strbuf *out)
{
    bool inside = false, any = false;
    for (const char *p = argument; *p; p++) {
        const bool letter = islower((unsigned char)*p);
        if (letter && !inside && any) vv_strbuf_puts(out, " ");
        if (letter) vv_strbuf_add(out, p, 1);
        inside = letter;
        any = any || letter;
    }
}

/* A text in which some characters get a backslash, and a quote what the shell wants inside quotes. */
static void escaped(const char *text, const char *special, const char *quote, struct vv_strbuf *out)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\'') vv_strbuf_puts(out, quote);
        else vv_strbuf_addf(out, "%s%c", strchr(special, *p) ? "\\" : "", *p);
    }
}

static const char *command_name(int i)
{
    return vv_cli_command((enum vv_command)i)->name;
}

/* bash */

/* The options of a command (VV_N_COMMANDS: of none), long and short. */
static void bash_options(int command, struct vv_strbuf *out)
{
    const struct vv_cli_option *o;
    bool any = false;
    for (int i = 0; (o = vv_cli_option(i)); i++) {
        const bool everywhere = strcmp(o->commands, "*") == 0;
        if (command == VV_N_COMMANDS ? !everywhere : !vv_cli_accepts((enum vv_command)command, o)) continue;
        vv_strbuf_addf(out, "%s--%s", any ? " " : "", o->name);
        if (o->letter) vv_strbuf_addf(out, " -%c", o->letter);
        any = true;
    }
}

static void bash_arguments(const char *argument, struct vv_strbuf *out)
{
    switch (takes_of(argument)) {
    case TAKES_CONFIGURATION: vv_strbuf_puts(out, "_varve_configuration"); break;
    case TAKES_KEYS: vv_strbuf_puts(out, "_varve_words \"$keys\""); break;
    case TAKES_STAGES: vv_strbuf_puts(out, "_varve_words \"$stages\""); break;
    case TAKES_FILES: vv_strbuf_puts(out, "_varve_files"); break;
    case TAKES_WORDS:
        vv_strbuf_puts(out, "_varve_words '");
        literals(argument, out);
        vv_strbuf_puts(out, "'");
        break;
    case TAKES_NOTHING:
    case TAKES_ANYTHING: vv_strbuf_puts(out, ":"); break;
    }
}

static const char bash_head[] =
    "# SPDX-License-Identifier: MIT\n"
    "# bash completion of varve, made by 'varve completion bash'. What _varve calls sees its variables:\n"
    "# shellcheck shell=bash disable=SC2154\n"
    "\n"
    "# The words that begin as what is typed; bash takes '=' for a word of its own, so that what stands to its left\n"
    "# must not be repeated.\n"
    "_varve_words()\n"
    "{\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$left$cur\")\n"
    "    COMPREPLY=(\"${COMPREPLY[@]#\"$left\"}\")\n"
    "    [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null\n"
    "}\n"
    "\n"
    "_varve_files()\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "}\n"
    "\n"
    "# First the file, then keys.\n"
    "_varve_configuration()\n"
    "{\n"
    "    local word\n"
    "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
    "        [[ $word == *.yml || $word == *.yaml ]] || continue\n"
    "        if [[ $left ]]; then _varve_words \"$values\"; else _varve_words \"$keys\"; fi\n"
    "        return\n"
    "    done\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(\n"
    "        compgen -f -X '!*.yml' -- \"$cur\"\n"
    "        compgen -f -X '!*.yaml' -- \"$cur\"\n"
    "        compgen -d -- \"$cur\")\n"
    "}\n"
    "\n"
    "_varve()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} left='' command='' options word\n";

static const char bash_middle[] =
    "    COMPREPLY=()\n"
    "    if [[ $cur == = ]]; then left=$prev= cur=''\n"
    "    elif [[ $prev == = ]]; then left=${COMP_WORDS[COMP_CWORD - 2]}=\n"
    "    fi\n"
    "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
    "        [[ \" $commands \" == *\" $word \"* ]] && command=$word && break\n"
    "    done\n"
    "    word=${left:-$prev}\n"
    "    case ${word%=} in\n";

static void write_bash(const struct words *w, struct vv_strbuf *out)
{
    const struct vv_cli_option *o;
    vv_strbuf_puts(out, bash_head);
    vv_strbuf_puts(out, "    local commands='");
    for (int i = 0; i < VV_N_COMMANDS; i++) vv_strbuf_addf(out, "%s%s", i ? " " : "", command_name(i));
    vv_strbuf_addf(out, "'\n    local stages='%s'\n    local keys='%s'\n    local values='%s'\n", w->stages.text,
                   w->keys.text, w->values.text);
    vv_strbuf_puts(out, bash_middle);
    for (int i = 0; (o = vv_cli_option(i)); i++) {
        if (!o->argument[0]) continue;
        vv_strbuf_addf(out, "    --%s) left=''; ", o->name);
        bash_arguments(o->argument, out);
        vv_strbuf_puts(out, "; return ;;\n");
    }
    vv_strbuf_puts(out, "    esac\n    if [[ $cur == -* ]]; then\n        case $command in\n");
    for (int i = 0; i <= VV_N_COMMANDS; i++) {
        vv_strbuf_addf(out, "        %s) options='", i < VV_N_COMMANDS ? command_name(i) : "*");
        bash_options(i, out);
        vv_strbuf_puts(out, "' ;;\n");
    }
    vv_strbuf_puts(out, "        esac\n        _varve_words \"$options\"\n        return\n    fi\n");
    vv_strbuf_puts(out, "    case $command in\n");
    for (int i = 0; i < VV_N_COMMANDS; i++) {
        vv_strbuf_addf(out, "    %s) ", command_name(i));
        bash_arguments(vv_cli_command((enum vv_command)i)->arguments, out);
        vv_strbuf_puts(out, " ;;\n");
    }
    vv_strbuf_puts(out, "    *) _varve_words \"$commands\" ;;\n    esac\n}\n\ncomplete -F _varve varve\n");
}

/* zsh */

static void zsh_arguments(const char *argument, struct vv_strbuf *out)
{
    switch (takes_of(argument)) {
    case TAKES_CONFIGURATION:
        vv_strbuf_puts(out, " '1:configuration:_files -g \"*.(yml|yaml)\"' '*:key:_varve_keys'");
        break;
    case TAKES_KEYS: vv_strbuf_puts(out, " '*:key:_varve_keys'"); break;
    case TAKES_STAGES: vv_strbuf_puts(out, " '1:stage:($stages)'"); break;
    case TAKES_FILES: vv_strbuf_puts(out, " '*:file:_files'"); break;
    case TAKES_WORDS:
        vv_strbuf_puts(out, " '1:what:(");
        literals(argument, out);
        vv_strbuf_puts(out, ")'");
        break;
    case TAKES_NOTHING:
    case TAKES_ANYTHING: break;
    }
}

/* One specification of _arguments for each form: '-q[help]' '--until=[help]:STAGE:($stages)'. */
static void zsh_option(const struct vv_cli_option *o, struct vv_strbuf *out)
{
    const enum takes takes = takes_of(o->argument);
    for (int form = o->letter ? 0 : 1; form < 2; form++) {
        vv_strbuf_puts(out, " \\\n            '");
        if (form == 0) vv_strbuf_addf(out, "-%c", o->letter);
        else vv_strbuf_addf(out, "--%s%s", o->name, takes ? "=" : "");
        vv_strbuf_puts(out, "[");
        escaped(o->help, "[]\\:", "'\\''", out);
        vv_strbuf_puts(out, "]");
        if (takes)
            vv_strbuf_addf(out, ":%s:%s", o->argument,
                           takes == TAKES_STAGES  ? "($stages)"
                           : takes == TAKES_KEYS  ? "_varve_keys"
                           : takes == TAKES_FILES ? "_files"
                                                  : " ");
        vv_strbuf_puts(out, "'");
    }
}

/* With the keys and values. */
static const char zsh_keys[] =
    "#compdef varve\n"
    "# SPDX-License-Identifier: MIT\n"
    "# zsh completion of varve, made by 'varve completion zsh'.\n"
    "\n"
    "_varve_keys() {\n"
    "    local -a keys values\n"
    "    keys=(%s)\n"
    "    values=(%s)\n"
    "    if [[ \"$PREFIX\" == *=* ]]; then compadd -a values; else compadd -S '' -a keys; fi\n"
    "}\n\n";

/* With the stages. */
static const char zsh_head[] =
    "_varve() {\n"
    "    local curcontext=\"$curcontext\" state line\n"
    "    typeset -A opt_args\n"
    "    local -a stages commands\n"
    "    stages=(%s)\n"
    "    commands=(\n";

static const char zsh_middle[] =
    " \\\n            '1:command:->command' '*::argument:->argument' && return\n"
    "    case $state in\n"
    "    command) _describe command commands ;;\n"
    "    argument)\n"
    "        case $words[1] in\n";

static const char zsh_tail[] =
    "        esac ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "if [ \"$funcstack[1]\" = _varve ]; then _varve \"$@\"; else compdef _varve varve; fi\n";

static void write_zsh(const struct words *w, struct vv_strbuf *out)
{
    const struct vv_cli_option *o;
    vv_strbuf_addf(out, zsh_keys, w->keys.text, w->values.text);
    vv_strbuf_addf(out, zsh_head, w->stages.text);
    for (int i = 0; i < VV_N_COMMANDS; i++) {
        vv_strbuf_addf(out, "        '%s:", command_name(i));
        escaped(vv_cli_command((enum vv_command)i)->summary, ":\\", "'\\''", out);
        vv_strbuf_puts(out, "'\n");
    }
    vv_strbuf_puts(out, "    )\n    _arguments -C");
    for (int i = 0; (o = vv_cli_option(i)); i++)
        if (strcmp(o->commands, "*") == 0) zsh_option(o, out);
    vv_strbuf_puts(out, zsh_middle);
    for (int i = 0; i < VV_N_COMMANDS; i++) {
        vv_strbuf_addf(out, "        %s) _arguments", command_name(i));
        for (int j = 0; (o = vv_cli_option(j)); j++)
            if (vv_cli_accepts((enum vv_command)i, o)) zsh_option(o, out);
        vv_strbuf_puts(out, " \\\n           ");
        zsh_arguments(vv_cli_command((enum vv_command)i)->arguments, out);
        vv_strbuf_puts(out, " ;;\n");
    }
    vv_strbuf_puts(out, zsh_tail);
}

/* fish */

static void fish_help(const char *help, struct vv_strbuf *out)
{
    vv_strbuf_puts(out, " -d '");
    escaped(help, "\\", "\\'", out);
    vv_strbuf_puts(out, "'");
}

static void fish_arguments(const char *argument, struct vv_strbuf *out)
{
    switch (takes_of(argument)) {
    case TAKES_CONFIGURATION: vv_strbuf_puts(out, " -k -a '(__varve_configuration)'"); break;
    case TAKES_KEYS: vv_strbuf_puts(out, " -a '(__varve_keys)'"); break;
    case TAKES_STAGES: vv_strbuf_puts(out, " -a \"$__varve_stages\""); break;
    case TAKES_FILES: vv_strbuf_puts(out, " -F"); break;
    case TAKES_WORDS:
        vv_strbuf_puts(out, " -a '");
        literals(argument, out);
        vv_strbuf_puts(out, "'");
        break;
    case TAKES_NOTHING:
    case TAKES_ANYTHING: break;
    }
}

/* With the stages, keys and values. */
static const char fish_head[] =
    "# SPDX-License-Identifier: MIT\n"
    "# fish completion of varve, made by 'varve completion fish'.\n"
    "set -g __varve_stages '%s'\n"
    "set -g __varve_keys %s\n"
    "set -g __varve_values %s\n"
    "\n"
    "# Values once there is an equals sign.\n"
    "function __varve_keys\n"
    "    if string match -q '*=*' -- (commandline -ct)\n"
    "        printf '%%s\\n' $__varve_values\n"
    "    else\n"
    "        printf '%%s\\n' $__varve_keys\n"
    "    end\n"
    "end\n"
    "function __varve_configuration\n"
    "    string match -q '*=*' -- (commandline -ct); or __fish_complete_suffix .yml\n"
    "    __varve_keys\n"
    "end\n"
    "\n"
    "complete -c varve -f\n";

static void write_fish(const struct words *w, struct vv_strbuf *out)
{
    const struct vv_cli_option *o;
    vv_strbuf_addf(out, fish_head, w->stages.text, w->keys.text, w->values.text);
    for (int i = 0; i < VV_N_COMMANDS; i++) {
        const struct vv_cli_command *const c = vv_cli_command((enum vv_command)i);
        vv_strbuf_addf(out, "complete -c varve -n __fish_use_subcommand -a %s", c->name);
        fish_help(c->summary, out);
        vv_strbuf_puts(out, "\n");
        if (takes_of(c->arguments) == TAKES_NOTHING) continue;
        vv_strbuf_addf(out, "complete -c varve -n '__fish_seen_subcommand_from %s'", c->name);
        fish_arguments(c->arguments, out);
        vv_strbuf_puts(out, "\n");
    }
    for (int i = 0; (o = vv_cli_option(i)); i++) {
        vv_strbuf_puts(out, "complete -c varve");
        if (strcmp(o->commands, "*") != 0)
            vv_strbuf_addf(out, " -n '__fish_seen_subcommand_from %s'", o->commands);
        if (o->letter) vv_strbuf_addf(out, " -s %c", o->letter);
        vv_strbuf_addf(out, " -l %s", o->name);
        if (o->argument[0]) vv_strbuf_puts(out, " -r");
        if (o->argument[0]) fish_arguments(o->argument, out);
        fish_help(o->help, out);
        vv_strbuf_puts(out, "\n");
    }
}

enum vv_status vv_completion_write(enum vv_shell shell, struct vv_strbuf *out)
{
    struct words w;
    enum vv_status st = collect(&w);
    if (!st && (w.keys.failed || w.values.failed || w.stages.failed)) st = VV_MEMORY;
    if (!st) {
        switch (shell) {
        case VV_BASH: write_bash(&w, out); break;
        case VV_ZSH: write_zsh(&w, out); break;
        case VV_FISH: write_fish(&w, out); break;
        case VV_N_SHELLS: break;
        }
    }
    release(&w);
    return !st && out->failed ? VV_MEMORY : st;
}
