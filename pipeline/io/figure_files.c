/* SPDX-License-Identifier: MIT */
#include "io/figure_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "dist/agree.h"
#include "dist/signals.h"
#include "io/figure_build.h"
#include "io/figure_script.h"
#include "io/figure_svg.h"
#include "io/figure_tree_file.h"
#include "io/gnuplot.h"
#include "io/neighbors_file.h"
#include "io/publish.h"

const char *const vv_figure_formats[] = {"svg", "pdf", "png", NULL};

enum vv_status vv_figure_writer_open(struct vv_figure_writer *w, const struct vv_figure_task *task)
{
    struct vv_strbuf path;
    *w = (struct vv_figure_writer){.task = task};
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/figures", task->directory);
    w->folder = path.failed ? NULL : vv_mem_string(path.text);
    vv_strbuf_release(&path);
    return w->folder ? vv_publish_make_directory(w->folder) : VV_MEMORY;
}

void vv_figure_writer_close(struct vv_figure_writer *w)
{
    struct vv_log *const log = w->task->log;
    if (w->absent)
        vv_log_info(log, "figures: no gnuplot here to draw them; scripts and data are in %s. Install gnuplot-nox "
                    "(Debian, Ubuntu), gnuplot-minimal (Fedora, RHEL) or gnuplot (elsewhere: openSUSE, Arch, conda, "
                    "Homebrew, Spack), then: cd %s && for f in *.gp; do gnuplot $f; done", w->folder, w->folder);
    else if (w->gave_up)
        vv_log_warning(log, "gnuplot is not asked for more figures: %s; scripts and data are in %s", w->trouble,
                       w->folder);
    else if (w->n_undrawn > 0)
        vv_log_warning(log, "gnuplot could not draw %d of %d figures; %s", w->n_undrawn, w->n_undrawn + w->n_drawn,
                       w->trouble);
    for (int i = 0; i < w->n_names; i++) vv_mem_free(w->names[i]);
    vv_mem_free(w->names);
    vv_mem_free(w->folder);
}

static bool is_taken(const struct vv_figure_writer *w, const char *name)
{
    for (int i = 0; i < w->n_names; i++)
        if (strcmp(w->names[i], name) == 0) return true;
    return false;
}

/* A name of its own, by which the figure is called from now on. */
static enum vv_status take_name(struct vv_figure_writer *w, char **name)
{
    struct vv_strbuf own;
    vv_strbuf_init(&own);
    vv_strbuf_puts(&own, *name);
    for (int i = 2; !own.failed && is_taken(w, own.text); i++) {
        vv_strbuf_reset(&own);
        vv_strbuf_addf(&own, "%s_%d", *name, i);
    }
    char **const grown = vv_mem_resize(w->names, w->n_names + 1, sizeof *grown, "names of figures");
    if (grown) w->names = grown;
    char *const kept = own.failed || !grown ? NULL : vv_mem_string(own.text);
    if (kept) w->names[w->n_names++] = kept;
    vv_mem_free(*name);
    *name = kept ? vv_mem_string(kept) : NULL;
    vv_strbuf_release(&own);
    return *name ? VV_OK : VV_MEMORY;
}

static enum vv_status write_file(const struct vv_figure_writer *w, const char *name, const char *ending,
                                 const struct vv_strbuf *text)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/%s.%s", w->folder, name, ending);
    const enum vv_status st = path.failed || text->failed ? VV_MEMORY : vv_publish_file(path.text, text->text);
    vv_strbuf_release(&path);
    return st;
}

static void remove_file(const struct vv_figure_writer *w, const char *name, const char *ending)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/%s.%s", w->folder, name, ending);
    if (!path.failed) unlink(path.text);
    vv_strbuf_release(&path);
}

/* Whether a file is there and holds this. */
static bool holds(const struct vv_figure_writer *w, const char *name, const char *ending, const struct vv_strbuf *text)
{
    struct vv_strbuf path, there;
    vv_strbuf_init(&path);
    vv_strbuf_init(&there);
    vv_strbuf_addf(&path, "%s/%s.%s", w->folder, name, ending);
    FILE *const file = path.failed ? NULL : fopen(path.text, "r");
    const bool same = file && vv_strbuf_read(&there, file, text->length) && !there.failed &&
                      there.length == text->length && memcmp(there.text, text->text, text->length) == 0;
    if (file) fclose(file);
    vv_strbuf_release(&path);
    vv_strbuf_release(&there);
    return same;
}

static void note_trouble(struct vv_figure_writer *w, const char *name, const char *format, const char *what)
{
    if (!w->trouble[0]) snprintf(w->trouble, sizeof w->trouble, "%.150s.%s: %.300s", name, format, what);
}

/* What gnuplot wrote becomes the figure. */
static enum vv_status publish(struct vv_figure_writer *w, const struct vv_figure_head *head, int format,
                              const char *partial)
{
    struct vv_strbuf path, temporary;
    vv_strbuf_init(&path);
    vv_strbuf_init(&temporary);
    vv_strbuf_addf(&path, "%s/%s.%s", w->folder, head->name, vv_figure_formats[format]);
    vv_strbuf_addf(&temporary, "%s/%s", w->folder, partial);
    enum vv_status st = path.failed || temporary.failed ? VV_MEMORY : VV_OK;
    if (!st && format == VV_FORMAT_SVG) st = vv_svg_finish(temporary.text, head->name, head->title);
    if (!st) st = vv_publish_rename(temporary.text, path.text, st);
    vv_strbuf_release(&path);
    vv_strbuf_release(&temporary);
    return st;
}

static enum vv_status draw(struct vv_figure_writer *w, const struct vv_figure_head *head, int format)
{
    const char *const ending = vv_figure_formats[format], *const name = head->name;
    char said[256], script[160], hidden[160], partial[180], what[64];
    snprintf(script, sizeof script, "%.120s.gp", name);
    snprintf(hidden, sizeof hidden, ".%.120s.%s", name, ending);
    snprintf(partial, sizeof partial, "%s.partial", hidden);
    switch (vv_gnuplot_run(w->folder, script, ending, partial, w->task->limit, said, sizeof said)) {
    case VV_GNUPLOT_DONE:
        if (publish(w, head, format, partial) == VV_OK) {
            w->n_drawn++;
            return VV_OK;
        }
        remove_file(w, hidden, "partial");
        if (vv_error_last()->code == VV_MEMORY) return VV_MEMORY;
        note_trouble(w, name, ending, vv_error_last()->message);
        vv_error_clear();
        break;
    case VV_GNUPLOT_ABSENT: w->absent = true; return VV_OK;
    case VV_GNUPLOT_LATE:
        w->gave_up = true;
        snprintf(what, sizeof what, "it took longer than %g s", w->task->limit);
        note_trouble(w, name, ending, what);
        break;
    case VV_GNUPLOT_FAILED: note_trouble(w, name, ending, said[0] ? said : "it did not say why");
    }
    w->n_undrawn++;
    remove_file(w, hidden, "partial");
    return VV_OK;
}

/* Other ranks wait in follow(). */
static void inform(struct vv_comm *c, bool more)
{
    int flag = more;
    if (c) vv_comm_bcast(c, &flag, sizeof flag, 0);
}

static void follow(struct vv_comm *c)
{
    int more = 1;
    while (more) vv_comm_bcast(c, &more, sizeof more, 0);
}

/* Files of one figure. Drawings of other data go: these may not be drawn. */
static enum vv_status add(struct vv_figure_writer *w, const struct vv_figure_head *head, const struct vv_strbuf *script,
                          const struct vv_strbuf *data)
{
    const bool as_before = holds(w, head->name, "gp", script) && holds(w, head->name, "dat", data);
    for (int f = 0; f < VV_N_FORMATS && !as_before; f++) remove_file(w, head->name, vv_figure_formats[f]);
    VV_TRY(write_file(w, head->name, "gp", script));
    VV_TRY(write_file(w, head->name, "dat", data));
    w->n_written++;
    for (int f = 0; f < VV_N_FORMATS && !w->absent && !w->gave_up; f++)
        if (w->task->formats >> f & 1) VV_TRY(draw(w, head, f));
    inform(w->comm, true);
    if (w->task->progress) vv_progress_tell(w->task->progress, w->n_written, w->n_written + 1);
    return w->comm && vv_signals_stop_requested() ? VV_STOPPED : VV_OK;
}

enum vv_status vv_figure_writer_add_chart(struct vv_figure_writer *w, struct vv_chart *chart)
{
    struct vv_strbuf script, data;
    vv_strbuf_init(&script);
    vv_strbuf_init(&data);
    enum vv_status st = take_name(w, &chart->head.name);
    if (!st) vv_chart_write(chart, &script, &data);
    if (!st) st = add(w, &chart->head, &script, &data);
    vv_strbuf_release(&script);
    vv_strbuf_release(&data);
    return st;
}

static enum vv_status add_map(struct vv_figure_writer *w, struct vv_heat_map *map)
{
    struct vv_strbuf script, data;
    vv_strbuf_init(&script);
    vv_strbuf_init(&data);
    enum vv_status st = take_name(w, &map->head.name);
    if (!st) vv_heat_map_write(map, &script, &data);
    if (!st) st = add(w, &map->head, &script, &data);
    vv_strbuf_release(&script);
    vv_strbuf_release(&data);
    return st;
}

static enum vv_status add_case(void *whom, const struct vv_figure_case *c)
{
    enum vv_status st;
    if (c->wish->kind == VV_FIGURE_MATRIX) {
        struct vv_heat_map map = {.n_rows = 0};
        if (!(st = vv_figure_build_map(c, &map))) st = add_map(whom, &map);
        vv_heat_map_release(&map);
    } else {
        struct vv_chart chart = {.n_panels = 0};
        st = vv_figure_build_chart(c, &chart);
        if (!st && chart.n_panels > 0) st = vv_figure_writer_add_chart(whom, &chart);
        vv_chart_release(&chart);
    }
    return st;
}

/* A tree on its way from a file. */
struct tree_call {
    struct vv_figure_writer *writer;
    const struct vv_figure_wish *wish;
    const char *layer;
};

/* "peaks_tree_layer_04_z_1.65_digit"; "density peaks of layer_04, z = 1.65" */
static enum vv_status add_tree(void *whom, const char *group, struct vv_tree_figure *t)
{
    const struct tree_call *const call = whom;
    struct vv_strbuf raw, name, title, script, data, *const all[] = {&raw, &name, &title, &script, &data};
    for (int i = 0; i < 5; i++) vv_strbuf_init(all[i]);
    vv_strbuf_addf(&raw, "%s_%s_%s%s%s", call->wish->name, call->layer, group, t->label_set ? "_" : "",
                   t->label_set ? t->label_set : "");
    if (!raw.failed) vv_figure_name(&name, raw.text);
    const char *const mark = strchr(group, '_');
    vv_strbuf_addf(&title, "%s, %s, ", call->wish->title ? call->wish->title : "tree", call->layer);
    if (mark) vv_strbuf_addf(&title, "%.*s = %s", (int)(mark - group), group, mark + 1);
    else vv_strbuf_puts(&title, group);
    enum vv_status st = raw.failed || name.failed || title.failed ? VV_MEMORY : VV_OK;
    if (!st) st = vv_figure_head_init(&t->head, name.text, title.text, NULL);
    if (!st) st = take_name(call->writer, &t->head.name);
    if (!st) vv_tree_figure_write(t, &script, &data);
    if (!st) st = add(call->writer, &t->head, &script, &data);
    for (int i = 0; i < 5; i++) vv_strbuf_release(all[i]);
    return st;
}

static enum vv_status add_trees(struct vv_figure_writer *w, const struct vv_figure_source *s, const char *stage,
                                const struct vv_figure_wish *wish)
{
    struct vv_strbuf path;
    enum vv_status st = VV_OK;
    vv_strbuf_init(&path);
    for (int l = 0; !st && l < s->n_layers; l++) {
        struct tree_call call = {.writer = w, .wish = wish, .layer = s->layer_names[l]};
        vv_strbuf_reset(&path);
        st = vv_neighbors_file_path(w->task->directory, stage, s->layer_names[l], &path);
        if (!st && access(path.text, R_OK) == 0)
            st = vv_tree_file_read(path.text, wish->columns[0] ? wish->columns[0] : "single", add_tree, &call);
        if (st == VV_INPUT) { /* the others may do */
            vv_log_warning(w->task->log, "no figure of a tree: %s", vv_error_last()->message);
            vv_error_clear();
            st = VV_OK;
        }
    }
    vv_strbuf_release(&path);
    return st;
}

static enum vv_status add_stage(struct vv_figure_writer *w, const struct vv_figure_source *s,
                                const struct vv_figure_stage *stage)
{
    if (!stage->wishes) return vv_figure_cases_by_shape(s, stage->name, add_case, w);
    for (const struct vv_figure_wish *wish = stage->wishes; wish->name; wish++) {
        if (wish->kind == VV_FIGURE_MARK) continue;
        if (wish->kind == VV_FIGURE_TREE) VV_TRY(add_trees(w, s, stage->name, wish));
        else VV_TRY(vv_figure_cases(s, wish, add_case, w));
    }
    return VV_OK;
}

static enum vv_status mark_layers(struct vv_figure_source *s, const struct vv_figure_task *task)
{
    for (int i = 0; i < task->n_stages; i++)
        for (const struct vv_figure_wish *wish = task->stages[i].wishes; wish && wish->name; wish++)
            if (wish->kind == VV_FIGURE_MARK) VV_TRY(vv_figure_source_mark(s, wish));
    return VV_OK;
}

/* Rank 0. */
static enum vv_status write_all(struct vv_comm *c, const struct vv_figure_task *task)
{
    struct vv_figure_source source;
    struct vv_figure_writer w;
    enum vv_status st = vv_figure_writer_open(&w, task), made = vv_figure_source_init(&source, task->table);
    w.comm = c;
    if (!st) st = made;
    if (!st) st = mark_layers(&source, task);
    for (int i = 0; !st && i < task->n_stages; i++) st = add_stage(&w, &source, &task->stages[i]);
    if (st == VV_OUTPUT) {
        vv_log_warning(task->log, "figures are incomplete: %s", vv_error_last()->message);
        vv_error_clear();
        st = VV_OK;
    }
    if (st == VV_STOPPED) st = VV_OK; /* the agreement below tells the others */
    vv_figure_source_release(&source);
    vv_figure_writer_close(&w);
    inform(c, false);
    return st;
}

enum vv_status vv_figures_write(struct vv_comm *c, const struct vv_figure_task *task)
{
    enum vv_status st = VV_OK;
    if (vv_comm_rank(c) == 0) st = write_all(c, task);
    else follow(c);
    return vv_agree(c, st);
}
