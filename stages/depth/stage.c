/* SPDX-License-Identifier: MIT */
/* depth: from which layer to transfer, how sure that is, and why. Each series of layers is judged by itself, by the
 * minimum rule on its ID, by labels, and beside another network; depth.h lists the parts. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "stages/depth/depth.h"
#include "stages/depth/points.h"

#define AT(field) offsetof(struct depth_config, field)

static const struct vv_param params[] = {
    {.key = "prominence", .type = VV_PARAM_FLOAT, .offset = AT(prominence), .standard = "0.1",
     .minimum = 0, .maximum = 1,
     .help = "a peak or minimum of the ID counts when its prominence is at least this share of the "
             "range of the profile"},
    {.key = "significance", .type = VV_PARAM_FLOAT, .offset = AT(significance), .standard = "2",
     .minimum = 0, .maximum = 100,
     .help = "standard errors that tell two layers apart, and that a prominence must exceed"},
    {.key = "confidence", .type = VV_PARAM_FLOAT, .offset = AT(confidence), .standard = "0.95", .minimum = 0.5,
     .maximum = 0.9999, .help = "of bands and sets of layers; a profile that only rises, only falls or is flat gets a "
                                "suggestion with probability 1 - confidence at most"},
    {.key = "resamples", .type = VV_PARAM_INT, .offset = AT(resamples), .standard = "1000", .minimum = 0,
     .maximum = 100000, .help = "profiles drawn within their errors, to tell how often the minimum rule would say the "
                                "same; 0: none"},
    {.key = "plateau", .type = VV_PARAM_FLOAT, .offset = AT(plateau), .standard = "0.9", .minimum = 0, .maximum = 1,
     .help = "layers are on a plateau while the overlap with the next is at least this share of the largest"},
    {.key = "parting", .type = VV_PARAM_FLOAT, .offset = AT(parting), .standard = "0.5", .minimum = 0, .maximum = 1,
     .help = "two networks part where their likeness falls for good below this share of its largest"},
    {.key = NULL},
};

enum { ID, COMPOSITION, IMBALANCE, SIMILARITY, PROBE, OUTCOMES };

static const struct vv_port inputs[] = {
    [ID] = {.name = "id", .kind = VV_TABLE},
    [COMPOSITION] = {.name = "composition", .kind = VV_TABLE, .optional = true},
    [IMBALANCE] = {.name = "imbalance", .kind = VV_TABLE, .optional = true},
    [SIMILARITY] = {.name = "similarity", .kind = VV_TABLE, .optional = true},
    [PROBE] = {.name = "probe", .kind = VV_TABLE, .optional = true},
    [OUTCOMES] = {.name = "outcomes", .kind = VV_SAMPLES, .optional = true},
    {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "depth", .kind = VV_TABLE}, {.name = NULL}};

struct vv_profile vv_depth_part(const struct vv_depth *it, const struct vv_profile *all, int series)
{
    const int first = it->series.first[series];
    return (struct vv_profile){.n = vv_depth_length(it, series), .value = all->value + first,
                               .error = all->error + first};
}

int vv_depth_length(const struct vv_depth *it, int series)
{
    return it->series.first[series + 1] - it->series.first[series];
}

enum vv_status vv_depth_add(struct vv_depth *it, const char *name, const char *long_name, const char *description,
                            enum vv_value type, bool of_series, struct vv_column **out)
{
    char path[640];
    snprintf(path, sizeof path, "depth/%.600s", name);
    const struct vv_column_spec spec = {
        .name = path, .long_name = long_name, .units = "1", .description = description, .type = type,
        .dims = {of_series ? (struct vv_dim){"depth/series", it->series.n} : (struct vv_dim){"layer", it->n_layers}}};
    return vv_table_add(it->table, &spec, out);
}

enum vv_status vv_depth_add_of(struct vv_depth *it, const char *group, const char *of, const char *name,
                               const char *description, enum vv_value type, bool of_series, struct vv_column **out)
{
    char path[600], long_name[256];
    snprintf(path, sizeof path, "%s/%.400s/%s", group, of, name);
    snprintf(long_name, sizeof long_name, "%s, %.100s", name, of);
    return vv_depth_add(it, path, long_name, description, type, of_series, out);
}

const struct vv_column *vv_depth_find(const struct vv_table *t, const char *format, ...)
{
    char name[640];
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(name, sizeof name, format, args);
    va_end(args);
    return t && length < (int)sizeof name ? vv_table_find(t, name) : NULL;
}

/* What the series are. */
static enum vv_status tabulate_series(struct vv_depth *it)
{
    struct vv_column *name, *first, *n, *relative;
    VV_TRY(vv_depth_add(it, "series_name", "series", "what the names of its layers begin with", VV_TEXT, true, &name));
    VV_TRY(vv_depth_add(it, "first_layer", "first layer", "first layer of the series", VV_I64, true, &first));
    VV_TRY(vv_depth_add(it, "n_layers", "layers", "layers of the series", VV_I64, true, &n));
    VV_TRY(vv_depth_add(it, "relative_depth", "relative depth", "0 at the first layer of a series, 1 at its last",
                        VV_F64, false, &relative));
    for (int s = 0; s < it->series.n; s++) {
        const int begin = it->series.first[s], length = vv_depth_length(it, s);
        VV_TRY(vv_column_set_text(name, s, it->series.name[s]));
        first->i64[s] = begin;
        n->i64[s] = length;
        for (int i = 0; i < length; i++) relative->f64[begin + i] = length > 1 ? (double)i / (length - 1) : 0.0;
    }
    return VV_OK;
}

/* The texts, trimmed of the blank they may begin with. */
static enum vv_status tabulate_texts(struct vv_depth *it)
{
    static const struct {
        const char *name, *long_name, *description;
    } of[VV_N_SAYINGS] = {
        [VV_SAY_VERDICT] = {"verdict", "verdict",
                            "the suggestions, whether they agree, and how many layers to keep frozen"},
        [VV_SAY_ID] = {"reason/id", "reasons, ID", "how sure the minimum rule is, and what would change it"},
        [VV_SAY_EVIDENCE] = {"reason/evidence", "reasons, neighborhoods", "plateaus of overlap, and imbalances"},
        [VV_SAY_LABELS] = {"reason/labels", "reasons, labels", "what labels say, and what would change it"},
        [VV_SAY_NETWORKS] = {"reason/networks", "reasons, networks", "where networks part, and what would change it"},
    };
    for (int t = 0; t < VV_N_SAYINGS; t++) {
        struct vv_column *column;
        for (int s = 0; s < it->series.n; s++)
            if (it->text[t][s].failed) return VV_MEMORY;
        if (!of[t].name) continue;
        VV_TRY(vv_depth_add(it, of[t].name, of[t].long_name, of[t].description, VV_TEXT, true, &column));
        for (int s = 0; s < it->series.n; s++) {
            const char *const text = it->text[t][s].text;
            VV_TRY(vv_column_set_text(column, s, text + (text[0] == ' ')));
        }
    }
    return VV_OK;
}

static enum vv_status create_texts(struct vv_depth *it)
{
    const int n = it->series.n;
    enum vv_status st = VV_OK;
    for (int t = 0; t < VV_N_SAYINGS; t++) {
        it->text[t] = vv_mem_new(n, sizeof **it->text, "verdicts");
        if (!it->text[t]) st = VV_MEMORY;
        for (int s = 0; it->text[t] && s < n; s++) vv_strbuf_init(&it->text[t][s]);
    }
    for (int s = 0; !st && s < n; s++)
        if (it->series.name[s][0]) vv_strbuf_addf(&it->text[VV_SAY_VERDICT][s], "%s: ", it->series.name[s]);
    return st;
}

static void release_texts(struct vv_depth *it)
{
    for (int t = 0; t < VV_N_SAYINGS; t++) {
        for (int s = 0; it->text[t] && s < it->series.n; s++) vv_strbuf_release(&it->text[t][s]);
        vv_mem_free(it->text[t]);
    }
}

/* Collective. */
static enum vv_status judge(struct vv_depth *it)
{
    it->judged = vv_mem_new(it->series.n, sizeof *it->judged, "verdicts");
    enum vv_status st = create_texts(it);
    vv_strbuf_init(&it->across);
    if (!it->judged) st = VV_MEMORY;
    if (!st) st = tabulate_series(it);
    if (!st) st = vv_depth_minimum(it);
    if (!st) st = vv_depth_evidence(it);
    if (!st) st = vv_depth_overlaps(it);
    st = vv_agree(it->ctx->comm, st);
    if (!st) st = vv_depth_probes(it);
    if (!st) st = vv_depth_networks(it);
    for (int s = 0; !st && s < it->series.n; s++)
        if (it->text[VV_SAY_FREEZE][s].length > 0)
            vv_strbuf_addf(&it->text[VV_SAY_VERDICT][s], " Keep frozen: %s.", it->text[VV_SAY_FREEZE][s].text);
    if (!st) st = vv_depth_across(it);
    if (!st) st = tabulate_texts(it);
    release_texts(it);
    vv_strbuf_release(&it->across);
    vv_mem_free(it->judged);
    return st;
}

static const struct vv_table *table_of(const struct vv_inputs *in, int port)
{
    return in->n[port] > 0 ? &in->items[port][0]->table : NULL;
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct vv_table *const id = table_of(in, ID);
    struct vv_depth it = {
        .ctx = ctx,
        .config = config,
        .n_layers = ctx->n_layers,
        .names = ctx->layer_names,
        .composition = table_of(in, COMPOSITION),
        .imbalance = table_of(in, IMBALANCE),
        .similarity = table_of(in, SIMILARITY),
        .probe = table_of(in, PROBE),
        .outcomes = in->n[OUTCOMES] > 0 ? in->items[OUTCOMES] : NULL,
        .id = {.n = ctx->n_layers,
               .value = vv_table_find(id, "id/reported/value")->f64,
               .error = vv_table_find(id, "id/reported/std_error")->f64},
        .table = &out[0].table};
    enum vv_status st = vv_agree(ctx->comm, vv_series_init(&it.series, ctx->n_layers, ctx->layer_names));
    if (!st) st = judge(&it);
    vv_series_release(&it.series);
    return vv_agree(ctx->comm, st);
}

/* Outcomes of probes on their way, where there are any. */
static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const double n = ceil((double)shape->n / shape->size), layers = shape->n_layers;
    const double draws = (double)((const struct depth_config *)config)->resamples;
    cost->flops = (draws + 200.0 * layers) * layers * layers;
    if (shape->n_label_sets > 0) cost->bytes_memory = n * (48.0 + layers / 4.0) + 16.0 * layers * layers;
}

/* All verdicts; of few series the reasons, too. */
static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    enum { FEW = 2 };
    static const char *const names[] = {"depth/verdict", "depth/reason/id", "depth/reason/evidence",
                                        "depth/reason/labels", "depth/reason/networks"};
    const struct vv_column *const verdict = vv_table_find(table, names[0]);
    const int64_t n = verdict ? vv_column_length(verdict) : 0;
    for (int64_t s = 0; s < n; s++)
        for (size_t i = 0; i < (n > FEW ? 1 : sizeof names / sizeof *names); i++) {
            const char *const text = vv_table_find(table, names[i])->text[s];
            if (text && text[0]) VV_TRY(vv_summary_say(summary, "%s%s", i > 0 ? "- " : "", text));
        }
    const struct vv_column *const across = vv_table_find(table, "depth/correlation/verdict");
    if (across && across->text[0] && across->text[0][0]) VV_TRY(vv_summary_say(summary, "%s", across->text[0]));
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
    .summary = "the layer to transfer from, how sure and why: ID, labels, other networks",
    .cite = "Valeriani et al., NeurIPS 36 (2023); Gerace et al., arXiv:2303.01429 (2023)",
    .version = 3,
    .scope = VV_ALL_LAYERS,
    .seeded = true,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct depth_config),
    .estimate = estimate,
    .run = run,
    .summarize = summarize,
    .conclude = vv_depth_conclude,
};
