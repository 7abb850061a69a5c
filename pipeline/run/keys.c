/* SPDX-License-Identifier: MIT */
#include "run/keys.h"

#include <string.h>

#include "base/mem.h"

static void add_digest(struct vv_digest d, struct vv_strbuf *text)
{
    char digits[33];
    vv_digest_text(d, digits);
    vv_strbuf_addf(text, "%s\n", digits);
}

static struct vv_digest digest_of_labels(const struct vv_artifact *labels, int n_labels)
{
    struct vv_digest all = {0, 0};
    for (int i = 0; i < n_labels; i++) {
        const struct vv_labels *const l = &labels[i].labels;
        all = vv_hash_join(all, vv_hash_bytes(l->name, strlen(l->name)));
        all = vv_hash_join(all, vv_hash_bytes(l->classes, (size_t)l->n * sizeof *l->classes));
        for (int c = 0; c < l->n_classes; c++)
            all = vv_hash_join(all, vv_hash_bytes(l->class_name[c], strlen(l->class_name[c])));
    }
    return all;
}

/* The files of the layers that correspond to one layer of the run. */
static enum vv_status digest_of_others(const struct vv_others *others, int layer,
                                       struct vv_digest *digest)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    for (int o = 0; o < others->n; o++) {
        const int match = others->shapes[o].match[layer];
        vv_strbuf_addf(&text, "%s\n", others->shapes[o].name);
        if (match >= 0) vv_source_identify(others->sources[o].source, match, &text);
    }
    *digest = vv_hash_bytes(text.text, text.length);
    const bool failed = text.failed;
    vv_strbuf_release(&text);
    return failed ? VV_MEMORY : VV_OK;
}

/* Steps that run once may read every layer of them. */
static enum vv_status digest_of_all_others(const struct vv_others *others, struct vv_digest *digest)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    for (int o = 0; o < others->n; o++) {
        vv_strbuf_addf(&text, "%s\n", others->shapes[o].name);
        for (int l = 0; l < others->shapes[o].n_layers; l++) {
            vv_strbuf_addf(&text, "%s\n", vv_source_layer(others->sources[o].source, l)->name);
            vv_source_identify(others->sources[o].source, l, &text);
        }
    }
    *digest = vv_hash_bytes(text.text, text.length);
    const bool failed = text.failed;
    vv_strbuf_release(&text);
    return failed ? VV_MEMORY : VV_OK;
}

enum vv_status vv_keys_identity(const struct vv_source *s, int layer, const struct vv_input_config *input,
                                struct vv_digest *identity)
{
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    vv_source_identify(s, layer, &text);
    vv_strbuf_addf(&text, "%lld %lld\n", (long long)input->samples.limit, (long long)input->samples.seed);
    *identity = vv_hash_bytes(text.text, text.length);
    const bool failed = text.failed;
    vv_strbuf_release(&text);
    return failed ? VV_MEMORY : VV_OK;
}

enum vv_status vv_keys_init(struct vv_keys *k, const struct vv_plan *plan, int n_layers,
                            char *const *layer_names, uint64_t seed,
                            const struct vv_artifact *labels, int n_labels,
                            const struct vv_others *others)
{
    *k = (struct vv_keys){.plan = plan, .n_layers = n_layers, .layer_names = layer_names, .seed = seed};
    const char *const what = "keys of products";
    k->keys = vv_mem_new((int64_t)plan->n_steps * n_layers, sizeof *k->keys, what);
    k->content_known = vv_mem_new(n_layers, sizeof *k->content_known, what);
    k->content = vv_mem_new(n_layers, sizeof *k->content, what);
    k->others = vv_mem_new(n_layers, sizeof *k->others, what);
    if (!k->keys || !k->content_known || !k->content || !k->others) return VV_MEMORY;
    k->labels = digest_of_labels(labels, n_labels);
    for (int l = 0; l < n_layers; l++) VV_TRY(digest_of_others(others, l, &k->others[l]));
    VV_TRY(digest_of_all_others(others, &k->all_others));
    return VV_OK;
}

void vv_keys_release(struct vv_keys *k)
{
    vv_mem_free(k->keys);
    vv_mem_free(k->content_known);
    vv_mem_free(k->content);
    vv_mem_free(k->others);
    *k = (struct vv_keys){.plan = NULL};
}

static struct vv_key *key_at(const struct vv_keys *k, int step, int layer)
{
    const bool once = k->plan->steps[step].stage->scope == VV_ALL_LAYERS;
    return &k->keys[step * k->n_layers + (once ? 0 : layer)];
}

const struct vv_key *vv_keys_of(const struct vv_keys *k, int step, int layer)
{
    return key_at(k, step, layer);
}

/* Appends what one product is called. Layers of the same values but other names share neighbor tables: names
 * count for tables only. */
static bool add_product(const struct vv_keys *k, struct vv_wire w, int layer, struct vv_strbuf *text)
{
    const struct vv_step *const producer = &k->plan->steps[w.stage];
    const struct vv_key *const key = key_at(k, w.stage, layer);
    const bool names = producer->stage->scope == VV_ALL_LAYERS ||
                       producer->stage->outputs[w.port].kind == VV_TABLE;
    add_digest(key->key, text);
    vv_strbuf_addf(text, "%s %s\n", producer->stage->outputs[w.port].name,
                   names ? k->layer_names[layer] : "");
    return key->known;
}

static bool add_input(const struct vv_keys *k, const struct vv_step *it, int i, int layer,
                      struct vv_strbuf *text)
{
    const struct vv_wire w = it->inputs[i];
    const int first = layer < 0 ? 0 : layer, last = layer < 0 ? k->n_layers - 1 : layer;
    bool known = true;
    vv_strbuf_addf(text, "%s:\n", it->stage->inputs[i].name);
    if (w.stage == VV_FROM_LABELS) add_digest(k->labels, text);
    if (w.stage == VV_FROM_TABLES) known = false; /* times are among them */
    if (w.stage == VV_FROM_OTHERS && layer < 0) add_digest(k->all_others, text);
    for (int l = first; l <= last; l++) {
        if (w.stage == VV_FROM_OTHERS && layer >= 0) add_digest(k->others[l], text);
        if (w.stage == VV_FROM_SOURCE) {
            add_digest(k->content[l], text);
            known = known && k->content_known[l];
        }
        if (w.stage >= 0) known = add_product(k, w, l, text) && known;
    }
    return known;
}

/* layer -1: a step that runs once. */
static enum vv_status make_key(struct vv_keys *k, int step, int layer)
{
    const struct vv_step *const it = &k->plan->steps[step];
    struct vv_key *const key = key_at(k, step, layer < 0 ? 0 : layer);
    struct vv_strbuf text;
    vv_strbuf_init(&text);
    vv_strbuf_addf(&text, "%s %d\n", it->stage->name, it->stage->version);
    if (it->stage->seeded) vv_strbuf_addf(&text, "seed %llu\n", (unsigned long long)k->seed);
    key->known = true;
    for (int i = 0; i < it->n_inputs; i++) key->known = add_input(k, it, i, layer, &text) && key->known;
    for (int l = 0; layer < 0 && l < k->n_layers; l++) vv_strbuf_addf(&text, "%s\n", k->layer_names[l]);
    vv_schema_write_key(it->stage->params, it->config, false, &text);
    key->stored = vv_hash_bytes(text.text, text.length);
    const struct vv_param *const most = vv_schema_most(it->stage->params);
    if (most)
        vv_strbuf_addf(&text, "%s: %lld\n", most->key,
                       (long long)*(const int64_t *)(const void *)((const char *)it->config + most->offset));
    key->key = vv_hash_bytes(text.text, text.length);
    const bool failed = text.failed;
    vv_strbuf_release(&text);
    return failed ? VV_MEMORY : VV_OK;
}

enum vv_status vv_keys_set_content(struct vv_keys *k, int layer, struct vv_digest content)
{
    k->content[layer] = content;
    k->content_known[layer] = true;
    for (int s = 0; s < k->plan->n_steps; s++)
        if (k->plan->steps[s].stage->scope == VV_PER_LAYER) VV_TRY(make_key(k, s, layer));
    return VV_OK;
}

enum vv_status vv_keys_finish(struct vv_keys *k)
{
    for (int s = 0; s < k->plan->n_steps; s++)
        if (k->plan->steps[s].stage->scope == VV_ALL_LAYERS) VV_TRY(make_key(k, s, -1));
    return VV_OK;
}
