/* SPDX-License-Identifier: MIT */
#include "run/execute.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "dist/watch.h"
#include "run/provenance.h"
#include "run/reuse.h"
#include "run/saving.h"

enum vv_status vv_run_init(struct vv_run *run)
{
    VV_TRY(vv_store_init(&run->store, run->plan, run->context.directory, run->context.n_layers,
                         run->context.layer_names));
    VV_TRY(vv_keys_init(&run->keys, run->plan, run->context.n_layers, run->context.layer_names,
                        run->context.seed, run->labels, run->n_labels, run->others));
    run->stages = vv_mem_new(run->plan->n_steps, sizeof(struct vv_stage *), "list of stages");
    if (!run->stages) return VV_MEMORY;
    for (int s = 0; s < run->plan->n_steps; s++) run->stages[s] = run->plan->steps[s].stage;
    run->context.stages = run->stages;
    run->context.n_stages = run->plan->n_steps;
    return vv_timing_init(&run->timing, run->plan->n_steps, run->context.n_layers);
}

void vv_run_release(struct vv_run *run)
{
    if (run->store.plan) vv_store_release(&run->store);
    vv_keys_release(&run->keys);
    vv_artifact_release(&run->provenance);
    vv_timing_release(&run->timing);
    vv_mem_free(run->stages);
    run->stages = NULL;
}

/* The inputs of one call, as lists of artifacts. */
struct borrowed {
    struct vv_inputs inputs;
    const struct vv_artifact **lists[VV_MAX_PORTS]; /* owned arrays of borrowed artifacts */
};

static void give_back(struct borrowed *b)
{
    for (int i = 0; i < VV_MAX_PORTS; i++) vv_mem_free(b->lists[i]);
}

static enum vv_status put(struct borrowed *b, int port, const struct vv_artifact *item)
{
    b->lists[port][b->inputs.n[port]++] = item;
    return VV_OK;
}

/* The stacked tables of all steps before `step`, then provenance for the one that asks for all. */
static enum vv_status borrow_tables(struct vv_run *run, int step, struct borrowed *b, int port)
{
    for (int s = 0; s < step; s++) {
        const struct vv_artifact *table;
        VV_TRY(vv_store_table(&run->store, s, &table));
        if (table) put(b, port, table);
    }
    return put(b, port, &run->provenance);
}

static enum vv_status borrow_product(struct vv_run *run, int step, int layer, struct vv_wire w,
                                     struct borrowed *b, int port)
{
    const struct vv_step *producer = &run->plan->steps[w.stage];
    const bool all = run->plan->steps[step].stage->scope == VV_ALL_LAYERS;
    if (all && producer->stage->outputs[w.port].kind == VV_TABLE) {
        const struct vv_artifact *table;
        VV_TRY(vv_store_table(&run->store, w.stage, &table));
        return put(b, port, table);
    }
    if (all && producer->stage->scope == VV_PER_LAYER) {
        for (int l = 0; l < run->context.n_layers; l++)
            put(b, port, vv_store_product(&run->store, w.stage, w.port, l));
        return VV_OK;
    }
    return put(b, port, vv_store_product(&run->store, w.stage, w.port, layer));
}

static enum vv_status borrow(struct vv_run *run, int step, int layer,
                             const struct vv_artifact *source, struct borrowed *b)
{
    const struct vv_step *it = &run->plan->steps[step];
    const int most = run->context.n_layers + run->n_labels + run->context.n_others +
                     run->plan->n_steps + 1;
    *b = (struct borrowed){.inputs = {.n = {0}}};
    for (int i = 0; i < it->n_inputs; i++) {
        const struct vv_wire w = it->inputs[i];
        b->lists[i] = vv_mem_new(most, sizeof(struct vv_artifact *), "inputs of a step");
        if (!b->lists[i]) return VV_MEMORY;
        b->inputs.items[i] = b->lists[i];
        switch (w.stage) {
        case VV_FROM_NOWHERE: break;
        case VV_FROM_SOURCE: put(b, i, source); break;
        case VV_FROM_LABELS:
            for (int l = 0; l < run->n_labels; l++) put(b, i, &run->labels[l]);
            break;
        case VV_FROM_OTHERS:
            for (int o = 0; o < run->context.n_others; o++) put(b, i, &run->others->sources[o]);
            break;
        case VV_FROM_TABLES: VV_TRY(borrow_tables(run, step, b, i)); break;
        default: VV_TRY(borrow_product(run, step, layer, w, b, i));
        }
    }
    return VV_OK;
}

/* Local. What a stage found belongs to the first of its tables. */
static enum vv_status attach(const struct vv_step *it, struct vv_artifact *out, const struct vv_strbuf *findings)
{
    if (findings->failed) return VV_MEMORY;
    for (int o = 0; findings->length > 0 && o < it->n_outputs; o++) {
        if (out[o].kind != VV_TABLE) continue;
        out[o].table.findings = vv_mem_string(findings->text);
        return out[o].table.findings ? VV_OK : VV_MEMORY;
    }
    return VV_OK;
}

/* Says again what the first table of a step that was taken from the cache holds. */
static void repeat_findings(struct vv_run *run, int step, int layer)
{
    const struct vv_step *const it = &run->plan->steps[step];
    for (int o = 0; o < it->n_outputs; o++) {
        const struct vv_artifact *const a = vv_store_product(&run->store, step, o, layer);
        const char *at = a->kind == VV_TABLE ? a->table.findings : NULL;
        for (size_t n; at && (n = strcspn(at, "\n")) > 0; at += n + (at[n] == '\n'))
            vv_log_warning(run->context.log, "%.*s", (int)n, at);
    }
}

/* Collective. A step that asks for all tables gets the provenance as it is then. */
static enum vv_status complete_provenance(struct vv_run *run, int step)
{
    const struct vv_step *const it = &run->plan->steps[step];
    for (int i = 0; i < it->n_inputs; i++)
        if (it->inputs[i].stage == VV_FROM_TABLES)
            VV_TRY(vv_provenance_complete(run->context.comm, run->plan, &run->timing, step, run->context.layer_names,
                                          run->context.log, &run->provenance.table));
    return VV_OK;
}

static enum vv_status run_step(struct vv_run *run, int step, int layer)
{
    const struct vv_step *it = &run->plan->steps[step];
    struct vv_comm *const comm = run->context.comm;
    const struct vv_artifact source = {.kind = VV_SOURCE, .layer = layer, .source = run->source};
    struct vv_artifact none = {.kind = VV_TABLE, .layer = -1};
    struct vv_artifact *out = &none, contiguous[VV_MAX_PORTS];
    struct borrowed b;
    struct vv_strbuf findings;

    /* A stage sees its outputs as one array; the store keeps them by port and layer. */
    for (int o = 0; o < it->n_outputs; o++)
        contiguous[o] = *vv_store_product(&run->store, step, o, layer);
    if (it->n_outputs > 0) out = contiguous;

    VV_TRY(complete_provenance(run, step));
    enum vv_status st = vv_agree(comm, borrow(run, step, layer, &source, &b));
    vv_strbuf_init(&findings);
    run->context.log->findings = &findings;
    if (!st) st = it->stage->run(&run->context, it->config, &b.inputs, out);
    run->context.log->findings = NULL;
    if (!st) st = attach(it, out, &findings);
    vv_strbuf_release(&findings);
    give_back(&b);
    for (int o = 0; o < it->n_outputs; o++)
        *vv_store_product(&run->store, step, o, layer) = contiguous[o];
    st = vv_agree(comm, st);
    if (!st && it->stage->verify)
        st = vv_agree(comm, it->stage->verify(&run->context, out));
    if (!st) st = vv_store_publish(&run->store, comm, step, layer);
    return st;
}

/* One line a step and layer; the rest of the layer loop is estimated from the layers done. */
static void tell(struct vv_run *run, int step, int layer, double seconds)
{
    const struct vv_step *it = &run->plan->steps[step];
    const int n_layers = run->context.n_layers;
    char spent[32], left[48] = "";
    vv_clock_span(seconds, spent, sizeof spent);
    if (layer < 0) {
        vv_log_info(run->context.log, "%-12s all layers  %s", it->stage->name, spent);
        return;
    }
    double rest = 0.0;
    for (int s = 0; s < run->plan->n_steps; s++) {
        if (run->plan->steps[s].stage->scope != VV_PER_LAYER) continue;
        const int done = s <= step ? layer + 1 : layer;
        if (done > 0) rest += run->timing.seconds[s] / done * (n_layers - done);
    }
    if (layer > 0 || step + 1 == run->plan->n_steps) {
        char span[32];
        vv_clock_span(rest, span, sizeof span);
        snprintf(left, sizeof left, "  (about %s left)", span);
    }
    vv_log_info(run->context.log, "%-12s %d/%d %s  %s%s", it->stage->name, layer + 1, n_layers,
                run->context.layer_names[layer], spent, left);
}

static void tell_taken(struct vv_run *run, int step, int layer)
{
    vv_timing_reuse(&run->timing, step);
    const char *const name = run->plan->steps[step].stage->name;
    if (layer < 0) vv_log_info(run->context.log, "%-12s all layers  reused", name);
    else
        vv_log_info(run->context.log, "%-12s %d/%d %s  reused", name, layer + 1, run->context.n_layers,
                    run->context.layer_names[layer]);
}

/* Collective. A step that may save its state, and goes on where that was left. */
static enum vv_status run_saved(struct vv_run *run, int step, int layer)
{
    struct vv_saving saving;
    enum vv_status st = vv_agree(run->context.comm,
                                 vv_saving_init(&saving, &run->keys, step, layer, run->context.directory));
    saving.checkpoint.period = run->checkpoint;
    saving.checkpoint.fresh = run->cache->fresh;
    saving.checkpoint.log = run->context.log;
    saving.checkpoint.step = run->context.progress->step;
    run->context.checkpoint = saving.checkpoint.path && run->checkpoint > 0.0 ? &saving.checkpoint : NULL;
    if (!st) st = run_step(run, step, layer);
    run->context.checkpoint = NULL;
    vv_saving_release(&saving);
    return st;
}

/* Rank 0. What a search saved is of no use once its products are there. */
static void forget_saved(const struct vv_run *run, int step, int layer)
{
    struct vv_saving saving;
    if (vv_saving_init(&saving, &run->keys, step, layer, run->context.directory) == VV_OK && saving.checkpoint.path)
        vv_checkpoint_remove(saving.checkpoint.path, 0);
    vv_saving_release(&saving);
}

static enum vv_status timed_step(struct vv_run *run, int step, int layer)
{
    const char *const stage = run->plan->steps[step].stage->name;
    char text[256];
    if (layer >= 0)
        snprintf(text, sizeof text, "%s layer '%s'", stage, run->context.layer_names[layer]);
    else
        snprintf(text, sizeof text, "%s", stage);
    struct vv_progress progress;
    vv_progress_begin(&progress, run->context.log, text);
    run->context.progress = &progress;
    const double begin = vv_clock_seconds(), waited = vv_watch_waited();
    const enum vv_status st = run_saved(run, step, layer);
    run->context.progress = NULL;
    if (st == VV_STOPPED) return st;
    if (st) return vv_error_context("%s", text);
    const double seconds = vv_clock_seconds() - begin;
    vv_timing_add(&run->timing, step, layer, seconds, vv_watch_waited() - waited);
    tell(run, step, layer, seconds);
    return VV_OK;
}

/* While this layer is computed, the next can come from the disk: this rank's share of its samples, or what
 * encloses it where they are a part drawn at random. */
static void read_ahead(const struct vv_run *run, int layer)
{
    if (layer >= run->context.n_layers) return;
    const int64_t n = vv_source_layer(run->source, layer)->n;
    const struct vv_layout share = vv_comm_layout(run->context.comm, n);
    vv_source_prefetch(run->source, layer, vv_layout_first(&share), vv_layout_local(&share));
}

/* What there is to do for a layer (-1: the steps that run once). */
struct agenda {
    struct vv_reuse reuse;
    int layer;
    bool *done;  /* [n_steps] computed, or taken from the cache */
    bool *taken; /* [n_steps] the latter */
    bool *wanted; /* [n_steps] to be computed */
};

static bool concerns(const struct vv_run *run, int step, int layer)
{
    return (run->plan->steps[step].stage->scope == VV_ALL_LAYERS) == (layer < 0);
}

/* Rows are not kept: a step that gives them runs again when one that reads them does. */
static void find_wanted(const struct vv_run *run, struct agenda *a)
{
    for (int s = run->plan->n_steps - 1; s >= 0; s--) {
        const struct vv_step *const it = &run->plan->steps[s];
        if (!concerns(run, s, a->layer)) continue;
        a->wanted[s] = a->wanted[s] || !a->done[s];
        for (int i = 0; a->wanted[s] && i < it->n_inputs; i++) {
            const struct vv_wire w = it->inputs[i];
            if (w.stage < 0 || !concerns(run, w.stage, a->layer)) continue;
            if (run->plan->steps[w.stage].stage->outputs[w.port].kind != VV_MATRIX) continue;
            if (a->taken[w.stage] || !a->done[w.stage]) a->wanted[w.stage] = true;
        }
    }
}

/* Collective. Takes what the cache has of the steps that are not done. */
static enum vv_status take_all(struct vv_run *run, struct agenda *a)
{
    for (int s = 0; s < run->plan->n_steps; s++) {
        if (!concerns(run, s, a->layer) || a->done[s]) continue;
        VV_TRY(vv_reuse_take(&a->reuse, s, a->layer, &a->taken[s]));
        a->done[s] = a->taken[s];
    }
    for (int s = 0; s < run->plan->n_steps; s++) a->wanted[s] = false;
    find_wanted(run, a);
    return VV_OK;
}

/* What was taken from the cache of a layer is not wanted after all. */
static void give_up_taken(struct vv_run *run, struct agenda *a)
{
    for (int s = 0; s < run->plan->n_steps; s++) {
        if (!a->taken[s]) continue;
        for (int o = 0; o < run->plan->steps[s].n_outputs; o++)
            vv_artifact_release(vv_store_product(&run->store, s, o, a->layer));
        a->done[s] = a->taken[s] = false;
    }
}

/* Collective. Now that the values of a layer were read, the products made of them have names. A file that was
 * written to meanwhile would give them wrong ones. */
static enum vv_status learn_content(struct vv_run *run, struct agenda *a, int step,
                                    struct vv_digest identity)
{
    struct vv_digest now;
    enum vv_status st = vv_keys_identity(run->source, a->layer, run->input, &now);
    if (!st && !vv_digest_equal(identity, now)) {
        st = vv_fail(VV_INPUT, "'%s' changed while it was being read",
                     vv_source_path(run->source, a->layer));
        vv_error_hint("run again when nothing writes to it");
    }
    VV_TRY(vv_agree(run->context.comm, st));
    const struct vv_digest content = vv_store_product(&run->store, step, 0, a->layer)->digest;
    if (run->keys.content_known[a->layer]) {
        if (vv_digest_equal(run->keys.content[a->layer], content)) return VV_OK;
        vv_log_warning(run->context.log, "'%s' holds other values than before, though its size and time are the same",
                       vv_source_path(run->source, a->layer));
        give_up_taken(run, a);
    }
    VV_TRY(vv_agree(run->context.comm, vv_keys_set_content(&run->keys, a->layer, content)));
    vv_cache_remember(run->cache, identity, content);
    return take_all(run, a);
}

static bool reads_source(const struct vv_step *step)
{
    return step->n_inputs > 0 && step->inputs[0].stage == VV_FROM_SOURCE;
}

/* Collective. Runs a step, keeps its products, and tells why it had to run. */
static enum vv_status compute(struct vv_run *run, struct agenda *a, int step, struct vv_digest identity)
{
    const struct vv_step *const it = &run->plan->steps[step];
    if (vv_reuse_possible(it) && run->cache->folder)
        vv_log_detail(run->context.log, "%s: %s", it->stage->name,
                      run->cache->fresh                          ? "computed: --fresh"
                      : a->taken[step]                           ? "runs again: a later stage needs its rows"
                      : !vv_keys_of(&run->keys, step, a->layer < 0 ? 0 : a->layer)->known
                          ? "computed: its input has not been seen before"
                          : "computed: nothing in the cache has these parameters and inputs");
    if (a->taken[step])
        for (int o = 0; o < it->n_outputs; o++)
            vv_artifact_release(vv_store_product(&run->store, step, o, a->layer));
    VV_TRY(timed_step(run, step, a->layer));
    a->done[step] = true;
    a->taken[step] = a->wanted[step] = false;
    if (a->layer >= 0 && reads_source(it)) {
        VV_TRY(learn_content(run, a, step, identity));
        read_ahead(run, a->layer + 1);
    }
    return vv_reuse_keep(&a->reuse, step, a->layer);
}

static enum vv_status run_agenda(struct vv_run *run, struct agenda *a)
{
    struct vv_digest identity = {0, 0}, content;
    enum vv_status st = VV_OK;
    if (a->layer >= 0) {
        st = vv_keys_identity(run->source, a->layer, run->input, &identity);
        VV_TRY(vv_agree(run->context.comm, st));
        if (vv_cache_recall(run->cache, identity, &content))
            st = vv_keys_set_content(&run->keys, a->layer, content);
    } else {
        st = vv_keys_finish(&run->keys);
    }
    VV_TRY(vv_agree(run->context.comm, st));
    VV_TRY(take_all(run, a));
    for (int s = 0; s < run->plan->n_steps; s++) {
        if (!concerns(run, s, a->layer)) continue;
        if (a->wanted[s]) {
            VV_TRY(compute(run, a, s, identity));
        } else {
            tell_taken(run, s, a->layer);
            repeat_findings(run, s, a->layer);
        }
        if (vv_comm_rank(run->context.comm) == 0) forget_saved(run, s, a->layer);
        if (a->layer >= 0) vv_store_tidy(&run->store, s, a->layer);
    }
    return VV_OK;
}

enum vv_status vv_run_execute(struct vv_run *run)
{
    const int n = run->plan->n_steps;
    bool *const flags = vv_mem_new(3 * n, sizeof *flags, "agenda");
    enum vv_status st = vv_agree(run->context.comm, flags ? VV_OK : VV_MEMORY);
    for (int at = 0; !st && at <= run->context.n_layers; at++) {
        struct agenda a = {
            .reuse = {.cache = run->cache, .keys = &run->keys, .store = &run->store, .context = &run->context},
            .layer = at < run->context.n_layers ? at : -1,
            .done = flags,
            .taken = flags + n,
            .wanted = flags + 2 * n};
        for (int f = 0; f < 3 * n; f++) flags[f] = false;
        st = run_agenda(run, &a);
    }
    vv_mem_free(flags);
    return st;
}
