/* SPDX-License-Identifier: MIT */
/* What fuzzing has found and where it begins, and some thousand random changes to it: none of it crashes, leaks
 * or hangs. VV_FUZZ_CHANGES: changes of each file; VV_FUZZ_SEED. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "fuzz/targets.h"
#include "vv_test.h"

enum { MOST = 1 << 16 };

static long executions;

static long number(const char *name, long standard)
{
    const char *const text = getenv(name);
    return text ? strtol(text, NULL, 10) : standard;
}

/* One to four changes: a byte, a bit, a piece left out, a piece said twice, an end cut off. */
static size_t change(uint8_t *data, size_t n, uint64_t seed)
{
    const uint32_t stream = vv_rng_stream("fuzz");
#define DRAW(i) ((size_t)(vv_rng_uniform(seed, stream, at, i) * 65536.0))
    const uint64_t times = 1 + (uint64_t)(vv_rng_uniform(seed, stream, 1000, 0) * 4.0);
    for (uint64_t at = 0; at < times && n > 0; at++) {
        const size_t where = DRAW(0) * n / 65536, length = 1 + DRAW(1) % 16;
        switch (DRAW(2) % 6) {
        case 0: data[where] = (uint8_t)DRAW(3); break;
        case 1: data[where] ^= (uint8_t)(1u << DRAW(3) % 8); break;
        case 2: n = where; break;
        case 3:
            if (where + length < n) {
                memmove(data + where, data + where + length, n - where - length);
                n -= length;
            }
            break;
        case 4:
            if (where + length < n && n + length < MOST) {
                memmove(data + where + length, data + where, n - where);
                n += length;
            }
            break;
        case 5: memset(data + where, DRAW(3) % 2 ? 0xff : 0, n - where < 8 ? n - where : 8); break;
        }
    }
    return n;
}

static void run(const char *folder, void (*target)(const uint8_t *data, size_t n))
{
    char path[512];
    const long changes = number("VV_FUZZ_CHANGES", 300);
    const uint64_t first = (uint64_t)number("VV_FUZZ_SEED", 1);
    uint8_t *const data = malloc(MOST), *const copy = malloc(MOST);
    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", folder);
    DIR *const listing = opendir(path);
    assert_non_null(listing);
    int n_files = 0;
    for (struct dirent *e; (e = readdir(listing));) {
        if (e->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "tests/fuzz/corpus/%s/%s", folder, e->d_name);
        FILE *const file = fopen(path, "r");
        assert_non_null(file);
        const size_t n = fread(data, 1, MOST, file);
        fclose(file);
        target(data, n);
        for (long c = 0; c < changes; c++) {
            memcpy(copy, data, n);
            const size_t changed = change(copy, n, first * 1000003u + (uint64_t)(n_files * changes + c));
            uint8_t *const exact = malloc(changed ? changed : 1); /* so that reading past the end is seen */
            memcpy(exact, copy, changed);
            target(exact, changed);
            free(exact);
        }
        executions += 1 + changes;
        n_files++;
    }
    closedir(listing);
    free(data);
    free(copy);
    assert_true(n_files > 2);
}

static void configurations(void **state)
{
    (void)state;
    run("config", fuzz_config);
}

static void files_of_layers_and_labels(void **state)
{
    (void)state;
    run("input", fuzz_input);
}

static void tables_of_the_cache(void **state)
{
    (void)state;
    run("table", fuzz_table);
}

static void files_of_several_arrays(void **state)
{
    (void)state;
    run("many", fuzz_many);
}

static void json(void **state)
{
    (void)state;
    run("json", fuzz_json);
}

static void stored_lists(void **state)
{
    (void)state;
    run("stored", fuzz_stored);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(configurations),
                                       cmocka_unit_test(files_of_layers_and_labels),
                                       cmocka_unit_test(tables_of_the_cache),
                                       cmocka_unit_test(files_of_several_arrays),
                                       cmocka_unit_test(json),
                                       cmocka_unit_test(stored_lists)};
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fuzz_end();
    printf("%ld executions\n", executions);
    return failed;
}
