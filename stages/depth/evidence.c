/* SPDX-License-Identifier: MIT */
/* Without labels, beside the minimum rule: where neighborhoods change little (plateaus of the overlap of consecutive
 * layers), and what is left of the input (Information Imbalance). */
#include <math.h>

#include "stages/depth/plateau.h"
#include "stages/depth/say.h"

static void say_plateau(struct vv_depth *it, int s, int n, int longest, int last)
{
    struct vv_strbuf *const out = &it->text[VV_SAY_EVIDENCE][s];
    const int judged = it->judged[s].suggested, first = it->series.first[s];
    if (n == 0) {
        vv_strbuf_puts(out, " The overlap with the next layer has no plateau.");
        return;
    }
    vv_strbuf_addf(out, " The overlap with the next layer is on a plateau from layer %d to %d%s", first + longest,
                   first + last, n > 1 ? ", its longest" : "");
    if (judged >= 0)
        vv_strbuf_puts(out, judged >= longest && judged <= last ? "; the ID rule's layer lies on it"
                                                                : "; the ID rule's layer does not lie on it");
    vv_strbuf_puts(out, ".");
}

static enum vv_status find_plateaus(struct vv_depth *it)
{
    const struct vv_column *const next = vv_depth_find(it->composition, "composition/next_layer_overlap");
    const struct vv_column *const error = vv_depth_find(it->composition, "composition/layer_overlap_std_error");
    struct vv_column *plateau, *from, *to;
    if (!next || !error) return VV_OK;
    const int64_t n = it->n_layers, q = next->dims[0].length - 1;
    VV_TRY(vv_depth_add(it, "plateau", "plateau of the overlap with the next layer",
                        "number of the plateau that the layer belongs to, from 1 in each series; 0: none. A plateau "
                        "is a longest run of at least two steps whose overlap, at the largest k, is at least "
                        "stages.depth.plateau of the largest in the series, within stages.depth.significance errors, "
                        "and at least a half",
                        VV_I64, false, &plateau));
    VV_TRY(vv_depth_add(it, "plateau_first", "first layer of the longest plateau",
                        "first layer of the longest plateau; -1: none", VV_I64, true, &from));
    VV_TRY(vv_depth_add(it, "plateau_last", "last layer of the longest plateau", "last layer of it; -1: none", VV_I64,
                        true, &to));
    double *errors = vv_mem_new(n, sizeof *errors, "errors of overlaps");
    if (!errors) return VV_MEMORY;
    for (int64_t l = 0; l < n; l++) errors[l] = l + 1 < n ? error->f64[(q * n + l) * n + l + 1] : NAN;
    const struct vv_profile all = {it->n_layers, next->f64 + q * n, errors};
    for (int s = 0; s < it->series.n; s++) {
        const struct vv_profile p = vv_depth_part(it, &all, s);
        const int first = it->series.first[s];
        int longest, last;
        const int found = vv_plateaus(&p, it->config->plateau, it->config->significance, plateau->i64 + first);
        vv_plateau_longest(plateau->i64 + first, p.n, &longest, &last);
        from->i64[s] = longest < 0 ? -1 : first + longest;
        to->i64[s] = last < 0 ? -1 : first + last;
        if (p.n > 2) say_plateau(it, s, found, longest, last);
    }
    vv_mem_free(errors);
    return VV_OK;
}

static void say_imbalance(struct vv_depth *it, int s, int most, const struct vv_profile *to_first,
                          const struct vv_profile *to_last)
{
    struct vv_strbuf *const out = &it->text[VV_SAY_EVIDENCE][s];
    const struct vv_depth_verdict v = it->judged[s];
    const int first = it->series.first[s], at = first + v.suggested;
    vv_strbuf_puts(out, " The imbalance to the input is largest at ");
    vv_say_layer(out, it, most, to_first, 3);
    if (v.first_peak >= 0) {
        const int off = most - first - v.first_peak;
        if (off == 0) vv_strbuf_puts(out, ", the ID's first peak");
        else vv_strbuf_addf(out, ", %d %s the ID's first peak", off < 0 ? -off : off, off < 0 ? "before" : "after");
    }
    if (v.suggested >= 0 && to_last && !isnan(to_last->value[at]))
        vv_strbuf_addf(out, "; from layer %d it is %.3f to the input and %.3f to the output", at, to_first->value[at],
                       to_last->value[at]);
    vv_strbuf_puts(out, ".");
}

/* A column of imbalance at its first k. */
static bool view(const struct vv_depth *it, const char *name, struct vv_profile *out)
{
    const struct vv_column *const value = vv_depth_find(it->imbalance, "imbalance/%s", name);
    const struct vv_column *const error = vv_depth_find(it->imbalance, "imbalance/%s_std_error", name);
    if (value && error) *out = (struct vv_profile){it->n_layers, value->f64, error->f64};
    return value && error;
}

static enum vv_status find_farthest(struct vv_depth *it, const struct vv_profile *to_first,
                                    const struct vv_profile *to_last)
{
    struct vv_column *farthest;
    VV_TRY(vv_depth_add(it, "farthest_from_input", "layer of the largest imbalance to the input",
                        "layer from which the input's neighborhoods are predicted worst, at the smallest k; near the "
                        "ID peak in language models (Cheng et al. 2024); -1: none", VV_I64, true, &farthest));
    for (int s = 0; s < it->series.n; s++) {
        const struct vv_profile p = vv_depth_part(it, to_first, s);
        const int at = vv_profile_most(&p, 1);
        farthest->i64[s] = at < 0 ? -1 : it->series.first[s] + at;
        if (at >= 0) say_imbalance(it, s, it->series.first[s] + at, to_first, to_last);
    }
    return VV_OK;
}

static enum vv_status find_closest(struct vv_depth *it, const struct vv_profile *to_last)
{
    struct vv_column *closest;
    VV_TRY(vv_depth_add(it, "closest_to_output", "layer of the least imbalance to the output",
                        "layer before the last of its series from which the neighborhoods of the last are predicted "
                        "best, at the smallest k; -1: none", VV_I64, true, &closest));
    for (int s = 0; s < it->series.n; s++) {
        struct vv_profile before = vv_depth_part(it, to_last, s);
        before.n--; /* the output itself */
        const int at = vv_profile_most(&before, -1), layer = it->series.first[s] + at;
        closest->i64[s] = at < 0 ? -1 : layer;
        if (at < 0) continue;
        vv_strbuf_puts(&it->text[VV_SAY_EVIDENCE][s], " The imbalance to the output is least at ");
        vv_say_layer(&it->text[VV_SAY_EVIDENCE][s], it, layer, to_last, 3);
        vv_strbuf_puts(&it->text[VV_SAY_EVIDENCE][s], ".");
    }
    return VV_OK;
}

enum vv_status vv_depth_evidence(struct vv_depth *it)
{
    struct vv_profile to_first, to_last;
    const bool input = view(it, "to_first", &to_first), output = view(it, "to_last", &to_last);
    VV_TRY(find_plateaus(it));
    if (input) VV_TRY(find_farthest(it, &to_first, output ? &to_last : NULL));
    return output ? find_closest(it, &to_last) : VV_OK;
}
