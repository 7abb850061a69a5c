/* SPDX-License-Identifier: MIT */
/* Writing parallel HDF5. A file is created, filled and closed by all ranks together; the same data
 * give the same bytes on any number of ranks (no object times). A failure inside HDF5 becomes one
 * recorded error. Every dataset carries long_name, units and description. */
#ifndef VV_IO_H5_H
#define VV_IO_H5_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "dist/comm.h"
#include "dist/layout.h"

enum vv_h5_type { VV_H5_F64, VV_H5_I64, VV_H5_I32, VV_H5_TEXT };

enum { VV_H5_MAX_DIMS = 4 };

struct vv_h5_file; /* opaque */

/* What a dataset is. Names are paths; groups are made as needed. */
struct vv_h5_spec {
    const char *name, *long_name, *units, *description;
    enum vv_h5_type type;
    int n_dims;                     /* 0: a scalar */
    int64_t length[VV_H5_MAX_DIMS];
    const char *scale[VV_H5_MAX_DIMS]; /* path of the dimension's scale in the file, or NULL */
    bool is_scale;                  /* the dataset itself is a dimension scale */
};

/* Collective. Creates (truncates) the file at `path`. VV_OUTPUT when it cannot. */
enum vv_status vv_h5_create(struct vv_comm *c, const char *path, struct vv_h5_file **file);

/* Local. The ranks that write the file. */
struct vv_comm *vv_h5_comm(const struct vv_h5_file *f);

/* Collective. Closes; *file becomes NULL. Returns the agreed status of closing. */
enum vv_status vv_h5_close(struct vv_h5_file **file);

/* Collective. Writes a dataset that all ranks hold. values: double, int64_t, int32_t, or for texts
 * char *const [n], NULL meaning empty; stored as fixed-length UTF-8. */
enum vv_status vv_h5_write(struct vv_h5_file *f, const struct vv_h5_spec *spec, const void *values);

/* Collective. Writes a dataset whose first dimension is divided over the ranks; each rank gives its
 * rows. spec->length[0] = layout->n. */
enum vv_status vv_h5_write_rows(struct vv_h5_file *f, const struct vv_h5_spec *spec,
                                const struct vv_layout *layout, const void *rows);

/* Collective. Text and integer attributes of the object at `path` ("/" for the file). */
enum vv_status vv_h5_write_text_attribute(struct vv_h5_file *f, const char *path, const char *name,
                                          const char *text);
enum vv_status vv_h5_write_int_attribute(struct vv_h5_file *f, const char *path, const char *name,
                                         int64_t value);

#endif
