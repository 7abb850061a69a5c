/* SPDX-License-Identifier: MIT */
#include "run/job.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "dist/agree.h"

/* The name becomes a folder under results/. */
static void check_name(struct vv_job *job)
{
    const char *const name = vv_settings_head(&job->settings)->name;
    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/'))
        vv_diagnostics_add_key(&job->diagnostics, "name",
                               "'%s' cannot name a folder under results/; output= puts a run "
                               "elsewhere", name);
}

static enum vv_status read_settings(struct vv_job *job, struct vv_points *points, int64_t point)
{
    if (point == VV_NO_POINT) {
        job->diagnostics = points->diagnostics;
        points->diagnostics = (struct vv_diagnostics){.n = 0};
    }
    VV_TRY(vv_points_settings(points, point, &job->settings, &job->diagnostics));
    if (job->settings.values && job->diagnostics.n == 0)
        vv_input_check(&vv_settings_head(&job->settings)->input, &job->diagnostics);
    if (job->settings.values && job->diagnostics.n == 0) check_name(job);
    return VV_OK;
}

/* Collective. Whether all ranks found the same: a file that changes, or is another one on another
 * machine, must not send ranks different ways. digest: of what this rank found */
static enum vv_status same_everywhere(struct vv_job *job, struct vv_digest digest)
{
    int64_t low[2] = {(int64_t)digest.low, job->diagnostics.n}, high[2] = {low[0], low[1]};
    vv_comm_min_i64(job->comm, low, 2);
    vv_comm_max_i64(job->comm, high, 2);
    if (low[0] == high[0] && low[1] == high[1]) return VV_OK;
    vv_fail(VV_USAGE, "the ranks do not read the same configuration or input from '%s'",
            job->cli->arguments[0]);
    return vv_error_hint("are these files on a file system that all machines share?");
}

/* Local. Digest of the effective configuration; of nothing when it is not valid. */
static enum vv_status digest_of(const struct vv_job *job, struct vv_digest *digest)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    if (job->settings.values && job->diagnostics.n == 0)
        vv_settings_write(&job->settings, false, &text);
    *digest = vv_hash_bytes(text.text, text.length);
    const bool failed = text.failed;
    vv_strbuf_release(&text);
    return failed ? VV_MEMORY : VV_OK;
}

/* Names for people and the shape for the plan: n is the same in all layers (the source checks). */
static enum vv_status read_shape(struct vv_job *job, int size, struct vv_shape *shape)
{
    const struct vv_input_config *input = &vv_settings_head(&job->settings)->input;
    job->n_layers = vv_source_n_layers(job->source);
    job->layer_names = vv_mem_new(job->n_layers, sizeof *job->layer_names, "layer names");
    if (!job->layer_names) return VV_MEMORY;
    *shape = (struct vv_shape){
        .n_layers = job->n_layers, .size = size, .type = VV_FLOAT32, .threads = job->threads,
        .memory = vv_settings_head(&job->settings)->resources.memory,
        .n_label_sets = input->synthetic.present ? 2 : input->labels.n,
        .label_sets = input->synthetic.present ? vv_synthetic_label_sets
                                               : (const char *const *)input->labels.name,
        .n_others = job->others.n, .others = job->others.shapes};
    for (int l = 0; l < job->n_layers; l++) {
        const struct vv_layer_shape *layer = vv_source_layer(job->source, l);
        if (!(job->layer_names[l] = vv_mem_string(layer->name))) return VV_MEMORY;
        shape->n = shape->n_samples = layer->n;
        if (layer->n_cols > shape->n_cols) shape->n_cols = layer->n_cols;
        if (layer->type == VV_FLOAT64) shape->type = VV_FLOAT64;
    }
    if (input->neighbors.present) {
        shape->n_stored = (int)shape->n_cols;
        shape->n_cols = 0;
    }
    const int64_t limit = input->samples.limit;
    if (limit > 0 && limit < shape->n) shape->n = limit;
    return VV_OK;
}

/* Local. Digest of what the headers of the input say. */
static enum vv_status digest_of_input(const struct vv_job *job, const struct vv_shape *shape,
                                      struct vv_digest *digest)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    vv_strbuf_addf(&text, "%lld %lld %d", (long long)shape->n, (long long)shape->n_cols,
                   (int)shape->type);
    for (int l = 0; l < job->n_layers; l++) vv_strbuf_addf(&text, "\n%s", job->layer_names[l]);
    for (int o = 0; o < job->others.n; o++) {
        const struct vv_other *const other = &job->others.shapes[o];
        vv_strbuf_addf(&text, "\n%lld %s", (long long)other->n, other->unlike);
        for (int l = 0; l < job->n_layers; l++) vv_strbuf_addf(&text, " %d", other->match[l]);
    }
    *digest = vv_hash_bytes(text.text, text.length);
    const bool failed = text.failed;
    vv_strbuf_release(&text);
    return failed ? VV_MEMORY : VV_OK;
}

enum vv_status vv_job_open(struct vv_job *job, struct vv_comm *comm, const struct vv_cli *cli,
                           int size, bool with_rates)
{
    struct vv_points points;
    enum vv_status st = vv_points_open(&points, comm, cli);
    if (!st && points.swept) {
        vv_fail(VV_USAGE, "'%s' describes a sweep, and this needs a single run", cli->arguments[0]);
        st = vv_error_hint("'varve run' leaves one in results/<name>/<point> for each point");
    }
    if (st) *job = (struct vv_job){.comm = comm, .cli = cli};
    else st = vv_job_open_point(job, comm, cli, &points, VV_NO_POINT, size, with_rates);
    job->points = points;
    return st;
}

enum vv_status vv_job_open_point(struct vv_job *job, struct vv_comm *comm, const struct vv_cli *cli,
                                 struct vv_points *points, int64_t point, int size, bool with_rates)
{
    *job = (struct vv_job){.comm = comm, .cli = cli};
    struct vv_digest digest = {0, 0};
    VV_TRY(vv_agree(comm, read_settings(job, points, point)));
    VV_TRY(vv_agree(comm, digest_of(job, &digest)));
    VV_TRY(same_everywhere(job, digest));
    if (job->diagnostics.n > 0) return VV_OK;
    job->threads = (int)vv_settings_head(&job->settings)->resources.threads;
    if (job->threads == 0) job->threads = points->cores;
    if (with_rates) VV_TRY(vv_rates_measure(comm, &job->rates));
    VV_TRY(vv_source_open(comm, &vv_settings_head(&job->settings)->input, &job->source));
    VV_TRY(vv_others_open(comm, &vv_settings_head(&job->settings)->input, job->source, &job->others));
    struct vv_shape shape;
    enum vv_status st = read_shape(job, size, &shape);
    if (with_rates) shape.rates = &job->rates;
    if (!st)
        st = vv_plan_init(&job->plan, &job->settings, cli->until, &shape, &job->diagnostics);
    VV_TRY(vv_agree(comm, st));
    VV_TRY(vv_agree(comm, digest_of_input(job, &shape, &digest)));
    return same_everywhere(job, digest);
}

enum vv_status vv_job_read_labels(struct vv_job *job)
{
    struct vv_labels *sets = NULL;
    VV_TRY(vv_source_labels(job->comm, job->source, &sets, &job->n_labels));
    job->labels = vv_mem_new(job->n_labels, sizeof *job->labels, "labels");
    const enum vv_status st = vv_agree(job->comm, job->labels ? VV_OK : VV_MEMORY);
    for (int i = 0; i < job->n_labels; i++) {
        if (st) vv_labels_release(&sets[i]);
        else job->labels[i] = (struct vv_artifact){
                 .kind = VV_LABELS, .layer = -1, .labels = sets[i]};
    }
    vv_mem_free(sets);
    if (st) job->n_labels = 0;
    return st;
}

void vv_job_close(struct vv_job *job)
{
    for (int i = 0; job->labels && i < job->n_labels; i++) vv_artifact_release(&job->labels[i]);
    vv_mem_free(job->labels);
    for (int l = 0; job->layer_names && l < job->n_layers; l++) vv_mem_free(job->layer_names[l]);
    vv_mem_free(job->layer_names);
    vv_plan_release(&job->plan);
    vv_others_close(&job->others);
    if (job->source) vv_source_close(&job->source);
    vv_settings_release(&job->settings);
    vv_diagnostics_release(&job->diagnostics);
    vv_points_close(&job->points);
}

enum vv_status vv_job_verdict(const struct vv_job *job, bool speaks)
{
    return vv_points_verdict(&job->diagnostics, job->cli, speaks);
}
