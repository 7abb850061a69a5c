/* SPDX-License-Identifier: MIT */
/* JSON, packed bytes, bfloat16, and .npy written and read again. */
#include <math.h>
#include <unistd.h>
#include <zlib.h>

#include "base/strbuf.h"
#include "io/bytes.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/raw.h"
#include "io/widen.h"
#include "io/write_npy.h"
#include "vv_test.h"

static bool is_json(const char *text)
{
    struct vv_json j = {.text = text, .n = strlen(text)};
    return vv_json_skip(&j) && vv_json_end(&j);
}

/* The cases are those on which readers of JSON differ. */
static void json_is_strict(void **state)
{
    static const char *const good[] = {"{}", " [ ] ", "0", "-0", "1.5e-3", "1E+2", "\"\"", "true", "[null,false]",
                                       "{\"a\":{\"b\":[1,{\"c\":\"\"}]}}",
                                       "\"\\u00e9\\\"\\/\\b\"", "{\"a\":1,\"a\":2}"};
    static const char *const bad[] = {"", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "01", "+1", "1.", ".5", "1e",
                                      "- 1", "NaN", "Infinity", "0x10", "True", "\"\t\"", "\"\\x\"", "\"\\u12\"", "\"a",
                                      "[1 2]", "{\"a\" 1}", "[]]", "[1] 2", "{1:2}", "\"\\ud800\"", "\"\\udc00\"",
                                      "\"\\ud800\\u0041\"", "\"\\u0000\"", "// x\n1", "nul", "[,1]", "{,}"};
    char deep[200];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!is_json(good[i])) fail_msg("refused: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (is_json(bad[i])) fail_msg("accepted: %s", bad[i]);
    for (int depth = 63; depth <= 65; depth++) {
        memset(deep, '[', (size_t)depth);
        memset(deep + depth, ']', (size_t)depth);
        deep[2 * depth] = '\0';
        assert_int_equal(is_json(deep), depth <= 64);
    }
}

/* Whatever a name holds comes back as it was. */
static void json_strings_come_back(void **state)
{
    static const char *const texts[] = {"", "plain", "a\"b\\c", "line\nand\ttab\x01\x1f",
                                        "\xc3\xa9\xf0\x9f\x8c\x8a", "\xff\x80"};
    struct vv_strbuf written, read;
    (void)state;
    vv_strbuf_init(&written);
    vv_strbuf_init(&read);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        vv_strbuf_reset(&written);
        vv_json_put_string(texts[i], &written);
        struct vv_json j = {.text = written.text, .n = written.length};
        assert_true(vv_json_string(&j, &read) && vv_json_end(&j));
        assert_string_equal(read.text, texts[i]);
    }
    vv_strbuf_release(&written);
    vv_strbuf_release(&read);
}

static void json_gives_members_strings_and_numbers(void **state)
{
    static const char text[] = "{\"\\u00e9\\ud83d\\ude00\\n\": [0, 9223372036854775807], \"b\": \"x\", \"c\": [1.5]} ";
    struct vv_json j = {.text = text, .n = sizeof text - 1};
    struct vv_strbuf key, value;
    bool first = true, first_item = true;
    int64_t number = -1;
    (void)state;
    vv_strbuf_init(&key);
    vv_strbuf_init(&value);
    assert_true(vv_json_enter(&j, '{'));
    assert_true(vv_json_next(&j, &first, &key));
    assert_string_equal(key.text, "\303\251\360\237\230\200\n");
    assert_true(vv_json_enter(&j, '[') && vv_json_next(&j, &first_item, NULL) && vv_json_whole(&j, &number));
    assert_true(number == 0);
    assert_true(vv_json_next(&j, &first_item, NULL) && vv_json_whole(&j, &number));
    assert_true(number == INT64_MAX);
    assert_false(vv_json_next(&j, &first_item, NULL));
    assert_null(j.error);
    assert_true(vv_json_next(&j, &first, &key) && vv_json_string(&j, &value));
    assert_string_equal(value.text, "x");
    assert_true(vv_json_next(&j, &first, &key) && vv_json_enter(&j, '['));
    first_item = true;
    assert_true(vv_json_next(&j, &first_item, NULL));
    assert_false(vv_json_whole(&j, &number)); /* 1.5 */
    assert_string_equal(j.error, "a whole number is expected");
    assert_false(vv_json_next(&j, &first, &key)); /* nothing goes on after an error */
    struct vv_json large = {.text = "9223372036854775808", .n = 19}, cut = {.text = "\"abc\"", .n = 4};
    assert_false(vv_json_whole(&large, &number));
    assert_false(vv_json_string(&cut, &value)); /* the text ends at n */
    vv_strbuf_release(&key);
    vv_strbuf_release(&value);
}

enum { N = 300000 };
static unsigned char content[N];

/* A file of some bytes, then the content deflated, then others; the part that it is. */
static struct vv_part write_deflated(const char *path)
{
    static unsigned char packed[2 * N];
    z_stream z = {.next_in = content, .avail_in = N, .next_out = packed, .avail_out = sizeof packed};
    uint64_t state = 12345;
    for (int i = 0; i < N; i++)
        content[i] = (unsigned char)(i < N / 2 ? i / 1000 : (int)(256.0 * vv_lcg(&state)));
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    const struct vv_part part = {.offset = 7, .packed = (int64_t)z.total_out, .size = N, .deflated = true,
                                 .crc = (uint32_t)crc32(0, content, N)};
    deflateEnd(&z);
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    fwrite("in front behind", 1, 7, file);
    fwrite(packed, 1, (size_t)part.packed, file);
    fwrite(packed, 1, 100, file);
    fclose(file);
    return part;
}

static void packed_bytes_are_read_from_any_place(void **state)
{
    char path[64];
    static const struct { int64_t at; size_t n; } reads[] = {
        {0, 10}, {10, 1}, {11, 70000}, {5, 100}, {N - 10, 10}, {N / 2 - 5, 10}, {0, N}, {N, 0}, {3, 12}, {15, 12}};
    static unsigned char got[N + 20];
    struct vv_bytes *bytes;
    (void)state;
    vv_test_template(path);
    close(mkstemp(path));
    struct vv_part part = write_deflated(path);
    vv_assert_ok(vv_bytes_open_part(path, "'x'", &part, &bytes));
    assert_true(vv_bytes_size(bytes) == N);
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        assert_int_equal(vv_bytes_read(bytes, reads[i].at, got, reads[i].n), reads[i].n);
        assert_memory_equal(got, content + reads[i].at, reads[i].n);
    }
    for (int i = 0; i < 5000; i += 3) { /* pieces smaller than what the packing repeats */
        assert_int_equal(vv_bytes_read(bytes, i, got, 3), 3);
        assert_memory_equal(got, content + i, 3);
    }
    assert_int_equal(vv_bytes_read(bytes, N - 5, got, 10), 5);
    assert_int_equal(vv_bytes_read(bytes, N + 1, got, 1), 0);
    vv_bytes_close(bytes);
    part.crc ^= 1; /* seen by whoever comes to the end */
    vv_assert_ok(vv_bytes_open_part(path, "'x'", &part, &bytes));
    assert_int_equal(vv_bytes_read(bytes, 0, got, N / 2), N / 2);
    assert_int_equal(vv_bytes_read(bytes, N / 2, got, N - N / 2), N - N / 2 - 1);
    vv_bytes_close(bytes);
    part.packed /= 2;
    vv_assert_ok(vv_bytes_open_part(path, "'x'", &part, &bytes));
    assert_true(vv_bytes_read(bytes, 0, got, N) < N);
    assert_int_equal(vv_bytes_read(bytes, 0, got, 10), 10); /* what is there can be had */
    vv_bytes_close(bytes);
    part = (struct vv_part){.offset = 3, .packed = 5, .size = 5};
    vv_assert_ok(vv_bytes_open_part(path, "'x'", &part, &bytes));
    assert_int_equal(vv_bytes_read(bytes, 1, got, 10), 4); /* a stored part ends where it says */
    assert_memory_equal(got, "ron", 3);
    vv_bytes_close(bytes);
    unlink(path);
}

static void bfloat16_is_the_upper_half_of_float32(void **state)
{
    const struct vv_number number = {'B', 2, false};
    static const unsigned char raw[] = {0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40, 0x80, 0x7f,
                                        0xc0, 0x7f, 0x01, 0x00, 0x00, 0x80};
    float wide[7];
    double wider[7];
    char name[16];
    (void)state;
    vv_number_widen(number, raw, 7, VV_FLOAT32, wide);
    vv_number_widen(number, raw, 7, VV_FLOAT64, wider);
    assert_true(wide[0] == 1.0f && wide[1] == -2.0f && wide[2] == 3.140625f && isinf(wide[3]) && isnan(wide[4]));
    assert_true(wide[5] == 0x1p-133f && signbit(wide[6])); /* the smallest there is */
    for (int i = 0; i < 7; i++) assert_true(isnan(wide[i]) || wider[i] == (double)wide[i]);
    vv_number_name(number, name);
    assert_string_equal(name, "bfloat16");
    assert_int_equal(vv_number_held(number), VV_FLOAT32);
    assert_false(vv_number_valid(number)); /* not in NumPy */
}

static void arrays_are_written_as_they_are_read(void **state)
{
    char folder[64], path[128];
    static const double values[] = {1.5, -2, NAN, 0x1p-1074, INFINITY, 6};
    static const char *const texts[] = {"cat", "d\303\266g", "", "\360\237\230\200x", "\377bad"};
    const int64_t length[] = {3, 2}, n_texts = 5;
    struct vv_npy_file *file;
    struct vv_bytes *bytes;
    struct vv_array a = {.name = path};
    double got[6];
    char *read[5] = {NULL};
    void *handle;
    (void)state;
    vv_test_template(folder);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a/b.npy", folder);
    vv_assert_ok(vv_npy_create(path, VV_NPY_F64, 0, length, 2, &file));
    vv_assert_ok(vv_npy_append(file, values, 4));
    assert_int_not_equal(access(path, F_OK), 0); /* not before it is complete */
    vv_assert_ok(vv_npy_append(file, values + 4, 2));
    vv_assert_ok(vv_npy_finish(&file, VV_OK));
    vv_assert_ok(vv_bytes_open(path, NULL, &bytes));
    vv_assert_ok(vv_npy_header(bytes, path, true, &a));
    assert_true(a.n_rows == 3 && a.n_cols == 2 && a.offset % 64 == 0);
    assert_true(vv_bytes_size(bytes) == a.offset + (int64_t)sizeof values);
    vv_assert_ok(vv_raw_open(VV_OK, bytes, &a, vv_npy_number(&a), &handle));
    vv_assert_ok(vv_raw_read(handle, 0, 3, VV_FLOAT64, got));
    assert_memory_equal(got, values, sizeof values);
    vv_raw_close(handle);
    unlink(path);
    assert_int_equal(vv_npy_width(texts[3]), 2);
    vv_assert_ok(vv_npy_create(path, VV_NPY_TEXT, 4, &n_texts, 1, &file));
    for (int i = 0; i < 5; i++) vv_assert_ok(vv_npy_append_text(file, texts[i]));
    vv_assert_ok(vv_npy_finish(&file, VV_OK));
    vv_assert_ok(vv_bytes_open(path, NULL, &bytes));
    a = (struct vv_array){.name = path};
    vv_assert_ok(vv_npy_header(bytes, path, true, &a));
    vv_assert_ok(vv_npy_texts(bytes, &a, read));
    for (int i = 0; i < 4; i++) assert_string_equal(read[i], texts[i]);
    assert_string_equal(read[4], "\357\277\275bad"); /* what is no UTF-8 is marked */
    for (int i = 0; i < 5; i++) vv_mem_free(read[i]);
    vv_bytes_close(bytes);
    vv_assert_ok(vv_npy_create(path, VV_NPY_F64, 0, length, 2, &file));
    assert_int_equal(vv_npy_finish(&file, VV_INPUT), VV_INPUT); /* the old one stays */
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
    snprintf(path, sizeof path, "%s/a", folder);
    assert_int_equal(rmdir(path), 0); /* nothing is left */
    rmdir(folder);
    vv_error_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_strict),
        cmocka_unit_test(json_strings_come_back),
        cmocka_unit_test(json_gives_members_strings_and_numbers),
        cmocka_unit_test(packed_bytes_are_read_from_any_place),
        cmocka_unit_test(bfloat16_is_the_upper_half_of_float32),
        cmocka_unit_test(arrays_are_written_as_they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
