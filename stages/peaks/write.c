/* SPDX-License-Identifier: MIT */
#include "stages/peaks/write.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "data/matrix.h"
#include "stages/peaks/tree.h"

/* A part of the tables: columns of one length under one path. */
struct sheet {
    struct vv_table *table;
    char path[300], dim[340];
    int64_t length;
};

static enum vv_status open_sheet(struct vv_table *t, const char *group, const char *part, const char *dim,
                                 int64_t length, struct sheet *s)
{
    *s = (struct sheet){.table = t, .length = length};
    const int n = snprintf(s->path, sizeof s->path, "%s/%s", group, part);
    if (n >= (int)sizeof s->path) return vv_fail(VV_USAGE, "the label set's name in '%.200s...' is too long", s->path);
    snprintf(s->dim, sizeof s->dim, "%s/%s", s->path, dim);
    return VV_OK;
}

static enum vv_status add(const struct sheet *s, const char *name, const char *description, enum vv_value type,
                          struct vv_column **column)
{
    char path[360];
    snprintf(path, sizeof path, "%s/%s", s->path, name);
    const struct vv_column_spec spec = {.name = path, .long_name = name, .units = "1", .description = description,
                                        .type = type, .dims = {{s->dim, s->length}}};
    return vv_table_add(s->table, &spec, column);
}

static enum vv_status write_peaks(const struct vv_cut_view *v, struct vv_table *t)
{
    const struct vv_merged *const m = &v->cut->merged;
    struct vv_column *sample, *height, *error, *population, *core;
    struct sheet s;
    VV_TRY(open_sheet(t, v->group, "peaks", "cluster", m->n, &s));
    VV_TRY(add(&s, "sample", "input sample at the peak of the cluster", VV_I64, &sample));
    VV_TRY(add(&s, "log_density", "log density there", VV_F64, &height));
    VV_TRY(add(&s, "std_error", "its standard error", VV_F64, &error));
    VV_TRY(add(&s, "population", "rows of the cluster", VV_I64, &population));
    VV_TRY(add(&s, "core_population", "of which are no halo: not less dense than the highest saddle of the cluster",
               VV_I64, &core));
    for (int64_t i = 0; i < m->n; i++) {
        const struct vv_peak *const p = &v->topography->peaks[m->peak[i]];
        sample->i64[i] = vv_sample_of(v->sample, p->row);
        height->f64[i] = p->height;
        error->f64[i] = p->std_error;
        population->i64[i] = v->cut->population[i];
        core->i64[i] = v->cut->core[i];
    }
    return VV_OK;
}

static enum vv_status write_saddles(const struct vv_cut_view *v, struct vv_table *t)
{
    const struct vv_merged *const m = &v->cut->merged;
    struct vv_column *a, *b, *sample, *height, *error;
    struct sheet s;
    VV_TRY(open_sheet(t, v->group, "saddles", "saddle", m->n_saddles, &s));
    VV_TRY(add(&s, "cluster", "one of the two clusters that touch; the other has a larger number", VV_I64, &a));
    VV_TRY(add(&s, "other_cluster", "the other", VV_I64, &b));
    VV_TRY(add(&s, "sample", "input sample at the saddle: the border row of largest log density - error", VV_I64,
               &sample));
    VV_TRY(add(&s, "log_density", "log density there", VV_F64, &height));
    VV_TRY(add(&s, "std_error", "its standard error", VV_F64, &error));
    for (int64_t i = 0; i < m->n_saddles; i++) {
        a->i64[i] = m->saddles[i].a;
        b->i64[i] = m->saddles[i].b;
        sample->i64[i] = vv_sample_of(v->sample, m->saddles[i].row);
        height->f64[i] = m->saddles[i].height;
        error->f64[i] = m->saddles[i].std_error;
    }
    return VV_OK;
}

enum vv_status vv_cut_write_peaks(const struct vv_cut_view *v, struct vv_table *t)
{
    VV_TRY(write_peaks(v, t));
    return write_saddles(v, t);
}

/* The clusters that are leaves, and the saddles between them. */
struct leaves {
    int64_t n, n_saddles;
    int32_t *cluster;          /* [n] */
    int32_t *leaf;             /* [clusters] -1: none */
    int64_t *population;       /* [n] */
    double *height;            /* [n] */
    struct vv_saddle *saddles; /* [n_saddles] */
    struct vv_join *joins;     /* [n - 1] */
};

static enum vv_status pick_leaves(const struct vv_cut_view *v, struct leaves *l)
{
    static const char what[] = "leaves of trees";
    const struct vv_merged *const m = &v->cut->merged;
    *l = (struct leaves){.n = 0};
    l->cluster = vv_mem_new(m->n, sizeof *l->cluster, what);
    l->leaf = vv_mem_new(m->n, sizeof *l->leaf, what);
    l->population = vv_mem_new(m->n, sizeof *l->population, what);
    l->height = vv_mem_new(m->n, sizeof *l->height, what);
    l->saddles = vv_mem_new(m->n_saddles, sizeof *l->saddles, what);
    l->joins = vv_mem_new(m->n, sizeof *l->joins, what);
    if (!l->cluster || !l->leaf || !l->population || !l->height || !l->saddles || !l->joins) return VV_MEMORY;
    for (int64_t i = 0; i < m->n; i++) {
        l->leaf[i] = -1;
        if (v->cut->population[i] < v->minimum) continue;
        l->cluster[l->n] = (int32_t)i;
        l->population[l->n] = v->cut->population[i];
        l->height[l->n] = v->topography->peaks[m->peak[i]].height;
        l->leaf[i] = (int32_t)l->n++;
    }
    for (int64_t e = 0; e < m->n_saddles; e++) {
        struct vv_saddle s = m->saddles[e];
        if (l->leaf[s.a] < 0 || l->leaf[s.b] < 0) continue;
        s.a = l->leaf[s.a];
        s.b = l->leaf[s.b];
        l->saddles[l->n_saddles++] = s;
    }
    return VV_OK;
}

static void release_leaves(struct leaves *l)
{
    vv_mem_free(l->cluster);
    vv_mem_free(l->leaf);
    vv_mem_free(l->population);
    vv_mem_free(l->height);
    vv_mem_free(l->saddles);
    vv_mem_free(l->joins);
}

static enum vv_status write_merges(const struct leaves *l, const char *path, struct vv_table *t)
{
    struct vv_column *left, *right, *height, *population;
    struct sheet s;
    VV_TRY(open_sheet(t, path, "merges", "merge", l->n > 0 ? l->n - 1 : 0, &s));
    VV_TRY(add(&s, "left", "one of the two nodes that join: a leaf, or n + i for merge i of a tree of n leaves", VV_I64,
               &left));
    VV_TRY(add(&s, "right", "the other", VV_I64, &right));
    VV_TRY(add(&s, "log_density", "height of the saddle at which they join", VV_F64, &height));
    VV_TRY(add(&s, "population", "rows of the clusters below", VV_I64, &population));
    for (int64_t i = 0; i + 1 < l->n; i++) {
        left->i64[i] = l->joins[i].left;
        right->i64[i] = l->joins[i].right;
        height->f64[i] = l->joins[i].height;
        population->i64[i] = l->joins[i].population;
    }
    return VV_OK;
}

static enum vv_status write_newick(const struct leaves *l, const char *path, struct vv_table *t)
{
    char name[360];
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    snprintf(name, sizeof name, "%s/newick", path);
    enum vv_status st = vv_tree_write(l->n, l->cluster, l->height, l->joins, &text);
    if (!st)
        st = vv_table_add_text(t, name, "the tree in Newick form: leaf c7 is cluster 7, lengths of branches are "
                               "differences in log density", text.text);
    vv_strbuf_release(&text);
    return st;
}

static enum vv_status write_tree(const struct vv_cut_view *v, struct leaves *l, enum vv_linkage linkage,
                                 struct vv_table *t)
{
    static const char *const names[] = {"single", "weighted"};
    char path[200];
    snprintf(path, sizeof path, "%.100s/%s", v->group, names[linkage]);
    VV_TRY(vv_tree_make(linkage, l->n, l->population, l->saddles, l->n_saddles, v->lowest, l->joins));
    VV_TRY(write_merges(l, path, t));
    return write_newick(l, path, t);
}

static enum vv_status write_leaves(const struct vv_cut_view *v, const struct leaves *l, struct vv_table *t)
{
    char name[200];
    struct vv_column *cluster;
    struct sheet s;
    VV_TRY(open_sheet(t, v->group, "leaves", "leaf", l->n, &s));
    VV_TRY(add(&s, "cluster", "cluster of each leaf of the trees: those of enough rows", VV_I64, &cluster));
    for (int64_t i = 0; i < l->n; i++) cluster->i64[i] = l->cluster[i];
    snprintf(name, sizeof name, "%.100s/lowest", v->group);
    return vv_table_add_f64(t, name, "1", "height at which clusters without a saddle between them join, below all "
                            "others: min(log density - Z error) - 1", v->lowest);
}

enum vv_status vv_cut_write_trees(const struct vv_cut_view *v, struct vv_table *t)
{
    struct leaves l;
    enum vv_status st = pick_leaves(v, &l);
    if (!st) st = write_leaves(v, &l, t);
    if (!st) st = write_tree(v, &l, VV_SINGLE, t);
    if (!st) st = write_tree(v, &l, VV_WEIGHTED, t);
    release_leaves(&l);
    return st;
}

enum vv_status vv_cut_write_composition(const struct vv_cut_view *v, const char *label, const struct vv_count *counts,
                                        int64_t n_counts, struct vv_table *t)
{
    char path[160];
    struct vv_column *cluster, *cls, *count;
    struct sheet s;
    snprintf(path, sizeof path, "%.100s/composition", v->group);
    VV_TRY(open_sheet(t, path, label, "entry", n_counts, &s));
    VV_TRY(add(&s, "cluster", "a cluster that has rows of a class", VV_I64, &cluster));
    VV_TRY(add(&s, "class", "that class: position in class_names", VV_I64, &cls));
    VV_TRY(add(&s, "count", "rows of the class in the cluster", VV_I64, &count));
    for (int64_t i = 0; i < n_counts; i++) {
        cluster->i64[i] = counts[i].cluster;
        cls->i64[i] = counts[i].cls;
        count->i64[i] = counts[i].n;
    }
    return VV_OK;
}
