/* SPDX-License-Identifier: MIT */
/* With labels, from probe: the layers where the logistic probe is most often right, on the same test rows in all of
 * them (McNemar's exact test), with all rows to train on and with few. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stages/depth/best.h"
#include "stages/depth/outcomes.h"
#include "stages/depth/say.h"

/* The counts of one probe over all layers. */
struct counts {
    int n;
    int64_t *n_right, *n_tested, *n_common, *n_only; /* [n], [n], [n][n], [n][n]; one block */
};

static enum vv_status counts_init(struct counts *c, int n)
{
    *c = (struct counts){.n = n};
    c->n_right = vv_mem_new(2 * (int64_t)n * (n + 1), sizeof *c->n_right, "counts of outcomes");
    if (!c->n_right) return VV_MEMORY;
    c->n_tested = c->n_right + n;
    c->n_common = c->n_tested + n;
    c->n_only = c->n_common + (int64_t)n * n;
    return VV_OK;
}

/* Collective. */
static enum vv_status count(struct vv_depth *it, const char *column, struct counts *c)
{
    struct vv_outcomes outcomes;
    VV_TRY(vv_outcomes_gather(it->ctx->comm, it->outcomes, it->n_layers, column, &outcomes));
    vv_outcomes_count(&outcomes, c->n_right, c->n_tested, c->n_common, c->n_only);
    vv_outcomes_release(&outcomes);
    vv_comm_sum_i64(it->ctx->comm, c->n_right, 2 * (int64_t)c->n * (c->n + 1));
    return VV_OK;
}

static struct vv_best judge_series(const struct vv_depth *it, int s, const struct counts *c, double *p_value,
                                   int64_t *in_set)
{
    const int first = it->series.first[s];
    const struct vv_paired p = {vv_depth_length(it, s), c->n, c->n_right + first, c->n_tested + first,
                                c->n_only + (int64_t)first * c->n + first};
    struct vv_best b = vv_best_paired(&p, it->config->confidence, p_value, in_set);
    if (b.layer >= 0) b.layer += first;
    if (b.runner_up >= 0) b.runner_up += first;
    return b;
}

struct columns {
    struct vv_column *best, *in_set, *p_value, *accuracy, *error, *common, *only;
};

static enum vv_status add_matrix(struct vv_depth *it, const char *label, const char *name, const char *description,
                                 struct vv_column **out)
{
    char path[640];
    snprintf(path, sizeof path, "depth/by_probe/%.500s/%s", label, name);
    const struct vv_column_spec spec = {.name = path, .long_name = name, .units = "1", .description = description,
                                        .type = VV_I64,
                                        .dims = {{"layer", it->n_layers}, {"other_layer", it->n_layers}}};
    return vv_table_add(it->table, &spec, out);
}

static enum vv_status add_columns(struct vv_depth *it, const char *label, struct columns *c)
{
    static const char group[] = "by_probe";
    VV_TRY(vv_depth_add_of(it, group, label, "best_layer",
                           "layer where the logistic probe is right most often; -1: none", VV_I64, true, &c->best));
    VV_TRY(vv_depth_add_of(it, group, label, "set",
                           "1: layers whose probe is not told from the best of their series at the confidence of the "
                           "stage (McNemar's exact test on the test rows that both layers hold, Holm's correction for "
                           "all pairs), 0: others, -1: not compared (tested on fewer than half as many rows as the "
                           "fullest)", VV_I64,
                           false, &c->in_set));
    VV_TRY(vv_depth_add_of(it, group, label, "p_value", "p-value of the comparison with the best, adjusted after "
                           "Holm; 1 at the best, missing where not compared", VV_F64, false, &c->p_value));
    VV_TRY(vv_depth_add_of(it, group, label, "accuracy", "share of the test rows that the logistic probe gets right",
                           VV_F64, false, &c->accuracy));
    VV_TRY(vv_depth_add_of(it, group, label, "accuracy_std_error", "sqrt(accuracy (1 - accuracy) / test rows)", VV_F64,
                           false, &c->error));
    VV_TRY(add_matrix(it, label, "n_common", "test rows that both layers hold", &c->common));
    return add_matrix(it, label, "n_only_here", "of these, rows that the probe of `layer` gets right and that of "
                      "`other_layer` wrong", &c->only);
}

static void fill(const struct vv_depth *it, const struct counts *n, const struct columns *c)
{
    for (int l = 0; l < it->n_layers; l++) {
        const double tested = (double)n->n_tested[l], share = (double)n->n_right[l] / tested;
        c->accuracy->f64[l] = tested > 0.0 ? share : NAN;
        c->error->f64[l] = tested > 0.0 ? sqrt(share * (1.0 - share) / tested) : NAN;
    }
    memcpy(c->common->i64, n->n_common, (size_t)n->n * (size_t)n->n * sizeof *n->n_common);
    memcpy(c->only->i64, n->n_only, (size_t)n->n * (size_t)n->n * sizeof *n->n_only);
}

static void say_probe(struct vv_depth *it, int s, const char *label, const struct counts *n, struct vv_best b)
{
    struct vv_strbuf *const out = &it->text[VV_SAY_LABELS][s];
    vv_strbuf_addf(out, " Label '%s': the probe is best at layer %d, with %lld of %lld test rows right", label, b.layer,
                   (long long)n->n_right[b.layer], (long long)n->n_tested[b.layer]);
    if (b.runner_up >= 0) {
        const int64_t lead = n->n_only[(int64_t)b.layer * n->n + b.runner_up] -
                             n->n_only[(int64_t)b.runner_up * n->n + b.layer];
        vv_strbuf_addf(out, "; it would be layer %d with %lld more right there", b.runner_up,
                       (long long)(lead < 0 ? 0 : lead) + (b.runner_up > b.layer));
    }
    vv_strbuf_puts(out, ".");
}

/* Collective. The best layer where the probe learns from few rows. in_set, p_value: [n_layers] scratch */
static enum vv_status judge_curve(struct vv_depth *it, const char *label, struct counts *n, int64_t *in_set,
                                  double *p_value)
{
    const struct vv_column *const sizes = vv_depth_find(it->probe, "probe/size");
    struct vv_column *best, *set;
    if (!sizes) return VV_OK;
    const int64_t n_sizes = sizes->dims[0].length;
    char path[640];
    snprintf(path, sizeof path, "depth/by_probe/%.500s/curve_best_layer", label);
    struct vv_column_spec spec = {.name = path, .long_name = "best layer by rows to train on", .units = "1",
                                  .description = "layer where the probe trained on so many rows is right most "
                                                 "often; -1: none", .type = VV_I64,
                                  .dims = {{"probe/size", n_sizes}, {"depth/series", it->series.n}}};
    enum vv_status st = vv_table_add(it->table, &spec, &best);
    snprintf(path, sizeof path, "depth/by_probe/%.500s/curve_set", label);
    spec.long_name = "confidence set by rows to train on";
    spec.description = "as `set`, for the probe trained on so many rows";
    spec.dims[1] = (struct vv_dim){"layer", it->n_layers};
    if (!st) st = vv_table_add(it->table, &spec, &set);
    st = vv_agree(it->ctx->comm, st);
    for (int64_t q = 0; !st && q < n_sizes; q++) {
        char column[640];
        snprintf(column, sizeof column, "%.500s/curve_%lld", label, (long long)sizes->i64[q]);
        st = count(it, column, n);
        for (int s = 0; !st && s < it->series.n; s++) {
            const int first = it->series.first[s], end = it->series.first[s + 1];
            const struct vv_best b = judge_series(it, s, n, p_value + first, in_set + first);
            struct vv_strbuf *const out = &it->text[VV_SAY_LABELS][s];
            best->i64[q * it->series.n + s] = b.layer;
            for (int l = first; l < end; l++) set->i64[q * it->n_layers + l] = in_set[l];
            if (b.layer < 0) continue;
            vv_strbuf_addf(out, " Trained on %lld rows: ", (long long)sizes->i64[q]);
            vv_say_layers(out, in_set, first, end);
            if (vv_count_marked(in_set, first, end) > 1) vv_strbuf_addf(out, " (best %d)", b.layer);
            vv_strbuf_puts(out, ".");
        }
    }
    return st;
}

/* Collective. n, in_set, p_value: scratch */
static enum vv_status judge_label(struct vv_depth *it, const char *label, struct counts *n, int64_t *in_set,
                                  double *p_value)
{
    struct columns c;
    char column[640];
    snprintf(column, sizeof column, "%.500s/logistic", label);
    const struct vv_column *const chance = vv_depth_find(it->probe, "probe/%s/majority/accuracy", label);
    VV_TRY(vv_agree(it->ctx->comm, add_columns(it, label, &c)));
    VV_TRY(count(it, column, n));
    fill(it, n, &c);
    const struct vv_profile all = {it->n_layers, c.accuracy->f64, c.error->f64};
    for (int s = 0; s < it->series.n; s++) {
        const int first = it->series.first[s];
        const struct vv_best b = judge_series(it, s, n, c.p_value->f64 + first, c.in_set->i64 + first);
        c.best->i64[s] = b.layer;
        if (b.layer < 0) continue;
        const struct vv_label_view view = {label, "probe", &all, c.in_set->i64, b.layer,
                                           chance ? chance->f64[b.layer] : NAN};
        vv_say_label(it, s, &view);
        say_probe(it, s, label, n, b);
    }
    return judge_curve(it, label, n, in_set, p_value);
}

static const char head[] = "probe/", accuracy[] = "/logistic/accuracy", explained[] = "/ridge/r2";

/* The label set of a column of probe's with such an end, in `label`: [512]; false: another column. */
static bool label_of(const struct vv_column *c, const char *tail, char *label)
{
    const size_t length = strlen(c->name), ends = strlen(head) + strlen(tail);
    if (length <= ends || length - ends >= 512 || strcmp(c->name + length - strlen(tail), tail) != 0) return false;
    memcpy(label, c->name + strlen(head), length - ends);
    label[length - ends] = '\0';
    return true;
}

bool vv_depth_has_probe(const struct vv_depth *it, int series, const char *label)
{
    const struct vv_column *const c = vv_depth_find(it->probe, "%s%s%s", head, label, accuracy);
    bool any = false;
    for (int l = it->series.first[series]; it->outcomes && c && l < it->series.first[series + 1]; l++)
        any = any || !isnan(c->f64[l]);
    return any;
}

/* Numbers: the layer of the largest R^2. It has an interval, but no outcomes row by row that layers could be compared
 * by. */
static void say_numbers(struct vv_depth *it, const struct vv_column *r2, const char *label)
{
    const struct vv_column *const low = vv_depth_find(it->probe, "%s_low", r2->name);
    const struct vv_column *const high = vv_depth_find(it->probe, "%s_high", r2->name);
    const struct vv_profile all = {it->n_layers, r2->f64, r2->f64};
    for (int s = 0; s < it->series.n; s++) {
        const struct vv_profile p = vv_depth_part(it, &all, s);
        const int most = vv_profile_most(&p, 1), layer = it->series.first[s] + most;
        struct vv_strbuf *const out = &it->text[VV_SAY_LABELS][s];
        if (most < 0) continue;
        vv_strbuf_addf(out, " Numbers '%s': R^2 of the ridge probe is highest at layer %d, %.3f", label, layer,
                       r2->f64[layer]);
        if (low && high && !isnan(low->f64[layer]))
            vv_strbuf_addf(out, " (%.3f to %.3f)", low->f64[layer], high->f64[layer]);
        vv_strbuf_puts(out, "; it is not compared between layers.");
    }
}

enum vv_status vv_depth_probes(struct vv_depth *it)
{
    struct counts n;
    if (!it->probe || !it->outcomes) return VV_OK;
    int64_t *in_set = vv_mem_new(it->n_layers, sizeof *in_set, "marks of layers");
    double *p_value = vv_mem_new(it->n_layers, sizeof *p_value, "p-values");
    enum vv_status st = counts_init(&n, it->n_layers);
    st = vv_agree(it->ctx->comm, in_set && p_value ? st : VV_MEMORY);
    for (int i = 0; !st && i < it->probe->n_columns; i++) {
        char label[512];
        if (label_of(it->probe->columns[i], accuracy, label)) st = judge_label(it, label, &n, in_set, p_value);
        else if (label_of(it->probe->columns[i], explained, label) &&
                 !vv_depth_find(it->probe, "%s%s/ridge/accuracy", head, label))
            say_numbers(it, it->probe->columns[i], label);
    }
    vv_mem_free(in_set);
    vv_mem_free(p_value);
    vv_mem_free(n.n_right);
    return vv_agree(it->ctx->comm, st);
}
