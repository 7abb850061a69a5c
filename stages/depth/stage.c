/* SPDX-License-Identifier: MIT */
/* depth: the layer to transfer from, by the minimum rule on the ID profile, and beside it the layers
 * whose neighborhoods agree best with the labels. Each series of layers is judged by itself. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "data/series.h"
#include "pipeline.h"
#include "stages/depth/core.h"

struct depth_config {
    double prominence, significance;
};

#define AT(field) offsetof(struct depth_config, field)

static const struct vv_param params[] = {
    {.key = "prominence", .type = VV_PARAM_FLOAT, .offset = AT(prominence), .standard = "0.1",
     .minimum = 0, .maximum = 1,
     .help = "a peak or minimum of the ID counts when its prominence is at least this share of the "
             "range of the profile"},
    {.key = "significance", .type = VV_PARAM_FLOAT, .offset = AT(significance), .standard = "2",
     .minimum = 0, .maximum = 100,
     .help = "standard errors that tell two layers apart, and that a prominence must exceed"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "id", .kind = VV_TABLE},
                                        {.name = "composition", .kind = VV_TABLE, .optional = true},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "depth", .kind = VV_TABLE}, {.name = NULL}};

static const char series_dim[] = "depth/series";

struct depth {
    const struct depth_config *config;
    int n_layers;
    char *const *names;
    struct vv_series series;
    const struct vv_table *composition; /* or NULL */
    struct vv_profile id;               /* all layers */
    struct vv_table *table;
    struct vv_column *verdict;          /* [series] text */
};

static struct vv_profile part(const struct vv_profile *all, const struct vv_series *s, int series)
{
    const int first = s->first[series];
    return (struct vv_profile){.n = s->first[series + 1] - first,
                               .value = all->value + first,
                               .error = all->error + first};
}

static enum vv_status add(struct depth *it, const char *name, const char *long_name,
                          const char *description, enum vv_value type, bool of_series,
                          struct vv_column **out)
{
    const struct vv_column_spec spec = {
        .name = name, .long_name = long_name, .units = "1", .description = description,
        .type = type,
        .dims = {of_series ? (struct vv_dim){series_dim, it->series.n}
                           : (struct vv_dim){"layer", it->n_layers}}};
    return vv_table_add(it->table, &spec, out);
}

/* What the series are. */
static enum vv_status tabulate_series(struct depth *it)
{
    struct vv_column *name, *first, *n, *relative;
    VV_TRY(add(it, "depth/series_name", "series", "what the names of its layers begin with",
               VV_TEXT, true, &name));
    VV_TRY(add(it, "depth/first_layer", "first layer", "first layer of the series", VV_I64, true,
               &first));
    VV_TRY(add(it, "depth/n_layers", "layers", "layers of the series", VV_I64, true, &n));
    VV_TRY(add(it, "depth/relative_depth", "relative depth",
               "0 at the first layer of a series, 1 at its last", VV_F64, false, &relative));
    for (int s = 0; s < it->series.n; s++) {
        const int begin = it->series.first[s], end = it->series.first[s + 1];
        VV_TRY(vv_column_set_text(name, s, it->series.name[s]));
        first->i64[s] = begin;
        n->i64[s] = end - begin;
        for (int l = begin; l < end; l++)
            relative->f64[l] = end - begin > 1 ? (double)(l - begin) / (end - begin - 1) : 0.0;
    }
    return VV_OK;
}

/* "layer_03 (layer 3, 5.31 +- 0.10)" */
static void describe(struct vv_strbuf *out, const struct depth *it, int layer,
                     const struct vv_profile *p, int decimals)
{
    vv_strbuf_addf(out, "%s (layer %d, %.*f", it->names[layer], layer, decimals, p->value[layer]);
    if (!isnan(p->error[layer])) vv_strbuf_addf(out, " +- %.*f", decimals, p->error[layer]);
    vv_strbuf_puts(out, ")");
}

/* Without a suggestion: why, and where the ID is lowest all the same. */
static void say_none(struct vv_strbuf *out, const struct depth *it, struct vv_depth_verdict v,
                     int first, const struct vv_profile *p)
{
    const int lowest = vv_profile_most(p, -1);
    vv_strbuf_puts(out, vv_depth_rule_text(v.rule));
    if (v.rule == VV_DEPTH_NO_PEAK && lowest >= 0) {
        vv_strbuf_puts(out, "; it is lowest at ");
        describe(out, it, first + lowest, &it->id, 2);
    }
    vv_strbuf_puts(out, ".");
}

static void say_id(struct vv_strbuf *out, const struct depth *it, struct vv_depth_verdict v,
                   int first, const int *tied, int n_layers)
{
    vv_strbuf_puts(out, "transfer from ");
    describe(out, it, first + v.suggested, &it->id, 2);
    vv_strbuf_addf(out, ", %s the ID after its first peak at ",
                   v.rule == VV_DEPTH_MINIMUM ? "the lowest relative minimum of" : "the lowest value of");
    describe(out, it, first + v.first_peak, &it->id, 2);
    vv_strbuf_puts(out, ".");
    bool any = false;
    for (int i = 0; i < n_layers; i++) {
        if (!tied[i] || i == v.suggested) continue;
        vv_strbuf_addf(out, "%s %s", any ? "," : " Not told apart from it:", it->names[first + i]);
        any = true;
    }
    vv_strbuf_puts(out, any ? "." : "");
}

/* The minimum rule on every series. judged: [series.n]; texts: [series.n] */
static enum vv_status judge_ids(struct depth *it, struct vv_depth_verdict *judged,
                                struct vv_strbuf *texts, int *kind, int *scratch)
{
    struct vv_column *peaks, *minima, *extremum, *order, *tied, *peak, *suggested, *name, *rule;
    VV_TRY(add(it, "depth/id_peak_prominence", "prominence of peaks of the ID",
               "at relative maxima of the ID: descent needed before a higher layer; else missing",
               VV_F64, false, &peaks));
    VV_TRY(add(it, "depth/id_minimum_prominence", "prominence of minima of the ID",
               "at relative minima of the ID: ascent needed before a lower layer; else missing",
               VV_F64, false, &minima));
    VV_TRY(add(it, "depth/id_extremum", "pronounced extrema of the ID",
               "1: pronounced peak, -1: pronounced minimum, 0: neither", VV_I64, false, &extremum));
    VV_TRY(add(it, "depth/id_order", "order by ID",
               "1 for the layer of lowest ID after the first peak, 2 for the next, ..; 0: not after "
               "the peak", VV_I64, false, &order));
    VV_TRY(add(it, "depth/id_tied", "tied with the suggestion",
               "1: layers after the first peak whose ID cannot be told from that of the suggested "
               "layer, and that layer", VV_I64, false, &tied));
    VV_TRY(add(it, "depth/first_peak", "first peak of the ID",
               "layer of the first pronounced peak of the ID after the input; -1: none", VV_I64,
               true, &peak));
    VV_TRY(add(it, "depth/suggested_layer", "suggested layer",
               "layer to transfer from by the minimum rule on the ID (Valeriani et al. 2023); -1: "
               "none", VV_I64, true, &suggested));
    VV_TRY(add(it, "depth/suggested_name", "suggested layer, by name", "its name", VV_TEXT, true,
               &name));
    VV_TRY(add(it, "depth/rule", "rule", "how the layer was found", VV_TEXT, true, &rule));
    for (int s = 0; s < it->series.n; s++) {
        const int first = it->series.first[s];
        const struct vv_profile p = part(&it->id, &it->series, s);
        VV_TRY(vv_profile_extrema(&p, it->config->prominence, it->config->significance, kind));
        vv_profile_prominence(&p, 1, peaks->f64 + first);
        vv_profile_prominence(&p, -1, minima->f64 + first);
        const struct vv_depth_verdict v = judged[s] = vv_depth_judge(&p, kind);
        const int from = v.first_peak + 1;
        for (int i = 0; i < p.n; i++) extremum->i64[first + i] = kind[i];
        if (v.suggested >= 0) {
            vv_profile_order(&p, from, scratch);
            for (int i = 0; i < p.n; i++) order->i64[first + i] = scratch[i];
        }
        vv_profile_ties(&p, from, v.suggested, it->config->significance, scratch);
        for (int i = 0; i < p.n; i++) tied->i64[first + i] = scratch[i];
        peak->i64[s] = v.first_peak < 0 ? -1 : first + v.first_peak;
        suggested->i64[s] = v.suggested < 0 ? -1 : first + v.suggested;
        VV_TRY(vv_column_set_text(name, s, v.suggested < 0 ? "" : it->names[first + v.suggested]));
        VV_TRY(vv_column_set_text(rule, s, vv_depth_rule_text(v.rule)));
        if (v.suggested < 0) say_none(&texts[s], it, v, first, &p);
        else say_id(&texts[s], it, v, first, scratch, p.n);
    }
    return VV_OK;
}

static void say_labels(struct vv_strbuf *out, const struct depth *it, const char *label,
                       const struct vv_profile *all, int best, int suggested, int last,
                       const int *tied, int first)
{
    vv_strbuf_addf(out, " Label '%s': overlap is highest at ", label);
    describe(out, it, best, all, 3);
    if (suggested == best)
        vv_strbuf_puts(out, ", the same layer");
    else if (suggested >= 0)
        vv_strbuf_addf(out, ", %s %.3f at the suggested one",
                       tied[suggested - first] ? "not told apart from" : "against",
                       all->value[suggested]);
    if (last != best && last != suggested && !isnan(all->value[last]))
        vv_strbuf_addf(out, "%s %.3f at the last", suggested >= 0 ? ";" : ", against",
                       all->value[last]);
    vv_strbuf_puts(out, ".");
}

/* The layers of highest overlap with one label set, at the largest k. */
static enum vv_status judge_labels(struct depth *it, const char *label,
                                   const struct vv_profile *all,
                                   const struct vv_depth_verdict *judged, struct vv_strbuf *texts,
                                   int *scratch)
{
    char name[640];
    struct vv_column *best, *tied;
    snprintf(name, sizeof name, "depth/best_by_label/%.500s", label);
    VV_TRY(add(it, name, "layer of highest label overlap",
               "layer with the highest label overlap at the largest k; -1: none", VV_I64, true,
               &best));
    snprintf(name, sizeof name, "depth/best_by_label/%.500s_tied", label);
    VV_TRY(add(it, name, "tied with the layer of highest label overlap",
               "1: layers whose label overlap cannot be told from the highest of their series",
               VV_I64, false, &tied));
    for (int s = 0; s < it->series.n; s++) {
        const int first = it->series.first[s];
        const struct vv_profile p = part(all, &it->series, s);
        const int highest = vv_profile_most(&p, 1), suggested = judged[s].suggested;
        vv_profile_ties(&p, 0, highest, it->config->significance, scratch);
        for (int i = 0; i < p.n; i++) tied->i64[first + i] = scratch[i];
        best->i64[s] = highest < 0 ? -1 : first + highest;
        if (highest >= 0)
            say_labels(&texts[s], it, label, all, first + highest,
                       suggested < 0 ? -1 : first + suggested, first + p.n - 1, scratch, first);
    }
    return VV_OK;
}

/* Every label set that composition has measured: columns label_overlap/X that have an X_weighted. */
static enum vv_status judge_all_labels(struct depth *it, const struct vv_depth_verdict *judged,
                                       struct vv_strbuf *texts, int *scratch)
{
    static const char group[] = "composition/label_overlap/";
    for (int i = 0; it->composition && i < it->composition->n_columns; i++) {
        const struct vv_column *c = it->composition->columns[i];
        char name[640];
        if (strncmp(c->name, group, strlen(group)) != 0) continue;
        snprintf(name, sizeof name, "%.500s_weighted", c->name);
        if (!vv_table_find(it->composition, name)) continue;
        snprintf(name, sizeof name, "%.500s_std_error", c->name);
        const struct vv_column *error = vv_table_find(it->composition, name);
        const int64_t last = (c->dims[0].length - 1) * c->dims[1].length;
        if (!error) continue;
        const struct vv_profile p = {.n = it->n_layers, .value = c->f64 + last,
                                     .error = error->f64 + last};
        VV_TRY(judge_labels(it, c->name + strlen(group), &p, judged, texts, scratch));
    }
    return VV_OK;
}

static enum vv_status judge(struct depth *it)
{
    const int n = it->series.n;
    enum vv_status st = VV_MEMORY;
    struct vv_depth_verdict *judged = vv_mem_new(n, sizeof *judged, "verdicts");
    struct vv_strbuf *texts = vv_mem_new(n, sizeof *texts, "verdicts");
    int *kind = vv_mem_new(it->n_layers, sizeof *kind, "extrema");
    int *scratch = vv_mem_new(it->n_layers, sizeof *scratch, "marks of layers");
    for (int s = 0; texts && s < n; s++) {
        vv_strbuf_init(&texts[s]);
        if (it->series.name[s][0]) vv_strbuf_addf(&texts[s], "%s: ", it->series.name[s]);
    }
    if (!judged || !texts || !kind || !scratch) goto done;
    if ((st = tabulate_series(it))) goto done;
    if ((st = judge_ids(it, judged, texts, kind, scratch))) goto done;
    if ((st = judge_all_labels(it, judged, texts, scratch))) goto done;
    st = add(it, "depth/verdict", "verdict", "the suggestions and their evidence in words", VV_TEXT,
             true, &it->verdict);
    for (int s = 0; !st && s < n; s++)
        st = texts[s].failed ? VV_MEMORY : vv_column_set_text(it->verdict, s, texts[s].text);
done:
    for (int s = 0; texts && s < n; s++) vv_strbuf_release(&texts[s]);
    vv_mem_free(texts);
    vv_mem_free(judged);
    vv_mem_free(kind);
    vv_mem_free(scratch);
    return st;
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct vv_table *id = &in->items[0][0]->table;
    struct depth it = {
        .config = config,
        .n_layers = ctx->n_layers,
        .names = ctx->layer_names,
        .composition = in->n[1] > 0 ? &in->items[1][0]->table : NULL,
        .id = {.n = ctx->n_layers,
               .value = vv_table_find(id, "id/reported/value")->f64,
               .error = vv_table_find(id, "id/reported/std_error")->f64},
        .table = &out[0].table};
    enum vv_status st = vv_series_init(&it.series, ctx->n_layers, ctx->layer_names);
    if (!st) st = judge(&it);
    vv_series_release(&it.series);
    return vv_agree(ctx->comm, st);
}

static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    const struct vv_column *verdict = vv_table_find(table, "depth/verdict");
    for (int64_t s = 0; verdict && s < vv_column_length(verdict); s++)
        VV_TRY(vv_summary_say(summary, "%s", verdict->text[s]));
    return VV_OK;
}

static const struct vv_figure_wish figures[] = {
    {.kind = VV_FIGURE_MARK, .name = "suggested_layer", .columns = {"depth/suggested_layer"},
     .labels = {"suggested layer"}},
    {.name = NULL},
};

extern const struct vv_stage vv_stage_depth;
const struct vv_stage vv_stage_depth = {
    .name = "depth",
    .summary = "the layer to transfer from: minimum rule on the ID, label overlap beside it",
    .cite = "Valeriani et al., NeurIPS 36 (2023)",
    .version = 1,
    .scope = VV_ALL_LAYERS,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct depth_config),
    .run = run,
    .summarize = summarize,
};
