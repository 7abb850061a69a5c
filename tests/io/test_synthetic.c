/* SPDX-License-Identifier: MIT */
/* The embedded input: what is promised to be known about it. */
#include <math.h>

#include "io/synthetic.h"
#include "stages/id/measure.h"
#include "vv_data.h"

static struct vv_synthetic_config defaults(void)
{
    struct vv_synthetic_config c = {.present = true};
    struct vv_diagnostics d = {0};
    vv_assert_ok(vv_schema_parse(vv_synthetic_params, NULL, "", &c, &d));
    assert_int_equal(d.n, 0);
    c.seed = 3;
    return c;
}

static struct vv_synthetic_config clean(enum vv_manifold manifold, int64_t dimension)
{
    struct vv_synthetic_config c = defaults();
    c.manifold = (int)manifold;
    c.dimension = dimension;
    c.n_samples = 2000;
    c.width = 20;
    c.depth = 4;
    c.noise = c.noise_peak = c.noise_end = 0.0;
    return c;
}

static float *rows_of(const struct vv_synthetic_config *c, int layer)
{
    struct vv_synthetic *s;
    float *out = vv_mem_new(c->n_samples * c->width, sizeof *out, "rows");
    vv_assert_ok(vv_synthetic_create(c, &s));
    vv_assert_ok(vv_synthetic_rows(s, layer, 0, c->n_samples, out));
    vv_synthetic_destroy(&s);
    return out;
}

static void a_row_is_the_same_whoever_asks(void **state)
{
    struct vv_synthetic_config c = defaults();
    struct vv_synthetic *s;
    (void)state;
    c.n_samples = 40;
    float *all = rows_of(&c, 5), some[7 * 64];
    vv_assert_ok(vv_synthetic_create(&c, &s));
    vv_assert_ok(vv_synthetic_rows(s, 5, 13, 7, some));
    assert_memory_equal(some, all + 13 * 64, sizeof some);
    vv_synthetic_destroy(&s);
    c.n_samples = 1000; /* more samples change no row */
    float *more = rows_of(&c, 0), *fewer;
    c.n_samples = 40;
    c.noise = c.noise_peak = 0.0; /* the noise is relative to the rows there are */
    fewer = rows_of(&c, 0);
    for (int i = 0; i < 40 * 64; i++) assert_true(fabsf(more[i] - fewer[i]) < 0.2f);
    c.seed++;
    float *other = rows_of(&c, 0);
    assert_true(fabsf(other[0] - fewer[0]) > 1e-3f);
    vv_mem_free(more);
    vv_mem_free(fewer);
    vv_mem_free(all);
    vv_mem_free(other);
}

static double ml_dimension(const struct vv_synthetic_config *c, int layer, double *error)
{
    float *rows = rows_of(c, layer);
    double *values = vv_mem_new(c->n_samples * c->width, sizeof *values, "rows");
    for (int64_t i = 0; i < c->n_samples * c->width; i++) values[i] = (double)rows[i];
    struct vv_neighbors nb = vv_test_neighbors(values, c->n_samples, c->width, 2, VV_EUCLIDEAN);
    struct vv_radii r;
    struct vv_id_estimate fit, ml;
    vv_assert_ok(vv_radii_init(&r, &nb, 2));
    vv_assert_ok(vv_radii_twonn(vv_world, &r, 0.9, 0, &fit, &ml));
    vv_radii_release(&r);
    vv_neighbors_release(&nb);
    vv_mem_free(rows);
    vv_mem_free(values);
    *error = ml.std_error;
    return ml.value;
}

static void manifolds_have_their_dimension_in_every_layer(void **state)
{
    static const struct { enum vv_manifold manifold; int64_t d; double bias; } cases[] = {
        {VV_HYPERCUBE, 3, 0.1}, /* boundary: an underestimate of a few percent is known */
        {VV_SPHERE, 2, 0.0},
        {VV_SWISS_ROLL, 2, 0.06},
        {VV_GAUSSIAN_MIXTURE, 2, 0.05},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vv_synthetic_config c = clean(cases[i].manifold, cases[i].d);
        if (cases[i].manifold == VV_SWISS_ROLL) c.dimension = 9; /* has 2 all the same */
        c.gain = 0.5;
        c.gather = 1.0; /* contracted classes have boundaries, which bias the estimate */
        for (int layer = 0; layer <= 4; layer += 2) {
            double error;
            const double d = ml_dimension(&c, layer, &error);
            if (fabs(d - (double)cases[i].d) > 3.0 * error + cases[i].bias)
                fail_msg("manifold %zu layer %d: %g +- %g", i, layer, d, error);
        }
    }
}

static void noise_adds_dimensions_below_its_scale(void **state)
{
    struct vv_synthetic_config c = clean(VV_SPHERE, 2);
    double error;
    (void)state;
    c.noise = 0.5;
    assert_true(ml_dimension(&c, 0, &error) > 6.0);
}

/* How far rows of a class are from each other in a layer, beside what that is without contraction. */
static double spread(struct vv_synthetic_config c, int layer)
{
    struct vv_synthetic *s;
    struct vv_labels labels[2];
    const double gather = c.gather;
    double sum[2] = {0, 0};
    vv_assert_ok(vv_synthetic_create(&c, &s));
    vv_assert_ok(vv_synthetic_labels(s, labels));
    vv_synthetic_destroy(&s);
    for (int pass = 0; pass < 2; pass++) {
        c.gather = pass ? gather : 1.0;
        float *x = rows_of(&c, layer);
        for (int64_t i = 1; i < c.n_samples; i++) /* distance to another row of the class */
            for (int64_t j = 0; j < i; j++) {
                if (labels[0].classes[i] != labels[0].classes[j]) continue;
                for (int64_t q = 0; q < c.width; q++)
                    sum[pass] += fabs((double)(x[i * c.width + q] - x[j * c.width + q]));
                break;
            }
        vv_mem_free(x);
    }
    vv_labels_release(&labels[0]);
    vv_labels_release(&labels[1]);
    return sum[1] / sum[0];
}

static void classes_gather_at_their_centers(void **state)
{
    struct vv_synthetic_config c = clean(VV_GAUSSIAN_MIXTURE, 3);
    (void)state;
    c.gather_depth = 0.25;
    c.gather = 0.1;
    vv_assert_close(spread(c, 4), 0.1, 1e-4); /* float32 of the rows */
    vv_assert_close(spread(c, 2), 1.0 - 0.9 / 3.0, 1e-4);
    c.gather_end = 0.5; /* of 4 layers: most in layer 2, half way back in 3, not at all in the last */
    vv_assert_close(spread(c, 1), 1.0, 1e-12);
    vv_assert_close(spread(c, 2), 0.1, 1e-4);
    vv_assert_close(spread(c, 3), 0.55, 1e-4);
    vv_assert_close(spread(c, 4), 1.0, 1e-12);
}

static void labels_are_balanced_and_nested(void **state)
{
    struct vv_synthetic_config c = defaults();
    struct vv_synthetic *s;
    struct vv_labels labels[2];
    int64_t count[12] = {0};
    (void)state;
    vv_assert_ok(vv_synthetic_create(&c, &s));
    vv_assert_ok(vv_synthetic_labels(s, labels));
    assert_string_equal(labels[0].name, "class");
    assert_string_equal(labels[1].name, "superclass");
    assert_int_equal(labels[0].n_classes, 12);
    assert_int_equal(labels[1].n_classes, 4);
    for (int64_t i = 0; i < c.n_samples; i++) {
        count[labels[0].classes[i]]++;
        assert_int_equal(labels[1].classes[i], labels[0].classes[i] / 3);
    }
    for (int k = 0; k < 12; k++) assert_in_range(count[k], 180, 320); /* 250, 5 sigma = 77 */
    vv_labels_release(&labels[0]);
    vv_labels_release(&labels[1]);
    vv_synthetic_destroy(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_row_is_the_same_whoever_asks),
    cmocka_unit_test(manifolds_have_their_dimension_in_every_layer),
    cmocka_unit_test(noise_adds_dimensions_below_its_scale),
    cmocka_unit_test(classes_gather_at_their_centers),
    cmocka_unit_test(labels_are_balanced_and_nested),
};
VV_TEST_MAIN(tests)
