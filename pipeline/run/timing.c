/* SPDX-License-Identifier: MIT */
#include "run/timing.h"

#include <math.h>

#include "base/clock.h"
#include "base/mem.h"
#include "dist/agree.h"

enum vv_status vv_timing_init(struct vv_timing *t, int n_steps, int n_layers)
{
    static const char what[] = "timings";
    *t = (struct vv_timing){.n_steps = n_steps, .n_layers = n_layers, .began = vv_clock_seconds()};
    t->seconds = vv_mem_new(n_steps, sizeof *t->seconds, what);
    t->waited = vv_mem_new(n_steps, sizeof *t->waited, what);
    t->by_layer = vv_mem_new((int64_t)n_steps * n_layers, sizeof *t->by_layer, what);
    t->reused = vv_mem_new(n_steps, sizeof *t->reused, what);
    if (!t->seconds || !t->waited || !t->by_layer || !t->reused) return VV_MEMORY;
    for (int64_t i = 0; i < (int64_t)n_steps * n_layers; i++) t->by_layer[i] = NAN;
    return VV_OK;
}

void vv_timing_release(struct vv_timing *t)
{
    vv_mem_free(t->seconds);
    vv_mem_free(t->waited);
    vv_mem_free(t->by_layer);
    vv_mem_free(t->reused);
    *t = (struct vv_timing){.n_steps = 0};
}

void vv_timing_add(struct vv_timing *t, int step, int layer, double seconds, double waited)
{
    t->seconds[step] += seconds;
    t->waited[step] += waited;
    if (layer < 0) return;
    double *const of_layer = &t->by_layer[(int64_t)step * t->n_layers + layer];
    *of_layer = (isnan(*of_layer) ? 0.0 : *of_layer) + seconds;
}

void vv_timing_reuse(struct vv_timing *t, int step)
{
    t->reused[step]++;
}

struct columns {
    struct vv_column *stage, *version, *seconds, *mean, *most, *reused, *layer, *by_layer;
};

static enum vv_status add_columns(const struct vv_timing *t, int n, struct vv_table *table, struct columns *c)
{
    static const char dim[] = "provenance/stage";
    const struct {
        const char *name, *long_name, *units, *description;
        enum vv_value type;
        struct vv_column **column;
    } specs[] = {
        {dim, "stage", "1", "stages, in the order in which they ran", VV_TEXT, &c->stage},
        {"provenance/stage_version", "version of the stage", "1", "raised when a stage's numbers change", VV_I64,
         &c->version},
        {"provenance/seconds", "time", "s", "time spent in each stage, all layers", VV_F64, &c->seconds},
        {"provenance/wait_mean", "mean wait", "s",
         "of which ranks waited for others at sync points, mean over ranks", VV_F64, &c->mean},
        {"provenance/wait_most", "longest wait", "s", "the same of the rank that waited longest", VV_F64, &c->most},
        {"provenance/reused", "reused", "1",
         "layers whose products came from the cache; 1 for a stage that runs once for all of them", VV_I64, &c->reused},
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        const struct vv_column_spec spec = {.name = specs[i].name, .long_name = specs[i].long_name,
                                            .units = specs[i].units, .description = specs[i].description,
                                            .type = specs[i].type, .dims = {{dim, n}}};
        VV_TRY(vv_table_add(table, &spec, specs[i].column));
    }
    /* Layers by a name of their own: what refers to /layer from here would show there. */
    static const char layer[] = "provenance/layer";
    const struct vv_column_spec names = {.name = layer, .long_name = "layer", .units = "1",
                                         .description = "name of the layer", .type = VV_TEXT,
                                         .dims = {{layer, t->n_layers}}};
    const struct vv_column_spec times = {
        .name = "provenance/layer_seconds", .long_name = "time of a layer", .units = "s",
        .description = "time spent in each stage for each layer; missing where it was reused or runs for all layers "
                       "at once",
        .type = VV_F64, .dims = {{layer, t->n_layers}, {dim, n}}};
    VV_TRY(vv_table_add(table, &names, &c->layer));
    return vv_table_add(table, &times, &c->by_layer);
}

enum vv_status vv_timing_tabulate(const struct vv_timing *t, struct vv_comm *c, const struct vv_plan *plan, int n,
                                  char *const *layer_names, struct vv_table *table)
{
    enum { MICRO = 1000000 };
    struct columns column = {.stage = NULL};
    int64_t *const waits = vv_mem_new(2 * (int64_t)n, sizeof *waits, "waits"); /* microseconds: sum, most */
    enum vv_status st = waits ? add_columns(t, n, table, &column) : VV_MEMORY;
    for (int l = 0; !st && l < t->n_layers; l++) st = vv_column_set_text(column.layer, l, layer_names[l]);
    for (int s = 0; !st && s < n; s++) {
        st = vv_column_set_text(column.stage, s, plan->steps[s].stage->name);
        waits[s] = waits[n + s] = (int64_t)llround(MICRO * t->waited[s]);
    }
    if (!(st = vv_agree(c, st))) {
        vv_comm_sum_i64(c, waits, n);
        vv_comm_max_i64(c, waits + n, n);
        for (int s = 0; s < n; s++) {
            column.version->i64[s] = plan->steps[s].stage->version;
            column.seconds->f64[s] = t->seconds[s];
            column.mean->f64[s] = (double)waits[s] / MICRO / vv_comm_size(c);
            column.most->f64[s] = (double)waits[n + s] / MICRO;
            column.reused->i64[s] = t->reused[s];
            for (int l = 0; l < t->n_layers; l++)
                column.by_layer->f64[(int64_t)l * n + s] = t->by_layer[(int64_t)s * t->n_layers + l];
        }
        st = vv_agree(c, vv_table_add_f64(table, "provenance/elapsed", "s",
                                          "from the beginning of the first stage until the report was written",
                                          vv_clock_seconds() - t->began));
    }
    vv_mem_free(waits);
    return st;
}
