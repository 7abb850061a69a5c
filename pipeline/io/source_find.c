/* SPDX-License-Identifier: MIT */
/* From `input.layers` to a list of layers: one file with many datasets, or many files. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "io/source_state.h"

static const char layer_mark[] = "{layer}";

void vv_source_layer_release(struct vv_source_layer *layer)
{
    vv_mem_free(layer->shape.name);
    vv_mem_free(layer->path);
    vv_array_release(&layer->array);
}

static enum vv_status add_layer(struct vv_source *s, const char *name, const char *path,
                                const struct vv_reader *reader, const struct vv_array *a)
{
    struct vv_source_layer *grown =
        vv_mem_resize(s->layers, s->n_layers + 1, sizeof *grown, "layers");
    if (!grown) return VV_MEMORY;
    s->layers = grown;
    struct vv_source_layer *l = &grown[s->n_layers++];
    l->reader = reader;
    l->array = *a;
    l->array.file = l->array.refusal = l->array.remedy = NULL; /* the path says where it is */
    l->array.name = vv_mem_string(a->name);
    l->path = vv_mem_string(vv_array_file(a, path));
    l->shape.name = vv_mem_string(name);
    l->shape.n = a->n_rows;
    l->shape.n_cols = a->n_cols;
    l->shape.type = a->held;
    l->shape.stored = l->array.stored;
    return l->array.name && l->path && l->shape.name ? VV_OK : VV_MEMORY;
}

/* Whether `name` is prefix, something, suffix of a pattern with {layer} at `at`; *n: length of that something, which
 * begins behind the prefix. */
static bool fits_pattern(const char *pattern, const char *at, const char *name, size_t *n)
{
    const char *const suffix = at + strlen(layer_mark);
    const size_t n_name = strlen(name), n_prefix = (size_t)(at - pattern), n_suffix = strlen(suffix);
    if (n_name <= n_prefix + n_suffix || strncmp(name, pattern, n_prefix) != 0 ||
        strcmp(name + n_name - n_suffix, suffix) != 0)
        return false;
    *n = n_name - n_prefix - n_suffix;
    return true;
}

/* Whether an array is a layer, and (copied) what {layer} in the pattern of its name stands for, else NULL. Without a
 * pattern: every array that could be a layer. */
static enum vv_status is_wanted(const struct vv_array *a, const char *dataset, bool *wanted, char **name)
{
    const char *const pattern = dataset && dataset[0] == '/' ? dataset + 1 : dataset;
    const char *const at = pattern ? strstr(pattern, layer_mark) : NULL;
    size_t n;
    *name = NULL;
    *wanted = false;
    if (a->is_text || (a->n_dims < 1 && !a->refusal)) return VV_OK;
    if (!at) {
        *wanted = pattern ? fnmatch(pattern, a->name, 0) == 0 : a->n_dims >= 2 || a->n_dims < 0;
        return VV_OK;
    }
    if (!(*wanted = fits_pattern(pattern, at, a->name, &n))) return VV_OK;
    if (!(*name = vv_mem_string(a->name + (at - pattern)))) return VV_MEMORY;
    (*name)[n] = '\0';
    return VV_OK;
}

static enum vv_status nothing_matches(const char *path, const char *glob,
                                      const struct vv_array *arrays, int n)
{
    struct vv_strbuf names;
    vv_strbuf_init(&names);
    for (int i = 0; i < n && i < 8; i++)
        vv_strbuf_addf(&names, "%s%s", i ? ", " : "", arrays[i].name);
    if (n > 8) vv_strbuf_addf(&names, ", ... (%d in all)", n);
    if (glob) vv_fail(VV_INPUT, "no dataset of '%s' matches '%s'", path, glob);
    else vv_fail(VV_INPUT, "'%s' holds no array of 2 or more dimensions", path);
    if (n > 0) vv_error_hint("it holds: %s", names.text);
    vv_strbuf_release(&names);
    return VV_INPUT;
}

/* Adds an array of a file if it is a layer; `name`: what {layer} in the file's path stood for, or NULL. */
static enum vv_status add_array(struct vv_source *s, const char *path, const char *name,
                                const struct vv_reader *reader, const struct vv_array *a, int *n_added)
{
    bool wanted = !a->is_text;
    char *inside = NULL;
    enum vv_status st = reader->many ? is_wanted(a, s->where->dataset, &wanted, &inside) : VV_OK;
    if (!st && wanted && name && *n_added > 0) {
        st = vv_fail(VV_INPUT, "more than one dataset of '%s' matches '%s'", path,
                     s->where->dataset ? s->where->dataset : "*");
        vv_error_hint("with one file per layer, dataset must name one dataset in each");
    }
    if (!st && wanted) st = vv_array_usable(a);
    if (!st && wanted) {
        st = add_layer(s, name ? name : inside ? inside : a->name, path, reader, a);
        ++*n_added;
    }
    vv_mem_free(inside);
    return st;
}

/* Adds the layers of one file; `name`: what {layer} stood for, or NULL. */
static enum vv_status add_file(struct vv_source *s, const char *path, const char *name)
{
    const struct vv_reader *reader;
    struct vv_array *arrays = NULL;
    int n = 0, n_added = 0;
    VV_TRY(vv_reader_find(path, &reader));
    if (!reader) {
        vv_fail(VV_INPUT, "'%s' is of no known format", path);
        return vv_error_hint("layers are read from HDF5, .npy, .npz, safetensors, IDX (also gzipped) and CIFAR's .bin");
    }
    VV_TRY(reader->list(path, &arrays, &n));
    enum vv_status st = VV_OK;
    for (int i = 0; i < n && !st; i++) st = add_array(s, path, name, reader, &arrays[i], &n_added);
    if (!st && n_added == 0) {
        if (reader->many) st = nothing_matches(path, s->where->dataset, arrays, n);
        else st = vv_fail(VV_INPUT, "'%s' holds texts, not numbers", path);
    }
    vv_arrays_release(&arrays, n);
    return st;
}

enum { DEEPEST_FOLDER = 8 };

/* Adds the files of a folder, and (where layers may be in folders) of those below it, whose paths fit the pattern.
 * path: the folder, with a slash at its end, or nothing; extended, and left as it was. depth: 0 for the first */
static enum vv_status add_folder(struct vv_source *s, const char *pattern, const char *at, struct vv_strbuf *path,
                                 int depth)
{
    const size_t length = path->length;
    DIR *const dir = opendir(length ? path->text : ".");
    enum vv_status st = VV_OK;
    if (!dir) return vv_fail(VV_INPUT, "cannot open the folder '%s': %s", path->text, strerror(errno));
    for (struct dirent *e; !st && (e = readdir(dir));) {
        struct stat info;
        size_t n;
        vv_strbuf_puts(path, e->d_name);
        const bool below = s->where->deep && depth < DEEPEST_FOLDER && e->d_name[0] != '.' &&
                           stat(path->text, &info) == 0 && S_ISDIR(info.st_mode);
        if (path->failed) st = VV_MEMORY;
        else if (below) {
            vv_strbuf_puts(path, "/");
            st = add_folder(s, pattern, at, path, depth + 1);
        } else if (fits_pattern(pattern, at, path->text, &n) && path->text[at - pattern] != '.') {
            char *const name = vv_mem_string(path->text + (at - pattern));
            if (name) name[n] = '\0';
            st = name ? add_file(s, path->text, name) : VV_MEMORY;
            vv_mem_free(name);
        }
        path->length = length;
        path->text[length] = '\0';
    }
    closedir(dir);
    return st;
}

/* Adds the files whose paths fit "folder/prefix{layer}suffix". */
static enum vv_status add_pattern(struct vv_source *s, const char *pattern, const char *at)
{
    const char *start = at;
    struct vv_strbuf path;
    if (strchr(at, '/')) return vv_fail(VV_INPUT, "in '%s', {layer} must stand in the file's name", pattern);
    while (start > pattern && start[-1] != '/') start--;
    vv_strbuf_init(&path);
    vv_strbuf_add(&path, pattern, (size_t)(start - pattern));
    enum vv_status st = path.failed ? VV_MEMORY : add_folder(s, pattern, at, &path, 0);
    if (!st && s->n_layers == 0) st = vv_fail(VV_INPUT, "no file matches '%s'", pattern);
    vv_strbuf_release(&path);
    return st;
}

/* Layers of a series (same name up to the last '/') stay together, in natural order. */
static int compare_layers(const void *a, const void *b)
{
    char *const x = ((const struct vv_source_layer *)a)->shape.name;
    char *const y = ((const struct vv_source_layer *)b)->shape.name;
    char *const ends[2] = {strrchr(x, '/'), strrchr(y, '/')};
    int order = (ends[0] != NULL) - (ends[1] != NULL); /* names without a series come first */
    if (order == 0 && ends[0]) {
        *ends[0] = *ends[1] = '\0'; /* cut for the comparison, then mended */
        order = vv_text_natural_compare(x, y);
        *ends[0] = *ends[1] = '/';
    }
    return order ? order : vv_text_natural_compare(x, y);
}

/* "3", "-1" or "2..5" as a range of positions; false for a name. */
static bool parse_range(const char *text, int n, int *first, int *last)
{
    int used = 0;
    if (sscanf(text, "%d..%d%n", first, last, &used) == 2 && text[used] == '\0') {
    } else if (sscanf(text, "%d%n", first, &used) == 1 && text[used] == '\0') {
        *last = *first;
    } else {
        return false;
    }
    if (*first < 0) *first += n;
    if (*last < 0) *last += n;
    return true;
}

static enum vv_status mark(struct vv_source *s, const char *entry, bool *keep)
{
    int first, last, hits = 0;
    const bool range = parse_range(entry, s->n_layers, &first, &last);
    for (int l = 0; l < s->n_layers; l++)
        if (range ? l >= first && l <= last : fnmatch(entry, s->layers[l].shape.name, 0) == 0) {
            keep[l] = true;
            hits++;
        }
    if (hits > 0) return VV_OK;
    if (range) {
        vv_fail(VV_INPUT, "input.layers.select: no layer at '%s'", entry);
        return vv_error_hint("there are %d layers: 0 to %d", s->n_layers, s->n_layers - 1);
    }
    const char **names = vv_mem_new(s->n_layers, sizeof *names, "names");
    if (!names) return VV_MEMORY;
    for (int l = 0; l < s->n_layers; l++) names[l] = s->layers[l].shape.name;
    const char *near = vv_text_suggest(entry, names, s->n_layers);
    vv_fail(VV_INPUT, "input.layers.select: no layer is called '%s'", entry);
    vv_error_hint(near ? "did you mean '%s'?" : "the first layer is called '%s'",
                  near ? near : names[0]);
    vv_mem_free(names);
    return VV_INPUT;
}

static enum vv_status select_layers(struct vv_source *s)
{
    const struct vv_texts *select = &s->where->select;
    if (select->n == 0) return VV_OK;
    bool *keep = vv_mem_new(s->n_layers, sizeof *keep, "selection");
    if (!keep) return VV_MEMORY;
    enum vv_status st = VV_OK;
    for (int i = 0; i < select->n && !st; i++) st = mark(s, select->v[i], keep);
    int kept = 0;
    for (int l = 0; l < s->n_layers && !st; l++) {
        if (keep[l]) s->layers[kept++] = s->layers[l];
        else vv_source_layer_release(&s->layers[l]);
    }
    if (!st) s->n_layers = kept;
    vv_mem_free(keep);
    return st;
}

static enum vv_status check_shapes(const struct vv_source *s)
{
    const struct vv_source_layer *first = &s->layers[0];
    for (int l = 0; l < s->n_layers; l++) {
        const struct vv_source_layer *it = &s->layers[l];
        if (it->shape.n == 0 || it->shape.n_cols == 0)
            return vv_fail(VV_INPUT, "layer '%s' of '%s' is empty: %lld rows of %lld features",
                           it->shape.name, it->path, (long long)it->shape.n,
                           (long long)it->shape.n_cols);
        if (it->shape.n != first->shape.n && !s->rows_vary) {
            vv_fail(VV_INPUT, "layer '%s' of '%s' has %lld rows where the first layer has %lld",
                    it->shape.name, it->path, (long long)it->shape.n, (long long)first->shape.n);
            return vv_error_hint("all layers must hold the same samples in the same order");
        }
    }
    return VV_OK;
}

enum vv_status vv_source_find(struct vv_source *s)
{
    const char *const path = s->where->path;
    const char *const at = strstr(path, layer_mark);
    VV_TRY(at ? add_pattern(s, path, at) : add_file(s, path, NULL));
    qsort(s->layers, (size_t)s->n_layers, sizeof *s->layers, compare_layers);
    VV_TRY(select_layers(s));
    for (int l = 0; l < s->n_layers; l++) s->layers[l].shape.stored = s->layers[l].array.stored;
    return check_shapes(s);
}
