/* SPDX-License-Identifier: MIT */
#include "io/figure.h"

#include <math.h>
#include <stdio.h>

#include "base/mem.h"

static enum vv_status copy(const char *text, char **to)
{
    *to = text ? vv_mem_string(text) : NULL;
    return text && !*to ? VV_MEMORY : VV_OK;
}

enum vv_status vv_figure_head_init(struct vv_figure_head *h, const char *name, const char *title, const char *note)
{
    VV_TRY(copy(name, &h->name));
    VV_TRY(copy(title, &h->title));
    return copy(note, &h->note);
}

static void release_head(struct vv_figure_head *h)
{
    vv_mem_free(h->name);
    vv_mem_free(h->title);
    vv_mem_free(h->note);
}

enum vv_status vv_chart_add_panel(struct vv_chart *c, const char *title, const char *x_label, const char *y_label,
                                  struct vv_panel **panel)
{
    struct vv_panel *const grown = vv_mem_resize(c->panels, c->n_panels + 1, sizeof *grown, "panels of a figure");
    if (!grown) return VV_MEMORY;
    c->panels = grown;
    struct vv_panel *const p = *panel = &grown[c->n_panels++];
    VV_TRY(copy(title, &p->title));
    VV_TRY(copy(x_label, &p->x_label));
    return copy(y_label, &p->y_label);
}

static double *missing(int64_t n)
{
    double *const values = vv_mem_new_raw(n, sizeof *values, "a curve");
    for (int64_t i = 0; values && i < n; i++) values[i] = NAN;
    return values;
}

enum vv_status vv_panel_add_curve(struct vv_panel *p, const char *label, int64_t n, bool band,
                                  struct vv_curve **curve)
{
    struct vv_curve *const grown = vv_mem_resize(p->curves, p->n_curves + 1, sizeof *grown, "curves of a figure");
    if (!grown) return VV_MEMORY;
    p->curves = grown;
    struct vv_curve *const c = *curve = &grown[p->n_curves++];
    c->n = n;
    VV_TRY(copy(label, &c->label));
    if (!(c->x = missing(n)) || !(c->y = missing(n))) return VV_MEMORY;
    if (band && (!(c->low = missing(n)) || !(c->high = missing(n)))) return VV_MEMORY;
    return VV_OK;
}

enum vv_status vv_panel_add_tick(struct vv_panel *p, double at, const char *label)
{
    struct vv_tick *const grown = vv_mem_resize(p->ticks, p->n_ticks + 1, sizeof *grown, "ticks of a figure");
    if (!grown) return VV_MEMORY;
    p->ticks = grown;
    grown[p->n_ticks].at = at;
    return copy(label, &grown[p->n_ticks++].label);
}

enum vv_status vv_panel_add_mark(struct vv_panel *p, double x, int color, const char *label)
{
    struct vv_mark *const grown = vv_mem_resize(p->marks, p->n_marks + 1, sizeof *grown, "marks of a figure");
    if (!grown) return VV_MEMORY;
    p->marks = grown;
    grown[p->n_marks].x = x;
    grown[p->n_marks].color = color;
    return copy(label, &grown[p->n_marks++].label);
}

void vv_panel_keep_curves(struct vv_panel *p, int n)
{
    while (p->n_curves > n) {
        struct vv_curve *const c = &p->curves[--p->n_curves];
        vv_mem_free(c->label);
        vv_mem_free(c->x);
        vv_mem_free(c->y);
        vv_mem_free(c->low);
        vv_mem_free(c->high);
        *c = (struct vv_curve){.n = 0};
    }
}

static void release_panel(struct vv_panel *p)
{
    vv_panel_keep_curves(p, 0);
    for (int i = 0; i < p->n_ticks; i++) vv_mem_free(p->ticks[i].label);
    for (int i = 0; i < p->n_marks; i++) vv_mem_free(p->marks[i].label);
    vv_mem_free(p->curves);
    vv_mem_free(p->ticks);
    vv_mem_free(p->marks);
    vv_mem_free(p->title);
    vv_mem_free(p->x_label);
    vv_mem_free(p->y_label);
}

void vv_chart_release(struct vv_chart *c)
{
    for (int i = 0; i < c->n_panels; i++) release_panel(&c->panels[i]);
    vv_mem_free(c->panels);
    vv_mem_free(c->scale);
    release_head(&c->head);
    *c = (struct vv_chart){.n_panels = 0};
}

/* "name" or "name: title of the panel" */
static enum vv_status retitle(struct vv_panel *p, const char *name)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    vv_strbuf_puts(&text, name);
    if (p->title) vv_strbuf_addf(&text, ": %s", p->title);
    vv_mem_free(p->title);
    p->title = text.failed ? NULL : vv_mem_string(text.text);
    vv_strbuf_release(&text);
    return p->title ? VV_OK : VV_MEMORY;
}

enum vv_status vv_chart_multiples(struct vv_chart *out, const char *name, const char *title, int n,
                                  struct vv_chart *charts, const char *const *names)
{
    int n_panels = 0;
    *out = (struct vv_chart){.same_y = true};
    for (int i = 0; i < n; i++) n_panels += charts[i].n_panels;
    VV_TRY(vv_figure_head_init(&out->head, name, title, n > 0 ? charts[0].head.note : NULL));
    if (!(out->panels = vv_mem_new(n_panels, sizeof *out->panels, "panels of a figure"))) return VV_MEMORY;
    for (int i = 0; i < n; i++) {
        if (charts[i].scale && charts[i].scale_last >= out->scale_last) {
            out->scale_last = charts[i].scale_last;
            if (!out->scale) VV_TRY(copy(charts[i].scale, &out->scale));
        }
        out->diagonal = out->diagonal || charts[i].diagonal;
        for (int p = 0; p < charts[i].n_panels; p++) {
            struct vv_panel *const moved = &out->panels[out->n_panels++];
            *moved = charts[i].panels[p];
            charts[i].panels[p] = (struct vv_panel){.title = NULL};
            VV_TRY(retitle(moved, names[i]));
        }
        vv_chart_release(&charts[i]);
    }
    return VV_OK;
}

static void release_texts(char **texts, int n)
{
    for (int i = 0; texts && i < n; i++) vv_mem_free(texts[i]);
    vv_mem_free(texts);
}

void vv_heat_map_release(struct vv_heat_map *m)
{
    release_head(&m->head);
    release_texts(m->row_name, m->n_rows);
    release_texts(m->column_name, m->n_columns);
    vv_mem_free(m->values);
    vv_mem_free(m->row_label);
    vv_mem_free(m->column_label);
    vv_mem_free(m->value);
    vv_mem_free(m->break_row);
    vv_mem_free(m->break_column);
    *m = (struct vv_heat_map){.n_rows = 0};
}

void vv_tree_figure_release(struct vv_tree_figure *t)
{
    release_head(&t->head);
    release_texts(t->class_name, t->n_classes);
    vv_mem_free(t->label_set);
    vv_mem_free(t->cluster);
    vv_mem_free(t->population);
    vv_mem_free(t->height);
    vv_mem_free(t->left);
    vv_mem_free(t->right);
    vv_mem_free(t->joined);
    vv_mem_free(t->share);
    *t = (struct vv_tree_figure){.n = 0};
}
