/* SPDX-License-Identifier: MIT */
#include "run/store.h"

#include "base/mem.h"
#include "io/neighbors_file.h"
#include "io/samples_file.h"

static int n_items(const struct vv_store *s, int step)
{
    return s->plan->steps[step].stage->scope == VV_PER_LAYER ? s->n_layers : 1;
}

enum vv_status vv_store_init(struct vv_store *s, const struct vv_plan *plan, const char *directory,
                             int n_layers, char *const *layer_names)
{
    *s = (struct vv_store){.plan = plan,
                           .directory = directory,
                           .n_layers = n_layers,
                           .layer_names = layer_names};
    s->products = vv_mem_new(plan->n_steps, sizeof *s->products, "products");
    s->stacked = vv_mem_new(plan->n_steps, sizeof *s->stacked, "tables");
    if (!s->products || !s->stacked) return VV_MEMORY;
    for (int i = 0; i < plan->n_steps; i++) {
        const struct vv_step *it = &plan->steps[i];
        s->stacked[i] = (struct vv_artifact){.kind = VV_TABLE, .layer = -1};
        for (int o = 0; o < it->n_outputs; o++) {
            const int n = n_items(s, i);
            struct vv_artifact *items = vv_mem_new(n, sizeof *items, "products");
            if (!(s->products[i][o] = items)) return VV_MEMORY;
            for (int l = 0; l < n; l++) {
                items[l].kind = it->stage->outputs[o].kind;
                items[l].layer = it->stage->scope == VV_PER_LAYER ? l : -1;
                items[l].layer_name = it->stage->scope == VV_PER_LAYER ? layer_names[l] : NULL;
            }
        }
    }
    return VV_OK;
}

void vv_store_release(struct vv_store *s)
{
    for (int i = 0; s->products && i < s->plan->n_steps; i++)
        for (int o = 0; o < VV_MAX_PORTS && s->products[i][o]; o++) {
            for (int l = 0; l < n_items(s, i); l++) vv_artifact_release(&s->products[i][o][l]);
            vv_mem_free(s->products[i][o]);
        }
    for (int i = 0; s->stacked && i < s->plan->n_steps; i++) vv_artifact_release(&s->stacked[i]);
    vv_mem_free(s->products);
    vv_mem_free(s->stacked);
    *s = (struct vv_store){.plan = NULL};
}

struct vv_artifact *vv_store_product(struct vv_store *s, int step, int port, int layer)
{
    return &s->products[step][port][n_items(s, step) > 1 ? layer : 0];
}

enum vv_status vv_store_publish(struct vv_store *s, struct vv_comm *c, int step, int layer)
{
    const struct vv_step *it = &s->plan->steps[step];
    for (int o = 0; o < it->n_outputs; o++) {
        struct vv_artifact *a = vv_store_product(s, step, o, layer);
        if (a->kind == VV_NEIGHBORS)
            VV_TRY(vv_neighbors_file_publish(c, &a->neighbors, s->directory,
                                             it->stage->name, a->layer_name));
        if (a->kind == VV_SAMPLES)
            VV_TRY(vv_samples_file_publish(c, &a->samples, s->directory, it->stage->name, a->layer_name));
    }
    return VV_OK;
}

void vv_store_tidy(struct vv_store *s, int step, int layer)
{
    for (int i = 0; i <= step; i++) {
        const struct vv_step *it = &s->plan->steps[i];
        for (int o = 0; it->stage->scope == VV_PER_LAYER && o < it->n_outputs; o++) {
            struct vv_artifact *a = vv_store_product(s, i, o, layer);
            if (it->last_use[o] > step) continue;
            /* ALL_LAYERS steps read neighbor tables from their files */
            if (a->kind == VV_NEIGHBORS) vv_neighbors_release_arrays(&a->neighbors);
            if (a->kind == VV_SAMPLES) vv_samples_release_arrays(&a->samples);
            if (a->kind == VV_MATRIX && !it->used_by_all[o]) vv_matrix_release(&a->matrix);
        }
    }
}

static int table_port(const struct vv_step *it)
{
    for (int o = 0; o < it->n_outputs; o++)
        if (it->stage->outputs[o].kind == VV_TABLE) return o;
    return -1;
}

enum vv_status vv_store_table(struct vv_store *s, int step, const struct vv_artifact **table)
{
    const struct vv_step *it = &s->plan->steps[step];
    const int port = table_port(it);
    *table = NULL;
    if (port < 0) return VV_OK;
    if (it->stage->scope == VV_ALL_LAYERS) {
        *table = vv_store_product(s, step, port, 0);
        return VV_OK;
    }
    struct vv_table *stacked = &s->stacked[step].table;
    if (stacked->n_columns == 0) {
        const struct vv_table **parts = vv_mem_new(s->n_layers, sizeof *parts, "tables");
        if (!parts) return VV_MEMORY;
        for (int l = 0; l < s->n_layers; l++)
            parts[l] = &vv_store_product(s, step, port, l)->table;
        const enum vv_status st = vv_table_stack(parts, s->n_layers, stacked);
        vv_mem_free(parts);
        if (st) return st;
    }
    *table = &s->stacked[step];
    return VV_OK;
}
