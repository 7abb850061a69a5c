/* SPDX-License-Identifier: MIT */
#include "stages/depth/correlate.h"

#include <math.h>
#include <stdio.h>

#include "base/rank_correlation.h"

static enum vv_status add(const struct vv_depth_pair *pair, const char *name, const char *description, double value,
                          struct vv_table *table)
{
    char path[640];
    snprintf(path, sizeof path, "depth/correlation/%.500s/%s", pair->of, name);
    return vv_table_add_f64(table, path, "1", description, value);
}

enum vv_status vv_depth_correlate(const struct vv_depth_pair *pair, struct vv_table *table, struct vv_strbuf *sentences)
{
    struct vv_rank_correlation r;
    char path[640], counted[128];
    VV_TRY(vv_rank_correlation_of(pair->rule, pair->labels, pair->n, &r));
    snprintf(path, sizeof path, "depth/correlation/%.500s/n_%s", pair->of, pair->among);
    snprintf(counted, sizeof counted, "%s in which both give a layer", pair->among);
    VV_TRY(vv_table_add_i64(table, path, "1", counted, r.n));
    VV_TRY(add(pair, "spearman",
               "Spearman's rank correlation of the relative depths by the minimum rule and by labels; missing with "
               "fewer than 3 or where one side is constant", r.spearman, table));
    VV_TRY(add(pair, "spearman_p", "its two-sided p-value: exact over all permutations up to 9, else normal",
               r.spearman_p, table));
    VV_TRY(add(pair, "kendall", "Kendall's tau-b of the same", r.kendall, table));
    VV_TRY(add(pair, "kendall_p", "its two-sided p-value", r.kendall_p, table));
    if (!isnan(r.spearman))
        vv_strbuf_addf(sentences, "%sOver %d %s the relative depths by the ID rule and by %s have the rank "
                       "correlation %.2f (Spearman, p = %.3f), %.2f (Kendall, p = %.3f).",
                       sentences->length > 0 ? " " : "", r.n, pair->among, pair->words, r.spearman, r.spearman_p,
                       r.kendall, r.kendall_p);
    return sentences->failed ? VV_MEMORY : VV_OK;
}
