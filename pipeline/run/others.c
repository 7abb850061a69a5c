/* SPDX-License-Identifier: MIT */
#include "run/others.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "dist/agree.h"

static int find(const struct vv_source *s, const char *name)
{
    for (int l = 0; l < vv_source_n_layers(s); l++)
        if (strcmp(vv_source_layer(s, l)->name, name) == 0) return l;
    return -1;
}

/* The layer of the same name; where no name occurs in both, the one at the same position if there are as many,
 * or the only one there is. */
static void match_layers(const struct vv_source *ours, const struct vv_source *theirs, int *match)
{
    const int n = vv_source_n_layers(ours), n_theirs = vv_source_n_layers(theirs);
    int found = 0;
    for (int l = 0; l < n; l++) {
        match[l] = find(theirs, vv_source_layer(ours, l)->name);
        found += match[l] >= 0;
    }
    for (int l = 0; found == 0 && (n == n_theirs || n_theirs == 1) && l < n; l++)
        match[l] = n_theirs == 1 ? 0 : l;
}

/* Why rows of the two cannot be compared feature by feature. */
static void find_unlike(const struct vv_source *ours, const struct vv_source *theirs,
                        struct vv_other *o)
{
    o->unlike[0] = '\0';
    for (int l = 0; l < vv_source_n_layers(ours); l++) {
        const struct vv_layer_shape *const a = vv_source_layer(ours, l);
        if (o->match[l] < 0) {
            snprintf(o->unlike, sizeof o->unlike, "it has no layer '%.80s'", a->name);
            return;
        }
        const struct vv_layer_shape *const b = vv_source_layer(theirs, o->match[l]);
        if (a->n_cols == b->n_cols && a->type == b->type) continue;
        if (a->n_cols == b->n_cols) {
            snprintf(o->unlike, sizeof o->unlike, "its layer '%.60s' is %s, layer '%.60s' is %s: store them alike",
                     b->name, b->stored, a->name, a->stored);
            return;
        }
        snprintf(o->unlike, sizeof o->unlike, "its layer '%.80s' has %lld features, layer '%.80s' has %lld",
                 b->name, (long long)b->n_cols, a->name, (long long)a->n_cols);
        return;
    }
}

static enum vv_status open_one(struct vv_comm *c, const struct vv_map *map, int i,
                               const struct vv_source *source, struct vv_others *others)
{
    struct vv_input_config *const config = &others->configs[i];
    struct vv_other *const o = &others->shapes[i];
    struct vv_source *theirs;
    *config = (struct vv_input_config){.layers = ((const struct vv_layers_config *)map->items)[i]};
    const enum vv_status st = vv_source_open(c, config, &theirs);
    if (st) return vv_error_context("input.others.%s", map->name[i]);
    others->sources[i] = (struct vv_artifact){.kind = VV_SOURCE, .layer = -1, .source = theirs};
    others->n = i + 1;
    *o = (struct vv_other){.name = map->name[i],
                           .n = vv_source_layer(theirs, 0)->n,
                           .n_layers = vv_source_n_layers(theirs)};
    for (int l = 0; l < o->n_layers; l++) {
        const struct vv_layer_shape *const layer = vv_source_layer(theirs, l);
        if (layer->n_cols > o->n_cols) o->n_cols = layer->n_cols;
        if (layer->type == VV_FLOAT64) o->type = VV_FLOAT64;
    }
    o->match = vv_mem_new(vv_source_n_layers(source), sizeof *o->match, "layers that correspond");
    VV_TRY(vv_agree(c, o->match ? VV_OK : VV_MEMORY));
    match_layers(source, theirs, o->match);
    o->layer_name = vv_mem_new(vv_source_n_layers(source), sizeof *o->layer_name, "layers that correspond");
    VV_TRY(vv_agree(c, o->layer_name ? VV_OK : VV_MEMORY));
    for (int l = 0; l < vv_source_n_layers(source); l++)
        if (o->match[l] >= 0) o->layer_name[l] = vv_source_layer(theirs, o->match[l])->name;
    find_unlike(source, theirs, o);
    return VV_OK;
}

enum vv_status vv_others_open(struct vv_comm *c, const struct vv_input_config *config,
                              const struct vv_source *source, struct vv_others *others)
{
    const struct vv_map *const map = &config->others;
    const char *const what = "further inputs";
    *others = (struct vv_others){.n = 0};
    others->shapes = vv_mem_new(map->n, sizeof *others->shapes, what);
    others->sources = vv_mem_new(map->n, sizeof *others->sources, what);
    others->configs = vv_mem_new(map->n, sizeof *others->configs, what);
    const bool ok = others->shapes && others->sources && others->configs;
    VV_TRY(vv_agree(c, ok ? VV_OK : VV_MEMORY));
    for (int i = 0; i < map->n; i++) VV_TRY(open_one(c, map, i, source, others));
    return VV_OK;
}

void vv_others_close(struct vv_others *others)
{
    for (int i = 0; i < others->n; i++) {
        vv_source_close(&others->sources[i].source);
        vv_mem_free(others->shapes[i].match);
        vv_mem_free(others->shapes[i].layer_name);
    }
    vv_mem_free(others->shapes);
    vv_mem_free(others->sources);
    vv_mem_free(others->configs);
    *others = (struct vv_others){.n = 0};
}
