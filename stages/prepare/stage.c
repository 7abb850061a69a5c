/* SPDX-License-Identifier: MIT */
/* prepare: centring, standardizing, unit norm. Nothing is on by default: each changes distances. */
#include <math.h>
#include <string.h>

#include "data/columns.h"
#include "pipeline.h"
#include "stages/prepare/core.h"

struct prepare_config {
    bool center, standardize, unit_norm;
};

#define AT(field) offsetof(struct prepare_config, field)

static const struct vv_param params[] = {
    {.key = "center", .type = VV_PARAM_BOOL, .offset = AT(center), .standard = "false",
     .help = "subtract the mean of each feature"},
    {.key = "standardize", .type = VV_PARAM_BOOL, .offset = AT(standardize), .standard = "false",
     .help = "subtract the mean and divide by the standard deviation (1/n) of each feature; "
             "constant features become 0"},
    {.key = "unit_norm", .type = VV_PARAM_BOOL, .offset = AT(unit_norm), .standard = "false",
     .help = "then divide each row by its Euclidean norm"},
    {.key = NULL},
};

static const struct vv_port inputs[] = {{.name = "activations", .kind = VV_MATRIX},
                                        {.name = NULL}};
static const struct vv_port outputs[] = {{.name = "activations", .kind = VV_MATRIX},
                                         {.name = "prepare", .kind = VV_TABLE},
                                         {.name = NULL}};

static void check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct prepare_config *c = config;
    shape->type = VV_FLOAT64;
    shape->prepared = true;
    if (!c->center && !c->standardize && !c->unit_norm)
        vv_diagnostics_add_key(d, "stages.prepare",
                               "nothing to do; set center, standardize or unit_norm to true, or "
                               "leave the stage out");
}

static void estimate(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    (void)config;
    const double values = (double)shape->n * (double)shape->n_cols;
    cost->flops = 10.0 * values;
    const double rows = ceil((double)shape->n / shape->size) * (double)shape->n_cols * 8.0;
    cost->bytes_output = (shape->on_disk ? 0.0 : rows) + 8.0 * (double)shape->n;
    if (!shape->on_disk) return;
    cost->bytes_memory = 2.0 * VV_COOL_BYTES;
    cost->bytes_scratch = rows;
}

static enum vv_status copy_samples(const struct vv_matrix *from, struct vv_matrix *to)
{
    if (!from->sample) return VV_OK;
    to->sample = vv_mem_new(from->layout.n, sizeof *to->sample, "sample numbers");
    if (!to->sample) return VV_MEMORY;
    memcpy(to->sample, from->sample, (size_t)from->layout.n * sizeof *to->sample);
    return VV_OK;
}

/* Collective. What to subtract from and to multiply each feature with. mean, scale: [n_cols] */
static enum vv_status statistics(struct vv_context *ctx, const struct prepare_config *c,
                                 const struct vv_matrix *m, double *mean, double *scale,
                                 int64_t *n_constant)
{
    for (int64_t j = 0; j < m->n_cols; j++) {
        mean[j] = 0.0;
        scale[j] = 1.0;
    }
    if (c->center || c->standardize) VV_TRY(vv_columns_mean(ctx->comm, m, mean));
    if (!c->standardize) return VV_OK;
    VV_TRY(vv_columns_variance(ctx->comm, m, mean, scale));
    double *low = vv_mem_new(2 * m->n_cols, sizeof *low, "ranges of the features");
    const enum vv_status st = vv_agree(ctx->comm, low ? VV_OK : VV_MEMORY);
    if (!st) {
        vv_columns_range(ctx->comm, m, low, low + m->n_cols);
        *n_constant = vv_prepare_scales(low, low + m->n_cols, scale, m->n_cols);
    }
    vv_mem_free(low);
    return st;
}

/* Local. Refuses what has no direction or overflowed. */
static enum vv_status transform(const struct prepare_config *c, const struct vv_matrix *from,
                                const double *mean, const double *scale, struct vv_matrix *to)
{
    for (int64_t i = 0; i < from->n_local; i++) {
        double *const row = (double *)to->rows + i * to->n_cols;
        const long long sample =
            (long long)vv_sample_of(from->sample, vv_layout_first(&from->layout) + i);
        vv_matrix_row_f64(from, i, row);
        if (c->center || c->standardize) vv_prepare_affine(row, from->n_cols, mean, scale);
        if (c->unit_norm && !vv_prepare_unit(row, from->n_cols)) {
            vv_fail(VV_INPUT, "row %lld is zero and cannot be given unit norm", sample);
            return vv_error_hint("leave unit_norm off, or leave this sample out");
        }
        for (int64_t j = 0; j < from->n_cols; j++)
            if (!isfinite(row[j]))
                return vv_fail(VV_INPUT, "feature %lld of row %lld exceeds float64", (long long)j,
                               sample);
        vv_matrix_passed(from, i);
        vv_matrix_passed(to, i);
    }
    return VV_OK;
}

static enum vv_status tabulate(const struct prepare_config *c, int64_t n_constant,
                               struct vv_table *t)
{
    VV_TRY(vv_table_add_i64(t, "prepare/centered", "1", "1 when the mean row was subtracted",
                            c->center || c->standardize));
    VV_TRY(vv_table_add_i64(t, "prepare/standardized", "1",
                            "1 when features were divided by their standard deviation",
                            c->standardize));
    VV_TRY(vv_table_add_i64(t, "prepare/unit_norm", "1", "1 when rows were given unit norm",
                            c->unit_norm));
    return vv_table_add_i64(t, "prepare/n_zeroed_features", "1",
                            "constant features, set to 0 by standardizing", n_constant);
}

static enum vv_status run(struct vv_context *ctx, const void *config, const struct vv_inputs *in,
                          struct vv_artifact *out)
{
    const struct prepare_config *c = config;
    const struct vv_matrix *from = &in->items[0][0]->matrix;
    struct vv_matrix *to = &out[0].matrix;
    int64_t n_constant = 0;
    double *mean = vv_mem_new(from->n_cols, sizeof *mean, "feature means");
    double *scale = vv_mem_new(from->n_cols, sizeof *scale, "feature scales");
    enum vv_status st = mean && scale ? VV_OK : VV_MEMORY;
    if (!st) st = vv_matrix_init_in(to, ctx->scratch, from->layout, from->n_cols, VV_FLOAT64);
    if (!st) st = copy_samples(from, to);
    if ((st = vv_agree(ctx->comm, st))) goto done;
    if ((st = statistics(ctx, c, from, mean, scale, &n_constant))) goto done;
    st = transform(c, from, mean, scale, to);
    if (!st) st = tabulate(c, n_constant, &out[1].table);
    st = vv_agree(ctx->comm, st);
done:
    vv_mem_free(mean);
    vv_mem_free(scale);
    return st;
}

extern const struct vv_stage vv_stage_prepare;
const struct vv_stage vv_stage_prepare = {
    .name = "prepare",
    .summary = "centers, standardizes, or normalises the rows of a layer",
    .version = 1,
    .scope = VV_PER_LAYER,
    .inputs = inputs,
    .outputs = outputs,
    .params = params,
    .config_size = sizeof(struct prepare_config),
    .check = check,
    .estimate = estimate,
    .run = run,
};
