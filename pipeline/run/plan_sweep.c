/* SPDX-License-Identifier: MIT */
#include "run/plan_sweep.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "dist/agree.h"
#include "run/survey.h"

static const struct vv_survey_step *find_step(const struct vv_survey_point *p, const struct vv_stage *stage)
{
    for (int s = 0; s < p->n_steps; s++)
        if (p->steps[s].stage == stage) return &p->steps[s];
    return NULL;
}

/* Stages that leave something to share, and are on in some point. */
static bool has_column(const struct vv_survey *survey, const struct vv_stage *stage)
{
    bool table = false, on = false;
    for (const struct vv_port *o = stage->outputs; o && o->name; o++) table = table || o->kind == VV_TABLE;
    for (int64_t p = 0; table && !on && p < survey->n; p++) on = find_step(&survey->points[p], stage) != NULL;
    return on;
}

static void write_cell(const struct vv_survey_step *step, int64_t point, int width, struct vv_strbuf *out)
{
    char text[24] = "-";
    if (step && step->kept) snprintf(text, sizeof text, "kept");
    else if (step && step->from == point) snprintf(text, sizeof text, "*");
    else if (step) snprintf(text, sizeof text, "%lld", (long long)step->from + 1);
    vv_strbuf_addf(out, "  %*s", width, text);
}

static int width_of(const char *heading)
{
    const int n = (int)strlen(heading);
    return n < 4 ? 4 : n;
}

/* turn: [n_points] when each point has its turn, from 1 */
static void write_points(const struct vv_sweep *sweep, const struct vv_survey *survey, const int64_t *turn,
                         bool verbose, struct vv_strbuf *out)
{
    struct vv_strbuf name;
    int width = 5;
    vv_strbuf_init(&name);
    for (int64_t p = 0; p < survey->n; p++) {
        vv_strbuf_reset(&name);
        vv_sweep_name(sweep, p, &name);
        if ((int)name.length > width) width = (int)name.length;
    }
    vv_strbuf_addf(out, "%6s  %-*s  %6s  %9s", "#", width, "point", "turn", "Gflop");
    for (int s = 0; s < VV_N_STAGES; s++)
        if (has_column(survey, vv_registry[s]))
            vv_strbuf_addf(out, "  %*s", width_of(vv_registry[s]->name), vv_registry[s]->name);
    vv_strbuf_puts(out, "\n");
    for (int64_t p = 0; p < survey->n; p++) {
        vv_strbuf_reset(&name);
        vv_sweep_name(sweep, p, &name);
        vv_strbuf_addf(out, "%6lld  %-*s  %6lld  %9.3g", (long long)p + 1, width, name.text, (long long)turn[p],
                       1e-9 * survey->points[p].flops);
        for (int s = 0; s < VV_N_STAGES; s++)
            if (has_column(survey, vv_registry[s]))
                write_cell(find_step(&survey->points[p], vv_registry[s]), p, width_of(vv_registry[s]->name), out);
        vv_strbuf_puts(out, "\n");
        if (!verbose) continue;
        vv_strbuf_puts(out, "        ");
        vv_sweep_overrides(sweep, p, out);
        vv_strbuf_puts(out, "\n");
    }
    vv_strbuf_puts(out, "*: computed for this point; a number: taken from that point; kept: in the cache\n");
    vv_strbuf_release(&name);
}

static void write_sums(const struct vv_survey *survey, struct vv_strbuf *out)
{
    double left = 0.0, all = 0.0, most = 0.0;
    char memory[32];
    vv_strbuf_addf(out, "\n%-13s %10s %10s %10s\n", "stage", "to compute", "shared", "kept");
    for (int i = 0; i < VV_N_STAGES; i++) {
        long long n_new = 0, n_shared = 0, n_kept = 0;
        if (!has_column(survey, vv_registry[i])) continue;
        for (int64_t p = 0; p < survey->n; p++) {
            const struct vv_survey_step *const step = find_step(&survey->points[p], vv_registry[i]);
            if (!step) continue;
            if (step->kept) n_kept++;
            else if (step->from == p) n_new++;
            else n_shared++;
        }
        vv_strbuf_addf(out, "%-13s %10lld %10lld %10lld\n", vv_registry[i]->name, n_new, n_shared, n_kept);
    }
    for (int64_t p = 0; p < survey->n; p++) {
        left += survey->points[p].flops;
        if (survey->points[p].bytes_peak > most) most = survey->points[p].bytes_peak;
        for (int s = 0; s < survey->points[p].n_steps; s++) all += survey->points[p].steps[s].flops;
    }
    vv_text_from_size(most, memory, sizeof memory);
    vv_strbuf_addf(out, "\n%.3g Gflop in all; %.3g if nothing were shared or kept\n"
                        "peak memory of one rank: about %s for data, in the largest point\n", 1e-9 * left, 1e-9 * all,
                   memory);
}

static void write_heading(const struct vv_points *points, const struct vv_points_common *common, int size,
                          int n_groups, const struct vv_survey *survey, struct vv_strbuf *out)
{
    const struct vv_sweep *const sweep = &points->sweep;
    const int ranks = size / n_groups;
    vv_strbuf_addf(out, "%lld point%s of", (long long)sweep->n_points, sweep->n_points == 1 ? "" : "s");
    for (int k = 0; k < sweep->n_keys; k++)
        vv_strbuf_addf(out, "%s %s (%d%s)", k ? "," : "", sweep->keys[k].path, sweep->keys[k].n_values,
                       sweep->keys[k].zipped ? ", zipped" : "");
    vv_strbuf_addf(out, "\n%s on %d rank%s%s, into %s\n", n_groups > 1 ? "side by side, each" : "one after the other",
                   ranks, ranks == 1 ? "" : "s", n_groups > 1 && size % n_groups ? " or one more" : "",
                   common->directory.text);
    if (n_groups > 1) vv_strbuf_addf(out, "%d at a time", n_groups);
    if (n_groups > 1 && survey->n_waves > 1)
        vv_strbuf_addf(out, ", in %d waves: first the points that make what others take", survey->n_waves);
    if (n_groups > 1) vv_strbuf_puts(out, "\n");
    vv_strbuf_addf(out, "cache: %s\n\n", common->cache.length > 0 ? common->cache.text : "none: nothing is shared");
}

static enum vv_status find_turns(const struct vv_sweep *sweep, int64_t **turn)
{
    *turn = vv_mem_new(sweep->n_points, sizeof **turn, "turns of points");
    for (int64_t t = 0; *turn && t < sweep->n_points; t++) (*turn)[sweep->turn[t]] = t + 1;
    return *turn ? VV_OK : VV_MEMORY;
}

enum vv_status vv_plan_sweep(const struct vv_call *call, struct vv_points *points, int size)
{
    struct vv_points_common common;
    struct vv_survey survey = {.n = 0};
    struct vv_diagnostics d = {0};
    struct vv_cache cache = {.folder = NULL};
    struct vv_strbuf text;
    int64_t *turn = NULL;
    vv_strbuf_init(&text);
    const bool speaks = vv_comm_rank(call->comm) == 0;
    enum vv_status st = vv_agree(call->comm, vv_points_common_init(&common, points));
    const int n_groups = st ? 1 : vv_points_groups(points, &common, size);
    if (!st) st = vv_agree(call->comm, find_turns(&points->sweep, &turn));
    if (!st) st = vv_cache_open(call->comm, common.cache.length > 0 ? common.cache.text : NULL, false, &cache);
    if (!st) st = vv_survey_make(call, points, size / n_groups, &cache, VV_SURVEY_LOOK, &survey, &d);
    if (!st) st = vv_agree(call->comm, vv_points_verdict(&d, call->cli, speaks));
    if (!st && speaks) {
        write_heading(points, &common, size, n_groups, &survey, &text);
        write_points(&points->sweep, &survey, turn, call->cli->verbose != NULL, &text);
        write_sums(&survey, &text);
        fputs(text.text, stdout);
    }
    vv_strbuf_release(&text);
    vv_mem_free(turn);
    vv_cache_close(&cache);
    vv_survey_release(&survey);
    vv_diagnostics_release(&d);
    vv_points_common_release(&common);
    return st;
}
