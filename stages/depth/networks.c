/* SPDX-License-Identifier: MIT */
/* A source and a target network on the same inputs, corresponding layers: how alike they are, and where they part. The
 * layers of the run are taken for the source, from which to transfer, those of the other input for the target. */
#include <math.h>
#include <stdio.h>

#include "base/significance.h"
#include "stages/depth/parting.h"
#include "stages/depth/say.h"

/* The measures, those that decide where networks part first. */
enum { PREDICTS, OVERLAP, CKA, PREDICTED, N_MEASURES };

static const struct {
    const char *name, *words, *description;
} measures[N_MEASURES] = {
    [PREDICTS] = {"predicts", "1 - imbalance to it",
                  "1 - Information Imbalance from the layer to the corresponding one of the other network, at the "
                  "smallest k: 0 when it tells nothing of its neighborhoods, 1 when it tells all; missing for layers "
                  "with fewer than half as many rows as the fullest of their series"},
    [OVERLAP] = {"overlap", "neighbors in common",
                 "neighborhood overlap with the corresponding layer of the other network, at the largest k, above "
                 "chance: (overlap - chance)/(1 - chance)"},
    [CKA] = {"linear_cka", "linear CKA",
             "linear CKA with the corresponding layer of the other network, the unbiased one where there is one"},
    [PREDICTED] = {"predicted", "1 - imbalance from it",
                   "1 - Information Imbalance to the layer from the corresponding one of the other network, at the "
                   "smallest k"},
};

/* One comparison: columns (.., layer, M) of the tables, and where they go. */
struct network {
    const struct vv_other *other;
    struct vv_column *value[N_MEASURES], *error[N_MEASURES]; /* [n_layers], NULL where not measured */
};

/* The value of the corresponding layer, at index q of the first of three dimensions. */
static double at(const struct vv_depth *it, const struct vv_column *c, int64_t q, int layer, int match)
{
    const int64_t n_theirs = c->dims[c->n_dims - 1].length;
    if (match < 0 || match >= n_theirs) return NAN;
    return c->f64[((c->n_dims == 3 ? q : 0) * it->n_layers + layer) * n_theirs + match];
}

/* Finds value, error and chance of a measure; NULL where there are none. */
static void find(const struct vv_depth *it, const char *name, int measure, const struct vv_column *found[3])
{
    found[0] = found[1] = found[2] = NULL;
    switch (measure) {
    case PREDICTS:
        found[0] = vv_depth_find(it->imbalance, "imbalance/to_network/%s", name);
        found[1] = vv_depth_find(it->imbalance, "imbalance/to_network/%s_std_error", name);
        break;
    case PREDICTED:
        found[0] = vv_depth_find(it->imbalance, "imbalance/from_network/%s", name);
        found[1] = vv_depth_find(it->imbalance, "imbalance/from_network/%s_std_error", name);
        break;
    case OVERLAP:
        found[0] = vv_depth_find(it->similarity, "similarity/neighbor_overlap_with/%s", name);
        found[1] = vv_depth_find(it->similarity, "similarity/neighbor_overlap_std_error_with/%s", name);
        found[2] = vv_depth_find(it->similarity, "similarity/neighbor_overlap_chance_with/%s", name);
        break;
    default:
        found[0] = vv_depth_find(it->similarity, "similarity/linear_cka_unbiased_with/%s", name);
        if (!found[0]) found[0] = vv_depth_find(it->similarity, "similarity/linear_cka_with/%s", name);
    }
}

/* Whether a layer holds at least half as many rows as the fullest of its series: with far fewer (dropped duplicates)
 * imbalances and overlaps differ for that reason alone. The other network keeps all of its rows: those in common are
 * the layer's. */
static bool comparable(const struct vv_depth *it, const char *name, bool imbalance, int series, int layer)
{
    const struct vv_column *const rows = imbalance ? vv_depth_find(it->imbalance, "imbalance/n_rows_with/%s", name)
                                                   : vv_depth_find(it->similarity, "similarity/n_rows");
    const int64_t step = imbalance ? 1 : it->n_layers + 1; /* along the diagonal of a matrix */
    int64_t most = 0;
    if (!rows) return true;
    for (int l = it->series.first[series]; l < it->series.first[series + 1]; l++)
        if (rows->i64[l * step] > most) most = rows->i64[l * step];
    return 2 * rows->i64[layer * step] >= most;
}

static enum vv_status fill(struct vv_depth *it, struct network *net, int measure)
{
    const char *const name = net->other->name;
    const struct vv_column *found[3];
    char path[64];
    find(it, name, measure, found);
    net->value[measure] = net->error[measure] = NULL;
    if (!found[0]) return VV_OK;
    VV_TRY(vv_depth_add_of(it, "with", name, measures[measure].name, measures[measure].description, VV_F64, false,
                           &net->value[measure]));
    snprintf(path, sizeof path, "%s_std_error", measures[measure].name);
    VV_TRY(vv_depth_add_of(it, "with", name, path, "its standard error; missing where there is none", VV_F64, false,
                           &net->error[measure]));
    const bool largest = measure == OVERLAP, imbalance = measure == PREDICTS || measure == PREDICTED;
    const int64_t q = largest ? found[0]->dims[0].length - 1 : 0;
    for (int l = 0, s = 0; l < it->n_layers; l++) {
        while (l >= it->series.first[s + 1]) s++;
        const int match = comparable(it, name, imbalance, s, l) ? net->other->match[l] : -1;
        const double value = at(it, found[0], q, l, match), error = found[1] ? at(it, found[1], q, l, match) : NAN;
        const double chance = found[2] ? at(it, found[2], q, l, match) : 0.0;
        net->value[measure]->f64[l] = imbalance ? 1.0 - value : (value - chance) / (1.0 - chance);
        net->error[measure]->f64[l] = error / (1.0 - chance);
    }
    return VV_OK;
}

struct columns {
    struct vv_column *layer, *earliest, *latest; /* the last two NULL without errors */
};

/* Without errors there is no range, which is not one of width zero. */
static enum vv_status add_partings(struct vv_depth *it, const char *network, const char *measure, bool errors,
                                   struct columns *c)
{
    char name[3][96];
    snprintf(name[0], sizeof *name, "%s_parting", measure);
    snprintf(name[1], sizeof *name, "%s_parting_earliest", measure);
    snprintf(name[2], sizeof *name, "%s_parting_latest", measure);
    VV_TRY(vv_depth_add_of(it, "with", network, name[0],
                           "layer from which on the measure stays below stages.depth.parting of its largest, behind "
                           "that; -1: none", VV_I64, true, &c->layer));
    c->earliest = c->latest = NULL;
    if (!errors) return VV_OK;
    VV_TRY(vv_depth_add_of(it, "with", network, name[1], "the same where values may be lower by their errors, at the "
                           "confidence of the stage; -1: none", VV_I64, true, &c->earliest));
    return vv_depth_add_of(it, "with", network, name[2], "the same where values may be higher by their errors, at the "
                           "confidence of the stage; -1: none", VV_I64, true, &c->latest);
}

static int64_t in_run(int first, int layer)
{
    return layer < 0 ? -1 : first + layer;
}

/* " (within errors from layer 3 to 5)"; where they do not part, from where on they may. */
static void say_range(struct vv_strbuf *out, const struct vv_parting *p, int first)
{
    if (p->earliest == p->layer && p->latest == p->layer) return;
    vv_strbuf_addf(out, " (within errors from layer %d ", first + (p->earliest < 0 ? p->layer : p->earliest));
    if (p->latest < 0) vv_strbuf_puts(out, "to not at all)");
    else vv_strbuf_addf(out, "to %d)", first + p->latest);
}

/* The measure that decides. */
static void say_parting(struct vv_depth *it, int s, const struct network *net, int measure, const struct vv_parting *p)
{
    struct vv_strbuf *const out = &it->text[VV_SAY_NETWORKS][s], *const verdict = &it->text[VV_SAY_VERDICT][s],
                     *const keep = &it->text[VV_SAY_FREEZE][s];
    const struct vv_profile all = {it->n_layers, net->value[measure]->f64, net->error[measure]->f64};
    const int first = it->series.first[s];
    vv_strbuf_addf(out, " '%s' is most alike at ", net->other->name);
    vv_say_layer(out, it, first + p->most, &all, 3);
    vv_strbuf_addf(out, " by %s", measures[measure].words);
    vv_strbuf_addf(verdict, " The network '%s'", net->other->name);
    if (p->layer < 0) {
        vv_strbuf_puts(verdict, " does not part from this one");
        say_range(verdict, p, first);
        vv_strbuf_addf(verdict, ": %s at most %.2f, at layer %d.", measures[measure].words,
                       all.value[first + p->most], first + p->most);
        if (!isnan(p->high)) vv_strbuf_addf(out, "; it would part at the end with parting above %.2g", p->high);
        vv_strbuf_puts(out, ".");
        return;
    }
    vv_strbuf_addf(verdict, " parts from this one at layer %d", first + p->layer);
    say_range(verdict, p, first);
    vv_strbuf_addf(verdict, ": %s %.2f at layer %d, then at most %.2f.", measures[measure].words,
                   all.value[first + p->most], first + p->most, p->low * all.value[first + p->most]);
    vv_strbuf_addf(out, " and stays below %.2g of that from layer %d on; another layer with parting at %.2g or less%s",
                   it->config->parting, first + p->layer, p->low, p->high < 1.0 ? "" : ".");
    if (p->high < 1.0) vv_strbuf_addf(out, " or above %.2g.", p->high);
    vv_strbuf_puts(keep, keep->length > 0 ? "; " : "");
    vv_say_kept(keep, it, s, first + p->layer - 1);
    vv_strbuf_addf(keep, " at most for the task of '%s'", net->other->name);
}

static void say_other(struct vv_depth *it, int s, int measure, const struct vv_parting *p)
{
    struct vv_strbuf *const out = &it->text[VV_SAY_NETWORKS][s];
    const int first = it->series.first[s];
    vv_strbuf_addf(out, " By %s: ", measures[measure].words);
    if (p->most < 0) vv_strbuf_puts(out, "nowhere alike");
    else if (p->layer < 0) vv_strbuf_puts(out, "no parting");
    else vv_strbuf_addf(out, "layer %d", first + p->layer);
    say_range(out, p, first);
    vv_strbuf_puts(out, ".");
}

/* parting: of the measure that decides. */
static enum vv_status judge(struct vv_depth *it, const struct network *net, int measure, bool decides,
                            struct vv_column *parting)
{
    const struct vv_profile all = {it->n_layers, net->value[measure]->f64, net->error[measure]->f64};
    const double z = vv_normal_quantile(0.5 * (1.0 + it->config->confidence));
    struct columns c;
    bool errors = false;
    for (int l = 0; l < it->n_layers; l++) errors = errors || !isnan(all.error[l]);
    VV_TRY(add_partings(it, net->other->name, measures[measure].name, errors, &c));
    for (int s = 0; s < it->series.n; s++) {
        const int first = it->series.first[s];
        const struct vv_profile p = vv_depth_part(it, &all, s);
        const struct vv_parting found = vv_parting_of(&p, it->config->parting, z);
        c.layer->i64[s] = in_run(first, found.layer);
        if (errors) c.earliest->i64[s] = in_run(first, found.earliest);
        if (errors) c.latest->i64[s] = in_run(first, found.latest);
        if (decides) parting->i64[s] = c.layer->i64[s];
        if (vv_profile_most(&p, 1) < 0) continue; /* no layer of this series has a corresponding one */
        if (decides && found.most >= 0) say_parting(it, s, net, measure, &found);
        else say_other(it, s, measure, &found);
    }
    return VV_OK;
}

static enum vv_status compare(struct vv_depth *it, const struct vv_other *other)
{
    struct network net = {.other = other};
    struct vv_column *parting = NULL;
    for (int m = 0; m < N_MEASURES; m++) VV_TRY(fill(it, &net, m));
    for (int m = 0; m < N_MEASURES; m++) {
        if (!net.value[m]) continue;
        const bool decides = parting == NULL;
        if (decides)
            VV_TRY(vv_depth_add_of(it, "with", other->name, "parting_layer",
                                   "layer where the two networks part, by the first of these that was measured: "
                                   "predicts, overlap, linear_cka, predicted; -1: they do not",
                                   VV_I64, true, &parting));
        VV_TRY(judge(it, &net, m, decides, parting));
    }
    return VV_OK;
}

enum vv_status vv_depth_networks(struct vv_depth *it)
{
    for (int o = 0; o < it->ctx->n_others; o++) VV_TRY(compare(it, &it->ctx->others[o]));
    return VV_OK;
}
