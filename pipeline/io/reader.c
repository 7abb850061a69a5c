/* SPDX-License-Identifier: MIT */
#include "io/reader.h"

#include <errno.h>
#include <stdio.h>
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
        if (readers[i]->claims(head, n)) *reader = readers[i];
    return VV_OK;
}

enum vv_status vv_arrays_single(const char *path, struct vv_array **arrays, int *n)
{
    *n = 0;
    if (!(*arrays = vv_mem_new(1, sizeof **arrays, "array header"))) return VV_MEMORY;
    *n = 1;
    if (((*arrays)->name = vv_reader_stem(path))) return VV_OK;
    vv_arrays_release(arrays, *n);
    return VV_MEMORY;
}

void vv_arrays_release(struct vv_array **arrays, int n)
{
    for (int i = 0; *arrays && i < n; i++) vv_mem_free((*arrays)[i].name);
    vv_mem_free(*arrays);
    *arrays = NULL;
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
