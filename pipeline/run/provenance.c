/* SPDX-License-Identifier: MIT */
#include "run/provenance.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "run/libraries.h"

#ifndef VV_COMMIT
#define VV_COMMIT "unknown"
#endif

#ifdef __clang__
#define VV_COMPILER __VERSION__
#else
#define VV_COMPILER "GCC " __VERSION__
#endif

const char *vv_provenance_version(void)
{
    return "0.1.0";
}

const char *vv_provenance_commit(void)
{
    return VV_COMMIT;
}

enum { HOST_BYTES = 64 };

/* The distinct host names of the ranks, comma separated. */
static enum vv_status collect_hosts(struct vv_comm *c, struct vv_strbuf *out)
{
    const int size = vv_comm_size(c);
    char mine[HOST_BYTES] = "";
    char(*all)[HOST_BYTES] = vv_mem_new(size, HOST_BYTES, "host names");
    const enum vv_status st = vv_agree(c, all ? VV_OK : VV_MEMORY);
    if (!st) {
        gethostname(mine, sizeof mine - 1);
        vv_comm_allgather(c, mine, sizeof mine, all);
        for (int r = 0; r < size; r++) {
            bool seen = false;
            for (int q = 0; q < r; q++) seen = seen || strcmp(all[q], all[r]) == 0;
            if (!seen) vv_strbuf_addf(out, "%s%s", out->length ? "," : "", all[r]);
        }
    }
    vv_mem_free(all);
    return st;
}

static enum vv_status add_texts(const struct vv_settings *s, const char *command,
                                const char *hosts, struct vv_table *t)
{
    char date[32];
    struct vv_strbuf config;
    vv_strbuf_init(&config);
    vv_settings_write(s, true, &config);
    vv_clock_date(date, sizeof date);
    const struct { const char *name, *description, *value; } texts[] = {
        {"provenance/name", "name of the run", vv_settings_head(s)->name},
        {"provenance/program", "program and version", "varve 0.1.0"},
        {"provenance/commit", "commit the program was built from", VV_COMMIT},
        {"provenance/compiler", "compiler that built the program", VV_COMPILER},
        {"provenance/mpi", "MPI library", vv_library_mpi()},
        {"provenance/hdf5", "HDF5 library", vv_library_hdf5()},
        {"provenance/blas", "BLAS library", vv_library_blas()},
        {"provenance/yaml", "YAML library", vv_library_yaml()},
        {"provenance/hosts", "machines the ranks ran on", hosts},
        {"provenance/started", "when the run began (UTC)", date},
        {"provenance/command", "command line", command},
        {"provenance/configuration", "effective configuration with the origin of each value",
         config.text},
    };
    enum vv_status st = config.failed ? VV_MEMORY : VV_OK;
    for (size_t i = 0; !st && i < sizeof texts / sizeof *texts; i++)
        st = vv_table_add_text(t, texts[i].name, texts[i].description, texts[i].value);
    vv_strbuf_release(&config);
    return st;
}

enum vv_status vv_provenance_collect(struct vv_comm *c, const struct vv_settings *s, int threads,
                                     const char *command, struct vv_table *table)
{
    struct vv_strbuf hosts;
    vv_strbuf_init(&hosts);
    enum vv_status st = collect_hosts(c, &hosts);
    if (!st) st = add_texts(s, command, hosts.text, table);
    if (!st)
        st = vv_table_add_i64(table, "provenance/ranks", "1", "MPI ranks", vv_comm_size(c));
    if (!st)
        st = vv_table_add_i64(table, "provenance/threads", "1", "threads of each rank", threads);
    vv_strbuf_release(&hosts);
    return st;
}

enum vv_status vv_provenance_add_identity(struct vv_table *table, const char *identity)
{
    return vv_table_add_text(table, "provenance/identity",
                             "digest of stages, parameters and inputs (by path, size and time)", identity);
}

/* Collective. What rank 0 has warned of: the others do not keep the same. */
static enum vv_status add_warnings(struct vv_comm *c, const struct vv_log *log, struct vv_table *table)
{
    static const char name[] = "provenance/warning";
    struct vv_strbuf texts; /* one after the other, each with its terminator */
    vv_strbuf_init(&texts);
    for (int i = 0; i < log->n_warnings; i++) vv_strbuf_add(&texts, log->warnings[i], strlen(log->warnings[i]) + 1);
    int64_t size[2] = {log->n_warnings, (int64_t)texts.length};
    vv_comm_bcast(c, size, sizeof size, 0);
    char *const all = vv_mem_new(size[1], 1, "warnings");
    const struct vv_column_spec spec = {.name = name, .long_name = "warning", .units = "1",
                                        .description = "what the run warned of before the report was written",
                                        .type = VV_TEXT, .dims = {{name, size[0]}}};
    struct vv_column *column = NULL;
    enum vv_status st = all && !texts.failed ? VV_OK : VV_MEMORY;
    if (!st) st = vv_table_add_i64(table, "provenance/n_warnings", "1", "number of warnings", size[0]);
    if (!st && size[0] > 0) st = vv_table_add(table, &spec, &column);
    if (!(st = vv_agree(c, st))) {
        if (vv_comm_rank(c) == 0 && size[1] > 0) memcpy(all, texts.text, (size_t)size[1]);
        vv_comm_bcast(c, all, (size_t)size[1], 0);
        const char *at = all;
        for (int64_t i = 0; !st && i < size[0]; at += strlen(at) + 1) st = vv_column_set_text(column, i++, at);
    }
    vv_mem_free(all);
    vv_strbuf_release(&texts);
    return vv_agree(c, st);
}

enum vv_status vv_provenance_complete(struct vv_comm *c, const struct vv_plan *plan, const struct vv_timing *timing,
                                      int n, char *const *layer_names, const struct vv_log *log, struct vv_table *table)
{
    if (vv_table_find(table, "provenance/stage")) return VV_OK;
    VV_TRY(vv_timing_tabulate(timing, c, plan, n, layer_names, table));
    VV_TRY(add_warnings(c, log, table));
    return vv_agree(c, vv_table_add_f64(table, "provenance/peak_resident", "bytes", "peak resident memory of rank 0",
                                        (double)vv_mem_peak_resident()));
}
