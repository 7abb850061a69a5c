/* SPDX-License-Identifier: MIT */
#include "run/manual.h"

#include <string.h>

#include "run/cli.h"
#include "run/provenance.h"
#include "run/settings.h"

/* Text that troff shows as it is: no control lines, no escapes, hyphens that can be copied. */
static void text(struct vv_strbuf *out, const char *words)
{
    bool begins = out->length == 0 || out->text[out->length - 1] == '\n';
    for (const char *p = words; *p; p++) {
        if (begins && (*p == '.' || *p == '\'')) vv_strbuf_puts(out, "\\&");
        begins = *p == '\n';
        switch (*p) {
        case '\\': vv_strbuf_puts(out, "\\(rs"); break;
        case '-': vv_strbuf_puts(out, "\\-"); break;
        case '~': vv_strbuf_puts(out, "\\(ti"); break;
        case '^': vv_strbuf_puts(out, "\\(ha"); break;
        case '`': vv_strbuf_puts(out, "\\(ga"); break;
        case '\'': vv_strbuf_puts(out, "\\(aq"); break;
        default: vv_strbuf_add(out, p, 1);
        }
    }
}

/* A paragraph under a tag: first words in bold, what follows them in italics. */
static void tag(struct vv_strbuf *out, const char *bold, const char *italic)
{
    vv_strbuf_puts(out, ".TP\n\\fB");
    text(out, bold);
    vv_strbuf_puts(out, "\\fR");
    if (italic[0]) {
        vv_strbuf_puts(out, " \\fI");
        text(out, italic);
        vv_strbuf_puts(out, "\\fR");
    }
    vv_strbuf_puts(out, "\n");
}

static void line(struct vv_strbuf *out, const char *words)
{
    text(out, words);
    vv_strbuf_puts(out, "\n");
}

static void section(struct vv_strbuf *out, const char *title)
{
    vv_strbuf_addf(out, ".SH %s\n", title);
}

static void write_head(struct vv_strbuf *out)
{
    vv_strbuf_addf(out, ".TH VARVE 1 \"\" \"varve %s\" \"User Commands\"\n", vv_provenance_version());
    section(out, "NAME");
    line(out, "varve - how the geometry of a network's representations changes with depth");
    section(out, "SYNOPSIS");
    for (int i = 0; i < VV_N_COMMANDS; i++) {
        const struct vv_cli_command *const c = vv_cli_command((enum vv_command)i);
        vv_strbuf_puts(out, i ? ".br\n" : "");
        vv_strbuf_puts(out, c->needs_mpi && strncmp(c->arguments, "CONFIG", 6) == 0 ? "[\\fBmpirun\\fR ...] " : "");
        vv_strbuf_addf(out, "\\fBvarve %s\\fR \\fI", c->name);
        text(out, c->arguments);
        vv_strbuf_puts(out, "\\fR [\\fIOPTIONS\\fR]\n");
    }
    section(out, "DESCRIPTION");
    line(out, "varve reads the hidden representations of a neural network, layer by layer, and reports how their "
              "geometry changes with depth: intrinsic dimension, neighborhoods, density peaks, information, and the "
              "layer from which to transfer.");
    line(out, "One YAML file says what to read and what to compute; the result is a self-describing HDF5 report with "
              "tables beside it.");
    line(out, "Numbers are the same, bit for bit, on any number of ranks and threads.");
    line(out, "What is finished is kept: a run that was stopped goes on where it was when the same command is given "
              "again.");
}

static void write_commands(struct vv_strbuf *out)
{
    section(out, "COMMANDS");
    for (int i = 0; i < VV_N_COMMANDS; i++) {
        const struct vv_cli_command *const c = vv_cli_command((enum vv_command)i);
        tag(out, c->name, c->arguments);
        line(out, c->summary);
    }
}

static void write_options(struct vv_strbuf *out)
{
    const struct vv_cli_option *o;
    section(out, "OPTIONS");
    for (int i = 0; (o = vv_cli_option(i)); i++) {
        struct vv_strbuf names;
        vv_strbuf_init(&names);
        if (o->letter) vv_strbuf_addf(&names, "-%c, ", o->letter);
        vv_strbuf_addf(&names, "--%s", o->name);
        tag(out, names.text, o->argument);
        vv_strbuf_release(&names);
        line(out, o->help);
        if (strcmp(o->commands, "*") == 0) continue;
        vv_strbuf_puts(out, "(\\fB");
        text(out, o->commands);
        vv_strbuf_puts(out, "\\fR)\n");
    }
}

static void write_stages(struct vv_strbuf *out)
{
    section(out, "STAGES");
    line(out, "A stage runs when its key is under stages: in the configuration; {} means its defaults.");
    for (int i = 0; i < VV_N_STAGES; i++) {
        tag(out, vv_registry[i]->name, "");
        line(out, vv_registry[i]->summary);
    }
}

static void write_key(const char *path, const struct vv_param *p, void *data)
{
    struct vv_strbuf *const out = data, takes;
    vv_strbuf_init(&takes);
    vv_schema_describe(p, &takes);
    tag(out, path, "");
    line(out, p->help);
    vv_strbuf_puts(out, ".br\n(");
    text(out, takes.text);
    vv_strbuf_puts(out, ")\n");
    if (takes.failed) out->failed = true;
    vv_strbuf_release(&takes);
}

static enum vv_status write_keys(struct vv_strbuf *out)
{
    struct vv_settings settings;
    section(out, "CONFIGURATION");
    line(out, "On the command line as path=value, in the file as nested keys of YAML; include: merges files. What the "
              "user names is NAME here.");
    const enum vv_status st = vv_settings_init(&settings);
    if (!st) vv_schema_visit(settings.params, "", write_key, out);
    vv_settings_release(&settings);
    return st;
}

static void write_rest(struct vv_strbuf *out)
{
    section(out, "EXIT STATUS");
#define VV_STATUS(name, value, meaning)                                                                                \
    tag(out, #value, "");                                                                                              \
    line(out, meaning);
#include "base/status.def"
#undef VV_STATUS
    vv_strbuf_puts(out, ".PP\n");
    line(out, "diff ends with 1 when the reports differ.");
    section(out, "ENVIRONMENT");
#define VV_ENVIRONMENT(name, help)                                                                                     \
    tag(out, name, "");                                                                                                \
    line(out, help);
#include "run/environment.def"
#undef VV_ENVIRONMENT
    section(out, "SIGNALS");
    line(out, "SIGUSR1 and SIGTERM end a run at the next sync point with 75, as does a file STOP in the run "
              "directory.");
    section(out, "FILES");
    tag(out, "results/NAME/report.h5", "");
    line(out, "all results; every dataset carries long_name, units and description");
    tag(out, "results/NAME/tables/*.csv", "");
    line(out, "the same numbers, one observation a row");
    tag(out, "results/NAME/config.yml, manifest.json, run.log, STATUS", "");
    line(out, "the effective configuration with the origin of each value, where the numbers come from, what happened, "
              "how it ended");
    section(out, "EXAMPLES");
    vv_strbuf_puts(out, ".nf\n");
    line(out, "varve run quickstart.yml\n"
              "mpirun -n 8 varve run mine.yml stages.knn.k=50 output=results/try\n"
              "varve plan mine.yml --ranks 64\n"
              "varve diff results/one results/two --errors 3");
    vv_strbuf_puts(out, ".fi\n");
}

enum vv_status vv_manual_write(struct vv_strbuf *out)
{
    write_head(out);
    write_commands(out);
    write_options(out);
    write_stages(out);
    VV_TRY(write_keys(out));
    write_rest(out);
    return out->failed ? VV_MEMORY : VV_OK;
}
