/* SPDX-License-Identifier: MIT */
#include "run/execute.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/provenance.h"

enum vv_status vv_run_init(struct vv_run *run)
{
    VV_TRY(vv_store_init(&run->store, run->plan, run->context.directory, run->context.n_layers,
                         run->context.layer_names));
    run->seconds = vv_mem_new(run->plan->n_steps, sizeof *run->seconds, "timings");
    return run->seconds ? VV_OK : VV_MEMORY;
}

void vv_run_release(struct vv_run *run)
{
    if (run->store.plan) vv_store_release(&run->store);
    vv_artifact_release(&run->provenance);
    vv_mem_free(run->seconds);
    run->seconds = NULL;
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
    VV_TRY(vv_provenance_add_times(&run->provenance.table, run->plan, run->seconds, step));
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
            for (int o = 0; o < run->context.n_others; o++) put(b, i, &run->others[o]);
            break;
        case VV_FROM_TABLES: VV_TRY(borrow_tables(run, step, b, i)); break;
        default: VV_TRY(borrow_product(run, step, layer, w, b, i));
        }
    }
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

    /* A stage sees its outputs as one array; the store keeps them by port and layer. */
    for (int o = 0; o < it->n_outputs; o++)
        contiguous[o] = *vv_store_product(&run->store, step, o, layer);
    if (it->n_outputs > 0) out = contiguous;

    enum vv_status st = vv_agree(comm, borrow(run, step, layer, &source, &b));
    if (!st) st = it->stage->run(&run->context, it->config, &b.inputs, out);
    give_back(&b);
    for (int o = 0; o < it->n_outputs; o++)
        *vv_store_product(&run->store, step, o, layer) = contiguous[o];
    st = vv_agree(comm, st);
    if (!st && it->stage->verify)
        st = vv_agree(comm, it->stage->verify(&run->context, out));
    if (!st) st = vv_store_publish(&run->store, comm, step, layer);
    if (!st && layer >= 0) vv_store_tidy(&run->store, step, layer);
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
        if (done > 0) rest += run->seconds[s] / done * (n_layers - done);
    }
    if (layer > 0 || step + 1 == run->plan->n_steps) {
        char span[32];
        vv_clock_span(rest, span, sizeof span);
        snprintf(left, sizeof left, "  (about %s left)", span);
    }
    vv_log_info(run->context.log, "%-12s %d/%d %s  %s%s", it->stage->name, layer + 1, n_layers,
                run->context.layer_names[layer], spent, left);
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
    const double begin = vv_clock_seconds();
    const enum vv_status st = run_step(run, step, layer);
    run->context.progress = NULL;
    if (st == VV_STOPPED) return st;
    if (st) return vv_error_context("%s", text);
    const double seconds = vv_clock_seconds() - begin;
    run->seconds[step] += seconds;
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

enum vv_status vv_run_execute(struct vv_run *run)
{
    for (int layer = 0; layer < run->context.n_layers; layer++) {
        bool read = false;
        for (int s = 0; s < run->plan->n_steps; s++) {
            if (run->plan->steps[s].stage->scope != VV_PER_LAYER) continue;
            VV_TRY(timed_step(run, s, layer));
            if (!read) read_ahead(run, layer + 1); /* the first step has read this one */
            read = true;
        }
    }
    for (int s = 0; s < run->plan->n_steps; s++)
        if (run->plan->steps[s].stage->scope == VV_ALL_LAYERS) VV_TRY(timed_step(run, s, -1));
    return VV_OK;
}
