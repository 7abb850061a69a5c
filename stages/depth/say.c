/* SPDX-License-Identifier: MIT */
#include "stages/depth/say.h"

#include <math.h>

void vv_say_layer(struct vv_strbuf *out, const struct vv_depth *it, int layer, const struct vv_profile *p, int decimals)
{
    vv_strbuf_addf(out, "%s (layer %d, %.*f", it->names[layer], layer, decimals, p->value[layer]);
    if (!isnan(p->error[layer])) vv_strbuf_addf(out, " +- %.*f", decimals, p->error[layer]);
    vv_strbuf_puts(out, ")");
}

int vv_count_marked(const int64_t *mark, int first, int end)
{
    int n = 0;
    for (int l = first; l < end; l++) n += mark[l] == 1;
    return n;
}

/* The first layer behind a run of marked ones that begins at l. */
static int end_of_run(const int64_t *mark, int l, int end)
{
    while (l < end && mark[l] == 1) l++;
    return l;
}

void vv_say_layers(struct vv_strbuf *out, const int64_t *mark, int first, int end)
{
    int last = end - 1;
    bool any = false;
    while (last > first && mark[last] != 1) last--;
    vv_strbuf_puts(out, vv_count_marked(mark, first, end) == 1 ? "layer" : "layers");
    for (int l = first; l < end;) {
        const int stop = end_of_run(mark, l, end), next = stop - l > 2 ? stop : l + 1; /* pairs one by one */
        if (stop > l) {
            vv_strbuf_addf(out, "%s %d", !any ? "" : next - 1 == last ? " and" : ",", l);
            if (next - l > 1) vv_strbuf_addf(out, " to %d", next - 1);
            any = true;
        }
        l = next;
    }
}

void vv_say_kept(struct vv_strbuf *out, const struct vv_depth *it, int series, int layer)
{
    const int first = it->series.first[series];
    if (layer < first) vv_strbuf_puts(out, "none");
    else if (layer == first) vv_strbuf_addf(out, "layer %d (1 of %d)", first, vv_depth_length(it, series));
    else vv_strbuf_addf(out, "layers %d to %d (%d of %d)", first, layer, layer - first + 1,
                        vv_depth_length(it, series));
}

/* "93.1 +- 0.4 %" */
static void say_share(struct vv_strbuf *out, const struct vv_profile *p, int layer, bool error)
{
    vv_strbuf_addf(out, "%.1f", 100.0 * p->value[layer]);
    if (error && !isnan(p->error[layer])) vv_strbuf_addf(out, " +- %.1f", 100.0 * p->error[layer]);
    vv_strbuf_puts(out, " %");
}

/* What labels say of the layer of the ID rule, and how good the best one is. */
static void say_agreement(struct vv_strbuf *out, const struct vv_label_view *v, int suggested)
{
    const int in_set = suggested == v->best || suggested < 0 ? -2 : (int)v->in_set[suggested];
    vv_strbuf_puts(out, suggested < 0 ? ", " : "; ");
    if (suggested == v->best || in_set == 1) vv_strbuf_puts(out, "labels confirm the ID rule: ");
    if (in_set == 0) vv_strbuf_puts(out, "labels do not confirm the ID rule: ");
    if (in_set == -1) vv_strbuf_puts(out, "the ID rule's layer has too few rows to compare: ");
    if (in_set == 0 || in_set == 1) {
        say_share(out, v->value, suggested, true);
        vv_strbuf_addf(out, " at layer %d, ", suggested);
    }
    say_share(out, v->value, v->best, true);
    if (in_set == 0 || in_set == 1) vv_strbuf_addf(out, " at layer %d", v->best);
}

/* The values at the output and by chance. */
static void say_compared(struct vv_strbuf *out, const struct vv_label_view *v, int suggested, int last)
{
    if (last == v->best) vv_strbuf_puts(out, ", the output");
    else if (last != suggested && !isnan(v->value->value[last])) {
        vv_strbuf_puts(out, " against ");
        say_share(out, v->value, last, false);
        vv_strbuf_puts(out, " at the output");
    }
    if (!isnan(v->chance)) vv_strbuf_addf(out, "; chance %.1f %%", 100.0 * v->chance);
    vv_strbuf_puts(out, ".");
}

/* Layers with values that are not compared. */
static void say_left_out(struct vv_strbuf *out, const struct vv_label_view *v, int first, int end)
{
    bool any = false;
    for (int l = first; l < end; l++) {
        if (v->in_set[l] >= 0 || isnan(v->value->value[l])) continue;
        vv_strbuf_addf(out, "%s %d", any ? "," : " Too few rows to compare: layer", l);
        any = true;
    }
    vv_strbuf_puts(out, any ? "." : "");
}

void vv_say_label(struct vv_depth *it, int series, const struct vv_label_view *v)
{
    struct vv_strbuf *const out = &it->text[VV_SAY_VERDICT][series], *const keep = &it->text[VV_SAY_FREEZE][series];
    const int first = it->series.first[series], end = it->series.first[series + 1];
    const int judged = it->judged[series].suggested, suggested = judged < 0 ? -1 : first + judged;
    bool told = false;
    for (int l = first; l < end; l++) told = told || v->in_set[l] == 0;
    vv_strbuf_addf(out, " Label '%s' (%s): ", v->label, v->rule);
    if (!told && end - first > 1) {
        vv_strbuf_addf(out, "no layer is told from the best, layer %d, ", v->best);
        say_share(out, v->value, v->best, true);
        say_compared(out, v, -1, end - 1);
        say_left_out(out, v, first, end);
        return;
    }
    vv_say_layers(out, v->in_set, first, end);
    if (vv_count_marked(v->in_set, first, end) > 1) vv_strbuf_addf(out, " (best %d)", v->best);
    say_agreement(out, v, suggested);
    say_compared(out, v, suggested, end - 1);
    say_left_out(out, v, first, end);
    if (suggested >= 0 && v->in_set[suggested] == 1) return; /* as by the ID rule */
    vv_strbuf_puts(keep, keep->length > 0 ? "; " : "");
    vv_say_kept(keep, it, series, v->best);
    vv_strbuf_addf(keep, " by label '%s'", v->label);
}
