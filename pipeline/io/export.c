/* SPDX-License-Identifier: MIT */
#include "io/export.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "io/neighbors_file.h"
#include "io/reader.h"
#include "io/write_npy.h"

enum { PIECE_VALUES = 1 << 18, DEEPEST_FOLDER = 32 };

/* One HDF5 file on its way. */
struct job {
    struct vv_export *e;
    const struct vv_reader *reader;
    const char *path;
    const struct vv_array *arrays;
    int n;
};

/* self: with a column in front, which is put there in float64 */
static enum vv_npy_type type_of(const struct vv_array *a, bool self)
{
    if (a->is_text) return VV_NPY_TEXT;
    if (strncmp(a->stored, "float", 5) != 0) return VV_NPY_I64;
    return a->held == VV_FLOAT32 && !self ? VV_NPY_F32 : VV_NPY_F64;
}

static enum vv_status copy_texts(const struct job *j, const struct vv_array *a, const char *to)
{
    const int64_t n = a->n_rows * a->n_cols;
    struct vv_npy_file *file = NULL;
    char **const texts = vv_mem_new(n, sizeof *texts, "texts");
    enum vv_status st = texts ? j->reader->read_texts(j->path, a, texts) : VV_MEMORY;
    int width = 0;
    for (int64_t i = 0; !st && i < n; i++) {
        const int w = vv_npy_width(texts[i]);
        if (w > width) width = w;
    }
    if (!st) st = vv_npy_create(to, VV_NPY_TEXT, width, a->length, a->n_dims, &file);
    for (int64_t i = 0; !st && i < n; i++) st = vv_npy_append_text(file, texts[i]);
    for (int64_t i = 0; texts && i < n; i++) vv_mem_free(texts[i]);
    vv_mem_free(texts);
    return vv_npy_finish(&file, st);
}

/* Integers come as doubles, which hold those of a report exactly. */
static void to_integers(double *values, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const int64_t v = (int64_t)values[i];
        memcpy(&values[i], &v, sizeof v);
    }
}

/* Puts a column in front of each row, from the back: the row's number, or zero. values: [n][n_cols + 1] */
static void add_self(double *values, int64_t row, int64_t n, int64_t n_cols, bool is_index)
{
    for (int64_t i = n - 1; i >= 0; i--) {
        memmove(values + i * (n_cols + 1) + 1, values + i * n_cols, (size_t)n_cols * sizeof *values);
        values[i * (n_cols + 1)] = is_index ? (double)(row + i) : 0.0;
    }
}

static enum vv_status copy_rows(const struct job *j, const struct vv_array *a, bool self, void *handle, double *values,
                                int64_t n_at_once, struct vv_npy_file *file)
{
    const enum vv_npy_type type = type_of(a, self);
    const enum vv_real held = type == VV_NPY_F32 ? VV_FLOAT32 : VV_FLOAT64;
    for (int64_t row = 0, n; row < a->n_rows; row += n) {
        n = a->n_rows - row < n_at_once ? a->n_rows - row : n_at_once;
        VV_TRY(j->reader->read(handle, row, n, held, values));
        if (self) add_self(values, row, n, a->n_cols, type == VV_NPY_I64);
        if (type == VV_NPY_I64) to_integers(values, n * (a->n_cols + self));
        VV_TRY(vv_npy_append(file, values, n * (a->n_cols + self)));
    }
    return VV_OK;
}

/* self: of a neighbor table, with a column for the sample itself */
static enum vv_status copy_array(const struct job *j, const struct vv_array *a, bool self, const char *to)
{
    j->e->n_files++;
    if (a->is_text) return copy_texts(j, a, to);
    struct vv_npy_file *file = NULL;
    void *handle = NULL;
    int64_t length[VV_ARRAY_MAX_DIMS];
    memcpy(length, a->length, sizeof length);
    length[1] += self;
    const int64_t n_at_once = PIECE_VALUES / (a->n_cols + self + 1) + 1;
    double *const values = vv_mem_new(n_at_once * (a->n_cols + self), sizeof *values, "values to copy");
    enum vv_status st = values ? j->reader->open(j->path, a, &handle) : VV_MEMORY;
    if (!st) st = vv_npy_create(to, type_of(a, self), 0, length, a->n_dims, &file);
    if (!st) st = copy_rows(j, a, self, handle, values, n_at_once, file);
    j->reader->close(handle);
    vv_mem_free(values);
    return vv_npy_finish(&file, st);
}

static const struct vv_array *find(const struct job *j, const char *name)
{
    for (int i = 0; i < j->n; i++)
        if (strcmp(j->arrays[i].name, name) == 0) return &j->arrays[i];
    return NULL;
}

static enum vv_status copy_report(const struct job *j, const char *stage, const char *layer)
{
    struct vv_strbuf to;
    enum vv_status st = VV_OK;
    (void)stage;
    (void)layer;
    vv_strbuf_init(&to);
    for (int i = 0; i < j->n && !st; i++) {
        vv_strbuf_reset(&to);
        vv_strbuf_addf(&to, "%s/report/%s.npy", j->e->to, j->arrays[i].name);
        st = to.failed ? VV_MEMORY : copy_array(j, &j->arrays[i], false, to.text);
    }
    vv_strbuf_release(&to);
    return st;
}

/* Whether row r is sample r. */
static enum vv_status all_samples(const struct job *j, const struct vv_array *a, bool *all)
{
    void *handle = NULL;
    double *const values = vv_mem_new(a->n_rows, sizeof *values, "sample numbers");
    enum vv_status st = values ? j->reader->open(j->path, a, &handle) : VV_MEMORY;
    if (!st) st = j->reader->read(handle, 0, a->n_rows, VV_FLOAT64, values);
    *all = true;
    for (int64_t i = 0; !st && i < a->n_rows; i++) *all = *all && values[i] == (double)i;
    if (handle) j->reader->close(handle);
    vv_mem_free(values);
    return st;
}

/* What an array of a file for one layer is called; NULL: it is left out. */
static const char *name_of(const struct vv_array *a, bool is_table)
{
    if (strcmp(a->name, "sample") == 0) return "samples";
    if (is_table && strcmp(a->name, "index") == 0) return "indices";
    if (is_table && strcmp(a->name, "distance") == 0) return "distances";
    if (is_table && strcmp(a->name, "k") == 0) return NULL; /* 1, 2, ... */
    return a->name;
}

static enum vv_status copy_layer(const struct job *j, const char *stage, const char *layer)
{
    const struct vv_array *const index = find(j, "index"), *const distance = find(j, "distance");
    const bool is_table = index && distance && index->n_dims == 2 && distance->n_dims == 2;
    const bool own = is_table && !vv_neighbors_file_is_among(j->path); /* its neighbors are its own rows */
    struct vv_strbuf to;
    enum vv_status st = VV_OK;
    vv_strbuf_init(&to);
    for (int i = 0; i < j->n && !st; i++) {
        const struct vv_array *const a = &j->arrays[i];
        const char *const name = name_of(a, is_table);
        bool all = true;
        if (!name) continue;
        vv_strbuf_reset(&to);
        vv_strbuf_addf(&to, "%s/%s/%s/%s.npy", j->e->to, stage, name, layer);
        st = to.failed ? VV_MEMORY : copy_array(j, a, own && j->e->with_self && (a == index || a == distance), to.text);
        if (!st && own && strcmp(name, "samples") == 0) st = all_samples(j, a, &all);
        if (!all) j->e->leaves_out = true;
    }
    vv_strbuf_release(&to);
    if (!own) return st;
    snprintf(j->e->tables, sizeof j->e->tables, "%s", stage);
    j->e->n_tables++;
    return st;
}

static enum vv_status copy_file(struct vv_export *e, const char *path, const char *stage, const char *layer,
                                enum vv_status (*copy)(const struct job *j, const char *stage, const char *layer))
{
    struct job j = {.e = e, .path = path};
    struct vv_array *arrays = NULL;
    VV_TRY(vv_reader_find(path, &j.reader));
    if (!j.reader || strcmp(j.reader->name, "hdf5") != 0) return vv_fail(VV_INPUT, "'%s' is no HDF5 file", path);
    VV_TRY(j.reader->list(path, &arrays, &j.n));
    j.arrays = arrays;
    enum vv_status st = vv_arrays_check_names(arrays, j.n, path); /* they become names of files */
    if (!st) st = copy(&j, stage, layer);
    vv_arrays_release(&arrays, j.n);
    return st;
}

static bool ends_in(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

/* "<stage>/<layer>.h5": a layer's name may be several folders deep. within: where that begins in `path` */
static enum vv_status copy_artifact(struct vv_export *e, const char *path, size_t within)
{
    char *const stage = vv_mem_string(path + within);
    char *const slash = stage ? strchr(stage, '/') : NULL;
    enum vv_status st = stage ? VV_OK : VV_MEMORY;
    if (slash) {
        *slash = '\0';
        slash[strlen(slash + 1) - 2] = '\0'; /* ".h5" */
        st = copy_file(e, path, stage, slash + 1, copy_layer);
    }
    vv_mem_free(stage);
    return st;
}

/* Copies the files of a folder and of those below it. path: extended, and left as it was. */
static enum vv_status copy_folder(struct vv_export *e, struct vv_strbuf *path, size_t within, int depth)
{
    const size_t length = path->length;
    DIR *const dir = opendir(path->text);
    enum vv_status st = VV_OK;
    if (!dir) return vv_fail(VV_INPUT, "cannot open the folder '%s': %s", path->text, strerror(errno));
    for (struct dirent *entry; !st && (entry = readdir(dir));) {
        struct stat info;
        if (entry->d_name[0] == '.') continue; /* unfinished files, too */
        vv_strbuf_addf(path, "/%s", entry->d_name);
        if (path->failed) st = VV_MEMORY;
        else if (stat(path->text, &info) == 0 && S_ISDIR(info.st_mode) && depth < DEEPEST_FOLDER)
            st = copy_folder(e, path, within, depth + 1);
        else if (ends_in(entry->d_name, ".h5"))
            st = copy_artifact(e, path->text, within);
        path->length = length;
        path->text[length] = '\0';
    }
    closedir(dir);
    return st;
}

enum vv_status vv_export_npy(struct vv_export *e)
{
    struct vv_strbuf path;
    enum vv_status st = VV_OK;
    bool any = false;
    vv_strbuf_init(&path);
    vv_strbuf_addf(&path, "%s/report.h5", e->run);
    if (path.failed) st = VV_MEMORY;
    else if (access(path.text, F_OK) == 0) {
        any = true;
        st = copy_file(e, path.text, NULL, NULL, copy_report);
    }
    vv_strbuf_reset(&path);
    vv_strbuf_addf(&path, "%s/artifacts", e->run);
    if (!st && path.failed) st = VV_MEMORY;
    else if (!st && access(path.text, F_OK) == 0) {
        any = true;
        st = copy_folder(e, &path, path.length + 1, 0);
    }
    if (!st && !any) {
        vv_fail(VV_INPUT, "'%s' is no run directory: it has neither report.h5 nor artifacts", e->run);
        st = vv_error_hint("name the folder that 'varve run' wrote, such as results/NAME");
    }
    vv_strbuf_release(&path);
    return st;
}
