/* SPDX-License-Identifier: MIT */
/* The kernels one by one: every product within the error that the bound (bound.h) is told of, which is not larger
 * than it need be, and pairs handed out by what the values say. ranks: 1 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "neighbors/panels.h"
#include "vv_test.h"

enum { N_A = 50, N_B = 40 };

/* Values whose roundings all have the same sign, where products add up and nothing cancels: what makes the most of an
 * error. */
static double unlucky(uint64_t at)
{
    return 1.0 + 0x1.fcp-9 + 0x1.fp-17 + 0x1p-22 * (double)(at % 3);
}

static double spread(uint64_t at)
{
    return ldexp(vv_rng_normal(5, 2, at, 0), -(int)(at * 7 % 60));
}

static double normal(uint64_t at)
{
    return 0.25 * vv_rng_normal(5, 1, at, 0);
}

/* So small that most of it lies below the smallest normal number. */
static double tiny(uint64_t at)
{
    return ldexp(vv_rng_normal(5, 3, at, 0), -100 - (int)(at % 40));
}

typedef double (*value_fn)(uint64_t at);

struct rows {
    struct vv_panels panels;
    float *value; /* [n][d] */
};

static struct rows make(const struct vv_kernel *kernel, int64_t n, int64_t d, value_fn value, uint64_t first)
{
    struct rows r;
    double *const center = vv_mem_new(d, sizeof *center, "test");
    const struct vv_frame frame = {.n_cols = d, .type = VV_FLOAT32, .center = center, .scale = 1.0};
    r.value = vv_mem_new(n * d, sizeof *r.value, "test");
    for (int64_t at = 0; at < n * d; at++) r.value[at] = (float)value(first + (uint64_t)at);
    vv_assert_ok(vv_panels_init(&r.panels, NULL, n, d, kernel));
    vv_panels_fill_from(&r.panels, &frame, VV_EUCLIDEAN, r.value, 1);
    vv_mem_free(center);
    return r;
}

static void release(struct rows *r)
{
    vv_panels_release(&r->panels);
    vv_mem_free(r->value);
}

struct space {
    struct vv_hits a, b;
    float *product, *panel, *all, *zero, *limit_a, *limit_b;
};

static struct space space_new(void)
{
    struct space s;
    struct vv_hits *const hits[] = {&s.a, &s.b};
    for (int h = 0; h < 2; h++) {
        hits[h]->value = vv_mem_new(VV_MOST_HITS, sizeof(float), "test");
        hits[h]->pair = vv_mem_new(VV_MOST_HITS, sizeof(uint32_t), "test");
    }
    s.product = vv_mem_new(VV_TILE_ROWS * VV_TILE_ROWS, sizeof(float), "test");
    s.panel = vv_mem_new(VV_TILE_ROWS * VV_PANEL, sizeof(float), "test");
    s.all = vv_mem_new(VV_TILE_ROWS * VV_TILE_ROWS, sizeof(float), "test");
    s.zero = vv_mem_new(VV_TILE_ROWS, sizeof(float), "test");
    s.limit_a = vv_mem_new(VV_TILE_ROWS, sizeof(float), "test");
    s.limit_b = vv_mem_new(VV_TILE_ROWS, sizeof(float), "test");
    return s;
}

static void space_release(struct space *s)
{
    void *const blocks[] = {s->a.value, s->a.pair, s->b.value, s->b.pair, s->product,
                            s->panel,   s->all,    s->zero,    s->limit_a, s->limit_b};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) vv_mem_free(blocks[i]);
}

static struct vv_tile tile_of(const struct rows *a, const struct rows *b, struct space *s)
{
    return (struct vv_tile){.a = a->panels.rows,
                            .b = b->panels.rows,
                            .n_a = (int)a->panels.n_padded,
                            .n_b = (int)b->panels.n_padded,
                            .width = a->panels.width,
                            .half_a = s->zero,
                            .half_b = s->zero,
                            .limit_a = s->limit_a,
                            .limit_b = s->limit_b,
                            .product = s->product,
                            .panel = s->panel,
                            .hits_a = &s->a,
                            .hits_b = &s->b};
}

/* The largest error of a product, as a share of what is allowed. */
static double largest_error(const struct vv_kernel *kernel, int64_t d, value_fn value, struct space *s)
{
    struct rows a = make(kernel, N_A, d, value, 0), b = make(kernel, N_B, d, value, 1 << 24);
    struct vv_tile t = tile_of(&a, &b, s);
    const double error = kernel->error(d);
    double most = 0.0;
    t.all = s->all;
    t.ld = VV_TILE_ROWS;
    kernel->tile(&t);
    for (int j = 0; j < N_B; j++)
        for (int i = 0; i < N_A; i++) {
            long double exact = 0.0L, aa = 0.0L, bb = 0.0L;
            for (int64_t k = 0; k < d; k++) {
                const long double x = a.value[i * d + k], y = b.value[j * d + k];
                exact += x * y;
                aa += x * x;
                bb += y * y;
            }
            const long double allowed = error * sqrtl(aa * bb) + 16.0L * (long double)(d + 16) * 0x1p-126L;
            const double share = (double)(fabsl(exact + s->all[j * t.ld + i]) / allowed); /* h = 0 + 0 - product */
            if (!(share <= most)) most = share;
        }
    release(&a);
    release(&b);
    return most;
}

static void products_are_within_their_error(void **state)
{
    static const int64_t widths[] = {1, 2, 3, 31, 32, 33, 63, 64, 65, 255, 256, 257, 511, 513, 1000, 2049};
    static const value_fn kinds[] = {normal, unlucky, spread, tiny};
    struct space s = space_new();
    (void)state;
    for (int k = 0; vv_kernel_at(k); k++) {
        const struct vv_kernel *const kernel = vv_kernel_at(k);
        if (!kernel->runs()) continue;
        double most = 0.0;
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
            for (size_t v = 0; v < sizeof kinds / sizeof *kinds; v++) {
                const double share = largest_error(kernel, widths[w], kinds[v], &s);
                if (!(share <= 1.0))
                    fail_msg("%s, %lld features, kind %zu: %g of the error allowed", kernel->name,
                             (long long)widths[w], v, share);
                if (share > most) most = share;
            }
        print_message("%s: up to %.2g of the error allowed\n", kernel->name, most);
        assert_true(most > 0.05);
    }
    space_release(&s);
}

/* Every pair (i, j) within the limit of the row of its side, once, with its value; i < j only if the sides are the
 * same. Others may be among them then. */
static void expect_hits(const struct vv_hits *hits, const float *all, bool same, int n_b, const float *limit, bool of_b)
{
    static uint8_t seen[VV_TILE_ROWS][VV_TILE_ROWS];
    int n = 0;
    memset(seen, 0, sizeof seen);
    for (int h = 0; h < hits->n; h++) {
        const int i = (int)(hits->pair[h] & 0xffff), j = (int)(hits->pair[h] >> 16);
        assert_true(i < N_A && j < n_b && !seen[j][i]);
        assert_true(hits->value[h] == all[j * VV_TILE_ROWS + i]);
        seen[j][i] = 1;
    }
    for (int j = 0; j < n_b; j++)
        for (int i = 0; i < (same ? j : N_A); i++) {
            const bool within = all[j * VV_TILE_ROWS + i] <= limit[of_b ? j : i];
            assert_int_equal(seen[j][i], within);
            n += within;
        }
    assert_true(n > N_A && n < N_A * n_b / 2);
}

static void check_hits(const struct vv_kernel *kernel, int64_t d, bool same, struct space *s)
{
    struct rows a = make(kernel, N_A, d, normal, 0), b = make(kernel, N_B, d, normal, 1 << 20);
    const struct rows *const other = same ? &a : &b;
    struct vv_tile t = tile_of(&a, other, s);
    t.half_a = a.panels.half;
    t.half_b = other->panels.half;
    t.all = s->all;
    t.ld = VV_TILE_ROWS;
    kernel->tile(&t);
    for (int i = 0; i < VV_TILE_ROWS; i++) {
        s->limit_a[i] = i < N_A && i % 4 ? a.panels.half[i] * 1.98f : -INFINITY;
        s->limit_b[i] = i < other->panels.n && i % 3 ? other->panels.half[i] * 1.98f : -INFINITY;
    }
    s->limit_a[8] = FLT_MAX;
    t.all = NULL;
    t.diagonal = same;
    kernel->tile(&t);
    expect_hits(&s->a, s->all, same, (int)other->panels.n, s->limit_a, false);
    expect_hits(&s->b, s->all, same, (int)other->panels.n, s->limit_b, true);
    release(&b);
    release(&a);
}

static void pairs_within_limits_are_handed_out(void **state)
{
    struct space s = space_new();
    (void)state;
    for (int k = 0; vv_kernel_at(k); k++)
        for (int64_t d = 5; vv_kernel_at(k)->runs() && d < 1000; d = d * 4 + 13)
            for (int same = 0; same < 2; same++) check_hits(vv_kernel_at(k), d, same, &s);
    space_release(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(products_are_within_their_error),
    cmocka_unit_test(pairs_within_limits_are_handed_out),
};
VV_TEST_MAIN(tests)
