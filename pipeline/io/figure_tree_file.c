/* SPDX-License-Identifier: MIT */
#include "io/figure_tree_file.h"

#include <hdf5.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/figure_script.h"
#include "io/h5_error.h"
#include "io/h5_room.h"

enum { NAME = 512, MOST_VALUES = INT_MAX / 2 /* a tree has about twice as many nodes as leaves */ };

struct tree_file {
    hid_t id;
    const char *path, *linkage;
    vv_tree_fn each;
    void *whom;
};

static enum vv_status unreadable(const struct tree_file *f, const char *name)
{
    return vv_h5_fail(VV_INPUT, "cannot read '%s' in '%s'", name, f->path);
}

static bool exists(const struct tree_file *f, const char *name)
{
    char part[NAME];
    for (const char *p = name; *p; p++) {
        if (p[1] != '/' && p[1] != '\0') continue;
        snprintf(part, sizeof part, "%.*s", (int)(p - name + 1), name);
        if (H5Lexists(f->id, part, H5P_DEFAULT) <= 0) return false;
    }
    return true;
}

/* A dataset of one dimension; memory: as which type. values: room for *n of `size` bytes, allocated here. */
static enum vv_status read_values(const struct tree_file *f, const char *name, hid_t memory, size_t size, void **values,
                                  int64_t *n)
{
    const hid_t set = H5Dopen2(f->id, name, H5P_DEFAULT);
    const hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    enum vv_status st = VV_OK;
    *n = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    if (*n < 0) st = unreadable(f, name);
    else if (*n > MOST_VALUES || !vv_h5_has_room(set))
        st = vv_fail(VV_INPUT, "'%s' in '%s' claims %lld values, which the file cannot hold", name, f->path,
                     (long long)*n);
    else if (!(*values = vv_mem_new(*n, size, "a tree"))) st = VV_MEMORY;
    else if (*n > 0 && H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, *values) < 0) st = unreadable(f, name);
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    return st;
}

static enum vv_status read_i64(const struct tree_file *f, const char *name, int64_t **values, int64_t *n)
{
    void *read = NULL;
    const enum vv_status st = read_values(f, name, H5T_NATIVE_INT64, sizeof **values, &read, n);
    *values = read;
    return st;
}

static enum vv_status read_f64(const struct tree_file *f, const char *name, double **values, int64_t *n)
{
    void *read = NULL;
    const enum vv_status st = read_values(f, name, H5T_NATIVE_DOUBLE, sizeof **values, &read, n);
    *values = read;
    return st;
}

/* Texts of fixed length, as varve writes them. */
static enum vv_status read_texts(const struct tree_file *f, const char *name, char ***texts, int *n)
{
    const hid_t set = H5Dopen2(f->id, name, H5P_DEFAULT);
    const hid_t type = set >= 0 ? H5Dget_type(set) : -1;
    const bool fixed = type >= 0 && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0;
    const size_t size = fixed ? H5Tget_size(type) : 0;
    void *bytes = NULL;
    int64_t count = 0;
    enum vv_status st = fixed ? read_values(f, name, type, size, &bytes, &count) : unreadable(f, name);
    if (!st && !(*texts = vv_mem_new(count, sizeof **texts, "names of classes"))) st = VV_MEMORY;
    for (*n = 0; !st && *n < count; (*n)++) {
        struct vv_strbuf text;
        vv_strbuf_init(&text);
        vv_strbuf_addf(&text, "%.*s", (int)size, (const char *)bytes + (size_t)*n * size);
        if (text.failed || !((*texts)[*n] = vv_mem_string(text.text))) st = VV_MEMORY;
        vv_strbuf_release(&text);
        if (st) break;
    }
    vv_mem_free(bytes);
    if (type >= 0) H5Tclose(type);
    if (set >= 0) H5Dclose(set);
    return st;
}

/* Whether each node is joined once, after it came to be; lack of memory counts as no. */
static bool is_tree(const struct vv_tree_figure *t)
{
    bool *const used = vv_mem_new(2 * (int64_t)t->n, sizeof *used, "a tree"), sound = used != NULL;
    for (int64_t m = 0; sound && m + 1 < t->n; m++) {
        const int64_t a = t->left[m], b = t->right[m], known = t->n + m;
        sound = a >= 0 && a < known && b >= 0 && b < known && a != b && !used[a] && !used[b];
        if (sound) used[a] = used[b] = true;
    }
    vv_mem_free(used);
    return sound;
}

/* What a tree is, but for its classes. */
static enum vv_status read_shape(const struct tree_file *f, const char *group, struct vv_tree_figure *t)
{
    char name[NAME];
    int64_t n, n_clusters, n_merges[3];
    double *height = NULL;
    int64_t *population = NULL;
    snprintf(name, sizeof name, "%.200s/leaves/cluster", group);
    VV_TRY(read_i64(f, name, &t->cluster, &n));
    t->n = (int)n;
    if (!(t->height = vv_mem_new(n, sizeof *t->height, "a tree"))) return VV_MEMORY;
    if (!(t->population = vv_mem_new(n, sizeof *t->population, "a tree"))) return VV_MEMORY;
    snprintf(name, sizeof name, "%.200s/%.20s/merges/left", group, f->linkage);
    VV_TRY(read_i64(f, name, &t->left, &n_merges[0]));
    snprintf(name, sizeof name, "%.200s/%.20s/merges/right", group, f->linkage);
    VV_TRY(read_i64(f, name, &t->right, &n_merges[1]));
    snprintf(name, sizeof name, "%.200s/%.20s/merges/log_density", group, f->linkage);
    VV_TRY(read_f64(f, name, &t->joined, &n_merges[2]));
    snprintf(name, sizeof name, "%.200s/peaks/log_density", group);
    VV_TRY(read_f64(f, name, &height, &n_clusters));
    snprintf(name, sizeof name, "%.200s/peaks/population", group);
    int64_t same;
    enum vv_status st = read_i64(f, name, &population, &same);
    bool sound = !st && same == n_clusters;
    for (int i = 0; i < 3; i++) sound = sound && n_merges[i] == (n > 0 ? n - 1 : 0);
    sound = sound && is_tree(t);
    for (int64_t i = 0; sound && i < n; i++) {
        if (!(sound = t->cluster[i] >= 0 && t->cluster[i] < n_clusters)) break;
        t->height[i] = height[t->cluster[i]];
        t->population[i] = population[t->cluster[i]];
    }
    vv_mem_free(height);
    vv_mem_free(population);
    return st ? st : sound ? VV_OK : vv_fail(VV_INPUT, "'%s' in '%s' is not a tree", group, f->path);
}

/* The commonest classes keep a color of their own, the others share the last one. kept: [n_classes] new positions. */
static void gather_classes(struct vv_tree_figure *t, const double *total, int *kept)
{
    const int others = VV_FIGURE_N_CLASSES - 1, n = t->n_classes, most = n <= VV_FIGURE_N_CLASSES ? n : others;
    for (int k = 0; k < n; k++) kept[k] = others;
    for (int i = 0; i < most; i++) {
        int largest = -1;
        for (int k = 0; k < n; k++)
            if (kept[k] == others && (largest < 0 || total[k] > total[largest])) largest = k;
        kept[largest] = 0;
    }
    for (int k = 0, next = 0; k < n; k++)
        if (kept[k] == 0) kept[k] = next++;
}

static enum vv_status rename_classes(struct vv_tree_figure *t, const int *kept)
{
    if (t->n_classes <= VV_FIGURE_N_CLASSES) return VV_OK;
    for (int k = 0; k < t->n_classes; k++) {
        char *const name = t->class_name[k];
        t->class_name[k] = NULL;
        if (kept[k] < VV_FIGURE_N_CLASSES - 1) t->class_name[kept[k]] = name;
        else vv_mem_free(name);
    }
    t->n_classes = VV_FIGURE_N_CLASSES;
    t->class_name[VV_FIGURE_N_CLASSES - 1] = vv_mem_string("other classes");
    return t->class_name[VV_FIGURE_N_CLASSES - 1] ? VV_OK : VV_MEMORY;
}

/* Counts of (cluster, class) pairs. */
struct counts {
    int64_t n;
    int64_t *cluster, *cls, *count; /* [n] */
};

static enum vv_status read_counts(const struct tree_file *f, const char *path, struct counts *c)
{
    static const char *const names[] = {"cluster", "class", "count"};
    int64_t **const values[] = {&c->cluster, &c->cls, &c->count}, n[3];
    char name[NAME];
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%.400s/%s", path, names[i]);
        VV_TRY(read_i64(f, name, values[i], &n[i]));
    }
    c->n = n[0];
    return n[1] == n[0] && n[2] == n[0] ? VV_OK : vv_fail(VV_INPUT, "'%s' in '%s' is no composition", path, f->path);
}

/* Position of a cluster among the leaves, which ascend; -1: it is none. */
static int leaf_of(const struct vv_tree_figure *t, int64_t cluster)
{
    int low = 0, high = t->n - 1;
    while (low <= high) {
        const int middle = (low + high) / 2;
        if (t->cluster[middle] == cluster) return middle;
        if (t->cluster[middle] < cluster) low = middle + 1;
        else high = middle - 1;
    }
    return -1;
}

static enum vv_status share_out(struct vv_tree_figure *t, const struct counts *c)
{
    double *const total = vv_mem_new(t->n_classes, sizeof *total, "classes");
    int *const kept = vv_mem_new(t->n_classes, sizeof *kept, "classes");
    enum vv_status st = total && kept ? VV_OK : VV_MEMORY;
    for (int64_t i = 0; !st && i < c->n; i++)
        if (c->cls[i] >= 0 && c->cls[i] < t->n_classes && leaf_of(t, c->cluster[i]) >= 0)
            total[c->cls[i]] += (double)c->count[i];
    if (!st) gather_classes(t, total, kept);
    const int n_read = t->n_classes;
    if (!st) st = rename_classes(t, kept);
    if (!st && !(t->share = vv_mem_new((int64_t)t->n * t->n_classes, sizeof *t->share, "classes"))) st = VV_MEMORY;
    for (int64_t i = 0; !st && i < c->n; i++) {
        const int leaf = leaf_of(t, c->cluster[i]);
        if (leaf < 0 || c->cls[i] < 0 || c->cls[i] >= n_read) continue;
        t->share[(int64_t)leaf * t->n_classes + kept[c->cls[i]]] += (double)c->count[i];
    }
    for (int leaf = 0; !st && leaf < t->n; leaf++) {
        double sum = 0.0, *const share = t->share + (int64_t)leaf * t->n_classes;
        for (int k = 0; k < t->n_classes; k++) sum += share[k];
        for (int k = 0; k < t->n_classes; k++) share[k] = sum > 0.0 ? share[k] / sum : 0.0;
    }
    vv_mem_free(total);
    vv_mem_free(kept);
    return st;
}

static enum vv_status read_classes(const struct tree_file *f, const char *group, const char *set,
                                   struct vv_tree_figure *t)
{
    char path[NAME];
    struct counts counts = {.n = 0};
    if (!(t->label_set = vv_mem_string(set))) return VV_MEMORY;
    snprintf(path, sizeof path, "class_names/%.300s", set);
    VV_TRY(read_texts(f, path, &t->class_name, &t->n_classes));
    snprintf(path, sizeof path, "%.200s/composition/%.200s", group, set);
    enum vv_status st = read_counts(f, path, &counts);
    if (!st) st = share_out(t, &counts);
    vv_mem_free(counts.cluster);
    vv_mem_free(counts.cls);
    vv_mem_free(counts.count);
    return st;
}

/* One tree, with the classes of a label set unless NULL. */
static enum vv_status show(const struct tree_file *f, const char *group, const char *set)
{
    struct vv_tree_figure t = {.n = 0};
    enum vv_status st = read_shape(f, group, &t);
    if (!st && set) st = read_classes(f, group, set, &t);
    if (!st) st = f->each(f->whom, group, &t);
    vv_tree_figure_release(&t);
    return st;
}

static hsize_t n_links(hid_t group)
{
    H5G_info_t info = {.nlinks = 0};
    return H5Gget_info(group, &info) < 0 ? 0 : info.nlinks;
}

static bool link_name(hid_t group, hsize_t i, char name[NAME])
{
    return H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, NAME, H5P_DEFAULT) > 0;
}

static enum vv_status show_group(const struct tree_file *f, const char *group)
{
    char path[NAME], set[NAME];
    snprintf(path, sizeof path, "%.200s/composition", group);
    const hid_t sets = exists(f, path) ? H5Gopen2(f->id, path, H5P_DEFAULT) : -1;
    if (sets < 0) return show(f, group, NULL);
    enum vv_status st = VV_OK;
    bool shown = false;
    const hsize_t n = n_links(sets);
    for (hsize_t i = 0; !st && i < n; i++) {
        if (!link_name(sets, i, set)) continue;
        snprintf(path, sizeof path, "%.200s/composition/%.200s/count", group, set);
        if (!exists(f, path)) continue; /* the name of the set has a slash */
        st = show(f, group, set);
        shown = true;
    }
    H5Gclose(sets);
    return shown || st ? st : show(f, group, NULL);
}

enum vv_status vv_tree_file_read(const char *path, const char *linkage, vv_tree_fn each, void *whom)
{
    char group[NAME], part[NAME];
    enum vv_status st = VV_OK;
    vv_h5_quiet();
    const struct tree_file f = {.id = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), .path = path, .linkage = linkage,
                                .each = each, .whom = whom};
    if (f.id < 0) return vv_h5_fail(VV_INPUT, "cannot open '%s'", path);
    const hsize_t n = n_links(f.id);
    for (hsize_t i = 0; !st && i < n; i++) {
        if (!link_name(f.id, i, group)) continue;
        snprintf(part, sizeof part, "%.200s/%.20s/merges/left", group, linkage);
        if (exists(&f, part)) st = show_group(&f, group);
    }
    H5Fclose(f.id);
    return st;
}
