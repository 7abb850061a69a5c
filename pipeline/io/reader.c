/* SPDX-License-Identifier: MIT */
#include "io/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

#define VV_READER(name) extern const struct vv_reader vv_reader_##name;
#include "io/readers.def"
#undef VV_READER

static const struct vv_reader *const readers[] = {
#define VV_READER(name) &vv_reader_##name,
#include "io/readers.def"
#undef VV_READER
};

enum { HEAD_BYTES = 16 };

enum vv_status vv_reader_find(const char *path, const struct vv_reader **reader)
{
    unsigned char head[HEAD_BYTES];
    struct stat info;
    *reader = NULL;
    if (stat(path, &info) != 0) {
        vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
        return vv_error_hint("relative paths count from the folder of the configuration file");
    }
    if (S_ISDIR(info.st_mode)) {
        vv_fail(VV_INPUT, "'%s' is a directory", path);
        return vv_error_hint("for one file per layer use a pattern such as '%s/{layer}.npy'", path);
    }
    FILE *const file = fopen(path, "rb");
    if (!file) return vv_fail(VV_INPUT, "cannot open '%s': %s", path, strerror(errno));
    const size_t n = fread(head, 1, sizeof head, file);
    fclose(file);
    if (n == 0) return vv_fail(VV_INPUT, "'%s' is empty", path);
    for (size_t i = 0; i < sizeof readers / sizeof *readers && !*reader; i++)
        if (readers[i]->claims(path, head, n)) *reader = readers[i];
    return VV_OK;
}

struct vv_array *vv_arrays_add(struct vv_array **arrays, int *n)
{
    if ((*n & (*n - 1)) == 0) { /* full: the room doubles, as a file may hold very many */
        struct vv_array *const grown =
            vv_mem_resize(*arrays, *n == 0 ? 1 : 2 * (int64_t)*n, sizeof *grown, "array headers");
        if (!grown) return NULL;
        *arrays = grown;
    }
    return &(*arrays)[(*n)++];
}

enum vv_status vv_arrays_single(const char *path, struct vv_array **arrays, int *n)
{
    *arrays = NULL;
    *n = 0;
    struct vv_array *const a = vv_arrays_add(arrays, n);
    if (a && (a->name = vv_reader_stem(path))) return VV_OK;
    vv_arrays_release(arrays, *n);
    return VV_MEMORY;
}

void vv_array_release(struct vv_array *a)
{
    vv_mem_free(a->name);
    vv_mem_free(a->file);
    vv_mem_free(a->refusal);
    vv_mem_free(a->remedy);
    *a = (struct vv_array){.name = NULL};
}

void vv_arrays_release(struct vv_array **arrays, int n)
{
    for (int i = 0; *arrays && i < n; i++) vv_array_release(&(*arrays)[i]);
    vv_mem_free(*arrays);
    *arrays = NULL;
}

/* Whether each component between slashes is a name. */
static bool is_plain(const char *name)
{
    for (const char *p = name;; p++) {
        const size_t n = strcspn(p, "/");
        if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.')) return false;
        p += n;
        if (*p == '\0') return true;
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum vv_status vv_arrays_check_names(const struct vv_array *arrays, int n, const char *path)
{
    const char **const names = vv_mem_new(n, sizeof *names, "names of arrays");
    if (!names) return VV_MEMORY;
    enum vv_status st = VV_OK;
    for (int i = 0; i < n && !st; i++) {
        names[i] = arrays[i].name;
        if (!is_plain(names[i]))
            st = vv_fail(VV_INPUT, "'%s' calls an array '%.200s', which cannot name a layer or a file", path, names[i]);
    }
    if (!st && n > 1) qsort(names, (size_t)n, sizeof *names, compare_names);
    for (int i = 1; i < n && !st; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            st = vv_fail(VV_INPUT, "'%s' holds two arrays called '%.200s'", path, names[i]);
    vv_mem_free(names);
    return st;
}

const char *vv_array_file(const struct vv_array *a, const char *path)
{
    return a->file ? a->file : path;
}

enum vv_status vv_array_refuse(struct vv_array *a, enum vv_status st)
{
    if (st != VV_INPUT || a->refusal) return st;
    const struct vv_error *const e = vv_error_last();
    a->refusal = vv_mem_string(e->message);
    if (e->hint[0]) a->remedy = vv_mem_string(e->hint);
    if (!a->refusal || (e->hint[0] && !a->remedy)) return VV_MEMORY;
    vv_error_clear();
    return VV_OK;
}

enum vv_status vv_array_usable(const struct vv_array *a)
{
    if (!a->refusal) return VV_OK;
    vv_fail(VV_INPUT, "%s", a->refusal);
    return a->remedy ? vv_error_hint("%s", a->remedy) : VV_INPUT;
}

enum vv_status vv_array_shape(struct vv_array *a, const char *path)
{
    int64_t total = 8; /* bytes of the widest value: the array must be addressable as float64 */
    a->n_rows = a->n_dims > 0 ? a->length[0] : 1;
    a->n_cols = 1;
    for (int d = 0; d < a->n_dims; d++) {
        if (a->length[d] < 0)
            return vv_fail(VV_INPUT, "'%s' of '%s' has a negative length", a->name, path);
        if (a->length[d] > 0 && __builtin_mul_overflow(total, a->length[d], &total))
            return vv_fail(VV_INPUT, "the shape of '%s' of '%s' is larger than any memory", a->name,
                           path);
        if (d > 0) a->n_cols *= a->length[d];
    }
    return VV_OK;
}

char *vv_reader_stem(const char *path)
{
    const char *const slash = strrchr(path, '/');
    char *const stem = vv_mem_string(slash ? slash + 1 : path);
    char *const dot = stem ? strchr(stem + 1, '.') : NULL;
    if (dot) *dot = '\0';
    return stem;
}
