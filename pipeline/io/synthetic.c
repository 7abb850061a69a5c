/* SPDX-License-Identifier: MIT */
/* With p the manifold's point (coordinates m), E a random orthonormal frame (width x m) and c_l the
 * image of the centre of the point's class, obtained like h_l:
 *
 *     h_0 = s E p,  s such that the values have mean square 1
 *     h_l = tanh(gain W_l h_{l-1} + b_l),  W ~ N(0, 1/width),  b ~ N(0, 0.01)
 *     layer l = c_l + g_l (h_l - c_l + a_l r_l e),  e ~ N(0, I)
 *
 * r_l is the root mean square of the values of layer l (over the first rows of the sample), t = l/depth,
 *     a_l = noise + noise_peak exp(-(t - noise_peak_depth)^2 / (2 0.15^2))
 *                 + noise_end max(0, 4 t - 3)^2
 *     g_l = 1 up to gather_depth, from there linearly down to `gather` at t = gather_end, and back to 1 at t = 1.
 *
 * Known: without noise every layer is a smooth injective image of the manifold (tanh and a square W
 * are injective, with probability 1), so the intrinsic dimension is d everywhere at small scales;
 * noise adds `width` dimensions below its own scale; contraction changes no dimension but sharpens
 * classes, most of all in the layer at gather_end. Noise and contraction act on what is observed, never
 * on what the next layer reads.
 *
 * Loops run in one fixed order, without BLAS, so a row has the same bits whoever asks for it. */
#include "io/synthetic.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "io/manifold.h"

enum { PROBES = 64 };

struct vv_synthetic {
    const struct vv_synthetic_config *config;
    int n_coordinates;
    double *frame;   /* [n_coordinates][width], scaled by s */
    float *weights;  /* [depth][width from][width to], with gain / sqrt(width) */
    float *bias;     /* [depth][width] */
    double *centers; /* [depth + 1][classes][width] */
    double *noise;   /* [depth + 1]: a_l r_l */
    double *gather;  /* [depth + 1]: g_l */
};

static const char *const manifolds[] = {"hypercube", "sphere", "swiss_roll", "gaussian_mixture",
                                        NULL};

#define AT(field) offsetof(struct vv_synthetic_config, field)

const struct vv_param vv_synthetic_params[] = {
    {.key = "manifold", .type = VV_PARAM_CHOICE, .offset = AT(manifold),
     .standard = "gaussian_mixture", .choices = manifolds, .help = "what the samples lie on"},
    {.key = "n_samples", .type = VV_PARAM_INT, .offset = AT(n_samples), .standard = "3000", .minimum = 1,
     .maximum = 2147483647, .help = "samples"},
    {.key = "dimension", .type = VV_PARAM_INT, .offset = AT(dimension), .standard = "6",
     .minimum = 1, .maximum = 1000,
     .help = "intrinsic dimension (the swiss roll always has 2)"},
    {.key = "width", .type = VV_PARAM_INT, .offset = AT(width), .standard = "64", .minimum = 4,
     .maximum = 65536, .help = "features of every layer"},
    {.key = "depth", .type = VV_PARAM_INT, .offset = AT(depth), .standard = "9", .minimum = 0,
     .maximum = 1000, .help = "layers of the random network after the input layer"},
    {.key = "n_classes", .type = VV_PARAM_INT, .offset = AT(n_classes), .standard = "12",
     .minimum = 1, .maximum = 1000000, .help = "classes, the label set 'class'"},
    {.key = "n_superclasses", .type = VV_PARAM_INT, .offset = AT(n_superclasses), .standard = "4",
     .minimum = 1, .maximum = 1000000,
     .help = "groups of classes, the label set 'superclass'"},
    {.key = "separation", .type = VV_PARAM_FLOAT, .offset = AT(separation), .standard = "6",
     .minimum = 0, .maximum = 1e6,
     .help = "mixture: typical distance between superclasses; a class has spread 1"},
    {.key = "noise", .type = VV_PARAM_FLOAT, .offset = AT(noise), .standard = "0.01",
     .minimum = 0, .maximum = 1e6,
     .help = "isotropic noise on every layer, relative to the size of its values"},
    {.key = "noise_peak", .type = VV_PARAM_FLOAT, .offset = AT(noise_peak), .standard = "0.2",
     .minimum = 0, .maximum = 1e6, .help = "further noise that rises and falls with depth"},
    {.key = "noise_peak_depth", .type = VV_PARAM_FLOAT, .offset = AT(noise_peak_depth),
     .standard = "0.33", .minimum = 0, .maximum = 1, .help = "relative depth of its maximum"},
    {.key = "noise_end", .type = VV_PARAM_FLOAT, .offset = AT(noise_end), .standard = "0.12",
     .minimum = 0, .maximum = 1e6,
     .help = "further noise that sets in over the last quarter of the depth"},
    {.key = "gain", .type = VV_PARAM_FLOAT, .offset = AT(gain), .standard = "1", .minimum = 0,
     .maximum = 100, .help = "scale of the random weights; above 1 layers fold the manifold"},
    {.key = "gather", .type = VV_PARAM_FLOAT, .offset = AT(gather), .standard = "0.35",
     .minimum = 0, .maximum = 1,
     .help = "contraction of each class towards its center, where it is strongest"},
    {.key = "gather_depth", .type = VV_PARAM_FLOAT, .offset = AT(gather_depth), .standard = "0.5",
     .minimum = 0, .maximum = 1, .help = "relative depth where the contraction begins"},
    {.key = "gather_end", .type = VV_PARAM_FLOAT, .offset = AT(gather_end), .standard = "1",
     .minimum = 0, .maximum = 1,
     .help = "relative depth where it is strongest; from there it is undone up to the last layer"},
    {.key = "seed", .type = VV_PARAM_INT, .offset = AT(seed), .standard = "1", .minimum = 0,
     .maximum = 0x1p53, .help = "seed of the data and of the network"},
    {.key = NULL},
};

double vv_synthetic_memory(const struct vv_synthetic_config *c)
{
    const double width = (double)c->width, depth = (double)c->depth;
    return depth * width * (width + 1.0) * sizeof(float) +
           ((depth + 1.0) * (double)c->n_classes + vv_manifold_coordinates(c)) * width *
               sizeof(double);
}

/* Random orthonormal directions (Gram-Schmidt, done twice), scaled by s. */
static void draw_frame(struct vv_synthetic *s)
{
    const int64_t width = s->config->width;
    const uint32_t stream = vv_rng_stream("synthetic/frame");
    for (int a = 0; a < s->n_coordinates; a++) {
        double *const v = s->frame + a * width;
        double squares = 0.0;
        for (int64_t j = 0; j < width; j++)
            v[j] = vv_rng_normal((uint64_t)s->config->seed, stream, (uint64_t)a, (uint32_t)j);
        for (int pass = 0; pass < 2; pass++)
            for (int b = 0; b < a; b++) {
                const double *const u = s->frame + b * width;
                double product = 0.0;
                for (int64_t j = 0; j < width; j++) product += u[j] * v[j];
                for (int64_t j = 0; j < width; j++) v[j] -= product * u[j];
            }
        for (int64_t j = 0; j < width; j++) squares += v[j] * v[j];
        for (int64_t j = 0; j < width; j++) v[j] /= sqrt(squares);
    }
    const double scale = sqrt((double)width / vv_manifold_size(s->config));
    for (int64_t j = 0; j < s->n_coordinates * width; j++) s->frame[j] *= scale;
}

static void draw_network(struct vv_synthetic *s)
{
    const uint64_t seed = (uint64_t)s->config->seed;
    const int64_t width = s->config->width;
    const uint32_t of_weights = vv_rng_stream("synthetic/weights");
    const uint32_t of_bias = vv_rng_stream("synthetic/bias");
    const double scale = s->config->gain / sqrt((double)width);
    for (int64_t i = 0; i < s->config->depth * width; i++) {
        for (int64_t j = 0; j < width; j++)
            s->weights[i * width + j] =
                (float)(scale * vv_rng_normal(seed, of_weights, (uint64_t)i, (uint32_t)j));
        s->bias[i] = (float)(0.1 * vv_rng_normal(seed, of_bias, (uint64_t)i, 0));
    }
}

/* h_0 of a point. h: [width] */
static void embed(const struct vv_synthetic *s, const double *point, double *h)
{
    const int64_t width = s->config->width;
    memset(h, 0, (size_t)width * sizeof *h);
    for (int a = 0; a < s->n_coordinates; a++)
        for (int64_t j = 0; j < width; j++) h[j] += point[a] * s->frame[a * width + j];
}

/* h_{l} from h_{l-1}, in place, l = layer. h, next: [width] */
static void push(const struct vv_synthetic *s, int layer, double *h, double *next)
{
    const int64_t width = s->config->width, at = (layer - 1) * width;
    for (int64_t j = 0; j < width; j++) next[j] = (double)s->bias[at + j];
    for (int64_t i = 0; i < width; i++) {
        const float *const w = s->weights + (at + i) * width;
        for (int64_t j = 0; j < width; j++) next[j] += h[i] * (double)w[j];
    }
    for (int64_t j = 0; j < width; j++) h[j] = tanh(next[j]);
}

static void push_centers(struct vv_synthetic *s, double *scratch)
{
    const int64_t width = s->config->width, classes = s->config->n_classes;
    double *const point = scratch, *const next = scratch + s->n_coordinates;
    for (int64_t cls = 0; cls < classes; cls++) {
        double *h = s->centers + cls * width;
        vv_manifold_center(s->config, (int)cls, point);
        embed(s, point, h);
        for (int l = 1; l <= s->config->depth; l++) {
            double *const here = s->centers + (l * classes + cls) * width;
            memcpy(here, h, (size_t)width * sizeof *h);
            push(s, l, here, next);
            h = here;
        }
    }
}

static double relative_depth(const struct vv_synthetic_config *c, int layer)
{
    return c->depth > 0 ? (double)layer / (double)c->depth : 0.0;
}

static double relative_noise(const struct vv_synthetic_config *c, int layer)
{
    const double t = relative_depth(c, layer), off = (t - c->noise_peak_depth) / 0.15;
    const double late = 4.0 * t > 3.0 ? 4.0 * t - 3.0 : 0.0;
    return c->noise + c->noise_peak * exp(-0.5 * off * off) + c->noise_end * late * late;
}

static double contraction(const struct vv_synthetic_config *c, int layer)
{
    const double t = relative_depth(c, layer);
    if (t <= c->gather_depth) return 1.0;
    if (t > c->gather_end) return 1.0 + (c->gather - 1.0) * (1.0 - t) / (1.0 - c->gather_end);
    return 1.0 + (c->gather - 1.0) * (t - c->gather_depth) / (c->gather_end - c->gather_depth);
}

/* Noise and contraction of each layer; sizes from the first rows, which every rank has by itself. */
static void set_layers(struct vv_synthetic *s, double *scratch)
{
    const struct vv_synthetic_config *c = s->config;
    const int64_t n = c->n_samples < PROBES ? c->n_samples : PROBES;
    double *const point = scratch, *const h = point + s->n_coordinates, *const next = h + c->width;
    for (int64_t row = 0; row < n; row++) {
        vv_manifold_point(c, row, point);
        embed(s, point, h);
        for (int l = 0; l <= c->depth; l++) {
            if (l > 0) push(s, l, h, next);
            for (int64_t j = 0; j < c->width; j++) s->noise[l] += h[j] * h[j];
        }
    }
    for (int l = 0; l <= c->depth; l++) {
        s->noise[l] = relative_noise(c, l) * sqrt(s->noise[l] / (double)(n * c->width));
        s->gather[l] = contraction(c, l);
    }
}

enum vv_status vv_synthetic_create(const struct vv_synthetic_config *config,
                                   struct vv_synthetic **out)
{
    const int64_t width = config->width, depth = config->depth;
    const int m = vv_manifold_coordinates(config);
    struct vv_synthetic *s = *out = vv_mem_new(1, sizeof *s, "synthetic input");
    double *scratch = vv_mem_new(m + 2 * width, sizeof *scratch, "synthetic input");
    if (!s || !scratch) goto fail;
    *s = (struct vv_synthetic){.config = config, .n_coordinates = m};
    s->frame = vv_mem_new(m * width, sizeof *s->frame, "frame of the synthetic input");
    s->weights = vv_mem_new(depth * width * width, sizeof *s->weights, "synthetic network");
    s->bias = vv_mem_new(depth * width, sizeof *s->bias, "synthetic network");
    s->centers = vv_mem_new((depth + 1) * config->n_classes * width, sizeof *s->centers,
                            "class centers of the synthetic input");
    s->noise = vv_mem_new(depth + 1, sizeof *s->noise, "synthetic network");
    s->gather = vv_mem_new(depth + 1, sizeof *s->gather, "synthetic network");
    if (!s->frame || !s->weights || !s->bias || !s->centers || !s->noise || !s->gather) goto fail;
    draw_frame(s);
    draw_network(s);
    push_centers(s, scratch);
    set_layers(s, scratch);
    vv_mem_free(scratch);
    return VV_OK;
fail:
    vv_mem_free(scratch);
    vv_synthetic_destroy(out);
    return VV_MEMORY;
}

void vv_synthetic_destroy(struct vv_synthetic **out)
{
    struct vv_synthetic *s = *out;
    if (!s) return;
    vv_mem_free(s->frame);
    vv_mem_free(s->weights);
    vv_mem_free(s->bias);
    vv_mem_free(s->centers);
    vv_mem_free(s->noise);
    vv_mem_free(s->gather);
    vv_mem_free(s);
    *out = NULL;
}

enum vv_status vv_synthetic_rows(const struct vv_synthetic *s, int layer, int64_t row,
                                 int64_t n_rows, float *out)
{
    const struct vv_synthetic_config *c = s->config;
    const uint64_t seed = (uint64_t)c->seed;
    const uint32_t stream = vv_rng_stream("synthetic/noise");
    const uint32_t first = (uint32_t)(layer * c->width);
    const double g = s->gather[layer], a = s->noise[layer];
    double *const scratch =
        vv_mem_new(s->n_coordinates + 2 * c->width, sizeof *scratch, "synthetic rows");
    if (!scratch) return VV_MEMORY;
    double *const h = scratch + s->n_coordinates, *const next = h + c->width;
    for (int64_t i = 0; i < n_rows; i++) {
        const int cls = vv_manifold_point(c, row + i, scratch);
        const double *const center = s->centers + (layer * c->n_classes + cls) * c->width;
        embed(s, scratch, h);
        for (int l = 1; l <= layer; l++) push(s, l, h, next);
        for (int64_t j = 0; j < c->width; j++) {
            const uint64_t at = (uint64_t)(row + i);
            const double e = a > 0.0 ? vv_rng_normal(seed, stream, at, first + (uint32_t)j) : 0.0;
            const double away = h[j] - center[j] + a * e;
            out[i * c->width + j] = (float)(g < 1.0 ? center[j] + g * away : h[j] + a * e);
        }
    }
    vv_mem_free(scratch);
    return VV_OK;
}

const char *const vv_synthetic_label_sets[] = {"class", "superclass", NULL};

enum vv_status vv_synthetic_labels(const struct vv_synthetic *s, struct vv_labels labels[2])
{
    const struct vv_synthetic_config *c = s->config;
    int64_t *values[2] = {vv_mem_new(c->n_samples, sizeof **values, "labels"),
                          vv_mem_new(c->n_samples, sizeof **values, "labels")};
    double *point = vv_mem_new(s->n_coordinates, sizeof *point, "a sample");
    enum vv_status st = values[0] && values[1] && point ? VV_OK : VV_MEMORY;
    for (int64_t row = 0; !st && row < c->n_samples; row++) {
        const int cls = vv_manifold_point(c, row, point);
        values[0][row] = cls;
        values[1][row] = vv_manifold_superclass(c, cls);
    }
    memset(labels, 0, 2 * sizeof *labels);
    if (!st) st = vv_labels_from_integers(&labels[0], "class", c->n_samples, values[0], NULL);
    if (!st) st = vv_labels_from_integers(&labels[1], "superclass", c->n_samples, values[1], NULL);
    vv_mem_free(values[0]);
    vv_mem_free(values[1]);
    vv_mem_free(point);
    return st;
}
