/* SPDX-License-Identifier: MIT */
/* Neighbor tables that were computed elsewhere, as the field stores them (DADApy, scikit-learn, FAISS): for each layer
 * an array of distances and one of indices, a row for each sample, nearest first. A source of such tables has no
 * rows of activations. What the numbers must be like is for the stage that takes them. All functions are Local. */
#ifndef VV_IO_TABLES_H
#define VV_IO_TABLES_H

#include "io/source.h"

/* Rows of a layer's table (fewer than samples where some were left out); columns as stored. */
int64_t vv_tables_rows(const struct vv_source *s, int layer);
int vv_tables_columns(const struct vv_source *s, int layer);

/* Reads rows [row, row + n_rows) of both arrays. distance, index: [n_rows][columns] */
enum vv_status vv_tables_read(struct vv_source *s, int layer, int64_t row, int64_t n_rows, double *distance,
                              double *index);

/* The input sample of each row, ascending: a new block [rows], or NULL where row r is sample r. VV_INPUT when the
 * numbers are not ascending samples. */
enum vv_status vv_tables_samples(struct vv_source *s, int layer, int64_t **samples);

/* The file of the indices, for messages; vv_source_path gives that of the distances. */
const char *vv_tables_index_path(const struct vv_source *s, int layer);

#endif
