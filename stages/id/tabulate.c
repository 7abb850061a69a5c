/* SPDX-License-Identifier: MIT */
#include "stages/id/tabulate.h"

#include <stdio.h>
#include <string.h>

enum vv_status vv_id_column(struct vv_table *t, const char *name, const char *units, const char *description,
                            enum vv_value type, const char *dim, int n, struct vv_column **out)
{
    char long_name[160];
    struct vv_column_spec spec = {
        .name = name, .long_name = long_name, .units = units, .description = description,
        .type = type};
    const char *const rows = strstr(description, " over the rows");
    const size_t most = strcspn(description, ",:;("), n_shown = rows && (size_t)(rows - description) < most
                                                                    ? (size_t)(rows - description) : most;
    snprintf(long_name, sizeof long_name, "%.*s", (int)n_shown, description);
    for (size_t end = strlen(long_name); end > 0 && long_name[end - 1] == ' '; end--) long_name[end - 1] = '\0';
    if (dim) spec.dims[0] = (struct vv_dim){dim, n};
    return vv_table_add(t, &spec, out);
}

enum vv_status vv_id_tabulate_twonn(const struct vv_id_estimate *fit, const struct vv_id_estimate *ml,
                                    struct vv_table *t)
{
    VV_TRY(vv_table_add_f64(t, "id/twonn/value", "1",
                            "intrinsic dimension by TwoNN: straight line through the origin on "
                            "(ln mu, -ln(1 - F)), smallest ratios only (Facco et al. 2017)",
                            fit->value));
    VV_TRY(vv_table_add_f64(t, "id/twonn/std_error", "1",
                            "its standard error: delete-a-group jackknife, 32 groups",
                            fit->std_error));
    VV_TRY(vv_table_add_f64(t, "id/twonn/distance", "distance",
                            "scale: mean distance to the first and second neighbor",
                            fit->distance));
    VV_TRY(vv_table_add_i64(t, "id/twonn/n_used", "1",
                            "rows used: those with a nearest neighbor at a distance above zero",
                            fit->n_used));
    VV_TRY(vv_table_add_text(t, "id/twonn/note", "why there is no value, or empty",
                             vv_id_reason_text(fit->reason)));
    VV_TRY(vv_table_add_f64(t, "id/twonn_ml/value", "1",
                            "intrinsic dimension by TwoNN, unbiased maximum likelihood "
                            "(N - 1)/sum ln mu over all rows used", ml->value));
    return vv_table_add_f64(t, "id/twonn_ml/std_error", "1", "its standard error d/sqrt(N)",
                            ml->std_error);
}

enum vv_status vv_id_tabulate_gride(const struct vv_id_scale *scales, int n, struct vv_table *t)
{
    static const char dim[] = "id/gride/order";
    struct vv_column *order, *value, *error, *distance, *used, *filtered, *note;
    VV_TRY(vv_id_column(t, dim, "1", "n1: the scale; ratios of the distances to neighbors 2 n1 and n1",
                  VV_I64, dim, n, &order));
    VV_TRY(vv_id_column(t, "id/gride/value", "1",
                  "intrinsic dimension by Gride, bias-corrected likelihood (Denti et al. 2022)",
                  VV_F64, dim, n, &value));
    VV_TRY(vv_id_column(t, "id/gride/std_error", "1",
                  "its standard error from the observed Fisher information; neighborhoods that "
                  "overlap make it optimistic at large n1", VV_F64, dim, n, &error));
    VV_TRY(vv_id_column(t, "id/gride/distance", "distance",
                  "mean distance to neighbors n1 and 2 n1 over the rows used", VV_F64, dim, n,
                  &distance));
    VV_TRY(vv_id_column(t, "id/gride/n_used", "1",
                  "rows used: those with neighbor n1 at a distance above zero", VV_I64, dim, n,
                  &used));
    VV_TRY(vv_id_column(t, "id/gride/n_filtered", "1",
                  "of these, outliers left out of the root: mu - 1 >= q50 + 20 (q95 - q50)", VV_I64,
                  dim, n, &filtered));
    VV_TRY(vv_id_column(t, "id/gride/note", "1", "why there is no value, or empty", VV_TEXT, dim, n,
                  &note));
    for (int s = 0; s < n; s++) {
        order->i64[s] = (int64_t)1 << s;
        value->f64[s] = scales[s].e.value;
        error->f64[s] = scales[s].e.std_error;
        distance->f64[s] = scales[s].e.distance;
        used->i64[s] = scales[s].e.n_used;
        filtered->i64[s] = scales[s].n_filtered;
        VV_TRY(vv_column_set_text(note, s, vv_id_reason_text(scales[s].e.reason)));
    }
    return VV_OK;
}

enum vv_status vv_id_tabulate_bayes(const struct vv_id_estimate *e, double mode, struct vv_table *t)
{
    VV_TRY(vv_table_add_f64(t, "id/twonn_bayes/value", "1",
                            "intrinsic dimension by TwoNN: mean of the posterior with a Gamma prior", e->value));
    VV_TRY(vv_table_add_f64(t, "id/twonn_bayes/std_error", "1", "standard deviation of the posterior",
                            e->std_error));
    VV_TRY(vv_table_add_f64(t, "id/twonn_bayes/mode", "1", "where the posterior is highest", mode));
    return vv_table_add_text(t, "id/twonn_bayes/note", "why there is no value, or empty",
                             vv_id_reason_text(e->reason));
}

enum vv_status vv_id_tabulate_mle(const int64_t *ks, const struct vv_id_estimate *e, const double *averaged, int n,
                                  struct vv_table *t)
{
    static const char dim[] = "id/mle/k";
    struct vv_column *k, *value, *error, *plain, *distance, *used, *note;
    VV_TRY(vv_id_column(t, dim, "1", "k: neighbors that are used of each row", VV_I64, dim, n, &k));
    VV_TRY(vv_id_column(t, "id/mle/value", "1",
                        "intrinsic dimension by maximum likelihood (Levina & Bickel 2004), inverses averaged over "
                        "rows (MacKay & Ghahramani 2005)", VV_F64, dim, n, &value));
    VV_TRY(vv_id_column(t, "id/mle/std_error", "1",
                        "its standard error from the spread over rows; neighborhoods that overlap make it optimistic",
                        VV_F64, dim, n, &error));
    VV_TRY(vv_id_column(t, "id/mle/average", "1",
                        "without the correction: mean over rows of their own estimates, biased high by (k-1)/(k-2); "
                        "missing if all neighbors of a row are at one distance",
                        VV_F64, dim, n, &plain));
    VV_TRY(vv_id_column(t, "id/mle/distance", "distance", "mean distance to neighbor k over the rows used", VV_F64,
                        dim, n, &distance));
    VV_TRY(vv_id_column(t, "id/mle/n_used", "1",
                        "rows used: those with a nearest neighbor at a distance above zero", VV_I64, dim, n, &used));
    VV_TRY(vv_id_column(t, "id/mle/note", "1", "why there is no value, or empty", VV_TEXT, dim, n, &note));
    for (int i = 0; i < n; i++) {
        k->i64[i] = ks[i];
        value->f64[i] = e[i].value;
        error->f64[i] = e[i].std_error;
        plain->f64[i] = averaged[i];
        distance->f64[i] = e[i].distance;
        used->i64[i] = e[i].n_used;
        VV_TRY(vv_column_set_text(note, i, vv_id_reason_text(e[i].reason)));
    }
    return VV_OK;
}

enum vv_status vv_id_tabulate_binomial(const int64_t *ks, const struct vv_fixed_estimate *e, int n, double ratio,
                                       struct vv_table *t)
{
    static const char dim[] = "id/binomial/k";
    struct vv_column *k, *value, *error, *mean, *deviation, *distance, *note;
    VV_TRY(vv_id_column(t, dim, "1", "k: neighbors of a row that its neighborhood has", VV_I64, dim, n, &k));
    VV_TRY(vv_id_column(t, "id/binomial/value", "1",
                        "intrinsic dimension by the binomial estimator (Macocco et al. 2023), maximum likelihood",
                        VV_F64, dim, n, &value));
    VV_TRY(vv_id_column(t, "id/binomial/std_error", "1",
                        "its standard error from the Cramer-Rao bound; takes rows as independent", VV_F64, dim, n,
                        &error));
    VV_TRY(vv_id_column(t, "id/binomial/posterior_mean", "1", "mean of the posterior with a flat prior on ratio^d",
                        VV_F64, dim, n, &mean));
    VV_TRY(vv_id_column(t, "id/binomial/posterior_std", "1", "standard deviation of the posterior", VV_F64, dim, n,
                        &deviation));
    VV_TRY(vv_id_column(t, "id/binomial/distance", "distance", "mean distance to neighbor k over the rows used",
                        VV_F64, dim, n, &distance));
    VV_TRY(vv_id_column(t, "id/binomial/note", "1", "why there is no value, or empty", VV_TEXT, dim, n, &note));
    for (int i = 0; i < n; i++) {
        k->i64[i] = ks[i];
        value->f64[i] = e[i].e.value;
        error->f64[i] = e[i].e.std_error;
        mean->f64[i] = e[i].posterior;
        deviation->f64[i] = e[i].posterior_deviation;
        distance->f64[i] = e[i].e.distance;
        VV_TRY(vv_column_set_text(note, i, vv_id_reason_text(e[i].e.reason)));
    }
    return vv_table_add_f64(t, "id/binomial/ratio", "1",
                            "radius counted in, as a share of the distance to neighbor k", ratio);
}

/* The iterations, the start first. */
static enum vv_status tabulate_steps(const struct vv_abide_step *steps, int n_iterations, struct vv_table *t)
{
    static const char dim[] = "id/abide/iterations/iteration";
    const int n = n_iterations + 1;
    struct vv_column *iteration, *value, *error, *kstar, *ratio, *distance, *p;
    VV_TRY(vv_id_column(t, dim, "1", "iteration; 0 is the start, TwoNN (fit) unless one is given", VV_I64, dim, n,
                        &iteration));
    VV_TRY(vv_id_column(t, "id/abide/iterations/value", "1", "intrinsic dimension after it", VV_F64, dim, n,
                        &value));
    VV_TRY(vv_id_column(t, "id/abide/iterations/std_error", "1", "its standard error", VV_F64, dim, n, &error));
    VV_TRY(vv_id_column(t, "id/abide/iterations/mean_kstar", "1", "mean of k* with this dimension", VV_F64, dim, n,
                        &kstar));
    VV_TRY(vv_id_column(t, "id/abide/iterations/ratio", "1",
                        "radius counted in, as a share of the distance to neighbor k*", VV_F64, dim, n, &ratio));
    VV_TRY(vv_id_column(t, "id/abide/iterations/ks_distance", "1",
                        "Kolmogorov-Smirnov distance of the counts from the model", VV_F64, dim, n, &distance));
    VV_TRY(vv_id_column(t, "id/abide/iterations/p_value", "1", "probability of a larger one", VV_F64, dim, n, &p));
    for (int i = 0; i < n; i++) {
        iteration->i64[i] = i;
        value->f64[i] = steps[i].value;
        error->f64[i] = steps[i].std_error;
        kstar->f64[i] = steps[i].mean_kstar;
        ratio->f64[i] = steps[i].ratio;
        distance->f64[i] = steps[i].distance;
        p->f64[i] = steps[i].p_value;
    }
    return VV_OK;
}

enum vv_status vv_id_tabulate_abide(const struct vv_id_estimate *e, const struct vv_abide_step *steps,
                                    int n_iterations, struct vv_table *t)
{
    const struct vv_abide_step *const last = &steps[n_iterations];
    VV_TRY(vv_table_add_f64(t, "id/abide/value", "1",
                            "intrinsic dimension by ABIDE: binomial estimator within the k* neighbors of each row, "
                            "last iteration (Di Noia et al. 2024)", e->value));
    VV_TRY(vv_table_add_f64(t, "id/abide/std_error", "1",
                            "its standard error from the Cramer-Rao bound; takes rows as independent",
                            e->std_error));
    VV_TRY(vv_table_add_f64(t, "id/abide/distance", "distance", "scale: mean distance to neighbor k*",
                            e->distance));
    VV_TRY(vv_table_add_f64(t, "id/abide/mean_kstar", "1", "mean of k* with this dimension", last->mean_kstar));
    VV_TRY(vv_table_add_f64(t, "id/abide/ks_distance", "1",
                            "validation: Kolmogorov-Smirnov distance between the number of neighbors within "
                            "ratio * r_k* and the mixture of Binomial(k* - 1, ratio^d)", last->distance));
    VV_TRY(vv_table_add_f64(t, "id/abide/p_value", "1",
                            "validation: probability of a larger distance if the model holds and rows are "
                            "independent", last->p_value));
    VV_TRY(vv_table_add_i64(t, "id/abide/n_used", "1",
                            "rows used: those with a nearest neighbor at a distance above zero", e->n_used));
    VV_TRY(vv_table_add_text(t, "id/abide/note", "why there is no value, or empty",
                             vv_id_reason_text(e->reason)));
    return tabulate_steps(steps, n_iterations, t);
}

enum vv_status vv_id_tabulate_pca(const struct vv_spectrum_result *r, double variance, struct vv_table *t)
{
    VV_TRY(vv_table_add_f64(t, "id/pca/participation_ratio", "1",
                            "linear dimension (sum lambda)^2 / sum lambda^2 of the eigenvalues of the covariance",
                            r->participation_ratio));
    VV_TRY(vv_table_add_f64(t, "id/pca/n_components", "1",
                            "principal components, largest first, that carry the share id/pca/variance",
                            r->n_components));
    VV_TRY(vv_table_add_f64(t, "id/pca/variance", "1", "share of the variance asked for", variance));
    return vv_table_add_text(t, "id/pca/note", "why a value is missing, or empty", vv_id_reason_text(r->reason));
}

enum vv_status vv_id_tabulate_blocks(const int64_t *counts, const struct vv_id_estimate *e, int n, int64_t n_rows,
                                     struct vv_table *t)
{
    static const char dim[] = "id/blocks/n_blocks";
    struct vv_column *count, *rows, *value, *error, *distance, *note;
    VV_TRY(vv_id_column(t, dim, "1", "disjoint blocks that the rows are divided into", VV_I64, dim, n, &count));
    VV_TRY(vv_id_column(t, "id/blocks/n_rows", "1", "rows of a block, or one more", VV_I64, dim, n, &rows));
    VV_TRY(vv_id_column(t, "id/blocks/value", "1",
                        "intrinsic dimension by TwoNN (fit): mean over the blocks (Ansuini et al. 2019)", VV_F64,
                        dim, n, &value));
    VV_TRY(vv_id_column(t, "id/blocks/std_error", "1",
                        "standard deviation over the blocks / sqrt(their number); one block: as id/twonn/std_error",
                        VV_F64, dim, n, &error));
    VV_TRY(vv_id_column(t, "id/blocks/distance", "distance",
                        "mean distance to the first and second neighbor within a block", VV_F64, dim, n, &distance));
    VV_TRY(vv_id_column(t, "id/blocks/note", "1", "why there is no value, or empty", VV_TEXT, dim, n, &note));
    for (int i = 0; i < n; i++) {
        count->i64[i] = counts[i];
        rows->i64[i] = n_rows / counts[i];
        value->f64[i] = e[i].value;
        error->f64[i] = e[i].std_error;
        distance->f64[i] = e[i].distance;
        VV_TRY(vv_column_set_text(note, i, vv_id_reason_text(e[i].reason)));
    }
    return VV_OK;
}
