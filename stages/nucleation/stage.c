/* SPDX-License-Identifier: MIT */
/* nucleation: how, along the depth, neighborhoods become those of the output and those of the labels at each level of a
 * hierarchy, and in which layers that happens fastest. Reads what composition has counted. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "data/series.h"
#include "pipeline.h"
#include "stages/nucleation/core.h"

struct nucleation_config {
    struct vv_texts hierarchy;
    bool weighted;
    double significance;
};

#define AT(field) offsetof(struct nucleation_config, field)

static const struct vv_param params[] = {
    {.key = "hierarchy", .type = VV_PARAM_TEXTS, .offset = AT(hierarchy),
     .help = "label sets, each a level: fine to coarse or coarse to fine; unless given, all there are, those with most "
             "classes first"},
    {.key = "weighted", .type = VV_PARAM_BOOL, .offset = AT(weighted), .standard = "false",
     .help = "overlap with labels as the mean over classes of the class means"},
    {.key = "significance", .type = VV_PARAM_FLOAT, .offset = AT(significance), .standard = "2",
     .minimum = 0, .maximum = 100, .help = "standard errors that tell two changes apart"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "composition", .kind = VV_TABLE},
                                        {.name = "labels", .kind = VV_LABELS, .optional = true},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "nucleation", .kind = VV_TABLE}, {.name = NULL}};

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct vv_texts *const levels = &((const struct nucleation_config *)config)->hierarchy;
    static const char key[] = "stages.nucleation.hierarchy";
    for (int i = 0; i < levels->n; i++) {
        const char *const name = levels->v[i];
        bool known = false, again = false;
        for (int l = 0; l < shape->n_label_sets; l++) known = known || strcmp(shape->label_sets[l], name) == 0;
        for (int j = 0; j < i; j++) again = again || strcmp(levels->v[j], name) == 0;
        if (again) vv_diagnostics_add_key(d, key, "'%.100s' is there twice", name);
        if (known) continue;
        const char *const near = vv_text_suggest(name, shape->label_sets, shape->n_label_sets);
        vv_diagnostics_add_key(d, key, "no label set is called '%.100s'%s%.100s%s", name,
                               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    (void)config;
    const double n = (double)shape->n;
    cost->flops = 20.0 * n * shape->n_label_sets; /* sorting pairs of classes */
    cost->bytes_memory = shape->n_label_sets > 1 ? 8.0 * n : 0.0;
}

/* The first curve is the overlap with the output, then one for each level. */
enum { OUTPUT, LEVELS };

struct nucleation {
    struct vv_context *ctx;
    const struct nucleation_config *config;
    const struct vv_table *composition;
    struct vv_series series;
    const struct vv_labels **levels; /* [n_curves - LEVELS] */
    int n_curves, n_ks, n_layers;
    struct vv_column *name, *value, *error, *chance, *above, *change, *change_error, *tied;
    struct vv_column *nested, *fastest, *speed, *speed_error, *halfway;
    struct vv_table *table;
};

static int by_classes(const struct vv_labels *a, const struct vv_labels *b)
{
    return b->n_classes - a->n_classes;
}

/* The label sets that are levels, in order. */
static enum vv_status choose_levels(struct nucleation *it, const struct vv_inputs *in)
{
    const struct vv_texts *const wanted = &it->config->hierarchy;
    it->levels = vv_mem_new(in->n[1], sizeof *it->levels, "levels");
    if (!it->levels) return VV_MEMORY;
    int n = 0;
    for (int w = 0; w < wanted->n; w++)
        for (int l = 0; l < in->n[1]; l++)
            if (strcmp(in->items[1][l]->labels.name, wanted->v[w]) == 0) it->levels[n++] = &in->items[1][l]->labels;
    for (int l = 0; wanted->n == 0 && l < in->n[1]; l++) {
        int at = n++;
        const struct vv_labels *const set = &in->items[1][l]->labels;
        for (; at > 0 && by_classes(it->levels[at - 1], set) > 0; at--) it->levels[at] = it->levels[at - 1];
        it->levels[at] = set;
    }
    it->n_curves = LEVELS + n;
    return VV_OK;
}

enum shape { OF_CURVE, OF_LAYER, OF_SERIES };

static enum vv_status add(struct nucleation *it, const char *name, const char *long_name, const char *description,
                          enum vv_value type, enum shape shape, struct vv_column **out)
{
    struct vv_column_spec spec = {
        .name = name, .long_name = long_name, .units = "1", .description = description, .type = type,
        .dims = {{"nucleation/curve", it->n_curves}}};
    if (shape != OF_CURVE) spec.dims[1] = (struct vv_dim){"nucleation/k", it->n_ks};
    if (shape == OF_LAYER) spec.dims[2] = (struct vv_dim){"layer", it->n_layers};
    if (shape == OF_SERIES) spec.dims[2] = (struct vv_dim){"nucleation/series", it->series.n};
    return vv_table_add(it->table, &spec, out);
}

static enum vv_status add_coordinates(struct nucleation *it)
{
    const struct vv_column *const from = vv_table_find(it->composition, "composition/k");
    struct vv_column *curve, *k, *series, *name;
    const struct vv_column_spec k_spec = {.name = "nucleation/k", .long_name = "neighborhood size k", .units = "1",
                                          .description = "neighbors of a sample that are looked at, as in composition",
                                          .type = VV_I64, .dims = {{"nucleation/k", it->n_ks}}};
    struct vv_column_spec series_spec = {.name = "nucleation/series", .long_name = "series", .units = "1",
                                         .description = "number of the series of layers", .type = VV_I64,
                                         .dims = {{"nucleation/series", it->series.n}}};
    VV_TRY(add(it, "nucleation/curve", "curve", "0: overlap with the output layer; then the levels of the hierarchy",
               VV_I64, OF_CURVE, &curve));
    VV_TRY(vv_table_add(it->table, &k_spec, &k));
    VV_TRY(vv_table_add(it->table, &series_spec, &series));
    series_spec.name = "nucleation/series_name";
    series_spec.description = "what the names of its layers begin with";
    series_spec.type = VV_TEXT;
    VV_TRY(vv_table_add(it->table, &series_spec, &name));
    VV_TRY(add(it, "nucleation/curve_name", "name of the curve", "output, or the label set of the level", VV_TEXT,
               OF_CURVE, &it->name));
    for (int i = 0; i < it->n_curves; i++) {
        curve->i64[i] = i;
        VV_TRY(vv_column_set_text(it->name, i, i < LEVELS ? "output" : it->levels[i - LEVELS]->name));
    }
    for (int s = 0; s < it->series.n; s++) {
        series->i64[s] = s;
        VV_TRY(vv_column_set_text(name, s, it->series.name[s]));
    }
    memcpy(k->i64, from->i64, (size_t)it->n_ks * sizeof *k->i64);
    return VV_OK;
}

static enum vv_status add_columns(struct nucleation *it)
{
    VV_TRY(add(it, "nucleation/nested", "nesting of a level in the next",
               "share of the samples that lie within the next level's class that most of their class have (of the "
               "finer of the two levels); 1: nested; missing at the output and at the last level", VV_F64, OF_CURVE,
               &it->nested));
    VV_TRY(add(it, "nucleation/value", "neighborhood overlap",
               "mean share of the k nearest neighbors that are neighbors in the output layer, too, or have the "
               "sample's own label (Doimo et al. 2020)", VV_F64, OF_LAYER, &it->value));
    VV_TRY(add(it, "nucleation/std_error", "standard error of the overlap", "as composition gives it", VV_F64, OF_LAYER,
               &it->error));
    VV_TRY(add(it, "nucleation/chance", "overlap by chance", "as composition gives it", VV_F64, OF_LAYER, &it->chance));
    VV_TRY(add(it, "nucleation/above_chance", "overlap above chance",
               "(value - chance)/(1 - chance), which compares levels with different numbers of classes", VV_F64,
               OF_LAYER, &it->above));
    VV_TRY(add(it, "nucleation/change", "change of the overlap",
               "overlap minus that of the layer before; missing at the first layer of a series and, in the curve of "
               "the output, at the output itself, whose overlap is 1 by definition", VV_F64, OF_LAYER, &it->change));
    VV_TRY(add(it, "nucleation/change_std_error", "standard error of the change",
               "from those of the two overlaps as if they were independent", VV_F64, OF_LAYER, &it->change_error));
    VV_TRY(add(it, "nucleation/fastest_tied", "layers of fastest change",
               "1: layers whose change cannot be told from the largest of their series, and that one", VV_I64, OF_LAYER,
               &it->tied));
    VV_TRY(add(it, "nucleation/fastest_layer", "layer of fastest change",
               "layer where the change from the layer before is largest in magnitude; -1: none", VV_I64, OF_SERIES,
               &it->fastest));
    VV_TRY(add(it, "nucleation/fastest_change", "fastest change", "the change there", VV_F64, OF_SERIES, &it->speed));
    VV_TRY(add(it, "nucleation/fastest_change_std_error", "standard error of the fastest change", "its standard error",
               VV_F64, OF_SERIES, &it->speed_error));
    return add(it, "nucleation/halfway", "half way",
               "where, in layers from the first of the run and interpolated between them, the curve first comes half "
               "way from its value at the first layer of the series to its largest; missing when it never rises",
               VV_F64, OF_SERIES, &it->halfway);
}

/* A column of composition by the ending of its name. */
static const struct vv_column *find(const struct nucleation *it, const char *label, const char *ending)
{
    char name[640];
    snprintf(name, sizeof name, "composition/label_overlap/%.400s%s%s", label,
             it->config->weighted ? "_weighted" : "", ending);
    return vv_table_find(it->composition, name);
}

/* The overlap of every layer with the last of its series. */
static void fill_output(struct nucleation *it)
{
    const int n = it->n_layers;
    const double *const from[] = {vv_table_find(it->composition, "composition/layer_overlap")->f64,
                                  vv_table_find(it->composition, "composition/layer_overlap_std_error")->f64,
                                  vv_table_find(it->composition, "composition/layer_overlap_chance")->f64};
    double *const to[] = {it->value->f64, it->error->f64, it->chance->f64};
    for (int i = 0; i < it->n_ks; i++)
        for (int s = 0; s < it->series.n; s++)
            for (int l = it->series.first[s], last = it->series.first[s + 1] - 1; l <= last; l++)
                for (int q = 0; q < 3; q++) to[q][i * n + l] = from[q][(i * n + l) * n + last];
}

static enum vv_status fill_level(struct nucleation *it, int curve)
{
    const char *const label = it->levels[curve - LEVELS]->name;
    const struct vv_column *const from[] = {find(it, label, ""), find(it, label, "_std_error"),
                                            find(it, label, "_chance")};
    double *const to[] = {it->value->f64, it->error->f64, it->chance->f64};
    const int64_t n = (int64_t)it->n_ks * it->n_layers;
    for (int q = 0; q < 3; q++) {
        if (!from[q]) return vv_fail(VV_BUG, "composition has no overlap with the labels '%.200s'", label);
        memcpy(to[q] + curve * n, from[q]->f64, (size_t)n * sizeof(double));
    }
    return VV_OK;
}

/* One curve in one series of layers. at: of its first layer within the columns; to: within those of the series */
static void judge(struct nucleation *it, int curve, int s, int64_t at, int64_t to)
{
    const int first = it->series.first[s], all = it->series.first[s + 1] - first;
    const int n = curve == OUTPUT ? all - 1 : all; /* the output is itself by definition */
    const double *const value = it->value->f64 + at, *const error = it->error->f64 + at;
    double *const change = it->change->f64 + at, *const change_error = it->change_error->f64 + at;
    for (int l = 0; l < all; l++)
        it->above->f64[at + l] = vv_curve_above_chance(value[l], it->chance->f64[at + l]);
    vv_curve_change(value, error, n, change, change_error);
    const int fastest = vv_curve_fastest(change, n);
    vv_curve_ties(change, change_error, n, fastest, it->config->significance, it->tied->i64 + at);
    it->fastest->i64[to] = fastest < 0 ? -1 : first + fastest;
    it->speed->f64[to] = fastest < 0 ? NAN : change[fastest];
    it->speed_error->f64[to] = fastest < 0 ? NAN : change_error[fastest];
    it->halfway->f64[to] = first + vv_curve_halfway(value, n);
}

/* Whether each level refines the next, or the other way round. */
static enum vv_status fill_nesting(struct nucleation *it)
{
    for (int c = LEVELS; c + 1 < it->n_curves; c++) {
        const struct vv_labels *a = it->levels[c - LEVELS], *b = it->levels[c - LEVELS + 1];
        const bool down = a->n_classes >= b->n_classes;
        const struct vv_labels *const fine = down ? a : b, *const coarse = down ? b : a;
        struct vv_nesting found;
        VV_TRY(vv_nesting_of(fine->classes, coarse->classes, fine->n, &found));
        it->nested->f64[c] =
            found.n_labelled > 0 ? (double)(found.n_labelled - found.n_outside) / (double)found.n_labelled : NAN;
        if (found.n_outside > 0)
            vv_log_finding(it->ctx->log, "nucleation: label set '%s' is not nested in '%s': %lld of %lld samples, "
                           "in %lld of its %d classes, are outside the class that most of their class have", fine->name,
                           coarse->name, (long long)found.n_outside, (long long)found.n_labelled,
                           (long long)found.n_classes, fine->n_classes);
    }
    return VV_OK;
}

static void say(struct vv_strbuf *out, const struct nucleation *it, int curve, int64_t to)
{
    const int64_t layer = it->fastest->i64[to];
    vv_strbuf_addf(out, "%s%s%s ", curve == OUTPUT ? "" : "'", it->name->text[curve], curve == OUTPUT ? "" : "'");
    if (layer < 0) {
        vv_strbuf_puts(out, "at no layer that is known");
        return;
    }
    const double speed = it->speed->f64[to], error = it->speed_error->f64[to];
    if (speed == 0.0 || fabs(speed) <= it->config->significance * error) {
        vv_strbuf_puts(out, "nowhere (no change beyond its error)");
        return;
    }
    vv_strbuf_addf(out, "at %s (layer %lld, %+.3f", it->ctx->layer_names[layer], (long long)layer, speed);
    if (!isnan(error)) vv_strbuf_addf(out, " +- %.3f", error);
    vv_strbuf_puts(out, ")");
}

/* One sentence a series, at the largest k. */
static enum vv_status tabulate_verdict(struct nucleation *it)
{
    struct vv_column *verdict;
    const struct vv_column_spec spec = {
        .name = "nucleation/verdict", .long_name = "verdict", .units = "1",
        .description = "the layers of fastest change at the largest k, in words", .type = VV_TEXT,
        .dims = {{"nucleation/series", it->series.n}}};
    VV_TRY(vv_table_add(it->table, &spec, &verdict));
    for (int s = 0; s < it->series.n; s++) {
        struct vv_strbuf text;
        vv_strbuf_init(&text);
        if (it->series.name[s][0]) vv_strbuf_addf(&text, "%s: ", it->series.name[s]);
        vv_strbuf_puts(&text, "nucleation: the overlap changes fastest, with the ");
        for (int c = 0; c < it->n_curves; c++) {
            if (c > 0) vv_strbuf_puts(&text, c == LEVELS ? "; with the labels " : ", ");
            say(&text, it, c, ((int64_t)c * it->n_ks + it->n_ks - 1) * it->series.n + s);
        }
        vv_strbuf_puts(&text, ".");
        const enum vv_status st = text.failed ? VV_MEMORY : vv_column_set_text(verdict, s, text.text);
        vv_strbuf_release(&text);
        if (st) return st;
    }
    return VV_OK;
}

static enum vv_status tabulate(struct nucleation *it)
{
    VV_TRY(add_coordinates(it));
    VV_TRY(add_columns(it));
    fill_output(it);
    for (int c = LEVELS; c < it->n_curves; c++) VV_TRY(fill_level(it, c));
    for (int c = 0; c < it->n_curves; c++)
        for (int i = 0; i < it->n_ks; i++)
            for (int s = 0; s < it->series.n; s++)
                judge(it, c, s, ((int64_t)c * it->n_ks + i) * it->n_layers + it->series.first[s],
                      ((int64_t)c * it->n_ks + i) * it->series.n + s);
    VV_TRY(fill_nesting(it));
    return tabulate_verdict(it);
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    struct nucleation it = {.ctx = ctx, .config = config, .composition = &in->items[0][0]->table,
                            .n_layers = ctx->n_layers, .table = &out[0].table};
    it.n_ks = (int)vv_column_length(vv_table_find(it.composition, "composition/k"));
    enum vv_status st = vv_series_init(&it.series, ctx->n_layers, ctx->layer_names);
    if (!st) st = choose_levels(&it, in);
    if (!st) st = tabulate(&it);
    vv_mem_free(it.levels);
    vv_series_release(&it.series);
    return vv_agree(ctx->comm, st);
}

static enum vv_status summarize(const struct vv_table *table, struct vv_summary *summary)
{
    const struct vv_column *verdict = vv_table_find(table, "nucleation/verdict");
    for (int64_t s = 0; verdict && s < vv_column_length(verdict); s++)
        VV_TRY(vv_summary_say(summary, "%s", verdict->text[s]));
    return VV_OK;
}

static const struct vv_figure_wish figures[] = {
    {.kind = VV_FIGURE_PROFILE, .name = "nucleation", .columns = {"nucleation/value"}, .along = "nucleation/curve"},
    {.kind = VV_FIGURE_PROFILE, .name = "nucleation_change", .columns = {"nucleation/change"},
     .along = "nucleation/curve"},
    {.kind = VV_FIGURE_BAR, .name = "nucleation_fastest_change",
     .title = "fastest change of the overlap", .axis = "change of the overlap",
     .columns = {"nucleation/fastest_change"}, .along = "nucleation/series"},
    {.name = NULL},
};

extern const struct vv_stage vv_stage_nucleation;
const struct vv_stage vv_stage_nucleation = {
    .name = "nucleation",
    .summary = "overlap with the output and with a hierarchy of labels: layers of fastest change",
    .cite = "Doimo, Glielmo, Ansuini, Laio, NeurIPS 33 (2020)",
    .version = 1,
    .scope = VV_ALL_LAYERS,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .figures = figures,
    .config_size = sizeof(struct nucleation_config),
    .check = check,
    .estimate = estimate,
    .run = run,
    .summarize = summarize,
};
