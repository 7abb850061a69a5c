/* SPDX-License-Identifier: MIT */
/* varve run: everything from the configuration to the report. */
#include "run/once.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "dist/signals.h"
#include "io/publish.h"
#include "io/report_file.h"
#include "io/table_file.h"
#include "run/commands.h"
#include "run/console.h"
#include "run/directory.h"
#include "run/execute.h"
#include "run/identity.h"
#include "run/job.h"
#include "run/libraries.h"
#include "run/manifest.h"
#include "run/page.h"
#include "run/provenance.h"
#include "run/sweep.h"

/* Collective. The effective configuration in the run directory; opens the log. */
static enum vv_status prepare_directory(const struct vv_job *job, const char *directory,
                                        struct vv_log *log)
{
    struct vv_strbuf text, path;
    vv_strbuf_init(&text);
    vv_strbuf_init(&path);
    vv_settings_write(&job->settings, true, &text);
    /* From here on the directory holds a run. */
    enum vv_status st = vv_directory_write(job->comm, directory, "STATUS", "running\n");
    if (!st) st = vv_manifest_forget(job->comm, directory);
    if (!st) st = vv_directory_write(job->comm, directory, "config.yml", text.text);
    if (!st) st = vv_directory_path(directory, "run.log", &path);
    if (!st && log->speaks && !(log->file = fopen(path.text, "w")))
        st = vv_fail(VV_OUTPUT, "cannot write '%s': %s", path.text, strerror(errno));
    st = vv_agree(job->comm, st);
    vv_strbuf_release(&text);
    vv_strbuf_release(&path);
    return st;
}

/* Collective. The summary of all steps, as text. */
static enum vv_status summarize(struct vv_run *run, struct vv_strbuf *text)
{
    struct vv_summary summary;
    vv_summary_init(&summary, run->context.n_layers, run->context.layer_names);
    enum vv_status st = VV_OK;
    for (int s = 0; !st && s < run->plan->n_steps; s++) {
        const struct vv_artifact *table;
        st = vv_store_table(&run->store, s, &table);
        if (!st && table && run->plan->steps[s].stage->summarize)
            st = run->plan->steps[s].stage->summarize(&table->table, &summary);
    }
    if (!st) st = vv_console_summary(&summary, text);
    vv_summary_release(&summary);
    return st;
}

/* Collective. The page, made of the report as `varve report` would make it. */
static enum vv_status write_page(struct vv_comm *c, const char *directory)
{
    struct vv_table all = {.n_columns = 0};
    enum vv_status st = vv_agree(c, vv_comm_rank(c) == 0 ? vv_report_read(directory, &all) : VV_OK);
    if (!st) st = vv_page_write(c, directory, &all);
    vv_table_release(&all);
    return st;
}

/* Collective. The tables of all steps, for those over all points of a sweep. */
static enum vv_status keep_tables(struct vv_run *run)
{
    struct vv_table all = {.n_columns = 0};
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    enum vv_status st = vv_directory_path(run->context.directory, "artifacts", &path);
    for (int s = 0; !st && s < run->plan->n_steps; s++) {
        const struct vv_artifact *table;
        st = vv_store_table(&run->store, s, &table);
        if (!st && table) st = vv_table_append(&all, &table->table);
    }
    st = vv_agree(run->context.comm, st);
    if (!st) st = vv_publish_directory(run->context.comm, path.text);
    if (!st) st = vv_agree(run->context.comm, vv_directory_path(run->context.directory, VV_ONCE_TABLE, &path));
    if (!st) st = vv_table_file_write(run->context.comm, path.text, &all);
    vv_table_release(&all);
    vv_strbuf_release(&path);
    return st;
}

static enum vv_status execute(struct vv_job *job, const struct vv_call *call, const struct vv_once *how,
                              const struct vv_cache *cache, const char *directory, const char *identity,
                              struct vv_log *log, struct vv_strbuf *summary)
{
    const struct vv_settings_head *head = vv_settings_head(&job->settings);
    struct vv_run run = {
        .context = {.comm = job->comm,
                    .log = log,
                    .threads = job->plan.shape.threads,
                    .memory = head->resources.memory,
                    .scratch = !job->plan.shape.on_disk ? NULL
                               : head->resources.scratch ? head->resources.scratch
                                                         : directory,
                    .seed = (uint64_t)head->seed,
                    .directory = directory,
                    .n_layers = job->n_layers,
                    .layer_names = job->layer_names,
                    .others = job->others.shapes,
                    .n_others = job->others.n},
        .plan = &job->plan,
        .source = job->source,
        .labels = job->labels,
        .n_labels = job->n_labels,
        .others = &job->others,
        .input = &head->input,
        .cache = cache,
        .checkpoint = head->resources.checkpoint,
        .provenance = {.kind = VV_TABLE, .layer = -1},
    };
    enum vv_status st = vv_agree(job->comm, vv_provenance_collect(job->comm, &job->settings, job->threads,
                                                                  call->typed, &run.provenance.table));
    if (!st) st = vv_provenance_add_identity(&run.provenance.table, identity);
    st = vv_agree(job->comm, st);
    if (!st) st = vv_agree(job->comm, vv_run_init(&run));
    if (!st) st = vv_run_execute(&run);
    if (!st) st = summarize(&run, summary);
    st = vv_agree(job->comm, st);
    if (!st) st = vv_directory_write(job->comm, directory, "summary.txt", summary->text);
    if (!st && vv_settings_flag(&job->settings, VV_STAGE_report, "html") &&
        vv_settings_enabled(&job->settings, VV_STAGE_report))
        st = write_page(job->comm, directory);
    if (!st && how->point != VV_NO_POINT) st = keep_tables(&run);
    if (!st) st = vv_manifest_write(job->comm, directory, &run.provenance.table);
    vv_run_release(&run);
    return st;
}

/* Local. Whether a run has left its tables for those over all points: one that was no point of a sweep has not. */
static bool has_tables(const char *directory)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    const bool there = vv_directory_path(directory, VV_ONCE_TABLE, &path) == VV_OK && access(path.text, F_OK) == 0;
    vv_strbuf_release(&path);
    return there;
}

/* Collective. Whether the directory holds this very point, finished. */
static bool is_finished(struct vv_comm *c, const char *directory, const char *identity)
{
    int64_t finished = vv_comm_rank(c) == 0 && vv_manifest_whole(directory, identity) && has_tables(directory);
    vv_comm_bcast(c, &finished, sizeof finished, 0);
    return finished != 0;
}

static void tell_beginning(const struct vv_job *job, const char *directory, struct vv_log *log)
{
    const struct vv_settings_head *const head = vv_settings_head(&job->settings);
    const struct vv_shape *const shape = &job->plan.shape;
    vv_log_info(log, "%s: %d layers, %lld samples, on %d rank%s of %d thread%s, into %s", head->name,
                job->n_layers, (long long)shape->n, shape->size, shape->size == 1 ? "" : "s", shape->threads,
                shape->threads == 1 ? "" : "s", directory);
    if (shape->on_disk)
        vv_log_info(log, "rows go to files in '%s': memory for them would be more than resources.memory",
                    head->resources.scratch ? head->resources.scratch : directory);
}

static void print_summary(const struct vv_job *job, const char *directory, const char *summary,
                          const struct vv_log *log, double seconds)
{
    const bool report = vv_settings_enabled(&job->settings, VV_STAGE_report);
    char span[32];
    vv_clock_span(seconds, span, sizeof span);
    printf("\n%s\n%s: %s%s  (%d warning%s, %s)\n", summary, report ? "report" : "results", directory,
           report ? "/report.h5" : "", log->n_warnings, log->n_warnings == 1 ? "" : "s", span);
}

enum vv_status vv_run_once(const struct vv_call *call, struct vv_comm *comm, struct vv_points *points,
                           struct vv_once *how)
{
    const bool speaks = vv_comm_rank(comm) == 0, single = how->point == VV_NO_POINT;
    const enum vv_log_level level = call->cli->quiet     ? VV_LOG_WARNING
                                    : call->cli->verbose ? VV_LOG_DETAIL
                                                         : VV_LOG_INFO;
    const double begin = vv_clock_seconds();
    struct vv_job job;
    struct vv_log log;
    struct vv_cache cache = {.folder = NULL};
    struct vv_claim claim = {.file = -1};
    struct vv_strbuf directory, summary, cached, stop;
    struct vv_digest identity;
    char digits[33];
    bool prepared = false;
    vv_log_init(&log, level, speaks);
    log.prefix = how->prefix;
    vv_strbuf_init(&directory);
    vv_strbuf_init(&summary);
    vv_strbuf_init(&cached);
    vv_strbuf_init(&stop);

    enum vv_status st = vv_job_open_point(&job, comm, call->cli, points, how->point, vv_comm_size(comm), false);
    if (!st) st = vv_job_verdict(&job, speaks);
    if (st) goto done;
    const struct vv_settings_head *head = vv_settings_head(&job.settings);
    vv_library_set_threads(1); /* each thread of the search calls BLAS for itself */
    if ((st = vv_plan_fits(&job.plan, head->resources.memory))) goto done;
    vv_settings_directory(head, &directory);
    if ((st = vv_job_read_labels(&job))) goto done;
    if ((st = vv_directory_claim(comm, directory.text, single && call->cli->resume != NULL, &log, &claim))) goto done;
    if ((st = vv_identity_of(&job, &identity))) goto done;
    vv_digest_text(identity, digits);
    if (!single && !call->cli->fresh && is_finished(comm, directory.text, digits)) {
        how->reused = true;
        goto done;
    }
    prepared = true;
    if (how->announcement) vv_log_info(&log, "%s", how->announcement);
    if ((st = vv_agree(comm, vv_directory_path(directory.text, "STOP", &stop)))) goto done;
    if (speaks) unlink(stop.text); /* of an earlier run */
    double limit = single ? head->resources.time_limit : 0.0; /* to open inputs takes from what a sweep has left */
    if (how->seconds > 0.0) limit = fmax(how->seconds - (vv_clock_seconds() - begin), 1e-9);
    vv_signals_watch(speaks ? stop.text : NULL, limit);
    if ((st = prepare_directory(&job, directory.text, &log))) goto done;
    tell_beginning(&job, directory.text, &log);
    const char *const beside = how->beside ? how->beside : directory.text;
    const char *const folder = vv_cache_folder(head->resources.cache, beside, &cached);
    if ((st = vv_agree(comm, cached.failed ? VV_MEMORY : VV_OK))) goto done;
    if ((st = vv_cache_open(comm, folder, call->cli->fresh != NULL, &cache))) goto done;
    st = execute(&job, call, how, &cache, directory.text, digits, &log, &summary);
done:
    vv_signals_watch(NULL, 0.0);
    if (prepared && speaks) unlink(stop.text);
    if (prepared) vv_directory_end(comm, directory.text, st);
    vv_claim_give(&claim); /* whoever waits for it finds the last word written */
    vv_cache_close(&cache);
    vv_strbuf_release(&stop);
    vv_strbuf_release(&cached);
    if (!st && speaks && how->summary && !how->reused)
        print_summary(&job, directory.text, summary.text, &log, vv_clock_seconds() - begin);
    vv_strbuf_release(&directory);
    vv_strbuf_release(&summary);
    vv_log_release(&log);
    vv_job_close(&job);
    return st;
}

enum vv_status vv_command_run(const struct vv_call *call)
{
    struct vv_points points;
    struct vv_once single = {.point = VV_NO_POINT, .summary = true};
    vv_signals_catch(vv_comm_launch_rank() < 0);
    enum vv_status st = vv_points_open(&points, call->comm, call->cli);
    if (!st && !points.swept) st = vv_run_once(call, call->comm, &points, &single);
    else if (!st) st = vv_sweep_run(call, &points);
    vv_signals_ignore(); /* what is left to do is to leave */
    vv_points_close(&points);
    return st;
}
