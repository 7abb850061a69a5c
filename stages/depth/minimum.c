/* SPDX-License-Identifier: MIT */
/* Without labels: the minimum rule on the ID profile, its confidence set, and what would change it. */
#include <math.h>
#include <string.h>

#include "base/significance.h"
#include "stages/depth/best.h"
#include "stages/depth/robust.h"
#include "stages/depth/say.h"

struct columns {
    struct vv_column *low, *high, *peaks, *minima, *extremum, *order, *tied, *in_set, *p_value, *support; /* layers */
    struct vv_column *peak, *suggested, *name, *rule, *none, *range_low, *range_high, *flip, *flip_errors; /* series */
};

#define AT(field) offsetof(struct columns, field)

static const struct {
    size_t at; /* of the column */
    enum vv_value type;
    bool of_series;
    const char *name, *long_name, *description;
} specs[] = {
    {AT(low), VV_F64, false, "id_low", "lower end of the band of the ID",
     "lower end of the band of the ID, layer by layer, at the confidence of the stage: normal, from the standard "
     "error"},
    {AT(high), VV_F64, false, "id_high", "upper end of the band of the ID", "its upper end"},
    {AT(peaks), VV_F64, false, "id_peak_prominence", "prominence of peaks of the ID",
     "at relative maxima of the ID: descent needed before a higher layer; else missing"},
    {AT(minima), VV_F64, false, "id_minimum_prominence", "prominence of minima of the ID",
     "at relative minima of the ID: ascent needed before a lower layer; else missing"},
    {AT(extremum), VV_I64, false, "id_extremum", "pronounced extrema of the ID",
     "1: pronounced peak, -1: pronounced minimum, 0: neither"},
    {AT(order), VV_I64, false, "id_order", "order by ID",
     "1 for the layer of lowest ID after the first peak, 2 for the next, ..; 0: not after the peak"},
    {AT(tied), VV_I64, false, "id_tied", "tied with the suggestion",
     "1: layers after the first peak whose ID cannot be told from that of the suggested layer by "
     "stages.depth.significance errors, and that layer"},
    {AT(in_set), VV_I64, false, "id_set", "confidence set of the minimum of the ID",
     "1: layers after the first peak whose ID is not told from that of the suggested layer at the confidence of the "
     "stage (unpaired normal tests, Holm's correction for all pairs), 0: others, -1: not compared"},
    {AT(p_value), VV_F64, false, "id_p_value", "p-value of the ID",
     "of the comparison with the suggested layer, adjusted after Holm; 1 at that layer, missing where not compared"},
    {AT(support), VV_F64, false, "id_support", "support of the minimum rule",
     "share of profiles, resampled within their standard errors, in which the rule suggests the layer"},
    {AT(peak), VV_I64, true, "first_peak", "first peak of the ID",
     "layer of the first pronounced peak of the ID after the input; -1: none"},
    {AT(suggested), VV_I64, true, "suggested_layer", "suggested layer",
     "layer to transfer from by the minimum rule on the ID (Valeriani et al. 2023); -1: none"},
    {AT(name), VV_TEXT, true, "suggested_name", "suggested layer, by name", "its name"},
    {AT(rule), VV_TEXT, true, "rule", "rule", "how the layer was found"},
    {AT(none), VV_F64, true, "id_no_suggestion", "support of no suggestion",
     "share of the resampled profiles in which the rule suggests no layer"},
    {AT(range_low), VV_F64, true, "prominence_low", "least prominence of the same suggestion",
     "the suggestion is the same for stages.depth.prominence above this; missing: no bound"},
    {AT(range_high), VV_F64, true, "prominence_high", "largest prominence of the same suggestion",
     "the suggestion is the same for stages.depth.prominence up to this; missing: no bound"},
    {AT(flip), VV_I64, true, "flip_layer", "layer that would change the suggestion",
     "layer whose ID would change the suggestion by the smallest shift, in its standard errors; -1: no shift up to 10"},
    {AT(flip_errors), VV_F64, true, "flip_errors", "shift that would change the suggestion",
     "that shift, in tenths of a standard error; negative: down"},
};

static enum vv_status add_columns(struct vv_depth *it, struct columns *c)
{
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct vv_column **const to = (struct vv_column **)(void *)((char *)c + specs[i].at);
        VV_TRY(vv_depth_add(it, specs[i].name, specs[i].long_name, specs[i].description, specs[i].type,
                            specs[i].of_series, to));
    }
    it->id_set = c->in_set;
    return VV_OK;
}

/* "no layer", "layer 4" */
static void say_instead(struct vv_strbuf *out, int first, int suggested)
{
    if (suggested < 0) vv_strbuf_puts(out, "no layer");
    else vv_strbuf_addf(out, "layer %d", first + suggested);
}

static void say_changes(struct vv_strbuf *out, int first, const struct vv_prominence_range *r, const struct vv_flip *f)
{
    const char *joint = " It would be ";
    if (!isnan(r->low)) {
        vv_strbuf_puts(out, joint);
        say_instead(out, first, r->below);
        vv_strbuf_addf(out, " with prominence at %.2g or less", r->low);
        joint = ", ";
    }
    if (!isnan(r->high)) {
        vv_strbuf_puts(out, joint);
        say_instead(out, first, r->above);
        vv_strbuf_addf(out, " with prominence above %.2g", r->high);
        joint = ", ";
    }
    if (f->layer >= 0) {
        vv_strbuf_puts(out, joint);
        say_instead(out, first, f->suggested);
        vv_strbuf_addf(out, " if the ID at layer %d %s by %.1f errors", first + f->layer,
                       f->errors < 0 ? "fell" : "rose", fabs(f->errors));
    } else {
        vv_strbuf_addf(out, "%sthe same if the ID of any one layer moved by %d errors", joint, VV_MOST_ERRORS);
    }
    vv_strbuf_puts(out, ".");
}

static void say_support(struct vv_strbuf *out, const struct vv_depth *it, int first, int n, int suggested,
                        const double *support, double none)
{
    if (it->config->resamples == 0) return;
    vv_strbuf_puts(out, " Resampled within its errors, the profile gives ");
    if (suggested >= 0) vv_strbuf_addf(out, "this layer in %.0f %%", 100.0 * support[suggested]);
    else vv_strbuf_addf(out, "none in %.0f %%", 100.0 * none);
    for (int i = 0; i < n; i++)
        if (i != suggested && support[i] >= 0.005)
            vv_strbuf_addf(out, ", layer %d in %.0f %%", first + i, 100.0 * support[i]);
    if (suggested >= 0 && none >= 0.005) vv_strbuf_addf(out, ", none in %.0f %%", 100.0 * none);
    vv_strbuf_puts(out, ".");
}

static void say_suggestion(struct vv_depth *it, int s, const struct vv_profile *p)
{
    struct vv_strbuf *const out = &it->text[VV_SAY_VERDICT][s], *const keep = &it->text[VV_SAY_FREEZE][s];
    const struct vv_depth_verdict v = it->judged[s];
    const int first = it->series.first[s], lowest = vv_profile_most(p, -1);
    if (v.suggested < 0) {
        vv_strbuf_puts(out, vv_depth_rule_text(v.rule));
        if (v.rule == VV_DEPTH_NO_PEAK && lowest >= 0) {
            vv_strbuf_puts(out, "; it is lowest at ");
            vv_say_layer(out, it, first + lowest, &it->id, 2);
        }
        vv_strbuf_puts(out, ".");
        return;
    }
    vv_strbuf_puts(out, "transfer from ");
    vv_say_layer(out, it, first + v.suggested, &it->id, 2);
    vv_strbuf_addf(out, ", %s the ID after its first peak at ",
                   v.rule == VV_DEPTH_MINIMUM ? "the lowest relative minimum of" : "the lowest value of");
    vv_say_layer(out, it, first + v.first_peak, &it->id, 2);
    vv_strbuf_puts(out, ".");
    if (vv_count_marked(it->id_set->i64, first, first + p->n) > 1) {
        vv_strbuf_puts(out, " Not told apart: ");
        vv_say_layers(out, it->id_set->i64, first, first + p->n);
        vv_strbuf_puts(out, ".");
    }
    vv_say_kept(keep, it, s, first + v.suggested);
    vv_strbuf_puts(keep, " by the ID rule");
}

/* Confidence set and support of a suggestion. n_suggested: [n] */
static enum vv_status judge_set(struct vv_depth *it, int s, const struct vv_profile *p, struct columns *c,
                                int64_t *n_suggested)
{
    const struct depth_config *const config = it->config;
    const struct vv_minimum_rule rule = {config->prominence, config->significance, config->confidence};
    const struct vv_depth_verdict v = it->judged[s];
    const int first = it->series.first[s];
    double *const support = c->support->f64 + first, *const p_value = c->p_value->f64 + first;
    struct vv_prominence_range range;
    struct vv_flip flip;
    int64_t any = 0;
    VV_TRY(vv_minimum_resample(&rule, p, first, it->ctx->seed, (int)config->resamples, n_suggested));
    for (int i = 0; i < p->n; i++) {
        any += n_suggested[i];
        support[i] = config->resamples > 0 ? (double)n_suggested[i] / (double)config->resamples : NAN;
        p_value[i] = NAN;
        it->id_set->i64[first + i] = -1;
    }
    c->none->f64[s] =
        config->resamples > 0 ? (double)(config->resamples - any) / (double)config->resamples : NAN;
    if (v.suggested >= 0)
        vv_set_unpaired(p, v.suggested, v.first_peak + 1, config->confidence, p_value, it->id_set->i64 + first);
    VV_TRY(vv_minimum_range(&rule, p, v.suggested, &range));
    VV_TRY(vv_minimum_flip(&rule, p, v.suggested, &flip));
    c->range_low->f64[s] = range.low;
    c->range_high->f64[s] = range.high;
    c->flip->i64[s] = flip.layer < 0 ? -1 : first + flip.layer;
    c->flip_errors->f64[s] = flip.layer < 0 ? NAN : flip.errors;
    if (v.rule == VV_DEPTH_NO_PROFILE) return VV_OK;
    say_support(&it->text[VV_SAY_ID][s], it, first, p->n, v.suggested, support, c->none->f64[s]);
    say_changes(&it->text[VV_SAY_ID][s], first, &range, &flip);
    return VV_OK;
}

/* kind: [n] scratch; n_suggested: [n] scratch */
static enum vv_status judge(struct vv_depth *it, int s, struct columns *c, int *kind, int64_t *n_suggested)
{
    const struct depth_config *const config = it->config;
    const struct vv_minimum_rule rule = {config->prominence, config->significance, config->confidence};
    const struct vv_profile p = vv_depth_part(it, &it->id, s);
    const int first = it->series.first[s];
    const double z = vv_normal_quantile(0.5 * (1.0 + config->confidence));
    VV_TRY(vv_minimum_rule_apply(&rule, &p, kind, &it->judged[s]));
    const struct vv_depth_verdict v = it->judged[s];
    vv_profile_prominence(&p, 1, c->peaks->f64 + first);
    vv_profile_prominence(&p, -1, c->minima->f64 + first);
    for (int i = 0; i < p.n; i++) {
        c->extremum->i64[first + i] = kind[i];
        c->low->f64[first + i] = p.value[i] - z * p.error[i];
        c->high->f64[first + i] = p.value[i] + z * p.error[i];
    }
    if (v.suggested >= 0) {
        vv_profile_order(&p, v.first_peak + 1, kind);
        for (int i = 0; i < p.n; i++) c->order->i64[first + i] = kind[i];
    }
    vv_profile_ties(&p, v.first_peak + 1, v.suggested, config->significance, kind);
    for (int i = 0; i < p.n; i++) c->tied->i64[first + i] = kind[i];
    c->peak->i64[s] = v.first_peak < 0 ? -1 : first + v.first_peak;
    c->suggested->i64[s] = v.suggested < 0 ? -1 : first + v.suggested;
    VV_TRY(vv_column_set_text(c->name, s, v.suggested < 0 ? "" : it->names[first + v.suggested]));
    VV_TRY(vv_column_set_text(c->rule, s, vv_depth_rule_text(v.rule)));
    VV_TRY(judge_set(it, s, &p, c, n_suggested));
    say_suggestion(it, s, &p);
    return VV_OK;
}

enum vv_status vv_depth_minimum(struct vv_depth *it)
{
    struct columns c = {.low = NULL};
    int *kind = vv_mem_new(it->n_layers, sizeof *kind, "extrema");
    int64_t *n_suggested = vv_mem_new(it->n_layers, sizeof *n_suggested, "suggestions");
    enum vv_status st = kind && n_suggested ? VV_OK : VV_MEMORY;
    if (!st) st = add_columns(it, &c);
    for (int s = 0; !st && s < it->series.n; s++) st = judge(it, s, &c, kind, n_suggested);
    vv_mem_free(kind);
    vv_mem_free(n_suggested);
    return st;
}
