/* SPDX-License-Identifier: MIT */
#include "run/multiples.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/figure_build.h"
#include "io/figure_files.h"
#include "run/registry.h"

void vv_multiples_release(struct vv_multiples *c)
{
    for (int p = 0; p < VV_MULTIPLES_MOST; p++) vv_mem_free(c->names[p]);
    for (int m = 0; m < c->n_multiples; m++) {
        for (int i = 0; i < c->multiples[m].n; i++) vv_chart_release(&c->multiples[m].charts[i]);
        vv_mem_free(c->multiples[m].name);
        vv_mem_free(c->multiples[m].title);
    }
    vv_mem_free(c->multiples);
    *c = (struct vv_multiples){.n_points = 0};
}

/* That of a name; a new one where there is none. NULL without memory. */
static struct vv_multiple *find(struct vv_multiples *c, const char *name, const char *title)
{
    for (int m = 0; m < c->n_multiples; m++)
        if (strcmp(c->multiples[m].name, name) == 0) return &c->multiples[m];
    struct vv_multiple *const grown =
        vv_mem_resize(c->multiples, c->n_multiples + 1, sizeof *grown, "figures of a sweep");
    if (!grown) return NULL;
    c->multiples = grown;
    struct vv_multiple *const it = &grown[c->n_multiples++];
    *it = (struct vv_multiple){.name = vv_mem_string(name), .title = vv_mem_string(title)};
    return it->name && it->title ? it : NULL;
}

/* A figure of the point that was added last. */
static enum vv_status add_case(void *whom, const struct vv_figure_case *figure)
{
    struct vv_multiples *const c = whom;
    struct vv_multiple *const it = find(c, figure->name, figure->title);
    if (!it || it->n == VV_MULTIPLES_MOST) return it ? VV_OK : VV_MEMORY;
    struct vv_chart *const chart = &it->charts[it->n];
    *chart = (struct vv_chart){.n_panels = 0};
    it->point[it->n++] = (int)c->n_points - 1;
    return vv_figure_build_chart(figure, chart);
}

/* The wishes of one kind of all stages. */
static enum vv_status each_wish(struct vv_figure_source *source, enum vv_figure_kind kind, struct vv_multiples *c)
{
    for (int s = 0; s < VV_N_STAGES; s++)
        for (const struct vv_figure_wish *w = vv_registry[s]->figures; w && w->name; w++) {
            if (w->kind != kind) continue;
            if (kind == VV_FIGURE_MARK) VV_TRY(vv_figure_source_mark(source, w));
            else VV_TRY(vv_figure_cases(source, w, add_case, c));
        }
    return VV_OK;
}

enum vv_status vv_multiples_add(struct vv_multiples *c, const struct vv_table *report, const char *point)
{
    struct vv_figure_source source;
    if (c->n_points++ >= VV_MULTIPLES_MOST) return VV_OK;
    if (!(c->names[c->n_points - 1] = vv_mem_string(point))) return VV_MEMORY;
    enum vv_status st = vv_figure_source_init(&source, report);
    if (!st) st = each_wish(&source, VV_FIGURE_MARK, c);
    if (!st) st = each_wish(&source, VV_FIGURE_PROFILE, c);
    vv_figure_source_release(&source);
    return st;
}

static void list_files(const char *directory, const char *name, void (*list)(void *whom, const char *name), void *whom)
{
    const char *endings[2 + VV_N_FORMATS] = {"gp", "dat"};
    memcpy(endings + 2, vv_figure_formats, VV_N_FORMATS * sizeof *endings);
    for (int e = 0; e < 2 + VV_N_FORMATS; e++) {
        struct vv_strbuf file, path;
        vv_strbuf_init(&file);
        vv_strbuf_init(&path);
        vv_strbuf_addf(&file, "figures/%s.%s", name, endings[e]);
        vv_strbuf_addf(&path, "%s/%s", directory, file.text);
        if (!file.failed && !path.failed && access(path.text, F_OK) == 0) list(whom, file.text);
        vv_strbuf_release(&file);
        vv_strbuf_release(&path);
    }
}

static enum vv_status write_multiple(struct vv_multiples *c, struct vv_multiple *m, struct vv_figure_writer *w)
{
    const char *names[VV_MULTIPLES_MOST];
    struct vv_chart chart = {.n_panels = 0};
    if (m->n < 2) return VV_OK; /* one point has it: its own figure shows it */
    for (int i = 0; i < m->n; i++) names[i] = c->names[m->point[i]];
    enum vv_status st = vv_chart_multiples(&chart, m->name, m->title, m->n, m->charts, names);
    if (!st && chart.n_panels > 0) st = vv_figure_writer_add_chart(w, &chart);
    vv_chart_release(&chart);
    return st;
}

enum vv_status vv_multiples_write(struct vv_multiples *c, const char *directory, struct vv_log *log,
                                   void (*list)(void *whom, const char *name), void *whom)
{
    const struct vv_figure_task task = {.directory = directory, .formats = c->formats, .limit = 60.0, .log = log};
    struct vv_figure_writer writer;
    if (c->n_points < 2 || c->n_multiples == 0) return VV_OK;
    enum vv_status st = vv_figure_writer_open(&writer, &task);
    for (int m = 0; !st && m < c->n_multiples; m++) st = write_multiple(c, &c->multiples[m], &writer);
    for (int i = 0; i < writer.n_names; i++) list_files(directory, writer.names[i], list, whom);
    vv_figure_writer_close(&writer);
    if (c->n_points > VV_MULTIPLES_MOST)
        vv_log_info(log, "figures show the first %d of %lld points", VV_MULTIPLES_MOST, (long long)c->n_points);
    if (st != VV_OUTPUT) return st;
    vv_log_warning(log, "figures are incomplete: %s", vv_error_last()->message);
    vv_error_clear();
    return VV_OK;
}

bool vv_multiples_wanted(const struct vv_points *points, const bool *finished, unsigned *formats)
{
    struct vv_settings settings = {.tree = NULL};
    struct vv_diagnostics d = {0};
    int64_t p = 0;
    while (p < points->sweep.n_points && !finished[p]) p++;
    if (p == points->sweep.n_points) return false;
    const bool fine = vv_points_settings(points, p, &settings, &d) == VV_OK && d.n == 0;
    const bool drawn = fine && vv_settings_enabled(&settings, VV_STAGE_report) &&
                       vv_settings_flag(&settings, VV_STAGE_report, "figures");
    if (drawn) *formats = *(const unsigned *)vv_settings_value(&settings, VV_STAGE_report, "formats", VV_PARAM_CHOICES);
    vv_settings_release(&settings);
    vv_diagnostics_release(&d);
    return drawn;
}
