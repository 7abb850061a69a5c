/* SPDX-License-Identifier: MIT */
#include "stages/id/settings.h"

#include <math.h>

#include "neighbors/search.h"
#include "stages/id/measure.h"
#include "stages/id/spectrum.h"

#define AT(field) offsetof(struct vv_id_config, field)

static const char *const estimator_names[] = {"twonn", "gride", "decimation", "blocks", "twonn_bayes",
                                               "mle", "abide", "pca", "binomial", NULL};
static const char *const reported_names[] = {"twonn", "twonn_ml", "gride", "twonn_bayes", "abide", NULL};

static const struct vv_param decimation_params[] = {
    {.key = "halvings", .type = VV_PARAM_INT,
     .offset = AT(decimation.halvings) - AT(decimation), .standard = "5", .minimum = 1,
     .maximum = 30, .help = "subsets of n/2, n/4, ... rows; stops at 10 rows"},
    {.key = "repetitions", .type = VV_PARAM_INT,
     .offset = AT(decimation.repetitions) - AT(decimation), .standard = "4", .minimum = 1,
     .maximum = 1000, .help = "random subsets at each size (n/2: at most 2, n/4: at most 4, ...)"},
    {.key = NULL},
};

#define FIELD(section, field) (AT(section.field) - AT(section))

static const struct vv_param blocks_params[] = {
    {.key = "counts", .type = VV_PARAM_INTS, .offset = FIELD(blocks, counts), .standard = "[1, 2, 4, 8, 16]",
     .minimum = 1, .maximum = 10000, .help = "numbers of blocks, ascending"},
    {.key = NULL},
};

static const struct vv_param prior_params[] = {
    {.key = "shape", .type = VV_PARAM_FLOAT, .offset = FIELD(prior, shape), .standard = "2", .minimum = 1e-9,
     .maximum = 1e9, .help = "of the Gamma distribution"},
    {.key = "rate", .type = VV_PARAM_FLOAT, .offset = FIELD(prior, rate), .standard = "5", .minimum = 0,
     .maximum = 1e9, .help = "of the Gamma distribution"},
    {.key = NULL},
};

static const struct vv_param mle_params[] = {
    {.key = "k", .type = VV_PARAM_INTS, .offset = FIELD(mle, k), .standard = "[10, 20]", .minimum = 2,
     .maximum = 1000, .help = "neighborhood sizes, ascending; missing where knn.k is smaller"},
    {.key = NULL},
};

static const struct vv_param binomial_params[] = {
    {.key = "k", .type = VV_PARAM_INTS, .offset = FIELD(binomial, k), .standard = "[10, 20]", .minimum = 2,
     .maximum = 1000, .help = "neighborhood sizes, ascending; missing where knn.k is smaller"},
    {.key = "ratio", .type = VV_PARAM_FLOAT, .offset = FIELD(binomial, ratio), .standard = "0", .minimum = 0,
     .maximum = 0.999, .help = "as in abide; 0: the best for the dimension of TwoNN (fit)"},
    {.key = NULL},
};

static const struct vv_param abide_params[] = {
    {.key = "iterations", .type = VV_PARAM_INT, .offset = FIELD(abide, iterations), .standard = "5", .minimum = 1,
     .maximum = MOST_ITERATIONS, .help = "of k* from the dimension and the dimension from k*"},
    {.key = "significance", .type = VV_PARAM_FLOAT, .offset = FIELD(abide, significance), .standard = "1e-6",
     .minimum = 1e-300, .maximum = 0.5,
     .help = "of the test that ends a neighborhood: smaller, larger neighborhoods"},
    {.key = "start", .type = VV_PARAM_FLOAT, .offset = FIELD(abide, start), .standard = "0", .minimum = 0,
     .maximum = 1e4, .help = "dimension to begin with; 0: that of TwoNN (fit)"},
    {.key = "ratio", .type = VV_PARAM_FLOAT, .offset = FIELD(abide, ratio), .standard = "0", .minimum = 0,
     .maximum = 0.999,
     .help = "radius in which neighbors are counted, as a share of that of the neighborhood; 0: the best for the "
             "dimension, min(0.975, 0.2032^(1/d))"},
    {.key = NULL},
};

static const struct vv_param pca_params[] = {
    {.key = "variance", .type = VV_PARAM_FLOAT, .offset = FIELD(pca, variance), .standard = "0.9", .minimum = 0.01,
     .maximum = 1, .help = "share of the variance that the components counted carry"},
    {.key = "limit", .type = VV_PARAM_INT, .offset = FIELD(pca, limit), .standard = "8192", .minimum = 0,
     .maximum = 46000,
     .help = "eigenvalues are computed, on one core, where samples or features are at most so many; the "
             "participation ratio always"},
    {.key = NULL},
};

static const struct vv_param reported_params[] = {
    {.key = "estimator", .type = VV_PARAM_CHOICE,
     .offset = AT(reported.estimator) - AT(reported), .standard = "gride",
     .choices = reported_names, .help = "the ID that the profile and the depth stage use"},
    {.key = "order", .type = VV_PARAM_INT, .offset = AT(reported.order) - AT(reported),
     .standard = "16", .minimum = 1, .maximum = 512,
     .help = "gride: its scale n1, a power of 2; the largest that the lists allow if they are "
             "shorter"},
    {.key = NULL},
};

const struct vv_param vv_id_params[] = {
    {.key = "estimators", .type = VV_PARAM_CHOICES, .offset = AT(estimators),
     .standard = "[twonn, gride, decimation]", .choices = estimator_names,
     .help = "what is computed besides the reported one"},
    {.key = "fraction", .type = VV_PARAM_FLOAT, .offset = AT(fraction), .standard = "0.9",
     .minimum = 0.01, .maximum = 0.999,
     .help = "TwoNN fit: share of the samples, those with the smallest ratios, that is fitted"},
    {.key = "range_max", .type = VV_PARAM_INT, .offset = AT(range_max), .standard = "64",
     .minimum = 2, .maximum = 1024,
     .help = "Gride: scales n1 = 1, 2, 4, ... as long as 2 n1 is within this (or needed for the reported "
             "order) and within knn.k"},
    {.key = "decimation", .type = VV_PARAM_SECTION, .offset = AT(decimation),
     .fields = decimation_params, .item_size = sizeof(((struct vv_id_config *)0)->decimation),
     .help = "TwoNN on random subsets: ID against scale"},
    {.key = "blocks", .type = VV_PARAM_SECTION, .offset = AT(blocks), .fields = blocks_params,
     .item_size = sizeof(((struct vv_id_config *)0)->blocks),
     .help = "TwoNN in disjoint blocks of the rows in random order: ID against scale"},
    {.key = "prior", .type = VV_PARAM_SECTION, .offset = AT(prior), .fields = prior_params,
     .item_size = sizeof(((struct vv_id_config *)0)->prior), .help = "twonn_bayes: prior on the dimension"},
    {.key = "mle", .type = VV_PARAM_SECTION, .offset = AT(mle), .fields = mle_params,
     .item_size = sizeof(((struct vv_id_config *)0)->mle), .help = "maximum likelihood of Levina and Bickel"},
    {.key = "binomial", .type = VV_PARAM_SECTION, .offset = AT(binomial), .fields = binomial_params,
     .item_size = sizeof(((struct vv_id_config *)0)->binomial),
     .help = "binomial estimator in neighborhoods of k rows"},
    {.key = "abide", .type = VV_PARAM_SECTION, .offset = AT(abide), .fields = abide_params,
     .item_size = sizeof(((struct vv_id_config *)0)->abide),
     .help = "binomial estimator in neighborhoods of constant density"},
    {.key = "pca", .type = VV_PARAM_SECTION, .offset = AT(pca), .fields = pca_params,
     .item_size = sizeof(((struct vv_id_config *)0)->pca), .help = "principal components"},
    {.key = "reported", .type = VV_PARAM_SECTION, .offset = AT(reported),
     .fields = reported_params, .item_size = sizeof(((struct vv_id_config *)0)->reported),
     .help = "which of the estimates counts as the ID of a layer; recorded in the report"},
    {.key = NULL},
};

int64_t vv_id_most_neighbors(const struct vv_id_config *c)
{
    const int64_t reported = c->reported.estimator == REPORT_GRIDE ? 2 * c->reported.order : 2;
    return c->range_max > reported ? c->range_max : reported;
}

int vv_id_count_scales(const struct vv_id_config *c, int64_t k)
{
    int n = 0;
    while (n < VV_ID_MOST_SCALES && (int64_t)2 << n <= vv_id_most_neighbors(c) && (int64_t)2 << n <= k)
        n++;
    return n;
}

int vv_id_reported_scale(const struct vv_id_config *c, int n_scales)
{
    int scale = 0;
    while (scale + 1 < n_scales && (int64_t)2 << scale <= c->reported.order) scale++;
    return scale;
}

static void check_ascending(const struct vv_ints *list, const char *key, struct vv_diagnostics *d)
{
    if (list->n == 0) vv_diagnostics_add_key(d, key, "give at least one");
    for (int i = 1; i < list->n; i++)
        if (list->v[i] <= list->v[i - 1])
            vv_diagnostics_add_key(d, key, "must ascend, but %lld comes after %lld", (long long)list->v[i],
                                   (long long)list->v[i - 1]);
}

void vv_id_check(const void *config, struct vv_shape *shape, struct vv_diagnostics *d)
{
    const struct vv_id_config *c = config;
    shape->dimension = true;
    if (shape->metric == VV_INNER_PRODUCT)
        vv_diagnostics_add_key(d, "stages.id", "needs distances, which inner products are not; set "
                               "stages.knn.metric to euclidean or cosine");
    if (shape->k == 1)
        vv_diagnostics_add_key(d, "stages.id", "needs 2 neighbors; set stages.knn.k to 2 or more");
    if (c->reported.order & (c->reported.order - 1))
        vv_diagnostics_add_key(d, "stages.id.reported.order", "must be a power of 2");
    check_ascending(&c->blocks.counts, "stages.id.blocks.counts", d);
    check_ascending(&c->mle.k, "stages.id.mle.k", d);
    check_ascending(&c->binomial.k, "stages.id.binomial.k", d);
    if ((c->estimators & ABIDE || c->reported.estimator == REPORT_ABIDE) && shape->k > 0 && shape->k < 5)
        vv_diagnostics_add_key(d, "stages.id.estimators",
                               "abide needs 5 neighbors; set stages.knn.k to 5 or more");
    if (shape->n_stored > 0 && c->estimators & (DECIMATION | BLOCKS | PCA))
        vv_diagnostics_add_key(d, "stages.id.estimators", "decimation, blocks and pca need the rows of the layers, but "
                               "input.neighbors gives neighbor tables only; leave them out, as in [twonn, gride, mle]");
}

/* Subsets of at most half the rows, searched anew where the lists do not cover them. */
static void estimate_subsets(const struct vv_id_config *c, const struct vv_shape *shape, struct vv_cost *cost)
{
    const double n = (double)shape->n, n_local = ceil(n / shape->size);
    const int64_t half = shape->n / 2;
    const double rows = n_local * (double)shape->n_cols * (double)vv_real_bytes(shape->type);
    const double own = c->estimators & BLOCKS ? 16.0 * n_local + 36.0 * n : 12.0 * n;
    cost->bytes_memory += (shape->on_disk ? 2.0 * VV_COOL_BYTES : rows) +
                          vv_neighbors_search_memory(half, shape->n_cols, shape->type, 2,
                                                     VV_EUCLIDEAN, shape->size, shape->threads,
                                                     shape->on_disk ? shape->memory : 0) + own;
    for (int i = 0; c->estimators & BLOCKS && i < c->blocks.counts.n; i++)
        if (shape->k < 12 * c->blocks.counts.v[i]) /* few rows of a block find none or one among so many */
            cost->flops += n * n * (double)shape->n_cols / (double)c->blocks.counts.v[i];
    if (shape->on_disk)
        cost->bytes_scratch += rows + vv_neighbors_search_scratch(half, 0, shape->n_cols, 2,
                                                                  VV_EUCLIDEAN, shape->size);
}

void vv_id_forecast(const void *config, const struct vv_shape *shape, struct vv_cost *cost)
{
    const struct vv_id_config *c = config;
    const double n = (double)shape->n, n_local = ceil(n / shape->size);
    const int n_scales = vv_id_count_scales(c, shape->k);
    cost->flops = 2e3 * n * n_scales;
    /* Radii and ratios; ratios of all rows, and twice with their groups while they are sorted. */
    cost->bytes_memory = 8.0 * n_local * (n_scales + 2) + n * (8.0 + 2.0 * 16.0);
    if (c->estimators & ABIDE || c->reported.estimator == REPORT_ABIDE) {
        cost->flops += 30.0 * n * shape->k * (double)(c->abide.iterations + 2);
        cost->bytes_memory = fmax(cost->bytes_memory, n_local * (20.0 * shape->k + 4.0) + 8.0 * (n + n_local));
        cost->bytes_sent += 8.0 * n * shape->k;
    }
    if (c->estimators & PCA) {
        cost->flops += vv_spectrum_flops(shape->n, shape->n_cols, c->pca.limit);
        cost->bytes_memory = fmax(cost->bytes_memory, vv_spectrum_memory(shape->n, shape->n_cols, c->pca.limit,
                                                                         shape->size));
    }
    if (c->estimators & (DECIMATION | BLOCKS)) estimate_subsets(c, shape, cost);
}

const char *vv_id_reported_name(const struct vv_id_config *c)
{
    return reported_names[c->reported.estimator];
}
