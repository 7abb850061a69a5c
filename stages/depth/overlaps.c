/* SPDX-License-Identifier: MIT */
/* With labels, from composition: the layers of highest label overlap at the largest k. Its errors are those of each
 * layer by itself: comparisons are unpaired. They take the rows as independent, but two rows that are neighbors of each
 * other count in both, so that the variance is up to twice as large; tests use errors sqrt 2 times as large. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stages/depth/best.h"
#include "stages/depth/say.h"

struct label {
    const char *name;
    struct vv_profile value;
    const double *chance; /* [n_layers] or NULL */
};

static void say_suggested(struct vv_strbuf *out, const struct vv_profile *p, int best, int suggested, int last,
                          const int64_t *tied)
{
    if (suggested == best)
        vv_strbuf_puts(out, ", the same layer");
    else if (suggested >= 0)
        vv_strbuf_addf(out, ", %s %.3f at the suggested one", tied[suggested] ? "not told apart from" : "against",
                       p->value[suggested]);
    if (last != best && last != suggested && !isnan(p->value[last]))
        vv_strbuf_addf(out, "%s %.3f at the last", suggested >= 0 ? ";" : ", against", p->value[last]);
    vv_strbuf_puts(out, ".");
}

/* Layers are of the run. tied: [n_layers] */
static void say_overlap(struct vv_depth *it, int s, const struct label *label, struct vv_best b, const int64_t *tied)
{
    struct vv_strbuf *const out = &it->text[VV_SAY_LABELS][s];
    const struct vv_profile *const p = &label->value;
    const int first = it->series.first[s], last = it->series.first[s + 1] - 1, judged = it->judged[s].suggested;
    vv_strbuf_addf(out, " Label '%s': overlap is highest at ", label->name);
    vv_say_layer(out, it, b.layer, p, 3);
    say_suggested(out, p, b.layer, judged < 0 ? -1 : first + judged, last, tied);
    if (b.runner_up < 0) return;
    const double lead = p->value[b.layer] - p->value[b.runner_up], error = p->error[b.runner_up];
    if (!(lead > 0.0)) {
        vv_strbuf_addf(out, " Layer %d has as much.", b.runner_up);
        return;
    }
    vv_strbuf_addf(out, " It would be layer %d if its overlap rose by %.2g", b.runner_up, lead);
    if (error > 0.0) vv_strbuf_addf(out, ", %.1f errors", lead / error);
    vv_strbuf_puts(out, ".");
}

struct columns {
    struct vv_column *best, *tied, *in_set, *p_value;
};

static enum vv_status add_columns(struct vv_depth *it, const char *label, struct columns *c)
{
    char name[640];
    snprintf(name, sizeof name, "best_by_label/%.500s", label);
    VV_TRY(vv_depth_add(it, name, "layer of highest label overlap",
                        "layer with the highest label overlap at the largest k; -1: none", VV_I64, true, &c->best));
    snprintf(name, sizeof name, "best_by_label/%.500s_tied", label);
    VV_TRY(vv_depth_add(it, name, "tied with the layer of highest label overlap",
                        "1: layers whose label overlap cannot be told from the highest of their series by "
                        "stages.depth.significance errors", VV_I64, false, &c->tied));
    VV_TRY(vv_depth_add_of(it, "by_overlap", label, "set",
                           "1: layers whose label overlap is not told from the highest of their series at the "
                           "confidence of the stage (unpaired normal tests with errors sqrt 2 times as large, Holm's "
                           "correction for all pairs), 0: others, -1: not compared", VV_I64,
                           false, &c->in_set));
    return vv_depth_add_of(it, "by_overlap", label, "p_value",
                           "p-value of the comparison with the highest, adjusted after Holm; 1 at that layer, missing "
                           "where not compared", VV_F64, false, &c->p_value);
}

/* tied, wide: [n_layers] scratch */
static enum vv_status judge(struct vv_depth *it, const struct label *label, int *tied, double *wide)
{
    struct columns c;
    VV_TRY(add_columns(it, label->name, &c));
    for (int l = 0; l < it->n_layers; l++) wide[l] = sqrt(2.0) * label->value.error[l];
    for (int s = 0; s < it->series.n; s++) {
        const int first = it->series.first[s];
        const struct vv_profile p = vv_depth_part(it, &label->value, s);
        struct vv_best b = vv_best_unpaired(&(struct vv_profile){p.n, p.value, wide + first}, 1, 0,
                                            it->config->confidence, c.p_value->f64 + first, c.in_set->i64 + first);
        vv_profile_ties(&p, 0, b.layer, it->config->significance, tied);
        for (int i = 0; i < p.n; i++) c.tied->i64[first + i] = tied[i];
        c.best->i64[s] = b.layer < 0 ? -1 : first + b.layer;
        if (b.layer < 0) continue;
        b.layer += first;
        if (b.runner_up >= 0) b.runner_up += first;
        say_overlap(it, s, label, b, c.tied->i64);
        const struct vv_label_view view = {label->name, "neighbors", &label->value, c.in_set->i64, b.layer,
                                           label->chance ? label->chance[b.layer] : NAN};
        if (!vv_depth_has_probe(it, s, label->name)) vv_say_label(it, s, &view);
    }
    return VV_OK;
}

/* Every label set that composition has measured: columns label_overlap/X that have an X_weighted. */
enum vv_status vv_depth_overlaps(struct vv_depth *it)
{
    static const char group[] = "composition/label_overlap/";
    int *tied = vv_mem_new(it->n_layers, sizeof *tied, "marks of layers");
    double *wide = vv_mem_new(it->n_layers, sizeof *wide, "errors of overlaps");
    enum vv_status st = tied && wide ? VV_OK : VV_MEMORY;
    for (int i = 0; !st && it->composition && i < it->composition->n_columns; i++) {
        const struct vv_column *const c = it->composition->columns[i];
        if (strncmp(c->name, group, strlen(group)) != 0) continue;
        const struct vv_column *const error = vv_depth_find(it->composition, "%s_std_error", c->name);
        const struct vv_column *const chance = vv_depth_find(it->composition, "%s_chance", c->name);
        if (!vv_depth_find(it->composition, "%s_weighted", c->name) || !error) continue;
        const int64_t last = (c->dims[0].length - 1) * c->dims[1].length;
        const struct label label = {c->name + strlen(group), {it->n_layers, c->f64 + last, error->f64 + last},
                                    chance ? chance->f64 + last : NULL};
        st = judge(it, &label, tied, wide);
    }
    vv_mem_free(tied);
    vv_mem_free(wide);
    return st;
}
