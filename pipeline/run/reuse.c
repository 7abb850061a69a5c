/* SPDX-License-Identifier: MIT */
#include "run/reuse.h"

#include <string.h>

#include "dist/agree.h"
#include "io/neighbors_file.h"
#include "io/samples_file.h"

/* The key a product is kept under. Tables may hold the name of their layer. */
static struct vv_digest key_of(const struct vv_keys *keys, int step, int layer, enum vv_kind kind)
{
    const struct vv_key *const key = vv_keys_of(keys, step, layer);
    if (kind == VV_NEIGHBORS) return key->stored;
    if (kind == VV_SAMPLES) return vv_hash_join(key->key, vv_hash_bytes("samples", strlen("samples")));
    if (layer < 0) return key->key;
    const char *const name = keys->layer_names[layer];
    return vv_hash_join(key->key, vv_hash_bytes(name, strlen(name)));
}

/* Tables that were computed elsewhere are read as quickly from there. */
bool vv_reuse_possible(const struct vv_step *step)
{
    for (int o = 0; o < step->n_outputs; o++)
        if (step->stage->outputs[o].kind == VV_NEIGHBORS && !vv_schema_most(step->stage->params)) return false;
    for (int o = 0; o < step->n_outputs; o++)
        if (step->stage->outputs[o].kind == VV_TABLE) return true;
    return false;
}

static int neighbors_wanted(const struct vv_step *it)
{
    const struct vv_param *const most = vv_schema_most(it->stage->params);
    return (int)*(const int64_t *)(const void *)((const char *)it->config + most->offset);
}

/* Collective. Neighbors as many as the configuration asks for. */
static enum vv_status take_neighbors(const struct vv_reuse *r, int step, int layer,
                                     struct vv_artifact *a, bool *found)
{
    const struct vv_step *const it = &r->keys->plan->steps[step];
    const int k = neighbors_wanted(it);
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    enum vv_status st =
        vv_cache_get_neighbors(r->cache, it->stage->name, key_of(r->keys, step, layer, VV_NEIGHBORS), k,
                               r->context->log, a, &path, found);
    if (!st && *found)
        st = path.length > 0
                 ? vv_neighbors_file_adopt(r->context->comm, &a->neighbors, path.text,
                                           r->context->directory, it->stage->name, a->layer_name)
                 : vv_neighbors_file_publish(r->context->comm, &a->neighbors, r->context->directory,
                                             it->stage->name, a->layer_name);
    vv_strbuf_release(&path);
    return st;
}

/* Collective. */
static enum vv_status take_samples(const struct vv_reuse *r, int step, int layer, struct vv_artifact *a, bool *found)
{
    const char *const stage = r->keys->plan->steps[step].stage->name;
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    enum vv_status st = vv_cache_get_samples(r->cache, stage, key_of(r->keys, step, layer, VV_SAMPLES),
                                             r->context->log, &path, found);
    if (!st && *found)
        st = vv_samples_file_adopt(r->context->comm, &a->samples, path.text, r->context->directory, stage,
                                   a->layer_name);
    vv_strbuf_release(&path);
    return st;
}

/* Collective. Tables that only tell about a neighbor table come from that, if need be. */
static enum vv_status complete(const struct vv_reuse *r, int step, int layer, bool *taken)
{
    const struct vv_step *const it = &r->keys->plan->steps[step];
    struct vv_artifact out[VV_MAX_PORTS];
    if (!it->stage->complete) return VV_OK;
    for (int o = 0; o < it->n_outputs; o++) out[o] = *vv_store_product(r->store, step, o, layer);
    const enum vv_status st = it->stage->complete(r->context, it->config, out);
    for (int o = 0; o < it->n_outputs; o++) *vv_store_product(r->store, step, o, layer) = out[o];
    *taken = st == VV_OK;
    return st;
}

enum vv_status vv_reuse_take(const struct vv_reuse *r, int step, int layer, bool *taken)
{
    const struct vv_step *const it = &r->keys->plan->steps[step];
    bool lists = true, tables = true;
    enum vv_status st = VV_OK;
    *taken = false;
    if (!r->cache->folder || r->cache->fresh || !vv_reuse_possible(it) ||
        !vv_keys_of(r->keys, step, layer)->known)
        return VV_OK;
    for (int o = 0; !st && o < it->n_outputs; o++) {
        struct vv_artifact *const a = vv_store_product(r->store, step, o, layer);
        bool found = true;
        if (a->kind == VV_NEIGHBORS) st = take_neighbors(r, step, layer, a, &found);
        if (a->kind == VV_SAMPLES) st = take_samples(r, step, layer, a, &found);
        if (a->kind == VV_NEIGHBORS || a->kind == VV_SAMPLES) lists = lists && found;
        if (a->kind != VV_TABLE) continue;
        st = vv_cache_get_table(r->cache, it->stage->name, key_of(r->keys, step, layer, VV_TABLE),
                                r->context->log, a, &found);
        tables = tables && found;
    }
    *taken = !st && lists && tables;
    if (!st && lists && !tables) {
        st = complete(r, step, layer, taken);
        if (!st && *taken) st = vv_reuse_keep(r, step, layer);
    }
    for (int o = 0; !*taken && o < it->n_outputs; o++)
        vv_artifact_release(vv_store_product(r->store, step, o, layer));
    return st;
}

enum vv_status vv_reuse_keep(const struct vv_reuse *r, int step, int layer)
{
    const struct vv_step *const it = &r->keys->plan->steps[step];
    if (!vv_reuse_possible(it) || !vv_keys_of(r->keys, step, layer)->known) return VV_OK;
    for (int o = 0; o < it->n_outputs; o++) {
        const struct vv_artifact *const a = vv_store_product(r->store, step, o, layer);
        VV_TRY(vv_cache_put(r->cache, it->stage->name, key_of(r->keys, step, layer, a->kind), a,
                            r->context->log));
    }
    return VV_OK;
}

bool vv_reuse_look(const struct vv_cache *cache, const struct vv_keys *keys, int step, int layer)
{
    const struct vv_step *const it = &keys->plan->steps[step];
    bool lists = false, tables = true;
    if (!cache->folder || !vv_reuse_possible(it) || !vv_keys_of(keys, step, layer)->known) return false;
    for (int o = 0; o < it->n_outputs; o++) {
        const enum vv_kind kind = it->stage->outputs[o].kind;
        const struct vv_digest key = key_of(keys, step, layer, kind);
        if (kind == VV_TABLE && !vv_cache_has_table(cache, it->stage->name, key)) tables = false;
        if (kind == VV_SAMPLES && !vv_cache_has_samples(cache, it->stage->name, key)) return false;
        if (kind != VV_NEIGHBORS) continue;
        if (!vv_cache_has_neighbors(cache, it->stage->name, key, neighbors_wanted(it))) return false;
        lists = true;
    }
    return tables || (lists && it->stage->complete);
}
