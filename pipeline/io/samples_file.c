/* SPDX-License-Identifier: MIT */
#include "io/samples_file.h"

#include <hdf5.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "data/matrix.h"
#include "dist/agree.h"
#include "io/h5.h"
#include "io/h5_error.h"
#include "io/neighbors_file.h"
#include "io/publish.h"
#include "io/table_h5.h"

static enum vv_status write_samples(struct vv_h5_file *f, const struct vv_samples *s)
{
    const struct vv_h5_spec spec = {
        .name = "sample", .long_name = "input sample", .units = "1",
        .description = "input sample (row of the input file) of each row of this file",
        .type = VV_H5_I64, .n_dims = 1, .length = {s->layout.n}, .is_scale = true};
    const int64_t n_local = vv_layout_local(&s->layout), first = vv_layout_first(&s->layout);
    int64_t *const sample = vv_mem_new(n_local, sizeof *sample, "sample numbers");
    enum vv_status st = vv_agree_to_finish(vv_h5_comm(f), sample ? VV_OK : VV_MEMORY);
    for (int64_t i = 0; !st && i < n_local; i++) sample[i] = vv_sample_of(s->sample, first + i);
    if (!st) st = vv_h5_write_rows(f, &spec, &s->layout, sample);
    vv_mem_free(sample);
    return st;
}

static enum vv_status write_column(struct vv_h5_file *f, const struct vv_samples *s, const struct vv_column *c)
{
    struct vv_h5_spec spec = {.name = c->name, .long_name = c->long_name, .units = c->units,
                              .description = c->description, .type = c->type == VV_F64 ? VV_H5_F64 : VV_H5_I64,
                              .n_dims = c->n_dims, .length = {s->layout.n}, .scale = {"sample"}};
    for (int d = 1; d < c->n_dims; d++) {
        spec.length[d] = c->dims[d].length;
        /* a coordinate among the results beside the columns */
        spec.scale[d] = vv_table_find(&s->extra, c->dims[d].name) ? c->dims[d].name : NULL;
    }
    return vv_h5_write_rows(f, &spec, &s->layout, c->type == VV_F64 ? (const void *)c->f64 : (const void *)c->i64);
}

static enum vv_status write_all(struct vv_h5_file *f, const struct vv_samples *s)
{
    VV_TRY(write_samples(f, s));
    VV_TRY(vv_table_h5_write(f, &s->extra));
    for (int i = 0; i < s->rows.n_columns; i++) VV_TRY(write_column(f, s, s->rows.columns[i]));
    return VV_OK;
}

/* Reads this rank's rows with the serial driver. */
static enum vv_status fetch(const struct vv_samples *s, const struct vv_layout *layout, const char *name,
                            double *values)
{
    vv_h5_quiet();
    const hsize_t start = (hsize_t)vv_layout_first(layout), count = (hsize_t)vv_layout_local(layout);
    const hid_t file = H5Fopen(s->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t set = file >= 0 ? H5Dopen2(file, name, H5P_DEFAULT) : -1;
    const hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    bool ok = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 &&
              H5Sget_simple_extent_npoints(space) == layout->n;
    if (ok && count > 0) {
        const hid_t memory = H5Screate_simple(1, &count, NULL);
        ok = H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
             H5Dread(set, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values) >= 0;
        H5Sclose(memory);
    }
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    if (file >= 0) H5Fclose(file);
    return ok ? VV_OK : vv_h5_fail(VV_INPUT, "cannot read '%s' in '%s'", name, s->path);
}

/* Collective. The path of the file and its folder, made. */
static enum vv_status prepare_path(struct vv_comm *c, struct vv_samples *s, const char *directory, const char *stage,
                                   const char *layer)
{
    struct vv_strbuf path, folder;
    vv_strbuf_init(&path);
    vv_strbuf_init(&folder);
    enum vv_status st = vv_neighbors_file_path(directory, stage, layer, &path);
    if (!st) vv_strbuf_add(&folder, path.text, (size_t)(strrchr(path.text, '/') - path.text));
    vv_mem_free(s->path);
    if (folder.failed || !(s->path = vv_mem_string(path.text))) st = VV_MEMORY;
    st = vv_agree(c, st);
    if (!st) st = vv_publish_directory(c, folder.text);
    vv_strbuf_release(&path);
    vv_strbuf_release(&folder);
    return st;
}

enum vv_status vv_samples_file_publish(struct vv_comm *c, struct vv_samples *s, const char *directory,
                                       const char *stage, const char *layer)
{
    struct vv_strbuf temporary;
    struct vv_h5_file *file = NULL;
    vv_strbuf_init(&temporary);
    enum vv_status st = prepare_path(c, s, directory, stage, layer);
    if (st) goto done;
    if ((st = vv_agree(c, vv_publish_temporary(s->path, &temporary)))) goto done;
    if ((st = vv_h5_create(c, temporary.text, &file))) goto done;
    st = write_all(file, s);
    const enum vv_status closed = vv_h5_close(&file);
    st = vv_publish_finish(c, temporary.text, s->path, st ? st : closed);
    if (!st) s->fetch = fetch;
done:
    vv_strbuf_release(&temporary);
    return st;
}

/* Local. Rows of the file. */
static enum vv_status count_rows(const char *path, int64_t *n)
{
    vv_h5_quiet();
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t set = file >= 0 ? H5Dopen2(file, "sample", H5P_DEFAULT) : -1;
    const hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    if (space >= 0) *n = (int64_t)H5Sget_simple_extent_npoints(space);
    const bool ok = space >= 0;
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    if (file >= 0) H5Fclose(file);
    return ok ? VV_OK : vv_h5_fail(VV_INPUT, "cannot read 'sample' in '%s'", path);
}

enum vv_status vv_samples_file_adopt(struct vv_comm *c, struct vv_samples *s, const char *from, const char *directory,
                                     const char *stage, const char *layer)
{
    enum vv_status st = prepare_path(c, s, directory, stage, layer);
    int64_t n = 0;
    if (!st) st = vv_agree_to_finish(c, vv_comm_rank(c) == 0 ? vv_publish_link(from, s->path) : VV_OK);
    if (!st) st = vv_agree_to_finish(c, count_rows(s->path, &n));
    s->layout = vv_comm_layout(c, n);
    if (!st) s->fetch = fetch;
    return st;
}
