/* SPDX-License-Identifier: MIT */
/* Errors, memory, strings, random numbers, digests. */
#include <math.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/strbuf.h"
#include "vv_test.h"

static void the_first_error_wins_and_gains_context(void **state)
{
    (void)state;
    vv_error_clear();
    assert_int_equal(vv_fail(VV_INPUT, "cannot read '%s'", "a.npy"), VV_INPUT);
    assert_int_equal(vv_fail(VV_OUTPUT, "later"), VV_INPUT);
    vv_error_context("knn layer '%s'", "x");
    vv_error_hint("mend it");
    vv_error_hint("a second hint is not taken");
    assert_string_equal(vv_error_last()->message, "knn layer 'x': cannot read 'a.npy'");
    assert_string_equal(vv_error_last()->hint, "mend it");
    vv_error_clear();
    assert_int_equal(vv_error_last()->code, VV_OK);
}

static void a_very_long_message_is_cut_not_overrun(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    vv_error_clear();
    vv_fail(VV_INPUT, "%s", text);
    vv_error_context("%s", text);
    assert_true(strlen(vv_error_last()->message) < sizeof vv_error_last()->message);
    vv_error_clear();
}

static void impossible_sizes_are_memory_errors(void **state)
{
    (void)state;
    vv_error_clear();
    assert_null(vv_mem_new(INT64_MAX, 8, "rows"));
    assert_int_equal(vv_error_last()->code, VV_MEMORY);
    vv_error_clear();
    assert_null(vv_mem_new(-1, 8, "rows"));
    assert_int_equal(vv_error_last()->code, VV_MEMORY);
    vv_error_clear();
}

static void blocks_are_zeroed_aligned_and_accounted(void **state)
{
    (void)state;
    const size_t before = vv_mem_in_use();
    unsigned char *p = vv_mem_new(100, 1, "bytes");
    assert_int_equal((uintptr_t)p % 64, 0);
    assert_int_equal(vv_mem_in_use(), before + 100);
    for (int i = 0; i < 100; i++) assert_int_equal(p[i], 0);
    memset(p, 7, 100);
    p = vv_mem_resize(p, 1000, 1, "bytes");
    assert_int_equal(p[99], 7);
    assert_int_equal(p[100], 0);
    assert_int_equal(p[999], 0);
    vv_mem_free(p);
    assert_int_equal(vv_mem_in_use(), before);
    void *empty = vv_mem_new(0, 8, "nothing");
    assert_non_null(empty);
    vv_mem_free(empty);
}

static void strings_grow(void **state)
{
    (void)state;
    struct vv_strbuf b;
    vv_strbuf_init(&b);
    assert_string_equal(b.text, "");
    for (int i = 0; i < 1000; i++) vv_strbuf_addf(&b, "%d,", i);
    assert_int_equal(b.length, 10 * 2 + 90 * 3 + 900 * 4);
    assert_false(b.failed);
    vv_strbuf_reset(&b);
    static const char *const words[] = {"a/b=c,d", "", "it's", "a b", "!x", "$y", "~"};
    for (int i = 0; i < 7; i++) {
        vv_strbuf_add_word(&b, words[i]);
        vv_strbuf_puts(&b, " ");
    }
    assert_string_equal(b.text, "a/b=c,d '' 'it'\\''s' 'a b' '!x' '$y' '~' ");
    vv_strbuf_reset(&b);
    assert_string_equal(b.text, "");
    vv_strbuf_release(&b);
}

/* Known answer of Philox 4x32-10 for counter 0 and key 0 (Random123's kat_vectors). */
static void philox_gives_its_known_answer(void **state)
{
    (void)state;
    assert_true(vv_rng_bits(0, 0, 0, 0) == 0xe169c58d6627e8d5ULL);
}

static void uniforms_and_normals_have_their_moments(void **state)
{
    (void)state;
    enum { N = 20000 };
    double u = 0, u2 = 0, z = 0, z2 = 0, z4 = 0;
    for (uint64_t i = 0; i < N; i++) {
        const double a = vv_rng_uniform(3, 1, i, 5), b = vv_rng_normal(3, 2, i, 5);
        assert_true(a > 0.0 && a < 1.0);
        u += a;
        u2 += a * a;
        z += b;
        z2 += b * b;
        z4 += b * b * b * b;
    }
    /* four standard errors of each mean */
    assert_true(fabs(u / N - 0.5) < 4 * sqrt(1.0 / 12 / N));
    assert_true(fabs(u2 / N - 1.0 / 3) < 4 * sqrt(4.0 / 45 / N));
    assert_true(fabs(z / N) < 4 * sqrt(1.0 / N));
    assert_true(fabs(z2 / N - 1) < 4 * sqrt(2.0 / N));
    assert_true(fabs(z4 / N - 3) < 4 * sqrt(96.0 / N));
}

static void subsets_are_distinct_ascending_and_fair(void **state)
{
    (void)state;
    int64_t chosen[30];
    int hits[100] = {0};
    for (uint32_t draw = 0; draw < 1000; draw++) {
        assert_int_equal(vv_rng_choose(5, 9, draw, 100, 30, chosen), VV_OK);
        for (int i = 0; i < 30; i++) {
            if (i > 0) assert_true(chosen[i] > chosen[i - 1]);
            hits[chosen[i]]++;
        }
    }
    for (int i = 0; i < 100; i++) /* binomial(1000, 0.3): five standard deviations */
        assert_true(fabs(hits[i] - 300.0) < 5 * sqrt(1000 * 0.3 * 0.7));
    vv_error_clear();
    assert_int_equal(vv_rng_choose(5, 9, 0, 3, 4, chosen), VV_BUG);
    vv_error_clear();
}

static void digests_are_those_of_xxh3(void **state)
{
    (void)state;
    char text[33];
    vv_digest_text(vv_hash_bytes("", 0), text);
    assert_string_equal(text, "99aa06d3014798d86001c324468d497f"); /* XXH3-128 of nothing */
    assert_false(vv_digest_equal(vv_hash_bytes("a", 1), vv_hash_bytes("b", 1)));
    const struct vv_digest a = vv_hash_bytes("a", 1), b = vv_hash_bytes("b", 1);
    assert_false(vv_digest_equal(vv_hash_join(a, b), vv_hash_join(b, a)));
}

static void spans_of_time_read_well(void **state)
{
    (void)state;
    const struct { double seconds; const char *text; } cases[] = {
        {0.423, "0.42 s"}, {12.34, "12.3 s"}, {187, "3:07"}, {3729, "1:02:09"}, {59.97, "1:00"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        vv_clock_span(cases[i].seconds, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_wins_and_gains_context),
        cmocka_unit_test(a_very_long_message_is_cut_not_overrun),
        cmocka_unit_test(impossible_sizes_are_memory_errors),
        cmocka_unit_test(blocks_are_zeroed_aligned_and_accounted),
        cmocka_unit_test(strings_grow),
        cmocka_unit_test(philox_gives_its_known_answer),
        cmocka_unit_test(uniforms_and_normals_have_their_moments),
        cmocka_unit_test(subsets_are_distinct_ascending_and_fair),
        cmocka_unit_test(digests_are_those_of_xxh3),
        cmocka_unit_test(spans_of_time_read_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
