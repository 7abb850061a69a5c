/* SPDX-License-Identifier: MIT */
#include "run/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "neighbors/forecast.h"

static int count_ports(const struct vv_port *ports)
{
    int n = 0;
    while (ports && ports[n].name) n++;
    return n;
}

/* The nearest earlier step with an output of that name, or what the runner itself provides. */
static struct vv_wire find_producer(const struct vv_plan *plan, int step, const struct vv_port *p)
{
    static const struct { const char *name; int stage; } given[] = {
        {"source", VV_FROM_SOURCE}, {"stored_tables", VV_FROM_SOURCE}, {"labels", VV_FROM_LABELS},
        {"tables", VV_FROM_TABLES}, {"others", VV_FROM_OTHERS}};
    if (plan->shape.n_stored > 0 && strcmp(p->name, "source") == 0) return (struct vv_wire){VV_FROM_NOWHERE, 0};
    for (int s = step - 1; s >= 0; s--)
        for (int o = 0; o < plan->steps[s].n_outputs; o++)
            if (strcmp(plan->steps[s].stage->outputs[o].name, p->name) == 0)
                return (struct vv_wire){s, o};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (strcmp(given[i].name, p->name) == 0) return (struct vv_wire){given[i].stage, 0};
    return (struct vv_wire){VV_FROM_NOWHERE, 0};
}

/* Who could provide the product, for the hint: a stage that can be switched on. */
static const char *possible_producer(const char *product)
{
    for (int i = 0; i < VV_N_STAGES; i++)
        for (const struct vv_port *o = vv_registry[i]->outputs; o && o->name && !vv_registry[i]->section; o++)
            if (strcmp(o->name, product) == 0) return vv_registry[i]->name;
    return "?";
}

static bool is_of_rows(const struct vv_port *port)
{
    return strcmp(port->name, "activations") == 0 || strcmp(port->name, "source") == 0;
}

static void wire(struct vv_plan *plan, int step, struct vv_diagnostics *d)
{
    struct vv_step *it = &plan->steps[step];
    for (int i = 0; i < it->n_inputs; i++) {
        const struct vv_port *port = &it->stage->inputs[i];
        const struct vv_wire w = find_producer(plan, step, port);
        it->inputs[i] = w;
        if (w.stage == VV_FROM_NOWHERE && !port->optional && is_of_rows(port) && plan->shape.n_stored > 0)
            vv_diagnostics_add_key(d, it->key, "needs the rows of the layers, but input.neighbors gives neighbor "
                                   "tables only; leave it out, or give input.layers");
        else if (w.stage == VV_FROM_NOWHERE && !port->optional)
            vv_diagnostics_add_key(d, it->key,
                                   "needs '%s', which no enabled stage provides; add '%s: {}' "
                                   "under stages",
                                   port->name, possible_producer(port->name));
        if (w.stage < 0) continue;
        struct vv_step *producer = &plan->steps[w.stage];
        if (it->stage->scope == VV_PER_LAYER) producer->last_use[w.port] = step;
        else producer->used_by_all[w.port] = true;
    }
}

static void add_step(struct vv_plan *plan, const struct vv_settings *s, int stage)
{
    struct vv_step *it = &plan->steps[plan->n_steps];
    it->stage = vv_registry[stage];
    it->config = vv_settings_stage(s, stage);
    snprintf(it->key, sizeof it->key, "%s%s", it->stage->section ? "" : "stages.",
             it->stage->section ? it->stage->section : it->stage->name);
    it->n_inputs = count_ports(it->stage->inputs);
    it->n_outputs = count_ports(it->stage->outputs);
    for (int o = 0; o < it->n_outputs; o++) it->last_use[o] = plan->n_steps;
    plan->n_steps++;
}

/* Peak of the layer loop: all outputs of one layer's steps at once is the upper bound that holds
 * whatever the release order; products kept for later count once per layer. */
static double peak_memory(const struct vv_plan *plan)
{
    double held = 0.0, work = 0.0;
    double kept = 4.0 * (double)plan->shape.n * plan->shape.n_label_sets; /* labels, on every rank */
    for (int i = 0; i < plan->n_steps; i++) {
        const struct vv_step *it = &plan->steps[i];
        if (it->stage->scope == VV_PER_LAYER) held += it->cost.bytes_output;
        else kept += it->cost.bytes_output;
        kept += it->cost.bytes_kept * plan->shape.n_layers;
        if (it->cost.bytes_memory > work) work = it->cost.bytes_memory;
    }
    return held + work + kept;
}

static void estimate(struct vv_plan *plan)
{
    plan->bytes_scratch = 0.0;
    for (int i = 0; i < plan->n_steps; i++) {
        struct vv_step *const it = &plan->steps[i];
        it->cost = (struct vv_cost){.flops = 0.0};
        if (it->stage->estimate) it->stage->estimate(it->config, &plan->shape, &it->cost);
        plan->bytes_scratch += it->cost.bytes_scratch;
    }
    plan->bytes_peak = peak_memory(plan);
}

enum vv_status vv_plan_init(struct vv_plan *plan, const struct vv_settings *s, const char *until,
                            const struct vv_shape *shape, struct vv_diagnostics *d)
{
    *plan = (struct vv_plan){.shape = *shape};
    plan->steps = vv_mem_new(VV_N_STAGES, sizeof *plan->steps, "plan");
    if (!plan->steps) return VV_MEMORY;
    const int last = until ? vv_registry_find(until) : VV_N_STAGES;
    if (until && last < 0) {
        const char *near = vv_registry_suggest(until);
        vv_diagnostics_add(d, NULL, "--until: no stage '%s'%s%s%s", until,
                           near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    for (int scope = VV_PER_LAYER; scope <= VV_ALL_LAYERS; scope++)
        for (int i = 0; i < VV_N_STAGES; i++)
            if ((int)vv_registry[i]->scope == scope && vv_settings_enabled(s, i) &&
                (i <= last || i == VV_STAGE_report))
                add_step(plan, s, i);
    for (int i = 0; i < plan->n_steps; i++) {
        wire(plan, i, d);
        const struct vv_stage *stage = plan->steps[i].stage;
        if (stage->check) stage->check(plan->steps[i].config, &plan->shape, d);
    }
    if (d->n > 0) return VV_OK; /* it will not be carried out; shapes may be such that nothing can be told */
    estimate(plan);
    const double in_memory = plan->bytes_peak;
    if (plan->shape.memory > 0 && in_memory > (double)plan->shape.memory) {
        plan->shape.on_disk = true; /* slower, but it may fit */
        estimate(plan);
    }
    if (plan->bytes_peak > in_memory) { /* few rows: files need more than they spare */
        plan->shape.on_disk = false;
        estimate(plan);
    }
    return VV_OK;
}

void vv_plan_release(struct vv_plan *plan)
{
    vv_mem_free(plan->steps);
    *plan = (struct vv_plan){.n_steps = 0};
}

enum vv_status vv_plan_fits(const struct vv_plan *plan, int64_t memory)
{
    if (memory <= 0 || plan->bytes_peak <= (double)memory) return VV_OK;
    char need[32], have[32];
    vv_text_from_size(plan->bytes_peak, need, sizeof need);
    vv_text_from_size((double)memory, have, sizeof have);
    vv_fail(VV_MEMORY, "the run needs about %s on each rank%s, but resources.memory is %s", need,
            plan->shape.on_disk ? " even with its rows in files" : "", have);
    return vv_error_hint("use more ranks (varve plan --ranks N tells), or raise the budget");
}

const char *vv_plan_width(const struct vv_shape *shape, char text[64])
{
    if (shape->n_stored > 0) snprintf(text, 64, "up to %d stored neighbors", shape->k);
    else snprintf(text, 64, "up to %lld features", (long long)shape->n_cols);
    return text;
}

static void write_inputs(const struct vv_plan *plan, const struct vv_step *it,
                         struct vv_strbuf *out)
{
    for (int i = 0; i < it->n_inputs; i++) {
        const struct vv_wire w = it->inputs[i];
        const char *const name = it->stage->inputs[i].name;
        vv_strbuf_puts(out, i ? ", " : "");
        if (w.stage >= 0) vv_strbuf_addf(out, "%s from %s", name, plan->steps[w.stage].stage->name);
        else vv_strbuf_addf(out, "%s%s", name, w.stage == VV_FROM_NOWHERE ? " (absent)" : "");
    }
}

void vv_plan_write(const struct vv_plan *plan, const struct vv_settings *s, bool verbose,
                   struct vv_strbuf *out)
{
    const struct vv_shape *shape = &plan->shape;
    char memory[32], sent[32], files[32], width[64];
    vv_strbuf_addf(out, "%s: %d layers, %lld samples, %s, on %d rank%s of %d thread%s\n\n",
                   vv_settings_head(s)->name, shape->n_layers, (long long)shape->n, vv_plan_width(shape, width),
                   shape->size, shape->size == 1 ? "" : "s", shape->threads, shape->threads == 1 ? "" : "s");
    vv_strbuf_addf(out, "%-13s %-10s %9s %9s %12s %12s %12s  %s\n", "stage", "runs", "Gflop", "time",
                   "memory/rank", "sent/rank", "files", "reads");
    for (int i = 0; i < plan->n_steps; i++) {
        const struct vv_step *it = &plan->steps[i];
        const int times = it->stage->scope == VV_PER_LAYER ? shape->n_layers : 1;
        char runs[32], span[32] = "";
        if (it->cost.seconds > 0.0) vv_clock_span(times * it->cost.seconds, span, sizeof span);
        snprintf(runs, sizeof runs, times > 1 ? "%d times" : "once", times);
        vv_text_from_size(it->cost.bytes_memory + it->cost.bytes_output, memory, sizeof memory);
        vv_text_from_size(times * it->cost.bytes_sent, sent, sizeof sent);
        vv_text_from_size(times * (it->cost.bytes_read + it->cost.bytes_written), files,
                          sizeof files);
        vv_strbuf_addf(out, "%-13s %-10s %9.3g %9s %12s %12s %12s  ", it->stage->name, runs,
                       1e-9 * times * it->cost.flops, span, memory, sent, files);
        write_inputs(plan, it, out);
        vv_strbuf_puts(out, "\n");
    }
    vv_text_from_size(plan->bytes_peak, memory, sizeof memory);
    vv_strbuf_addf(out, "\npeak memory of one rank: about %s for data, beside the program's own\n",
                   memory);
    if (shape->rates)
        vv_strbuf_addf(out, "times: of the search only, by what one thread did here just now (%.0f Gflop/s), for "
                       "ranks\nwith cores like these and a network that carries %.2g GB/s for each rank\n",
                       2e-9 / shape->rates->product[vv_rates_width(shape->n_cols)],
                       1e-9 * shape->rates->bytes * shape->threads);
    if (plan->shape.on_disk) {
        vv_text_from_size(plan->bytes_scratch, memory, sizeof memory);
        vv_strbuf_addf(out, "more than resources.memory would be needed to hold the rows: they go to files of "
                       "about\n%s for each rank, in resources.scratch\n", memory);
    }
    if (verbose) {
        vv_strbuf_puts(out, "\neffective configuration:\n");
        vv_settings_write(s, true, out);
    }
}
