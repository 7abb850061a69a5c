/* SPDX-License-Identifier: MIT */
/* Trees of clusters as scripts: log density upwards, a leaf from its peak down to the saddle where it joins others, and
 * under each leaf the classes of its rows. Data: blocks of the branches (polylines), of the leaves, of each class. */
#include <math.h>

#include "base/mem.h"
#include "io/figure_script.h"

enum {
    LABEL = 30,      /* characters of a class */
    WITH_BARS = 160  /* leaves up to which classes are shown: bars of more would be hairlines */
};

/* Classes that are shown. */
static int n_shown(const struct vv_tree_figure *t)
{
    return t->n <= WITH_BARS ? t->n_classes : 0;
}

/* Where the nodes are: leaves 0 .. n - 1, then merges. */
struct place {
    double *x;     /* [2 n - 1] */
    int64_t *leaf; /* [n] leaves from the left to the right */
    int64_t *todo; /* [2 n] */
};

static double top_of(const struct vv_tree_figure *t, int64_t node)
{
    return node < t->n ? t->height[node] : t->joined[node - t->n];
}

/* Leaves in the order in which the tree is walked; a merge stands in the middle of its two. */
static void place_nodes(const struct vv_tree_figure *t, struct place *p)
{
    int64_t n_todo = 0, n_leaves = 0;
    if (t->n > 0) p->todo[n_todo++] = 2 * (int64_t)t->n - 2;
    while (n_todo > 0) {
        const int64_t node = p->todo[--n_todo];
        if (node < t->n) {
            p->x[node] = (double)n_leaves;
            p->leaf[n_leaves++] = node;
        } else {
            p->todo[n_todo++] = t->right[node - t->n];
            p->todo[n_todo++] = t->left[node - t->n];
        }
    }
    for (int64_t m = 0; m + 1 < t->n; m++) p->x[t->n + m] = 0.5 * (p->x[t->left[m]] + p->x[t->right[m]]);
}

static void add_point(struct vv_strbuf *data, double x, double y)
{
    vv_script_number(data, x);
    vv_strbuf_puts(data, " ");
    vv_script_number(data, y);
    vv_strbuf_puts(data, "\n");
}

static void write_branches(const struct vv_tree_figure *t, const struct place *p, struct vv_strbuf *data)
{
    vv_strbuf_puts(data, "# branches: x, log density\n");
    for (int64_t m = 0; m + 1 < t->n; m++) {
        const int64_t a = t->left[m], b = t->right[m];
        add_point(data, p->x[a], top_of(t, a));
        add_point(data, p->x[a], t->joined[m]);
        add_point(data, p->x[b], t->joined[m]);
        add_point(data, p->x[b], top_of(t, b));
        vv_strbuf_puts(data, m + 2 < t->n ? "\n" : "");
    }
    vv_strbuf_puts(data, t->n < 2 ? "NaN NaN\n\n\n" : "\n\n");
}

static void write_leaves(const struct vv_tree_figure *t, const struct place *p, struct vv_strbuf *data)
{
    vv_strbuf_puts(data, "# leaves: x, log density of the peak, cluster, population\n");
    for (int64_t i = 0; i < t->n; i++) {
        const int64_t leaf = p->leaf[i];
        vv_strbuf_addf(data, "%lld ", (long long)i);
        vv_script_number(data, t->height[leaf]);
        vv_strbuf_addf(data, " %lld %lld\n", (long long)t->cluster[leaf], (long long)t->population[leaf]);
    }
    vv_strbuf_puts(data, t->n == 0 ? "NaN NaN NaN NaN\n" : "");
}

static void write_classes(const struct vv_tree_figure *t, const struct place *p, struct vv_strbuf *data)
{
    for (int k = 0; k < n_shown(t); k++) {
        bool any = false;
        vv_strbuf_puts(data, "\n\n# ");
        vv_script_comment(data, t->class_name[k]);
        vv_strbuf_puts(data, ": x, from and to as shares of the leaf\n");
        for (int64_t i = 0; i < t->n; i++) {
            const double *const share = t->share + p->leaf[i] * t->n_classes;
            double from = 0.0;
            for (int c = 0; c < k; c++) from += share[c];
            if (!(share[k] > 0.0)) continue;
            any = true;
            vv_strbuf_addf(data, "%lld ", (long long)i);
            add_point(data, from, from + share[k]);
        }
        vv_strbuf_puts(data, any ? "" : "NaN NaN NaN\n");
    }
}

struct layout {
    double left, top, side_x, tree, bars, gap, bottom, width, height;
};

static struct layout lay_out(const struct vv_tree_figure *t)
{
    const bool bars = n_shown(t) > 0;
    struct layout l = {.left = 78.0, .top = 40.0, .side_x = fmin(fmax(26.0 * t->n, 280.0), 640.0), .tree = 210.0,
                       .bars = bars ? 90.0 : 0.0, .gap = bars ? 14.0 : 0.0, .bottom = 106.0};
    l.tree = fmax(l.tree, 20.0 * (n_shown(t) + 2)); /* or gnuplot divides the legend */
    double legend = vv_script_width(t->label_set, LABEL);
    for (int k = 0; k < n_shown(t); k++) legend = fmax(legend, vv_script_width(t->class_name[k], LABEL));
    l.width = l.left + l.side_x + (bars ? 60.0 + legend : 20.0);
    l.height = l.top + l.tree + l.gap + l.bars + l.bottom;
    return l;
}

static void set_leaf_ticks(struct vv_strbuf *out, const struct vv_tree_figure *t, const struct place *p,
                           const struct layout *l)
{
    const int step = vv_script_step(t->n, (int)(l->side_x / 15.0));
    vv_strbuf_addf(out, "set label 3 'cluster (rows)' at screen %.4f,%.4f center\nset xtics rotate by 90 right (",
                   (l->left + 0.5 * l->side_x) / l->width, 14.0 / l->height);
    for (int64_t i = 0; i < t->n; i += step)
        vv_strbuf_addf(out, "%s'c%lld (%lld)' %lld", i ? ", " : "", (long long)t->cluster[p->leaf[i]],
                       (long long)t->population[p->leaf[i]], (long long)i);
    vv_strbuf_puts(out, ")\n");
}

static void set_key(struct vv_strbuf *out, const struct vv_tree_figure *t, const struct layout *l)
{
    vv_strbuf_addf(out, "set key at screen %.4f,%.4f left top vertical maxrows %d Left reverse samplen 1.4 "
                        "spacing 1.1 title ", (l->left + l->side_x + 4.0) / l->width,
                   (l->height - l->top) / l->height, n_shown(t));
    vv_script_text(out, t->label_set, LABEL);
    vv_strbuf_puts(out, "\n");
}

static void plot_tree(struct vv_strbuf *out, const struct vv_tree_figure *t, const struct layout *l,
                      const struct place *p)
{
    double low = NAN, high = NAN;
    for (int64_t i = 0; i < 2 * (int64_t)t->n - 1; i++) {
        if (!(low <= top_of(t, i))) low = top_of(t, i);
        if (!(high >= top_of(t, i))) high = top_of(t, i);
    }
    const double room = high > low ? 0.06 * (high - low) : 1.0;
    vv_script_margins(out, l->width, l->height, l->left, l->left + l->side_x,
                      l->height - l->top - l->tree, l->height - l->top);
    vv_strbuf_addf(out, "set xrange [-0.6:%.1f]\n", fmax(t->n, 1) - 0.4);
    vv_script_range(out, "y", isnan(low) ? 0.0 : low - room, isnan(low) ? 1.0 : high + room);
    vv_strbuf_puts(out, "set ylabel 'log density'\n");
    if (l->bars > 0.0) vv_strbuf_puts(out, "unset xtics\n");
    else set_leaf_ticks(out, t, p, l);
    if (t->n == 0) vv_strbuf_puts(out, "set label 4 'no clusters' at graph 0.5,0.5 center textcolor '#777777'\n");
    if (n_shown(t) > 0) set_key(out, t, l);
    vv_strbuf_addf(out, "plot NaN notitle, \\\n"
                        "  '%s.dat' index 0 using 1:2 with lines linecolor '#333333' linewidth 1.5 notitle, \\\n"
                        "  '%s.dat' index 1 using 1:2 with points pointtype 7 pointsize 0.6 linecolor '#333333' "
                        "notitle", t->head.name, t->head.name);
    for (int k = 0; k < n_shown(t); k++) {
        vv_strbuf_addf(out, ", \\\n  NaN with boxes fillstyle solid noborder linecolor '%s' title ",
                       vv_script_class_color(k, t->n_classes));
        vv_script_text(out, t->class_name[k], LABEL);
    }
    vv_strbuf_puts(out, "\n");
}

static void plot_classes(struct vv_strbuf *out, const struct vv_tree_figure *t, const struct layout *l,
                         const struct place *p)
{
    const double top = l->bottom + l->bars;
    vv_strbuf_puts(out, "\nunset label; unset grid; unset key\n");
    vv_script_margins(out, l->width, l->height, l->left, l->left + l->side_x, l->bottom, top);
    vv_strbuf_puts(out, "set yrange [0:1]\nset ytics 0,0.5,1\nset ylabel 'share'\n");
    set_leaf_ticks(out, t, p, l);
    vv_strbuf_puts(out, "plot NaN notitle");
    for (int k = 0; k < n_shown(t); k++) {
        vv_strbuf_addf(out, ", \\\n  '%s.dat' index %d using 1:2:($1-0.4):($1+0.4):2:3 with boxxyerror fillstyle solid "
                       "noborder linecolor '%s' notitle", t->head.name, k + 2, vv_script_class_color(k, t->n_classes));
    }
    vv_strbuf_puts(out, "\n");
}

void vv_tree_figure_write(const struct vv_tree_figure *t, struct vv_strbuf *script, struct vv_strbuf *data)
{
    const struct layout l = lay_out(t);
    struct place p = {.x = vv_mem_new(2 * t->n, sizeof *p.x, "a tree"),
                      .leaf = vv_mem_new(t->n, sizeof *p.leaf, "a tree"),
                      .todo = vv_mem_new(2 * t->n, sizeof *p.todo, "a tree")};
    if (p.x && p.leaf && p.todo) {
        place_nodes(t, &p);
        write_branches(t, &p, data);
        write_leaves(t, &p, data);
        write_classes(t, &p, data);
        vv_script_begin(script, &t->head, l.width, l.height);
        vv_strbuf_puts(script, "set border linecolor '#444444'\nset tics nomirror out scale 0.5\n"
                               "set grid ytics linetype 1 linewidth 0.6 linecolor '#dddddd'\nset multiplot\n\n");
        plot_tree(script, t, &l, &p);
        if (n_shown(t) > 0) plot_classes(script, t, &l, &p);
        vv_strbuf_puts(script, "unset multiplot\nunset output\n");
    } else {
        script->failed = true;
    }
    vv_mem_free(p.x);
    vv_mem_free(p.leaf);
    vv_mem_free(p.todo);
}
