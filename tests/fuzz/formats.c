/* SPDX-License-Identifier: MIT */
/* Files of several arrays, JSON, and lists of stored neighbor tables. */
#define _GNU_SOURCE /* memfd_create */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "io/json.h"
#include "io/reader.h"
#include "stages/stored_knn/core.h"
#include "targets.h"

enum { MOST_VALUES = 1 << 18, MOST_TEXTS = 1 << 12 };

/* The file, under names that claim what it is: links to it in a folder of our own. */
static const char *const endings[] = {"x.npz", "x.bin", "x.safetensors.index.json", "x.safetensors"};
enum { N_ENDINGS = sizeof endings / sizeof *endings };
static char folder[64];
static int file = -1, part = -1;

static void link_to(int to, const char *name)
{
    char path[128], target[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(target, sizeof target, "/proc/self/fd/%d", to);
    if (symlink(target, path) != 0) abort();
}

/* What the index of the corpus tells of. */
static void write_part(void)
{
    static const char text[] = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
                               "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[16,20]}}";
    const uint8_t length[8] = {sizeof text - 1};
    const float values[5] = {1, 2, 3, 4, 5};
    if (write(part, length, sizeof length) != sizeof length || write(part, text, sizeof text - 1) != sizeof text - 1 ||
        write(part, values, sizeof values) != sizeof values)
        abort();
}

static void begin(void)
{
    if (file >= 0) return;
    file = memfd_create("fuzz", 0);
    part = memfd_create("part", 0);
    const char *const scratch = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.40s/varve-fuzz-XXXXXX", scratch ? scratch : "/tmp");
    if (!mkdtemp(folder)) abort();
    for (int e = 0; e < N_ENDINGS; e++) link_to(file, endings[e]);
    link_to(part, "part.safetensors");
    write_part();
}

void fuzz_formats_end(void)
{
    char path[128];
    if (file < 0) return;
    for (int e = 0; e <= N_ENDINGS; e++) {
        snprintf(path, sizeof path, "%s/%s", folder, e < N_ENDINGS ? endings[e] : "part.safetensors");
        unlink(path);
    }
    rmdir(folder);
}

static void read_texts(const struct vv_reader *reader, const char *path, const struct vv_array *a)
{
    const int64_t n = a->n_rows * a->n_cols;
    if (!reader->read_texts || n > MOST_TEXTS) return;
    char **const texts = vv_mem_new(n, sizeof *texts, "texts");
    if (texts) reader->read_texts(path, a, texts);
    for (int64_t i = 0; texts && i < n; i++) vv_mem_free(texts[i]);
    vv_mem_free(texts);
}

/* The last rows, then all from the beginning: packed arrays are unpacked twice. */
static void read_numbers(const struct vv_reader *reader, const char *path, const struct vv_array *a)
{
    if (a->n_rows > MOST_VALUES || a->n_cols > MOST_VALUES || a->n_rows * a->n_cols > MOST_VALUES) return;
    void *handle = NULL;
    double *const values = vv_mem_new(a->n_rows * a->n_cols, sizeof *values, "values");
    const enum vv_status st = values ? reader->open(path, a, &handle) : VV_MEMORY;
    if (!st) reader->read(handle, a->n_rows / 2, a->n_rows - a->n_rows / 2, a->held, values);
    if (!st) reader->read(handle, 0, a->n_rows, VV_FLOAT64, values);
    reader->close(handle);
    vv_mem_free(values);
}

void fuzz_many(const uint8_t *data, size_t n)
{
    const struct vv_reader *reader;
    struct vv_array *arrays = NULL;
    int n_arrays = 0;
    char path[128];
    if (n < 1 || memmem(data, n, "\211HDF", 4)) return;
    begin();
    const size_t before = vv_mem_in_use();
    if (ftruncate(file, 0) != 0 || pwrite(file, data + 1, n - 1, 0) != (ssize_t)(n - 1)) abort();
    snprintf(path, sizeof path, "%s/%s", folder, endings[data[0] % N_ENDINGS]);
    if (vv_reader_find(path, &reader) == VV_OK && reader && reader->list(path, &arrays, &n_arrays) == VV_OK)
        for (int i = 0; i < n_arrays && i < 64; i++) {
            const char *const own = vv_array_file(&arrays[i], path);
            if (vv_array_usable(&arrays[i]) == VV_OK) {
                if (arrays[i].is_text) read_texts(reader, own, &arrays[i]);
                else read_numbers(reader, own, &arrays[i]);
            }
            vv_error_clear();
        }
    vv_arrays_release(&arrays, n_arrays);
    fuzz_nothing_leaked(before, "many");
}

void fuzz_json(const uint8_t *data, size_t n)
{
    const size_t before = vv_mem_in_use();
    char *const text = vv_mem_new((int64_t)n, 1, "a text");
    if (!text) return;
    memcpy(text, data, n);
    struct vv_json whole = {.text = text, .n = n}, j = whole;
    const int valid = vv_json_skip(&whole) && vv_json_end(&whole);
    /* Asked member by member, an object says the same. */
    struct vv_strbuf key;
    bool first = true;
    vv_strbuf_init(&key);
    if (vv_json_enter(&j, '{')) {
        while (vv_json_next(&j, &first, &key) && vv_json_skip(&j)) {}
        const bool at_limit = whole.error && strcmp(whole.error, "nested too deeply") == 0;
        if ((!j.error && vv_json_end(&j)) != valid && !at_limit) abort();
    }
    if (j.at > n || whole.at > n) abort();
    vv_strbuf_release(&key);
    vv_mem_free(text);
    fuzz_nothing_leaked(before, "json");
}

void fuzz_stored(const uint8_t *data, size_t n)
{
    enum { MOST = 64, FRONT = 4, EACH = 8 + 2 };
    double distance[MOST], index[MOST], length[MOST];
    int32_t list[MOST];
    int column = 0;
    struct vv_stored_counts counts = {0};
    if (n < FRONT + EACH) return;
    struct vv_stored s = {.n_rows = data[0] + 2, .has_self = data[1] & 1, .may_be_signed = data[1] & 2};
    s.n_columns = (int)((n - FRONT) / EACH < MOST ? (n - FRONT) / EACH : MOST);
    if (vv_stored_k(&s) < 1 || vv_stored_k(&s) >= s.n_rows) return;
    for (int j = 0; j < s.n_columns; j++) {
        int16_t number;
        memcpy(&distance[j], data + FRONT + EACH * j, 8);
        memcpy(&number, data + FRONT + EACH * j + 8, 2);
        index[j] = number == INT16_MIN ? distance[j] : number;
    }
    const int64_t row = data[2] % s.n_rows;
    const enum vv_stored_fault fault = vv_stored_list(&s, row, distance, index, list, length, &counts, &column);
    if (column < 0 || column >= s.n_columns) abort();
    for (int j = 0; !fault && j < vv_stored_k(&s); j++) {
        if (list[j] < 0 || list[j] >= s.n_rows || list[j] == row) abort();
        if (j > 0 && (length[j] < length[j - 1] || (length[j] == length[j - 1] && list[j] <= list[j - 1]))) abort();
    }
}
