/* SPDX-License-Identifier: MIT */
#include "io/neighbors_file.h"

#include <hdf5.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "data/matrix.h"
#include "dist/agree.h"
#include "io/h5.h"
#include "io/h5_error.h"
#include "io/publish.h"

/* Appends one component of a layer's name as a name for a file: ".." is renamed, and a name too long for
 * file systems (or for MPI's own files beside it) keeps its beginning and gets a digest. */
static void add_component(const char *name, int n, struct vv_strbuf *path)
{
    enum { LONGEST = 120, KEPT = 80 };
    vv_strbuf_puts(path, (int)strspn(name, ".") >= n ? "/_" : "/");
    vv_strbuf_add(path, name, (size_t)(n > LONGEST ? KEPT : n));
    if (n <= LONGEST) return;
    char digest[33];
    vv_digest_text(vv_hash_bytes(name, (size_t)n), digest);
    vv_strbuf_addf(path, "_%s", digest);
}

/* "last/layer_00" becomes a folder and a file. */
enum vv_status vv_neighbors_file_path(const char *directory, const char *stage, const char *layer,
                                      struct vv_strbuf *path)
{
    vv_strbuf_addf(path, "%s/artifacts/%s", directory, stage);
    for (const char *p = layer; *p;) {
        const int n = (int)strcspn(p, "/");
        if (n > 0) add_component(p, n, path);
        p += n + (p[n] == '/');
    }
    vv_strbuf_puts(path, ".h5");
    return path->failed ? VV_MEMORY : VV_OK;
}

static enum vv_status write_arrays(struct vv_comm *c, struct vv_h5_file *f,
                                   const struct vv_neighbors *nb)
{
    const struct vv_layout *l = &nb->layout;
    const int64_t n_local = vv_layout_local(l), first = vv_layout_first(l);
    int64_t *sample = vv_mem_new(n_local, sizeof *sample, "sample numbers");
    int64_t *order = vv_mem_new(nb->k, sizeof *order, "orders of neighbors");
    enum vv_status st = vv_agree_to_finish(c, sample && order ? VV_OK : VV_MEMORY);
    for (int64_t i = 0; !st && i < n_local; i++) sample[i] = vv_sample_of(nb->sample, first + i);
    for (int j = 0; !st && j < nb->k; j++) order[j] = j + 1;
    static const char *const units[] = {"units of the activations", "1",
                                        "squared units of the activations"};
    const struct vv_h5_spec samples = {
        .name = "sample", .long_name = "input sample", .units = "1",
        .description = "input sample (row of the input file) of each row of this table",
        .type = VV_H5_I64, .n_dims = 1, .length = {l->n}, .is_scale = true};
    const struct vv_h5_spec orders = {
        .name = "k", .long_name = "order of the neighbor", .units = "1",
        .description = "1 for the nearest neighbor, 2 for the next, and so on",
        .type = VV_H5_I64, .n_dims = 1, .length = {nb->k}, .is_scale = true};
    const struct vv_h5_spec index = {
        .name = "index", .long_name = "neighbor", .units = "1",
        .description = nb->among ? "row of the other input (attribute among) that is the k-th nearest, "
                                   "nearest first, ties by row number"
                                 : "row of the k-th nearest other row, nearest first, ties by row "
                                   "number; sample[index] gives input samples",
        .type = VV_H5_I32, .n_dims = 2, .length = {l->n, nb->k},
        .scale = {"sample", "k"}};
    const struct vv_h5_spec distance = {
        .name = "distance", .long_name = "distance to the neighbor",
        .units = units[nb->metric],
        .description = vv_metric_meanings[nb->metric],
        .type = VV_H5_F64, .n_dims = 2, .length = {l->n, nb->k},
        .scale = {"sample", "k"}};
    if (!st) st = vv_h5_write_rows(f, &samples, l, sample);
    if (!st) st = vv_h5_write(f, &orders, order);
    if (!st) st = vv_h5_write_rows(f, &index, l, nb->index);
    if (!st) st = vv_h5_write_rows(f, &distance, l, nb->distance);
    if (!st) st = vv_h5_write_text_attribute(f, "/", "metric", vv_metric_names[nb->metric]);
    if (!st) st = vv_h5_write_int_attribute(f, "/", "n_references", nb->n_references);
    if (!st && nb->among) st = vv_h5_write_text_attribute(f, "/", "among", nb->among);
    vv_mem_free(sample);
    vv_mem_free(order);
    return st;
}

/* Reads a block of rows of one dataset with the serial driver. */
static enum vv_status read_block(hid_t file, const struct vv_neighbors *nb, const char *name,
                                 hid_t type, int64_t row, int64_t n_rows, int k, void *out)
{
    const hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    const hsize_t start[2] = {(hsize_t)row, 0}, count[2] = {(hsize_t)n_rows, (hsize_t)k};
    const hid_t memory = H5Screate_simple(2, count, NULL);
    hsize_t length[2] = {0, 0};
    bool ok = space >= 0 && H5Sget_simple_extent_ndims(space) == 2 &&
              H5Sget_simple_extent_dims(space, length, NULL) == 2 &&
              length[0] == (hsize_t)nb->layout.n && length[1] == (hsize_t)nb->k;
    ok = ok && H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
         H5Dread(set, type, memory, space, H5P_DEFAULT, out) >= 0;
    H5Sclose(memory);
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    if (ok) return VV_OK;
    return vv_h5_fail(VV_INPUT, "cannot read '%s' of the neighbor table '%s'", name, nb->path);
}

static enum vv_status fetch(const struct vv_neighbors *nb, int64_t row, int64_t n_rows, int k,
                            int32_t *index, double *distance)
{
    if (n_rows == 0 || k == 0) return VV_OK;
    vv_h5_quiet();
    const hid_t file = H5Fopen(nb->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return vv_h5_fail(VV_INPUT, "cannot open the neighbor table '%s'", nb->path);
    enum vv_status st = VV_OK;
    if (index) st = read_block(file, nb, "index", H5T_NATIVE_INT32, row, n_rows, k, index);
    if (!st && distance)
        st = read_block(file, nb, "distance", H5T_NATIVE_DOUBLE, row, n_rows, k, distance);
    H5Fclose(file);
    return st;
}

/* What the header of a published file says. */
struct header {
    int64_t n, k, n_references;
    int metric;
    char among[4096];
};

static bool read_text(hid_t file, const char *name, char *text, size_t size)
{
    const hid_t attribute = H5Aexists(file, name) > 0 ? H5Aopen(file, name, H5P_DEFAULT) : -1;
    if (attribute < 0) return false;
    char *stored = NULL; /* the library allocates texts of variable length */
    const hid_t type = H5Aget_type(attribute);
    const bool ok = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0 &&
                    H5Aread(attribute, type, &stored) >= 0 && stored && strlen(stored) < size;
    if (ok) memcpy(text, stored, strlen(stored) + 1);
    H5free_memory(stored);
    H5Tclose(type);
    H5Aclose(attribute);
    return ok;
}

static bool read_header(hid_t file, struct header *h)
{
    char metric[64];
    hsize_t length[2] = {0, 0};
    const hid_t set = H5Dopen2(file, "index", H5P_DEFAULT);
    const hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    bool ok = space >= 0 && H5Sget_simple_extent_ndims(space) == 2 &&
              H5Sget_simple_extent_dims(space, length, NULL) == 2;
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    *h = (struct header){.n = (int64_t)length[0], .k = (int64_t)length[1], .metric = -1};
    ok = ok && h->n < INT32_MAX && h->k < INT32_MAX && read_text(file, "metric", metric, sizeof metric);
    for (int m = 0; ok && vv_metric_names[m]; m++)
        if (strcmp(metric, vv_metric_names[m]) == 0) h->metric = m;
    if (H5Aexists(file, "among") > 0) ok = read_text(file, "among", h->among, sizeof h->among) && ok;
    const hid_t references = ok ? H5Aopen(file, "n_references", H5P_DEFAULT) : -1;
    ok = ok && references >= 0 && H5Aread(references, H5T_NATIVE_INT64, &h->n_references) >= 0;
    if (references >= 0) H5Aclose(references);
    return ok && h->metric >= 0;
}

/* The sample numbers, or NULL where row r is sample r. */
static bool read_samples(hid_t file, int64_t n, int64_t **samples)
{
    const hid_t set = H5Dopen2(file, "sample", H5P_DEFAULT);
    const hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    bool ok = space >= 0 && H5Sget_simple_extent_npoints(space) == n &&
              (*samples = vv_mem_new(n, sizeof **samples, "sample numbers")) &&
              H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, *samples) >= 0;
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    int64_t i = 0;
    while (ok && i < n && (*samples)[i] == i) i++;
    if (ok && i == n) {
        vv_mem_free(*samples);
        *samples = NULL;
    }
    return ok;
}

/* Local. All that this rank holds of the table. VV_INPUT when the file is no such table. */
static enum vv_status read_share(struct vv_comm *c, const char *path, struct vv_neighbors *nb,
                                 struct header *h)
{
    vv_h5_quiet();
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return vv_fail(VV_INPUT, "cannot open '%s'", path);
    enum vv_status st = read_header(file, h) ? VV_OK : vv_fail(VV_INPUT, "'%s' is no neighbor table", path);
    int64_t *samples = NULL;
    if (!st && !read_samples(file, h->n, &samples)) st = vv_fail(VV_INPUT, "'%s': no samples", path);
    if (!st) st = vv_neighbors_init(nb, vv_comm_layout(c, h->n), (int)h->k, (enum vv_metric)h->metric, NULL);
    nb->sample = samples;
    nb->n_references = h->n_references;
    if (!st && h->among[0] && !(nb->among = vv_mem_string(h->among))) st = VV_MEMORY;
    if (!st && !(nb->path = vv_mem_string(path))) st = VV_MEMORY;
    if (!st && vv_layout_local(&nb->layout) > 0 && h->k > 0) {
        const int64_t first = vv_layout_first(&nb->layout), n_local = vv_layout_local(&nb->layout);
        st = read_block(file, nb, "index", H5T_NATIVE_INT32, first, n_local, nb->k, nb->index);
        if (!st)
            st = read_block(file, nb, "distance", H5T_NATIVE_DOUBLE, first, n_local, nb->k, nb->distance);
    }
    H5Fclose(file);
    return st;
}

bool vv_neighbors_file_serves(const char *path, int k)
{
    struct header h;
    vv_h5_quiet();
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return false;
    const bool ok = read_header(file, &h);
    H5Fclose(file);
    const int64_t most = h.among[0] ? h.n_references : h.n_references - 1; /* none is its own neighbor */
    return ok && (h.k >= k || h.k == most);
}

/* Leaves the first k neighbors of each row. */
static void cut(struct vv_neighbors *nb, int k)
{
    const int64_t n_local = vv_layout_local(&nb->layout);
    if (k >= nb->k) return;
    for (int64_t i = 0; i < n_local; i++) {
        memmove(nb->index + i * k, nb->index + i * nb->k, (size_t)k * sizeof *nb->index);
        memmove(nb->distance + i * k, nb->distance + i * nb->k, (size_t)k * sizeof *nb->distance);
    }
    nb->k = k;
}

enum vv_status vv_neighbors_file_read(struct vv_comm *c, const char *path, int k,
                                      struct vv_neighbors *nb, int64_t *stored, bool *whole)
{
    struct header h = {.n = 0};
    *nb = (struct vv_neighbors){.k = 0};
    *whole = false;
    const enum vv_status st = vv_agree(c, read_share(c, path, nb, &h));
    *whole = st == VV_OK;
    *stored = h.k;
    vv_mem_free(nb->path);
    nb->path = NULL;
    if (*whole) cut(nb, k);
    else vv_neighbors_release(nb);
    if (st != VV_INPUT) return st;
    vv_error_clear();
    return VV_OK;
}

bool vv_neighbors_file_is_among(const char *path)
{
    vv_h5_quiet();
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const bool among = file >= 0 && H5Aexists(file, "among") > 0;
    if (file >= 0) H5Fclose(file);
    return among;
}

/* Collective. The path of the table and its folder, made. */
static enum vv_status prepare_path(struct vv_comm *c, struct vv_neighbors *nb, const char *directory,
                                   const char *stage, const char *layer, struct vv_strbuf *path)
{
    struct vv_strbuf folder;
    vv_strbuf_init(&folder);
    enum vv_status st = vv_neighbors_file_path(directory, stage, layer, path);
    if (!st) vv_strbuf_add(&folder, path->text, (size_t)(strrchr(path->text, '/') - path->text));
    if (folder.failed) st = VV_MEMORY;
    if (!st && !(nb->path = vv_mem_string(path->text))) st = VV_MEMORY;
    st = vv_agree(c, st);
    if (!st) st = vv_publish_directory(c, folder.text);
    vv_strbuf_release(&folder);
    return st;
}

enum vv_status vv_neighbors_file_adopt(struct vv_comm *c, struct vv_neighbors *nb, const char *from,
                                       const char *directory, const char *stage, const char *layer)
{
    struct vv_strbuf path;
    vv_strbuf_init(&path);
    enum vv_status st = prepare_path(c, nb, directory, stage, layer, &path);
    if (!st)
        st = vv_agree_to_finish(c, vv_comm_rank(c) == 0 ? vv_publish_link(from, path.text) : VV_OK);
    if (!st) nb->fetch = fetch;
    vv_strbuf_release(&path);
    return st;
}

enum vv_status vv_neighbors_file_publish(struct vv_comm *c, struct vv_neighbors *nb,
                                         const char *directory, const char *stage,
                                         const char *layer)
{
    struct vv_strbuf path, temporary;
    struct vv_h5_file *file = NULL;
    vv_strbuf_init(&path);
    vv_strbuf_init(&temporary);
    enum vv_status st = prepare_path(c, nb, directory, stage, layer, &path);
    if (st) goto done;
    if ((st = vv_agree(c, vv_publish_temporary(path.text, &temporary)))) goto done;
    if ((st = vv_h5_create(c, temporary.text, &file))) goto done;
    st = write_arrays(c, file, nb);
    const enum vv_status closed = vv_h5_close(&file);
    st = vv_publish_finish(c, temporary.text, path.text, st ? st : closed);
    if (!st) nb->fetch = fetch;
done:
    vv_strbuf_release(&path);
    vv_strbuf_release(&temporary);
    return st;
}
