/* SPDX-License-Identifier: MIT */
/* Many networks in one run: each series of layers is a network, or a checkpoint of one. Depths by all rules side by
 * side, and whether the minimum rule orders the networks as labels do. Of one network, the depths: a sweep puts many
 * together (points.c). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stages/depth/correlate.h"
#include "stages/depth/say.h"

/* A layer of the run as a depth within its series, twice. relative: [series] */
static enum vv_status add_depths(struct vv_depth *it, const char *rule, const char *of, const struct vv_column *layer,
                                 struct vv_column **relative)
{
    struct vv_column *column;
    char name[640];
    snprintf(name, sizeof name, "across/layer_%s%.500s", rule, of);
    VV_TRY(vv_depth_add(it, name, "layer within the series",
                        "layer by this rule, counted from 0 at the first layer of the series; -1: none", VV_I64, true,
                        &column));
    snprintf(name, sizeof name, "across/relative_%s%.500s", rule, of);
    VV_TRY(vv_depth_add(it, name, "relative depth of the layer",
                        "the same, 0 at the first layer of the series and 1 at its last; missing where there is none",
                        VV_F64, true, relative));
    for (int s = 0; s < it->series.n; s++) {
        const int last = vv_depth_length(it, s) - 1;
        const int64_t at = layer->i64[s] < 0 ? -1 : layer->i64[s] - it->series.first[s];
        column->i64[s] = at;
        (*relative)->f64[s] = at < 0 ? NAN : last > 0 ? (double)at / last : 0.0;
    }
    return VV_OK;
}

/* words: "the probe of 'topic'" */
static enum vv_status correlate(struct vv_depth *it, const char *of, const char *words, const struct vv_column *rule,
                                const struct vv_column *labels)
{
    const struct vv_depth_pair pair = {.of = of, .words = words, .among = "series", .n = it->series.n,
                                       .rule = rule->f64, .labels = labels->f64};
    return vv_depth_correlate(&pair, it->table, &it->across);
}

/* One kind of columns depth/<head><label><tail> of the series, correlated with the rule. */
static enum vv_status add_labels(struct vv_depth *it, const char *head, const char *tail, const char *rule,
                                 const char *words, const struct vv_column *id)
{
    const int n_columns = it->table->n_columns; /* it grows */
    for (int i = 0; i < n_columns; i++) {
        const struct vv_column *const c = it->table->columns[i];
        const size_t length = strlen(c->name), ends = strlen(head) + strlen(tail);
        if (length <= ends || strncmp(c->name, head, strlen(head)) != 0 || c->type != VV_I64) continue;
        if (strcmp(c->name + length - strlen(tail), tail) != 0) continue;
        if (c->n_dims != 1 || strcmp(c->dims[0].name, "depth/series") != 0) continue;
        char label[512], of[576], phrase[640];
        struct vv_column *relative;
        snprintf(label, sizeof label, "%.*s", (int)(length - ends), c->name + strlen(head));
        snprintf(of, sizeof of, "%s%s", rule, label);
        snprintf(phrase, sizeof phrase, "%s '%s'", words, label);
        VV_TRY(add_depths(it, rule, label, c, &relative));
        if (id) VV_TRY(correlate(it, of, phrase, id, relative));
    }
    return VV_OK;
}

enum vv_status vv_depth_across(struct vv_depth *it)
{
    struct vv_column *name, *id, *peak;
    const bool several = it->series.n > 1;
    VV_TRY(vv_depth_add(it, "across/series_name", "series", "what the names of its layers begin with", VV_TEXT, true,
                        &name));
    for (int s = 0; s < it->series.n; s++) VV_TRY(vv_column_set_text(name, s, it->series.name[s]));
    VV_TRY(add_depths(it, "first_peak", "", vv_table_find(it->table, "depth/first_peak"), &peak));
    VV_TRY(add_depths(it, "id_rule", "", vv_table_find(it->table, "depth/suggested_layer"), &id));
    VV_TRY(add_labels(it, "depth/by_probe/", "/best_layer", "probe_", "the probe of", several ? id : NULL));
    VV_TRY(add_labels(it, "depth/best_by_label/", "", "overlap_", "the overlap with", several ? id : NULL));
    VV_TRY(add_labels(it, "depth/with/", "/parting_layer", "parting_", "", NULL));
    if (it->across.failed) return VV_MEMORY;
    if (!several) return VV_OK;
    return vv_table_add_text(it->table, "depth/correlation/verdict",
                             "rank correlations over series between the minimum rule and labels, in words; empty when "
                             "fewer than 3 series have both", it->across.text);
}
