/* SPDX-License-Identifier: MIT */
/* Small replicated results: a table is a list of columns, each an array with named dimensions, a
 * unit and a description. A column's name is its path in report.h5. A dimension is named by the path
 * of its coordinate: the 1-D column whose name equals its only dimension holds the coordinate values.
 * Everything the report writes comes from tables, so a new stage needs no change there. */
#ifndef VV_DATA_TABLE_H
#define VV_DATA_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum vv_value { VV_F64, VV_I64, VV_TEXT };

enum { VV_MAX_DIMS = 4 };

struct vv_dim {
    const char *name; /* such as "id/gride/order"; "layer" for the layers of the run */
    int64_t length;
};

struct vv_column {
    char *name;        /* such as "id/gride/value" */
    char *long_name;   /* a few words, for axes and headings */
    char *units;       /* "1" when dimensionless */
    char *description; /* a sentence: method, convention, source */
    enum vv_value type;
    int n_dims;        /* 0: a scalar */
    struct { char *name; int64_t length; } dims[VV_MAX_DIMS];
    double *f64;       /* values in C order, the one of the three that `type` names */
    int64_t *i64;
    char **text;
};

struct vv_table {
    int n_columns;
    struct vv_column **columns; /* [n_columns], in order of addition; owned */
    char *findings; /* warnings to be said whenever the table is used again, each with a newline; NULL: none; owned */
};

/* What a new column is; strings are copied. Unused dims have a NULL name. */
struct vv_column_spec {
    const char *name, *long_name, *units, *description;
    enum vv_value type;
    struct vv_dim dims[VV_MAX_DIMS];
};

/* Local. An empty table is a zeroed struct. */
void vv_table_release(struct vv_table *t);

/* Local. Adds a column filled with NaN, 0 or NULL; the caller fills it through *column, which stays
 * valid until the table is released. VV_BUG when the name is taken or unit or description missing. */
enum vv_status vv_table_add(struct vv_table *t, const struct vv_column_spec *spec,
                            struct vv_column **column);

/* Local. Adds a scalar. */
enum vv_status vv_table_add_f64(struct vv_table *t, const char *name, const char *units,
                                const char *description, double value);
enum vv_status vv_table_add_i64(struct vv_table *t, const char *name, const char *units,
                                const char *description, int64_t value);
enum vv_status vv_table_add_text(struct vv_table *t, const char *name, const char *description,
                                 const char *value);

/* Local. The column of that name, or NULL. / Number of values of a column. / Sets a text value. */
const struct vv_column *vv_table_find(const struct vv_table *t, const char *name);
int64_t vv_column_length(const struct vv_column *c);
enum vv_status vv_column_set_text(struct vv_column *c, int64_t i, const char *text);

/* Local. A number of a column as float64; NaN for a text. */
double vv_column_number(const struct vv_column *c, int64_t i);

/* Local. Whether a column holds the coordinate of its only dimension. / Whether both have the same dimensions: by name
 * and order; in length, too. */
bool vv_column_is_coordinate(const struct vv_column *c);
bool vv_column_same_dims(const struct vv_column *a, const struct vv_column *b);
bool vv_column_same_shape(const struct vv_column *a, const struct vv_column *b);

/* Local. What stands behind the last '/' of a name. / Whether positions along the dimension are layers of the run. */
const char *vv_name_leaf(const char *name);
bool vv_dim_is_layer(const char *dim);

/* Local. Puts the tables of n layers into one: each column gains a first dimension "layer";
 * coordinates stay as they are. Where layers differ in the length of a dimension, the longest
 * coordinate is taken and the others are padded with NaN, 0 or empty text. A column absent from a
 * layer is padded likewise. parts: [n], entries may be NULL. */
enum vv_status vv_table_stack(const struct vv_table *const *parts, int n, struct vv_table *out);

/* Local. Copies all columns of `from` into `to`. VV_BUG on a name clash. */
enum vv_status vv_table_append(struct vv_table *to, const struct vv_table *from);

#endif
