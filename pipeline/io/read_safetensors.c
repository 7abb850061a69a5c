/* SPDX-License-Identifier: MIT */
/* safetensors: one file, or several behind an index (model.safetensors.index.json), whose weight_map tells in which
 * file beside it each tensor is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/mem.h"
#include "io/raw.h"
#include "io/safetensors.h"

static bool claims(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return vv_safetensors_claims(head, n);
}

static enum vv_status open_array(const char *path, const struct vv_array *a, void **handle)
{
    const struct vv_part part = {.offset = a->offset, .packed = a->stored_bytes, .size = a->stored_bytes};
    struct vv_array data = *a;
    struct vv_bytes *bytes = NULL;
    *handle = NULL;
    VV_TRY(vv_array_usable(a));
    data.offset = 0;
    const enum vv_status st = vv_bytes_open_part(path, NULL, &part, &bytes); /* some lengths look like gzip */
    return vv_raw_open(st, bytes, &data, vv_safetensors_number(a), handle);
}

extern const struct vv_reader vv_reader_safetensors;
const struct vv_reader vv_reader_safetensors = {.name = "safetensors",
                                                .many = true,
                                                .claims = claims,
                                                .list = vv_safetensors_list,
                                                .open = open_array,
                                                .read = vv_raw_read,
                                                .close = vv_raw_close};

enum { LONGEST_INDEX = 100 << 20 };

static bool claims_index(const char *path, const unsigned char *head, size_t n)
{
    static const char ending[] = ".safetensors.index.json";
    const size_t length = strlen(path);
    size_t begin = 0;
    while (begin < n && vv_json_blank((char)head[begin])) begin++;
    return begin < n && head[begin] == '{' && length >= sizeof ending - 1 &&
           strcmp(path + length - (sizeof ending - 1), ending) == 0;
}

/* A tensor that the index tells of, and the file that should hold it. */
static enum vv_status add_promise(const char *path, const char *name, const char *part, struct vv_array **arrays,
                                  int *n)
{
    if (part[0] == '\0' || part[0] == '.' || strchr(part, '/'))
        return vv_fail(VV_INPUT, "'%s' says that '%.200s' is in '%.200s', which is no file beside it", path, name,
                       part);
    struct vv_array *const a = vv_arrays_add(arrays, n);
    const char *const slash = strrchr(path, '/');
    struct vv_strbuf file;
    if (!a) return VV_MEMORY;
    vv_strbuf_init(&file);
    vv_strbuf_add(&file, path, slash ? (size_t)(slash + 1 - path) : 0);
    vv_strbuf_puts(&file, part);
    a->name = vv_mem_string(name);
    if (!file.failed) a->file = vv_mem_string(file.text);
    vv_strbuf_release(&file);
    return a->name && a->file ? VV_OK : VV_MEMORY;
}

static enum vv_status read_map(const char *path, struct vv_json *j, struct vv_array **arrays, int *n)
{
    struct vv_strbuf key, name, part;
    bool first = true, first_tensor = true, found = false;
    enum vv_status st = VV_OK;
    vv_strbuf_init(&key);
    vv_strbuf_init(&name);
    vv_strbuf_init(&part);
    vv_json_enter(j, '{');
    while (!st && !j->error && vv_json_next(j, &first, &key)) {
        if (found || strcmp(key.text, "weight_map") != 0) {
            vv_json_skip(j);
            continue;
        }
        found = vv_json_enter(j, '{');
        while (!st && vv_json_next(j, &first_tensor, &name))
            if (vv_json_string(j, &part)) st = add_promise(path, name.text, part.text, arrays, n);
    }
    if (!st && (j->error || !vv_json_end(j))) st = vv_safetensors_broken(path, "the index", j);
    if (!st && !found) st = vv_fail(VV_INPUT, "cannot read '%s': it has no weight_map", path);
    vv_strbuf_release(&key);
    vv_strbuf_release(&name);
    vv_strbuf_release(&part);
    return st;
}

static enum vv_status read_index(const char *path, struct vv_array **arrays, int *n)
{
    FILE *const file = fopen(path, "rb");
    if (!file) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    fseeko(file, 0, SEEK_END);
    const int64_t size = (int64_t)ftello(file);
    rewind(file);
    char *const text = size >= 0 && size <= LONGEST_INDEX ? vv_mem_new(size, 1, "a safetensors index") : NULL;
    enum vv_status st = text ? VV_OK : VV_MEMORY;
    if (size < 0 || size > LONGEST_INDEX) st = vv_fail(VV_INPUT, "cannot read '%s': it is absurdly long", path);
    struct vv_json j = {.text = text, .n = (size_t)size};
    if (!st && fread(text, 1, j.n, file) != j.n) st = vv_fail(VV_INPUT, "cannot read '%s'", path);
    if (!st) st = read_map(path, &j, arrays, n);
    vv_mem_free(text);
    fclose(file);
    return st;
}

static int by_file(const void *a, const void *b)
{
    const struct vv_array *const x = a, *const y = b;
    const int order = strcmp(x->file, y->file);
    return order ? order : strcmp(x->name, y->name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct vv_array *)a)->name, ((const struct vv_array *)b)->name);
}

/* Completes the promises [n] of one file from its header. */
static enum vv_status keep_promises(const char *path, struct vv_array *promised, int n)
{
    struct vv_array *there = NULL;
    int n_there = 0;
    VV_TRY(vv_safetensors_list(promised[0].file, &there, &n_there));
    enum vv_status st = VV_OK;
    if (n_there > 1) qsort(there, (size_t)n_there, sizeof *there, by_name);
    for (int i = 0, t = 0; i < n && !st; i++) { /* both in the order of names */
        while (t < n_there && strcmp(there[t].name, promised[i].name) < 0) t++;
        if (t == n_there || strcmp(there[t].name, promised[i].name) != 0) {
            st = vv_fail(VV_INPUT, "'%s' says that '%.200s' is in '%s', where it is not", path, promised[i].name,
                         promised[i].file);
            break;
        }
        char *const file = promised[i].file;
        vv_mem_free(promised[i].name);
        promised[i] = there[t];
        promised[i].file = file;
        there[t++] = (struct vv_array){.name = NULL};
    }
    vv_arrays_release(&there, n_there);
    return st;
}

static enum vv_status list_index(const char *path, struct vv_array **arrays, int *n)
{
    *arrays = NULL;
    *n = 0;
    enum vv_status st = read_index(path, arrays, n);
    if (!st) st = vv_arrays_check_names(*arrays, *n, path);
    if (!st && *n > 1) qsort(*arrays, (size_t)*n, sizeof **arrays, by_file);
    for (int i = 0, end; i < *n && !st; i = end) {
        for (end = i + 1; end < *n && strcmp((*arrays)[end].file, (*arrays)[i].file) == 0; end++) {}
        st = keep_promises(path, *arrays + i, end - i);
    }
    if (st) vv_arrays_release(arrays, *n);
    return st;
}

extern const struct vv_reader vv_reader_safetensors_index;
const struct vv_reader vv_reader_safetensors_index = {.name = "safetensors, several files",
                                                      .many = true,
                                                      .claims = claims_index,
                                                      .list = list_index,
                                                      .open = open_array,
                                                      .read = vv_raw_read,
                                                      .close = vv_raw_close};
