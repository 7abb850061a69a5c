/* SPDX-License-Identifier: MIT */
/* varve run: everything from the configuration to the report. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "dist/agree.h"
#include "dist/signals.h"
#include "io/publish.h"
#include "io/report_file.h"
#include "run/claim.h"
#include "run/commands.h"
#include "run/console.h"
#include "run/execute.h"
#include "run/job.h"
#include "run/libraries.h"
#include "run/manifest.h"
#include "run/page.h"
#include "run/provenance.h"

/* "<directory>/<name>" in a fresh buffer. */
static enum vv_status join(const char *directory, const char *name, struct vv_strbuf *path)
{
    vv_strbuf_reset(path);
    vv_strbuf_addf(path, "%s/%s", directory, name);
    return path->failed ? VV_MEMORY : VV_OK;
}

/* Collective. Writes a small text file of the run. */
static enum vv_status write_file(struct vv_comm *c, const char *directory, const char *name,
                                 const char *text)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    enum vv_status st = vv_agree(c, join(directory, name, &path));
    if (!st) st = vv_publish_text(c, path.text, text);
    vv_strbuf_release(&path);
    return st;
}

/* Local. Whether the directory holds a run that there is to go on with. */
static enum vv_status find_run(const char *directory)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    enum vv_status st = join(directory, "STATUS", &path);
    if (!st && access(path.text, F_OK) != 0) {
        vv_fail(VV_USAGE, "there is no run in '%s' to go on with", directory);
        st = vv_error_hint("leave --resume out to begin one");
    }
    vv_strbuf_release(&path);
    return st;
}

/* Collective. Claims the run directory, made if need be, and removes what an earlier run left there unfinished. */
static enum vv_status claim_directory(struct vv_comm *c, const char *directory, bool resume,
                                      struct vv_log *log, struct vv_claim *claim)
{
    const bool first = vv_comm_rank(c) == 0;
    if (resume) VV_TRY(vv_agree(c, first ? find_run(directory) : VV_OK));
    VV_TRY(vv_publish_directory(c, directory));
    VV_TRY(vv_claim_take(c, directory, log, claim));
    return vv_agree(c, first ? vv_publish_clear(directory) : VV_OK);
}

/* Collective. The effective configuration in the run directory; opens the log. */
static enum vv_status prepare_directory(const struct vv_job *job, const char *directory,
                                        struct vv_log *log)
{
    struct vv_strbuf text, path;
    vv_strbuf_init(&text);
    vv_strbuf_init(&path);
    vv_settings_write(&job->settings, true, &text);
    enum vv_status st = vv_manifest_forget(job->comm, directory);
    if (!st) st = write_file(job->comm, directory, "config.yml", text.text);
    if (!st) st = write_file(job->comm, directory, "STATUS", "running\n");
    if (!st) st = join(directory, "run.log", &path);
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

static enum vv_status execute(struct vv_job *job, const struct vv_call *call,
                              const struct vv_cache *cache, const char *directory,
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
    if (!st) st = vv_agree(job->comm, vv_run_init(&run));
    if (!st) st = vv_run_execute(&run);
    if (!st) st = summarize(&run, summary);
    st = vv_agree(job->comm, st);
    if (!st) st = write_file(job->comm, directory, "summary.txt", summary->text);
    if (!st && vv_settings_flag(&job->settings, VV_STAGE_report, "html") &&
        vv_settings_enabled(&job->settings, VV_STAGE_report))
        st = write_page(job->comm, directory);
    if (!st) st = vv_manifest_write(job->comm, directory, &run.provenance.table);
    vv_run_release(&run);
    return st;
}

/* Collective. The last word in the run directory; a failure here must not hide the first error. */
static void write_status(struct vv_comm *c, const char *directory, enum vv_status st)
{
    char text[1200] = "done\n";
    const struct vv_error first = *vv_error_last();
    if (st == VV_STOPPED) snprintf(text, sizeof text, "stopped\n");
    else if (st) snprintf(text, sizeof text, "failed: %s\n", first.message);
    vv_error_clear();
    vv_signals_ignore(); /* or the request would stop this, too */
    write_file(c, directory, "STATUS", text);
    if (st) vv_error_restore(&first);
}

enum vv_status vv_command_run(const struct vv_call *call)
{
    const bool speaks = vv_comm_rank(call->comm) == 0;
    const enum vv_log_level level = call->cli->quiet     ? VV_LOG_WARNING
                                    : call->cli->verbose ? VV_LOG_DETAIL
                                                         : VV_LOG_INFO;
    const double begin = vv_clock_seconds();
    struct vv_job job;
    struct vv_log log;
    struct vv_cache cache = {.folder = NULL};
    struct vv_claim claim = {.file = -1};
    struct vv_strbuf directory, summary, cached, stop;
    bool prepared = false;
    vv_log_init(&log, level, speaks);
    vv_strbuf_init(&directory);
    vv_strbuf_init(&summary);
    vv_strbuf_init(&cached);
    vv_strbuf_init(&stop);
    vv_signals_catch();

    enum vv_status st = vv_job_open(&job, call->comm, call->cli, vv_comm_size(call->comm), false);
    if (!st) st = vv_job_verdict(&job, speaks);
    if (st) goto done;
    const struct vv_settings_head *head = vv_settings_head(&job.settings);
    vv_library_set_threads(1); /* each thread of the search calls BLAS for itself */
    if ((st = vv_plan_fits(&job.plan, head->resources.memory))) goto done;
    vv_settings_directory(head, &directory);
    if ((st = vv_job_read_labels(&job))) goto done;
    if ((st = claim_directory(call->comm, directory.text, call->cli->resume != NULL, &log, &claim))) goto done;
    prepared = true;
    if ((st = vv_agree(call->comm, join(directory.text, "STOP", &stop)))) goto done;
    if (speaks) unlink(stop.text); /* of an earlier run */
    vv_signals_watch(speaks ? stop.text : NULL, head->resources.time_limit);
    if ((st = prepare_directory(&job, directory.text, &log))) goto done;
    vv_log_info(&log, "%s: %d layers, %lld samples, on %d rank%s of %d thread%s, into %s", head->name,
                job.n_layers, (long long)job.plan.shape.n, job.plan.shape.size,
                job.plan.shape.size == 1 ? "" : "s", job.plan.shape.threads,
                job.plan.shape.threads == 1 ? "" : "s", directory.text);
    if (job.plan.shape.on_disk)
        vv_log_info(&log, "rows go to files in '%s': memory for them would be more than resources.memory",
                    head->resources.scratch ? head->resources.scratch : directory.text);
    const char *const folder = vv_cache_folder(head->resources.cache, directory.text, &cached);
    if ((st = vv_agree(call->comm, cached.failed ? VV_MEMORY : VV_OK))) goto done;
    if ((st = vv_cache_open(call->comm, folder, call->cli->fresh != NULL, &cache))) goto done;
    st = execute(&job, call, &cache, directory.text, &log, &summary);
done:
    if (prepared && speaks) unlink(stop.text);
    vv_claim_give(&claim);
    vv_cache_close(&cache);
    vv_strbuf_release(&stop);
    vv_strbuf_release(&cached);
    if (prepared) write_status(call->comm, directory.text, st);
    if (!st && speaks) {
        char span[32];
        vv_clock_span(vv_clock_seconds() - begin, span, sizeof span);
        printf("\n%s\n%s: %s%s  (%d warning%s, %s)\n", summary.text,
               vv_settings_enabled(&job.settings, VV_STAGE_report) ? "report" : "results",
               directory.text,
               vv_settings_enabled(&job.settings, VV_STAGE_report) ? "/report.h5" : "",
               log.n_warnings, log.n_warnings == 1 ? "" : "s", span);
    }
    vv_strbuf_release(&directory);
    vv_strbuf_release(&summary);
    vv_log_release(&log);
    vv_job_close(&job);
    return st;
}
