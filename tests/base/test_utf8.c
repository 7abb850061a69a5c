/* SPDX-License-Identifier: MIT */
/* UTF-8: every code point there and back, and what is none. */
#include "base/utf8.h"
#include "vv_test.h"

static void every_code_point_comes_back(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char bytes[VV_UTF8_BYTES];
        uint32_t back = ~c;
        const size_t n = vv_utf8_encode(c, bytes);
        const size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        const bool surrogate = c >= 0xd800 && c < 0xe000;
        if (n != length) fail_msg("U+%04X in %zu bytes", (unsigned)c, n);
        if (vv_utf8_decode(bytes, n, &back) != (surrogate ? 0 : n)) fail_msg("U+%04X", (unsigned)c);
        if (!surrogate && back != c) fail_msg("U+%04X becomes U+%04X", (unsigned)c, (unsigned)back);
        if (vv_utf8_decode(bytes, n - 1, &back) != 0) fail_msg("U+%04X, cut short", (unsigned)c);
    }
}

static void known_characters_have_their_bytes(void **state)
{
    char bytes[VV_UTF8_BYTES];
    (void)state;
    assert_int_equal(vv_utf8_encode(0x20ac, bytes), 3);
    assert_memory_equal(bytes, "\xe2\x82\xac", 3);
    assert_int_equal(vv_utf8_encode(0x233b4, bytes), 4); /* RFC 3629, section 7 */
    assert_memory_equal(bytes, "\xf0\xa3\x8e\xb4", 4);
}

/* A zero ends the text whatever number of bytes is said. */
static void what_is_no_character_is_refused(void **state)
{
    static const char *const none[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                                       "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                                       "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x8c", "\xc3x", "\xe2\x28\xa1"};
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        uint32_t code;
        if (vv_utf8_decode(none[i], VV_UTF8_BYTES, &code) != 0) fail_msg("number %zu is accepted", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_comes_back),
        cmocka_unit_test(known_characters_have_their_bytes),
        cmocka_unit_test(what_is_no_character_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
